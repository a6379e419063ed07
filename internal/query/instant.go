package query

import (
	"strings"
	"time"
)

// layouts of instants, with the span that each of them names.
var layouts = []struct {
	layout string
	span   time.Duration
}{
	{"2006-01-02", 24 * time.Hour},
	{"2006-01-02T15:04", time.Minute},
	{"2006-01-02T15:04Z07:00", time.Minute},
	{"2006-01-02T15:04:05", time.Second},
	{"2006-01-02T15:04:05Z07:00", time.Second},
}

// instant expands a match of a time: a date alone means the whole day, and so on down to the second. Times without zone are UTC.
func instant(m Match) (Node, string) {
	from, to, ok := span(m.Value)
	if !ok {
		return nil, "a date or time, as in 2026-04-01 or 2026-04-01T09:00:00+09:00"
	}
	bound := func(op Op, t time.Time) Match {
		return Match{Field: m.Field, Op: op, Value: t.UTC().Format(time.RFC3339Nano), Pos: m.Pos}
	}
	switch m.Op {
	case Less:
		return bound(Less, from), ""
	case LessEqual:
		return bound(Less, to), ""
	case Greater:
		return bound(GreaterEqual, to), ""
	case GreaterEqual:
		return bound(GreaterEqual, from), ""
	}
	return And{[]Node{bound(GreaterEqual, from), bound(Less, to)}}, ""
}

func span(value string) (from, to time.Time, ok bool) {
	value = strings.ReplaceAll(value, "/", "-")
	if len(value) > 10 && value[10] == ' ' {
		value = value[:10] + "T" + value[11:]
	}
	for _, l := range layouts {
		t, err := time.Parse(l.layout, value)
		if err != nil || t.Year() < 1 || t.Year() > 9998 {
			continue
		}
		width := l.span
		if t.Nanosecond() != 0 || strings.ContainsRune(value, '.') {
			width = time.Microsecond
		}
		return t, t.Add(width), true
	}
	return time.Time{}, time.Time{}, false
}
