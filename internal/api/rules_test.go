package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/api"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/rule"
)

func TestRules(t *testing.T) {
	w := newWorld(t)
	me := w.as("root")
	f := func(query string, want ...string) api.RuleList {
		t.Helper()
		var got api.RuleList
		me.want(200, &got, "GET", "/rules"+query, nil)
		ids := []string{}
		for _, r := range got.Rules {
			ids = append(ids, r.ID)
		}
		same(t, query, ids, want)
		return got
	}
	f("?q=powershell", "rule-1")
	f("?q=T1027", "rule-2")
	f("?q=B.YML", "rule-2")
	got := f("", "rule-1", "rule-2")
	same(t, "problems", got.Problems, "[{c.yml 3 c detection unknown modifier}]")
	same(t, "waiting", got.Waiting[0].Reason, "waits for values of placeholder %admins%")
	same(t, "kinds", got.Rules[0].Kind+" "+got.Rules[1].Kind, "rule correlation")
	same(t, "version", got.Version+" "+time.Time(got.Since).Format("15:04"), "v1 11:00")
	r := got.Rules[0]
	same(t, "of both tenants", []any{r.AlertsTotal, r.Alerts24h, r.ItemsOpen, r.Verdicts, time.Time(r.LastHit).Format("15:04")}, "[2 2 0 map[level_3:2] 11:30]")
	same(t, "of one", f("?tenant=alpha", "rule-1", "rule-2").Rules[0].AlertsTotal, 1)

	var one api.RuleDetail
	me.want(200, &one, "GET", "/rules/rule-1?tenant=alpha", nil)
	same(t, "text", one.Source+one.DescriptionJA, "title: x\n説明")
	if n := len(one.HitsByDay); n != 30 || one.HitsByDay[n-1] != (api.DayCount{Day: "2026-04-01", Count: 1}) {
		t.Errorf("hits: %v", one.HitsByDay)
	}
	same(t, "filters", one.Filters, "[{filter-1 Our scripts }]")
	if one.Correlation != nil {
		t.Errorf("%+v", one.Correlation)
	}
	me.want(200, &one, "GET", "/rules/rule-2", nil)
	same(t, "correlation", *one.Correlation, "{event_count [{rule-1  }] [] 300 false}")
	me.refused(404, "not_found", "GET", "/rules/rule-9", nil)
}

// TestReloadRules: an administrator of all tenants reloads, everybody's stream is told, and the audit log says what became of it.
func TestReloadRules(t *testing.T) {
	w := newWorld(t)
	root, analyst := w.as("root"), w.as("analyst-alpha")
	stream := analyst.live("/live")
	var got api.RulesReloaded
	root.want(200, &got, "POST", "/rules/reload", nil)
	same(t, "reloaded", []any{got.Loaded, len(got.Refused), got.VersionBefore, got.VersionAfter}, "[1 1 v1 v2]")
	if name, _, _ := stream.next(); name != "rules" {
		t.Errorf("the stream tells of %q", name)
	}
	var list api.RuleList
	analyst.want(200, &list, "GET", "/rules", nil)
	same(t, "rules in force", []any{len(list.Rules), list.Version}, "[1 v2]")
	var log api.AuditList
	root.want(200, &log, "GET", "/audit?limit=1", nil)
	same(t, "audit", []any{log.Entries[0].Action, log.Entries[0].Target, log.Entries[0].ByName, log.Entries[0].Detail},
		"[rules.reload v2 root 1 loaded, 1 refused, version before v1]")

	w.as("admin-alpha").refused(403, "forbidden", "POST", "/rules/reload", nil) // the rules are bravo's too
	analyst.refused(403, "forbidden", "POST", "/rules/reload", nil)
	w.rules.broken.Store(true)
	if p := root.refused(422, "rules_not_loaded", "POST", "/rules/reload", nil); !strings.Contains(p.Detail, "/etc/rules: permission denied") {
		t.Errorf("the reason is missing: %q", p.Detail)
	}
}

// TestSwitchedOffRules: the list says since when and why a rule is off and what it missed, of one's own tenants alone, and an administrator of all
// switches it on.
func TestSwitchedOffRules(t *testing.T) {
	w := newWorld(t)
	for i, g := range []*ground{w.a, w.b} {
		_, err := w.state.CommitStep(t.Context(), pipeline.Commit{
			Cursor: pipeline.Cursor{Epoch: 1, Partition: uint16(i + 1), Seq: 2, RuleSet: "v1"}, //nolint:gosec // two
			Gaps:   []rule.Gap{{Tenant: g.id, Rule: "rule-2", Hour: noon.Add(-time.Hour), Events: 3 + i}, {Tenant: g.id, Rule: "rule-2", Hour: noon, Events: 1}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	root, alpha := w.as("root"), w.as("analyst-alpha")
	f := func(me *browser, want string) {
		t.Helper()
		var list api.RuleList
		me.want(200, &list, "GET", "/rules", nil)
		r := list.Rules[1]
		same(t, "rule-2", []any{r.State, r.StateReason, time.Time(r.StateSince).Format("15:04"), r.Missed}, want)
	}
	f(alpha, "[off too slow 11:00 4]")
	f(root, "[off too slow 11:00 9]")
	var one api.RuleDetail
	alpha.want(200, &one, "GET", "/rules/rule-2", nil)
	if len(one.Gaps) != 2 || one.Gaps[0].Events != 1 || one.Gaps[1].Events != 3 || !time.Time(one.Gaps[1].Hour).Equal(noon.Add(-time.Hour)) {
		t.Errorf("gaps: %+v", one.Gaps)
	}
	alpha.refused(403, "forbidden", "POST", "/rules/rule-2/on", nil)
	w.as("admin-alpha").refused(403, "forbidden", "POST", "/rules/rule-2/on", nil)
	root.refused(404, "not_found", "POST", "/rules/rule-9/on", nil)
	root.want(200, nil, "POST", "/rules/rule-2/on", nil)
	f(alpha, "[on  00:00 4]")
	var log api.AuditList
	root.want(200, &log, "GET", "/audit?limit=1", nil)
	same(t, "audit", []any{log.Entries[0].Action, log.Entries[0].Target}, "[rule.on rule-2]")
}

func TestOverview(t *testing.T) {
	w := newWorld(t)
	me := w.as("root")
	var got api.Overview
	me.want(200, &got, "GET", "/overview?tenant=alpha&hours=3", nil)
	same(t, "open", got.ItemsOpenByLevel, "map[critical:0 high:1 informational:0 low:0 medium:0]")
	if len(got.ItemsByHour) != 3 || got.ItemsByHour[2].Levels["high"] != 2 || got.ItemsByHour[0].Levels["high"] != 0 {
		t.Errorf("by hour: %v", got.ItemsByHour)
	}
	same(t, "oldest", time.Time(got.OldestOpen).Format("15:04"), "11:31")
	same(t, "judged", []any{got.Judged, *got.FalsePositiveRate}, "[map[level_3:1] 0]")
	same(t, "rules", got.TopRules, "[{rule-1 Encoded PowerShell 符号化されたPowerShell 1 1 0} {rule-2 Second  1 0 0}]")
	if len(got.IncidentsOpen) != 1 || got.IncidentsOpen[0].AlertCount != 2 {
		t.Errorf("incidents: %v", got.IncidentsOpen)
	}
	same(t, "phases", got.IncidentsByPhase["foothold"], 1)
	if len(got.Techniques) != 1 || got.Techniques[0].Tactic != "execution" || got.Techniques[0].Phase != "foothold" || got.Techniques[0].Items != 2 {
		t.Errorf("techniques: %+v", got.Techniques)
	}
	if len(got.Sources) != 1 || *got.Sources[0].SilentS != 90 || got.Sources[0].Events1h != 3 {
		t.Errorf("sources: %+v", got.Sources)
	}
	same(t, "received", []any{got.EventsTotal, got.Unparsed, len(got.ReceivedPerMinute)}, "[3 1 60]")

	me.want(200, &got, "GET", "/overview?site=nowhere", nil)
	same(t, "of no site", []any{got.EventsTotal, got.Unparsed, len(got.Sources), len(got.IncidentsOpen), got.ItemsOpenByLevel["high"], got.FalsePositiveRate}, "[0 0 0 0 0 <nil>]")
}
