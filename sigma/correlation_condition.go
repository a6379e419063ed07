package sigma

import (
	"math/big"
	"slices"
)

// maxThreshold bounds how many things a condition may count.
const maxThreshold = 1_000_000

// bounds are what a figure has to keep; nil where there is no such bound.
type bounds struct {
	low, high         *decimal
	lowOpen, highOpen bool // the bound itself does not hold
	not               *decimal
}

// holds reports whether a figure keeps the bounds. The figure is a fraction,
// part/whole, so that averages and shares are compared exactly.
func (b *bounds) holds(part *decimal, whole int) bool {
	sign := func(bound *decimal) int {
		return part.Cmp(new(big.Int).Mul(&bound.Int, big.NewInt(int64(whole))))
	}
	if b.low != nil {
		if s := sign(b.low); s < 0 || s == 0 && b.lowOpen {
			return false
		}
	}
	if b.high != nil {
		if s := sign(b.high); s > 0 || s == 0 && b.highOpen {
			return false
		}
	}
	return b.not == nil || sign(b.not) != 0
}

func (b *bounds) holdsCount(n int) bool { return b.holds(wholeDecimal(n), 1) }

// rising is true where a figure that grows cannot break the bounds again.
func (b *bounds) rising() bool { return b.high == nil && b.not == nil }

// least returns the smallest count that keeps rising bounds.
func (b *bounds) least() int {
	n, _ := b.low.whole()
	if b.lowOpen {
		n++
	}
	return n
}

// most returns a count from which on all counts are the same to the bounds.
func (b *bounds) most() int {
	most := 0
	for _, d := range []*decimal{b.low, b.high, b.not} {
		if d != nil {
			n, _ := d.whole()
			most = max(most, n+1)
		}
	}
	return most
}

// ofCounts tells whether some and whether all counts from 1 to top hold.
func (b *bounds) ofCounts(top int) (some, all bool) {
	low, high := 1, top
	if b.low != nil {
		low = max(low, b.least())
	}
	if b.high != nil {
		n, _ := b.high.whole()
		if b.highOpen {
			n--
		}
		high = min(high, n)
	}
	if b.not != nil {
		n, _ := b.not.whole()
		return top > 1 || n != 1, n > top
	}
	return low <= high, low == 1 && high == top
}

// condition reads what the type wants: bounds, or an expression.
func (r *correlationReader) condition() error {
	n := r.section.get("condition")
	if n != nil {
		r.c.lines.condition = n.line
	}
	switch {
	case (n == nil || n.kind == nodeNull) && r.c.Type.temporal():
		r.c.condition.rules = allRules(len(r.c.Rules))
		return nil
	case n == nil || n.kind == nodeNull:
		return refuse(r.section.line, "correlation.condition", "missing")
	case n.kind == nodeString && r.c.Type.temporal():
		return r.expression(n)
	case n.kind == nodeString:
		return refuse(n.line, "correlation.condition", "expressions over rules are for temporal types only")
	case n.kind != nodeMap:
		return refuse(n.line, "correlation.condition", "want a map, got %s", n.kind)
	}
	for i := range n.pairs {
		if f := r.criterion(&n.pairs[i]); f != nil {
			return f
		}
	}
	if f := r.checkFields(n); f != nil {
		return f
	}
	if f := r.checkBounds(n); f != nil {
		return f
	}
	if r.c.Type == TemporalOrdered {
		return r.orderedCount(n)
	}
	return nil
}

func (r *correlationReader) criterion(p *pair) *fault {
	at := "correlation.condition." + p.key
	c := &r.c.condition
	if p.key == "field" {
		c.fields = r.names(p.value, "condition.field")
		return nil
	}
	var to **decimal
	switch p.key {
	case "gt", "gte":
		to, c.lowOpen = &c.low, p.key == "gt"
	case "lt", "lte":
		to, c.highOpen = &c.high, p.key == "lt"
	case "eq":
		to = &c.low
	case "neq":
		to = &c.not
	case "percentile":
		to = &c.percentile
	default:
		return refuse(p.line, at, "unknown, want gt, gte, lt, lte, eq, neq, field or percentile")
	}
	value, ok := readDecimal(p.value.text)
	if !ok || p.value.kind != nodeNumber {
		return refuse(p.value.line, at, "want a number, got %q", p.value.text)
	}
	if *to != nil || p.key == "eq" && c.high != nil {
		return refuse(p.line, at, "one bound of each side at most")
	}
	*to = value
	if p.key == "eq" {
		c.high = value
	}
	return nil
}

// checkFields wants fields and percentile where the type has them only.
func (r *correlationReader) checkFields(n *node) *fault {
	c, at := &r.c.condition, "correlation.condition"
	switch {
	case r.err != nil:
		return r.err.(*fault)
	case r.c.Type.values() && len(c.fields) == 0:
		return refuse(n.line, at+".field", "missing, %s needs it", r.c.Type)
	case !r.c.Type.values() && len(c.fields) > 0:
		return refuse(n.line, at+".field", "%s looks at no field", r.c.Type)
	case r.c.Type != ValueCount && len(c.fields) > 1:
		return refuse(n.line, at+".field", "%s takes one field", r.c.Type)
	case c.percentile == nil:
		return nil
	case r.c.Type != ValuePercentile:
		return refuse(n.line, at+".percentile", "%s has none", r.c.Type)
	case c.percentile.Sign() <= 0 || c.percentile.Cmp(&wholeDecimal(100).Int) > 0:
		return refuse(n.line, at+".percentile", "want more than 0 and at most 100")
	}
	return nil
}

// checkBounds refuses bounds that nothing can keep, and those of counts that
// would have to be decided where nothing happens.
func (r *correlationReader) checkBounds(n *node) *fault {
	b, at := &r.c.condition.bounds, "correlation.condition"
	eq := n.get("eq") != nil
	switch {
	case b.low == nil && b.high == nil && b.not == nil:
		return refuse(n.line, at, "needs one of gt, gte, lt, lte, eq and neq")
	case b.not != nil && (b.low != nil || b.high != nil), eq && (b.lowOpen || b.highOpen):
		return refuse(n.line, at, "eq and neq stand alone")
	case eq && slices.ContainsFunc([]string{"gt", "gte", "lt", "lte"}, func(k string) bool { return n.get(k) != nil }):
		return refuse(n.line, at, "eq and neq stand alone")
	}
	if b.low != nil && b.high != nil {
		if s := b.low.Cmp(&b.high.Int); s > 0 || s == 0 && (b.lowOpen || b.highOpen) {
			return refuse(n.line, at, "no number lies between the bounds")
		}
	}
	if !r.c.Type.counts() {
		return nil
	}
	return r.checkCounts(n)
}

func (r *correlationReader) checkCounts(n *node) *fault {
	b, at := &r.c.condition.bounds, "correlation.condition"
	for _, d := range []*decimal{b.low, b.high, b.not} {
		if d == nil {
			continue
		}
		if count, ok := d.whole(); !ok || count < 0 || count > maxThreshold {
			return refuse(n.line, at, "want a count from 0 to %d, got %s", maxThreshold, d)
		}
	}
	top := maxThreshold + 1
	if r.c.Type.temporal() {
		top = len(r.c.Rules)
	}
	some, all := b.ofCounts(top)
	switch {
	case !some && b.holdsCount(0):
		return refuse(n.line, at, "holds only where nothing happens, which no event can tell")
	case !some:
		return refuse(n.line, at, "no count can hold")
	case all && b.holdsCount(0):
		return refuse(n.line, at, "every count holds")
	}
	if b.not != nil && b.not.Sign() == 0 {
		// Different from none is one or more.
		*b = bounds{low: wholeDecimal(1)}
	}
	return nil
}

// orderedCount takes a count of rules for all of them: which ones would have
// to be in order otherwise is not defined.
func (r *correlationReader) orderedCount(n *node) error {
	all, b := len(r.c.Rules), &r.c.condition.bounds
	if b.not == nil && b.holdsCount(all) && (all == 1 || !b.holdsCount(all-1)) {
		r.c.condition.bounds = bounds{}
		r.c.condition.rules = allRules(all)
		return nil
	}
	return refuse(n.line, "correlation.condition", "has to want all %d rules, an order of some of them is not defined", all)
}
