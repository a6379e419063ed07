package normalize

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// ones and highs have the lowest and the highest bit of each of eight bytes.
const ones, highs = 0x0101010101010101, 0x8080808080808080

// word gives eight bytes as a number, the first one lowest.
func word(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// special marks the first quote, backslash or control character of eight bytes by its highest bit; 0 when there is none.
// The lowest mark is exact; borrows can only make marks above it.
func special(x uint64) uint64 {
	q, b := x^(ones*'"'), x^(ones*'\\')
	return (((x - ones*0x20) &^ x) | ((q - ones) &^ q) | ((b - ones) &^ b)) & highs
}

// number reads a number of JSON's grammar and gives its literal.
func (s *jsonScanner) number() (string, error) {
	start := s.pos
	if err := s.skipNumber(); err != nil {
		return "", err
	}
	return s.copied(start, s.pos), nil
}

func (s *jsonScanner) skipNumber() error {
	if s.peek() == '-' {
		s.pos++
	}
	if s.peek() == '0' {
		s.pos++
	} else if !s.digits() {
		return s.fail("a digit")
	}
	if s.peek() == '.' {
		if s.pos++; !s.digits() {
			return s.fail("a digit")
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.peek(); c == '+' || c == '-' {
			s.pos++
		}
		if !s.digits() {
			return s.fail("a digit")
		}
	}
	return nil
}

func (s *jsonScanner) digits() bool {
	start, i := s.pos, s.pos
	for i < len(s.src) && s.src[i]-'0' <= 9 {
		i++
	}
	s.pos = i
	return i > start
}

// copied gives the record's bytes from i to j as text of its own.
func (s *jsonScanner) copied(i, j int) string {
	from := s.used
	s.used += copy(s.out[from:], s.src[i:j])
	return view(s.out[from:s.used])
}

// name reads a member's name inside an object.
func (s *jsonScanner) name(of nameID) (nameID, error) {
	start := s.pos + 1
	for i := start; i+8 <= len(s.src); i += 8 {
		x := word(s.src[i:])
		hit := special(x)
		if hit == 0 {
			continue
		}
		at := bits.TrailingZeros64(hit) / 8
		if i += at; s.src[i] != '"' {
			break
		}
		s.pos = i + 1
		local := s.src[start:i]
		if len(local) < 8 {
			x &= 1<<(8*at) - 1
			return s.names.find(of, local, x, x), nil
		}
		return s.names.find(of, local, word(local), word(local[len(local)-8:])), nil
	}
	before := s.used
	text, err := s.str() // with escapes, or at the record's end
	if err != nil {
		return 0, err
	}
	s.used = before // the table has a copy
	first, last := edges(bytesOf(text))
	return s.names.find(of, bytesOf(text), first, last), nil
}

// str reads a string. It copies eight bytes at a time and looks for what ends the text or is escaped; what was copied too much is written over.
func (s *jsonScanner) str() (string, error) {
	src, out := s.src, s.out
	i, from := s.pos+1, s.used
	to := from
	for {
		for i+8 <= len(src) {
			x := word(src[i:])
			binary.LittleEndian.PutUint64(out[to:], x)
			hit := special(x)
			if hit == 0 {
				i, to = i+8, to+8
				continue
			}
			at := bits.TrailingZeros64(hit) / 8
			i, to = i+at, to+at
			c := src[i]
			if c == '"' {
				s.pos, s.used = i+1, to
				return view(out[from:to]), nil
			}
			if c != '\\' || i+1 == len(src) || escapes[src[i+1]] == 0 {
				break
			}
			out[to] = escapes[src[i+1]]
			i, to = i+2, to+1
		}
		s.pos = i
		n, err := s.char(out[to:])
		if err != nil {
			return "", err
		}
		to += n
		if n == 0 {
			s.used = to
			return view(out[from:to]), nil
		}
		i = s.pos
	}
}

// char reads one character of a string, or its end, where str cannot: at the record's last bytes, and what is no plain byte. It gives how many bytes it
// wrote, none at the end.
func (s *jsonScanner) char(to []byte) (int, error) {
	switch c := s.peek(); {
	case c == '"':
		s.pos++
		return 0, nil
	case c < ' ':
		return 0, s.fail("a string's text")
	case c != '\\':
		to[0] = c
		s.pos++
		return 1, nil
	case s.pos+1 < len(s.src) && escapes[s.src[s.pos+1]] != 0:
		to[0] = escapes[s.src[s.pos+1]]
		s.pos += 2
		return 1, nil
	}
	return s.unicode(to)
}

// escapes are the bytes that stand behind a backslash for another one.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unicode reads \uXXXX, with its other half where it is a surrogate, and writes the rune; a half alone becomes U+FFFD and is remembered.
func (s *jsonScanner) unicode(to []byte) (int, error) {
	s.pos++
	if s.peek() != 'u' {
		return 0, s.fail("an escape")
	}
	r, ok := hex4(s.src[s.pos+1:])
	if !ok {
		return 0, fmt.Errorf("byte %d: \\u without four hexadecimal digits", s.pos-1)
	}
	s.pos += 5
	if utf16.IsSurrogate(r) {
		pair := rune(utf8.RuneError)
		if bytes.HasPrefix(s.src[s.pos:], []byte(`\u`)) {
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
	return utf8.EncodeRune(to, r), nil
}

func hex4(t []byte) (rune, bool) {
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
