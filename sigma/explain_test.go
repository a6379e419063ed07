package sigma_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/sigma"
)

const explained = `title: Office starts a shell
id: 6f0e1c5a-2f8b-4f6e-9d57-3a1b2c4d5e6f
logsource: {category: process_creation, product: windows}
detection:
  parent:
    ParentImage|endswith: ['\winword.exe', '\excel.exe']
    User|exists: true
  shell:
    - Image|endswith: '\cmd.exe'
    - CommandLine|contains|all:
        - powershell
        - '-enc'
  words:
    - invoice
  filter_admin:
    User|neq: ADMIN
  condition: parent and shell and not (words or not filter_admin) and 1 of p*
`

// outline writes a tree of parts, one a line, so that a test can be read.
func outline(p sigma.Part, depth int, b *strings.Builder) {
	held := "-"
	if p.Held {
		held = "+"
	}
	fmt.Fprintf(b, "%s%s %s %d %s", strings.Repeat(" ", depth), held, p.Kind, p.Line, p.Text)
	switch p.Event.Kind {
	case sigma.Absent:
	case sigma.List:
		fmt.Fprintf(b, " = [%s]", p.Event.List[0].Text)
	default:
		fmt.Fprintf(b, " = %s", p.Event.Text)
	}
	b.WriteByte('\n')
	for _, kid := range p.Parts {
		outline(kid, depth+1, b)
	}
}

func explain(t *testing.T, text string, ev event) *sigma.Explanation {
	t.Helper()
	e, rule := engineOf(t, text)
	r := e.NewRecord()
	r.Reset(e.Route(func(sigma.LogSource) bool { return true }))
	for _, name := range slices.Sorted(maps.Keys(ev)) {
		fill(e, r, event{name: ev[name]})
	}
	return e.Explain(rule, r)
}

func engineOf(t *testing.T, text string) (*sigma.Engine, *sigma.Rule) {
	t.Helper()
	c := sigma.Parse("x.yml", []byte(text))
	if len(c.Problems) > 0 {
		t.Fatal(c.Problems)
	}
	return compile(t, c.Rules), c.Rules[0]
}

func TestExplainTellsEveryPart(t *testing.T) {
	f := func(ev event, matched bool, want string) {
		t.Helper()
		x := explain(t, explained, ev)
		var b strings.Builder
		outline(x.Root, 0, &b)
		if x.Matched != matched {
			t.Errorf("matched %v, want %v", x.Matched, matched)
		}
		if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), b.String()); diff != "" {
			t.Error(diff)
		}
	}
	f(event{
		"ParentImage": {Kind: sigma.String, Text: `C:\Office\EXCEL.EXE`}, "User": {Kind: sigma.String, Text: "aoi"},
		"CommandLine": {Kind: sigma.String, Text: "POWERSHELL -Enc x"},
	}, true, `
+ condition 17 parent and shell and not (words or not filter_admin) and 1 of p*
 + search 5 parent
  + field 6 ParentImage|endswith = C:\Office\EXCEL.EXE
   - value 6 \winword.exe
   + value 6 \excel.exe = C:\Office\EXCEL.EXE
  + field 7 User|exists = aoi
   + value 7 true
 + search 8 shell
  + any 0 
   - field 9 Image|endswith
    - value 9 \cmd.exe
   + field 10 CommandLine|contains|all = POWERSHELL -Enc x
    + value 11 powershell = POWERSHELL -Enc x
    + value 12 -enc = POWERSHELL -Enc x
 + not 0 
  - any 0 
   - search 13 words
    - field 14 
     - value 14 invoice
   - not 0 
    + search 15 filter_admin
     + field 16 User|neq = aoi
      - value 16 ADMIN
 + any 0 1 of p*
  + search 5 parent
`)
	f(event{
		"Image": {Kind: sigma.String, Text: `C:\Windows\cmd.exe`}, "User": {Kind: sigma.List, List: []sigma.Value{{Kind: sigma.String, Text: "admin"}}},
		"CommandLine": {Kind: sigma.String, Text: "open Invoice.doc"},
	}, false, `
- condition 17 parent and shell and not (words or not filter_admin) and 1 of p*
 - search 5 parent
  - field 6 ParentImage|endswith
   - value 6 \winword.exe
   - value 6 \excel.exe
  + field 7 User|exists = [admin]
   + value 7 true
 + search 8 shell
  + any 0 
   + field 9 Image|endswith = C:\Windows\cmd.exe
    + value 9 \cmd.exe = C:\Windows\cmd.exe
   - field 10 CommandLine|contains|all = open Invoice.doc
    - value 11 powershell
    - value 12 -enc
 - not 0 
  + any 0 
   + search 13 words
    + field 14 
     + value 14 invoice = open Invoice.doc
   + not 0 
    - search 15 filter_admin
     - field 16 User|neq = [admin]
      + value 16 ADMIN = admin
 - any 0 1 of p*
  - search 5 parent
`)
}

// TestExplainTellsAFilter: by its title, its own file and its own lines, beside the rule's.
func TestExplainTellsAFilter(t *testing.T) {
	const filter = "title: Not us\nid: 6f0e1c5a-2f8b-4f6e-9d57-3a1b2c4d5e70\nlogsource: {product: windows}\nfilter:\n  rules: any\n  us: {User: aoi}\n  condition: not us\n"
	c := sigma.Parse("f.yml", []byte(filter))
	c.Rules = sigma.Parse("x.yml", []byte(lintHead+"detection:\n  s: {A: b}\n  condition: s\n")).Rules
	rules, problems := c.Prepare(nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	e := compile(t, rules)
	r := e.NewRecord()
	r.Reset(e.Route(func(sigma.LogSource) bool { return true }))
	fill(e, r, event{"A": {Kind: sigma.String, Text: "b"}, "User": {Kind: sigma.String, Text: "aoi"}})
	x := e.Explain(rules[0], r)
	if x.Matched || len(x.Root.Parts) != 2 || !x.Root.Parts[0].Held || x.Root.Parts[1].Held {
		t.Fatalf("got %+v", x.Root)
	}
	own, other := x.Root.Parts[0], x.Root.Parts[1]
	if own.File != "x.yml" || own.Parts[0].File != "x.yml" || other.File != "f.yml" || other.Text != "filter Not us" || other.Line != 1 {
		t.Errorf("rule %+v, filter %+v", own, other)
	}
	if us := other.Parts[0].Parts[0].Parts[0]; us.File != "f.yml" || us.Line != 6 || us.Text != "us" || !us.Held {
		t.Errorf("the filter's search: %+v", us)
	}
}

// TestExplainAgreesWithMatch: an explanation comes to the verdict that Match
// came to, on real events, for rules that match and for rules that do not.
func TestExplainAgreesWithMatch(t *testing.T) {
	e := compile(t, loadZip(t, "rules/windows/").Rules)
	route := &router{engine: e, known: map[string]*sigma.Route{}}
	record := e.NewRecord()
	var matched []*sigma.Rule
	both := map[bool]int{}
	for _, ev := range windowsEvents(t) {
		record.Reset(route.route(ev))
		fill(e, record, ev)
		found := map[*sigma.Rule]bool{}
		for _, m := range e.Match(record, nil) {
			found[m.Rule] = true
			matched = append(matched, m.Rule)
		}
		for rule := range found {
			checkVerdict(t, e, rule, record, true)
			both[true]++
		}
		if len(found) == 0 || len(matched) == 0 {
			continue
		}
		for _, rule := range matched[max(0, len(matched)-5):] {
			if !found[rule] && rule.LogSource.Category == "" {
				checkVerdict(t, e, rule, record, false)
				both[false]++
			}
		}
	}
	t.Logf("%d explained that matched, %d that did not", both[true], both[false])
	if both[true] < 500 || both[false] == 0 {
		t.Errorf("too few explanations to tell: %v", both)
	}
}

func checkVerdict(t *testing.T, e *sigma.Engine, rule *sigma.Rule, r *sigma.Record, want bool) {
	t.Helper()
	x := e.Explain(rule, r)
	if x.Matched != want || x.Root.Held != want {
		t.Errorf("rule %s: explained as %v, root %v, but Match said %v", rule.ID, x.Matched, x.Root.Held, want)
	}
	consistent(t, rule, x.Root)
}

// consistent holds each part's verdict against those of its parts.
func consistent(t *testing.T, rule *sigma.Rule, p sigma.Part) {
	t.Helper()
	held := 0
	for _, kid := range p.Parts {
		consistent(t, rule, kid)
		if kid.Held {
			held++
		}
	}
	want := p.Held
	switch {
	case len(p.Parts) == 0:
	case p.Kind == sigma.PartAll || p.Kind == sigma.PartCondition || p.Kind == sigma.PartSearch:
		want = held == len(p.Parts)
	case p.Kind == sigma.PartAny:
		want = held > 0
	case p.Kind == sigma.PartNot:
		want = held == 0
	}
	if want != p.Held {
		t.Errorf("rule %s: %s %q says %v, its parts %v", rule.ID, p.Kind, p.Text, p.Held, want)
	}
}

func TestExplainIsNilForNoRule(t *testing.T) {
	e, _ := engineOf(t, explained)
	if x := e.Explain(nil, e.NewRecord()); x != nil {
		t.Errorf("got %+v", x)
	}
	if x := e.Explain(&sigma.Rule{}, e.NewRecord()); x != nil {
		t.Errorf("got %+v", x)
	}
}

func TestPartKindsHaveNames(t *testing.T) {
	text, err := json.Marshal([]sigma.PartKind{sigma.PartAll, sigma.PartValue, 99})
	if err != nil || string(text) != `["all","value","part 99"]` {
		t.Errorf("got %s, %v", text, err)
	}
}
