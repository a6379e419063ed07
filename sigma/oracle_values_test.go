package sigma_test

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/noroshi-soc/noroshi/sigma"
)

// plainPiece is a part of a value's text, as written or filled in.
type plainPiece struct {
	text   string
	filled bool
}

func plainText(v any) string {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

var plainPlaceholder = regexp.MustCompile(`(?s)\\.|%[\pL\p{Nd}_.-]+%`)

// plainFill replaces placeholders in every combination of their values.
func plainFill(v any, expand bool, values sigma.Values) [][]plainPiece {
	text := plainText(v)
	if !expand {
		return [][]plainPiece{{{text: text}}}
	}
	out := [][]plainPiece{nil}
	add := func(filled bool, texts ...string) {
		var next [][]plainPiece
		for _, head := range out {
			for _, text := range texts {
				next = append(next, append(slices.Clone(head), plainPiece{text, filled}))
			}
		}
		out = next
	}
	from := 0
	for _, at := range plainPlaceholder.FindAllStringIndex(text, -1) {
		add(false, text[from:at[0]])
		switch found := text[at[0]:at[1]]; {
		case found == `\%`:
			add(false, "%")
		case found[0] == '\\':
			add(false, found)
		default:
			add(true, values[strings.Trim(found, "%")]...)
		}
		from = at[1]
	}
	add(false, text[from:])
	for i := range out {
		out[i] = plainJoin(out[i])
	}
	return out
}

// plainJoin makes one piece of neighbours that were both written, so that
// their escapes are read as they stand.
func plainJoin(pieces []plainPiece) []plainPiece {
	var out []plainPiece
	for _, p := range pieces {
		if last := len(out) - 1; last >= 0 && !p.filled && !out[last].filled {
			out[last].text += p.text
			continue
		}
		out = append(out, p)
	}
	return out
}

// test makes the test of one value.
func (l plainLine) test(v any, pieces []plainPiece) plainTest {
	want := ""
	for _, p := range pieces {
		want += p.text
	}
	for _, m := range l.modifiers {
		switch m {
		case "re":
			return l.regexTest(pieces)
		case "cidr":
			return func(text string, _ event) bool {
				addr, err := netip.ParseAddr(text)
				if !strings.Contains(want, "/") {
					return err == nil && addr == netip.MustParseAddr(want)
				}
				return err == nil && netip.MustParsePrefix(want).Contains(addr.Unmap())
			}
		case "fieldref":
			return l.refTest(want)
		}
	}
	if part := plainPart(l.modifiers); part != "" {
		return func(text string, _ event) bool {
			return plainHasPart(text, part) && plainCompare(l.operator(), strconv.Itoa(plainDate(text)[part]), want)
		}
	}
	if op := l.operator(); op != "eq" {
		return func(text string, _ event) bool { return plainCompare(op, text, want) }
	}
	if l.field == "" && !l.has("contains") && plainNumber.MatchString(want) && fmt.Sprintf("%T", v) != "string" {
		word := plainRegexp(`(^|[^0-9A-Za-z])` + regexp.QuoteMeta(want) + `($|[^0-9A-Za-z])`)
		return func(text string, _ event) bool { return word.MatchString(text) }
	}
	if !strings.ContainsAny(want, `*?\`) && !l.encodes() {
		return l.literalTest(want)
	}
	pattern := plainRegexp(l.pattern(pieces))
	return func(text string, _ event) bool { return pattern.MatchString(text) }
}

func (l plainLine) encodes() bool {
	return slices.ContainsFunc(l.modifiers, func(m string) bool {
		return m == "windash" || m == "wide" || strings.HasPrefix(m, "utf16") || strings.HasPrefix(m, "base64")
	})
}

// literalTest compares a text that has neither wildcards nor escapes, which is
// most of them, without the cost of a regular expression.
func (l plainLine) literalTest(want string) plainTest {
	fold, compare := plainFold, func(a, b string) bool { return a == b }
	if l.has("cased") {
		fold = strings.Clone
	}
	switch {
	case l.field == "" || l.has("contains") || l.has("startswith") && l.has("endswith"):
		compare = strings.Contains
	case l.has("startswith"):
		compare = strings.HasPrefix
	case l.has("endswith"):
		compare = strings.HasSuffix
	}
	want = fold(want)
	return func(text string, _ event) bool { return compare(fold(text), want) }
}

var (
	plainFolds     sync.Map
	plainFoldCount atomic.Int64
)

// plainFold replaces every character with the least of those that differ from
// it by case alone. It remembers some texts, as all rules ask about the same.
func plainFold(s string) string {
	if folded, ok := plainFolds.Load(s); ok {
		return folded.(string)
	}
	folded := strings.Map(func(r rune) rune {
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return least
	}, s)
	if plainFoldCount.Add(1)%100_000 == 0 {
		plainFolds.Clear()
	}
	plainFolds.Store(s, folded)
	return folded
}

func (l plainLine) regexTest(pieces []plainPiece) plainTest {
	flags, body := "", ""
	for _, flag := range []string{"i", "m", "s"} {
		if l.has(flag) {
			flags += flag
		}
	}
	for _, p := range pieces {
		if p.filled {
			p.text = "(?s:" + plainGlob(p.text, false) + ")"
		}
		body += p.text
	}
	body = "(?" + flags + ":" + body + ")"
	if l.has("startswith") && !l.has("endswith") && !l.has("contains") {
		body = `\A` + body
	}
	if l.has("endswith") && !l.has("startswith") && !l.has("contains") {
		body += `\z`
	}
	pattern := plainRegexp(body)
	return func(text string, _ event) bool { return pattern.MatchString(text) }
}

func (l plainLine) operator() string {
	for _, op := range []string{"gt", "gte", "lt", "lte"} {
		if l.has(op) {
			return op
		}
	}
	return "eq"
}

var plainNumber = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)

func plainCompare(op, text, want string) bool {
	a, _ := strconv.ParseFloat(text, 64)
	b, _ := strconv.ParseFloat(want, 64)
	order := cmp.Compare(a, b)
	if x, y := new(big.Rat), new(big.Rat); !strings.ContainsAny(text+want, "eE") {
		if _, ok := x.SetString(text); ok {
			if _, ok = y.SetString(want); ok {
				order = x.Cmp(y)
			}
		}
	}
	held := map[string]bool{"gt": order > 0, "gte": order >= 0, "lt": order < 0, "lte": order <= 0, "eq": order == 0}
	return plainNumber.MatchString(text) && held[op]
}

func (l plainLine) refTest(other string) plainTest {
	return func(text string, ev event) bool {
		return slices.ContainsFunc(plainTexts(ev, other), func(o string) bool {
			return plainRegexp(l.around(regexp.QuoteMeta(o))).MatchString(text)
		})
	}
}

func plainPart(modifiers []string) string {
	for _, m := range modifiers {
		if slices.Contains([]string{"minute", "hour", "day", "week", "month", "year"}, m) {
			return m
		}
	}
	return ""
}

func plainHasPart(text, part string) bool {
	_, ok := plainDate(text)[part]
	return ok
}

var (
	plainDateForm = regexp.MustCompile(
		`^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?:[Zz]|[+-](\d\d)(?::?(\d\d))?)?)?$`)
	plainBasicForm = regexp.MustCompile(
		`^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)(?:(\d\d)(?:[.,]\d+)?)?(?:[Zz]|[+-](\d\d)(?::?(\d\d))?)?$`)
)

// plainDate reads the parts of a date, none of a text that is none.
func plainDate(text string) map[string]int {
	m := plainDateForm.FindStringSubmatch(text)
	if m == nil {
		m = plainBasicForm.FindStringSubmatch(text)
	}
	if m == nil {
		return nil
	}
	var n [9]int
	for i, digits := range m[1:] {
		n[i], _ = strconv.Atoi(digits)
	}
	day := time.Date(n[0], time.Month(n[1]), n[2], 0, 0, 0, 0, time.UTC)
	if day.Format(time.DateOnly) != m[1]+"-"+m[2]+"-"+m[3] || n[3] > 23 || n[4] > 59 || n[5] > 60 || n[6] > 23 || n[7] > 59 {
		return nil
	}
	_, week := day.ISOWeek()
	out := map[string]int{"year": n[0], "month": n[1], "day": n[2], "week": week}
	if m[4] != "" {
		out["hour"], out["minute"] = n[3], n[4]
	}
	return out
}

// pattern writes a text with its modifiers as one regular expression.
func (l plainLine) pattern(pieces []plainPiece) string {
	texts, encoded := []string{""}, false
	for _, p := range pieces {
		texts[0] += p.text
	}
	for _, m := range l.modifiers {
		switch m {
		case "wide", "utf16le", "utf16be", "utf16":
			texts, encoded = plainEach(texts, func(s string) []string { return []string{plainUTF16(s, m)} }), true
		case "base64":
			texts, encoded = plainEach(texts, func(s string) []string { return []string{base64.StdEncoding.EncodeToString([]byte(s))} }), true
		case "base64offset":
			texts, encoded = plainEach(texts, plainOffsets), true
		case "windash":
			if l.has("base64") || l.has("base64offset") || l.has("wide") {
				texts = plainEach(texts, plainDashes)
			}
		}
	}
	var alternatives []string
	for _, text := range texts {
		alternatives = append(alternatives, regexp.QuoteMeta(text))
	}
	if !encoded {
		alternatives = []string{""}
		for _, p := range pieces {
			alternatives[0] += plainGlob(p.text, l.has("windash"))
		}
	}
	return l.around("(?:" + strings.Join(alternatives, "|") + ")")
}

// around ties an expression to the ends of the text, or not.
func (l plainLine) around(body string) string {
	if l.field != "" && !l.has("contains") && !l.has("endswith") {
		body = `\A` + body
	}
	if l.field != "" && !l.has("contains") && !l.has("startswith") {
		body += `\z`
	}
	if l.has("cased") {
		return "(?s)" + body
	}
	return "(?is)" + body
}

func plainEach(texts []string, f func(string) []string) []string {
	var out []string
	for _, text := range texts {
		out = append(out, f(text)...)
	}
	return out
}

func plainUTF16(s, form string) string {
	var b []byte
	if form == "utf16" {
		b = append(b, 0xff, 0xfe)
	}
	for _, unit := range utf16.Encode([]rune(s)) {
		pair := []byte{byte(unit), byte(unit >> 8)}
		if form == "utf16be" {
			slices.Reverse(pair)
		}
		b = append(b, pair...)
	}
	return string(b)
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

const plainDashSet = "-/–—―"

func plainDashes(s string) []string {
	out := []string{""}
	for _, r := range s {
		forms := []string{string(r)}
		if strings.ContainsRune(plainDashSet, r) {
			forms = strings.Split(plainDashSet, "")
		}
		out = plainEach(out, func(head string) []string {
			return plainEach(forms, func(form string) []string { return []string{head + form} })
		})
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
		case dash && strings.ContainsRune(plainDashSet, r):
			b.WriteString("[" + plainDashSet + "]")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return b.String()
}

var plainCache sync.Map

func plainRegexp(expression string) *regexp.Regexp {
	if re, ok := plainCache.Load(expression); ok {
		return re.(*regexp.Regexp)
	}
	re := regexp.MustCompile(expression)
	plainCache.Store(expression, re)
	return re
}
