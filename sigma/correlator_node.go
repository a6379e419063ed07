package sigma

import (
	"cmp"
	"container/heap"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
)

// correlated is a correlation at work.
type correlated struct {
	in       *Correlator
	corr     *Correlation
	digest   [sha256.Size]byte
	inputs   []*Meta
	carry    []string // fields that only those above need
	feeds    []feed   // to those above
	generate bool     // one of those above says so

	span      int64
	lag       int64 // how long after the fact those below may decide
	watermark int64 // what lies before it is decided
	room      int   // the most entries of a group
	machine   machine

	groups map[string]*group
	queue  groupQueue
	born   uint64
	held   int
	bytes  int
	stats  CorrelationStats
	key    []byte
}

// machine is how a type of correlation remembers and decides.
type machine interface {
	// add takes an entry that is not late.
	add(n *correlated, g *group, e entry)

	// advance decides what lies before the watermark and forgets what nothing
	// can need any more.
	advance(n *correlated, g *group)

	// due is the time that the watermark has to pass before advance has
	// something to do, never if the group is empty.
	due(n *correlated, g *group) int64

	// restore rebuilds what a snapshot leaves out and reports whether the rest
	// is something that the machine can have made.
	restore(n *correlated, g *group) bool
}

func newCorrelated(c *Correlator, k *link) *correlated {
	n := &correlated{
		in: c, corr: k.corr, span: int64(k.corr.Timespan), lag: k.lag, watermark: never,
		groups: map[string]*group{}, machine: k.corr.machine(),
		room: max(c.limits.Observations, 16),
	}
	if k.corr.Type.counts() {
		n.room = max(n.room, 2*k.corr.condition.most())
	}
	for _, in := range k.inputs {
		n.inputs = append(n.inputs, in.meta())
	}
	return n
}

// silent is true where what it finds is for those above only.
func (n *correlated) silent() bool { return len(n.feeds) > 0 && !n.generate }

// entry is one observation as a group remembers it.
type entry struct {
	t    int64
	ref  string
	rule int32
	key  string   // the folded value or values
	num  *decimal // the value as a number
	more *evidence
}

// evidence is what an entry carries for those above, and what it stands for.
type evidence struct {
	carry  []string
	events []string
	first  int64
}

// size is about the memory of an entry.
func (e *entry) size() int {
	size := 64 + len(e.ref) + len(e.key)
	if e.num != nil {
		size += 48
	}
	if e.more != nil {
		size += 64 + 16*len(e.more.events)
		for _, c := range e.more.carry {
			size += 16 + len(c)
		}
	}
	return size
}

// compare orders entries by time, and at the same time in a way that does
// not depend on their arrival.
func (e *entry) compare(o *entry) int {
	switch {
	case e.t != o.t:
		return cmp.Compare(e.t, o.t)
	case len(e.ref) != len(o.ref):
		return cmp.Compare(len(e.ref), len(o.ref)) // what counts up goes to the end
	case e.ref != o.ref:
		return strings.Compare(e.ref, o.ref)
	case e.key != o.key:
		return strings.Compare(e.key, o.key)
	}
	return int(e.rule - o.rule)
}

// group is what a correlation remembers of one group.
type group struct {
	key    string
	values []string
	born   uint64
	due    int64
	ahead  bool // due is sooner than the machine says, as that is too far ahead
	at     int  // in the queue
	held   int
	bytes  int

	told    []int64        // last events of findings
	tracks  []*track       // of what is told at once
	empty   bool           // some of them may have no entry
	last    int64          // newest of entries and told, where values are counted
	patient int            // so many more values are needed before a window can hold enough
	crowd   int            // so many tracks are no reason to look for needless ones
	index   map[string]int // where values are, or how many of each
	pending []entry        // not decided yet
	floor   int64          // decided up to here, for want of room
	frame   *frame         // open frame
	window  window         // of what slides
}

// About what a group, a track, a value and a time cost beside their texts.
const (
	groupSize = 256
	trackSize = 128
	valueSize = 64
	timeSize  = 8
)

// hold books an entry, and drop lets one go.
func (n *correlated) hold(g *group, e *entry) { n.book(g, 1, e.size()) }

func (n *correlated) drop(g *group, e *entry) { n.book(g, -1, -e.size()) }

func (n *correlated) book(g *group, count, size int) {
	g.held += count
	n.held += count
	g.bytes += size
	n.bytes += size
	n.in.bytes += size
}

// found makes a group for the key at hand.
func (n *correlated) found(values []string) *group {
	if len(n.groups) >= n.in.limits.Groups {
		n.evict()
	}
	n.born++
	g := &group{key: string(n.key), values: values, born: n.born, at: -1, floor: never, last: never, window: window{lost: never}}
	n.weigh(g)
	n.groups[g.key] = g
	return g
}

func (n *correlated) forget(g *group) {
	if g.at >= 0 {
		heap.Remove(&n.queue, g.at)
	}
	delete(n.groups, g.key)
	n.book(g, -g.held, -g.bytes)
}

// lose forgets a group for want of room.
func (n *correlated) lose(g *group) {
	n.stats.Evicted++
	n.stats.Dropped += uint64(g.held)
	n.forget(g)
}

// evict lets the group go whose time runs out first.
func (n *correlated) evict() bool {
	for len(n.queue) > 0 {
		g := n.queue[0]
		if due := n.dueOf(g); due > g.due {
			g.due = due
			heap.Fix(&n.queue, 0)
			continue
		}
		n.lose(g)
		return true
	}
	return false
}

// dueOf is when a group has to be looked at. One that is far ahead of the
// stream's time must not stay longer than others for that.
func (n *correlated) dueOf(g *group) int64 {
	due := n.machine.due(n, g)
	if n.in.clock.now == never {
		return due
	}
	bound := n.in.clock.now + int64(n.in.limits.Ahead) + n.span
	g.ahead = due > bound
	return min(due, bound)
}

// settle puts the group into its place in the queue. What is due later than
// the queue knows is found out when its turn comes.
func (n *correlated) settle(g *group) {
	due := n.machine.due(n, g)
	if due == never {
		n.forget(g)
		return
	}
	if g.at >= 0 && due >= g.due {
		return
	}
	g.due = n.dueOf(g)
	if g.at < 0 {
		heap.Push(&n.queue, g)
	} else {
		heap.Fix(&n.queue, g.at)
	}
	n.in.next = min(n.in.next, n.queue[0].due+n.lag)
}

// advance decides everything that the watermark has passed.
func (n *correlated) advance() {
	for len(n.queue) > 0 && n.queue[0].due < n.watermark {
		g := n.queue[0]
		if g.ahead && n.machine.due(n, g) > n.in.clock.now+int64(n.in.limits.Ahead)+n.span {
			n.lose(g)
			continue
		}
		n.machine.advance(n, g)
		// Only what a forged snapshot left is due again at once.
		if n.machine.due(n, g) < n.watermark {
			n.forget(g)
			continue
		}
		g.due = n.dueOf(g)
		heap.Fix(&n.queue, 0)
	}
}

// hit is what a machine found: the contributing entries in order of time.
type hit struct {
	entries   []entry
	value     string
	last      int64  // if later than that of the entries
	key       string // of the value that the finding is about
	saturated bool
}

// tell makes a finding of a hit, for the host and for those above.
func (n *correlated) tell(g *group, h hit) {
	n.stats.Findings++
	f := Finding{Correlation: n.corr, Value: h.value, Saturated: h.saturated}
	for i, name := range n.corr.GroupBy {
		f.Group = append(f.Group, GroupValue{Field: name, Value: g.values[i]})
	}
	if h.key != "" {
		f.Group = append(f.Group, GroupValue{Field: n.corr.condition.fields[0], Value: keyText(h.key)})
	}
	first, last, rules := h.entries[0].t, h.last, uint64(0)
	for i := range h.entries {
		e := &h.entries[i]
		last, rules = max(last, e.t), rules|1<<e.rule
		if e.more != nil && len(e.more.events) > 0 {
			first = min(first, e.more.first)
			f.add(e.more.events, n.in.limits.Events)
		} else if e.ref != "" {
			f.add([]string{e.ref}, n.in.limits.Events)
		}
	}
	f.First, f.Last = timeOf(first), timeOf(last)
	for i, m := range n.inputs {
		if rules&(1<<i) != 0 {
			f.Rules = append(f.Rules, m)
		}
	}
	f.ID = n.identity(g, h)
	if !n.silent() {
		n.in.findings = append(n.in.findings, f)
	}
	n.pass(g, h, &f, last)
}

// add names events that are not named yet.
func (f *Finding) add(events []string, limit int) {
	for _, ref := range events {
		if len(f.Events) < limit && !slices.Contains(f.Events, ref) {
			f.Events = append(f.Events, ref)
		}
	}
}

func (n *correlated) identity(g *group, h hit) string {
	sum := sha256.New()
	for _, part := range []string{n.corr.label(), g.key, h.key, h.entries[0].ref} {
		sum.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		sum.Write([]byte(part))
	}
	if h.entries[0].ref == "" {
		sum.Write(binary.BigEndian.AppendUint64(nil, uint64(h.entries[0].t)))
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// pass gives a finding to the correlations above: once for every combination
// that its events have of the fields that it does not group by.
func (n *correlated) pass(g *group, h hit, f *Finding, last int64) {
	if len(n.feeds) == 0 {
		return
	}
	values := make([]Value, 0, len(g.values)+len(n.carry))
	for _, v := range g.values {
		values = append(values, Value{Kind: String, Text: v})
	}
	own, seen := len(values), map[string]bool{}
	for i := range h.entries {
		values = values[:own]
		var carry []string
		if e := &h.entries[i]; e.more != nil {
			carry = e.more.carry
		}
		key := n.key[:0]
		for j := range n.carry {
			v := Value{}
			if j < len(carry) && carry[j] != absentCarry {
				v = Value{Kind: String, Text: carry[j]}
			}
			values = append(values, v)
			key = appendKey(append(key, byte(v.Kind)), v.Text)
		}
		n.key = key
		if seen[string(key)] {
			continue
		}
		seen[string(key)] = true
		for j := range n.feeds {
			if above := n.feeds[j].node; last < above.watermark {
				above.stats.Late++
				continue
			}
			n.feeds[j].take(sighting{t: last, first: f.First.UnixNano(), ref: f.ID, events: f.Events, values: slices.Clone(values)})
		}
	}
}

// groupQueue orders groups by when they are due, the oldest of the same time
// first.
type groupQueue []*group

func (q groupQueue) Len() int { return len(q) }

func (q groupQueue) Less(i, j int) bool {
	if q[i].due != q[j].due {
		return q[i].due < q[j].due
	}
	return q[i].born < q[j].born
}

func (q groupQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].at, q[j].at = i, j
}

// Push and Pop are for package heap.
func (q *groupQueue) Push(x any) {
	g := x.(*group)
	g.at = len(*q)
	*q = append(*q, g)
}

func (q *groupQueue) Pop() any {
	old := *q
	g := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	g.at = -1
	return g
}
