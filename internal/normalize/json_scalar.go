package normalize

import (
	"fmt"
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// number reads a number of JSON's grammar and gives its literal.
func (s *jsonScanner) number() (string, error) {
	start := s.pos
	if s.peek() == '-' {
		s.pos++
	}
	if s.peek() == '0' {
		s.pos++
	} else if !s.digits() {
		return "", s.fail("a digit")
	}
	if s.peek() == '.' {
		if s.pos++; !s.digits() {
			return "", s.fail("a digit")
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.peek(); c == '+' || c == '-' {
			s.pos++
		}
		if !s.digits() {
			return "", s.fail("a digit")
		}
	}
	return s.src[start:s.pos], nil
}

func (s *jsonScanner) digits() bool {
	start := s.pos
	for s.pos < len(s.src) && s.src[s.pos]-'0' <= 9 {
		s.pos++
	}
	return s.pos > start
}

// str reads a string. Without escapes it is a slice of the record, else of the builder that the record's strings share.
func (s *jsonScanner) str() (string, error) {
	s.pos++
	start := s.pos
	s.pos += plainLength(s.src[start:])
	if s.peek() == '"' {
		s.pos++
		return s.src[start : s.pos-1], nil
	}
	if s.text.Cap() == 0 {
		s.text.Grow(len(s.src)) // unescaped text is never longer than escaped
	}
	from := s.text.Len()
	for {
		s.text.WriteString(s.src[start:s.pos])
		switch s.peek() {
		case '"':
			s.pos++
			return s.text.String()[from:], nil
		case '\\':
			if err := s.escape(); err != nil {
				return "", err
			}
		default:
			return "", s.fail("a string's text")
		}
		start = s.pos
		s.pos += plainLength(s.src[start:])
	}
}

// plainLength counts the bytes up to the first quote, backslash or control character, eight at a time.
func plainLength(t string) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(t); i += 8 {
		x := uint64(t[i]) | uint64(t[i+1])<<8 | uint64(t[i+2])<<16 | uint64(t[i+3])<<24 |
			uint64(t[i+4])<<32 | uint64(t[i+5])<<40 | uint64(t[i+6])<<48 | uint64(t[i+7])<<56
		q, b := x^(ones*'"'), x^(ones*'\\')
		hit := ((x - ones*0x20) &^ x) | ((q - ones) &^ q) | ((b - ones) &^ b)
		if hit &= highs; hit != 0 {
			return i + bits.TrailingZeros64(hit)/8 // the lowest mark is exact; borrows can only make marks above it
		}
	}
	for ; i < len(t); i++ {
		if c := t[i]; c < 0x20 || c == '"' || c == '\\' {
			break
		}
	}
	return i
}

const escapes = `"\/bfnrt`

func (s *jsonScanner) escape() error {
	s.pos++
	c := s.peek()
	if c == 'u' {
		return s.unicode()
	}
	i := strings.IndexByte(escapes, c)
	if i < 0 {
		return s.fail("an escape")
	}
	s.text.WriteByte("\"\\/\b\f\n\r\t"[i])
	s.pos++
	return nil
}

// unicode reads uXXXX, with its other half where it is a surrogate; a half alone becomes U+FFFD and is remembered.
func (s *jsonScanner) unicode() error {
	r, ok := hex4(s.src[s.pos+1:])
	if !ok {
		return fmt.Errorf("byte %d: \\u without four hexadecimal digits", s.pos-1)
	}
	s.pos += 5
	if utf16.IsSurrogate(r) {
		pair := rune(utf8.RuneError)
		if strings.HasPrefix(s.src[s.pos:], `\u`) {
			if low, ok := hex4(s.src[s.pos+2:]); ok {
				pair = utf16.DecodeRune(r, low)
			}
		}
		if r = pair; r == utf8.RuneError {
			s.lone = true
		} else {
			s.pos += 6
		}
	}
	s.text.WriteRune(r)
	return nil
}

func hex4(t string) (rune, bool) {
	if len(t) < 4 {
		return 0, false
	}
	var r rune
	for i := range 4 {
		d, ok := hexDigit(t[i])
		if !ok {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
