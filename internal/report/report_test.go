package report_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/report"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

var update = flag.Bool("update", false, "write testdata anew; read it before it is committed")

// golden compares with testdata/<name>, which a person has read.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

var start = time.Date(2026, 4, 1, 0, 12, 3, 0, time.UTC) // 09:12:03 in Tokyo

// story collects items and their alerts.
type story struct {
	view   incident.View
	alerts []alert.Alert
}

// step adds an item with one alert; entities are "kind:role:value".
func (s *story) step(minute int, level alert.Level, tactic, technique, title, summary string, entities ...string) *alert.ItemView {
	a := alert.Alert{
		ID: "a", Item: string(rune('A' + len(s.view.Items))), Time: start.Add(time.Duration(minute) * time.Minute), Title: title, TitleJA: title,
		Level: level, Tactics: []string{tactic}, Techniques: []string{technique}, Phase: alert.PhaseOf([]string{tactic}), Site: "osaka", Summary: summary,
	}
	for _, e := range entities {
		part := strings.SplitN(e, ":", 3)
		a.Entities = append(a.Entities, event.Entity{Kind: event.EntityKind(part[0]), Role: event.Role(part[1]), Value: part[2]})
	}
	s.alerts = append(s.alerts, a)
	s.view.Items = append(s.view.Items, alert.ItemView{
		Item: alert.Item{
			ID: a.Item, Number: int64(len(s.view.Items) + 1), Title: title, TitleJA: title, Level: level, Phase: a.Phase, Site: a.Site,
			Subject: alert.SubjectOf(&a), First: a.Time, Last: a.Time,
		},
		Alerts: 1,
	})
	s.view.Level, s.view.First = max(s.view.Level, level), start
	return &s.view.Items[len(s.view.Items)-1]
}

func intrusion() *story {
	s := &story{}
	s.view.Year, s.view.Number, s.view.Status = 2026, 3, incident.InProgress
	s.view.Title, s.view.TitleJA = "Credentials read out of LSASS (pc-sales-07, srv-file-01)", "LSASSからの認証情報の抜き取り(pc-sales-07、srv-file-01)"
	const pc, user = "host:subject:pc-sales-07", "user:subject:h.tanaka"
	s.step(0, alert.High, "execution", "T1204.002", "Office program starts a script", `powershell.exe -nop -w hidden -enc SQBFAFgA`, pc, user, `process:subject:c:\windows\winword.exe`)
	s.step(1, alert.High, "command-and-control", "T1105", "File fetched by PowerShell", "http://cdn.invoice-view.example/a.dll", pc, user,
		"domain:destination:cdn.invoice-view.example", "ip:destination:203.0.113.9", "url:destination:http://cdn.invoice-view.example/a.dll")
	s.step(4, alert.Medium, "discovery", "T1482", "Domain trusts listed", "nltest /domain_trusts /all_trusts", pc, user).Alerts = 3
	s.step(17, alert.Critical, "credential-access", "T1003.001", "LSASS memory read", "", pc)
	s.step(20, alert.High, "command-and-control", "T1105", "Again", "http://cdn.invoice-view.example/b.dll", pc, user, "domain:destination:cdn.invoice-view.example")
	s.step(31, alert.High, "lateral-movement", "T1021.002", "Program copied to ADMIN$", `\\srv-file-01\ADMIN$\svc.exe`, "host:subject:srv-file-01", "user:subject:h.tanaka",
		"ip:source:10.20.0.57", "ip:destination:10.20.0.10")
	return s
}

func osaka(t *testing.T) tenant.Tenant {
	t.Helper()
	id, err := tenant.ParseID("aozora")
	if err != nil {
		t.Fatal(err)
	}
	return tenant.Tenant{ID: id, Name: "青空商事*株式会社*", Zone: "Asia/Tokyo", Sites: []tenant.Site{{ID: "osaka", Name: "大阪支社"}}}
}

func TestFirstReport(t *testing.T) {
	s := intrusion()
	s.view.Items[5].Judgement = &alert.Judgement{Verdict: alert.Level4}
	var teller report.Teller
	for _, lang := range []string{"ja", "en"} {
		title, text := teller.FirstReport(s.view, s.alerts, lang, osaka(t))
		golden(t, "intrusion_"+lang+".md", title+"\n\n"+text)
	}
}

// What people judged to be no attack is no fact of the report, and asks for nothing.
func TestFirstReportLeavesOutWhatIsNoAttack(t *testing.T) {
	s := &story{}
	s.view.Year, s.view.Number, s.view.Status, s.view.Title = 2026, 12, incident.Open, "Port scan (10.0.0.5)"
	s.step(0, alert.Medium, "discovery", "T1046", "Port scan", "10.0.0.5 → 10.0.0.9:445", "ip:source:10.0.0.5", "ip:destination:10.0.0.9").
		Judgement = &alert.Judgement{Verdict: alert.Test}
	s.step(9, alert.Medium, "initial-access", "T9999", "Odd `log` [x](http://evil.example) | line", "a ` b\n| c |", "user:subject:svc_backup")
	for _, lang := range []string{"ja", "en"} {
		title, text := report.Teller{}.FirstReport(s.view, s.alerts, lang, tenant.Tenant{Name: "Example Ltd", Zone: "Nowhere/Land"})
		golden(t, "mixed_"+lang+".md", title+"\n\n"+text)
	}
	s.view.Items[1].Judgement = &alert.Judgement{Verdict: alert.FalsePositive}
	for _, lang := range []string{"ja", "en"} {
		_, text := report.Teller{}.FirstReport(s.view, s.alerts, lang, tenant.Tenant{Name: "Example Ltd", Zone: "UTC"})
		golden(t, "nothing_"+lang+".md", text)
	}
}

func TestSentence(t *testing.T) {
	s := intrusion()
	s.step(40, alert.Low, "", "", "Something of its own", "", "ip:source:198.51.100.7",
		"ip:destination:10.0.0.1", "ip:destination:10.0.0.2", "ip:destination:10.0.0.3", "ip:destination:10.0.0.4", "ip:destination:10.0.0.5")
	s.step(41, alert.Low, "impact", "T0000", "x", strings.Repeat("あ", 300), "user:subject:root")
	var out strings.Builder
	for i := range s.view.Items {
		for _, lang := range []string{"ja", "en"} {
			out.WriteString(report.Teller{}.Sentence(s.view.Items[i], s.alerts[i:i+1], lang) + "\n")
		}
	}
	golden(t, "sentences.txt", out.String())

	s.alerts[0].Techniques = []string{"T1218.010", "T1218.011"}
	same := (report.Teller{}).Sentence(s.view.Items[0], s.alerts[:1], "en")
	if !strings.HasPrefix(same, "Suspicious execution by way of a program of the operating system on") {
		t.Errorf("of two kinds of a technique: %s", same)
	}
}

func TestReason(t *testing.T) {
	host, ip := event.Entity{Kind: event.KindHost, Value: "pc-1"}, event.Entity{Kind: event.KindIP, Value: "203.0.113.9"}
	f := func(r incident.Reason, with, ja, en string) {
		t.Helper()
		if got := (report.Teller{}).Reason(r, with, "ja"); got != ja {
			t.Errorf("ja: %q, want %q", got, ja)
		}
		if got := (report.Teller{}).Reason(r, with, "en"); got != en {
			t.Errorf("en: %q, want %q", got, en)
		}
	}
	f(incident.Reason{Code: incident.ReasonFirst}, "", "このインシデントの最初の案件", "The incident began with this item")
	f(incident.Reason{Code: incident.ReasonSameHost, Entity: host, GapSec: 45}, "A", "「A」と同じホストpc-1、間隔45秒", "Same host pc-1 as “A”, 45 s apart")
	f(incident.Reason{Code: incident.ReasonSharedItem, Entity: ip, GapSec: 1500}, "", "先の案件とアドレス203.0.113.9が共通、間隔25分", "Shares the address 203.0.113.9 with an earlier item, 25 min apart")
	f(incident.Reason{Code: incident.ReasonMerged, Entity: ip, GapSec: 5000}, "", "アドレス203.0.113.9が共通のため、別のインシデントから統合", "Joined from another incident through the address 203.0.113.9")
}

func TestPart(t *testing.T) {
	f := func(kind event.EntityKind, value, want string) {
		t.Helper()
		if got := (report.Teller{}).Part(event.Entity{Kind: kind, Value: value}); got != want {
			t.Errorf("%s %s is %s, want %s", kind, value, got, want)
		}
	}
	f(event.KindHost, "pc-1", "victim")
	f(event.KindIP, "10.1.2.3", "victim")
	f(event.KindIP, "100.64.1.1", "victim")
	f(event.KindIP, "fe80::1", "victim")
	f(event.KindIP, "203.0.113.9", "attacker")
	f(event.KindIP, "2001:db8::9", "attacker")
	f(event.KindDomain, "a.example", "attacker")
	f(event.KindUser, "root", "account")
	f(event.KindHash, "00", "tool")
}

// TestSentenceOfACorrelation: what several events tell together is named, and what was counted is not given for a line of a log.
func TestSentenceOfACorrelation(t *testing.T) {
	item := alert.ItemView{Item: alert.Item{
		Title: "Sign-in succeeded after many failures", TitleJA: "サインイン連続失敗後の成功",
		Subject: alert.Subject{Kind: event.KindHost, Value: "tyo-pc-0217"},
	}}
	alerts := []alert.Alert{{Detector: alert.DetectorCorrelation, Techniques: []string{"T1110.001", "T1078"}, Summary: "IpAddress=203.0.113.77 (1m10s)"}}
	for lang, want := range map[string]string{
		"ja": "tyo-pc-0217で、「サインイン連続失敗後の成功」を検知。内訳:「IpAddress=203.0.113.77 (1m10s)」。",
		"en": "“Sign-in succeeded after many failures” on tyo-pc-0217. Counted: “IpAddress=203.0.113.77 (1m10s)”.",
	} {
		if got := (report.Teller{}).Sentence(item, alerts, lang); got != want {
			t.Errorf("%s: %s\nwant %s", lang, got, want)
		}
	}
}
