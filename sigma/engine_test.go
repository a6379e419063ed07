package sigma_test

import (
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

func titled(title, source, detection string) string {
	return "title: " + title + "\nlogsource: " + source + "\ndetection: {" + detection + ", condition: sel}\n"
}

func TestMatchesComeInTheOrderOfLoading(t *testing.T) {
	var rules []*sigma.Rule
	var want []string
	for _, title := range []string{"c", "a", "z", "b"} {
		rules = append(rules, mustParse(t, titled(title, "{category: "+title+"}", "sel: {A: x}"))...)
		want = append(want, title)
	}
	var got []string
	for _, m := range matches(t, compile(t, rules), `{"A":"x"}`) {
		got = append(got, m.Rule.Title)
	}
	if !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestOnlyRulesOfTheRouteAreAsked(t *testing.T) {
	rules := mustParse(t, titled("wide", "{product: p}", "sel: {A: x}")+"---\n"+
		titled("narrow", "{product: p, service: s}", "sel: {A: x}")+"---\n"+titled("twin", "{product: p}", "sel: {A: x}"))
	e := compile(t, rules)
	want := []sigma.LogSource{{Product: "p"}, {Product: "p", Service: "s"}}
	if got := e.Sources(); !slices.Equal(got, want) {
		t.Fatalf("sources %v, want %v", got, want)
	}
	for name, c := range map[string]struct {
		of   func(sigma.LogSource) bool
		want int
	}{
		"none":   {func(sigma.LogSource) bool { return false }, 0},
		"wide":   {func(s sigma.LogSource) bool { return s.Service == "" }, 2},
		"narrow": {func(s sigma.LogSource) bool { return s.Service == "s" }, 1},
		"all":    {func(sigma.LogSource) bool { return true }, 3},
	} {
		r := e.NewRecord()
		r.Reset(e.Route(c.of))
		slot, _ := e.Slot("A")
		r.Name(slot, r.Add(sigma.Value{Kind: sigma.String, Text: "x"}))
		if got := e.Match(r, nil); len(got) != c.want {
			t.Errorf("%s: %d matches, want %d", name, len(got), c.want)
		}
	}
}

func TestHitsTellWhatHeld(t *testing.T) {
	e := compile(t, mustParse(t, ruleText(`
a:
  Image|endswith: ['\x.exe', '\cmd.exe']
  Line|contains|all: [-e, -f]
b: {User|neq: root}
c: {Gone: null}
d: [evil]
no: {Other: x}
no2: {Image|contains: cmd}
condition: a and b and 1 of c* and d and not no and (no2 or d)`)))
	got := matches(t, e, `{"Image":"C:\\CMD.exe","Line":["run -E","-f"],"User":"me","Text":"an EVIL word"}`)
	want := []sigma.Hit{
		{Field: "Image", Value: `C:\CMD.exe`, Pattern: `endswith: \cmd.exe`},
		{Field: "Line", Value: "run -E", Pattern: "contains|all: -e"},
		{Field: "Line", Value: "-f", Pattern: "contains|all: -f"},
		{Field: "User", Value: "me", Pattern: "neq: root"},
		{Field: "Gone", Value: "", Pattern: "null"},
		{Field: "", Value: "an EVIL word", Pattern: "evil"},
		{Field: "Image", Value: `C:\CMD.exe`, Pattern: "contains: cmd"},
	}
	if len(got) != 1 || !reflect.DeepEqual(got[0].Fields, want) {
		t.Errorf("matches %+v\nwant hits %+v", got, want)
	}
}

func TestSlotsNameEveryFieldOnce(t *testing.T) {
	e := compile(t, mustParse(t, ruleText("sel: {B: x, A|fieldref: C}\nother: {A: y}\n'|all': z")))
	fields := e.Fields()
	if want := []string{"A", "B", "C"}; !slices.Equal(slices.Sorted(slices.Values(fields)), want) {
		t.Errorf("fields %v, want %v", fields, want)
	}
	for i, field := range fields {
		if slot, ok := e.Slot(field); !ok || slot != i {
			t.Errorf("slot of %s is %d %v, want %d", field, slot, ok, i)
		}
	}
	if _, ok := e.Slot("a"); ok {
		t.Error("a field that no rule asks for has a slot")
	}
}

func TestCompileRefusesWhatParseDidNotMake(t *testing.T) {
	good := mustParse(t, ruleText("sel: {A: x}"))
	e, problems := sigma.Compile([]*sigma.Rule{nil, {Meta: sigma.Meta{Title: "made by hand", File: "f"}}, good[0]})
	if len(problems) != 2 || problems[1].Rule != "made by hand" {
		t.Errorf("problems %v", problems)
	}
	if len(matches(t, e, `{"A":"x"}`)) != 1 {
		t.Error("the good rule is not in the engine")
	}
}

func TestRecordIsEmptyAfterReset(t *testing.T) {
	e := compile(t, mustParse(t, ruleText("a: {A: x}\nb: [evil]\ncondition: 1 of them")))
	r := e.NewRecord()
	for _, ev := range []event{
		{"A": {Kind: sigma.String, Text: "x"}},
		{"B": {Kind: sigma.String, Text: "evil"}},
		{},
	} {
		r.Reset(everyRule(e))
		fill(e, r, ev)
		if got := len(e.Match(r, nil)); (got == 1) != (len(ev) == 1) {
			t.Errorf("%v: %d matches", ev, got)
		}
	}
}

// A record or a route of another engine matches nothing and does not crash.
func TestForeignRecords(t *testing.T) {
	small := compile(t, mustParse(t, ruleText("sel: {A: x}")))
	large := compile(t, mustParse(t, ruleText("sel: {B: x, C: y, D|fieldref: E}\nneg: {F: z}\ncondition: sel or not neg")))
	r := small.NewRecord()
	r.Reset(everyRule(small))
	r.Name(0, r.Add(sigma.Value{Kind: sigma.String, Text: "x"}))
	if len(small.Match(r, nil)) != 1 || len(large.Match(r, nil)) != 0 {
		t.Error("a record serves another engine than its own")
	}
	r.Reset(everyRule(large))
	if len(small.Match(r, nil)) != 0 || len(large.Match(r, nil)) != 0 || len(large.Match(&sigma.Record{}, nil)) != 0 {
		t.Error("a route serves another engine's record")
	}
}

func TestEngineServesManyGoroutines(t *testing.T) {
	e := compile(t, mustParse(t, ruleText("sel: {A|re: '^a+b$', B|contains: Ä}\nkey: ['x?z']\ncondition: sel or key")))
	events := []event{
		{"A": {Kind: sigma.String, Text: "aab"}, "B": {Kind: sigma.String, Text: "xäx"}},
		{"C": {Kind: sigma.String, Text: "wxyzw"}},
		{"A": {Kind: sigma.String, Text: "aab"}},
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			r := e.NewRecord()
			for i := range 600 {
				r.Reset(everyRule(e))
				fill(e, r, events[i%3])
				if got := len(e.Match(r, nil)); (got == 1) != (i%3 < 2) {
					t.Errorf("event %d: %d matches", i%3, got)
				}
			}
		})
	}
	wait.Wait()
}

func TestAnEventWithoutMatchAllocatesNothing(t *testing.T) {
	e := compile(t, mustParse(t, ruleText(`
a: {A|contains: needle, B|cased|windash: '-x'}
b: {C|cidr: 10.0.0.0/8, D|gt: 5, E|fieldref: A, F|re: 'a.*zz'}
c: ['a*key?word']
condition: 1 of them`)))
	ev := decodeEvent(t, []byte(`{"A":"a Needle","B":"/X","C":"10.1.2.3","D":7,"E":["a needle","b"],"F":"ab","G":"a KEYword"}`))
	r := e.NewRecord()
	r.Reset(everyRule(e))
	fill(e, r, ev)
	var out []sigma.Match
	if got := testing.AllocsPerRun(100, func() { out = e.Match(r, out[:0]) }); got != 0 {
		t.Errorf("%v allocations, want none", got)
	}
	if len(out) != 0 {
		t.Errorf("it matched: %v", out)
	}
}
