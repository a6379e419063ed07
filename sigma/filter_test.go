package sigma_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

const filterHead = "title: Filter\nid: 33333333-0000-4000-8000-000000000001\n"

func mustParseFilter(t testing.TB, text string) *sigma.Filter {
	t.Helper()
	c := sigma.Parse("filter.yml", []byte(text))
	if len(c.Filters) != 1 || len(c.Problems) > 0 {
		t.Fatalf("%d filters, problems %v\n%s", len(c.Filters), c.Problems, text)
	}
	return c.Filters[0]
}

// filterText makes a filter of what stands under its key.
func filterText(source, body string) string {
	return filterHead + "logsource: {" + source + "}\nfilter:\n  " + strings.ReplaceAll(strings.TrimSpace(body), "\n", "\n  ") + "\n"
}

func TestFilterNarrowsARule(t *testing.T) {
	rule := mustParse(t, "title: R\nid: AAAA\nname: short\nlogsource: {category: test, product: p}\n"+
		"detection: {selection: {A: [x, y]}, condition: selection}\n")[0]
	for _, rules := range []string{"[aaaa]", "aaaa", "[other, short]", "any", "All"} {
		f := mustParseFilter(t, filterText("category: Test", "rules: "+rules+"\nselection: {User|startswith: adm_}\ncondition: not selection"))
		if !f.Applies(rule) {
			t.Errorf("rules: %s does not apply", rules)
			continue
		}
		filtered, applied := rule.Filtered([]*sigma.Filter{f})
		if !slices.Equal(applied, []*sigma.Filter{f}) || !slices.Equal(filtered.Filters(), applied) || len(rule.Filters()) != 0 {
			t.Errorf("applied %v, rule has %v", applied, filtered.Filters())
		}
		e := compile(t, []*sigma.Rule{filtered, rule})
		for text, want := range map[string]int{`{"A":"x","User":"bob"}`: 2, `{"A":"x","User":"ADM_bob"}`: 1, `{"A":"y"}`: 2, `{"A":"z","User":"bob"}`: 0} {
			if got := len(matches(t, e, text)); got != want {
				t.Errorf("rules: %s on %s: %d of rule and filtered rule match, want %d", rules, text, got, want)
			}
		}
		if again, applied := filtered.Filtered([]*sigma.Filter{f}); again != filtered || applied != nil {
			t.Error("a filter is applied twice")
		}
	}
}

func TestFilterConditionIsTakenAsWritten(t *testing.T) {
	rule := mustParse(t, ruleText("a: {A: x}\nb: {B: x}\ncondition: [a, b]"))[0]
	f := mustParseFilter(t, filterText("category: test", "rules: any\na: {C: x}\nb: {D: x}\ncondition: 1 of them"))
	filtered, _ := rule.Filtered([]*sigma.Filter{f})
	e := compile(t, []*sigma.Rule{filtered})
	for text, want := range map[string]int{`{"A":"x","C":"x"}`: 1, `{"B":"x","D":"x"}`: 1, `{"A":"x","B":"x"}`: 0, `{"C":"x"}`: 0} {
		if got := len(matches(t, e, text)); got != want {
			t.Errorf("%s: %d matches, want %d", text, got, want)
		}
	}
}

func TestFilterAppliesByLogSource(t *testing.T) {
	rule := mustParse(t, "title: R\nid: a\nlogsource: {category: c, product: p}\ndetection: {s: {A: x}, condition: s}\n")[0]
	for source, want := range map[string]bool{
		"category: c": true, "product: p": true, "category: c, product: p": true,
		"category: d": false, "category: c, product: q": false, "category: c, service: s": false,
	} {
		for _, rules := range []string{"any", "[a]"} {
			f := mustParseFilter(t, filterText(source, "rules: "+rules+"\nselection: {A: x}\ncondition: selection"))
			if f.Applies(rule) != want {
				t.Errorf("{%s} rules %s: applies %v, want %v", source, rules, !want, want)
			}
		}
	}
	f := mustParseFilter(t, filterText("category: c", "rules: [b]\nselection: {A: x}\ncondition: selection"))
	if f.Applies(rule) {
		t.Error("applies to a rule that it does not name")
	}
}

func TestFilterRefusals(t *testing.T) {
	for _, c := range []struct {
		text, field, reason string
		line                int
	}{
		{filterHead + "logsource: {category: a}\nfilter: [x]\n", "filter", "want a map", 4},
		{filterHead + "filter: {rules: any, s: {A: x}, condition: s}\n", "logsource", "missing", 1},
		{"logsource: {category: a}\nfilter: {rules: any, s: {A: x}, condition: s}\n", "title", "missing", 1},
		{filterText("category: a", "s: {A: x}\ncondition: s"), "filter.rules", "missing", 5},
		{filterText("category: a", "rules: []\ns: {A: x}\ncondition: s"), "filter.rules", "empty list", 5},
		{filterText("category: a", "rules:\ns: {A: x}\ncondition: s"), "filter.rules", "got null", 5},
		{filterText("category: a", "rules: {a: b}\ns: {A: x}\ncondition: s"), "filter.rules", "got a map", 5},
		{filterText("category: a", "rules:\n- a\n- [b]\ns: {A: x}\ncondition: s"), "filter.rules", "got a list", 7},
		{filterText("category: a", "rules: any\ns: {A: x}"), "filter.condition", "missing", 5},
		{filterText("category: a", "rules: any\ncondition: s"), "filter.condition", `no search identifier "s"`, 6},
		{filterText("category: a", "rules: any\ns: {A: x}\ncondition: [s, s]"), "filter.condition", "one condition", 7},
		{filterText("category: a", "rules: any\ns: {A|wrong: x}\ncondition: s"), "filter.s.A|wrong", "unknown modifier", 6},
	} {
		got := sigma.Parse("f.yml", []byte(c.text))
		if len(got.Filters) != 0 || len(got.Problems) != 1 {
			t.Errorf("%q: %d filters, problems %v", c.text, len(got.Filters), got.Problems)
			continue
		}
		if p := got.Problems[0]; p.Field != c.field || !strings.Contains(p.Reason, c.reason) || p.Line != c.line {
			t.Errorf("%q: refused with %v, want %q at %q, line %d", c.text, p, c.reason, c.field, c.line)
		}
	}
}

const prepared = ruleOne + "---\n" + ruleTwo + `---
title: Waits
id: 11111111-0000-4000-8000-000000000009
logsource: {category: test}
detection: {sel: {A|expand: '%x%'}, condition: sel}
---
title: All of the category
logsource: {category: test}
filter: {rules: any, selection: {U|expand: '%admins%'}, condition: not selection}
---
title: In vain
logsource: {category: test}
filter:
  rules:
    - 11111111-0000-4000-8000-000000000002
    - nobody
  selection: {A: x}
  condition: selection
---
title: Elsewhere
logsource: {product: none}
filter: {rules: any, selection: {A: x}, condition: selection}
`

func TestPrepareFillsAndFilters(t *testing.T) {
	c := sigma.Parse("all.yml", []byte(prepared))
	if len(c.Problems) > 0 || len(c.Rules) != 3 || len(c.Filters) != 3 {
		t.Fatalf("%d rules, %d filters, problems %v", len(c.Rules), len(c.Filters), c.Problems)
	}
	rules, problems := c.Prepare(sigma.Values{"x": {"z"}, "admins": {"root"}})
	if len(rules) != 3 || len(problems) != 3 {
		t.Fatalf("%d rules, problems %v", len(rules), problems)
	}
	for i, want := range []string{
		`all.yml:25: rule "In vain": filter.rules: does not apply to "11111111-0000-4000-8000-000000000002": that rule reads -/-/test and the filter test/-/-`,
		`all.yml:26: rule "In vain": filter.rules: names "nobody", which is no rule of the collection`,
		`all.yml:30: rule "Elsewhere": filter.rules: applies to no rule: none has the log source -/none/-`,
	} {
		if problems[i].Error() != want {
			t.Errorf("problem %v\nwant    %s", problems[i], want)
		}
	}
	e := compile(t, rules)
	for text, want := range map[string]int{`{"A":"x"}`: 1, `{"A":"x","U":"root"}`: 0, `{"A":"z"}`: 1, `{"A":"z","U":"root"}`: 0, `{"A":"y","U":"root"}`: 1} {
		if got := len(matches(t, e, text)); got != want {
			t.Errorf("%s: %d matches, want %d", text, got, want)
		}
	}
}

func TestPrepareLeavesOutWhatWaits(t *testing.T) {
	c := sigma.Parse("all.yml", []byte(prepared))
	rules, problems := c.Prepare(nil)
	if len(rules) != 2 || len(rules[0].Filters()) != 0 {
		t.Errorf("%d rules, filters %v", len(rules), rules[0].Filters())
	}
	var waits []string
	for _, p := range problems {
		if strings.HasPrefix(p.Reason, "waits for values") {
			waits = append(waits, p.Rule+" "+p.Reason)
		}
	}
	want := []string{
		"All of the category waits for values of placeholder %admins%",
		"11111111-0000-4000-8000-000000000009 waits for values of placeholder %x%",
	}
	if !slices.Equal(waits, want) {
		t.Errorf("waiting %q", waits)
	}
	if c.Rules[0].Filters() != nil {
		t.Error("the collection's own rules were changed")
	}
}

func TestFilterSurvivesExpanding(t *testing.T) {
	c := sigma.Parse("all.yml", []byte(prepared))
	f, problems := c.Filters[0].Expand(sigma.Values{"admins": {"root"}})
	if len(problems) > 0 || len(f.Placeholders()) > 0 || len(c.Filters[0].Placeholders()) != 1 {
		t.Fatalf("filter waits for %v, problems %v", f.Placeholders(), problems)
	}
	filtered, _ := c.Rules[2].Filtered([]*sigma.Filter{f})
	full, problems := filtered.Expand(sigma.Values{"x": {"z"}})
	if len(problems) > 0 || len(full.Filters()) != 1 {
		t.Fatalf("filters %v, problems %v", full.Filters(), problems)
	}
	if e := compile(t, []*sigma.Rule{full}); len(matches(t, e, `{"A":"z"}`)) != 1 || len(matches(t, e, `{"A":"z","U":"root"}`)) != 0 {
		t.Error("the filter is lost when placeholders are filled")
	}
}

func TestFilterDoesNotApplyToCorrelations(t *testing.T) {
	c := sigma.Parse("c.yml", []byte(filteredRule+`---
title: Many
name: many
correlation: {type: event_count, rules: [rule_one], group-by: [A], timespan: 5m, condition: {gte: 2}}
---
title: f
logsource: {product: windows}
filter: {rules: [many], selection: {A: x}, condition: not selection}
`))
	if len(c.Problems) > 0 || len(c.Correlations) != 1 {
		t.Fatalf("problems %v", c.Problems)
	}
	rules, problems := c.Prepare(nil)
	if len(rules) != 1 || len(rules[0].Filters()) != 0 || len(problems) != 1 || !strings.Contains(problems[0].Reason, "which is a correlation") {
		t.Errorf("filters %v, problems %v", rules[0].Filters(), problems)
	}
}

func TestFilterThatExcludesNothingIsOdd(t *testing.T) {
	for body, want := range map[string]int{
		"s: {A: x}\ncondition: s": 1, "s: {A|expand: '%x%'}\ncondition: s": 0, "s: {A: x}\nt: {B: x}\ncondition: s or 1 of t*": 1,
		"s: {A: x}\ncondition: not s": 0, "s: {A: x}\nt: {B: x}\ncondition: s and not t": 0,
		"s: {A|neq: x}\ncondition: s": 0, "s: {A|exists: false}\ncondition: s": 0, "s: {A|exists: true}\ncondition: s": 1,
	} {
		f := mustParseFilter(t, filterText("category: test", "rules: any\n"+body))
		got := 0
		for _, p := range f.Warnings() {
			if p.Field == "filter.condition" && strings.Contains(p.Reason, "excludes nothing") && p.File == "filter.yml" && p.Line == 1 {
				got++
			}
			if p.Field == "level" {
				t.Errorf("a filter has no level: %v", p)
			}
		}
		if got != want {
			t.Errorf("%q: %d warnings of its condition, want %d: %v", body, got, want, f.Warnings())
		}
	}
}

func TestAnyInAListIsTheNameOfARule(t *testing.T) {
	for rules, want := range map[string]bool{"any": false, "All": false, "[any]": true, "[r-1, ALL]": true, "[anything]": false} {
		c := sigma.Parse("f.yml", []byte("title: f\nid: 6f0e1c5a-2f8b-4f6e-9d57-3a1b2c4d5e6f\n"+windowsProcess+"filter:\n  rules: "+rules+"\n  s: {A: x}\n  condition: not s\n"))
		if len(c.Filters) != 1 {
			t.Fatalf("%s: problems %v", rules, c.Problems)
		}
		warnings := c.Filters[0].Warnings()
		if warned := len(warnings) == 1 && warnings[0].Field == "filter.rules" && warnings[0].Line == 5; warned != want || !warned && len(warnings) > 0 {
			t.Errorf("%s: warnings %v, want one: %v", rules, warnings, want)
		}
	}
}
