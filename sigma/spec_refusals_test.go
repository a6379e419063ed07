package sigma_test

import (
	"strings"
	"testing"
)

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
		{"sel: {A|hour|minute: 3}", "detection.sel.A|hour|minute", "exclude each other"},
		{"sel: {A|cased|hour: 3}", "detection.sel.A|cased|hour", "exclude each other"},
		{"sel: {A|exists|expand: true}", "detection.sel.A|exists|expand", "exclude each other"},
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
