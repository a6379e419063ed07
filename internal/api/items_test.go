package api_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/api"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
)

func TestListItems(t *testing.T) {
	w := newWorld(t)
	me := w.as("root")
	f := func(query string, total, open, judged int) api.ItemList {
		t.Helper()
		var got api.ItemList
		me.want(200, &got, "GET", "/items"+query, nil)
		if got.Total != total || got.Counts != (api.Counts{Open: open, Judged: judged}) || len(got.Items) > total {
			t.Errorf("%q: %d items, %+v; want %d, %d open, %d judged", query, got.Total, got.Counts, total, open, judged)
		}
		return got
	}
	f("", 2, 2, 2)
	f("?state=judged", 2, 2, 2)
	f("?state=all", 4, 2, 2)
	f("?state=all&tenant=alpha", 2, 1, 1)
	f("?state=all&site=hq", 4, 2, 2)
	f("?state=all&site=elsewhere", 0, 0, 0)
	f("?level=critical", 0, 2, 2)
	f("?rule=rule-2", 2, 2, 0)
	f("?state=all&subject=bravo-pc", 2, 1, 1)
	f("?state=all&incident="+w.a.incident.ID, 2, 1, 1)
	f("?state=all&from=2026-04-01T11:30:30Z", 2, 2, 0)
	if got := f("?state=all&limit=1&offset=1", 4, 2, 2); len(got.Items) != 1 {
		t.Errorf("page of %d", len(got.Items))
	}
	one := f("?tenant=alpha", 1, 1, 1).Items[0]
	same(t, "item", []any{one.ID, one.Number, one.Tenant, one.Site, one.Title, one.Level, one.Phase, one.Subject, one.Alerts, one.Incident, one.Summary, one.Judgement},
		[]any{w.a.items[1].ID, 2, "alpha", "hq", "Finding of alpha", "high", "foothold", "{host alpha-pc}", 1, w.a.incident.ID, "powershell alpha", "<nil>"})
}

func TestGetItem(t *testing.T) {
	w := newWorld(t)
	var got api.ItemDetail
	w.as("analyst-alpha").want(200, &got, "GET", "/items/"+w.a.items[0].ID, nil)
	same(t, "judgement", []any{got.Judgement.Verdict, got.Judgement.ByName, got.Judgement.Comment, got.Judgement.Alerts}, "[level_3 Display analyst-alpha by alpha 1]")
	if len(got.AlertList) != 1 || len(got.Events) != 1 || len(got.Judgements) != 1 || got.RuleInfo == nil {
		t.Fatalf("%d alerts, %d events, %d judgements, rule %v", len(got.AlertList), len(got.Events), len(got.Judgements), got.RuleInfo)
	}
	same(t, "alert", got.AlertList[0].Matched, "[{CommandLine powershell alpha *powershell*}]")
	same(t, "event", got.Events[0].ID, got.AlertList[0].Events[0])
	same(t, "rule", got.RuleInfo.TitleJA+strings.Join(got.RuleInfo.FalsePositives, ""), "符号化されたPowerShellnone")
}

func TestJudge(t *testing.T) {
	w := newWorld(t)
	me := w.as("analyst-alpha")
	path := "/items/" + w.a.items[1].ID + "/judgement"
	me.refused(409, "nothing_to_undo", "DELETE", path, nil)
	me.refused(422, "invalid", "POST", path, map[string]any{"verdict": "level_5"})
	var got api.Item
	me.want(200, &got, "POST", path, map[string]any{"verdict": "over_detection", "comment": "定期作業", "alerts": 99})
	same(t, "judgement", []any{got.Judgement.Verdict, got.Judgement.By, got.Judgement.Comment, got.Judgement.Alerts, got.Reopened},
		[]any{"over_detection", w.a.analyst.ID, "定期作業", 1, false})

	// One more alert reopens it: the 99 that nobody can have seen do not count.
	w.alertAgain(w.a)
	me.want(200, &got, "GET", "/items/"+w.a.items[1].ID, nil)
	if !got.Reopened || got.Alerts != 2 {
		t.Errorf("after another alert: reopened %v, %d alerts", got.Reopened, got.Alerts)
	}
	me.want(200, &got, "POST", path, map[string]any{"verdict": "hold", "alerts": 1})
	same(t, "judged without the newest seen: reopened", got.Reopened, true)
	me.want(200, &got, "POST", path, map[string]any{"verdict": "hold"})
	same(t, "judged as it is: reopened", got.Reopened, false)
	me.want(200, &got, "DELETE", path, nil)
	var detail api.ItemDetail
	me.want(200, &detail, "GET", "/items/"+w.a.items[1].ID, nil)
	if n := len(detail.Judgements); n != 4 || detail.Judgements[n-1].Verdict != "" {
		t.Errorf("history: %+v", detail.Judgements)
	}
	entries, _, err := w.state.Entries(t.Context(), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, e := range entries {
		if e.Target == w.a.items[1].ID {
			actions = append(actions, e.ByName+" "+e.Action+" "+e.Detail+" "+e.Tenant+" "+e.Address)
		}
	}
	slices.Reverse(actions)
	same(t, "audit log", strings.Join(actions, "; "), "analyst-alpha item.judge over_detection alpha 127.0.0.1; "+
		"analyst-alpha item.judge hold alpha 127.0.0.1; analyst-alpha item.judge hold alpha 127.0.0.1; analyst-alpha item.undo  alpha 127.0.0.1")
}

// alertAgain adds an alert to the ground's second item.
func (w *world) alertAgain(g *ground) {
	w.t.Helper()
	rows := eventsOf(g.id, 1)
	c := findings(g.id, rows)
	a := c.Alerts[1]
	a.ID, a.Events = alert.NewID(a.Rule, rows[2].ID), []event.ID{rows[2].ID}
	_, err := w.state.CommitStep(w.t.Context(), pipeline.Commit{
		Cursor: pipeline.Cursor{Epoch: 1, Partition: 1, Seq: 2, RuleSet: "v1"}, Alerts: []alert.Alert{a}, Items: c.Items[1:],
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
