package pipeline_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

const (
	failedLogon = "0c000000-0000-4000-8000-000000000001"
	goodLogon   = "0c000000-0000-4000-8000-000000000002"
	bruteForce  = "0c000000-0000-4000-8000-000000000003"
	broken      = "0c000000-0000-4000-8000-000000000004"
)

// logons are rules of which a brute force is found: ten failed logons by one source within five minutes, then one that succeeds.
func logons(more ...string) *rule.Set {
	files := rule.Files{
		"failed.yml": []byte("title: Failed\nname: failed\nid: " + failedLogon + "\nlevel: low\nlogsource: {product: test}\ndetection: {s: {do: fail}, condition: s}\n"),
		"good.yml":   []byte("title: Good\nname: good\nid: " + goodLogon + "\nlevel: informational\nlogsource: {product: test}\ndetection: {s: {do: ok}, condition: s}\n"),
		"force.yml": []byte("title: Force\nname: force\nid: " + bruteForce + "\nlevel: informational\ncorrelation:\n  type: event_count\n  rules: [failed]\n" +
			"  group-by: [src]\n  timespan: 5m\n  condition: {gte: 10}\n"),
		"broken.yml": []byte("title: Broken in\ntitle_ja: 総当たりで侵入\nid: " + broken + "\nlevel: high\ntags: [attack.credential-access, attack.t1110]\ncorrelation:\n" +
			"  type: temporal_ordered\n  rules: [force, good]\n  group-by: [src]\n  timespan: 10m\n"),
	}
	for i, text := range more {
		files[fmt.Sprintf("more%d.yml", i)] = []byte(text)
	}
	return rule.NewSet(files)
}

// logon is one record.
func logon(second int, host, src, do string) string {
	return fmt.Sprintf(`{"t":%d,"host":"%s","src":"%s","do":"%s"}`, 1_700_000_000+second, host, src, do)
}

// sendAs appends one batch of a tenant.
func (w *world) sendAs(owner string, records ...string) {
	w.t.Helper()
	id, err := tenant.ParseID(owner)
	if err != nil {
		w.t.Fatal(err)
	}
	b := &source.Batch{Tenant: id, Source: "s", Received: time.Unix(1_800_000_000, 0).UTC()}
	for _, text := range records {
		b.Records = append(b.Records, source.Record{Bytes: []byte(text), Size: len(text)})
	}
	w.log.append(b.Encode())
}

// attack sends a brute force of n failures and a success, of several hosts, a batch for every two records; in between another one tries once and succeeds.
func (w *world) attack(from, failures int) {
	for i := range failures {
		w.sendAs("aoi", logon(from+i*20, fmt.Sprintf("h%d", i%2), "evil", "fail"), logon(from+i*20+1, "h9", fmt.Sprint("good", i), "fail"))
	}
	w.sendAs("aoi", logon(from+failures*20, "h1", "evil", "ok"), logon(from+failures*20+1, "h9", "good0", "ok"))
}

func (w *world) found(of string) (out []alert.Alert) {
	w.t.Helper()
	id, err := tenant.ParseID(of)
	if err != nil {
		w.t.Fatal(err)
	}
	items, _, err := w.records.Items(w.t.Context(), tenant.NewScope(id), alert.Filter{Limit: 1000})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, i := range items {
		alerts, err := w.records.Alerts(w.t.Context(), tenant.NewScope(id), i.ID, 1000)
		if err != nil {
			w.t.Fatal(err)
		}
		out = append(out, alerts...)
	}
	return out
}

// TestCorrelationTells: what several events show together is one alert with those events, and the rules that are only counted tell nothing of their own.
func TestCorrelationTells(t *testing.T) {
	w := newWorld(t, newLog())
	w.attack(0, 11)
	if err := w.run(w.deps(logons())); err != nil {
		t.Fatal(err)
	}
	got := w.found("aoi")
	if len(got) != 1 {
		t.Fatalf("%d alerts, want the one of the correlation: %+v", len(got), got)
	}
	a := got[0]
	if a.Rule != broken || a.Level != alert.High || a.TitleJA != "総当たりで侵入" || a.Detector != "sigma-correlation" || a.Phase != alert.Spread || len(a.Techniques) != 1 {
		t.Errorf("%+v", a)
	}
	if !a.Time.Equal(time.Unix(1_700_000_220, 0)) || len(a.Events) < 11 || a.Events[len(a.Events)-1] != (event.ID{Epoch: 7, Seq: 12}) || a.Source != "s" || a.Dataset != "test.line" {
		t.Errorf("at %v of %v, source %q, dataset %q", a.Time, a.Events, a.Source, a.Dataset)
	}
	if a.Matched[0].Field != "src" || a.Matched[0].Value != "evil" || !strings.Contains(a.Summary, "src=evil") {
		t.Errorf("matched %+v, summary %q", a.Matched, a.Summary)
	}
	if a.Host() != "" || len(a.Entities) != 2 || a.Entities[0].Role != event.RoleTarget {
		t.Errorf("entities %+v: the hosts are those that it was done to", a.Entities)
	}
}

// TestCorrelationsAreCounted: what is held and what could not be counted can be read off.
func TestCorrelationsAreCounted(t *testing.T) {
	w := newWorld(t, newLog())
	w.sendAs("aoi", logon(0, "h", "evil", "fail"), `{"t":1700000001,"host":"h","do":"fail"}`, logon(5000, "h", "evil", "fail"))
	w.sendAs("aoi", logon(10, "h", "evil", "fail"))
	deps := w.deps(logons())
	var hours atomic.Int64
	deps.Now = func() time.Time { return time.Unix(hours.Add(3600), 0) } // so that it is asked after each step
	p, err := pipeline.New(t.Context(), deps)
	if err != nil {
		t.Fatal(err)
	}
	w.until(p, func() bool { return true })
	if got := p.Correlations(); got.Held == 0 || got.Groups == 0 || got.Missing != 1 || got.Late == 0 {
		t.Errorf("%+v", got)
	}
}

// TestCorrelationsOfTenantsAreApart: what lies in two tenants adds up to nothing, though their batches come mixed through one partition.
func TestCorrelationsOfTenantsAreApart(t *testing.T) {
	w := newWorld(t, newLog())
	for i := range 9 {
		w.sendAs("aoi", logon(i*20, "h", "evil", "fail"))
		w.sendAs("beni", logon(i*20, "h", "evil", "fail"))
	}
	w.sendAs("aoi", logon(200, "h", "evil", "ok"))
	w.sendAs("beni", logon(200, "h", "evil", "ok"), logon(201, "h", "evil", "fail"), logon(202, "h", "evil", "ok"))
	if err := w.run(w.deps(logons())); err != nil {
		t.Fatal(err)
	}
	if got := w.found("aoi"); len(got) != 0 {
		t.Errorf("of the tenant with nine failures: %+v", got)
	}
	got := w.found("beni")
	if len(got) != 1 || got[0].Tenant.String() != "beni" {
		t.Fatalf("of the tenant with ten: %+v", got)
	}
	for _, id := range got[0].Events {
		if id.Seq%2 == 1 {
			t.Errorf("event %v is of the other tenant", id)
		}
	}
}

// plainly is what an undisturbed run over the same log gives.
func (w *world) plainly() told {
	w.t.Helper()
	other := newWorld(w.t, w.log)
	if err := other.run(other.deps(w.usual())); err != nil {
		w.t.Fatal(err)
	}
	return other.told()
}

// TestCorrelationsSurviveCrashes ends a pipeline at each of its commits, in the middle of a brute force: what is told is what an undisturbed run tells.
func TestCorrelationsSurviveCrashes(t *testing.T) {
	first := newWorld(t, newLog())
	first.set = logons()
	first.attack(0, 12)
	first.attack(4000, 25)
	want := first.plainly()
	if len(want.Alerts) != 2 {
		t.Fatalf("%d alerts: the comparison shows nothing", len(want.Alerts))
	}
	for _, point := range []crashing{{before: "insert", at: 2}, {after: "insert", at: 1}, {before: "commit", at: 1}, {after: "commit", at: 1}, {after: "commit", at: 3}, {before: "commit", at: 5}} {
		t.Run(fmt.Sprintf("before %s after %s %d", point.before, point.after, point.at), func(t *testing.T) {
			w := newWorld(t, newLog())
			w.set = logons()
			for _, m := range first.log.messages[:7] {
				w.log.append(m.Data)
			}
			w.crash(point, first.log.messages[7:])
			if err := w.run(w.deps(logons())); err != nil {
				t.Fatal(err)
			}
			same(t, want, w.told())
		})
	}
}

// TestCorrelationsAreInTheSnapshot: a restart from snapshots alone, behind which the log is not read, goes on counting.
func TestCorrelationsAreInTheSnapshot(t *testing.T) {
	w := newWorld(t, newLog())
	w.set = logons()
	for i := range 9 {
		w.sendAs("aoi", logon(i*20, "h", "evil", "fail"))
	}
	p, err := pipeline.New(t.Context(), w.deps(logons()))
	if err != nil {
		t.Fatal(err)
	}
	p.SnapshotEvery(1)
	w.until(p, func() bool { return true })
	w.log.mu.Lock()
	if w.log.trimmed != 9 {
		t.Fatalf("the log was trimmed below %d: no snapshot was taken", w.log.trimmed)
	}
	w.log.mu.Unlock()
	w.sendAs("aoi", logon(190, "h", "evil", "fail"), logon(200, "h", "evil", "ok"))
	if err := w.run(w.deps(logons())); err != nil {
		t.Fatal(err)
	}
	if got := w.found("aoi"); len(got) != 1 || len(got[0].Events) < 10 {
		t.Errorf("%+v", got)
	}
	same(t, w.plainly(), w.told())
}

// TestRulesChangeKeepsCounting: other rules come into force between the failures, and the correlations that did not change go on with what they counted.
func TestRulesChangeKeepsCounting(t *testing.T) {
	other := logons("title: Other\nid: 0c000000-0000-4000-8000-000000000009\nlevel: low\nlogsource: {product: test}\ndetection: {s: {do: other}, condition: s}\n")
	w := newWorld(t, newLog())
	sent, changes := 0, 0
	p, err := pipeline.New(t.Context(), w.deps(logons()))
	if err != nil {
		t.Fatal(err)
	}
	w.until(p, func() bool {
		if sent < 11 {
			if changes++; changes%2 == 0 {
				_, err = p.SetRules(t.Context(), logons())
			} else {
				_, err = p.SetRules(t.Context(), other)
			}
			if err != nil {
				t.Fatal(err)
			}
			w.sendAs("aoi", logon(sent*20, "h", "evil", "fail"))
			sent++
			return false
		}
		return true
	})
	w.set = logons()
	w.sendAs("aoi", logon(300, "h", "evil", "ok"))
	if err := w.run(w.deps(logons())); err != nil { // replays the changes
		t.Fatal(err)
	}
	spans, err := w.records.RuleSets(context.Background(), 7, 0, 0)
	if err != nil || len(spans) < 10 {
		t.Fatalf("%d spans, %v: the rules did not change", len(spans), err)
	}
	if got := w.found("aoi"); len(got) != 1 {
		t.Errorf("%d alerts, want 1: what was counted before a change is lost", len(got))
	}
	same(t, w.plainly(), w.told())
}

// TestClockAheadDoesNotEndTheWindow: an event whose clock runs hours ahead is counted at its receipt and does not make the others late.
func TestClockAheadDoesNotEndTheWindow(t *testing.T) {
	w := newWorld(t, newLog())
	received := 1_800_000_000 - 1_700_000_000
	for i := range 10 {
		w.sendAs("aoi", logon(received-300+i*20, "h", "evil", "fail"), logon(received+9*3600, "skewed", "someone", "fail"))
	}
	w.sendAs("aoi", logon(received-90, "h", "evil", "ok"))
	if err := w.run(w.deps(logons())); err != nil {
		t.Fatal(err)
	}
	if got := w.found("aoi"); len(got) != 1 {
		t.Errorf("%d alerts, want 1", len(got))
	}
}

// TestFailingCorrelationIsSwitchedOff: those that count the match over which the correlator fails are switched off, and the others go on.
func TestFailingCorrelationIsSwitchedOff(t *testing.T) {
	const often = "0c000000-0000-4000-8000-000000000008"
	set := logons("title: Often\nid: " + often + "\nlevel: low\ncorrelation: {type: event_count, rules: [good], group-by: [src], timespan: 5m, condition: {gte: 3}}\n")
	w := newWorld(t, newLog())
	p, err := pipeline.New(t.Context(), w.deps(set))
	if err != nil {
		t.Fatal(err)
	}
	p.FailOn(failedLogon)
	w.attack(0, 3)
	w.until(p, func() bool { _, off := p.Rules().Set().Off(bruteForce); return off })
	offs := p.Rules().Set().Offs()
	if len(offs) != 1 || offs[0].Reason != "failed: index out of range" {
		t.Errorf("%+v", offs)
	}
	if why := p.Rules().Engine.Idle(broken); why == "" {
		t.Error("the correlation of the one that is off does not say that it waits")
	}
	for i := range 3 {
		w.sendAs("aoi", logon(1000+i, "h", "evil", "ok"), logon(1000+i, "h", "evil", "fail"))
	}
	w.until(p, func() bool { return true })
	got := w.found("aoi")
	if !slices.ContainsFunc(got, func(a alert.Alert) bool { return a.Rule == often }) {
		t.Errorf("the correlation beside it does not tell any more: %+v", got)
	}
	if err := p.SwitchOn(t.Context(), bruteForce); err != nil || len(p.Rules().Set().Offs()) != 0 {
		t.Error(err, p.Rules().Set().Offs())
	}
}
