package sigma_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/noroshi-soc/noroshi/sigma"
)

// generator writes rules, filters and events over so small an alphabet that
// they meet.
type generator struct{ *rand.Rand }

func newGenerator(seed uint64) generator { return generator{rand.New(rand.NewPCG(seed, 7))} }

func (g generator) pick(of ...string) string { return of[g.IntN(len(of))] }

func (g generator) oneIn(n int) bool { return g.IntN(n) == 0 }

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
	wideLetters  = "sſSkK\u212aßẞiIİıΣσς日本Ａａ𝄞ǅéE\u0301"
)

// generatedValues are what the placeholders of generated rules stand for.
var generatedValues = sigma.Values{
	"p": {"a*", "b", "日"}, "q": {"1", `-A`, "*k?"}, "net": {"10.0.0.0/29", "::1"},
	"f": {"A", "C"}, "n": {"3"}, "h": {"3", "23"}, "t": {"ab", "Ab1"},
}

func (g generator) date() string {
	date := fmt.Sprintf("20%02d-%02d-%02d", 20+g.IntN(3), 1+g.IntN(12), 1+g.IntN(31))
	if g.oneIn(4) {
		return date
	}
	date += g.pick("T", " ", "t", "") + fmt.Sprintf("%02d:%02d", g.IntN(25), g.IntN(60))
	if g.oneIn(3) {
		return date
	}
	return date + g.pick(":00", ":59.1234567", ":30,5", ":60", ":61", ":") + g.pick("", "Z", "z", "+09:00", "-0500", "+9")
}

func (g generator) scalar() sigma.Value {
	switch g.IntN(14) {
	case 0:
		return sigma.Value{Kind: sigma.Null}
	case 1, 2:
		return sigma.Value{Kind: sigma.Number, Text: fmt.Sprint(g.IntN(24) - 4)}
	case 3:
		return sigma.Value{Kind: sigma.Bool, Text: g.pick("true", "false")}
	case 4:
		return sigma.Value{Kind: sigma.String, Text: g.pick("10.0.0.1", "10.0.0.9", "::1", "::ffff:10.0.0.2", "YWI=", "QWIx", "b\nab\n", "3", "-2", "1e1", "")}
	case 5:
		return sigma.Value{Kind: sigma.String, Text: g.text(longLetters, 14)}
	case 6, 7:
		return sigma.Value{Kind: sigma.String, Text: g.text(wideLetters, 5)}
	case 8:
		return sigma.Value{Kind: sigma.String, Text: g.date()}
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

// generatedLine is a kind of line: its modifiers and what writes its values.
type generatedLine struct {
	modifiers string
	value     func() any
	single    bool // takes no list
	noNeq     bool
}

// encoded and typed lines, and those with placeholders.
func (g generator) special() generatedLine {
	of := func(texts ...string) func() any { return func() any { return g.pick(texts...) } }
	number := func(low, n int) func() any { return func() any { return low + g.IntN(n) } }
	switch g.IntN(12) {
	case 0:
		return generatedLine{modifiers: "|re" + g.pick("", "|i", "|s", "|i|m", "|m|s|i") + g.pick("", "", "|startswith", "|endswith", "|contains"), value: of(
			"a.b", "[ab]+k", "^a", "1$", "(aa|bb)b", "a{2,}b", "ab+a", `\d-`, "aba|bab", "(?:abab)+", "s", "日", "ß|ſ", "", "a*")}
	case 1:
		return generatedLine{modifiers: "|cidr", value: of("10.0.0.0/29", "::/64", "10.0.0.9/32")}
	case 2:
		return generatedLine{modifiers: g.pick("|gt", "|gte", "|lt", "|lte"), value: number(-4, 20), noNeq: true}
	case 3:
		return generatedLine{modifiers: "|exists", value: func() any { return g.oneIn(2) }, single: true, noNeq: true}
	case 4:
		return generatedLine{modifiers: "|fieldref" + g.pick("", "|cased", "|startswith", "|contains", "|endswith"), value: of("A", "B", "D")}
	case 5:
		return generatedLine{modifiers: g.pick("|base64", "|base64offset|contains", "|wide|base64offset|contains", "|base64|startswith",
			"|utf16|base64|endswith", "|utf16be|base64offset", "|utf16le|base64|cased", "|wide|contains"), value: of("ab", "Ab1", "bab", "abab1")}
	case 6:
		return generatedLine{modifiers: "|windash|base64|contains", value: of("-a", "a-b", "a/1")}
	case 7, 8:
		return g.dateLine()
	case 9:
		return generatedLine{
			modifiers: g.pick("|expand", "|contains|expand", "|expand|startswith", "|expand|cased", "|endswith|expand"),
			value:     of("%p%", "%p%%q%", `\%%q%`, "x%p%?", `a\\%p%`, "%q", "*%q%", "%p%-%p%"),
		}
	case 10:
		return generatedLine{modifiers: "|re|expand", value: of("^%p%$", "a%q%", `\d%p%|b`)}
	}
	switch g.IntN(5) {
	case 0:
		return generatedLine{modifiers: "|cidr|expand", value: of("%net%")}
	case 1:
		return generatedLine{modifiers: "|expand|fieldref", value: of("%f%")}
	case 2:
		return generatedLine{modifiers: "|gte|expand", value: of("%n%"), noNeq: true}
	case 3:
		return generatedLine{modifiers: "|hour|expand", value: of("%h%")}
	}
	return generatedLine{modifiers: g.pick("|expand|base64|contains", "|expand|windash|contains"), value: of("%t%", "-%t%")}
}

func (g generator) dateLine() generatedLine {
	parts := []struct {
		name      string
		low, high int
	}{{"minute", 0, 59}, {"hour", 0, 23}, {"day", 1, 31}, {"week", 1, 53}, {"month", 1, 12}, {"year", 2020, 2022}}
	part := parts[g.IntN(len(parts))]
	compare := g.pick("", "", "|gt", "|gte", "|lt", "|lte")
	value := func() any { return part.low + g.IntN(part.high-part.low+1) }
	return generatedLine{modifiers: "|" + part.name + compare, value: value, noNeq: compare != ""}
}

func (g generator) plainLine() generatedLine {
	value := func() any { return g.text(ruleLetters, 5) }
	switch g.IntN(8) {
	case 0:
		return generatedLine{modifiers: g.pick("", "|contains", "|endswith"), value: func() any { return g.IntN(24) - 4 }}
	case 1:
		return generatedLine{modifiers: g.pick("|contains", "|startswith", "|endswith", ""), value: func() any { return g.text(longLetters, 6) }}
	case 2, 3:
		value = func() any { return g.text(wideLetters+"*?", 4) }
	case 4:
		return generatedLine{value: func() any { return g.oneIn(2) }}
	}
	modifiers := g.pick("", "", "|contains", "|startswith", "|endswith", "|startswith|endswith")
	return generatedLine{modifiers: modifiers + g.pick("", "", "|windash") + g.pick("", "", "|cased"), value: value}
}

// line writes one line of a detection, as a key and JSON, which is YAML.
func (g generator) line() (string, any) {
	field := g.pick("A", "B", "C")
	l := g.plainLine()
	switch {
	case g.oneIn(10):
		field = ""
		l = generatedLine{modifiers: g.pick("|contains", "|cased", "|re", "|windash", "|expand"), value: func() any { return g.text(longLetters, 5) }, noNeq: true}
	case g.oneIn(2):
		l = g.special()
	case g.oneIn(15):
		return field, nil
	}
	key := field + l.modifiers
	if l.single || !g.oneIn(3) {
		return key, l.value()
	}
	switch g.IntN(4) {
	case 0:
		key += "|all"
	case 1:
		if !l.noNeq {
			key += "|neq"
		}
	}
	list := []any{l.value(), l.value()}
	for range g.IntN(3) {
		list = append(list, l.value())
	}
	return key, list
}

func (g generator) search() any {
	if g.oneIn(8) {
		return []any{g.text(longLetters, 4), g.IntN(20), g.text(wideLetters, 3)}
	}
	fields := func() any {
		out := map[string]any{}
		for range 1 + g.IntN(3) {
			key, value := g.line()
			out[key] = value
		}
		return out
	}
	if g.oneIn(4) {
		return []any{fields(), fields()}
	}
	return fields()
}

func (g generator) condition(depth int) string {
	if depth == 0 {
		return g.pick("sa", "sb", "_c", "1 of them", "all of s*", "2 of *", "any of _*", "all of them", "1 of *b")
	}
	a, b := g.condition(g.IntN(depth)), g.condition(depth-1)
	return g.pick(a, a+" and "+b, a+" or "+b, "not "+a, "("+a+" or "+b+") and "+a, "not ("+a+" and "+b+")", "not not ("+b+")")
}

func (g generator) detection() map[string]any {
	return map[string]any{"sa": g.search(), "sb": g.search(), "_c": g.search(), "condition": g.condition(g.IntN(6))}
}

func (g generator) rule() string {
	body := g.detection()
	if g.oneIn(6) {
		body["condition"] = []any{g.condition(1), g.condition(2)}
	}
	detection, _ := json.Marshal(body)
	return "title: generated\nlogsource: {category: test}\ndetection: " + string(detection) + "\n"
}

func (g generator) filter() string {
	body := g.detection()
	body["rules"] = "any"
	text, _ := json.Marshal(body)
	return "title: generated\nlogsource: {category: test}\nfilter: " + string(text) + "\n"
}
