package sigma

import "strings"

// Kind says what a Value is.
type Kind uint8

// The kinds of a value. Absent is the zero value: the log has no such field.
const (
	Absent Kind = iota
	Null
	String
	Number
	Bool
	List
)

// Value is one field's value as the log wrote it. Text is the string, the
// number's literal, or true or false; List holds the elements of a field
// that has several values, which must themselves be scalar.
type Value struct {
	Kind Kind
	Text string
	List []Value
}

// scalar reports whether the value has a text to compare.
func (v *Value) scalar() bool {
	return v.Kind == String || v.Kind == Number || v.Kind == Bool
}

// size and element let a scalar pass for a list of one.
func (v *Value) size() int {
	if v.Kind == List {
		return len(v.List)
	}
	return 1
}

func (v *Value) element(i int) *Value {
	if v.Kind == List {
		return &v.List[i]
	}
	return v
}

// clone gives a value that holds no memory of the event.
func (v Value) clone() Value {
	out := Value{Kind: v.Kind, Text: strings.Clone(v.Text)}
	for _, e := range v.List {
		out.List = append(out.List, e.clone())
	}
	return out
}
