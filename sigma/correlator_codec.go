package sigma

import (
	"encoding/binary"
	"slices"
)

// snapshotWriter appends values to a snapshot.
type snapshotWriter struct{ out []byte }

func (w *snapshotWriter) int(v int64) { w.out = binary.AppendVarint(w.out, v) }

func (w *snapshotWriter) count(v int) { w.out = binary.AppendUvarint(w.out, uint64(v)) }

func (w *snapshotWriter) flag(v bool) {
	if v {
		w.count(1)
	} else {
		w.count(0)
	}
}

func (w *snapshotWriter) text(s string) {
	w.count(len(s))
	w.out = append(w.out, s...)
}

func (w *snapshotWriter) texts(list []string) {
	w.count(len(list))
	for _, s := range list {
		w.text(s)
	}
}

func (w *snapshotWriter) ints(list []int64) {
	w.count(len(list))
	for _, v := range list {
		w.int(v)
	}
}

func (w *snapshotWriter) entries(list []entry) {
	w.count(len(list))
	last := int64(0)
	for i := range list {
		e := &list[i]
		w.int(e.t - last)
		last = e.t
		w.text(e.ref)
		w.count(int(e.rule))
		w.text(e.key)
		w.flag(e.num != nil)
		if e.num != nil {
			w.text(e.num.Text(62))
		}
		w.flag(e.more != nil)
		if e.more != nil {
			w.texts(e.more.carry)
			w.texts(e.more.events)
			w.int(e.more.first)
		}
	}
}

// snapshotReader takes values from a snapshot. After a fault all that it
// gives is zero, and failed tells so. It never gives more than it was given.
type snapshotReader struct {
	in     []byte
	failed bool
}

func (r *snapshotReader) fail() {
	r.in, r.failed = nil, true
}

func (r *snapshotReader) int() int64 {
	v, size := binary.Varint(r.in)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.in = r.in[size:]
	return v
}

// number reads what is not negative.
func (r *snapshotReader) number() int {
	v, size := binary.Uvarint(r.in)
	if size <= 0 || v > 1<<62 {
		r.fail()
		return 0
	}
	r.in = r.in[size:]
	return int(v)
}

// count reads how many things follow, each of which takes a byte at least.
func (r *snapshotReader) count() int {
	v := r.number()
	if v > len(r.in) {
		r.fail()
		return 0
	}
	return v
}

func (r *snapshotReader) flag() bool { return r.number() == 1 }

// time reads a time that can be reckoned with.
func (r *snapshotReader) time() int64 {
	v := r.int()
	if v < never || v > -never {
		r.fail()
		return 0
	}
	return v
}

// times reads times in order, at most so many.
func (r *snapshotReader) times(most int) []int64 {
	var out []int64
	for range r.count() {
		out = append(out, r.time())
	}
	if len(out) > most {
		r.fail()
	}
	return out
}

func (r *snapshotReader) decimal(to *decimal) {
	text := r.text()
	if len(text) > 64 {
		r.fail()
	} else if _, ok := to.SetString(text, 62); !ok {
		r.fail()
	}
}

func (r *snapshotReader) bytes(size int) []byte {
	if size > len(r.in) {
		r.fail()
		return make([]byte, min(size, 64))
	}
	out := r.in[:size]
	r.in = r.in[size:]
	return out
}

func (r *snapshotReader) text() string {
	size := r.count()
	if r.failed {
		return ""
	}
	return string(r.bytes(size))
}

func (r *snapshotReader) texts() []string {
	var out []string
	for range r.count() {
		out = append(out, r.text())
	}
	return out
}

// entries reads entries in order, at most as many as a group has room for.
func (n *correlated) entries(r *snapshotReader) []entry {
	var out []entry
	last := int64(0)
	for range r.count() {
		last += r.time()
		e := entry{t: last, ref: r.text(), rule: int32(r.number()), key: r.text()}
		if r.flag() {
			e.num = &decimal{}
			r.decimal(e.num)
		}
		if r.flag() {
			e.more = &evidence{carry: r.texts(), events: r.texts(), first: r.time()}
		}
		if last < never || last > -never || int(e.rule) >= len(n.inputs) || e.rule < 0 {
			r.fail()
		}
		out = append(out, e)
		if r.failed {
			return nil
		}
	}
	if !slices.IsSortedFunc(out, func(a, b entry) int { return a.compare(&b) }) {
		r.fail()
	}
	return out
}
