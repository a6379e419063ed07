package sigma_test

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

// generator writes rules and events over so small an alphabet that they meet.
type generator struct{ *rand.Rand }

func (g generator) pick(of ...string) string { return of[g.IntN(len(of))] }

func (g generator) text(alphabet string, length int) string {
	letters := strings.Split(alphabet, "")
	var b strings.Builder
	for range g.IntN(length + 1) {
		b.WriteString(g.pick(letters...))
	}
	return b.String()
}

const (
	eventLetters = `aAbBkéÉ日-/– .\*?1s`
	ruleLetters  = `aAbBkÉ日-/— .\*?1s`
	longLetters  = `abAB1`
)

func (g generator) scalar() sigma.Value {
	switch g.IntN(12) {
	case 0:
		return sigma.Value{Kind: sigma.Null}
	case 1, 2:
		return sigma.Value{Kind: sigma.Number, Text: fmt.Sprint(g.IntN(24) - 4)}
	case 3:
		return sigma.Value{Kind: sigma.Bool, Text: g.pick("true", "false")}
	case 4:
		return sigma.Value{Kind: sigma.String, Text: g.pick("10.0.0.1", "10.0.0.9", "::1", "YWI=", "QWIx", "b\nab\n")}
	case 5:
		return sigma.Value{Kind: sigma.String, Text: g.text(longLetters, 14)}
	}
	return sigma.Value{Kind: sigma.String, Text: g.text(eventLetters, 8)}
}

func (g generator) event() event {
	ev := event{}
	for _, field := range []string{"A", "B", "C"} {
		switch g.IntN(6) {
		case 0: // absent
		case 1:
			list := sigma.Value{Kind: sigma.List}
			for range g.IntN(4) {
				list.List = append(list.List, g.scalar())
			}
			ev[field] = list
		default:
			ev[field] = g.scalar()
		}
	}
	return ev
}

// line writes one line of a detection, as a key and JSON, which is YAML.
func (g generator) line(keyword bool) (string, any) {
	field := g.pick("A", "B", "C")
	modifiers := ""
	values := func() any { return g.text(ruleLetters, 5) }
	switch g.IntN(16) {
	case 0:
		modifiers, values = "|re"+g.pick("", "|i", "|s", "|i|m"), func() any {
			return g.pick("a.b", "[ab]+k", "^a", "1$", "(aa|bb)b", "a{2,}b", "ab+a", "\\d-", "aba|bab", "(?:abab)+", "s")
		}
	case 1:
		modifiers, values = "|cidr", func() any { return g.pick("10.0.0.0/29", "::/64", "10.0.0.9/32") }
	case 2:
		modifiers, values = g.pick("|gt", "|gte", "|lt", "|lte"), func() any { return g.IntN(20) - 4 }
	case 3:
		return field + "|exists", g.IntN(2) == 0
	case 4:
		modifiers = "|fieldref" + g.pick("", "|cased", "|startswith", "|contains")
		values = func() any { return g.pick("A", "B", "D") }
	case 5:
		modifiers = g.pick("|base64", "|base64offset|contains", "|wide|base64offset|contains", "|base64|startswith")
		values = func() any { return g.pick("ab", "Ab1", "bab", "abab1") }
	case 6:
		values = func() any { return g.IntN(24) - 4 }
	case 7:
		modifiers, values = g.pick("|contains", "|startswith", "|endswith", ""), func() any { return g.text(longLetters, 6) }
	default:
		modifiers = g.pick("", "", "|contains", "|startswith", "|endswith") + g.pick("", "", "|windash") + g.pick("", "", "|cased")
	}
	if keyword {
		field, modifiers, values = "", g.pick("", "|contains", "|cased", "|re"), func() any { return g.text(longLetters, 5) }
	}
	return g.list(field+modifiers, values)
}

func (g generator) list(key string, values func() any) (string, any) {
	if g.IntN(3) > 0 {
		return key, values()
	}
	if joint := g.IntN(4); joint == 0 {
		key += "|all"
	} else if joint == 1 && key != "" && !strings.HasPrefix(key, "|") && !strings.ContainsAny(key, "gl") {
		key += "|neq"
	}
	var list []any
	for range 1 + g.IntN(3) {
		list = append(list, values())
	}
	if strings.Contains(key, "|all") && len(list) == 1 {
		list = append(list, values())
	}
	return key, list
}

func (g generator) search() any {
	if g.IntN(8) == 0 {
		return []any{g.text(longLetters, 4), g.text(longLetters, 4)}
	}
	fields := func() any {
		out := map[string]any{}
		for range 1 + g.IntN(3) {
			key, value := g.line(g.IntN(10) == 0)
			out[key] = value
		}
		return out
	}
	if g.IntN(4) == 0 {
		return []any{fields(), fields()}
	}
	return fields()
}

func (g generator) condition(depth int) string {
	if depth == 0 {
		return g.pick("sa", "sb", "_c", "1 of them", "all of s*", "2 of *", "any of _*", "all of them")
	}
	a, b := g.condition(depth-1), g.condition(depth-1)
	return g.pick(a, a+" and "+b, a+" or "+b, "not "+a, "("+a+" or "+b+") and "+a, "not ("+a+" and "+b+")")
}

func (g generator) rule() string {
	detection, _ := json.Marshal(map[string]any{
		"sa": g.search(), "sb": g.search(), "_c": g.search(), "condition": g.condition(g.IntN(3)),
	})
	return "title: generated\nlogsource: {category: test}\ndetection: " + string(detection) + "\n"
}

func TestEngineEqualsPlainEvaluatorOnGeneratedRules(t *testing.T) {
	g := generator{rand.New(rand.NewPCG(2, 7))}
	var events []event
	for range 60 {
		events = append(events, g.event())
	}
	rounds, compared, held, refused := 60, 0, 0, 0
	if testing.Short() {
		rounds = 10
	}
	for range rounds {
		var rules []*sigma.Rule
		var plain []*plainRule
		for len(rules) < 50 {
			text := g.rule()
			parsed, problems := parseRules("generated.yml", []byte(text))
			if len(problems) > 0 {
				refused++
				continue
			}
			parsed[0].Description = text
			rules, plain = append(rules, parsed[0]), append(plain, newPlainRule(t, text))
		}
		e := compile(t, rules)
		for _, ev := range events {
			held += compareWithPlain(t, e, rules, plain, ev)
			compared += len(rules)
		}
	}
	t.Logf("%d decisions, %d of them matches, %d rules refused", compared, held, refused)
	if held < compared/20 || held > compared*19/20 || refused > compared/100 {
		t.Error("the generated rules prove too little")
	}
}

// compareWithPlain returns the number of matches of the engine.
func compareWithPlain(t *testing.T, e *sigma.Engine, rules []*sigma.Rule, plain []*plainRule, ev event) int {
	t.Helper()
	got := map[*sigma.Rule]bool{}
	for _, m := range match(e, ev) {
		got[m.Rule] = true
	}
	for i, rule := range rules {
		if want := plain[i].matches(ev); want != got[rule] {
			t.Fatalf("engine says %v, plain evaluator %v\n%s %s\nevent %+v", got[rule], want, rule.ID, rule.Description, ev)
		}
	}
	return len(got)
}

func TestEngineEqualsPlainEvaluatorOnRealRules(t *testing.T) {
	rules := ready(t, loadZip(t, ""))
	var plain []*plainRule
	texts := zipTexts(t, sharedFile(t, "sigma", "sigma_all_rules.zip"))
	for _, rule := range rules {
		plain = append(plain, newPlainRule(t, texts[rule.File]))
	}
	e := compile(t, rules)
	events := windowsEvents(t)
	step, held := 401, 0
	if testing.Short() {
		step = 997
	}
	for i := 0; i < len(events); i += step {
		held += compareWithPlain(t, e, rules, plain, events[i])
	}
	t.Logf("%d rules on every %dth event: %d matches without routing", len(rules), step, held)
}

func zipTexts(t *testing.T, path string) map[string]string {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	out := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[path+"/"+f.Name] = string(data)
	}
	return out
}
