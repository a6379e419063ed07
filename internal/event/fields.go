package event

import (
	"encoding/json"
	"strings"
)

// Kind is the type of a Value as the log wrote it.
type Kind uint8

// Kinds of values. Absent is the zero Kind: a field that is not there.
const (
	Absent Kind = iota
	Null
	String
	Number
	Bool
	List
)

// Value is one field's value as the log wrote it. Text holds a string's text (unescaped, valid UTF-8), a number's literal, or "true"/"false".
type Value struct {
	Kind Kind
	Text string
	List []Value
}

// Str makes a string value.
func Str(s string) Value { return Value{Kind: String, Text: s} }

// Num makes a number value from its literal, which must be a JSON number.
func Num(literal string) Value { return Value{Kind: Number, Text: literal} }

// Field is one of the log's own fields. Names of nested objects are joined by dots; objects inside lists give a list per name.
type Field struct {
	Name  string
	Value Value
}

// Fields are an event's own fields in the order of the log. Names may repeat only if the log repeats them; Get answers the first.
type Fields []Field

// Get returns the first value of this exact name; its Kind is Absent when there is none.
func (f Fields) Get(name string) Value {
	for i := range f {
		if f[i].Name == name {
			return f[i].Value
		}
	}
	return Value{}
}

// Text returns the text of the first value of this name if it is a string, number or bool; else "".
func (f Fields) Text(name string) string {
	v := f.Get(name)
	if v.Kind == List && len(v.List) > 0 {
		v = v.List[0]
	}
	return v.Text
}

// AppendJSON appends the fields as one JSON object {name: value}. Numbers keep their literal.
func (f Fields) AppendJSON(b []byte) []byte {
	b = append(b, '{')
	for i := range f {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, f[i].Name)
		b = append(b, ':')
		b = f[i].Value.AppendJSON(b)
	}
	return append(b, '}')
}

// AppendJSON appends the value as JSON; an absent value as null.
func (v Value) AppendJSON(b []byte) []byte {
	switch v.Kind {
	case String:
		return appendString(b, v.Text)
	case Number, Bool:
		return append(b, v.Text...)
	case List:
		b = append(b, '[')
		for i := range v.List {
			if i > 0 {
				b = append(b, ',')
			}
			b = v.List[i].AppendJSON(b)
		}
		return append(b, ']')
	default:
		return append(b, "null"...)
	}
}

const hexDigits = "0123456789abcdef"

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case c < 0x20 || c == 0x7f:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// ParseFields reads what AppendJSON wrote: a flat JSON object of scalars and lists.
func ParseFields(data []byte) (Fields, error) {
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	var out Fields
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var v any
		if err := dec.Decode(&v); err != nil {
			return nil, err
		}
		out = append(out, Field{Name: name.(string), Value: fromJSON(v)})
	}
	return out, nil
}

func fromJSON(v any) Value {
	switch v := v.(type) {
	case string:
		return Str(v)
	case json.Number:
		return Num(v.String())
	case bool:
		if v {
			return Value{Kind: Bool, Text: "true"}
		}
		return Value{Kind: Bool, Text: "false"}
	case []any:
		list := make([]Value, len(v))
		for i := range v {
			list[i] = fromJSON(v[i])
		}
		return Value{Kind: List, List: list}
	default:
		return Value{Kind: Null}
	}
}
