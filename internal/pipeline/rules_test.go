package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// usual are the rules that the world runs.
func (w *world) usual() *rule.Set {
	if w.set == nil {
		w.set = rules()
	}
	return w.set
}

// busy runs a pipeline that is sent more after each commit, and calls change between the commits until it says that it is enough.
func (w *world) busy(deps pipeline.Deps, change func(p *pipeline.Pipeline) bool) {
	w.t.Helper()
	committed := make(chan struct{}, 1)
	deps.Changed = func(pipeline.Change) {
		w.send(2)
		select {
		case committed <- struct{}{}:
		default:
		}
	}
	p, err := pipeline.New(w.t.Context(), deps)
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(w.t.Context())
	defer stop()
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	w.send(2)
	for enough := false; !enough; {
		select {
		case err := <-done:
			w.t.Fatal("ended: ", err)
		case <-committed:
			enough = change(p)
		}
	}
	stop()
	if err := <-done; err != nil {
		w.t.Fatal(err)
	}
}

// TestRulesChangeUnderLoad changes the rules twenty times while records come in: every event is evaluated once, under the rules that are noted for its
// batch, and what the stages know is the same as if nothing had happened. A restart finds all of it again.
func TestRulesChangeUnderLoad(t *testing.T) {
	w := newWorld(t, newLog())
	changes := 0
	w.busy(w.deps(rules()), func(p *pipeline.Pipeline) bool {
		set := rules()
		if changes++; changes%2 == 1 {
			set = rules("3")
		}
		if _, err := p.SetRules(t.Context(), set); err != nil || p.Rules().Set().Version != set.Version {
			t.Fatal(err)
		}
		return changes == 20
	})
	if err := w.run(w.deps(rules("3"))); err != nil {
		t.Fatal(err)
	}
	w.holdsToSpans(map[string]int{rules().Version: 2, rules("3").Version: 3})
	w.likeUndisturbed()
	w.send(5)
	if err := w.run(w.deps(rules())); err != nil {
		t.Fatal(err)
	}
	w.likeUndisturbed()
}

// holdsToSpans wants every event once, with as many matches in each batch as the rule set that is noted for it gives.
func (w *world) holdsToSpans(matches map[string]int) {
	w.t.Helper()
	spans, err := w.records.RuleSets(w.t.Context(), 7, 0, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	if len(spans) < 10 {
		w.t.Errorf("only %d spans of rule sets: the rules did not change under load", len(spans))
	}
	rows, err := w.events.Search(w.t.Context(), store.Search{Scope: tenant.NewScope(w.owner), Limit: 10_000})
	if err != nil {
		w.t.Fatal(err)
	}
	got := map[uint64]int{}
	for _, r := range rows {
		got[r.ID.Seq] += len(r.Rules)
	}
	if len(rows) != w.sent*10 {
		w.t.Errorf("%d events stored, %d sent", len(rows), w.sent*10)
	}
	for _, span := range spans {
		for seq := span.From; seq <= span.To; seq++ {
			if got[seq] != matches[span.RuleSet] {
				w.t.Errorf("batch %d has %d matches, its rules give %d", seq, got[seq], matches[span.RuleSet])
			}
		}
	}
}

// likeUndisturbed wants the items of rules 1 and 2 to be those of a run in which the rules never changed.
func (w *world) likeUndisturbed() {
	w.t.Helper()
	list := func(items []alert.ItemView) string {
		var out strings.Builder
		for _, i := range items {
			if i.Title == "Rule 1" || i.Title == "Rule 2" {
				fmt.Fprintln(&out, i.ID, i.Title, i.Subject, i.First.Unix(), i.Last.Unix(), i.Alerts)
			}
		}
		return out.String()
	}
	if want, got := list(plain(w.t, w.log).Items), list(w.told().Items); want != got {
		w.t.Errorf("items are not those of an undisturbed run:\n%s\nwant\n%s", got, want)
	}
}

// unwilling cannot keep rule sets.
type unwilling struct {
	rule.Sets
	err error
}

func (u *unwilling) SaveRuleSet(ctx context.Context, version string, files map[string][]byte) error {
	if u.err != nil {
		return u.err
	}
	return u.Sets.SaveRuleSet(ctx, version, files)
}

// TestRulesThatCannotBeTakenChangeNothing: a set without rules, or one that cannot be kept, leaves the running one in force.
func TestRulesThatCannotBeTakenChangeNothing(t *testing.T) {
	w := newWorld(t, newLog())
	deps := w.deps(rules())
	sets := &unwilling{Sets: w.records}
	now := time.Unix(1_800_000_000, 0).UTC()
	deps.RuleSets, deps.Now = sets, func() time.Time { return now }
	p, err := pipeline.New(t.Context(), deps)
	if err != nil {
		t.Fatal(err)
	}
	before := p.Rules()
	f := func(set *rule.Set, want error) {
		t.Helper()
		if _, err := p.SetRules(t.Context(), set); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
		if p.Rules() != before {
			t.Error("other rules are in force")
		}
	}
	f(rule.NewSet(rule.Files{"a.yml": []byte("no rule")}), rule.ErrNoRules)
	now = now.Add(time.Hour)
	f(rules(), nil)
	sets.err = errCrash
	f(rules("3"), errCrash)
	sets.err = nil
	if after, err := p.SetRules(t.Context(), rules("3")); err != nil || after != p.Rules() || !after.Since.Equal(now) || !before.Since.Equal(now.Add(-time.Hour)) {
		t.Errorf("%v: since %v, before since %v", err, after.Since, before.Since)
	}
}
