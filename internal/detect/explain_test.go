package detect_test

import (
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

func TestExplainTellsTheWayToTheRule(t *testing.T) {
	e := engine(t,
		sigmaRule("1", "category: process_creation, product: windows", `Image|endswith: '\q8.exe'`),
		sigmaRule("2", "category: network_connection, product: windows", `Image|endswith: '\q8.exe'`),
		sigmaRule("3", "category: process_creation, product: windows", `Image|endswith: '\q9.exe'`))
	f := func(line, id string, routed, holds bool) {
		t.Helper()
		ev := &read(t, line)[0]
		x, err := e.Explain("0000000"+id+"-0000-4000-8000-000000000000", ev)
		if err != nil {
			t.Fatal(err)
		}
		if x.Routed != routed || x.Sigma.Matched != holds || x.Matched() != (routed && holds) {
			t.Errorf("rule %s: routed %v, holds %v, want %v, %v", id, x.Routed, x.Sigma.Matched, routed, holds)
		}
		if got, err := e.Match(ev); err != nil || x.Matched() != (len(got.Rules) > 0 && got.Rules[0][7:8] == id) {
			t.Errorf("rule %s: Match finds %v, %v", id, got.Rules, err)
		}
		if field := x.Sigma.Root.Parts[0].Parts[0]; field.Event.Text != `C:\x\q8.exe` {
			t.Errorf("rule %s: the event's Image is told as %v", id, field.Event)
		}
	}
	f(flat, "1", true, true)
	f(logon4688, "1", true, true)
	f(flat, "2", false, true)
	f(flat, "3", true, false)
	x, err := e.Explain("00000002-0000-4000-8000-000000000000", &read(t, flat)[0])
	if err != nil || x.Dataset != "windows.sysmon" || x.Code != "1" || x.Wants.Category != "network_connection" {
		t.Errorf("%+v, %v", x, err)
	}
	if want := (sigma.LogSource{Product: "windows", Category: "process_creation"}); len(x.Has) == 0 || x.Has[1] != want {
		t.Errorf("the event is of %v", x.Has)
	}
	if _, err := e.Explain("absent", &read(t, flat)[0]); err == nil {
		t.Error("a rule that is not loaded is explained")
	}
}
