package normalize

import (
	"errors"
	"fmt"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// Bounds on what one JSON record may make the scanner hold. A record beyond them is not read, with the bound as the reason.
const (
	maxDepth   = 64      // objects and arrays inside each other
	maxName    = 512     // bytes of a joined name
	maxFields  = 4096    // fields of a record
	maxJoined  = 1024    // different names inside one array of objects
	maxPadding = 1 << 14 // nulls that keep lists of an array of objects in line
	maxNames   = 4096    // joined names kept for the next records of a batch
)

// jsonScanner reads one JSON object after another straight into flat fields, without reflection and without a map.
//
// Names of nested objects are joined by dots. Numbers keep their literal. Names that repeat are all kept. An array of scalars is a List.
// An array of objects gives one List per joined name, in line with the array: the i-th value belongs to the i-th object, and Null stands
// where an earlier object lacks the name (nothing is added behind the last object that has it). An array in an array gives a List in a List.
// An object without members is an empty List under its own name.
//
// A scanner belongs to one goroutine. What it returns shares memory with the text it was given, never with the scanner.
type jsonScanner struct {
	src    string
	pos    int
	depth  int
	text   *strings.Builder // unescaped strings of this record; slices of it stay valid
	fields event.Fields
	array  arrayState
	pads   int
	lone   bool // a surrogate without its other half was replaced

	key   []byte
	names map[string]string
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
	s.src, s.pos, s.depth, s.pads, s.lone = src, 0, 0, 0, false
	s.text, s.fields, s.array = &strings.Builder{}, s.fields[:0], arrayState{}
	if s.names == nil {
		s.names = make(map[string]string)
	}
	s.space()
	if s.peek() != '{' {
		return nil, false, errNotObject
	}
	if err := s.object(""); err != nil {
		return nil, false, fmt.Errorf("JSON: %w", err)
	}
	if s.space(); s.pos < len(s.src) {
		return nil, false, fmt.Errorf("JSON: byte %d: something follows the object", s.pos)
	}
	out := make(event.Fields, len(s.fields), len(s.fields)+2)
	copy(out, s.fields)
	clear(s.fields)
	return out, s.lone, nil
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

// object reads an object whose own name is name ("" for the record itself).
func (s *jsonScanner) object(name string) error {
	if err := s.deeper(); err != nil {
		return err
	}
	top := s.depth == 1
	s.pos++
	if s.space(); s.peek() == '}' {
		s.pos++
		s.depth--
		if top {
			return nil
		}
		return s.put(name, event.Value{Kind: event.List})
	}
	for {
		if err := s.member(name, top); err != nil {
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

func (s *jsonScanner) member(prefix string, top bool) error {
	if s.peek() != '"' {
		return s.fail("a name")
	}
	name, err := s.str()
	if err != nil {
		return err
	}
	if s.space(); s.peek() != ':' {
		return s.fail("':'")
	}
	s.pos++
	s.space()
	if name, err = s.join(prefix, name, top); err != nil {
		return err
	}
	return s.value(name)
}

// join makes the dotted name. Names of nested objects recur from record to record, so they are kept for the batch.
func (s *jsonScanner) join(prefix, name string, top bool) (string, error) {
	if len(prefix)+1+len(name) > maxName {
		return "", fmt.Errorf("byte %d: name of more than %d bytes", s.pos, maxName)
	}
	if top {
		return name, nil
	}
	s.key = append(append(append(s.key[:0], prefix...), '.'), name...)
	if known, ok := s.names[string(s.key)]; ok {
		return known, nil
	}
	joined := string(s.key)
	if len(s.names) < maxNames {
		s.names[joined] = joined
	}
	return joined, nil
}

func (s *jsonScanner) value(name string) error {
	switch c := s.peek(); {
	case c == '"':
		text, err := s.str()
		if err != nil {
			return err
		}
		return s.put(name, event.Value{Kind: event.String, Text: text})
	case c == '{':
		return s.object(name)
	case c == '[':
		return s.list(name)
	case c == '-' || c >= '0' && c <= '9':
		literal, err := s.number()
		if err != nil {
			return err
		}
		return s.put(name, event.Value{Kind: event.Number, Text: literal})
	default:
		return s.word(name)
	}
}

func (s *jsonScanner) word(name string) error {
	for _, w := range [...]struct {
		text string
		v    event.Value
	}{
		{"true", event.Value{Kind: event.Bool, Text: "true"}},
		{"false", event.Value{Kind: event.Bool, Text: "false"}},
		{"null", event.Value{Kind: event.Null}},
	} {
		if strings.HasPrefix(s.src[s.pos:], w.text) {
			s.pos += len(w.text)
			return s.put(name, w.v)
		}
	}
	return s.fail("a value")
}

// list reads an array: its elements gather as lists behind the fields read so far and are then put as one value each.
func (s *jsonScanner) list(name string) error {
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
	gathered := append(event.Fields(nil), s.fields[first:]...)
	s.fields = s.fields[:first]
	for _, f := range gathered {
		if err := s.put(f.Name, f.Value); err != nil {
			return err
		}
	}
	return nil
}

func (s *jsonScanner) elements(name string) error {
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

// put adds a value: as a field, or inside an array to the list of this name.
func (s *jsonScanner) put(name string, v event.Value) error {
	if !s.array.inside {
		return s.add(event.Field{Name: name, Value: v})
	}
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
	return s.add(event.Field{Name: name, Value: list})
}

func (s *jsonScanner) add(f event.Field) error {
	if len(s.fields) >= maxFields {
		return fmt.Errorf("byte %d: more than %d fields", s.pos, maxFields)
	}
	s.fields = append(s.fields, f)
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
