package sigma

import (
	"math/big"
	"slices"
	"strconv"
)

// frame is a span of time that the first event of a group opened.
type frame struct {
	start, last int64
	count       int
	sum         decimal
	entries     []entry // what the condition needs, and some to show
	over        bool    // more entries were needed than there is room for
}

// frameMachine decides frames when the watermark has passed their end.
type frameMachine struct{}

func (m frameMachine) due(n *correlated, g *group) int64 {
	switch {
	case g.frame != nil && len(g.pending) > 0:
		return min(g.frame.start+n.span, g.pending[0].t)
	case g.frame != nil:
		return g.frame.start + n.span
	case len(g.pending) > 0:
		return g.pending[0].t
	}
	return never
}

func (m frameMachine) add(n *correlated, g *group, e entry) {
	n.await(g, e, func(batch []entry) { m.extend(n, g, batch) })
}

func (m frameMachine) advance(n *correlated, g *group) {
	n.pour(g, n.watermark, func(batch []entry) { m.extend(n, g, batch) })
	if g.frame != nil && g.frame.start+n.span < n.watermark {
		m.close(n, g)
	}
}

// extend adds entries of one time to the open frame, or opens one with them.
func (m frameMachine) extend(n *correlated, g *group, batch []entry) {
	if g.frame != nil && batch[0].t > g.frame.start+n.span {
		m.close(n, g)
	}
	if g.frame == nil {
		g.frame = &frame{start: batch[0].t}
		g.index = nil
	}
	f := g.frame
	f.last = batch[0].t
	for i := range batch {
		e := batch[i]
		f.count++
		f.sum.add(&e, 1)
		if m.keeps(n, g, &e) {
			f.entries = append(f.entries, e)
		} else {
			n.drop(g, &e)
		}
	}
}

// keeps reports whether the frame has to keep an entry, not only to count it.
func (m frameMachine) keeps(n *correlated, g *group, e *entry) bool {
	f, room := g.frame, n.room
	switch n.corr.Type {
	case EventCount, ValueSum, ValueAvg:
		if len(n.carry) == 0 {
			room = n.in.limits.Events
		}
		return len(f.entries) < room
	case ValueCount, Temporal:
		if g.index == nil {
			g.index = map[string]int{}
		}
		key := m.thing(n, e)
		if _, known := g.index[key]; known {
			return false
		}
		g.index[key] = len(f.entries)
	}
	if len(f.entries) >= room {
		f.over = true
		n.stats.Dropped++
		return false
	}
	return true
}

// thing is what is counted once.
func (m frameMachine) thing(n *correlated, e *entry) string {
	if n.corr.Type == Temporal {
		return string(rune(e.rule))
	}
	return e.key
}

// close decides the open frame and forgets it.
func (m frameMachine) close(n *correlated, g *group) {
	f := g.frame
	if value, ok := m.holds(n, f); ok {
		n.tell(g, hit{entries: f.entries, value: value, last: f.last, saturated: f.over})
	}
	for i := range f.entries {
		n.drop(g, &f.entries[i])
	}
	g.frame, g.index = nil, nil
}

// holds reports whether the frame keeps the condition, and its figure.
func (m frameMachine) holds(n *correlated, f *frame) (string, bool) {
	c := &n.corr.condition
	switch n.corr.Type {
	case EventCount:
		return strconv.Itoa(f.count), c.holdsCount(f.count)
	case ValueCount:
		return strconv.Itoa(len(f.entries)), c.holdsCount(len(f.entries))
	case ValueSum:
		return f.sum.String(), c.holds(&f.sum, 1)
	case ValueAvg:
		return f.sum.over(f.count).String(), c.holds(&f.sum, f.count)
	case ValuePercentile:
		value := percentile(f.entries, c.percentile)
		return value.String(), c.holds(value, 1)
	}
	return strconv.Itoa(len(f.entries)), c.holdsCount(len(f.entries)) // one of each rule
}

// percentile returns the smallest number that as many percent of all numbers
// do not exceed (the nearest rank: always one of the numbers).
func percentile(entries []entry, percent *decimal) *decimal {
	numbers := make([]*decimal, 0, len(entries))
	for i := range entries {
		numbers = append(numbers, entries[i].num)
	}
	slices.SortFunc(numbers, func(a, b *decimal) int { return a.Cmp(&b.Int) })
	hundred := wholeDecimal(100)
	rank := new(big.Int).Mul(&percent.Int, big.NewInt(int64(len(numbers))))
	rank.Add(rank, &hundred.Int).Sub(rank, big.NewInt(1)).Quo(rank, &hundred.Int)
	return numbers[max(1, int(rank.Int64()))-1]
}
