package sigma_test

import (
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

// Whatever a file holds, every document gives a rule or a problem, and what
// loads can be compiled and asked.
func FuzzParse(f *testing.F) {
	f.Add(fullRule)
	f.Add(ruleOne + "---\n" + ruleBad)
	for _, clauses := range [][]clause{valueClauses, wildcardClauses, modifierClauses, encodingClauses, keywordClauses} {
		for _, c := range clauses {
			f.Add(ruleText(c.detection))
		}
	}
	f.Add("a: &a [*a, *a]\n--- {x: }\n...\n? - -\n: !!x |2-\n  t")
	ev := event{
		"A": {Kind: sigma.String, Text: "a\\b*C-日"},
		"B": {Kind: sigma.List, List: []sigma.Value{{Kind: sigma.Number, Text: "1"}, {Kind: sigma.Null}}},
	}
	f.Fuzz(func(t *testing.T, text string) {
		rules, problems := parseRules("fuzz.yml", []byte(text))
		if len(rules)+len(problems) == 0 {
			t.Error("neither rules nor problems")
		}
		for _, p := range problems {
			if p.Reason == "" || p.Line < 0 || p.Line > strings.Count(text, "\n")+strings.Count(text, "\r")+2 {
				t.Errorf("a problem without reason or place: %+v", p)
			}
		}
		e, problems := sigma.Compile(rules)
		if len(problems) > 0 {
			t.Errorf("parsed but not compiled: %v", problems)
		}
		match(e, ev)
		match(e, event{})
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
		if got, want := len(match(e, ev)) == 1, newPlainRule(t, text).matches(ev); got != want {
			t.Errorf("%q on %04b: %v, want %v", condition, fields&15, got, want)
		}
	})
}
