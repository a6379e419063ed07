package api_test

import (
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/api"
)

func TestListIncidents(t *testing.T) {
	w := newWorld(t)
	me := w.as("root")
	f := func(query string, want ...string) {
		t.Helper()
		var got api.IncidentList
		me.want(200, &got, "GET", "/incidents"+query, nil)
		labels := []string{}
		for _, in := range got.Incidents {
			labels = append(labels, in.Tenant)
		}
		if want == nil {
			want = []string{}
		}
		same(t, query, labels, want)
		same(t, "total of "+query, got.Total, len(want))
	}
	f("", "alpha", "bravo")
	f("?tenant=alpha", "alpha")
	f("?status=closed")
	f("?site=nowhere")
	f("?to=2026-04-01T11:00:00Z")
	var got api.IncidentList
	me.want(200, &got, "GET", "/incidents?tenant=alpha", nil)
	in := got.Incidents[0]
	same(t, "incident", []any{in.Label, in.Level, in.Phase, in.Title, in.TitleJA, in.Status, in.Hosts, in.Users, in.ItemCount, in.AlertCount},
		"[INC-2026-0001 high foothold Incident of alpha alphaのインシデント open [alpha-pc] [alpha-user] 2 2]")
}

func TestGetIncident(t *testing.T) {
	w := newWorld(t)
	me := w.as("analyst-alpha")
	for _, id := range []string{w.a.incident.ID, "INC-2026-0001"} {
		var got api.IncidentDetail
		me.want(200, &got, "GET", "/incidents/"+id, nil)
		if len(got.Items) != 2 || len(got.Alerts) != 2 || len(got.Narrative) != 2 {
			t.Fatalf("%s: %d items, %d alerts, %d sentences", id, len(got.Items), len(got.Alerts), len(got.Narrative))
		}
		same(t, "reasons", []string{got.Items[0].Reason.TextJA, got.Items[1].Reason.Text},
			"[このインシデントの最初の案件 Same host alpha-pc as “Finding of alpha”, 1 min apart]")
		same(t, "order", got.Alerts[0].Item+got.Alerts[1].Item, w.a.items[0].ID+w.a.items[1].ID)
		same(t, "sentence", got.Narrative[0].TextJA, "alpha-pc(アカウントalpha-user)で、PowerShellの不審な実行を検知。記録:「powershell alpha」。相手先:203.0.113.9。")
		same(t, "sentence", got.Narrative[1].Text, "Suspicious running of PowerShell on alpha-pc (account alpha-user). Record: “powershell alpha”. Other end: 203.0.113.9.")
		same(t, "entities", got.Entities, "[{ip 203.0.113.9 attacker 2} {user alpha-user account 2} {host alpha-pc victim 2} {hash "+strings.Repeat("b", 64)+" tool 2}]")
	}
}

func TestIncidentStatus(t *testing.T) {
	w := newWorld(t)
	me := w.as("analyst-alpha")
	path := "/incidents/" + w.a.incident.ID + "/status"
	var got api.Incident
	me.want(200, &got, "PUT", path, map[string]any{"status": "in_progress"})
	same(t, "changed", []any{got.Status, got.UpdatedBy, got.AlertCount}, "[in_progress Display analyst-alpha 2]")
	me.refused(422, "invalid", "PUT", path, map[string]any{"status": "forgotten"})
}

func TestFirstReport(t *testing.T) {
	w := newWorld(t)
	me := w.as("analyst-alpha")
	var got api.FirstReport
	me.want(200, &got, "GET", "/incidents/INC-2026-0001/first-report", nil)
	same(t, "title", got.Title, "第1報(案) INC-2026-0001 alphaのインシデント")
	holds(t, "report", got.Markdown, "Company alpha", "alpha head office", "2026-04-01 20:30:00", "Asia/Tokyo、UTC+09:00", "## 確認できた事実", "## 推測", "## 未確認", "`203.0.113[.]9`")
	me.want(200, &got, "GET", "/incidents/INC-2026-0001/first-report?lang=en", nil)
	holds(t, "report", got.Markdown, "## Facts", "## Inference", "## Unknown")
	me.refused(422, "invalid", "GET", "/incidents/INC-2026-0001/first-report?lang=fr", nil)
}
