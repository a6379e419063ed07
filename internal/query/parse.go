package query

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a query.
const (
	MaxBytes = 64 << 10
	MaxTerms = 2000
	MaxDepth = 64 // of parentheses and nots
)

// Parse reads a query. An empty one is All. Every error is an *Error.
// docs/query.md has the grammar.
func Parse(s string) (Node, error) {
	if len(s) > MaxBytes {
		return nil, &Error{Pos: MaxBytes, Expected: fmt.Sprintf("a query of at most %d bytes", MaxBytes), Found: fmt.Sprintf("%d bytes", len(s))}
	}
	if bad := invalidUTF8(s); bad >= 0 {
		return nil, &Error{Pos: bad, Expected: "UTF-8 text", Found: fmt.Sprintf("byte 0x%02x", s[bad])}
	}
	p := &parser{in: s}
	if p.skipSpace(); p.pos == len(s) {
		return All{}, nil
	}
	n, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.pos < len(s) {
		return nil, p.fail(p.pos, `"and", "or" or the end`, p.pos)
	}
	return n, nil
}

func invalidUTF8(s string) int {
	for i, r := range s {
		if r != utf8.RuneError {
			continue
		}
		if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
			return i
		}
	}
	return -1
}

type parser struct {
	in    string
	pos   int
	terms int
}

func (p *parser) or(depth int) (Node, error) {
	var nodes []Node
	for {
		n, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
		if p.keyword() != "or" {
			return either(nodes), nil
		}
		p.take("or")
	}
}

func (p *parser) and(depth int) (Node, error) {
	var nodes []Node
	for {
		n, err := p.not(depth)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
		p.skipSpace()
		switch p.keyword() {
		case "and":
			p.take("and")
		case "or":
			return all(nodes), nil
		default:
			if p.pos == len(p.in) || p.in[p.pos] == ')' {
				return all(nodes), nil
			}
		}
	}
}

func (p *parser) not(depth int) (Node, error) {
	if depth > MaxDepth {
		return nil, p.fail(p.pos, fmt.Sprintf("at most %d levels of parentheses and nots", MaxDepth), p.pos)
	}
	p.skipSpace()
	if p.keyword() == "not" {
		p.take("not")
		n, err := p.not(depth + 1)
		if err != nil {
			return nil, err
		}
		return Not{n}, nil
	}
	if p.at("(") {
		return p.group(depth)
	}
	return p.term()
}

func (p *parser) group(depth int) (Node, error) {
	p.pos++
	n, err := p.or(depth + 1)
	if err != nil {
		return nil, err
	}
	if !p.at(")") {
		return nil, p.fail(p.pos, `"and", "or" or ")"`, p.pos)
	}
	p.pos++
	p.skipSpace()
	return n, nil
}

// term reads a word, a phrase or field:value.
func (p *parser) term() (Node, error) {
	const expected = "a word, a phrase or field:value"
	switch {
	case p.pos == len(p.in) || p.at(")") || p.keyword() != "":
		return nil, p.fail(p.pos, expected, p.pos)
	case p.at(":"):
		return nil, p.fail(p.pos, `a field's name before ":"`, p.pos)
	case p.at(`"`):
		t, err := p.quotedToken()
		if err != nil {
			return nil, err
		}
		if p.at(":") {
			return p.fieldTerm(t.pos, []string{t.literal})
		}
		return p.word(t)
	case p.namesField():
		t := p.bareToken(true)
		if t.wild {
			return nil, p.fail(t.pos, "a field's name without wildcards", t.pos)
		}
		return p.fieldTerm(t.pos, Resolve(t.literal))
	default:
		return p.word(p.bareToken(false))
	}
}

func (p *parser) word(t token) (Node, error) {
	if err := p.finish(t.pos, 1); err != nil {
		return nil, err
	}
	if t.stars {
		return All{}, nil
	}
	text, ok := wordText(t)
	if !ok {
		return nil, p.fail(t.pos, `field:value for a word with "*" inside`, t.pos)
	}
	if text == "" {
		return nil, p.fail(t.pos, "a word of at least one character", t.pos)
	}
	return Word{Text: text, Pos: t.pos}, nil
}

// wordText drops the stars at both ends, as a word is found anywhere; it is not ok when there are others.
func wordText(t token) (text string, ok bool) {
	if t.quoted {
		return t.literal, true
	}
	parts := Parts(t.pattern)
	for len(parts) > 0 && parts[0].Wild == '*' {
		parts = parts[1:]
	}
	for len(parts) > 0 && parts[len(parts)-1].Wild == '*' {
		parts = parts[:len(parts)-1]
	}
	var b strings.Builder
	for _, part := range parts {
		switch part.Wild {
		case '*':
			return "", false
		case '?':
			b.WriteByte('?')
		default:
			b.WriteString(part.Text)
		}
	}
	return b.String(), true
}

// finish counts what was read as n terms and checks that it is set off from what follows.
func (p *parser) finish(pos, n int) error {
	if p.terms += n; p.terms > MaxTerms {
		return p.fail(pos, fmt.Sprintf("at most %d terms", MaxTerms), pos)
	}
	if p.pos < len(p.in) && !p.at(")") {
		if r, _ := utf8.DecodeRuneInString(p.in[p.pos:]); !unicode.IsSpace(r) {
			return p.fail(p.pos, "a space (or the whole value in quotes)", p.pos)
		}
	}
	p.skipSpace()
	return nil
}

func (p *parser) at(s string) bool { return strings.HasPrefix(p.in[p.pos:], s) }

func (p *parser) take(word string) {
	p.pos += len(word)
	p.skipSpace()
}

func all(nodes []Node) Node {
	if len(nodes) == 1 {
		return nodes[0]
	}
	return And{nodes}
}

func either(nodes []Node) Node {
	if len(nodes) == 1 {
		return nodes[0]
	}
	return Or{nodes}
}
