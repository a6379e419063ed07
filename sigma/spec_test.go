package sigma_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

// clause is one statement of the specification with events that show it. The
// detection is what stands under "detection:", indented by nothing; without a
// condition the condition is "sel".
type clause struct {
	says      string
	detection string
	match     []string // events as JSON
	reject    []string
}

func TestSpecification(t *testing.T) {
	for chapter, clauses := range map[string][]clause{
		"values": valueClauses, "strings": stringClauses, "wildcards": wildcardClauses,
		"modifiers": modifierClauses, "encodings": encodingClauses, "types": typeClauses,
		"keywords": keywordClauses, "conditions": conditionClauses,
	} {
		for _, c := range clauses {
			t.Run(chapter+"/"+c.says, func(t *testing.T) { checkClause(t, c) })
		}
	}
}

func checkClause(t *testing.T, c clause) {
	t.Helper()
	if len(c.match) == 0 || len(c.reject) == 0 {
		t.Fatal("a clause needs an event that matches and one that does not")
	}
	e := compile(t, mustParse(t, ruleText(c.detection)))
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

// TestRefusals holds what must not load, and what the refusal has to say.
func TestRefusals(t *testing.T) {
	for _, c := range []struct{ detection, field, reason string }{
		{"sel: {A|contians: x}", "detection.sel.A|contians", `unknown modifier "contians"`},
		{"sel: {A: [x, null]}", "detection.sel.A", "null cannot be part of a list"},
		{"sel: {A|re|cidr: x}", "detection.sel.A|re|cidr", "exclude each other"},
		{"sel: {A|contains|re: x}", "detection.sel.A|contains|re", "exclude each other in this order"},
		{"sel: {A|i: x}", "detection.sel.A|i", "only for re"},
		{"sel: {A|i|re: x}", "detection.sel.A|i|re", "only for re"},
		{"sel: {A|re|cased: x}", "detection.sel.A|re|cased", "exclude each other"},
		{"sel: {A|gt|neq: 1}", "detection.sel.A|gt|neq", "exclude each other"},
		{"sel: {A|neq|all: [a, b]}", "detection.sel.A|neq|all", "exclude each other"},
		{"sel: {A|exists|all: true}", "detection.sel.A|exists|all", "exclude each other"},
		{"sel: {A|contains|contains: x}", "detection.sel.A|contains|contains", "given twice"},
		{"sel: {A|base64|windash: x}", "detection.sel.A|base64|windash", "cannot follow an encoding"},
		{"sel: {A|windash|base64: -a-b-c-d-e}", "detection.sel.A|windash|base64", "more than 4 dashes"},
		{"sel: {A|contains|base64: x}", "detection.sel.A|contains|base64", "wildcards cannot be encoded"},
		{"sel: {A|base64offset: ''}", "detection.sel.A|base64offset", "too short"},
		{"sel: {A|re: 'a(?!b)'}", "detection.sel.A|re", "look-ahead (?!)"},
		{"sel: {A|re: 'a(?=b)'}", "detection.sel.A|re", "look-ahead (?=)"},
		{"sel: {A|re: '(?<=a)b'}", "detection.sel.A|re", "look-behind"},
		{"sel: {A|re: '(a)\\1'}", "detection.sel.A|re", "invalid escape sequence"},
		{"sel: {A|re: 'a++'}", "detection.sel.A|re", "invalid nested repetition"},
		{"sel: {A|re: '('}", "detection.sel.A|re", "missing closing"},
		{"sel: {A|cidr: 10.0.0.1/8}", "detection.sel.A|cidr", "want 10.0.0.0/8"},
		{"sel: {A|cidr: here}", "detection.sel.A|cidr", "not a network"},
		{"sel: {A|gt: many}", "detection.sel.A|gt", "takes a number"},
		{"sel: {A|gt: 0x10p1}", "detection.sel.A|gt", "takes a number"},
		{"sel: {A|exists: 1}", "detection.sel.A|exists", "true or false"},
		{"sel: {A|exists: [true, false]}", "detection.sel.A|exists", "not a list"},
		{"sel: {A|fieldref: 'B*'}", "detection.sel.A|fieldref", "without wildcards"},
		{"sel: {A|fieldref: 7}", "detection.sel.A|fieldref", "name of a field"},
		{"sel: {A|contains: null}", "detection.sel.A|contains", "null takes no modifier"},
		{"sel: {A: []}", "detection.sel.A", "empty list"},
		{"sel: {A: {B: c}}", "detection.sel.A", "got a map"},
		{"sel: {A: [[b]]}", "detection.sel.A", "got a list"},
		{"sel: {}", "detection.sel", "empty map"},
		{"sel: []", "detection.sel", "empty list"},
		{"sel: ", "detection.sel", "empty"},
		{"sel: [[a]]", "detection.sel", "a list inside a list"},
		{"sel: [null]", "detection.sel", "no keyword"},
		{"sel: {'|startswith': a}", "detection.sel.|startswith", "needs a field"},
		{"sel: {'|cidr': 10.0.0.0/8}", "detection.sel.|cidr", "needs a field"},
		{"sel: {'|neq': a}", "detection.sel.|neq", "needs a field"},
		{"sel: {A: b, A: c}", "", "already defined"},
		{"sel: {A: b}\ntimeframe: 5m", "detection.timeframe", "correlation rules"},
		{"and: {A: b}\ncondition: and", "detection.and", "word of conditions"},
		{"sel: {A: b}\ncondition: sel | count() > 5", "detection.condition", "aggregations"},
		{"sel: {A: b}\ncondition: other", "detection.condition", `no search identifier "other"`},
		{"sel: {A: b}\ncondition: 1 of other*", "detection.condition", "matches"},
		{"sel: {A: b}\ncondition: 2 of sel*", "detection.condition", "can never hold"},
		{"sel: {A: b}\ncondition: 0 of sel*", "detection.condition", "a number from 1"},
		{"sel: {A: b}\ncondition: some of sel*", "detection.condition", "a number from 1"},
		{"sel: {A: b}\ncondition: 1 of", "detection.condition", "ends where them"},
		{"sel: {A: b}\ncondition: sel and", "detection.condition", "ends where a search identifier"},
		{"sel: {A: b}\ncondition: sel sel", "detection.condition", `"sel" stands where and, or`},
		{"sel: {A: b}\ncondition: (sel", "detection.condition", "closing parenthesis"},
		{"sel: {A: b}\ncondition: sel)", "detection.condition", `")" stands where`},
		{"sel: {A: b}\ncondition: not", "detection.condition", "ends where"},
		{"sel: {A: b}\ncondition: sel and or", "detection.condition", `"or" stands where`},
		{"sel: {A: b}\ncondition: ''", "detection.condition", "ends where"},
		{"sel: {A: b}\ncondition: []", "detection.condition", "empty list"},
		{"sel: {A: b}\ncondition: {a: b}", "detection.condition", "want a text"},
	} {
		rules, problems := parseRules("r.yml", []byte(ruleText(c.detection)))
		if len(rules) != 0 || len(problems) != 1 {
			t.Errorf("%s: %d rules, %d problems, want a refusal", c.detection, len(rules), len(problems))
			continue
		}
		p := problems[0]
		if p.Field != c.field || !strings.Contains(p.Reason, c.reason) {
			t.Errorf("%s: refused with %q at %q, want %q at %q", c.detection, p.Reason, p.Field, c.reason, c.field)
		}
		if p.File != "r.yml" || p.Line < 1 || p.Line > 8 {
			t.Errorf("%s: refused at %s:%d", c.detection, p.File, p.Line)
		}
	}
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
