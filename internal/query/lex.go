package query

import (
	"net"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is one written value, name or word.
type token struct {
	pos     int
	literal string // escapes resolved
	pattern string // the same as a wildcard pattern
	wild    bool   // an unescaped * or ? is in it
	stars   bool   // it is * and nothing else
	quoted  bool
}

// escapable are the characters that a backslash takes their meaning from in a bare value; before others it stands for itself, as paths need it.
const escapable = `*?\"():<> `

func (p *parser) quotedToken() (token, error) {
	start := p.pos
	var b strings.Builder
	for i := start + 1; i < len(p.in); i++ {
		c := p.in[i]
		switch {
		case c == '"':
			p.pos = i + 1
			return token{pos: start, literal: b.String(), pattern: Literal(b.String()), quoted: true}, nil
		case c == '\\' && i+1 < len(p.in) && (p.in[i+1] == '"' || p.in[i+1] == '\\'):
			i++
			b.WriteByte(p.in[i])
		default:
			b.WriteByte(c)
		}
	}
	return token{}, p.fail(start, `a closing "`, len(p.in))
}

// bareToken reads up to a space or parenthesis, and in a name up to the colon.
func (p *parser) bareToken(name bool) token {
	t := token{pos: p.pos, stars: true}
	var literal, pattern strings.Builder
	for p.pos < len(p.in) {
		r, size := utf8.DecodeRuneInString(p.in[p.pos:])
		if ends(r) || name && r == ':' {
			break
		}
		p.pos += size
		switch {
		case r == '*' || r == '?':
			t.wild, t.stars = true, t.stars && r == '*'
			literal.WriteRune(r)
			pattern.WriteRune(r)
			continue
		case r == '\\' && p.pos < len(p.in) && strings.IndexByte(escapable, p.in[p.pos]) >= 0:
			r = rune(p.in[p.pos])
			p.pos++
		}
		t.stars = false
		literal.WriteRune(r)
		pattern.WriteString(Literal(string(r)))
	}
	t.literal, t.pattern = literal.String(), pattern.String()
	t.stars = t.stars && t.wild
	return t
}

func ends(r rune) bool { return r == '(' || r == ')' || unicode.IsSpace(r) }

// bareEnd is where the bare text that begins here ends.
func (p *parser) bareEnd() int {
	if i := strings.IndexFunc(p.in[p.pos:], ends); i >= 0 {
		return p.pos + i
	}
	return len(p.in)
}

// namesField reports whether the bare text that begins here is meant as field:value. Addresses, URLs, drive paths and times have colons too, and are words.
func (p *parser) namesField() bool {
	text := p.in[p.pos:p.bareEnd()]
	colon := unescapedColon(text)
	if colon < 0 {
		return false
	}
	first, _ := utf8.DecodeRuneInString(text)
	if colon > 0 && !unicode.IsLetter(first) && first != '_' && first != '@' {
		return false
	}
	rest := text[colon+1:]
	if strings.HasPrefix(rest, "//") || colon == 1 && strings.HasPrefix(rest, `\`) {
		return false
	}
	return !isAddress(text)
}

func isAddress(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	_, err := net.ParseMAC(text)
	return err == nil
}

func unescapedColon(text string) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case ':':
			return i
		}
	}
	return -1
}

// keyword returns the operator that begins here, in lower case, or "".
func (p *parser) keyword() string {
	end := p.bareEnd()
	if end-p.pos > 3 {
		return ""
	}
	switch word := strings.ToLower(p.in[p.pos:end]); word {
	case "and", "or", "not":
		return word
	}
	return ""
}

func (p *parser) skipSpace() {
	rest := strings.TrimLeftFunc(p.in[p.pos:], unicode.IsSpace)
	p.pos = len(p.in) - len(rest)
}

// fail makes the error for this place; found is where the excerpt of what was found begins.
func (p *parser) fail(pos int, expected string, found int) *Error {
	return &Error{Pos: pos, Expected: expected, Found: excerpt(p.in[found:])}
}

func excerpt(s string) string {
	if s == "" {
		return "the end"
	}
	if r, _ := utf8.DecodeRuneInString(s); unicode.IsSpace(r) {
		return "a space"
	}
	word := strings.Fields(s)[0]
	if r := []rune(word); len(r) > 24 {
		return `"` + string(r[:24]) + `…"`
	}
	return `"` + word + `"`
}
