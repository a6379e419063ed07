package normalize

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// Bounds on what one JSON record may make the scanner hold. A record beyond them is not read, with the bound as the reason.
const (
	maxDepth   = 64      // objects and arrays inside each other
	maxName    = 512     // bytes of a joined name
	maxFields  = 4096    // fields of a record
	maxJoined  = 1024    // different names inside one array of objects
	maxPadding = 1 << 14 // nulls that keep lists of an array of objects in line
	maxNames   = 4096    // names kept for the next records
)

// jsonScanner reads one JSON object after another straight into flat fields, without reflection and without a map.
//
// Names of nested objects are joined by dots. Numbers keep their literal. Names that repeat are all kept. An array of scalars is a List.
// An array of objects gives one List per joined name, in line with the array: the i-th value belongs to the i-th object, and Null stands
// where an earlier object lacks the name (nothing is added behind the last object that has it). An array in an array gives a List in a List.
// An object without members is an empty List under its own name.
//
// A scanner belongs to one goroutine. What it returns shares memory neither with the text it was given nor with what the next scan works on.
type jsonScanner struct {
	memory
	names *nameTable

	src    []byte
	pos    int
	depth  int
	out    []byte // room for this record's text
	used   int    // of out
	fields event.Fields
	marks  []mark // of fields
	array  arrayState
	pads   int
	lone   bool // a surrogate without its other half was replaced
}

// arrayState is the array being read: where its lists begin in fields, and at which element it is.
type arrayState struct {
	inside bool
	first  int
	index  int
}

var errNotObject = errors.New("JSON: not an object")

// scan reads src, which must be valid UTF-8 and hold one object. lone reports that surrogates without their other half became U+FFFD.
func (s *jsonScanner) scan(src string) (fields event.Fields, lone bool, err error) {
	if s.names == nil {
		s.names = newNameTable(nil)
	}
	s.names.trim()
	s.src, s.pos, s.depth, s.pads, s.lone = bytesOf(src), 0, 0, 0, false
	s.out, s.used = s.room(len(src)+8), 0 // text is never longer than it was written; eight bytes are copied at a time
	s.fields, s.marks, s.array = s.fieldRoom(), s.marks[:0], arrayState{}
	if err := s.record(); err != nil {
		s.dropFields(s.fields)
		return nil, false, err
	}
	s.take(s.out, s.used)
	return s.takeFields(s.fields), s.lone, nil
}

// release lets go of everything but the names and room to work in.
func (s *jsonScanner) release() {
	s.memory, s.src, s.out, s.fields = memory{}, nil, nil, nil
}

func (s *jsonScanner) record() error {
	if s.space(); s.peek() != '{' {
		return errNotObject
	}
	if err := s.object(recordItself); err != nil {
		return fmt.Errorf("JSON: %w", err)
	}
	if s.space(); s.pos < len(s.src) {
		return fmt.Errorf("JSON: byte %d: something follows the object", s.pos)
	}
	return nil
}

func (s *jsonScanner) fail(what string) error {
	if s.pos >= len(s.src) {
		return fmt.Errorf("byte %d: ends too early, want %s", s.pos, what)
	}
	return fmt.Errorf("byte %d: %q where %s is wanted", s.pos, s.src[s.pos], what)
}

func (s *jsonScanner) peek() byte {
	if s.pos < len(s.src) {
		return s.src[s.pos]
	}
	return 0
}

func (s *jsonScanner) space() {
	if s.pos < len(s.src) && s.src[s.pos] > ' ' {
		return
	}
	s.spaces()
}

func (s *jsonScanner) spaces() {
	for s.pos < len(s.src) {
		switch s.src[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

func (s *jsonScanner) deeper() error {
	if s.depth++; s.depth > maxDepth {
		return fmt.Errorf("byte %d: more than %d levels deep", s.pos, maxDepth)
	}
	return nil
}

// object reads an object of this name.
func (s *jsonScanner) object(name nameID) error {
	if err := s.deeper(); err != nil {
		return err
	}
	s.pos++
	if s.space(); s.peek() == '}' {
		s.pos++
		s.depth--
		if name == recordItself {
			return nil
		}
		return s.put(name, event.Value{Kind: event.List})
	}
	for {
		if err := s.member(name); err != nil {
			return err
		}
		s.space()
		switch s.peek() {
		case ',':
			s.pos++
			s.space()
		case '}':
			s.pos++
			s.depth--
			return nil
		default:
			return s.fail("',' or '}'")
		}
	}
}

func (s *jsonScanner) member(of nameID) error {
	if s.peek() != '"' {
		return s.fail("a name")
	}
	name, err := s.name(of)
	if err != nil {
		return err
	}
	if s.space(); s.peek() != ':' {
		return s.fail("':'")
	}
	s.pos++
	s.space()
	if name == tooLong {
		return fmt.Errorf("byte %d: name of more than %d bytes", s.pos, maxName)
	}
	return s.value(name)
}

func (s *jsonScanner) value(name nameID) error {
	switch c := s.peek(); {
	case c == '"':
		text, err := s.str()
		if err != nil {
			return err
		}
		return s.putScalar(name, event.String, text)
	case c == '-' || c-'0' <= 9:
		literal, err := s.number()
		if err != nil {
			return err
		}
		return s.putScalar(name, event.Number, literal)
	case c == '{':
		return s.object(name)
	case c == '[':
		return s.list(name)
	default:
		return s.word(name)
	}
}

func (s *jsonScanner) word(name nameID) error {
	for _, w := range [...]struct {
		text string
		v    event.Value
	}{
		{"true", event.Value{Kind: event.Bool, Text: "true"}},
		{"false", event.Value{Kind: event.Bool, Text: "false"}},
		{"null", event.Value{Kind: event.Null}},
	} {
		if bytes.HasPrefix(s.src[s.pos:], []byte(w.text)) {
			s.pos += len(w.text)
			return s.put(name, w.v)
		}
	}
	return s.fail("a value")
}

// list reads an array: its elements gather as lists behind the fields read so far and are then put as one value each.
func (s *jsonScanner) list(name nameID) error {
	if err := s.deeper(); err != nil {
		return err
	}
	s.pos++
	outer := s.array
	s.array = arrayState{inside: true, first: len(s.fields)}
	if s.space(); s.peek() == ']' {
		s.pos++
	} else if err := s.elements(name); err != nil {
		return err
	}
	first, empty := s.array.first, s.array.index == 0
	s.array = outer
	s.depth--
	if empty {
		return s.put(name, event.Value{Kind: event.List})
	}
	if !outer.inside {
		return nil // the lists stand where they belong
	}
	return s.putAgain(first)
}

// putAgain puts the lists from first on into the lists of the array around them.
func (s *jsonScanner) putAgain(first int) error {
	fields, marks := slices.Clone(s.fields[first:]), slices.Clone(s.marks[first:])
	clear(s.fields[first:])
	s.fields, s.marks = s.fields[:first], s.marks[:first]
	for i := range fields {
		if err := s.putInLine(fields[i].Name, marks[i], fields[i].Value); err != nil {
			return err
		}
	}
	return nil
}

func (s *jsonScanner) elements(name nameID) error {
	for {
		if err := s.value(name); err != nil {
			return err
		}
		s.array.index++
		s.space()
		switch s.peek() {
		case ',':
			s.pos++
			s.space()
		case ']':
			s.pos++
			return nil
		default:
			return s.fail("',' or ']'")
		}
	}
}

// putScalar is put for what most values are, without copying a whole Value about.
func (s *jsonScanner) putScalar(name nameID, kind event.Kind, text string) error {
	n := len(s.fields)
	if s.array.inside || n >= maxFields || n == cap(s.fields) {
		return s.put(name, event.Value{Kind: kind, Text: text})
	}
	s.fields = s.fields[:n+1]
	f, kept := &s.fields[n], &s.names.list[name] // the room is zero
	f.Name, f.Value.Kind, f.Value.Text = kept.text, kind, text
	s.marks = append(s.marks, kept.mark)
	return nil
}

// put adds a value: as a field, or inside an array to the list of this name.
func (s *jsonScanner) put(name nameID, v event.Value) error {
	kept := &s.names.list[name]
	if s.array.inside {
		return s.putInLine(kept.text, kept.mark, v)
	}
	return s.add(kept.text, kept.mark, v)
}

func (s *jsonScanner) putInLine(name string, m mark, v event.Value) error {
	for i := s.array.first; i < len(s.fields); i++ {
		// A list that already has this element's value belongs to the first of two equal names in one object.
		if s.fields[i].Name == name && len(s.fields[i].Value.List) <= s.array.index {
			return s.pad(&s.fields[i].Value, v)
		}
	}
	if len(s.fields)-s.array.first >= maxJoined {
		return fmt.Errorf("byte %d: more than %d different names in one array", s.pos, maxJoined)
	}
	list := event.Value{Kind: event.List}
	if err := s.pad(&list, v); err != nil {
		return err
	}
	return s.add(name, m, list)
}

func (s *jsonScanner) add(name string, m mark, v event.Value) error {
	if len(s.fields) >= maxFields {
		return fmt.Errorf("byte %d: more than %d fields", s.pos, maxFields)
	}
	s.fields, s.marks = append(s.fields, event.Field{Name: name, Value: v}), append(s.marks, m)
	return nil
}

func (s *jsonScanner) pad(list *event.Value, v event.Value) error {
	for len(list.List) < s.array.index {
		if s.pads++; s.pads > maxPadding {
			return fmt.Errorf("byte %d: objects of one array differ too much", s.pos)
		}
		list.List = append(list.List, event.Value{Kind: event.Null})
	}
	list.List = append(list.List, v)
	return nil
}
