package duckdb

import (
	"slices"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// encodeFields writes the log's own fields as JSON that DuckDB can read. A number or bool that is none in JSON is written as text: one bad row
// would fail every later query of the fields.
func encodeFields(fields event.Fields) string {
	for i := range fields {
		if !wellFormed(fields[i].Value) {
			fields = repaired(fields)
			break
		}
	}
	return valid(string(fields.AppendJSON(nil)))
}

func wellFormed(v event.Value) bool {
	switch v.Kind {
	case event.Number:
		return isJSONNumber(v.Text)
	case event.Bool:
		return v.Text == "true" || v.Text == "false"
	case event.List:
		return !slices.ContainsFunc(v.List, func(e event.Value) bool { return !wellFormed(e) })
	}
	return true
}

func repaired(fields event.Fields) event.Fields {
	out := slices.Clone(fields)
	for i := range out {
		out[i].Value = repairedValue(out[i].Value)
	}
	return out
}

func repairedValue(v event.Value) event.Value {
	if wellFormed(v) {
		return v
	}
	if v.Kind != event.List {
		return event.Str(v.Text)
	}
	list := make([]event.Value, len(v.List))
	for i := range v.List {
		list[i] = repairedValue(v.List[i])
	}
	return event.Value{Kind: event.List, List: list}
}

// isJSONNumber holds RFC 8259 section 6.
func isJSONNumber(s string) bool {
	if len(s) > 0 && s[0] == '-' {
		s = s[1:]
	}
	whole := digits(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return false
	}
	s = s[whole:]
	if len(s) > 0 && s[0] == '.' {
		fraction := digits(s[1:])
		if fraction == 0 {
			return false
		}
		s = s[1+fraction:]
	}
	if len(s) > 0 && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if len(s) > 0 && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		exponent := digits(s)
		return exponent > 0 && exponent == len(s)
	}
	return s == ""
}

// digits is how many digits s begins with.
func digits(s string) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}
