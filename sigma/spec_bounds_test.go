package sigma_test

import (
	"fmt"
	"strings"
	"testing"
)

// numbered writes a text once for each number below n.
func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestDocumentsAreBounded holds texts that are small, but cost much: each
// must be refused with its reason, and what is just below must load.
func TestDocumentsAreBounded(t *testing.T) {
	for name, c := range map[string]struct{ below, above, reason string }{
		"search identifiers of all conditions": {
			below:  ruleText(numbered(500, "s%d: {A: b}\n") + "condition:\n" + strings.Repeat("- 1 of s*\n", 200)),
			above:  ruleText(numbered(500, "s%d: {A: b}\n") + "condition:\n" + strings.Repeat("- 1 of s*\n", 201)),
			reason: "more than 100000 search identifiers",
		},
		"words of all conditions": {
			below:  ruleText("sel: {A: b}\ncondition:\n" + strings.Repeat("- sel or not sel\n", 2500)),
			above:  ruleText("sel: {A: b}\ncondition:\n" + strings.Repeat("- sel or not sel\n", 2501)),
			reason: "longer than 10000 words",
		},
		"bytes of all conditions": {
			below:  ruleText("sel: {A: b}\ncondition:\n- &c sel" + strings.Repeat(" ", 1000) + "and sel\n" + strings.Repeat("- *c\n", 500)),
			above:  ruleText("sel: {A: b}\ncondition:\n- &c sel" + strings.Repeat(" ", 1000) + "and sel\n" + strings.Repeat("- *c\n", 600)),
			reason: "longer than 524288 bytes",
		},
		"keys in block maps": {
			below:  documentText("mine:\n" + numbered(4990, "  k%d: v\n")),
			above:  documentText("mine:\n" + numbered(5001, "  k%d: v\n")),
			reason: "more than 5000 keys in one document",
		},
		"keys in flow maps": {
			below:  documentText("mine: {" + numbered(4990, "k%d: ,") + "}"),
			above:  documentText("mine: {" + numbered(5001, "\"k%d\":1,") + "}"),
			reason: "more than 5000 keys in one document",
		},
		"keys with a question mark": {
			below:  documentText("description: '" + strings.Repeat(" why? not?", 4000) + "'"),
			above:  documentText("mine:\n" + numbered(5001, "  ? k%d\n")),
			reason: "more than 5000 keys in one document",
		},
		"tags": {
			below:  documentText("description: '" + strings.Repeat(" a!b", 6000) + "'"),
			above:  documentText("mine: [" + strings.Repeat("!!str,", 5001) + "a]"),
			reason: "more than 5000 tags in one document",
		},
	} {
		if rules, problems := parseRules("below.yml", []byte(c.below)); len(rules) != 1 || len(problems) != 0 {
			t.Errorf("%s: %d rules, problems %v, want it to load", name, len(rules), problems)
		}
		rules, problems := parseRules("above.yml", []byte(c.above))
		if len(rules) != 0 || len(problems) != 1 || !strings.Contains(problems[0].Reason, c.reason) || problems[0].Line < 1 {
			t.Errorf("%s: %d rules, problems %v, want refused: %s", name, len(rules), problems, c.reason)
		}
	}
}
