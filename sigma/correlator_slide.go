package sigma

import (
	"maps"
	"slices"
)

// window is what a group holds of the timespan before the last decided event.
type window struct {
	entries []entry
	sum     decimal
	share   map[string]int64 // last finding by value
	lost    int64            // last event that there was no room for
}

// slideMachine looks, once the watermark has passed an event, at the window
// that ends with it.
type slideMachine struct {
	look func(n *correlated, g *group, batch []entry)
}

func (m slideMachine) due(n *correlated, g *group) int64 {
	if len(g.pending) > 0 {
		return g.pending[0].t
	}
	last := int64(never)
	if k := len(g.window.entries); k > 0 {
		last = g.window.entries[k-1].t
	}
	if k := len(g.told); k > 0 {
		last = max(last, g.told[k-1])
	}
	for _, t := range g.window.share {
		last = max(last, t)
	}
	if last == never {
		return never
	}
	return last + n.span
}

func (m slideMachine) add(n *correlated, g *group, e entry) {
	n.await(g, e, func(batch []entry) { m.slide(n, g, batch) })
}

func (m slideMachine) advance(n *correlated, g *group) {
	n.pour(g, n.watermark, func(batch []entry) { m.slide(n, g, batch) })
	m.leave(n, g, n.watermark-n.span)
	n.oldTold(g, n.watermark-n.span)
	n.oldShares(g, n.watermark-n.span)
}

// oldShares lets findings about values go that lie before a time.
func (n *correlated) oldShares(g *group, before int64) {
	for key, t := range g.window.share {
		if t < before {
			delete(g.window.share, key)
			n.book(g, 0, -valueSize-len(key))
		}
	}
}

// toldShare remembers a finding about a value. Where there is no more room the
// oldest eighth of them is forgotten, and may be told again.
func (n *correlated) toldShare(g *group, key string, at int64) {
	if g.window.share == nil {
		g.window.share = map[string]int64{}
	}
	if _, known := g.window.share[key]; !known {
		n.book(g, 0, valueSize+len(key))
	}
	g.window.share[key] = at
	if len(g.window.share) > n.room {
		times := slices.Sorted(maps.Values(g.window.share))
		n.oldShares(g, times[n.room/8]+1)
	}
}

// slide moves the window on to the time of a batch.
func (m slideMachine) slide(n *correlated, g *group, batch []entry) {
	m.leave(n, g, batch[0].t-n.span)
	for i := range batch {
		m.enter(g, &batch[i], 1)
	}
	g.window.entries = append(g.window.entries, batch...)
	if over := len(g.window.entries) - n.room; over > 0 {
		n.stats.Dropped += uint64(over)
		g.window.lost = g.window.entries[over-1].t
		m.out(n, g, over)
	}
	m.look(n, g, batch)
}

// leave lets go of what lies before the window.
func (m slideMachine) leave(n *correlated, g *group, start int64) {
	t := track{entries: g.window.entries}
	m.out(n, g, t.from(start))
}

func (m slideMachine) out(n *correlated, g *group, count int) {
	for i := range g.window.entries[:count] {
		m.enter(g, &g.window.entries[i], -1)
		n.drop(g, &g.window.entries[i])
	}
	g.window.entries = without(g.window.entries, 0, count)
}

// enter adds an entry to the figures of the window, or takes it out.
func (m slideMachine) enter(g *group, e *entry, times int) {
	g.window.sum.add(e, int64(times))
	if e.num != nil {
		return
	}
	if g.index == nil {
		g.index = map[string]int{}
	}
	if g.index[e.key] += times; g.index[e.key] == 0 {
		delete(g.index, e.key)
	}
}

// lookSum compares the sum of the window.
func lookSum(n *correlated, g *group, batch []entry) {
	end := batch[0].t
	if _, quiet := g.quiet(end, n.span); quiet || !n.corr.condition.holds(&g.window.sum, 1) {
		return
	}
	n.tell(g, hit{entries: g.window.entries, value: g.window.sum.String(), saturated: g.window.lost >= end-n.span})
	n.remember(g, end)
}

// lookShares compares the shares that the values of the batch have of the
// window. Each value is quiet on its own.
func lookShares(n *correlated, g *group, batch []entry) {
	end := batch[0].t
	for i := range batch {
		key := batch[i].key
		if last, ok := g.window.share[key]; ok && last >= end-n.span {
			continue
		}
		share := wholeDecimal(100 * g.index[key])
		if !n.corr.condition.holds(share, len(g.window.entries)) {
			continue
		}
		var entries []entry
		for j := range g.window.entries {
			if g.window.entries[j].key == key {
				entries = append(entries, g.window.entries[j])
			}
		}
		n.tell(g, hit{entries: entries, value: share.over(len(g.window.entries)).String(), key: key, saturated: g.window.lost >= end-n.span})
		n.toldShare(g, key, end)
	}
}
