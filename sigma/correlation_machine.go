package sigma

import "math/bits"

// framed is true where frames are looked at, not sliding windows: where a
// further event can undo what held.
func (c *Correlation) framed() bool {
	switch c.Type {
	case ValueAvg:
		return true
	case ValuePercentile:
		return c.condition.percentile != nil
	}
	return c.condition.rules == nil && !c.condition.bounds.rising()
}

// negated is true where rules must not occur.
func (c *Correlation) negated() bool {
	return c.condition.rules != nil && !c.condition.rules.rising()
}

// numeric is true where the values are numbers.
func (c *Correlation) numeric() bool {
	return c.Type == ValueSum || c.Type == ValueAvg || c.condition.percentile != nil
}

// delay is how long after its last event a finding may be decided.
func (c *Correlation) delay() int64 {
	if c.framed() || c.negated() {
		return int64(c.Timespan)
	}
	return 0
}

func (c *Correlation) machine() machine {
	switch {
	case c.Type == ValuePercentile && !c.framed():
		return slideMachine{look: lookShares}
	case c.framed():
		return frameMachine{}
	case c.negated():
		return notMachine{expr: c.condition.rules, ordered: c.Type == TemporalOrdered}
	case c.Type == EventCount:
		return countMachine{least: c.condition.least()}
	case c.Type == TemporalOrdered:
		return orderMachine{ways: c.condition.rules.orders()}
	case c.Type == ValueSum:
		return slideMachine{look: lookSum}
	case c.Type == ValueCount:
		return setMachine{least: c.condition.least()}
	case c.condition.rules == nil:
		return setMachine{least: c.condition.least(), rules: len(c.Rules)}
	}
	return setMachine{expr: c.condition.rules, rules: len(c.Rules)}
}

// orders lists for each way its rules in the order of listing.
func (e *ruleExpr) orders() [][]int {
	var out [][]int
	for _, w := range e.ways {
		out = append(out, w.order())
	}
	return out
}

func (w way) order() []int {
	var out []int
	for rest := w.present; rest != 0; rest &= rest - 1 {
		out = append(out, bits.TrailingZeros64(rest))
	}
	return out
}
