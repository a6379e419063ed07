package sigma_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

func mustParseValues(t testing.TB, text string) sigma.Values {
	t.Helper()
	values, problems := sigma.ParseValues("values.yml", []byte(text))
	if len(problems) > 0 {
		t.Fatalf("values: %v", problems)
	}
	return values
}

func TestRuleWithPlaceholdersWaits(t *testing.T) {
	rules := mustParse(t, ruleText("sel:\n  A|expand: '%servers%-%site%'\n  B|contains|expand: '%servers%'"))
	rule := rules[0]
	if got := rule.Placeholders(); !slices.Equal(got, []string{"servers", "site"}) {
		t.Errorf("waits for %v", got)
	}
	e, problems := sigma.Compile(rules)
	if len(problems) != 2 || len(matches(t, e, `{"A":"%servers%-%site%","B":"%servers%"}`)) != 0 {
		t.Errorf("compiled all the same, problems %v", problems)
	}
	want := `test.yml:5: rule "test": detection.sel.A|expand: waits for values of placeholder %servers%`
	if problems[0].Error() != want {
		t.Errorf("problem %v\nwant    %s", problems[0], want)
	}
	half, problems := rule.Expand(sigma.Values{"servers": {"srv*"}})
	if half != nil || len(problems) != 1 || !strings.Contains(problems[0].Reason, "%site%") {
		t.Errorf("half of the values gives %v, problems %v", half, problems)
	}
	full, problems := rule.Expand(sigma.Values{"servers": {"srv*", "db1"}, "site": {"x", "y"}, "more": {"z"}})
	if len(problems) > 0 || len(full.Placeholders()) != 0 {
		t.Fatalf("all values give problems %v", problems)
	}
	e = compile(t, []*sigma.Rule{full})
	for text, want := range map[string]int{
		`{"A":"srv12-x","B":"a srv"}`: 1, `{"A":"db1-y","B":"db1"}`: 1, `{"A":"db1-z","B":"db1"}`: 0, `{"A":"db2-x","B":"db1"}`: 0,
	} {
		if got := len(matches(t, e, text)); got != want {
			t.Errorf("%s: %d matches, want %d", text, got, want)
		}
	}
	if len(rule.Placeholders()) != 2 {
		t.Error("the rule itself was changed")
	}
}

func TestExpandRefusesWhatTheModifiersRefuse(t *testing.T) {
	for _, c := range []struct{ line, value, reason string }{
		{"A|cidr|expand: '%x%'", "here", "not a network"},
		{"A|gt|expand: '%x%'", "many", "takes a number"},
		{"A|hour|expand: '%x%'", "24", "from 0 to 23"},
		{"A|expand|base64: '%x%'", "a*", "wildcards cannot be encoded"},
		{"A|fieldref|expand: '%x%'", "B*", "without wildcards"},
	} {
		rule := mustParse(t, ruleText("sel: {"+c.line+"}"))[0]
		out, problems := rule.Expand(sigma.Values{"x": {c.value}})
		if out != nil || len(problems) != 1 || !strings.Contains(problems[0].Reason, c.reason) || problems[0].Line != 4 {
			t.Errorf("%s with %s: %v, problems %v", c.line, c.value, out, problems)
		}
	}
}

func TestExpandIsBounded(t *testing.T) {
	for _, c := range []struct {
		value, reason string
		values        []string
	}{
		{strings.Repeat("%x%", 8), "more than 100000 values", make([]string, 400)},
		{strings.Repeat("%x%", 100), "", []string{"a"}},
		{strings.Repeat("%x%", 101), "more than 100 placeholders", []string{"a"}},
		{strings.Repeat("%x%", 20_000), "more than 100 placeholders", []string{"a"}},
		{strings.Repeat("%x%", 100), "placeholders stand for more than 100000 values, or fewer but too long", []string{strings.Repeat("a", 200_000)}},
		{strings.Repeat("%x%", 16) + strings.Repeat("%y%", 80), "fewer but too long", []string{"a", "b"}},
		{"%x%", "", make([]string, 50_000)},
	} {
		values := sigma.Values{"x": c.values, "y": {"z"}}
		rules, problems := parseRules("r.yml", []byte(ruleText("sel: {A|expand: '"+c.value+"'}")))
		if len(rules) == 1 {
			_, problems = rules[0].Expand(values)
		}
		if c.reason == "" && len(problems) == 0 {
			continue
		}
		if len(problems) != 1 || c.reason == "" || !strings.Contains(problems[0].Reason, c.reason) {
			t.Errorf("%.20s of %d values: problems %v, want %q", c.value, len(c.values), problems, c.reason)
		}
	}
}

func TestExpandWithoutPlaceholderWarns(t *testing.T) {
	values := sigma.Values{"x": {"1"}, "a b": {"2"}}
	for value, want := range map[string]string{
		"'%x%'": "", "['%x%', plain]": "", "'%a b%'": "", `'\%y %x%'`: "",
		"plain": "no placeholder", "'%'": "no placeholder", "'% x%'": "no placeholder", "7": "no placeholder", `'\%x%'`: "no placeholder",
		"['%x%', '100%']": `a percent sign of "100%"`, "'%x% 5% or 6 %'": "a percent sign of",
	} {
		rule := mustParse(t, ruleText("sel: {A|expand: "+value+"}"))[0]
		for range 2 {
			var got []string
			for _, p := range rule.Warnings() {
				if p.Line == 4 && p.Field == "detection.sel.A|expand" {
					got = append(got, p.Reason)
				}
			}
			if all := strings.Join(got, "; "); (want == "") != (all == "") || !strings.Contains(all, want) {
				t.Errorf("%s: warnings %q, want %q", value, all, want)
			}
			rule, _ = rule.Expand(values)
		}
	}
}

func TestParseValues(t *testing.T) {
	values := mustParseValues(t, "# ours\nservers: [srv*, 'db\\*']\nport: 443\nadmins: root\nflag: true\n")
	want := map[string][]string{"servers": {"srv*", `db\*`}, "port": {"443"}, "admins": {"root"}, "flag": {"true"}}
	for name, list := range want {
		if !slices.Equal(values[name], list) {
			t.Errorf("%s: %q, want %q", name, values[name], list)
		}
	}
	if len(values) != len(want) {
		t.Errorf("values %v", values)
	}
}

func TestParseValuesRefuses(t *testing.T) {
	for _, c := range []struct {
		text, field, reason string
		line                int
	}{
		{"a: b\nc: []\n", "c", "empty list", 2},
		{"a: b\nc:\n", "c", "got null", 2},
		{"a: b\nc:\n  - x\n  - {d: e}\n", "c", "got a map", 4},
		{"a: b\nc: [[x]]\n", "c", "got a list", 2},
		{"a: b\n'%c%': x\n", "%c%", "without percent signs", 2},
		{"a: b\n' c': x\n", " c", "nothing blank around", 2},
		{"a: b\n\"c\\nd\": x\n", "c\nd", "in one line", 2},
		{"a: b\n'': x\n", "", "no name of a placeholder", 2},
		{"- a\n", "", "want a map", 1},
		{"a: b\n---\nc: d\n", "", "second document", 2},
		{"a: [\n", "", "not valid YAML", 1},
		{"a: b\na: c\n", "", "already defined", 2},
		{"", "", "no document", 0},
		{"a: \xff\n", "", "UTF-8", 0},
	} {
		_, problems := sigma.ParseValues("v.yml", []byte(c.text))
		if len(problems) != 1 {
			t.Errorf("%q: problems %v", c.text, problems)
			continue
		}
		if p := problems[0]; p.Field != c.field || !strings.Contains(p.Reason, c.reason) || p.Line != c.line || p.File != "v.yml" {
			t.Errorf("%q: refused with %v, want %q at %q, line %d", c.text, p, c.reason, c.field, c.line)
		}
	}
	values, _ := sigma.ParseValues("v.yml", []byte("c: []\na: b\n"))
	if !slices.Equal(values["a"], []string{"b"}) {
		t.Error("a bad name takes the good ones with it")
	}
}
