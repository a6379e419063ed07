package sigma

import (
	"cmp"
	"slices"
	"strconv"
)

// setMachine tells when a window holds enough different things: values, or
// rules. Each has a track.
type setMachine struct {
	least int
	rules int       // how many rules there are, 0 where values are counted
	expr  *ruleExpr // over the rules, nil where they are counted
}

func (m setMachine) due(n *correlated, g *group) int64 {
	if g.last != never {
		return g.last + n.span
	}
	return never
}

func (m setMachine) advance(n *correlated, g *group) {
	countMachine{}.advance(n, g)
	n.sweepTracks(g)
	g.last, g.crowd = g.newest(), min(g.crowd, len(g.tracks)+m.most()/2)
}

// track returns the track of an entry, a new one if need be.
func (m setMachine) track(n *correlated, g *group, e *entry) *track {
	if m.rules > 0 {
		e.key = string(rune(e.rule))
	}
	if g.index == nil {
		g.index = map[string]int{}
	}
	i, ok := g.index[e.key]
	if !ok {
		g.index[e.key] = len(g.tracks)
		return n.newTrack(g, e.key)
	}
	e.key = g.tracks[i].key
	return g.tracks[i]
}

// sweepTracks forgets the tracks without entries.
func (n *correlated) sweepTracks(g *group) {
	if !g.empty {
		return
	}
	g.empty = false
	for i := 0; i < len(g.tracks); {
		if t := g.tracks[i]; len(t.entries) == 0 {
			last := len(g.tracks) - 1
			delete(g.index, t.key)
			if i != last {
				g.tracks[i] = g.tracks[last]
				g.index[g.tracks[i].key] = i
			}
			g.tracks = g.tracks[:last]
			n.book(g, 0, -trackSize)
			continue
		}
		i++
	}
}

func (m setMachine) add(n *correlated, g *group, e entry) {
	if g.covered(e.t, n.span) {
		return
	}
	t := m.track(n, g, &e)
	told, quiet := g.after(e.t, n.span)
	g.last = max(g.last, e.t)
	if k := len(t.entries); k == 0 || t.entries[k-1].t < g.last-n.span {
		g.patient--
	}
	switch {
	case e.ref != "" && t.knows(e):
	case quiet:
		m.addQuiet(n, g, t, e, told)
	case m.addLoud(n, g, t, e):
		m.look(n, g, e.t)
	}
	m.bound(n, g)
	n.sweepTracks(g)
}

// addQuiet adds within the span after a finding. Only windows that end after
// it matter, so that the newest of each track does.
func (m setMachine) addQuiet(n *correlated, g *group, t *track, e entry, told int64) {
	from, to := t.from(told+1), t.from(told+n.span+1)
	if to > from && t.entries[to-1].t >= e.t {
		return
	}
	n.cut(g, t, from, to)
	t.put(e)
	n.hold(g, &e)
	if len(g.tracks) > max(g.crowd, m.most()+m.most()/2) {
		n.sweepTracks(g)
		m.thin(n, g, told)
		n.sweepTracks(g)
		g.crowd = len(g.tracks) + m.most()/2
	}
	if g.last > told+n.span {
		m.look(n, g, e.t)
	}
}

// addLoud adds elsewhere and reports whether that can change anything.
func (m setMachine) addLoud(n *correlated, g *group, t *track, e entry) bool {
	at := t.put(e)
	if at < 0 {
		return false
	}
	n.hold(g, &e)
	cut := func(i int) bool {
		if i <= 0 || i >= len(t.entries)-1 || !n.needless(g, &t.entries[i-1], &t.entries[i], &t.entries[i+1]) {
			return false
		}
		n.cut(g, t, i, i+1)
		return true
	}
	if cut(at) {
		return false
	}
	cut(at + 1)
	cut(at - 1)
	return true
}

// needless reports whether an entry lies between two of its track so close
// that every window with it holds one of them. As the end of a window it is
// not needed either, unless the one before it is quiet, or can become so by a
// finding that is still to come: none comes from before the watermark.
func (n *correlated) needless(g *group, before, e, after *entry) bool {
	if after.t-before.t > n.span || e.t > n.watermark+n.span {
		return false
	}
	_, quiet := g.quiet(before.t, n.span)
	return !quiet
}

// most is how many tracks can matter in the span after a finding.
func (m setMachine) most() int { return max(m.least, m.rules) }

// thin keeps, in the span after a finding, the newest of each track, and of
// as many tracks as can matter.
func (m setMachine) thin(n *correlated, g *group, told int64) {
	var newest []*track
	at := func(t *track) int { return t.from(told+n.span+1) - 1 }
	for _, t := range g.tracks {
		if from, to := t.from(told+1), at(t)+1; to > from {
			n.cut(g, t, from, to-1)
			newest = append(newest, t)
		}
	}
	if len(newest) <= m.most() {
		return
	}
	slices.SortFunc(newest, func(a, b *track) int { return a.entries[at(a)].compare(&b.entries[at(b)]) })
	for _, t := range newest[:len(newest)-m.most()] {
		n.cut(g, t, at(t), at(t)+1)
	}
}

// enough reports whether so many things, or these rules, are what the
// condition wants.
func (m setMachine) enough(count int, rules uint64) bool {
	if m.expr != nil {
		return m.expr.holds(rules)
	}
	return count >= m.least
}

// bit is the rule of a track, if it is one of a rule.
func (m setMachine) bit(t *track) uint64 {
	if m.rules == 0 {
		return 0
	}
	return 1 << t.key[0]
}

// look finds the first window with a time in it that holds enough. Where the
// time is the newest, the window that ends there holds at most one thing more
// than the one before it did, so that it is not looked at for every event.
func (m setMachine) look(n *correlated, g *group, at int64) {
	if g.last > at {
		m.lookAround(n, g, at)
		return
	}
	if m.rules == 0 && (len(g.tracks) < m.least || g.patient > 0) {
		return
	}
	count, rules := 0, uint64(0)
	for _, t := range g.tracks {
		if i := len(t.entries) - 1; i >= 0 && t.entries[i].t >= at-n.span {
			count, rules = count+1, rules|m.bit(t)
		}
	}
	g.patient = m.least - count
	if _, quiet := g.quiet(at, n.span); !quiet && m.enough(count, rules) {
		m.found(n, g, at)
	}
}

// sight is one entry on the time line of all tracks.
type sight struct {
	t     int64
	track int
}

// lookAround looks at every window with a time in it.
func (m setMachine) lookAround(n *correlated, g *group, at int64) {
	var line []sight
	for i, t := range g.tracks {
		for j := t.from(at - n.span); j < len(t.entries) && t.entries[j].t <= at+n.span; j++ {
			line = append(line, sight{t: t.entries[j].t, track: i})
		}
	}
	slices.SortFunc(line, func(a, b sight) int { return cmp.Compare(a.t, b.t) })
	held := make([]int, len(g.tracks))
	count, rules, oldest := 0, uint64(0), 0
	for i, s := range line {
		if held[s.track]++; held[s.track] == 1 {
			count, rules = count+1, rules|m.bit(g.tracks[s.track])
		}
		for ; line[oldest].t < s.t-n.span; oldest++ {
			out := line[oldest].track
			if held[out]--; held[out] == 0 {
				count, rules = count-1, rules&^m.bit(g.tracks[out])
			}
		}
		if s.t < at || i+1 < len(line) && line[i+1].t == s.t || !m.enough(count, rules) {
			continue
		}
		if _, quiet := g.quiet(s.t, n.span); !quiet {
			m.found(n, g, s.t)
			return
		}
	}
}

// found tells of the window that ends at a time.
func (m setMachine) found(n *correlated, g *group, end int64) {
	var entries []entry
	for _, t := range g.tracks {
		if i := t.from(end+1) - 1; i >= 0 && t.entries[i].t >= end-n.span {
			entries = append(entries, t.entries[i])
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return a.compare(&b) })
	if m.rules == 0 {
		entries = entries[len(entries)-m.least:]
	}
	n.tell(g, hit{entries: entries, value: strconv.Itoa(len(entries))})
	n.remember(g, end)
	g.last = max(g.last, end)
	for _, t := range g.tracks {
		n.cut(g, t, t.from(end-n.span), t.from(end+1))
	}
	m.thin(n, g, end)
}

// bound makes room in a group that has no more: first by what is needless,
// then by what is so unless something late comes, then by what is oldest.
func (m setMachine) bound(n *correlated, g *group) {
	if g.held <= n.room {
		return
	}
	most := n.room - n.room/8
	for _, t := range g.tracks {
		n.sift(g, t, func(before, e, after *entry) bool { return n.needless(g, before, e, after) })
	}
	for _, t := range g.tracks {
		n.sift(g, t, func(before, _, after *entry) bool {
			drop := g.held > most && after.t-before.t <= n.span
			if drop {
				n.stats.Dropped++
			}
			return drop
		})
	}
	if g.held > most {
		m.dropOldest(n, g, g.held-most)
		g.last = g.newest()
	}
}

// sift lets go of every entry that is needless between the one kept before it
// and the one after it.
func (n *correlated) sift(g *group, t *track, needless func(before, e, after *entry) bool) {
	kept := t.entries[:0]
	for i := range t.entries {
		e := &t.entries[i]
		if i > 0 && i < len(t.entries)-1 && needless(&kept[len(kept)-1], e, &t.entries[i+1]) {
			n.drop(g, e)
			continue
		}
		kept = append(kept, *e)
	}
	clear(t.entries[len(kept):])
	t.entries = kept
}

func (m setMachine) dropOldest(n *correlated, g *group, count int) {
	var times []int64
	for _, t := range g.tracks {
		for i := range t.entries {
			times = append(times, t.entries[i].t)
		}
	}
	slices.Sort(times)
	for _, t := range g.tracks {
		to := t.from(times[count-1] + 1)
		n.stats.Dropped += uint64(to)
		n.cut(g, t, 0, to)
	}
}
