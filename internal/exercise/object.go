package exercise

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// object is a JSON object whose members keep their order, as the programs
// that write logs keep it. Values are strings, integers, floats, booleans,
// lists of strings, objects, and nil for null.
type object []member

type member struct {
	name  string
	value any
}

func (o object) bytes() []byte { return o.append(make([]byte, 0, 1024)) }

func (o object) append(b []byte) []byte {
	b = append(b, '{')
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendQuoted(b, m.name), ':')
		b = appendValue(b, m.value)
	}
	return append(b, '}')
}

func appendValue(b []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return appendQuoted(b, v)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float64:
		return strconv.AppendFloat(b, v, 'f', -1, 64)
	case object:
		return v.append(b)
	case []object:
		return appendList(b, v, func(b []byte, o object) []byte { return o.append(b) })
	case []string:
		return appendList(b, v, appendQuoted)
	}
	return append(b, "null"...)
}

func appendList[T any](b []byte, list []T, one func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, v)
	}
	return append(b, ']')
}

// appendQuoted writes a JSON string; <, > and & stay as they are, since no
// log shipper escapes them.
func appendQuoted(b []byte, text string) []byte {
	if plain(text) {
		return append(append(append(b, '"'), text...), '"')
	}
	buf := bytes.NewBuffer(b)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a string always encodes
	out := buf.Bytes()
	return out[:len(out)-1]
}

// plain tells that a text is the same inside of a JSON string.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
