package detect_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

func engine(t *testing.T, texts ...string) *detect.Engine {
	t.Helper()
	routes, err := detect.LoadRoutes(content.FS)
	if err != nil {
		t.Fatal(err)
	}
	files := rule.Files{}
	for i, text := range texts {
		files[string(rune('a'+i))+".yml"] = []byte(text)
	}
	set := rule.NewSet(files)
	e, problems := detect.New(set, routes)
	if len(set.Problems)+len(problems) > 0 {
		t.Fatal(set.Problems, problems)
	}
	return e
}

func read(t *testing.T, lines ...string) []event.Event {
	t.Helper()
	n, err := normalize.New(content.FS)
	if err != nil {
		t.Fatal(err)
	}
	owner, err := tenant.ParseID("aoi")
	if err != nil {
		t.Fatal(err)
	}
	b := &source.Batch{Tenant: owner, Source: "s", Site: "osaka", Format: source.FormatAuto, Zone: "UTC", Received: time.Unix(1_800_000_000, 0).UTC()}
	for _, l := range lines {
		b.Records = append(b.Records, source.Record{Bytes: []byte(l), Size: len(l)})
	}
	return n.Batch(b, 1, 0, 9)
}

func sigmaRule(id, logsource, detection string, more ...string) string {
	return "title: T\ntitle_ja: 題\nid: 0000000" + id + "-0000-4000-8000-000000000000\nlevel: high\nlogsource: {" + logsource + "}\ndetection:\n  s: {" + detection + "}\n  condition: s\n" + strings.Join(more, "\n")
}

const (
	flat       = `{"EventTime":"2026-11-18 08:00:00","Hostname":"PC-1.aoi.example","Channel":"Microsoft-Windows-Sysmon/Operational","SourceName":"Microsoft-Windows-Sysmon","EventID":1,"Image":"C:\\x\\q8.exe","CommandLine":"q8 -k","User":"AOI\\mikage"}`
	winlogbeat = `{"@timestamp":"2026-11-18T08:00:00.000Z","winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","provider_name":"Microsoft-Windows-Sysmon","event_id":1,"computer_name":"PC-1.aoi.example","event_data":{"Image":"C:\\x\\q8.exe","CommandLine":"q8 -k","User":"AOI\\mikage"}}}`
	nested     = `{"Event":{"System":{"Provider":{"Name":"Microsoft-Windows-Sysmon"},"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"PC-1.aoi.example","TimeCreated":{"SystemTime":"2026-11-18T08:00:00.000Z"}},"EventData":{"Image":"C:\\x\\q8.exe","CommandLine":"q8 -k","User":"AOI\\mikage"}}}`
	logon4688  = `{"EventTime":"2026-11-18 08:00:00","Hostname":"PC-1","Channel":"Security","SourceName":"Microsoft-Windows-Security-Auditing","EventID":4688,"NewProcessName":"C:\\x\\q8.exe","CommandLine":"q8 -k","SubjectUserName":"mikage"}`
)

// TestOneRuleReadsEveryShape: a rule in Windows' own names matches whatever a shipper wrapped around them, and 4688 by the table's renames.
func TestOneRuleReadsEveryShape(t *testing.T) {
	e := engine(t, sigmaRule("1", "category: process_creation, product: windows", `Image|endswith: '\q8.exe', EventID: 1`),
		sigmaRule("2", "category: process_creation, product: windows", `Image|endswith: '\q8.exe'`))
	f := func(line string, want int) {
		t.Helper()
		got, err := e.Match(&read(t, line)[0])
		if err != nil || len(got.Rules) != want {
			t.Errorf("%d rules match, want %d (%v): %s", len(got.Rules), want, err, line)
		}
	}
	f(flat, 2)
	f(winlogbeat, 2)
	f(nested, 2)
	f(logon4688, 1)
}

func TestRulesSeeOnlyTheirLogSource(t *testing.T) {
	e := engine(t,
		sigmaRule("1", "category: network_connection, product: windows", `Image|endswith: '\q8.exe'`),
		sigmaRule("2", "product: windows, service: security", `Image|endswith: '\q8.exe'`),
		sigmaRule("3", "product: linux, service: sshd", `Image|endswith: '\q8.exe'`),
		sigmaRule("4", "product: windows", `Image|endswith: '\q8.exe'`),
		sigmaRule("5", "product: windows, service: sysmon, category: process_creation", `Image|endswith: '\q8.exe'`))
	got, err := e.Match(&read(t, flat)[0])
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"00000004-0000-4000-8000-000000000000", "00000005-0000-4000-8000-000000000000"}; !slices.Equal(got.Rules, want) {
		t.Errorf("got %v, want %v", got.Rules, want)
	}
}

func TestAlertKeepsWhatProvesIt(t *testing.T) {
	e := engine(t, sigmaRule("1", "category: process_creation, product: windows", `Image|endswith: '\q8.exe'`, "tags: [attack.execution, attack.t1059.001, car.2016]"))
	ev := read(t, flat)[0]
	got, err := e.Match(&ev)
	if err != nil || len(got.Alerts) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	a := got.Alerts[0]
	if a.ID != alert.NewID(a.Rule, ev.ID) || a.Events[0] != ev.ID || a.Time != ev.Time || a.Site != "osaka" || a.TitleJA != "題" {
		t.Errorf("got %+v", a)
	}
	if a.Phase != alert.Foothold || !slices.Equal(a.Techniques, []string{"T1059.001"}) || !slices.Equal(a.Tactics, []string{"execution"}) || a.Level != alert.High {
		t.Errorf("phase %v, techniques %v, tactics %v, level %v", a.Phase, a.Techniques, a.Tactics, a.Level)
	}
	if a.Host() != "pc-1" || a.User() != "mikage" || a.Summary != "q8 -k" {
		t.Errorf("host %q, user %q, summary %q", a.Host(), a.User(), a.Summary)
	}
	if len(a.Matched) != 1 || a.Matched[0].Field != "Image" || a.Matched[0].Value != `C:\x\q8.exe` {
		t.Errorf("matched %+v", a.Matched)
	}
}

func TestInformationalRulesMakeNoAlert(t *testing.T) {
	e := engine(t, strings.Replace(sigmaRule("1", "category: process_creation, product: windows", `Image|endswith: '\q8.exe'`), "level: high", "level: informational", 1))
	got, err := e.Match(&read(t, flat)[0])
	if err != nil || len(got.Rules) != 1 || len(got.Alerts) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestStoredEventsMatchTheSame: an event read back from its stored fields matches what the live one matched.
func TestStoredEventsMatchTheSame(t *testing.T) {
	e := engine(t, sigmaRule("1", "category: process_creation, product: windows", `Image|endswith: '\q8.exe', EventID: 1`), sigmaRule("2", "product: windows", `s: 'x'`))
	for _, ev := range read(t, flat, winlogbeat, nested, logon4688) {
		live, err := e.Match(&ev)
		if err != nil {
			t.Fatal(err)
		}
		if ev.Fields, err = event.ParseFields(ev.Fields.AppendJSON(nil)); err != nil {
			t.Fatal(err)
		}
		again, err := e.Match(&ev)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(live.Rules, again.Rules); diff != "" {
			t.Error(diff)
		}
	}
}

func TestUnroutedRulesAreNamed(t *testing.T) {
	e := engine(t, sigmaRule("1", "product: macos, category: process_creation", `Image: x`), sigmaRule("2", "product: zeek, service: conn", `proto: x`))
	if got := e.Unrouted(); len(got) != 1 || got[0].LogSource.Product != "macos" {
		t.Errorf("got %v", got)
	}
}

func TestRoutesAreStrict(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		_, err := detect.LoadRoutes(fstest.MapFS{detect.RoutesFile: {Data: []byte(text)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q in it", text, err, want)
		}
	}
	f("- {produkt: windows}\n", "produkt")
	f("- {where: [{dataset: x}]}\n", "entry 1")
	f("- {product: windows, where: [{code: ['1']}]}\n", "without dataset")
	if _, err := detect.LoadRoutes(fstest.MapFS{}); err == nil {
		t.Error("a missing table is accepted")
	}
}

func TestSummaryIsCutAtACharacter(t *testing.T) {
	ev := event.Event{}
	ev.Columns[event.Message] = strings.Repeat("請求書", 100)
	got := detect.Summary(&ev)
	if len(got) > 250 || !strings.HasSuffix(got, "…") || strings.Contains(got, "\ufffd") {
		t.Errorf("got %q", got)
	}
	ev = event.Event{}
	ev.Columns[event.SourceIP], ev.Columns[event.DestinationIP], ev.Columns[event.DestinationPort] = "192.0.2.1", "203.0.113.9", "8080"
	if got := detect.Summary(&ev); got != "192.0.2.1 → 203.0.113.9:8080" {
		t.Errorf("got %q", got)
	}
	ev.Columns[event.RuleName], ev.Columns[event.FilePath] = "Downloads", `C:\x.exe`
	for dataset, want := range map[string]string{"suricata.alert": "Downloads", "windows.sysmon": `C:\x.exe`} {
		ev.Dataset = dataset
		if got := detect.Summary(&ev); got != want {
			t.Errorf("%s: got %q, want %q", dataset, got, want)
		}
	}
}
