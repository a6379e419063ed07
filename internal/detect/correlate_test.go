package detect_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/sigma"
)

const counted = "00000001-0000-4000-8000-000000000000"

func counting(keys string) string {
	return "title: C\ntitle_ja: 相関\nid: 0000000c-0000-4000-8000-00000000000c\nlevel: medium\ntags: [attack.discovery]\ncorrelation:\n  rules: [" + counted + "]\n  timespan: 5m\n  " +
		strings.ReplaceAll(keys, "; ", "\n  ") + "\n"
}

// TestObservationsCarryWhatIsAskedFor: by the log's own name, by the table's, and by the analyst's.
func TestObservationsCarryWhatIsAskedFor(t *testing.T) {
	e := engine(t, sigmaRule("1", "category: process_creation, product: windows", `Image|endswith: '\q8.exe'`),
		counting("type: value_count; group-by: [CommandLine, host.name, User, Nothing]; condition: {gte: 2, field: Image}"))
	f := func(line string, want ...string) {
		t.Helper()
		ev := read(t, line)[0]
		got, err := e.Match(&ev)
		if err != nil || len(got.Observed) != 1 || len(got.Alerts) != 0 || len(got.Rules) != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		o := got.Observed[0]
		if o.Rule.ID != counted || !o.Time.Equal(ev.Time) || !strings.HasPrefix(o.Event, ev.ID.String()+" ") {
			t.Errorf("%+v", o)
		}
		values := map[string]bool{}
		for _, v := range o.Values {
			values[v.Text] = true
		}
		for _, text := range want {
			if !values[text] {
				t.Errorf("%q is not among %v", text, values)
			}
		}
	}
	f(flat, `C:\x\q8.exe`, "q8 -k", "pc-1.aoi.example", `AOI\mikage`, "")
	f(logon4688, `C:\x\q8.exe`, "q8 -k", "pc-1", "mikage", "")
}

// TestSilentRulesAlertWhenAskedTo: a counted rule tells on its own where the correlation says generate, and where the correlation is switched off.
func TestSilentRulesAlertWhenAskedTo(t *testing.T) {
	base := sigmaRule("1", "category: process_creation, product: windows", `Image|endswith: '\q8.exe'`)
	quiet := counting("type: event_count; group-by: [User]; condition: {gte: 2}")
	f := func(e *detect.Engine, want int) {
		t.Helper()
		if got, err := e.Match(&read(t, flat)[0]); err != nil || len(got.Alerts) != want {
			t.Errorf("%d alerts, want %d, %v", len(got.Alerts), want, err)
		}
	}
	e := engine(t, base, quiet)
	f(e, 0)
	f(engine(t, base, strings.Replace(quiet, "type:", "generate: true\n  type:", 1)), 1)
	off := e.Set().SwitchOff(rule.Off{Rule: "0000000c-0000-4000-8000-00000000000c", Reason: "failed"})
	routes, err := detect.LoadRoutes(content.FS)
	if err != nil {
		t.Fatal(err)
	}
	without, _ := detect.New(off, routes)
	f(without, 1)
	if without.Correlates() || !e.Correlates() {
		t.Error("what is switched off counts, or what is on does not")
	}
	below, _ := detect.New(e.Set().SwitchOff(rule.Off{Rule: counted, Reason: "slow"}), routes)
	if below.Idle("0000000c-0000-4000-8000-00000000000c") == "" || below.Correlates() {
		t.Error("the correlation of a rule that is off does not wait")
	}
}

func TestClocksAheadAreNotTrusted(t *testing.T) {
	ev := event.Event{Received: time.Unix(1_800_000_000, 0)}
	f := func(ahead, want time.Duration) {
		t.Helper()
		ev.Time = ev.Received.Add(ahead)
		if got := detect.Trusted(&ev); !got.Equal(ev.Received.Add(want)) {
			t.Errorf("%v ahead is taken for %v", ahead, got.Sub(ev.Received))
		}
	}
	f(-time.Hour, -time.Hour)
	f(10*time.Minute, 10*time.Minute)
	f(10*time.Minute+1, 0)
	f(9*time.Hour, 0)
}

// TestToldKeepsWhatProvesIt: the alert of a correlation names its events, what they have in common, and whom it was done by and to.
func TestToldKeepsWhatProvesIt(t *testing.T) {
	e := engine(t, sigmaRule("1", "category: process_creation, product: windows", `Image|endswith: '\q8.exe'`),
		counting("type: value_count; group-by: [User]; condition: {gte: 2, field: host.name}"))
	c := e.NewCorrelator()
	var findings []sigma.Finding
	for i := range 2 {
		ev := read(t, strings.Replace(flat, "PC-1", fmt.Sprint("PC-", i), 1))[0]
		ev.ID.Pos = uint32(i) //nolint:gosec // few
		found, err := e.Match(&ev)
		if err != nil {
			t.Fatal(err)
		}
		findings = append(findings, c.Observe(found.Observed[0])...)
	}
	if len(findings) != 1 {
		t.Fatalf("%d findings", len(findings))
	}
	a, ok := e.Told(&findings[0])
	if !ok || a.Rule != "0000000c-0000-4000-8000-00000000000c" || a.TitleJA != "相関" || a.Level != alert.Medium || a.Phase != alert.Spread || a.Dataset != "windows.sysmon" || a.Source != "s" || a.Site != "osaka" {
		t.Errorf("%+v", a)
	}
	if diff := cmp.Diff([]event.ID{{Epoch: 1, Seq: 9}, {Epoch: 1, Seq: 9, Pos: 1}}, a.Events); diff != "" {
		t.Error(diff)
	}
	want := []alert.Matched{{Field: "User", Value: `AOI\mikage`, Pattern: "group-by"}, {Field: "value_count", Value: "2", Pattern: "timespan 5m0s"}}
	if diff := cmp.Diff(want, a.Matched); diff != "" {
		t.Error(diff)
	}
	if a.User() != "mikage" || a.Host() != "" {
		t.Errorf("host %q, user %q: the person did it, the hosts were reached", a.Host(), a.User())
	}
	if want := `User=AOI\mikage ×2 (0s)`; a.Summary != want {
		t.Errorf("summary %q, want %q", a.Summary, want)
	}
	if again, _ := e.Told(&findings[0]); again.ID != a.ID || len(a.ID) != 25 || a.ID[0] != 'a' {
		t.Errorf("id %q, again %q", a.ID, again.ID)
	}
}
