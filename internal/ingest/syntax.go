package ingest

import "fmt"

// syntax checks one JSON value (RFC 8259) as its bytes come. It decodes nothing; text that is not UTF-8 is let through, since logs hold it.
type syntax struct {
	state   state
	name    bool   // the string under way is a member's name
	literal string // rest of true, false or null
	hex     int    // digits that \u still needs
	stack   []byte // '{' and '[' that are open
	at      int    // bytes taken
}

type state uint8

const (
	wantValue        state = iota
	wantValueOrClose       // after [
	wantNameOrClose        // after {
	wantName               // after , in an object
	wantColon
	wantCommaOrClose
	inString
	inEscape
	inHex
	inLiteral
	afterMinus
	afterZero
	inInteger
	afterPoint
	inFraction
	afterE
	afterESign
	inExponent
)

// maxDepth bounds nesting, as whoever decodes the record must.
const maxDepth = 512

func (s *syntax) start() {
	*s = syntax{stack: s.stack[:0]}
}

// object checks that a line holds one object and nothing else, and says what is wrong.
func (s *syntax) object(line []byte) string {
	begin := 0
	for begin < len(line) && isSpace(line[begin]) {
		begin++
	}
	if begin < len(line) && line[begin] != '{' {
		return fmt.Sprintf("not a JSON object: it begins with %q", line[begin])
	}
	s.start()
	n, done, problem := s.feed(line[begin:])
	n += begin
	switch {
	case problem != "":
		return fmt.Sprintf("bad JSON at byte %d: %s", n, problem)
	case !done:
		return fmt.Sprintf("bad JSON at byte %d: the object is not closed", n)
	}
	for ; n < len(line); n++ {
		if !isSpace(line[n]) {
			return fmt.Sprintf("bad JSON at byte %d: more follows after the object", n)
		}
	}
	return ""
}

// feed takes bytes until the value is complete, they end, or one of them (at n) is wrong.
func (s *syntax) feed(b []byte) (n int, done bool, problem string) {
	for n < len(b) {
		if s.state == inString {
			if n += plain(b[n:]); n == len(b) {
				break
			}
		}
		again, wrong := s.step(b[n])
		if wrong != "" {
			s.at += n
			return n, false, wrong
		}
		if again {
			continue
		}
		n++
		if len(s.stack) == 0 && s.state == wantCommaOrClose {
			s.at += n
			return n, true, ""
		}
	}
	s.at += n
	return n, false, ""
}

// plain counts the bytes at the beginning that need no look inside a string.
func plain(b []byte) int {
	for i, c := range b {
		if c == '"' || c == '\\' || c < ' ' {
			return i
		}
	}
	return len(b)
}

// step takes one byte; again asks for the same byte in the new state.
func (s *syntax) step(c byte) (again bool, wrong string) {
	switch {
	case s.state <= wantCommaOrClose:
		if isSpace(c) {
			return false, ""
		}
		return false, s.structure(c)
	case s.state <= inLiteral:
		return false, s.text(c)
	default:
		return s.number(c)
	}
}

func (s *syntax) structure(c byte) string {
	switch s.state {
	case wantColon:
		if c != ':' {
			return want("':' after a name", c)
		}
		s.state = wantValue
		return ""
	case wantName, wantNameOrClose:
		if c == '}' && s.state == wantNameOrClose {
			return s.close(c)
		}
		if c != '"' {
			return want("a name in quotes", c)
		}
		s.state, s.name = inString, true
		return ""
	case wantCommaOrClose:
		return s.afterValue(c)
	case wantValueOrClose:
		if c == ']' {
			return s.close(c)
		}
	}
	return s.value(c)
}

func (s *syntax) afterValue(c byte) string {
	switch c {
	case ',':
		if s.stack[len(s.stack)-1] == '{' {
			s.state = wantName
		} else {
			s.state = wantValue
		}
		return ""
	case '}', ']':
		return s.close(c)
	}
	return want("',' or the end after a value", c)
}

func (s *syntax) close(c byte) string {
	if open := s.stack[len(s.stack)-1]; (open == '{') != (c == '}') {
		return want(fmt.Sprintf("the end of what %q opened", open), c)
	}
	s.stack = s.stack[:len(s.stack)-1]
	s.state = wantCommaOrClose
	return ""
}

func (s *syntax) value(c byte) string {
	switch c {
	case '{', '[':
		if len(s.stack) == maxDepth {
			return fmt.Sprintf("nested deeper than %d", maxDepth)
		}
		s.stack = append(s.stack, c)
		s.state = wantNameOrClose
		if c == '[' {
			s.state = wantValueOrClose
		}
	case '"':
		s.state, s.name = inString, false
	case 't':
		s.state, s.literal = inLiteral, "rue"
	case 'f':
		s.state, s.literal = inLiteral, "alse"
	case 'n':
		s.state, s.literal = inLiteral, "ull"
	case '-':
		s.state = afterMinus
	case '0':
		s.state = afterZero
	default:
		if c < '1' || c > '9' {
			return want("a value", c)
		}
		s.state = inInteger
	}
	return ""
}

func (s *syntax) text(c byte) string {
	switch s.state {
	case inString:
		return s.quoted(c)
	case inEscape:
		return s.escaped(c)
	case inHex:
		if !isHex(c) {
			return want("a hexadecimal digit", c)
		}
		if s.hex--; s.hex == 0 {
			s.state = inString
		}
		return ""
	}
	if c != s.literal[0] {
		return want("true, false or null", c)
	}
	if s.literal = s.literal[1:]; s.literal == "" {
		s.state = wantCommaOrClose
	}
	return ""
}

func (s *syntax) quoted(c byte) string {
	switch {
	case c == '\\':
		s.state = inEscape
	case c == '"' && s.name:
		s.state = wantColon
	case c == '"':
		s.state = wantCommaOrClose
	case c < ' ':
		return fmt.Sprintf("control character %q in a string", c)
	}
	return ""
}

func (s *syntax) escaped(c byte) string {
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.state = inString
	case 'u':
		s.state, s.hex = inHex, 4
	default:
		return fmt.Sprintf("unknown escape \\%c", c)
	}
	return ""
}

// number takes the bytes of a number, and hands back the first that is none of it.
func (s *syntax) number(c byte) (again bool, wrong string) {
	digit := c >= '0' && c <= '9'
	switch s.state {
	case afterMinus:
		s.state = inInteger
		if c == '0' {
			s.state = afterZero
		}
	case afterPoint:
		s.state = inFraction
	case afterE:
		if s.state = inExponent; c == '+' || c == '-' {
			s.state = afterESign
			return false, ""
		}
	case afterESign:
		s.state = inExponent
	default:
		return s.numberOn(c, digit), ""
	}
	if !digit {
		return false, want("a digit", c)
	}
	return false, ""
}

// numberOn goes on in a number that could end here.
func (s *syntax) numberOn(c byte, digit bool) (again bool) {
	switch {
	case digit && s.state != afterZero:
		return false
	case c == '.' && (s.state == afterZero || s.state == inInteger):
		s.state = afterPoint
		return false
	case (c == 'e' || c == 'E') && s.state != inExponent:
		s.state = afterE
		return false
	}
	s.state = wantCommaOrClose
	return true
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func want(what string, c byte) string { return fmt.Sprintf("want %s, found %q", what, c) }
