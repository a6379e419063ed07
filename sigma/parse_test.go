package sigma_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

const fullRule = `# a comment before the document
title: Every key
id: 22222222-0000-4000-8000-000000000001
related:
    - id: 22222222-0000-4000-8000-000000000002
      type: derived
status: Test
taxonomy: sigma
license: Apache-2.0
scope: [server]
description: |
    Two lines
    of text.
references:
    - https://example.org/a
author: somebody
date: 2024-01-31
modified: 2024/02/01
tags: [attack.execution, attack.t1059.001]
logsource: {category: Process_Creation, product: windows, definition: any}
detection:
    sel:
        Image|endswith: '\a.exe'
    condition: sel
fields: [Image]
falsepositives: Unlikely
level: high
custom: {anything: [goes, here]}
`

func TestParseReadsEveryKey(t *testing.T) {
	got := *mustParse(t, fullRule)[0]
	want := sigma.Meta{
		ID: "22222222-0000-4000-8000-000000000001", Title: "Every key", Status: "test", License: "Apache-2.0", Scope: []string{"server"},
		Description: "Two lines\nof text.\n", Author: "somebody", Date: "2024-01-31", Modified: "2024/02/01",
		Level: sigma.LevelHigh, Tags: []string{"attack.execution", "attack.t1059.001"},
		References: []string{"https://example.org/a"}, FalsePositives: []string{"Unlikely"}, Fields: []string{"Image"},
		Related: []sigma.Related{{ID: "22222222-0000-4000-8000-000000000002", Type: "derived"}},
		File:    "test.yml", Line: 2,
	}
	if got.Definition != "any" || got.LogSource != (sigma.LogSource{Category: "process_creation", Product: "windows"}) {
		t.Errorf("log source %v, definition %q", got.LogSource, got.Definition)
	}
	gv, wv := reflect.ValueOf(got.Meta), reflect.ValueOf(want)
	for i := range gv.NumField() {
		if f := gv.Type().Field(i); f.IsExported() && !reflect.DeepEqual(gv.Field(i).Interface(), wv.Field(i).Interface()) {
			t.Errorf("%s is %v, want %v", f.Name, gv.Field(i), wv.Field(i))
		}
	}
}

func TestParseKeepsGoodDocumentsBesideBadOnes(t *testing.T) {
	good := ruleText("sel: {A: x}")
	text := "\xef\xbb\xbf%YAML 1.2\n---\n" + good + "...\n---\nnot: [closed\n--- # comment\n" +
		strings.ReplaceAll(good, "\n", "\r\n") + "---\n- a list\n"
	rules, problems := parseRules("many.yml", []byte(text))
	if len(rules) != 2 || rules[1].Document != 2 {
		t.Errorf("rules %v", rules)
	}
	if len(problems) != 2 || problems[0].Line < 9 || problems[0].Line > 11 ||
		!strings.Contains(problems[0].Reason, "not valid YAML") || !strings.Contains(problems[1].Reason, "want a map, got a list") {
		t.Errorf("problems %v", problems)
	}
}

func TestParseRefusesWhatIsNoRule(t *testing.T) {
	detection := "detection: {sel: {A: x}, condition: sel}\n"
	for _, c := range []struct{ text, field, reason string }{
		{"title: x\nlogsource: {category: a}\n", "detection", "missing, so this is not a Sigma rule"},
		{"title: x\nlogsource: {category: a}\ndetection: [a]\n", "detection", "want a map"},
		{"title: x\nlogsource: {category: a}\ndetection: {sel: {A: x}}\n", "detection.condition", "missing"},
		{"logsource: {category: a}\n" + detection, "title", "missing"},
		{"title: [x]\nlogsource: {category: a}\n" + detection, "title", "want a text, got a list"},
		{"title: x\n" + detection, "logsource", "missing"},
		{"title: x\nlogsource: {definition: a}\n" + detection, "logsource", "needs a category"},
		{"title: x\nlogsource: {category: [a]}\n" + detection, "category", "want a text"},
		{"title: x\nlevel: urgent\nlogsource: {category: a}\n" + detection, "level", `unknown level "urgent"`},
		{"title: x\ntags: {a: b}\nlogsource: {category: a}\n" + detection, "tags", "want a text, got a map"},
		{"title: x\ntags: [[a]]\nlogsource: {category: a}\n" + detection, "tags", "got a list in it"},
		{"title: x\nrelated: a\nlogsource: {category: a}\n" + detection, "related", "want a list"},
		{"title: ' '\nlogsource: {category: a}\n" + detection, "title", "missing"},
		{"title: x\nstatus: ready\nlogsource: {category: a}\n" + detection, "status", `"ready" is not known, want stable, test`},
		{"title: x\ntaxonomy: ecs\nlogsource: {category: a}\n" + detection, "taxonomy", `"ecs" is not known, want sigma`},
		{"title: x\ndate: 31.01.2024\nlogsource: {category: a}\n" + detection, "date", "not a date"},
		{"title: x\nmodified: 2023-02-29\nlogsource: {category: a}\n" + detection, "modified", "not a date"},
		{"title: x\nlicense: [a]\nlogsource: {category: a}\n" + detection, "license", "want a text"},
		{"title: x\nscope: {a: b}\nlogsource: {category: a}\n" + detection, "scope", "want a text"},
		{"title: x\nrelated: [{id: a, type: cousin}]\nlogsource: {category: a}\n" + detection, "type", `"cousin" is not known`},
		{"title: x\nrelated: [{id: a}]\nlogsource: {category: a}\n" + detection, "related", "needs an id and a type"},
		{"title: x\nlogsource: {category: a, definition: [b]}\n" + detection, "definition", "want a text"},
		{"title: x\nrelated: [a]\nlogsource: {category: a}\n" + detection, "related", "want maps"},
		{"title: x\ncorrelation: {type: event_count}\n", "correlation.rules", "missing"},
		{"action: global\ntitle: x\n", "action", "not part of Sigma 2"},
		{"title: x\nlogsource: *nothing\n" + detection, "", "names no anchor"},
		{"title: !mine x\nlogsource: {category: a}\n" + detection, "", "tag !mine is not used"},
		{"", "", "no document"},
		{"title: \xff\n", "", "not valid UTF-8"},
	} {
		rules, problems := parseRules("r.yml", []byte(c.text))
		if len(rules) != 0 || len(problems) != 1 {
			t.Errorf("%q: %d rules, problems %v", c.text, len(rules), problems)
			continue
		}
		if p := problems[0]; p.Field != c.field || !strings.Contains(p.Reason, c.reason) {
			t.Errorf("%q: refused with %q at %q, want %q at %q", c.text, p.Reason, p.Field, c.reason, c.field)
		}
	}
}

func TestParseResolvesAliases(t *testing.T) {
	rules := mustParse(t, ruleText("sel: {A: &list [x, y]}\nother: {B: *list}\ncondition: other"))
	e := compile(t, rules)
	if len(matches(t, e, `{"B":"y"}`)) != 1 || len(matches(t, e, `{"B":"z"}`)) != 0 {
		t.Error("an alias does not stand for its anchor")
	}
}

func TestAliasesCannotMultiplyARule(t *testing.T) {
	for name, c := range map[string]struct{ anchor, use string }{
		"many values":     {"F: &l [" + strings.Repeat("x,", 2000) + "x]", "F"},
		"a long text":     {"F: &l " + strings.Repeat("x", 100_000), "F|contains"},
		"a costly regexp": {"F|re: &l '(?:a{30}){30}(?:b{30}){20}'", "F|re"},
	} {
		var b strings.Builder
		b.WriteString("a: {" + c.anchor + "}\nsel:\n")
		for range 2000 {
			b.WriteString("- {" + c.use + ": *l}\n")
		}
		_, problems := parseRules("bomb.yml", []byte(ruleText(b.String())))
		if len(problems) != 1 || !strings.Contains(problems[0].Reason, "values in one rule") {
			t.Errorf("%s: problems %.200v", name, problems)
		}
	}
	_, problems := parseRules("bomb.yml", []byte(ruleText("sel: {A|re: '(?:a{30}){30}(?:(?:b{30}){30}){60}'}")))
	if len(problems) != 1 {
		t.Error("an expression of a million states is not refused")
	}
}

func TestLevels(t *testing.T) {
	for level := sigma.LevelInformational; level <= sigma.LevelCritical; level++ {
		data, err := json.Marshal(level)
		if err != nil || string(data) != `"`+level.String()+`"` {
			t.Errorf("%v is %s in JSON: %v", level, data, err)
		}
		var back sigma.Level
		if err := json.Unmarshal(data, &back); err != nil || back != level {
			t.Errorf("%s reads back as %v: %v", data, back, err)
		}
	}
	var level sigma.Level
	if err := json.Unmarshal([]byte(`"urgent"`), &level); err == nil {
		t.Error("an unknown level is read")
	}
	if _, err := json.Marshal(sigma.Level(9)); err == nil {
		t.Error("a level that does not exist is written")
	}
	if got := mustParse(t, ruleText("sel: {A: x}"))[0].Level; got != sigma.LevelMedium {
		t.Errorf("a rule without a level is %v, want medium", got)
	}
}
