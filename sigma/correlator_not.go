package sigma

import (
	"slices"
	"strconv"
)

// notMachine tells when events of the rules that must occur lie within a
// window, and none of a rule that must not lies in any window with them. It
// decides about the events of a time when the watermark has passed the last
// window that they can be in. Each rule has a track.
type notMachine struct {
	expr    *ruleExpr
	ordered bool
}

// next is the time of the first event that is not decided and can begin a
// window, never if there is none.
func (m notMachine) next(g *group) int64 {
	next := int64(never)
	for rule, t := range g.tracks {
		if m.expr.wants(rule) {
			if i := t.from(g.floor); i < len(t.entries) && (next == never || t.entries[i].t < next) {
				next = t.entries[i].t
			}
		}
	}
	return next
}

func (m notMachine) due(n *correlated, g *group) int64 {
	if next := m.next(g); next != never {
		return next + n.span
	}
	if last := g.newest(); last != never {
		return last + 2*n.span
	}
	return never
}

func (m notMachine) add(n *correlated, g *group, e entry) {
	for len(g.tracks) < len(n.inputs) {
		n.newTrack(g, "")
	}
	e.key = ""
	t := g.tracks[e.rule]
	if e.ref != "" && t.knows(e) {
		return
	}
	if e.t < g.floor && m.expr.wants(int(e.rule)) {
		n.stats.Dropped++ // can begin no window, those of its time were decided for want of room
	}
	t.put(e)
	n.hold(g, &e)
	if g.held > n.room {
		m.bound(n, g)
	}
}

// advance decides what no further event can undo. What must not occur matters
// to events up to a timespan later, and these wait for another one.
func (m notMachine) advance(n *correlated, g *group) {
	m.decide(n, g, n.watermark-n.span)
	for rule, t := range g.tracks {
		keep := n.watermark - n.span
		if m.expr.spares(rule) {
			keep -= n.span
		}
		n.cut(g, t, 0, t.from(keep))
	}
	n.oldTold(g, n.watermark-2*n.span)
}

// decide decides about all that begins before a time.
func (m notMachine) decide(n *correlated, g *group, before int64) {
	for first := m.next(g); first != never && first < before; first = m.next(g) {
		m.look(n, g, first)
		g.floor = first + 1
	}
	g.floor = max(g.floor, before)
}

// look finds, of the choices that begin at a time, the one that ends first,
// and of these one of the fewest rules.
func (m notMachine) look(n *correlated, g *group, first int64) {
	var best []entry
	for _, w := range m.expr.ways {
		from, ok := w.spared(n, g, first)
		if !ok {
			continue
		}
		var choice []entry
		if m.ordered {
			choice = w.orderedFrom(g, first, from)
		} else {
			choice = w.anyFrom(g, first, from)
		}
		if choice == nil || choice[len(choice)-1].t > first+n.span {
			continue
		}
		if best == nil || choice[len(choice)-1].t < best[len(best)-1].t ||
			choice[len(choice)-1].t == best[len(best)-1].t && len(choice) < len(best) {
			best = choice
		}
	}
	if best == nil {
		return
	}
	n.tell(g, hit{entries: best, value: strconv.Itoa(len(best))})
	n.remember(g, best[len(best)-1].t)
}

// spared returns from which time on a choice that begins at a time may end:
// so late that no window with it holds an event of a rule that must not occur,
// and that it is not quiet. There may be no such time.
func (w way) spared(n *correlated, g *group, first int64) (from int64, ok bool) {
	from = first
	if k := len(g.told); k > 0 {
		from = max(from, g.told[k-1]+n.span+1)
	}
	for rule, t := range g.tracks {
		if w.absent&(1<<rule) == 0 {
			continue
		}
		if i := t.from(first + n.span + 1); i > 0 {
			from = max(from, t.entries[i-1].t+n.span+1)
		}
	}
	return from, from <= first+n.span
}

// orderedFrom returns events in the order of listing, the first at a time and
// the last as early as may be, nil if there are none.
func (w way) orderedFrom(g *group, first, from int64) []entry {
	var choice []entry
	at, order := first, w.order()
	for i, rule := range order {
		if i == len(order)-1 {
			at = max(at, from)
		}
		e, ok := g.tracks[rule].earliest(at)
		if !ok || i == 0 && e.t != first {
			return nil
		}
		choice = append(choice, e)
		at = e.t
	}
	return choice
}

// anyFrom returns events in any order, the first at a time and the last as
// early as may be, nil if there are none.
func (w way) anyFrom(g *group, first, from int64) []entry {
	var choice []entry
	begin, end := 0, int64(never)
	for _, rule := range w.order() {
		e, ok := g.tracks[rule].earliest(first)
		if !ok {
			return nil
		}
		if e.t == first {
			begin++
		}
		end = max(end, e.t)
		choice = append(choice, e)
	}
	if begin == 0 {
		return nil
	}
	if end < from {
		// Another event of one of the rules has to end it.
		best, at := entry{}, -1
		for i, rule := range w.order() {
			e, ok := g.tracks[rule].earliest(from)
			if others := begin > 1 || choice[i].t > first; ok && others && (at < 0 || e.t < best.t) {
				best, at = e, i
			}
		}
		if at < 0 {
			return nil
		}
		choice[at] = best
	}
	slices.SortStableFunc(choice, func(a, b entry) int { return a.compare(&b) })
	return choice
}

// earliest is the first entry at or after a time.
func (t *track) earliest(at int64) (entry, bool) {
	i := t.from(at)
	if i == len(t.entries) {
		return entry{}, false
	}
	return t.entries[i], true
}

// bound makes room. Of events of a rule that must not occur, one between two
// others within a timespan is needless. One of a rule that must occur can be
// missed; then the oldest are decided early and go, but for the newest of each
// rule that must not occur, which speaks for all before it.
func (m notMachine) bound(n *correlated, g *group) {
	most := n.room - n.room/8
	for _, counted := range []bool{false, true} {
		for rule, t := range g.tracks {
			if m.expr.wants(rule) != counted {
				continue
			}
			n.sift(g, t, func(before, _, after *entry) bool {
				drop := after.t-before.t <= n.span && (!counted || g.held > most)
				if drop && counted {
					n.stats.Dropped++
				}
				return drop
			})
		}
	}
	if g.held <= n.room {
		return
	}
	var times []int64
	for _, t := range g.tracks {
		for i := range t.entries {
			times = append(times, t.entries[i].t)
		}
	}
	slices.Sort(times)
	edge := times[len(times)-most-1] + 1
	m.decide(n, g, edge)
	for rule, t := range g.tracks {
		to := t.from(edge)
		if m.expr.spares(rule) {
			to--
		}
		if to > 0 {
			n.stats.Dropped += uint64(to)
			n.cut(g, t, 0, to)
		}
	}
}

func (m notMachine) restore(n *correlated, g *group) bool { return orderMachine{}.restore(n, g) }
