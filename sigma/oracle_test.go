package sigma_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/noroshi-soc/noroshi/sigma"
)

// plainRule evaluates a rule straight from its YAML, without an index,
// without slots and with every text turned into a regular expression. It
// shares no code with the engine and is what the engine is held against. It
// only understands rules that the engine has accepted.
type plainRule struct {
	searches  map[string]plainSearch
	names     []string
	condition [][]string // words
	filters   []*plainRule
}

// plainSearch holds where one of its maps does: all lines of it.
type plainSearch [][]plainLine

// plainLine is a line of a detection; without a field it is about keywords.
// Each value is several tests where a placeholder stands for several texts.
type plainLine struct {
	field     string
	modifiers []string
	values    [][]plainTest
	absent    bool // exists: false
}

// plainTest looks at one text of the event; the event is there for fieldref.
// It is nil for null and for exists, which look at the field.
type plainTest func(text string, ev event) bool

func newPlainRule(t testing.TB, text string, values sigma.Values, filters ...string) *plainRule {
	t.Helper()
	var doc struct {
		Detection, Filter yaml.MapSlice
	}
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("plain evaluator: %v\n%s", err, text)
	}
	p := &plainRule{searches: map[string]plainSearch{}}
	for _, entry := range append(doc.Detection, doc.Filter...) {
		name := fmt.Sprint(entry.Key)
		switch name {
		case "rules":
		case "condition":
			for _, c := range asList(entry.Value) {
				spaced := strings.NewReplacer("(", " ( ", ")", " ) ").Replace(fmt.Sprint(c))
				p.condition = append(p.condition, strings.Fields(spaced))
			}
		default:
			p.searches[name] = newPlainSearch(entry.Value, values)
			p.names = append(p.names, name)
		}
	}
	for _, filter := range filters {
		p.filters = append(p.filters, newPlainRule(t, filter, values))
	}
	return p
}

func asList(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

func newPlainSearch(v any, values sigma.Values) plainSearch {
	var out plainSearch
	for _, e := range asList(v) {
		fields, ok := e.(map[string]any)
		if !ok {
			fields = map[string]any{"": e}
		}
		var lines []plainLine
		for key, value := range fields {
			lines = append(lines, newPlainLine(key, asList(value), values))
		}
		out = append(out, lines)
	}
	return out
}

func newPlainLine(key string, list []any, values sigma.Values) plainLine {
	parts := strings.Split(key, "|")
	l := plainLine{field: parts[0], modifiers: parts[1:]}
	for _, v := range list {
		if v == nil || l.has("exists") {
			l.values = append(l.values, []plainTest{nil})
			l.absent = v == false
			continue
		}
		var tests []plainTest
		for _, parts := range plainFill(v, l.has("expand"), values) {
			tests = append(tests, l.test(v, parts))
		}
		l.values = append(l.values, tests)
	}
	return l
}

func (l plainLine) has(modifier string) bool { return slices.Contains(l.modifiers, modifier) }

func (p *plainRule) matches(ev event) bool {
	for _, f := range p.filters {
		if !f.matches(ev) {
			return false
		}
	}
	for _, words := range p.condition {
		if c := (&plainCondition{rule: p, ev: ev, words: words}); c.or() {
			return true
		}
	}
	return false
}

// plainCondition evaluates while it reads, so both sides of every operator
// are read in full.
type plainCondition struct {
	rule  *plainRule
	ev    event
	words []string
}

func (c *plainCondition) peek() string {
	if len(c.words) == 0 {
		return ""
	}
	return strings.ToLower(c.words[0])
}

func (c *plainCondition) take() string {
	word := c.words[0]
	c.words = c.words[1:]
	return word
}

func (c *plainCondition) or() bool {
	held := c.and()
	for c.peek() == "or" {
		c.take()
		right := c.and()
		held = held || right
	}
	return held
}

func (c *plainCondition) and() bool {
	held := c.not()
	for c.peek() == "and" {
		c.take()
		right := c.not()
		held = held && right
	}
	return held
}

func (c *plainCondition) not() bool {
	if c.peek() == "not" {
		c.take()
		return !c.not()
	}
	if c.peek() == "(" {
		c.take()
		held := c.or()
		c.take()
		return held
	}
	first := c.take()
	if c.peek() != "of" {
		return c.rule.searches[first].holds(c.ev)
	}
	c.take()
	return c.rule.quantified(strings.ToLower(first), c.take(), c.ev)
}

func (p *plainRule) quantified(count, pattern string, ev event) bool {
	expression := "^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$"
	if strings.EqualFold(pattern, "them") {
		expression = "^[^_]"
	}
	named := plainRegexp(expression)
	total, held := 0, 0
	for _, name := range p.names {
		if !named.MatchString(name) {
			continue
		}
		total++
		if p.searches[name].holds(ev) {
			held++
		}
	}
	switch count {
	case "all":
		return held == total
	case "any":
		return held > 0
	}
	n, _ := strconv.Atoi(count)
	return held >= n
}

func (s plainSearch) holds(ev event) bool {
	return slices.ContainsFunc(s, func(lines []plainLine) bool {
		return !slices.ContainsFunc(lines, func(l plainLine) bool { return !l.holds(ev) })
	})
}

func (l plainLine) holds(ev event) bool {
	texts := plainTexts(ev, l.field)
	if l.has("neq") && plainPart(l.modifiers) != "" {
		texts = slices.DeleteFunc(texts, func(s string) bool { return !plainHasPart(s, plainPart(l.modifiers)) })
	}
	held := 0
	for _, tests := range l.values {
		if slices.ContainsFunc(tests, func(test plainTest) bool { return l.valueHolds(test, texts, ev) }) {
			held++
		}
	}
	switch {
	case l.has("neq"):
		return held == 0 && len(texts) > 0
	case l.has("all"):
		return held == len(l.values)
	}
	return held > 0
}

func (l plainLine) valueHolds(test plainTest, texts []string, ev event) bool {
	kind := ev[l.field].Kind
	switch {
	case test != nil:
		return slices.ContainsFunc(texts, func(s string) bool { return test(s, ev) })
	case l.has("exists"):
		return (kind == sigma.Absent) == l.absent
	}
	return kind == sigma.Absent || kind == sigma.Null
}

// plainTexts gives a field's texts; without a field those of the whole event.
func plainTexts(ev event, field string) []string {
	var out []string
	add := func(v sigma.Value) {
		for _, e := range append([]sigma.Value{v}, v.List...) {
			if e.Kind == sigma.String || e.Kind == sigma.Number || e.Kind == sigma.Bool {
				out = append(out, e.Text)
			}
		}
	}
	if field != "" {
		add(ev[field])
		return out
	}
	for _, v := range ev {
		add(v)
	}
	return out
}
