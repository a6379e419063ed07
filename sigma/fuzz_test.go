package sigma_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

// Whatever a file holds, every document gives a rule or a problem, and what
// loads can be compiled and asked.
func FuzzParse(f *testing.F) {
	f.Add(fullRule)
	f.Add(ruleOne + "---\n" + ruleBad)
	for _, chapter := range chapters {
		for _, c := range chapter.clauses {
			f.Add(ruleText(c.detection))
		}
	}
	for _, c := range documentClauses {
		f.Add(documentText(c.text))
	}
	f.Add("a: &a [*a, *a]\n--- {x: }\n...\n? - -\n: !!x |2-\n  t")
	ev := event{
		"A": {Kind: sigma.String, Text: "a\\b*C-日"},
		"B": {Kind: sigma.List, List: []sigma.Value{{Kind: sigma.Number, Text: "1"}, {Kind: sigma.Null}}},
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := sigma.Parse("fuzz.yml", []byte(text))
		if len(c.Rules)+len(c.Correlations)+len(c.Filters)+len(c.Problems) == 0 {
			t.Error("neither rules nor problems")
		}
		checkProblems(t, c.Problems, text)
		rules, problems := c.Prepare(sigma.Values{"x": {"a", "b*"}, "name": {"1"}})
		checkProblems(t, problems, text)
		e, problems := sigma.Compile(rules)
		if len(problems) > 0 {
			t.Errorf("parsed but not compiled: %v", problems)
		}
		match(e, ev)
		match(e, event{})
	})
}

func checkProblems(t *testing.T, problems []sigma.Problem, text string) {
	t.Helper()
	for _, p := range problems {
		if p.Reason == "" || p.Line < 0 || p.Line > strings.Count(text, "\n")+strings.Count(text, "\r")+2 {
			t.Errorf("a problem without reason or place: %+v", p)
		}
	}
}

// Whatever a values file holds, each name gives values or a problem, and the
// values fill a rule or say why not.
func FuzzValues(f *testing.F) {
	f.Add("servers: [srv*, 'db\\*']\nport: 443\n", "a%servers%%port%")
	f.Add("a: {b: c}\nd:\n- ~\n", `\%d%a%`)
	f.Add("x: |-\n  a\n  b\n", "%x%-%x%")
	f.Fuzz(func(t *testing.T, text, value string) {
		values, problems := sigma.ParseValues("v.yml", []byte(text))
		checkProblems(t, problems, text)
		for name, list := range values {
			if name == "" || len(list) == 0 {
				t.Errorf("%q has values %q", name, list)
			}
		}
		line, _ := json.Marshal(map[string]string{"A|expand": value, "A|re|expand": "a" + regexp.QuoteMeta(value)})
		for _, rule := range sigma.Parse("r.yml", []byte(ruleText("sel: "+string(line)))).Rules {
			filled, problems := rule.Expand(values)
			if (filled == nil) != (len(problems) > 0) {
				t.Errorf("a rule of %q is %v with problems %v", value, filled, problems)
			}
			if filled != nil {
				match(compile(t, []*sigma.Rule{filled}), event{"A": {Kind: sigma.String, Text: value}})
			}
		}
	})
}

// What a filter's text holds gives a filter or a problem; a filter that any
// rule has never makes it match more.
func FuzzFilter(f *testing.F) {
	for _, c := range filterClauses {
		f.Add(c.filter)
	}
	ev := event{"A": {Kind: sigma.String, Text: "x"}, "User": {Kind: sigma.String, Text: "adm_bob"}}
	f.Fuzz(func(t *testing.T, text string) {
		all := filteredRule + "---\ntitle: f\n" + text
		c := sigma.Parse("f.yml", []byte(all))
		checkProblems(t, c.Problems, all)
		if len(c.Rules) == 0 {
			return
		}
		rules, problems := c.Prepare(nil)
		checkProblems(t, problems, all)
		if len(match(compile(t, rules[:1]), ev)) > len(match(compile(t, c.Rules[:1]), ev)) {
			t.Errorf("the filter adds a match: %q", text)
		}
	})
}

// A text is a date exactly if the plain evaluator reads one, with the same parts.
func FuzzDate(f *testing.F) {
	for _, text := range []string{"2024-02-29", "2024-05-01T23:00:00.1234567Z", "2020-12-31 23:59:60,5-0500", "2023-02-29", "2024-05-01T24:00"} {
		f.Add(text)
	}
	parts := map[string]int{"minute": 59, "hour": 23, "day": 31, "week": 53, "month": 12, "year": 9999}
	for part := range parts {
		f.Add(part)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want := plainDate(text)
		for part, high := range parts {
			number, there := want[part]
			low := min(high, max(number, map[string]int{"day": 1, "week": 1, "month": 1}[part]))
			e := compile(t, mustParse(t, ruleText(fmt.Sprintf("sel: {A|%s: %d}", part, low))))
			if got := len(match(e, event{"A": {Kind: sigma.String, Text: text}})) == 1; got != there {
				t.Errorf("%q: %s %d is %v, want %v", text, part, low, got, there)
			}
		}
	})
}

// A condition that is accepted decides as the plain evaluator does.
func FuzzCondition(f *testing.F) {
	for _, c := range conditionClauses {
		_, condition, _ := strings.Cut(c.detection, "condition: ")
		f.Add(condition, uint8(5))
	}
	f.Fuzz(func(t *testing.T, condition string, fields uint8) {
		if strings.ContainsAny(condition, "\"\\\x7f") || strings.ContainsFunc(condition, func(r rune) bool { return r < ' ' || r > '~' }) {
			return
		}
		text := ruleText("sa: {A: x}\nsb: {B: x}\nsc: {C: x}\n_d: {D: x}\ncondition: \"" + condition + "\"")
		rules, problems := parseRules("fuzz.yml", []byte(text))
		if len(problems) > 0 {
			return
		}
		ev := event{}
		for i, name := range []string{"A", "B", "C", "D"} {
			if fields&(1<<i) != 0 {
				ev[name] = sigma.Value{Kind: sigma.String, Text: "x"}
			}
		}
		e, _ := sigma.Compile(rules)
		if got, want := len(match(e, ev)) == 1, newPlainRule(t, text, nil).matches(ev); got != want {
			t.Errorf("%q on %04b: %v, want %v", condition, fields&15, got, want)
		}
	})
}
