package sigma

import (
	"sync/atomic"
	"time"
)

// costSample is how many events share one whose rules are timed.
const costSample = 64

// cost is what the sampled evaluations of one rule took.
type cost struct{ evaluations, nanoseconds, longest atomic.Int64 }

// Cost is what evaluating a rule took, sampled from the events so far.
// Evaluations counts only the sampled events of which the index could not
// tell that the rule does not match.
type Cost struct {
	Rule        *Rule
	Evaluations int64
	Total       time.Duration
	Longest     time.Duration
}

// Costs lists the rules that were evaluated on sampled events, in the order
// of Compile. It may be called while other goroutines match.
func (e *Engine) Costs() []Cost {
	var out []Cost
	for i := range e.costs {
		c := &e.costs[i]
		if n := c.evaluations.Load(); n > 0 {
			out = append(out, Cost{
				Rule: e.rules[i], Evaluations: n,
				Total: time.Duration(c.nanoseconds.Load()), Longest: time.Duration(c.longest.Load()),
			})
		}
	}
	return out
}

// timed evaluates a rule and notes what it took.
func (s *scratch) timed(rule int32) bool {
	begin := time.Now()
	held := s.eval(s.engine.roots[rule])
	took := int64(time.Since(begin))
	c := &s.engine.costs[rule]
	c.evaluations.Add(1)
	c.nanoseconds.Add(took)
	for longest := c.longest.Load(); took > longest && !c.longest.CompareAndSwap(longest, took); {
		longest = c.longest.Load()
	}
	return held
}
