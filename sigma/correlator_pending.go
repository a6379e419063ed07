package sigma

import "math/big"

// await puts an entry among those that wait for the watermark. Where there is
// no more room, the oldest are decided early, and what is older still and
// comes later is lost.
func (n *correlated) await(g *group, e entry, decide func(batch []entry)) {
	if e.t < g.floor {
		n.stats.Dropped++
		return
	}
	t := &track{entries: g.pending}
	if e.ref != "" && !n.corr.Type.temporal() && t.knows(e) || t.put(e) < 0 {
		return
	}
	n.hold(g, &e)
	g.pending = t.entries
	if len(g.pending) > n.room {
		g.floor = g.pending[len(g.pending)/8].t + 1
		n.pour(g, g.floor, decide)
	}
}

// pour hands on what waits and lies before a time, those of one time at once.
func (n *correlated) pour(g *group, before int64, decide func(batch []entry)) {
	done := 0
	for done < len(g.pending) && g.pending[done].t < before {
		to := done + 1
		for to < len(g.pending) && g.pending[to].t == g.pending[done].t {
			to++
		}
		decide(g.pending[done:to])
		done = to
	}
	g.pending = without(g.pending, 0, done)
}

// add adds the number of an entry so many times.
func (d *decimal) add(e *entry, times int64) {
	switch {
	case e.num == nil:
	case times > 0:
		d.Add(&d.Int, &e.num.Int)
	default:
		d.Sub(&d.Int, &e.num.Int)
	}
}

// over divides a sum, for people to read.
func (d *decimal) over(count int) *decimal {
	out := &decimal{}
	out.Quo(&d.Int, big.NewInt(int64(count)))
	return out
}
