package sigma

import (
	"bytes"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// kindTest makes the test of a value that is not compared as a text.
func (m *modifiers) kindTest(n *node, text pieces) ([]test, *fault) {
	var t test
	var f *fault
	switch m.kind {
	case modRe:
		t, f = m.newRegexTest(n.line, text)
	case modCIDR:
		t, f = newCIDRTest(n.line, text.String())
	case modExists:
		if n.kind != nodeBool {
			return nil, refuse(n.line, "", "exists takes true or false, got %s", n.kind)
		}
		t = existsTest{want: n.text == "true"}
	case modFieldRef:
		t, f = m.newRefTest(n, text)
	default:
		t, f = newCompareTest(n, m.kind, text)
	}
	return []test{t}, f
}

// nullTest holds for a field that is null or absent.
type nullTest struct{}

func (nullTest) match(*cell) bool { return false }

// existsTest holds for a field that is there, or is not; null counts as there.
type existsTest struct{ want bool }

func (existsTest) match(*cell) bool { return false }

// refTest compares with another field of the same event.
type refTest struct {
	field      string
	cased      bool
	start, end bool // the other value may be followed, or preceded, by more
}

func (*refTest) match(*cell) bool { return false }

func (m *modifiers) newRefTest(n *node, text pieces) (test, *fault) {
	name, ok := text.glob().literal()
	if n.kind != nodeString || !ok || name == "" {
		return nil, refuse(n.line, "", "fieldref takes the name of a field, without wildcards")
	}
	contains := slices.Contains(m.steps, "contains")
	return &refTest{
		field: name,
		cased: m.cased,
		start: contains || slices.Contains(m.steps, "startswith"),
		end:   contains || slices.Contains(m.steps, "endswith"),
	}, nil
}

func (t *refTest) compare(own, other []byte) bool {
	switch {
	case t.start && t.end:
		return bytes.Contains(own, other)
	case t.start:
		return bytes.HasPrefix(own, other)
	case t.end:
		return bytes.HasSuffix(own, other)
	}
	return bytes.Equal(own, other)
}

// regexTest finds a regular expression anywhere in the text.
type regexTest struct {
	re    *regexp.Regexp
	needs []need // what has to stand in a text for re to be asked
	size  int    // about as many states as the expression has
}

func (t *regexTest) match(c *cell) bool {
	if len(t.needs) > 0 && !satisfied(t.needs, c.normal(false, false)) {
		return false
	}
	if len(c.text) > maxRegexWork/t.size {
		// Nothing can stop an expression once it runs. The engine tells this
		// as a failure of the rule.
		panic(fmt.Sprintf("an expression of about %d states on a text of %d bytes takes too long", t.size, len(c.text)))
	}
	return t.re.MatchString(c.text)
}

// maxRegexWork bounds the states of an expression times the bytes of a text:
// some ten seconds at worst.
const maxRegexWork = 500_000_000

// cidrTest holds for an address inside a network; an IPv4 address written as
// IPv6 counts as IPv4.
type cidrTest struct{ prefix netip.Prefix }

func newCIDRTest(line int, text string) (test, *fault) {
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
		return cidrTest{netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen())}, nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return nil, refuse(line, "", "cidr: %q is not a network", text)
	}
	if prefix != prefix.Masked() {
		return nil, refuse(line, "", "cidr: %q has bits set outside its mask, want %s", text, prefix.Masked())
	}
	if prefix.Addr().Is4In6() && prefix.Bits() >= 96 {
		prefix = netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-96)
	}
	return cidrTest{prefix}, nil
}

func (t cidrTest) match(c *cell) bool {
	if !likeAddress(c.text) {
		return false
	}
	addr, err := netip.ParseAddr(c.text)
	return err == nil && t.prefix.Contains(addr.Unmap().WithZone(""))
}

// likeAddress turns away what cannot be an address, since to be told so by
// ParseAddr costs memory.
func likeAddress(s string) bool {
	dots, colons := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.':
			dots++
		case c == ':':
			colons++
		case c == '%':
			return colons > 1 // what follows names an interface
		case (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f'):
			return false
		}
	}
	return colons > 1 || colons == 0 && dots == 3
}

// compareTest orders numbers, exactly where both are written without an
// exponent; a text that is no decimal number never holds.
type compareTest struct {
	op    string
	exact digits
	plain bool // exact is the number
	float float64
}

func newCompareTest(n *node, op string, text pieces) (test, *fault) {
	number := text.String()
	if n.kind == nodeString && !text.filled() {
		return nil, refuse(n.line, "", "%s takes a number, got the text %q: write it without quotes", op, number)
	}
	t := compareTest{op: op}
	t.exact, t.plain = readDigits(number)
	var err error
	if t.float, err = parseDecimal(number); err != nil && !t.plain {
		return nil, refuse(n.line, "", "%s takes a number, got %q", op, number)
	}
	return t, nil
}

// parseDecimal is ParseFloat without its words and hexadecimal forms.
func parseDecimal(s string) (float64, error) {
	if strings.Trim(s, "+-.0123456789eE") != "" {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(s, 64)
}

func (t compareTest) match(c *cell) bool {
	if strings.IndexByte("+-.0123456789", firstByte(c.text)) < 0 {
		return false // ParseFloat would say so too, in memory of its own
	}
	own, plain := readDigits(c.text)
	if plain && t.plain {
		return ordered(t.op, int64(own.compare(t.exact)), 0)
	}
	v, err := parseDecimal(c.text)
	return err == nil && ordered(t.op, v, t.float)
}

func firstByte(s string) byte {
	if s == "" {
		return 0
	}
	return s[0]
}

func ordered[N int64 | float64](op string, a, b N) bool {
	switch op {
	case "gt":
		return a > b
	case "gte":
		return a >= b
	case "lt":
		return a < b
	}
	return a <= b
}

// wordTest finds a number, folded, that is not part of a longer word or
// number.
type wordTest string

func (t wordTest) match(c *cell) bool {
	text, word := c.normal(false, false), []byte(t)
	for from := 0; ; {
		i := bytes.Index(text[from:], word)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(word)
		if !alphanumericAt(text, start-1) && !alphanumericAt(text, end) {
			return true
		}
		from = start + 1
	}
}

func alphanumericAt(s []byte, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i] | 0x20
	return s[i] >= '0' && s[i] <= '9' || c >= 'a' && c <= 'z'
}
