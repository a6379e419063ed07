package statetest

import (
	"bytes"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

func (w *World) step(epoch uint32, part uint16, seq uint64, ruleSet string) error {
	_, err := w.CommitStep(w.Context(), pipeline.Commit{Cursor: pipeline.Cursor{Epoch: epoch, Partition: part, Seq: seq, RuleSet: ruleSet}})
	return err
}

func cursor(w *World) {
	at, err := w.Cursor(w.Context(), 1, 2)
	w.ok(err)
	w.same("nothing done", at, pipeline.Cursor{Epoch: 1, Partition: 2})
	w.is(w.step(1, 2, 0, "r1"), pipeline.ErrOldStep)
	w.ok(w.step(1, 2, 5, "r1"))
	w.is(w.step(1, 2, 5, "r1"), pipeline.ErrOldStep)
	w.is(w.step(1, 2, 4, "r1"), pipeline.ErrOldStep)
	w.ok(w.step(1, 3, 1, "r1")) // another partition
	w.ok(w.step(2, 2, 1, "r2")) // another log
	at, err = w.Cursor(w.Context(), 1, 2)
	w.ok(err)
	w.same("done", at, pipeline.Cursor{Epoch: 1, Partition: 2, Seq: 5, RuleSet: "r1"})

	// An old step changes nothing, whatever it carries.
	a, it := w.Finding(w.Aoi, "r", "h", Noon)
	_, err = w.CommitStep(w.Context(), pipeline.Commit{
		Cursor: pipeline.Cursor{Epoch: 1, Partition: 2, Seq: 5}, Alerts: []alert.Alert{a}, Items: []alert.Item{it},
	})
	w.is(err, pipeline.ErrOldStep)
	w.same("items", w.names(alert.Filter{}), "")
}

// nothingHalf holds that a commit that fails in its last part leaves nothing of its first.
func nothingHalf(w *World) {
	a, it := w.Finding(w.Aoi, "r", "h", Noon)
	tied := w.incident(it)
	tied.Members = append(tied.Members, incident.Member{Item: "i-nobody-knows"})
	good := pipeline.Commit{Cursor: pipeline.Cursor{Epoch: 1, Seq: 7, RuleSet: "r1"}, Alerts: []alert.Alert{a}, Items: []alert.Item{it}}
	for name, spoil := range map[string]func(c *pipeline.Commit){
		"alert of no item":        func(c *pipeline.Commit) { c.Items = nil },
		"alert of no tenant":      func(c *pipeline.Commit) { c.Alerts = append(c.Alerts, alert.Alert{ID: "a", Item: it.ID, Time: Noon}) },
		"member of no item":       func(c *pipeline.Commit) { c.Incidents = incidentsOf(tied) },
		"snapshot of other place": func(c *pipeline.Commit) { c.Snapshots = []pipeline.Snapshot{{Stage: "s", Epoch: 1, Seq: 6}} },
	} {
		bad := good
		spoil(&bad)
		if _, err := w.CommitStep(w.Context(), bad); err == nil {
			w.Errorf("%s: was taken", name)
		}
		at, err := w.Cursor(w.Context(), 1, 0)
		w.ok(err)
		w.same(name+": cursor", at.Seq, uint64(0))
		w.same(name+": items", w.names(alert.Filter{}), "")
		w.same(name+": incidents", w.incidentNames(incident.Filter{}), "")
	}
	_, err := w.CommitStep(w.Context(), good)
	w.ok(err)
	w.same("item", w.item(it.ID).Alerts, 1)
}

func snapshots(w *World) {
	ctx := w.Context()
	commit := func(seq uint64, stages ...string) {
		c := pipeline.Commit{Cursor: pipeline.Cursor{Epoch: 1, Seq: seq}}
		for _, s := range stages {
			c.Snapshots = append(c.Snapshots, pipeline.Snapshot{Stage: s, Epoch: 1, Seq: seq, Data: bytes.Repeat([]byte{0, byte(seq), '\''}, 1000)})
		}
		_, err := w.CommitStep(ctx, c)
		w.ok(err)
	}
	commit(1, "items", "grouping")
	commit(2)
	commit(3, "items")
	got, err := w.Snapshots(ctx, 1, 0)
	w.ok(err)
	w.same("snapshots", got, []pipeline.Snapshot{
		{Stage: "grouping", Epoch: 1, Seq: 1, Data: bytes.Repeat([]byte{0, 1, '\''}, 1000)},
		{Stage: "items", Epoch: 1, Seq: 3, Data: bytes.Repeat([]byte{0, 3, '\''}, 1000)},
	})
	got, err = w.Snapshots(ctx, 1, 1)
	w.ok(err)
	w.same("of another partition", len(got), 0)
}

func ruleSpans(w *World) {
	for _, s := range []struct {
		seq uint64
		set string
	}{{3, "r1"}, {5, "r1"}, {6, "r2"}, {9, "r2"}, {10, "r1"}} {
		w.ok(w.step(1, 0, s.seq, s.set))
	}
	for after, want := range map[uint64][]pipeline.RuleSpan{
		0:  {{From: 1, To: 5, RuleSet: "r1"}, {From: 6, To: 9, RuleSet: "r2"}, {From: 10, To: 10, RuleSet: "r1"}},
		4:  {{From: 5, To: 5, RuleSet: "r1"}, {From: 6, To: 9, RuleSet: "r2"}, {From: 10, To: 10, RuleSet: "r1"}},
		9:  {{From: 10, To: 10, RuleSet: "r1"}},
		10: {},
	} {
		got, err := w.RuleSets(w.Context(), 1, 0, after)
		w.ok(err)
		w.same("spans", got, want)
	}
}

func ruleSets(w *World) {
	ctx := w.Context()
	_, err := w.RuleSet(ctx, "r1")
	w.is(err, rule.ErrNoSet)
	files := map[string][]byte{"a.yml": []byte("title: a\n"), "b/c.yml": {0, 255, '\''}, "empty.yml": {}}
	w.ok(w.SaveRuleSet(ctx, "r1", files))
	w.ok(w.SaveRuleSet(ctx, "r1", map[string][]byte{"a.yml": []byte("another")}))
	w.ok(w.SaveRuleSet(ctx, "none", nil))
	got, err := w.RuleSet(ctx, "r1")
	w.ok(err)
	for name, want := range files {
		if text, ok := got[name]; !ok || !bytes.Equal(text, want) {
			w.Errorf("file %s: %q, want %q", name, text, want)
		}
	}
	w.same("files", len(got), len(files))
	got, err = w.RuleSet(ctx, "none")
	w.ok(err)
	w.same("a set of no files", len(got), 0)
	_, err = w.InForce(ctx)
	w.is(err, rule.ErrNoSet)
	f := func(version string, since time.Time, want rule.InForce) {
		w.Helper()
		w.ok(w.SetInForce(ctx, rule.InForce{Version: version, Since: since}))
		got, err := w.InForce(ctx)
		w.ok(err)
		w.same("in force", got, want)
	}
	f("r1", Noon, rule.InForce{Version: "r1", Since: Noon})
	f("r1", Noon.Add(time.Hour), rule.InForce{Version: "r1", Since: Noon})
	f("r2", Noon.Add(time.Hour), rule.InForce{Version: "r2", Since: Noon.Add(time.Hour)})
}

// gaps are added up by tenant, rule and hour, newest first, and are of their tenant alone; an old step adds nothing.
func gaps(w *World) {
	seq := uint64(0)
	put := func(gaps ...rule.Gap) {
		w.Helper()
		seq++
		_, err := w.CommitStep(w.Context(), pipeline.Commit{Cursor: pipeline.Cursor{Epoch: 1, Partition: 9, Seq: seq, RuleSet: "r1"}, Gaps: gaps})
		w.ok(err)
	}
	put(rule.Gap{Tenant: w.Aoi, Rule: "r1", Hour: Noon, Events: 2}, rule.Gap{Tenant: w.Beni, Rule: "r1", Hour: Noon, Events: 7})
	put(rule.Gap{Tenant: w.Aoi, Rule: "r1", Hour: Noon, Events: 3}, rule.Gap{Tenant: w.Aoi, Rule: "r2", Hour: Noon.Add(time.Hour), Events: 1})
	again := pipeline.Commit{Cursor: pipeline.Cursor{Epoch: 1, Partition: 9, Seq: seq}, Gaps: []rule.Gap{{Tenant: w.Aoi, Rule: "r1", Hour: Noon, Events: 100}}}
	_, err := w.CommitStep(w.Context(), again)
	w.is(err, pipeline.ErrOldStep)
	f := func(of string, want ...rule.Gap) {
		w.Helper()
		got, err := w.Gaps(w.Context(), tenant.NewScope(w.Aoi), of)
		w.ok(err)
		w.same("gaps of "+of, got, want)
	}
	f("", rule.Gap{Tenant: w.Aoi, Rule: "r2", Hour: Noon.Add(time.Hour), Events: 1}, rule.Gap{Tenant: w.Aoi, Rule: "r1", Hour: Noon, Events: 5})
	f("r1", rule.Gap{Tenant: w.Aoi, Rule: "r1", Hour: Noon, Events: 5})
}

func ruleStatistics(w *World) {
	a := w.Add(w.Aoi, "r1", "a", Noon)
	w.More(a, Noon.Add(time.Hour))
	w.Judge(w.Add(w.Aoi, "r1", "b", Noon.Add(2*time.Hour)), alert.FalsePositive)
	reopened := w.Add(w.Beni, "r1", "c", Noon.Add(3*time.Hour))
	w.Judge(reopened, alert.Test)
	w.More(reopened, Noon.Add(4*time.Hour))
	w.Judge(w.Add(w.Aoi, "r2", "d", Noon), alert.Level2)

	got, err := w.RuleStats(w.Context(), w.All, Noon)
	w.ok(err)
	w.same("stats", got, map[string]rule.Stats{
		"r1": {Alerts: 5, Items: 3, Open: 2, Verdicts: map[alert.Verdict]int{alert.FalsePositive: 1}, LastHit: Noon.Add(4 * time.Hour)},
		"r2": {Alerts: 1, Items: 1, Verdicts: map[alert.Verdict]int{alert.Level2: 1}, LastHit: Noon},
	})
	got, err = w.RuleStats(w.Context(), w.All, Noon.Add(time.Hour))
	w.ok(err)
	w.same("since", []int{got["r1"].Alerts, got["r1"].Items, len(got)}, []int{4, 3, 1})
}

func hitsByDay(w *World) {
	tokyo := time.FixedZone("JST", 9*3600)
	for _, at := range []string{"2026-03-31T15:00:00Z", "2026-04-01T14:59:59Z", "2026-04-01T15:00:00Z", "2026-04-04T00:00:00Z"} {
		when, err := time.Parse(time.RFC3339, at)
		w.ok(err)
		w.Add(w.Aoi, "r1", "a", when)
		w.Add(w.Aoi, "r2", "a", when)
	}
	day := func(d int) time.Time { return time.Date(2026, 4, d, 0, 0, 0, 0, tokyo) }
	got, err := w.HitsByDay(w.Context(), w.All, "r1", day(1).Add(5*time.Hour), day(3).Add(time.Hour), tokyo)
	w.ok(err)
	w.same("days", got, []rule.DayHits{{Day: day(1), Alerts: 2}, {Day: day(2), Alerts: 1}, {Day: day(3)}})
	if _, err := w.HitsByDay(w.Context(), w.All, "r1", time.Time{}, day(1), tokyo); err == nil {
		w.Error("two thousand years were counted")
	}
}
