package sigma_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/noroshi-soc/noroshi/sigma"
)

// The engine's short cuts, each held against something that has none.

// swapCase gives every character in its other case.
func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if f := unicode.SimpleFold(r); f != r {
			return f
		}
		return r
	}, s)
}

// TestFoldingAtEveryPlace: texts of every length, with a character beyond
// ASCII at every place, compare as Unicode's simple folding says.
func TestFoldingAtEveryPlace(t *testing.T) {
	const letters = "aZbY[@`{cX09-_dWeVfUgThSiRjQ"
	for n := range 22 {
		for at := range n + 1 {
			for _, odd := range []string{"", "é", "Σ", "\u212a", "ſ", "ß", "日", "Ⓐ"} {
				text := letters[:at] + odd + letters[at:n]
				e := compile(t, mustParse(t, ruleText(fmt.Sprintf("sel: {A: '%s'}", text))))
				for event, want := range map[string]bool{text: true, swapCase(text): true, swapCase(text) + "a": false, "x" + text: false, strings.Replace(text, "Y", "z", 1): !strings.Contains(text, "Y")} {
					if got := len(match(e, event1(event))) == 1; got != want || want != strings.EqualFold(text, event) {
						t.Fatalf("%q against %q: %v, want %v", event, text, got, want)
					}
				}
			}
		}
	}
}

func event1(text string) event { return event{"A": {Kind: sigma.String, Text: text}} }

// TestManyValuesAreEachOfThem: a long list, which has an index of its own,
// holds where one of its values alone does.
func TestManyValuesAreEachOfThem(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	words := []string{"power", "shell", ".exe", `\temp`, "a", "-enc", "ß", "日本", "😀", "ab?d", "x*yz12", "SYSTEM", "tem32", "0", "longer than a window"}
	pick := func() string { return words[random.IntN(len(words))] }
	for round := range 40 {
		modifiers := []string{"", "|contains", "|startswith", "|endswith", "|cased", "|contains|cased", "|contains|windash", "|neq"}[round%8]
		var values, alone []string
		for range 10 + random.IntN(30) {
			v := pick() + pick()
			values = append(values, "'"+v+"'")
			alone = append(alone, titled(v, "{category: c}", fmt.Sprintf("sel: {A%s: '%s'}", strings.ReplaceAll(modifiers, "|neq", ""), v)))
		}
		list := compile(t, mustParse(t, ruleText(fmt.Sprintf("sel: {A%s: [%s]}", modifiers, strings.Join(values, ", ")))))
		each := compile(t, mustParse(t, strings.Join(alone, "---\n")))
		for range 60 {
			text := pick() + pick() + pick()
			if random.IntN(2) == 0 {
				text = swapCase(text)
			}
			want := (len(match(each, event1(text))) > 0) != (modifiers == "|neq")
			if got := len(match(list, event1(text))) == 1; got != want {
				t.Fatalf("A%s: %v on %q: %v, want %v", modifiers, values, text, got, want)
			}
		}
	}
}

// TestExpressionsAreTriedWhereTheyMayMatch: what is looked for before an
// expression is tried never hides a match.
func TestExpressionsAreTriedWhereTheyMayMatch(t *testing.T) {
	// An expression and a text that it finds.
	expressions := [][2]string{
		{`set.*&&\s?set.*(environment|invoke|input).*&&`, "set && set x invoke &&"},
		{`(?i)ab+c{2,3}[xX]y?z`, "aBBccxZ"},
		{`^(foo|bar)[0-9]+$`, "bar12"},
		{`a(b|)c`, "ac"},
		{`(?:ab){2}cd`, "ababcd"},
		{`x{0,2}yy`, "yy"},
		{`[aA][bB]\d|zz`, "AB1"},
		{"(env:|`e)[^;]*;", "`e ;"},
		{`(日本|東京)語?`, "日本語"},
		{`k\x{212A}`, "k\u212a"},
		{`(a|b|c|d|e|f|g|h|i|j)xyz`, "jxyz"},
		{`end$`, "end"},
		{`.`, "x"},
		{`(abc)?def`, "def"},
		{`\x{FFFD}q`, "\xffq"},
		{`aab`, "aaab"},
		{`(x|xy)(yz|z)w`, "xyyzw"},
	}
	pieces := []string{"set", "set && set", "ababcd", "x invoke &&", "k\u212a", "&&", " ", "environment", "INVOKE", "ab", "bb", "cc", "ccc", "X", "z", "foo", "bar", "12", "a", "c", "cd", "yy", "AB1", "zz", "env:", "`e", ";", "日本", "語", "xyz", "j", "end", "def", "\xffq", "aaab", "xyzw", "xyyzw"}
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range expressions {
		expression, sample := c[0], c[1]
		e := compile(t, mustParse(t, ruleText(fmt.Sprintf("sel: {A|re: '%s'}", expression))))
		oracle := regexp.MustCompile(expression)
		held := 0
		for range 3000 {
			var text strings.Builder
			for range random.IntN(7) {
				text.WriteString(pieces[random.IntN(len(pieces))])
			}
			if random.IntN(4) == 0 {
				text.WriteString(sample)
			}
			want := oracle.MatchString(text.String())
			if got := len(match(e, event1(text.String()))) == 1; got != want {
				t.Fatalf("%s on %q: %v, want %v", expression, text.String(), got, want)
			}
			if want {
				held++
			}
		}
		if held == 0 {
			t.Errorf("%s never matched, so nothing was shown", expression)
		}
	}
}

func TestARuleThatFailsFailsAlone(t *testing.T) {
	rules := mustParse(t, titled("good", "{category: c}", "sel: {A: x}")+"---\n"+
		titled("broken", "{category: c}", "sel: {A|gt: 1}")+"---\n"+titled("last", "{category: c}", "sel: {A|contains: x}"))
	sigma.Break(rules[1])
	e := compile(t, rules)
	r := e.NewRecord()
	for _, text := range []string{"x", "x", "y"} {
		r.Reset(everyRule(e))
		fill(e, r, event1(text))
		var titles []string
		for _, m := range e.Match(r, nil) {
			titles = append(titles, m.Rule.Title)
		}
		if want := map[string][]string{"x": {"good", "last"}}[text]; !slices.Equal(titles, want) {
			t.Errorf("%q matched %v, want %v", text, titles, want)
		}
		if failed := r.Failures(); len(failed) != 1 || failed[0].Rule != rules[1] || failed[0].Reason != "broken for a test" {
			t.Errorf("failures %v", failed)
		}
	}
	if r.Reset(nil); len(r.Failures()) != 0 {
		t.Error("a failure outlives its event")
	}
}

func TestCostsAreSampled(t *testing.T) {
	rules := mustParse(t, titled("asked", "{category: c}", "sel: {A: x}")+"---\n"+titled("never", "{category: c}", "sel: {B: y}"))
	e := compile(t, rules)
	r := e.NewRecord()
	for range 1000 {
		r.Reset(everyRule(e))
		fill(e, r, event1("x"))
		e.Match(r, nil)
	}
	costs := e.Costs()
	if len(costs) != 1 || costs[0].Rule != rules[0] {
		t.Fatalf("costs %v, want those of the rule that was evaluated", costs)
	}
	c := costs[0]
	if c.Evaluations < 10 || c.Evaluations > 100 || c.Longest <= 0 || c.Total < c.Longest {
		t.Errorf("cost %+v of 1000 events", c)
	}
}

func TestTheFirstOfARepeatedFieldCounts(t *testing.T) {
	e := compile(t, mustParse(t, ruleText("sel: {A: first}")))
	slot, _ := e.Slot("A")
	for order, want := range map[string]int{"first second": 1, "second first": 0} {
		r := e.NewRecord()
		r.Reset(everyRule(e))
		for _, text := range strings.Fields(order) {
			r.Name(slot, r.Add(sigma.Value{Kind: sigma.String, Text: text}))
		}
		if got := len(e.Match(r, nil)); got != want {
			t.Errorf("%s: %d matches, want %d", order, got, want)
		}
	}
}

// TestNeqNeedsSomethingToDifferFrom: a list that holds no text differs from
// nothing.
func TestNeqNeedsSomethingToDifferFrom(t *testing.T) {
	e := compile(t, mustParse(t, ruleText("sel: {A|neq: x}")))
	for text, want := range map[string]int{`{"A":[]}`: 0, `{"A":[null]}`: 0, `{"A":[null,"y"]}`: 1, `{"A":["y","x"]}`: 0, `{"B":"y"}`: 0} {
		if got := len(matches(t, e, text)); got != want {
			t.Errorf("%s: %d matches, want %d", text, got, want)
		}
	}
}

// TestKeywordsSeeEveryScalar: the specification searches the entire event.
func TestKeywordsSeeEveryScalar(t *testing.T) {
	for keyword, events := range map[string]map[string]int{
		"4688":   {`{"A":4688}`: 1, `{"A":[1,4688]}`: 1, `{"A":"id 4688."}`: 1, `{"A":46880}`: 0, `{"A":null}`: 0},
		"'4688'": {`{"A":4688}`: 1, `{"A":46880}`: 1, `{"A":[["4688"]]}`: 0},
		"'true'": {`{"A":true}`: 1, `{"A":[false,true]}`: 1, `{"A":false}`: 0},
		"1.5E10": {`{"A":"value 1.5E10 here"}`: 1, `{"A":"value 1.5e10 here"}`: 1, `{"A":1.5e10}`: 1, `{"A":"1.5E100"}`: 0},
	} {
		e := compile(t, mustParse(t, ruleText("sel: ["+keyword+"]")))
		for text, want := range events {
			if got := len(matches(t, e, text)); got != want {
				t.Errorf("%s on %s: %d matches, want %d", keyword, text, got, want)
			}
		}
	}
}

// TestALongListCostsWhatItHolds: each element is folded once, whatever the
// number of rules that look at it, and its memory is given back.
func TestALongListCostsWhatItHolds(t *testing.T) {
	var rules strings.Builder
	for i := range 200 {
		fmt.Fprintf(&rules, "%s---\n", titled(fmt.Sprint("r", i), "{category: c}", fmt.Sprintf("sel: {A|re: 'el.*nothing%d|[x-z]{9}'}", i)))
	}
	e := compile(t, mustParse(t, rules.String()))
	long := sigma.Value{Kind: sigma.List}
	for i := range 3000 {
		long.List = append(long.List, sigma.Value{Kind: sigma.String, Text: fmt.Sprint(strings.Repeat("Element ", 11), i)})
	}
	r := e.NewRecord()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 3 {
		r.Reset(everyRule(e))
		fill(e, r, event{"A": long})
		if got := len(e.Match(r, nil)); got != 0 {
			t.Fatalf("%d matches, want none", got)
		}
	}
	runtime.ReadMemStats(&after)
	if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 40 {
		t.Errorf("%d MB for an event of 300 KB, three times", used)
	}
}

// TestTooMuchForAnExpression: what would run for hours fails, is told, and
// leaves the other rules alone.
func TestTooMuchForAnExpression(t *testing.T) {
	rules := mustParse(t, titled("hours", "{category: c}", "sel: {A|re: '"+strings.Repeat("a{0,1000}", 10)+"b$'}")+"---\n"+
		titled("short", "{category: c}", "sel: {A|startswith: ba}"))
	e := compile(t, rules)
	r := e.NewRecord()
	r.Reset(everyRule(e))
	fill(e, r, event1("b"+strings.Repeat("a", 1<<20)))
	if got := e.Match(r, nil); len(got) != 1 || got[0].Rule != rules[1] {
		t.Errorf("matches %v", got)
	} else if value := got[0].Fields[0].Value; len(value) > 5000 || !strings.HasSuffix(value, "…") {
		t.Errorf("a hit of %d bytes", len(value))
	}
	if failed := r.Failures(); len(failed) != 1 || failed[0].Rule != rules[0] || !strings.Contains(failed[0].Reason, "takes too long") {
		t.Errorf("failures %v", failed)
	}
}
