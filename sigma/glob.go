package sigma

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// tokenKind says what a token of a wildcard pattern stands for.
type tokenKind uint8

const (
	tokenText tokenKind = iota // these very characters
	tokenOne                   // ? any one character
	tokenMany                  // * any number of characters
)

// glob is a pattern with wildcards: texts never follow each other directly.
type glob []globToken

type globToken struct {
	kind tokenKind
	text string
}

// parseGlob reads a rule's text by the specification's rules of escaping: a
// backslash escapes a wildcard or a backslash and stands for itself before
// anything else.
func parseGlob(s string) glob {
	var g glob
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			g = append(g, globToken{text: text.String()})
			text.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && strings.IndexByte(`*?\`, s[i+1]) >= 0:
			i++
			text.WriteByte(s[i])
		case c == '*':
			flush()
			g = append(g, globToken{kind: tokenMany})
		case c == '?':
			flush()
			g = append(g, globToken{kind: tokenOne})
		default:
			text.WriteByte(c)
		}
	}
	flush()
	return g
}

// literal returns the text of a pattern without wildcards.
func (g glob) literal() (string, bool) {
	switch {
	case len(g) == 0:
		return "", true
	case len(g) == 1 && g[0].kind == tokenText:
		return g[0].text, true
	}
	return "", false
}

func literalGlob(s string) glob {
	if s == "" {
		return nil
	}
	return glob{{text: s}}
}

// segment is what stands between two *: texts and, as nil, single characters.
type segment [][]byte

// globTest matches a wildcard pattern against folded (or, if cased, plain)
// text. It is made by newGlobTest only.
type globTest struct {
	cased, dash bool
	// openStart and openEnd tell that the pattern begins or ends with *.
	openStart, openEnd bool
	segments           []segment
	only               []byte // the text of a pattern that has no other wildcards
}

func newGlobTest(g glob, cased, dash bool) *globTest {
	t := &globTest{cased: cased, dash: dash}
	var current segment
	flush := func() {
		if len(current) > 0 {
			t.segments = append(t.segments, current)
			current = nil
		}
	}
	for i, token := range g {
		if token.kind == tokenMany {
			flush()
			t.openStart = t.openStart || i == 0
			t.openEnd = i == len(g)-1
			continue
		}
		current = append(current, t.normal(token))
	}
	flush()
	if len(t.segments) == 1 && len(t.segments[0]) == 1 {
		t.only = t.segments[0][0]
	}
	return t
}

// normal brings a rule's text into the form that event texts are compared in.
func (t *globTest) normal(token globToken) []byte {
	if token.kind == tokenOne {
		return nil
	}
	b := []byte(token.text)
	if !t.cased {
		b = folded(token.text)
	}
	if t.dash {
		b = dashAppend(nil, b)
	}
	return b
}

func (t *globTest) match(c *cell) bool { return t.matchText(c.normal(t.cased, t.dash)) }

func (t *globTest) matchText(text []byte) bool {
	switch {
	case t.only == nil:
		return t.matchSegments(text)
	case t.openStart && t.openEnd:
		return bytes.Contains(text, t.only)
	case t.openStart:
		return bytes.HasSuffix(text, t.only)
	case t.openEnd:
		return bytes.HasPrefix(text, t.only)
	}
	return bytes.Equal(text, t.only)
}

func (t *globTest) matchSegments(text []byte) bool {
	segments := t.segments
	if len(segments) == 0 {
		return t.openEnd || len(text) == 0
	}
	if !t.openStart {
		n := segments[0].prefix(text)
		if n < 0 {
			return false
		}
		if len(segments) == 1 {
			return t.openEnd || n == len(text)
		}
		text, segments = text[n:], segments[1:]
	}
	if !t.openEnd {
		last := segments[len(segments)-1]
		n := last.suffix(text)
		if n < 0 {
			return false
		}
		text, segments = text[:n], segments[:len(segments)-1]
	}
	// All matches of one segment span the same number of characters, so the
	// leftmost one leaves the most room for those that follow.
	for _, s := range segments {
		n := s.find(text)
		if n < 0 {
			return false
		}
		text = text[n:]
	}
	return true
}

// prefix returns the length of the segment's match at the start, or -1.
func (s segment) prefix(text []byte) int {
	at := 0
	for _, token := range s {
		n := len(token)
		if token == nil {
			if _, n = utf8.DecodeRune(text[at:]); n == 0 {
				return -1
			}
		} else if !bytes.HasPrefix(text[at:], token) {
			return -1
		}
		at += n
	}
	return at
}

// suffix returns where the segment's match at the end starts, or -1.
func (s segment) suffix(text []byte) int {
	at := len(text)
	for i := len(s) - 1; i >= 0; i-- {
		n := len(s[i])
		if s[i] == nil {
			if _, n = utf8.DecodeLastRune(text[:at]); n == 0 {
				return -1
			}
		} else if !bytes.HasSuffix(text[:at], s[i]) {
			return -1
		}
		at -= n
	}
	return at
}

// find returns where the segment's leftmost match ends, or -1.
func (s segment) find(text []byte) int {
	for from := 0; ; {
		if s[0] != nil {
			i := bytes.Index(text[from:], s[0])
			if i < 0 {
				return -1
			}
			from += i
		}
		if n := s.prefix(text[from:]); n >= 0 {
			return from + n
		}
		if from >= len(text) {
			return -1
		}
		_, n := utf8.DecodeRune(text[from:])
		from += n
	}
}
