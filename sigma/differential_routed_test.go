package sigma_test

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/sigma"
)

// TestEngineEqualsPlainEvaluatorOnRoutedEvents asks each event's own rules, as
// a host does, so that every route's index is held against the plain
// evaluator. It takes as many events as there is time for, spread evenly, and
// all of them, from the published data sets too, with NOROSHI_TEST_LONG=1.
func TestEngineEqualsPlainEvaluatorOnRoutedEvents(t *testing.T) {
	rules := loadZip(t, "rules/windows/").Rules
	texts := zipTexts(t, sharedFile(t, "sigma", "sigma_all_rules.zip"))
	plain := make([]*plainRule, len(rules))
	for i, rule := range rules {
		plain[i] = newPlainRule(t, texts[rule.File], nil)
	}
	events := windowsEvents(t)
	if long() {
		events = append(events, otrfEvents(t)...)
	}
	e := compile(t, rules)
	const step = 7919 // divides no count of events
	end := time.Now().Add(4 * time.Second)
	var next, asked, held atomic.Int64
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			router := &router{engine: e, known: map[string]*sigma.Route{}}
			r := e.NewRecord()
			for !t.Failed() && (long() || time.Now().Before(end)) {
				i := int(next.Add(1) - 1)
				if i >= len(events) {
					return
				}
				ev := events[i*step%len(events)]
				r.Reset(router.route(ev))
				fill(e, r, ev)
				var got []string
				for _, m := range e.Match(r, nil) {
					got = append(got, m.Rule.ID)
				}
				want := plainMatches(rules, plain, ev)
				if !slices.Equal(got, want) {
					t.Errorf("the engine has %v, the plain evaluator %v, of %v", got, want, ev)
				}
				asked.Add(1)
				held.Add(int64(len(want)))
			}
		})
	}
	wait.Wait()
	t.Logf("%d of %d events, %d rules, %d matches, the same", asked.Load(), len(events), len(rules), held.Load())
	if asked.Load() < 100 {
		t.Error("too few events were compared")
	}
}

func plainMatches(rules []*sigma.Rule, plain []*plainRule, ev event) (ids []string) {
	fits := accepts(ev)
	for i, rule := range rules {
		if fits(rule.LogSource) && plain[i].matches(ev) {
			ids = append(ids, rule.ID)
		}
	}
	return ids
}
