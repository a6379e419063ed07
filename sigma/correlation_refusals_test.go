package sigma_test

import (
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

// complete fills in what a section leaves out, so that each case shows one
// fault only.
func complete(section string) string {
	for _, line := range []string{"type: event_count", "rules: [a, b]", "group-by: [User]", "timespan: 1m", "condition: {gte: 2}"} {
		key, _, _ := strings.Cut(line, " ")
		if !strings.Contains("\n"+section, "\n"+key) {
			section += "\n" + line
		}
	}
	return strings.ReplaceAll(section, "\n\n", "\n")
}

func TestCorrelationRefusals(t *testing.T) {
	for _, c := range []struct{ section, field, reason string }{
		{"type: value_median\ncondition: {field: F, gte: 1}", "type", "percentile: 50"},
		{"type: near", "type", "unknown correlation type"},
		{"type:", "type", "missing"},
		{"rules: []", "rules", "empty"},
		{"rules:", "rules", "missing"},
		{"rules: [a, a]", "rules", "given twice"},
		{"rules: [a, [b]]", "rules", "want a text, got a list"},
		{"rules: [a, '']", "rules", "an empty text"},
		{"rules: [" + strings.Repeat("x,", 65) + "]", "rules", "more than 64"},
		{"group-by:", "group-by", "write []"},
		{"group-by: {a: b}", "group-by", "want a text"},
		{"group-by: [A, A]", "group-by", "given twice"},
		{"timespan:", "timespan", "missing"},
		{"timespan: 5", "timespan", "want a number and"},
		{"timespan: 0s", "timespan", "holds no time"},
		{"timespan: -5s", "timespan", "want a number and"},
		{"timespan: +5s", "timespan", "want a number and"},
		{"timespan: 1.5h", "timespan", "want a number and"},
		{"timespan: 5M", "timespan", "want a number and"},
		{"timespan: 1w", "timespan", "want a number and"},
		{"timespan: 1h30m", "timespan", "want a number and"},
		{"timespan: 5 m", "timespan", "want a number and"},
		{"timespan: [5m]", "timespan", "want a number and"},
		{"timespan: 367d", "timespan", "longer than 366 days"},
		{"timespan: 99999999999999999999s", "timespan", "want a number and"},
		{"timeframe: 5m", "timeframe", "unknown"},
		{"generate: maybe", "generate", "want true or false"},
		{"aliases: [a]", "aliases", "want a map"},
		{"aliases: {x: a}", "aliases.x", "want a map of rules"},
		{"aliases: {x: {a: [f]}}", "aliases.x.a", "want the name of a field"},
		{"condition:", "condition", "missing"},
		{"condition: [a]", "condition", "want a map, got a list"},
		{"condition: a and b", "condition", "for temporal types only"},
		{"condition: {}", "condition", "needs one of"},
		{"condition: {gte: many}", "condition.gte", "want a number"},
		{"condition: {gte: '5'}", "condition.gte", "want a number"},
		{"condition: {gte: 1.5}", "condition", "want a count"},
		{"condition: {gte: -1}", "condition", "want a count"},
		{"condition: {gte: 1000001}", "condition", "want a count"},
		{"condition: {ge: 1}", "condition.ge", "unknown"},
		{"condition: {gt: 1, gte: 2}", "condition.gte", "one bound of each side"},
		{"condition: {eq: 1, lt: 2}", "condition.lt", "one bound of each side"},
		{"condition: {lt: 2, eq: 1}", "condition.eq", "one bound of each side"},
		{"condition: {neq: 1, lt: 2}", "condition", "stand alone"},
		{"condition: {gte: 5, lt: 5}", "condition", "no number lies between"},
		{"condition: {gt: 5, lt: 6}", "condition", "no count can hold"},
		{"condition: {gte: 0}", "condition", "every count holds"},
		{"condition: {eq: 0}", "condition", "holds only where nothing happens"},
		{"condition: {lt: 1}", "condition", "holds only where nothing happens"},
		{"condition: {lt: 0}", "condition", "no count can hold"},
		{"condition: {gte: 1, field: F}", "condition.field", "looks at no field"},
		{"condition: {gte: 1, percentile: 5}", "condition.percentile", "has none"},
		{"type: value_count", "condition.field", "missing"},
		{"type: value_count\ncondition: {gte: 1, field: [F, F]}", "condition.field", "given twice"},
		{"type: value_count\ncondition: {field: F}", "condition", "needs one of"},
		{"type: value_sum\ncondition: {gte: 1, field: [F, G]}", "condition.field", "takes one field"},
		{"type: value_percentile\ncondition: {gte: 1, field: F, percentile: 0}", "condition.percentile", "more than 0"},
		{"type: value_percentile\ncondition: {gte: 1, field: F, percentile: 100.1}", "condition.percentile", "at most 100"},
		{"type: value_avg\ncondition: {gt: 5, lt: 5, field: F}", "condition", "no number lies between"},
		{"type: temporal\ncondition: {gte: 3}", "condition", "no count can hold"},
		{"type: temporal\ncondition: {neq: 5}", "condition", "every count holds"},
		{"type: temporal_ordered\ncondition: {gte: 1}", "condition", "has to want all 2 rules"},
		{"type: temporal_ordered\ncondition: {neq: 1}", "condition", "has to want all 2 rules"},
		{"type: temporal\ncondition: a", "condition", `does not speak of the rule "b"`},
		{"type: temporal\ncondition: a and c", "condition", `"c" is not one of the rules`},
		{"type: temporal\ncondition: a and", "condition", "ends where"},
		{"type: temporal\ncondition: a b", "condition", `"b" stands where`},
		{"type: temporal\ncondition: (a and b", "condition", "not closed"},
		{"type: temporal\ncondition: a and b)", "condition", `")" stands where`},
		{"type: temporal\ncondition: 1 of them", "condition", "of is not defined"},
		{"type: temporal\ncondition: not a and not b", "condition", "holds where nothing happens"},
		{"type: temporal\ncondition: a or not b", "condition", "holds where nothing happens"},
		{"type: temporal\ncondition: a and not a and b", "condition", "can never hold"},
		{"type: temporal\ncondition: " + strings.Repeat("(", 300) + "a and b" + strings.Repeat(")", 300), "condition", "nested deeper"},
	} {
		text := correlationText("x", complete(c.section))
		parsed := sigma.Parse("x.yml", []byte(text))
		if len(parsed.Problems) != 1 || len(parsed.Correlations) > 0 {
			t.Errorf("%s: problems %v", c.section, parsed.Problems)
			continue
		}
		p := parsed.Problems[0]
		if p.Field != "correlation."+c.field || !strings.Contains(p.Reason, c.reason) || p.Line < 5 || p.Rule != "id-x" || p.File != "x.yml" {
			t.Errorf("%s: refused with %q, want %q at %q", c.section, p, c.reason, c.field)
		}
	}
}

func TestCorrelationsAreNothingElseToo(t *testing.T) {
	for _, c := range []struct{ root, field string }{
		{"detection: {sel: {A: x}, condition: sel}\n", "detection"},
		{"logsource: {category: a}\n", "logsource"},
		{"filter: {rules: any}\n", "filter"},
		{"taxonomy: ecs\n", "taxonomy"},
		{"generate: true\n", "correlation.generate"},
		{"generate: 1\n", "generate"},
	} {
		parsed := sigma.Parse("x.yml", []byte(correlationText("x", complete("generate: false"))+c.root))
		if len(parsed.Problems) != 1 || !strings.HasSuffix(parsed.Problems[0].Field, c.field) {
			t.Errorf("%s: %v", c.root, parsed.Problems)
		}
	}
	if parsed := sigma.Parse("x.yml", []byte("title: x\ncorrelation: []\n")); len(parsed.Problems) != 1 {
		t.Error("a list passes for a correlation")
	}
	parsed := sigma.Parse("x.yml", []byte(correlationText("x", complete(""))+"taxonomy: sigma\ngenerate: true\nlevel: high\n"))
	if len(parsed.Problems) > 0 || !parsed.Correlations[0].Generate || parsed.Correlations[0].Level != sigma.LevelHigh {
		t.Errorf("%v %+v", parsed.Problems, parsed.Correlations)
	}
}

// An expression may not take more time than it is worth.
func TestExpressionsAreBounded(t *testing.T) {
	var names, parts []string
	for i := range 60 {
		names = append(names, "r"+strings.Repeat("x", i))
	}
	for i := 0; i < 60; i += 3 {
		parts = append(parts, "("+strings.Join(names[i:i+3], " or ")+")")
	}
	text := correlationText("x", complete("type: temporal\nrules: ["+strings.Join(names, ", ")+"]\ncondition: "+strings.Join(parts, " and ")))
	parsed := sigma.Parse("x.yml", []byte(text))
	if len(parsed.Problems) != 1 || !strings.Contains(parsed.Problems[0].Reason, "more than 256 ways") {
		t.Error(parsed.Problems)
	}
}

func TestLinkingRefuses(t *testing.T) {
	again := correlationText("x", complete(""))
	for _, c := range []struct {
		says   string
		texts  []string
		reason []string
	}{
		{"an unknown rule", []string{correlationText("x", complete("rules: [a, z]"))}, []string{`is called "z"`}},
		{"a name of two rules", []string{correlationText("a", complete("rules: [b]")), correlationText("x", complete(""))}, []string{`2 rules or correlations are called "a"`}},
		{"one rule by id and by name", []string{correlationText("x", complete("rules: [a, id-a]"))}, []string{"given already"}},
		{"the same id twice", []string{again, again}, []string{"the same id"}},
		{"itself", []string{correlationText("x", complete("rules: [x]"))}, []string{"refers to itself: id-x → id-x"}},
		{
			"a circle, and what is above it",
			[]string{correlationText("x", complete("rules: [y]")), correlationText("y", complete("rules: [z]")), correlationText("z", complete("rules: [a, y]")), correlationText("good", complete(""))},
			[]string{"itself: id-y → id-z → id-y", "itself: id-y → id-z → id-y", `refers to "id-y", which was refused`},
		},
		{"a refused one", []string{correlationText("x", complete("rules: [y]")), correlationText("y", complete("rules: [z]"))}, []string{`is called "z"`, `refers to "id-y", which was refused`}},
		{"an alias of another rule", []string{correlationText("x", complete("aliases: {U: {c: V}}"))}, []string{`"c" is not one of the rules`}},
		{"two aliases of one rule", []string{correlationText("x", complete("aliases: {U: {a: V, id-a: W}}"))}, []string{"given already"}},
	} {
		parsed := sigma.Parse("x.yml", []byte(strings.Join(c.texts, "---\n")))
		if len(parsed.Problems) > 0 {
			t.Fatal(parsed.Problems)
		}
		correlator, problems := sigma.NewCorrelator(parsed.Correlations, lettered(), sigma.Limits{})
		for i, p := range problems {
			if i >= len(c.reason) || !strings.Contains(p.Reason, c.reason[i]) || p.Line == 0 || p.File == "" || p.Rule == "" || p.Field == "" {
				t.Errorf("%s: refused with %q", c.says, p)
			}
		}
		if len(problems) != len(c.reason) || len(correlator.Stats())+len(problems) != len(c.texts) {
			t.Errorf("%s: problems %v", c.says, problems)
		}
	}
}

func TestWhatIsWatched(t *testing.T) {
	b := newBench(
		t, sigma.Limits{},
		correlationText("x", "type: value_count\nrules: [id-a, b]\ngroup-by: [User, Host]\ntimespan: 1m\naliases: {Host: {b: Computer}}\ncondition: {field: F, gte: 2}"),
		correlationText("y", "type: temporal\nrules: [x, c]\ngroup-by: [Domain]\ntimespan: 1m\naliases: {Domain: {x: Realm}}\ngenerate: true"),
		correlationText("z", "type: event_count\nrules: [b, c]\ngroup-by: [User]\ntimespan: 1m\ncondition: {gte: 2}"),
	)
	for name, want := range map[string]string{"a": "Host,User,F,Realm", "b": "Computer,User,F,Realm", "c": "Domain,User", "d": ""} {
		r := b.rules[name]
		got := strings.Join(b.Fields(r), ",")
		if sorted(got) != sorted(want) || b.Watches(r) != (want != "") || b.Silent(r) != (name == "a" || name == "b") {
			t.Errorf("%s: fields %s, watched %v, silent %v", name, got, b.Watches(r), b.Silent(r))
		}
	}
	if b.Observe(sigma.Observation{Rule: b.rules["d"]}) != nil || b.Watches(nil) {
		t.Error("a rule that nothing counts is watched")
	}
}
