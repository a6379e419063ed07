package sigma

import (
	"slices"
	"strconv"
)

// orderMachine tells when events of rules come in the order of listing within
// a window. Events of the same time count as in order, as nothing says that
// they are not. Each rule has a track.
type orderMachine struct{ ways [][]int }

func (m orderMachine) due(n *correlated, g *group) int64 { return countMachine{}.due(n, g) }

func (m orderMachine) advance(n *correlated, g *group) { countMachine{}.advance(n, g) }

func (m orderMachine) add(n *correlated, g *group, e entry) {
	for len(g.tracks) < len(n.inputs) {
		n.newTrack(g, "")
	}
	e.key = ""
	if g.covered(e.t, n.span) {
		return
	}
	t := g.tracks[e.rule]
	if e.ref != "" && t.knows(e) || t.put(e) < 0 {
		return
	}
	n.hold(g, &e)
	m.look(n, g, e)
	m.bound(n, g)
}

// look finds the chain with the entry in it that ends first.
func (m orderMachine) look(n *correlated, g *group, e entry) {
	var best []entry
	for _, way := range m.ways {
		at := slices.Index(way, int(e.rule))
		if at < 0 {
			continue
		}
		chain := m.chain(n, g, way, at, e)
		if chain != nil && (best == nil || chain[len(chain)-1].t < best[len(best)-1].t) {
			best = chain
		}
	}
	if best == nil {
		return
	}
	end := best[len(best)-1].t
	n.tell(g, hit{entries: best, value: strconv.Itoa(len(best))})
	n.remember(g, end)
	for _, t := range g.tracks {
		n.cut(g, t, t.from(end-n.span), t.from(end+1))
	}
}

// chain finds what comes before an entry, as late as possible, and after it,
// as early as possible. It returns nil if that takes too long.
func (m orderMachine) chain(n *correlated, g *group, way []int, at int, e entry) []entry {
	chain := make([]entry, len(way))
	chain[at] = e
	for i := at - 1; i >= 0; i-- {
		t := g.tracks[way[i]]
		j := t.from(chain[i+1].t+1) - 1
		if j < 0 {
			return nil
		}
		chain[i] = t.entries[j]
	}
	for i := at + 1; i < len(way); i++ {
		t := g.tracks[way[i]]
		j := t.from(chain[i-1].t)
		if j == len(t.entries) {
			return nil
		}
		chain[i] = t.entries[j]
	}
	last := len(way) - 1
	for chain[last].t-chain[0].t <= n.span {
		until, quiet := g.quiet(chain[last].t, n.span)
		if !quiet {
			return chain
		}
		// A later end may tell something new where this one does not.
		t := g.tracks[way[last]]
		j := t.from(until + 1)
		if at == last || j == len(t.entries) {
			return nil
		}
		chain[last] = t.entries[j]
	}
	return nil
}

// bound makes room: between two entries of a rule without one of another rule
// between them, further ones of it are needless, unless something late comes
// between. Then the oldest go.
func (m orderMachine) bound(n *correlated, g *group) {
	if g.held <= n.room {
		return
	}
	var all []entry
	for _, t := range g.tracks {
		all = append(all, t.entries...)
		n.cut(g, t, 0, len(t.entries))
	}
	slices.SortFunc(all, func(a, b entry) int { return a.compare(&b) })
	kept := all[:0:0]
	for i, e := range all {
		if i == 0 || i == len(all)-1 || all[i-1].rule != e.rule || all[i+1].rule != e.rule {
			kept = append(kept, e)
		}
	}
	if most := n.room - n.room/8; len(kept) > most {
		kept = kept[len(kept)-most:]
	}
	n.stats.Dropped += uint64(len(all) - len(kept))
	for i := range kept {
		t := g.tracks[kept[i].rule]
		t.entries = append(t.entries, kept[i])
		n.hold(g, &kept[i])
	}
}
