package ingest

import (
	"fmt"
	"io"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// jsonValues gives the objects of an array, or of a body in which objects follow one another, in any layout.
// What is no object is a bad record; after one it goes on at the next place that looks like the beginning of a record.
type jsonValues struct {
	w      *window
	c      collector
	check  syntax
	indent int // white space before what lies ahead on its line; -1 when other things stand before it
}

func (j *jsonValues) next() (source.Record, error) {
	j.c.start()
	first, ok := j.separators()
	if !ok {
		if err := j.w.failed(); err != nil {
			return j.c.record(""), err
		}
		return source.Record{}, io.EOF
	}
	if first == '{' {
		return j.object()
	}
	return j.stray(first)
}

// separators passes over what stands between records.
func (j *jsonValues) separators() (byte, bool) {
	for {
		chunk := j.w.chunk()
		if chunk == nil {
			return 0, false
		}
		for _, b := range chunk {
			switch {
			case b == '\n':
				j.indent = 0
			case isSpace(b):
				if j.indent >= 0 {
					j.indent++
				}
			case b == ',', b == '[', b == ']':
				j.indent = -1
			default:
				return b, true
			}
			j.w.pos++
		}
	}
}

func (j *jsonValues) object() (source.Record, error) {
	begin := max(j.indent, 0)
	j.indent = -1
	j.check.start()
	for {
		chunk := j.w.chunk()
		if chunk == nil {
			return j.unfinished()
		}
		n, done, problem := j.check.feed(chunk)
		j.c.add(chunk[:n])
		j.w.pos += n
		if done {
			return j.c.record(""), nil
		}
		if problem != "" {
			problem = fmt.Sprintf("bad JSON at byte %d: %s", j.check.at, problem)
			if err := j.skip(begin); err != nil {
				return j.c.record(problem), err
			}
			j.c.trim(isSpace)
			return j.c.record(problem), nil
		}
	}
}

func (j *jsonValues) unfinished() (source.Record, error) {
	if err := j.w.failed(); err != nil {
		return j.c.record(""), err
	}
	j.c.trim(isSpace)
	return j.c.record(fmt.Sprintf("bad JSON at byte %d: the object is not closed", j.c.size)), nil
}

// skip collects the rest of a bad object: to the brace that closes it as far as can be told, or to a line that begins as the object itself began.
func (j *jsonValues) skip(begin int) error {
	s := loose{open: j.check.stack, begin: begin, line: lineSoFar(&j.c)}
	switch j.check.state {
	case inString, inEscape, inHex:
		s.quoted = true
	}
	for {
		chunk := j.w.chunk()
		if chunk == nil {
			return j.w.failed()
		}
		n, done := s.feed(chunk)
		j.c.add(chunk[:n])
		j.w.pos += n
		if done {
			j.indent = s.line
			return nil
		}
	}
}

// lineSoFar is the white space that stands at the end of the record if nothing else does on that line, else -1.
func lineSoFar(c *collector) int {
	if c.cut {
		return -1
	}
	for i := len(c.buf) - 1; i >= 0; i-- {
		if c.buf[i] == '\n' {
			return len(c.buf) - 1 - i
		}
		if !isSpace(c.buf[i]) {
			break
		}
	}
	return -1
}

// stray collects what is no object, to the end of its line or to the next object.
func (j *jsonValues) stray(first byte) (source.Record, error) {
	problem := fmt.Sprintf("not a JSON object: it begins with %q", first)
	j.indent = -1
	for {
		chunk := j.w.chunk()
		if chunk == nil {
			if err := j.w.failed(); err != nil {
				return j.c.record(problem), err
			}
			break
		}
		n := 0
		for n < len(chunk) && chunk[n] != '\n' && chunk[n] != '{' {
			n++
		}
		j.c.add(chunk[:n])
		j.w.pos += n
		if n < len(chunk) {
			break
		}
	}
	j.c.trim(func(b byte) bool { return isSpace(b) || b == ',' || b == ']' || b == '[' })
	return j.c.record(problem), nil
}

// maxLoose bounds the memory for nesting in what is no JSON.
const maxLoose = 1 << 20

// loose finds the end of an object that is no JSON any more.
type loose struct {
	open    []byte // braces and brackets that are open
	quoted  bool
	escaped bool
	begin   int // white space before the object on its line
	line    int // white space so far on this line; -1 when there was more
}

// feed takes bytes until the object ends before or with one of them.
func (s *loose) feed(b []byte) (n int, done bool) {
	for n, c := range b {
		switch {
		case c == '\n':
			s.line, s.quoted, s.escaped = 0, false, false
			continue
		case s.line >= 0 && isSpace(c):
			s.line++
			continue
		case s.line == s.begin && c == '{':
			return n, true
		}
		s.line = -1
		switch {
		case s.escaped:
			s.escaped = false
		case s.quoted && c == '\\':
			s.escaped = true
		case c == '"':
			s.quoted = !s.quoted
		case !s.quoted:
			if end, after := s.bracket(c); end {
				return n + after, true
			}
		}
	}
	return len(b), false
}

// bracket follows nesting; a closing one closes all that was opened after its like. after is 1 when c belongs to the object that ends.
func (s *loose) bracket(c byte) (end bool, after int) {
	switch c {
	case '{', '[':
		if len(s.open) < maxLoose {
			s.open = append(s.open, c)
		}
	case '}', ']':
		like := byte('{')
		if c == ']' {
			like = '['
		}
		i := len(s.open) - 1
		for i >= 0 && s.open[i] != like {
			i--
		}
		if i < 0 {
			return c == ']', 0 // the array in which the object stands
		}
		s.open = s.open[:i]
		return i == 0, 1
	}
	return false, 0
}
