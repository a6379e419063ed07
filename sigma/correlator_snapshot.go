package sigma

import (
	"cmp"
	"container/heap"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// snapshotFormat is what a snapshot starts with. A change of what follows
// needs another one.
const snapshotFormat = "sigma-correlator-3\n"

var errSnapshot = errors.New("damaged, or not a snapshot")

// Snapshot returns all that the Correlator remembers, for Restore. It is
// only to be read by the same version of this package.
func (c *Correlator) Snapshot() ([]byte, error) {
	w := &snapshotWriter{out: []byte(snapshotFormat)}
	w.int(c.clock.now)
	w.ints(c.clock.ahead)
	w.ints(c.clock.leaps)
	w.ints(c.clock.behind)
	w.count(len(c.nodes))
	for _, n := range c.nodes {
		body := &snapshotWriter{}
		n.save(body)
		w.out = append(w.out, n.digest[:]...)
		w.text(string(body.out))
	}
	sum := sha256.Sum256(w.out)
	return append(w.out, sum[:]...), nil
}

// Restore puts the memory of a snapshot into a new Correlator. Correlations
// whose text, rules or place below others changed start anew, the others go
// on as if nothing had happened. After an error the Correlator is as new.
func (c *Correlator) Restore(snapshot []byte) error {
	size := len(snapshot) - sha256.Size
	if size < 0 || !strings.HasPrefix(string(snapshot[:min(size, len(snapshotFormat))]), snapshotFormat) {
		return fmt.Errorf("restore correlations: %w", errSnapshot)
	}
	if sha256.Sum256(snapshot[:size]) != [sha256.Size]byte(snapshot[size:]) {
		return fmt.Errorf("restore correlations: %w: its checksum differs", errSnapshot)
	}
	c.reset()
	r := &snapshotReader{in: snapshot[len(snapshotFormat):size]}
	if err := c.load(r); err != nil {
		c.reset()
		return fmt.Errorf("restore correlations: %w", err)
	}
	c.next = never
	c.shrink()
	return nil
}

func (c *Correlator) reset() {
	c.clock, c.next, c.bytes, c.findings = streamClock{now: never}, never, 0, nil
	for _, n := range c.nodes {
		n.clear()
	}
}

func (n *correlated) clear() {
	n.in.bytes -= n.bytes
	n.groups, n.queue, n.born, n.held, n.bytes = map[string]*group{}, nil, 0, 0, 0
	n.watermark, n.stats = never, CorrelationStats{}
}

func (c *Correlator) load(r *snapshotReader) error {
	c.clock.now = r.time()
	c.clock.ahead = r.times(aheadInARow - 1)
	c.clock.leaps = r.times(maxLeaps)
	c.clock.behind = r.times(aheadInARow - 1)
	known := map[[sha256.Size]byte]*correlated{}
	for _, n := range c.nodes {
		known[n.digest] = n
	}
	for range r.count() {
		digest := [sha256.Size]byte(r.bytes(sha256.Size))
		body := &snapshotReader{in: []byte(r.text())}
		n := known[digest]
		if n == nil || r.failed {
			continue
		}
		delete(known, digest)
		if n.load(body); body.failed || len(body.in) > 0 || n.watermark > c.clock.now {
			return errSnapshot
		}
	}
	if r.failed || len(r.in) > 0 {
		return errSnapshot
	}
	return nil
}

func (n *correlated) save(w *snapshotWriter) {
	w.int(n.watermark)
	w.count(int(n.born))
	s := &n.stats
	for _, c := range []*uint64{&s.Findings, &s.Dropped, &s.Evicted, &s.Late, &s.Ahead, &s.Missing, &s.Unusable} {
		w.count(int(*c))
	}
	groups := slices.Clone(n.queue)
	slices.SortFunc(groups, func(a, b *group) int { return cmp.Compare(a.born, b.born) })
	w.count(len(groups))
	for _, g := range groups {
		n.saveGroup(w, g)
	}
}

func (n *correlated) load(r *snapshotReader) {
	n.watermark = r.time()
	n.born = uint64(r.number())
	s := &n.stats
	for _, c := range []*uint64{&s.Findings, &s.Dropped, &s.Evicted, &s.Late, &s.Ahead, &s.Missing, &s.Unusable} {
		*c = uint64(r.number())
	}
	for range r.count() {
		g := n.loadGroup(r)
		if r.failed || g.born > n.born || n.groups[g.key] != nil {
			r.failed = true
			return
		}
		n.groups[g.key] = g
		g.at = len(n.queue)
		n.queue = append(n.queue, g)
	}
	heap.Init(&n.queue)
	for len(n.groups) > n.in.limits.Groups {
		n.evict()
	}
}

func (n *correlated) saveGroup(w *snapshotWriter, g *group) {
	w.text(g.key)
	w.count(len(g.values))
	for _, v := range g.values {
		w.text(v)
	}
	w.count(int(g.born))
	w.int(g.due)
	w.flag(g.ahead)
	w.ints(g.told)
	w.count(g.crowd)
	w.count(len(g.tracks))
	for _, t := range g.tracks {
		w.text(t.key)
		w.entries(t.entries)
	}
	w.entries(g.pending)
	w.int(g.floor)
	w.entries(g.window.entries)
	w.int(g.window.lost)
	w.count(len(g.window.share))
	for _, key := range slices.Sorted(maps.Keys(g.window.share)) {
		w.text(key)
		w.int(g.window.share[key])
	}
	w.flag(g.frame != nil)
	if f := g.frame; f != nil {
		w.int(f.start)
		w.int(f.last)
		w.count(f.count)
		w.text(f.sum.Text(62))
		w.entries(f.entries)
		w.flag(f.over)
	}
}

func (n *correlated) loadGroup(r *snapshotReader) *group {
	g := &group{key: r.text(), at: -1, floor: never, last: never}
	for range r.count() {
		g.values = append(g.values, r.text())
	}
	g.born = uint64(r.number())
	g.due, g.ahead = r.time(), r.flag()
	g.told = r.times(n.room)
	g.crowd = r.number()
	for range r.count() {
		g.tracks = append(g.tracks, &track{key: r.text(), entries: n.entries(r)})
	}
	g.pending, g.floor = n.entries(r), r.time()
	g.window.entries, g.window.lost = n.entries(r), r.time()
	for range r.count() {
		if g.window.share == nil {
			g.window.share = map[string]int64{}
		}
		key := r.text()
		g.window.share[key] = r.time()
	}
	if r.flag() {
		f := &frame{start: r.time(), last: r.time(), count: r.number()}
		r.decimal(&f.sum)
		f.entries, f.over = n.entries(r), r.flag()
		g.frame = f
	}
	n.weigh(g)
	if len(g.values) != len(n.corr.GroupBy) || !slices.IsSorted(g.told) || !n.machine.restore(n, g) || n.machine.due(n, g) == never {
		r.failed = true
	}
	return g
}

// weigh books what a group holds.
func (n *correlated) weigh(g *group) {
	size := groupSize + len(g.key) + trackSize*len(g.tracks) + timeSize*len(g.told)
	for _, v := range g.values {
		size += 16 + len(v)
	}
	for key := range g.window.share {
		size += valueSize + len(key)
	}
	n.book(g, 0, size)
	lists := [][]entry{g.pending, g.window.entries}
	for _, t := range g.tracks {
		lists = append(lists, t.entries)
	}
	if g.frame != nil {
		lists = append(lists, g.frame.entries)
	}
	for _, list := range lists {
		for i := range list {
			n.hold(g, &list[i])
		}
	}
}

// The machines rebuild what follows from what a snapshot holds, and report
// whether it is something that they can have made.

func (m countMachine) restore(_ *correlated, g *group) bool { return len(g.tracks) == 1 }

func (m orderMachine) restore(n *correlated, g *group) bool {
	for rule, t := range g.tracks {
		for i := range t.entries {
			if int(t.entries[i].rule) != rule {
				return false
			}
		}
	}
	return len(g.tracks) == len(n.inputs)
}

func (m setMachine) restore(_ *correlated, g *group) bool {
	g.index, g.last = map[string]int{}, g.newest()
	for i, t := range g.tracks {
		if _, twice := g.index[t.key]; twice || len(t.entries) == 0 || m.rules > 0 && (len(t.key) != 1 || int(t.key[0]) >= m.rules) {
			return false
		}
		g.index[t.key] = i
	}
	return true
}

func (m frameMachine) restore(n *correlated, g *group) bool {
	f := g.frame
	if f == nil {
		return numbered(n, g.pending)
	}
	g.index = map[string]int{}
	for i := range f.entries {
		g.index[m.thing(n, &f.entries[i])] = i
	}
	return len(f.entries) > 0 && f.count >= len(f.entries) && numbered(n, f.entries) && numbered(n, g.pending)
}

func (m slideMachine) restore(n *correlated, g *group) bool {
	for i := range g.window.entries {
		m.enter(g, &g.window.entries[i], 1)
	}
	return numbered(n, g.window.entries) && numbered(n, g.pending)
}

// numbered reports whether all entries have a number, where they need one.
func numbered(n *correlated, entries []entry) bool {
	return !n.corr.numeric() || !slices.ContainsFunc(entries, func(e entry) bool { return e.num == nil })
}
