package sigma_test

import (
	"encoding/base64"
	"fmt"
	"net/netip"
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
	searches  map[string]any
	names     []string
	condition []string
	cache     map[string]*regexp.Regexp
}

func newPlainRule(t testing.TB, text string) *plainRule {
	t.Helper()
	var doc struct {
		Detection yaml.MapSlice `yaml:"detection"`
	}
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("plain evaluator: %v\n%s", err, text)
	}
	p := &plainRule{searches: map[string]any{}, cache: map[string]*regexp.Regexp{}}
	for _, entry := range doc.Detection {
		name := fmt.Sprint(entry.Key)
		if name != "condition" {
			p.searches[name] = entry.Value
			p.names = append(p.names, name)
			continue
		}
		for _, c := range asList(entry.Value) {
			p.condition = append(p.condition, fmt.Sprint(c))
		}
	}
	return p
}

func asList(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

func (p *plainRule) matches(ev event) bool {
	for _, text := range p.condition {
		c := &plainCondition{rule: p, ev: ev}
		c.words = strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text))
		if c.or() {
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
		return c.rule.search(c.rule.searches[first], c.ev)
	}
	c.take()
	return c.rule.quantified(strings.ToLower(first), c.take(), c.ev)
}

func (p *plainRule) quantified(count, pattern string, ev event) bool {
	expression := "^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$"
	if strings.EqualFold(pattern, "them") {
		expression = "^[^_]"
	}
	named := p.regexp(expression)
	total, held := 0, 0
	for _, name := range p.names {
		if !named.MatchString(name) {
			continue
		}
		total++
		if p.search(p.searches[name], ev) {
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

func (p *plainRule) search(v any, ev event) bool {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if !p.line(key, asList(value), ev) {
				return false
			}
		}
		return true
	case []any:
		for _, e := range v {
			if p.search(e, ev) {
				return true
			}
		}
		return false
	}
	return p.line("", []any{v}, ev)
}

func (p *plainRule) line(key string, values []any, ev event) bool {
	parts := strings.Split(key, "|")
	field, modifiers := parts[0], parts[1:]
	has := func(m string) bool { return slices.Contains(modifiers, m) }
	scalars, whole := scalarsOf(ev, field)
	held := 0
	for _, value := range values {
		switch {
		case value == nil:
			if whole.Kind == sigma.Absent || whole.Kind == sigma.Null {
				held++
			}
		case has("exists"):
			if (whole.Kind != sigma.Absent) == value.(bool) {
				held++
			}
		default:
			if slices.ContainsFunc(scalars, func(s string) bool { return p.scalar(s, value, field, modifiers, ev) }) {
				held++
			}
		}
	}
	switch {
	case has("neq"):
		return held == 0 && len(scalars) > 0
	case has("all"):
		return held == len(values)
	}
	return held > 0
}

// scalarsOf gives a field's texts; without a field those of the whole event.
func scalarsOf(ev event, field string) ([]string, sigma.Value) {
	var out []string
	add := func(v sigma.Value) {
		switch v.Kind {
		case sigma.String, sigma.Number, sigma.Bool:
			out = append(out, v.Text)
		}
	}
	if field == "" {
		for _, v := range ev {
			if v.Kind == sigma.String {
				out = append(out, v.Text)
			}
			for _, e := range v.List {
				if e.Kind == sigma.String {
					out = append(out, e.Text)
				}
			}
		}
		return out, sigma.Value{}
	}
	v := ev[field]
	add(v)
	for _, e := range v.List {
		add(e)
	}
	return out, v
}

func (p *plainRule) scalar(text string, value any, field string, modifiers []string, ev event) bool {
	want := plainText(value)
	for i, m := range modifiers {
		switch m {
		case "re":
			flags := strings.ReplaceAll(strings.Join(modifiers[i+1:], ""), "all", "")
			return p.regexp("(?" + strings.ReplaceAll(flags, "neq", "") + ":" + want + ")").MatchString(text)
		case "cidr":
			addr, err := netip.ParseAddr(text)
			return err == nil && netip.MustParsePrefix(want).Contains(addr.Unmap())
		case "gt", "gte", "lt", "lte":
			return plainCompare(m, text, want)
		case "fieldref":
			return plainRef(text, want, modifiers, ev)
		}
	}
	if _, ok := value.(string); !ok && field == "" && len(modifiers) == 0 {
		return p.regexp(`(^|[^0-9A-Za-z])` + regexp.QuoteMeta(want) + `($|[^0-9A-Za-z])`).MatchString(text)
	}
	return p.regexp(plainPattern(want, field == "", modifiers)).MatchString(text)
}

func plainText(v any) string {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

func plainCompare(op, text, want string) bool {
	a, err := strconv.ParseFloat(text, 64)
	b, _ := strconv.ParseFloat(want, 64)
	return err == nil && map[string]bool{"gt": a > b, "gte": a >= b, "lt": a < b, "lte": a <= b}[op]
}

func plainRef(text, other string, modifiers []string, ev event) bool {
	others, _ := scalarsOf(ev, other)
	for _, o := range others {
		a, b := strings.ToLower(text), strings.ToLower(o)
		if slices.Contains(modifiers, "cased") {
			a, b = text, o
		}
		switch {
		case slices.Contains(modifiers, "contains") && strings.Contains(a, b),
			slices.Contains(modifiers, "startswith") && strings.HasPrefix(a, b),
			slices.Contains(modifiers, "endswith") && strings.HasSuffix(a, b), a == b:
			return true
		}
	}
	return false
}

// plainPattern writes a text with its modifiers as one regular expression.
func plainPattern(want string, keyword bool, modifiers []string) string {
	alternatives, dash, before, after, cased := []string{want}, false, keyword, keyword, false
	encoded := false
	for _, m := range modifiers {
		switch m {
		case "contains":
			before, after = true, true
		case "startswith":
			after = true
		case "endswith":
			before = true
		case "cased":
			cased = true
		case "windash":
			dash = true
		case "wide":
			for i, a := range alternatives {
				alternatives[i] = strings.Join(strings.Split(a, ""), "\x00") + "\x00"
			}
		case "base64":
			alternatives[0], encoded = base64.StdEncoding.EncodeToString([]byte(alternatives[0])), true
		case "base64offset":
			alternatives, encoded = plainOffsets(alternatives[0]), true
		}
	}
	for i, a := range alternatives {
		if alternatives[i] = regexp.QuoteMeta(a); !encoded {
			alternatives[i] = plainGlob(a, dash)
		}
	}
	body := "(?:" + strings.Join(alternatives, "|") + ")"
	if !before {
		body = `\A` + body
	}
	if !after {
		body += `\z`
	}
	if cased {
		return "(?s)" + body
	}
	return "(?is)" + body
}

// plainOffsets finds the stable parts by encoding with two different fillings
// around the text and keeping what does not change.
func plainOffsets(text string) []string {
	var out []string
	for shift := range 3 {
		code := func(fill string) string {
			return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(fill, shift) + text + strings.Repeat(fill, 6)))
		}
		a, b := code("\x00"), code("\xff")
		start := 0
		for a[start] != b[start] {
			start++
		}
		end := start
		for a[end] == b[end] {
			end++
		}
		out = append(out, a[start:end])
	}
	return out
}

func plainGlob(s string, dash bool) string {
	var b strings.Builder
	runes := []rune(s)
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		switch {
		case r == '\\' && i+1 < len(runes) && strings.ContainsRune(`\*?`, runes[i+1]):
			i++
			b.WriteString(regexp.QuoteMeta(string(runes[i])))
		case r == '*':
			b.WriteString(".*")
		case r == '?':
			b.WriteString(".")
		case dash && strings.ContainsRune("-/–—―", r):
			b.WriteString("[-/–—―]")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return b.String()
}

func (p *plainRule) regexp(expression string) *regexp.Regexp {
	re := p.cache[expression]
	if re == nil {
		re = regexp.MustCompile(expression)
		p.cache[expression] = re
	}
	return re
}
