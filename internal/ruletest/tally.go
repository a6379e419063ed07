package ruletest

import (
	"fmt"
	"slices"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/sigma"
)

// tally counts what a rule or correlation makes of a case's events.
type tally struct {
	runner     *Runner
	who        asked
	res        *Result
	correlator *sigma.Correlator // nil for a rule
	unwanted   bool              // a match is what should not be
	observed   int               // matches that correlations count
	last       time.Time         // of these
	differs    *event.Event      // the first event that is not as wanted
}

// see takes the next event; it answers false when the case cannot go on.
func (t *tally) see(ev *event.Event) bool {
	t.res.Events++
	ev.Received = ev.Time // a test is about the past as it was
	found, err := t.who.engine.Match(ev)
	switch {
	case err != nil:
		t.res.Why = append(t.res.Why, err.Error())
		return false
	case !ev.Parsed():
		t.res.Why = append(t.res.Why, "the event could not be read: "+ev.Problem)
		return false
	}
	for _, f := range found.Failed {
		if f.Rule == t.who.meta.ID {
			t.res.Why = append(t.res.Why, f.Reason)
			return false
		}
	}
	if t.correlator != nil {
		t.observed += len(found.Observed)
		for _, o := range found.Observed {
			t.count(t.correlator.Observe(o))
			if o.Time.After(t.last) {
				t.last = o.Time
			}
		}
		return true
	}
	matched := slices.Contains(found.Rules, t.who.meta.ID)
	if matched {
		t.res.Found++
	}
	if matched == t.unwanted && t.differs == nil {
		kept := *ev
		t.differs = &kept
	}
	return true
}

// end lets time pass until nothing is undecided.
func (t *tally) end() {
	if t.observed == 0 {
		return
	}
	end := t.last.Add(24 * time.Hour) // more than what lateness is given
	for _, c := range t.who.engine.Running() {
		end = end.Add(c.Timespan)
	}
	t.count(t.correlator.Advance(end))
}

func (t *tally) count(findings []sigma.Finding) {
	for i := range findings {
		if findings[i].Correlation == t.who.counts {
			t.res.Found++
		}
	}
}

// why tells the first difference.
func (t *tally) why() []string {
	switch {
	case t.correlator != nil:
		why := []string{fmt.Sprintf("%s of rules were counted", plural(t.observed, "match"))}
		for _, s := range t.correlator.Stats() {
			if s.Correlation == t.who.counts && s.Late+s.Missing+s.Unusable > 0 {
				why = append(why, fmt.Sprintf("not used: %d too late, %d without a field of group-by, %d without a usable value", s.Late, s.Missing, s.Unusable))
			}
		}
		return why
	case t.differs == nil:
		return nil
	}
	x, err := t.who.engine.Explain(t.who.meta.ID, t.differs)
	if err != nil {
		return []string{err.Error()}
	}
	return Difference(x, !t.unwanted)
}
