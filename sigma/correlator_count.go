package sigma

import (
	"slices"
	"sort"
	"strconv"
)

// track is a run of entries of one kind, in order.
type track struct {
	key     string
	entries []entry
}

func (n *correlated) newTrack(g *group, key string) *track {
	t := &track{key: key}
	g.tracks = append(g.tracks, t)
	n.book(g, 0, trackSize)
	return t
}

// put puts an entry into its place and returns that, -1 if it is there. Those
// of events that nothing is known of never are.
func (t *track) put(e entry) int {
	at, found := slices.BinarySearchFunc(t.entries, e, func(a, b entry) int { return a.compare(&b) })
	switch {
	case found && e.ref != "":
		return -1
	case found:
		at = sort.Search(len(t.entries), func(i int) bool { return t.entries[i].compare(&e) > 0 })
	}
	t.entries = slices.Insert(t.entries, at, e)
	return at
}

// knows reports whether there is an entry of the same event and value,
// whichever the rule.
func (t *track) knows(e entry) bool {
	e.rule = -1
	i, _ := slices.BinarySearchFunc(t.entries, e, func(a, b entry) int { return a.compare(&b) })
	return i < len(t.entries) && t.entries[i].t == e.t && t.entries[i].ref == e.ref && t.entries[i].key == e.key
}

// from returns the place of the first entry at or after a time.
func (t *track) from(at int64) int {
	return sort.Search(len(t.entries), func(i int) bool { return t.entries[i].t >= at })
}

// cut takes out the entries between two places.
func (n *correlated) cut(g *group, t *track, from, to int) {
	for i := from; i < to; i++ {
		n.drop(g, &t.entries[i])
	}
	t.entries = without(t.entries, from, to)
	g.empty = g.empty || len(t.entries) == 0
}

// without takes out entries; at the front at no cost.
func without(entries []entry, from, to int) []entry {
	if from == 0 {
		clear(entries[:to])
		return entries[to:]
	}
	return slices.Delete(entries, from, to)
}

// quiet reports whether a window that ends at a time would tell nothing new,
// and if so from which time on one would.
func (g *group) quiet(end, span int64) (until int64, quiet bool) {
	i := sort.Search(len(g.told), func(i int) bool { return g.told[i] >= end-span })
	if i < len(g.told) && g.told[i] <= end+span {
		return g.told[i] + span, true
	}
	return 0, false
}

// covered reports whether every window with an event of this time in it is
// quiet.
func (g *group) covered(t, span int64) bool {
	i := sort.Search(len(g.told), func(i int) bool { return g.told[i] >= t })
	return i < len(g.told) && g.told[i] <= t+span
}

// after returns the last finding before t if t lies in the span after it.
func (g *group) after(t, span int64) (told int64, ok bool) {
	i := sort.Search(len(g.told), func(i int) bool { return g.told[i] >= t })
	if i == 0 || g.told[i-1]+span < t {
		return 0, false
	}
	return g.told[i-1], true
}

func (n *correlated) remember(g *group, told int64) {
	at, _ := slices.BinarySearch(g.told, told)
	n.book(g, 0, timeSize)
	if g.told = slices.Insert(g.told, at, told); len(g.told) > n.room {
		n.oldTold(g, never)
	}
}

// oldTold lets findings go that lie before a time.
func (n *correlated) oldTold(g *group, before int64) {
	keep := sort.Search(len(g.told), func(i int) bool { return g.told[i] >= before })
	keep = max(keep, len(g.told)-n.room)
	g.told = slices.Delete(g.told, 0, keep)
	n.book(g, 0, -timeSize*keep)
}

// newest is the last time that a group of tracks remembers, never if none.
func (g *group) newest() int64 {
	last := int64(never)
	for _, t := range g.tracks {
		if len(t.entries) > 0 {
			last = max(last, t.entries[len(t.entries)-1].t)
		}
	}
	if len(g.told) > 0 {
		last = max(last, g.told[len(g.told)-1])
	}
	return last
}

// countMachine tells when a window holds so many events.
type countMachine struct{ least int }

func (m countMachine) due(n *correlated, g *group) int64 {
	if last := g.newest(); last != never {
		return last + n.span
	}
	return never
}

// advance forgets what nothing in time can lie near to. A finding matters
// longer where there is an entry near to it that something can lie near to.
func (m countMachine) advance(n *correlated, g *group) {
	for _, t := range g.tracks {
		n.cut(g, t, 0, t.from(n.watermark-n.span))
	}
	horizon := n.watermark - 2*n.span
	if g.newest() < n.watermark-n.span {
		horizon = n.watermark - n.span
	}
	n.oldTold(g, horizon)
}

func (m countMachine) add(n *correlated, g *group, e entry) {
	if len(g.tracks) == 0 {
		n.newTrack(g, "")
	}
	t := g.tracks[0]
	e.key = ""
	if g.covered(e.t, n.span) {
		return
	}
	// An event counts once, whichever of the rules it matched.
	if e.ref != "" && t.knows(e) {
		return
	}
	at := t.put(e)
	if at < 0 {
		return
	}
	n.hold(g, &e)
	m.look(n, g, t, at)
	m.thin(n, g, t, e.t)
}

// look finds the first window with the entry in it that holds enough.
func (m countMachine) look(n *correlated, g *group, t *track, at int) {
	for i := max(at, m.least-1); i < len(t.entries) && i-m.least < at; i++ {
		end, first := t.entries[i].t, i-m.least+1
		if t.entries[first].t < end-n.span {
			continue
		}
		if _, quiet := g.quiet(end, n.span); quiet {
			continue
		}
		n.tell(g, hit{entries: slices.Clone(t.entries[first : i+1]), value: strconv.Itoa(m.least)})
		n.remember(g, end)
		n.cut(g, t, t.from(end-n.span), t.from(end+1))
		m.thin(n, g, t, end+1)
		return
	}
}

// thin keeps, in the span after a finding, only what a window that ends after
// that span can need; and of a group no more than there is room for.
func (m countMachine) thin(n *correlated, g *group, t *track, at int64) {
	if len(t.entries) > 0 && t.entries[0].t < n.watermark-n.span {
		n.cut(g, t, 0, t.from(n.watermark-n.span))
	}
	if told, ok := g.after(at, n.span); ok {
		from, to := t.from(told+1), t.from(told+n.span+1)
		n.cut(g, t, from, max(from, to-m.least+1))
	}
	if len(t.entries) > n.room {
		n.stats.Dropped += uint64(n.room / 8)
		n.cut(g, t, 0, n.room/8)
	}
}
