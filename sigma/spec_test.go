package sigma_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

// clause is one statement of the specification 2.1.0 with events that show it,
// or texts that it forbids. The tables stand in spec_*_test.go, in the order of
// the specification's chapters. The detection is what stands under
// "detection:", indented by nothing; without a condition the condition is
// "sel". Expected results come from the specification's text; where that
// leaves a choice, the clause says what was chosen.
type clause struct {
	says      string
	detection string
	values    string   // of placeholders, as a values file
	match     []string // events as JSON
	reject    []string
	refused   []refused
}

// refused is a detection that must not load, and a part of the reason.
type refused struct{ detection, reason string }

var chapters = []struct {
	name    string
	clauses []clause
}{
	{"Detection: lists and maps", valueClauses},
	{"Detection: general", stringClauses},
	{"Detection: string wildcard and escape character", wildcardClauses},
	{"Detection: keywords search", keywordClauses},
	{"Detection: placeholders", placeholderClauses},
	{"Modifiers: order and combination", orderClauses},
	{"Modifiers: generic", modifierClauses},
	{"Modifiers: regular expression", regexClauses},
	{"Modifiers: encoding", encodingClauses},
	{"Modifiers: numeric", numericClauses},
	{"Modifiers: time", timeClauses},
	{"Modifiers: IP and specific", typeClauses},
	{"Condition", conditionClauses},
}

func TestSpecification(t *testing.T) {
	for _, chapter := range chapters {
		for _, c := range chapter.clauses {
			t.Run(chapter.name+"/"+c.says, func(t *testing.T) { checkClause(t, c) })
		}
	}
}

func checkClause(t *testing.T, c clause) {
	t.Helper()
	if len(c.match) == 0 || len(c.reject)+len(c.refused) == 0 {
		t.Fatal("a clause needs an event that matches and one that does not, or a text that is refused")
	}
	rules := mustParse(t, ruleText(c.detection))
	if c.values != "" {
		rules = expanded(t, rules, c.values)
	}
	e := compile(t, rules)
	for _, text := range c.match {
		if len(matches(t, e, text)) != 1 {
			t.Errorf("does not match %s", text)
		}
	}
	for _, text := range c.reject {
		if got := matches(t, e, text); len(got) != 0 {
			t.Errorf("matches %s by %v", text, got[0].Fields)
		}
	}
	for _, r := range c.refused {
		rules, problems := parseRules("r.yml", []byte(ruleText(r.detection)))
		if len(rules) != 0 || len(problems) != 1 || !strings.Contains(problems[0].Reason, r.reason) || problems[0].Line < 1 {
			t.Errorf("%s: %d rules, problems %v, want refused: %s", r.detection, len(rules), problems, r.reason)
		}
	}
}

func expanded(t testing.TB, rules []*sigma.Rule, values string) []*sigma.Rule {
	t.Helper()
	out, problems := (&sigma.Collection{Rules: rules}).Prepare(mustParseValues(t, values))
	if len(problems) > 0 {
		t.Fatalf("placeholders: %v", problems)
	}
	return out
}

// ruleText makes a whole rule of a detection.
func ruleText(detection string) string {
	if !strings.Contains(detection, "condition:") {
		detection += "\ncondition: sel"
	}
	indented := strings.ReplaceAll(strings.TrimSpace(detection), "\n", "\n  ")
	return "title: test\nlogsource: {category: test}\ndetection:\n  " + indented + "\n"
}

func mustParse(t testing.TB, text string) []*sigma.Rule {
	t.Helper()
	rules, problems := parseRules("test.yml", []byte(text))
	if len(problems) > 0 || len(rules) == 0 {
		t.Fatalf("%d rules, refused: %v\n%s", len(rules), problems, text)
	}
	return rules
}

// matches gives one event of JSON to all rules.
func matches(t testing.TB, e *sigma.Engine, text string) []sigma.Match {
	t.Helper()
	return match(e, decodeEvent(t, []byte(text)))
}

func match(e *sigma.Engine, ev event) []sigma.Match {
	r := e.NewRecord()
	r.Reset(everyRule(e))
	fill(e, r, ev)
	return e.Match(r, nil)
}

func TestNestingIsBounded(t *testing.T) {
	deep := strings.Repeat("(", 250) + "sel" + strings.Repeat(")", 250)
	for name, text := range map[string]string{
		"condition": ruleText("sel: {A: b}\ncondition: " + deep),
		"flow":      "a: " + strings.Repeat("[", 5000),
		"sequence":  strings.Repeat("- ", 200_000),
		"keys":      strings.Repeat("? ", 200_000),
		"block":     blockOf(500),
		"size":      "a: " + strings.Repeat("x", 1<<20),
	} {
		rules, problems := parseRules("deep.yml", []byte(text))
		if len(rules) != 0 || len(problems) == 0 {
			t.Errorf("%s: not refused", name)
		}
	}
}

func blockOf(depth int) string {
	var b strings.Builder
	for i := range depth {
		fmt.Fprintf(&b, "%sa:\n", strings.Repeat(" ", i))
	}
	return b.String()
}

func everyRule(e *sigma.Engine) *sigma.Route {
	return e.Route(func(sigma.LogSource) bool { return true })
}

func parseRules(name string, text []byte) ([]*sigma.Rule, []sigma.Problem) {
	c := sigma.Parse(name, text)
	return c.Rules, c.Problems
}
