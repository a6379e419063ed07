package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
	"github.com/noroshi-soc/noroshi/sigma"
)

const ruleOne, ruleTwo = "00000001-0000-4000-8000-000000000000", "00000002-0000-4000-8000-000000000000"

// failsOnHost1 evaluates as the engine does, but rule 1 fails on host h1 as long as it runs, as by a fault of ours.
func failsOnHost1(e *detect.Engine, ev *event.Event) (detect.Found, error) {
	found, err := e.Match(ev)
	runs := slices.ContainsFunc(e.Set().Sigma(), func(r *sigma.Rule) bool { return r.ID == ruleOne })
	if runs && ev.Entities[0].Value == "h1" {
		found.Rules = slices.DeleteFunc(found.Rules, func(id string) bool { return id == ruleOne })
		found.Alerts = slices.DeleteFunc(found.Alerts, func(a alert.Alert) bool { return a.Rule == ruleOne })
		found.Failed = append(found.Failed, detect.Failure{Rule: ruleOne, Reason: "failed: index out of range"})
	}
	return found, err
}

// until runs a pipeline until everything sent is done and the condition holds.
func (w *world) until(p *pipeline.Pipeline, holds func() bool) {
	w.t.Helper()
	ctx, stop := context.WithCancel(w.t.Context())
	defer stop()
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	late := time.After(time.Minute)
	for {
		ok, err := p.CaughtUp(ctx)
		if err != nil {
			w.t.Fatal(err)
		}
		if ok && holds() {
			break
		}
		select {
		case err := <-done:
			w.t.Fatal("ended: ", err)
		case <-late:
			w.t.Fatal("what was waited for did not come within a minute")
		case <-time.After(time.Millisecond):
		}
	}
	stop()
	if err := <-done; err != nil {
		w.t.Fatal(err)
	}
}

// late keeps the first rule set at once, and others when it is told to.
type late struct {
	rule.Sets
	first string
	now   chan struct{}
}

func (l *late) SaveRuleSet(ctx context.Context, version string, files map[string][]byte) error {
	if version != l.first {
		<-l.now
	}
	return l.Sets.SaveRuleSet(ctx, version, files)
}

func (w *world) guarded(set *rule.Set, sets rule.Sets, match func(*detect.Engine, *event.Event) (detect.Found, error)) *pipeline.Pipeline {
	w.t.Helper()
	deps := w.deps(set)
	deps.RuleSets = sets
	deps.Now = func() time.Time { return time.Unix(1_800_000_000, 0) }
	p, err := pipeline.New(w.t.Context(), deps)
	if err != nil {
		w.t.Fatal(err)
	}
	p.MatchBy(match)
	return p
}

func (w *world) alertsOf(id string) (n int) {
	for _, i := range w.told().Items {
		if i.Rule == id {
			n += i.Alerts
		}
	}
	return n
}

// TestFailingRuleIsSwitchedOff: by itself, with its reason, as a version of its own, while the other rules go on; what it missed is counted by hour.
// It stays off over a restart and a reload, until its text is another or somebody switches it on.
func TestFailingRuleIsSwitchedOff(t *testing.T) {
	w := newWorld(t, newLog())
	w.send(12)
	sets := &late{w.records, rules().Version, make(chan struct{})}
	p := w.guarded(rules(), sets, failsOnHost1)
	all := sync.OnceFunc(func() { close(sets.now) })
	w.until(p, func() bool {
		all() // is done under the first rules: now the others may come into force
		_, off := p.Rules().Set().Off(ruleOne)
		return off
	})
	off, _ := p.Rules().Set().Off(ruleOne)
	if off.Reason != "failed: index out of range" || !off.Since.Equal(time.Unix(1_800_000_000, 0)) || p.Rules().Set().Version == rules().Version {
		t.Errorf("%+v", off)
	}
	if at, err := w.records.InForce(t.Context()); err != nil || at.Version != p.Rules().Set().Version {
		t.Errorf("in force: %+v, %v", at, err)
	}
	if one, two := w.alertsOf(ruleOne), w.alertsOf(ruleTwo); one != 8 || two != 12 {
		t.Errorf("%d alerts of the failing rule, want 8 of the other hosts; %d of the other rule, want 12", one, two)
	}
	if after, err := p.SetRules(t.Context(), rules("3")); err != nil || len(after.Set().Offs()) != 1 {
		t.Errorf("after a reload: %v, off %v", err, after.Set().Offs())
	}
	w.wantGaps(p, map[int64]int{1_699_999_200: 30, 1_700_002_800: 10})

	w.send(6)
	again := w.guarded(rules("3"), w.records, failsOnHost1)
	w.until(again, func() bool { return true })
	if one, two := w.alertsOf(ruleOne), w.alertsOf(ruleTwo); one != 8 || two != 18 {
		t.Errorf("after a restart: %d alerts of the rule that is off, want 8; %d of the other, want 18", one, two)
	}
	if err := again.SwitchOn(t.Context(), "nobody's"); !errors.Is(err, rule.ErrNotFound) {
		t.Error(err)
	}
	if err := again.SwitchOn(t.Context(), ruleOne); err != nil || again.Rules().Set().Version != rules("3").Version {
		t.Error(err, again.Rules().Set().Offs())
	}
	w.send(6)
	w.until(w.guarded(rules("3"), w.records, (*detect.Engine).Match), func() bool { return true })
	if one := w.alertsOf(ruleOne); one != 14 {
		t.Errorf("switched on: %d alerts of the rule, want 14", one)
	}
}

// wantGaps compares what is kept of the events that rules could not evaluate.
func (w *world) wantGaps(p *pipeline.Pipeline, byHour map[int64]int) {
	w.t.Helper()
	gaps, err := w.records.Gaps(w.t.Context(), tenant.NewScope(w.owner), ruleOne)
	if err != nil {
		w.t.Fatal(err)
	}
	got, sum := map[int64]int{}, 0
	for _, g := range gaps {
		got[g.Hour.Unix()] += g.Events
		sum += g.Events
	}
	if fmt.Sprint(got) != fmt.Sprint(byHour) || p.Stats().Missed.Load() != int64(sum) {
		w.t.Errorf("gaps by hour %v, want %v; %d counted", got, byHour, p.Stats().Missed.Load())
	}
}

// TestSlowRuleIsSwitchedOff: a rule that takes too long on long texts is switched off while the one beside it goes on, and nothing is lost.
func TestSlowRuleIsSwitchedOff(t *testing.T) {
	w := newWorld(t, newLog())
	files := rule.Files{"slow.yml": []byte(`title: Slow
id: 00000008-0000-4000-8000-000000000000
level: high
logsource: {product: test}
detection: {keywords: {'|re': ['(?:[a-z]*[0-9]*){4}[^!-~]$']}, condition: keywords}
`)}
	for name, data := range rules().Files() {
		files[name] = data
	}
	deps := w.deps(rule.NewSet(files))
	deps.MaxEvaluation = 20 * time.Microsecond
	deps.RulesChanged = func() {}
	p, err := pipeline.New(t.Context(), deps)
	if err != nil {
		t.Fatal(err)
	}
	w.sendLong(80)
	var offs []rule.Off
	w.until(p, func() bool {
		if offs = p.Rules().Set().Offs(); len(offs) == 0 {
			w.sendLong(8)
		}
		if w.sent > 2000 {
			t.Fatal("the slow rule is still on")
		}
		return len(offs) > 0
	})
	if len(offs) != 1 || offs[0].Rule[:8] != "00000008" || !strings.HasPrefix(offs[0].Reason, "too slow: ") {
		t.Errorf("%+v", offs)
	}
	if got := w.alertsOf(ruleOne); got != w.sent {
		t.Errorf("%d alerts of the rule beside it, want %d", got, w.sent)
	}
}

// sendLong sends batches of ten records with long texts.
func (w *world) sendLong(batches int) {
	long := strings.Repeat("abc123", 200)
	for range batches {
		b := &source.Batch{Tenant: w.owner, Source: "s", Received: time.Unix(1_800_000_000, 0).UTC()}
		for i := range 10 {
			text := fmt.Sprintf(`{"t":%d,"host":"h","n":%d,"s":"%s"}`, 1_700_000_000+w.sent*300+i, i, long)
			b.Records = append(b.Records, source.Record{Bytes: []byte(text), Size: len(text)})
		}
		w.sent++
		w.log.append(b.Encode())
	}
}
