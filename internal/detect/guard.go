package detect

import (
	"fmt"
	"time"

	"github.com/noroshi-soc/noroshi/sigma"
)

// Failure is a rule that could not evaluate an event, or is too slow, and why.
type Failure struct{ Rule, Reason string }

// Measures below which a rule is not judged by what it takes: few evaluations tell of the machine more than of the rule.
const (
	fewEvaluations  = 10
	manyEvaluations = 200
)

// longestOnce is what one evaluation may take.
const longestOnce = time.Second

// Slow lists the rules that take more than the limit for an event in the mean, by what was sampled so far. Each rule's longest evaluation is left out,
// since it may have been the machine that stood still. A limit of 0 is none. It may be called while events are matched.
func (e *Engine) Slow(limit time.Duration) []Failure {
	if limit <= 0 {
		return nil
	}
	var out []Failure
	for _, c := range e.sigma.Costs() {
		if reason := slow(c, limit); reason != "" {
			out = append(out, Failure{c.Rule.ID, reason})
		}
	}
	return out
}

func slow(c sigma.Cost, limit time.Duration) string {
	if c.Evaluations < 2 {
		return ""
	}
	rest, others := c.Total-c.Longest, time.Duration(c.Evaluations-1)
	mean := rest / others
	switch {
	case c.Evaluations >= fewEvaluations && rest > limit*max(manyEvaluations, others):
		return fmt.Sprintf("too slow: %s for an event in the mean of %d, more than %s", short(mean), c.Evaluations, limit)
	case c.Longest > longestOnce && rest > longestOnce && mean > limit:
		return fmt.Sprintf("too slow: up to %s for one event, %s in the mean of %d", short(c.Longest), short(mean), c.Evaluations)
	}
	return ""
}

func short(d time.Duration) time.Duration {
	if d > time.Millisecond {
		return d.Round(10 * time.Microsecond)
	}
	return d
}

// failures copies what the last match could not evaluate.
func failures(of []sigma.Failure) []Failure {
	if len(of) == 0 {
		return nil
	}
	out := make([]Failure, len(of))
	for i, f := range of {
		out[i] = Failure{f.Rule.ID, "failed: " + f.Reason}
	}
	return out
}
