package sigma

import (
	"strconv"
	"time"
)

// A datePart is what can be read of a date that a log wrote.
type datePart struct{ low, high int }

// dateParts are the specification's parts and their numbers. It lets weeks
// end with 52, but those of ISO 8601, which it names for dates, may have 53.
var dateParts = map[string]datePart{
	"minute": {0, 59}, "hour": {0, 23}, "day": {1, 31}, "week": {1, 53}, "month": {1, 12}, "year": {0, 9999},
}

// partTest compares a part of a date with a number. Without an operator it
// holds for every date that has the part.
type partTest struct {
	part string
	op   string
	want int
}

func (m *modifiers) partTest(n *node, given pieces) ([]test, *fault) {
	span, text := dateParts[m.part], given.String()
	want, err := strconv.Atoi(text)
	if err == nil && n.kind == nodeString && !given.filled() {
		return nil, refuse(n.line, "", "%s takes a whole number, got the text %q: write it without quotes", m.part, text)
	}
	if err != nil || n.kind == nodeBool {
		return nil, refuse(n.line, "", "%s takes a whole number, got %q", m.part, text)
	}
	if want < span.low || want > span.high {
		return nil, refuse(n.line, "", "%s is a number from %d to %d, got %d", m.part, span.low, span.high, want)
	}
	op := m.kind
	if op == "" {
		op = "eq"
	}
	return []test{partTest{part: m.part, op: op, want: want}}, nil
}

// isTime is an item that holds where the item's field is a date with the part.
func (m *modifiers) isTime(it *item) *item {
	first := it.values[0]
	return &item{
		field: it.field, how: it.how, line: it.line,
		values: []value{{source: first.source, line: first.line, tests: []test{partTest{part: m.part}}}},
	}
}

func (t partTest) match(c *cell) bool {
	d, ok := parseDate(c.text)
	if !ok {
		return false
	}
	got, ok := d.part(t.part)
	switch {
	case !ok || t.op == "":
		return ok
	case t.op == "eq":
		return got == t.want
	}
	return ordered(t.op, int64(got), int64(t.want))
}

// date holds the digits of a date as written, in whatever zone that was.
type date struct {
	year, month, day, hour, minute int
	clock                          bool // hour and minute are there
}

func (d date) part(name string) (int, bool) {
	switch name {
	case "minute":
		return d.minute, d.clock
	case "hour":
		return d.hour, d.clock
	case "day":
		return d.day, true
	case "week":
		_, week := time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).ISOWeek()
		return week, true
	case "month":
		return d.month, true
	}
	return d.year, true
}

// parseDate reads the forms of ISO 8601 that logs use: 2006-01-02, alone or
// followed by T or a space and 15:04, 15:04:05 or 15:04:05.999; or all without
// separators, 20060102T1504 or 20060102T150405. A zone may follow the time: Z,
// +09:00, +0900 or +09. Other forms are no dates: 20060102 alone, which may be
// any number, an hour alone, weeks, days of the year, years of other than
// four digits, and seconds since an epoch.
func parseDate(s string) (date, bool) {
	r := dateReader{rest: s, ok: true}
	d := date{year: r.digits(4, 0, 9999)}
	extended := r.next("-")
	d.month = r.digits(2, 1, 12)
	r.separator(extended, "-")
	d.day = r.digits(2, 1, 31)
	if !r.ok || time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).Day() != d.day {
		return date{}, false
	}
	if extended && r.rest == "" {
		return d, true
	}
	if !extended || !r.next(" ") {
		r.skip("Tt")
	}
	d.clock, d.hour = true, r.digits(2, 0, 23)
	r.separator(extended, ":")
	d.minute = r.digits(2, 0, 59)
	if extended && r.next(":") || !extended && r.digitFollows() {
		r.digits(2, 0, 60)
		if r.next(".,") {
			r.fraction()
		}
	}
	r.zone()
	return d, r.ok && r.rest == ""
}

// dateReader takes a date apart; ok stays false after the first surprise.
type dateReader struct {
	rest string
	ok   bool
}

func (r *dateReader) digits(n, low, high int) int {
	if len(r.rest) < n {
		r.ok = false
		return 0
	}
	value := 0
	for i := range n {
		c := r.rest[i]
		if c < '0' || c > '9' {
			r.ok = false
			return 0
		}
		value = value*10 + int(c-'0')
	}
	r.rest = r.rest[n:]
	r.ok = r.ok && value >= low && value <= high
	return value
}

// next takes one of these characters if it follows.
func (r *dateReader) next(of string) bool {
	for i := range len(of) {
		if r.rest != "" && r.rest[0] == of[i] {
			r.rest = r.rest[1:]
			return true
		}
	}
	return false
}

func (r *dateReader) skip(of string) { r.ok = r.next(of) && r.ok }

// separator takes one of these characters, which the basic form does not have.
func (r *dateReader) separator(extended bool, of string) {
	if extended {
		r.skip(of)
	}
}

func (r *dateReader) digitFollows() bool {
	return r.rest != "" && r.rest[0] >= '0' && r.rest[0] <= '9'
}

func (r *dateReader) fraction() {
	n := 0
	for n < len(r.rest) && r.rest[n] >= '0' && r.rest[n] <= '9' {
		n++
	}
	r.ok = r.ok && n > 0
	r.rest = r.rest[n:]
}

func (r *dateReader) zone() {
	if r.rest == "" || r.next("Zz") {
		return
	}
	r.skip("+-")
	r.digits(2, 0, 23)
	if r.rest == "" {
		return
	}
	r.next(":")
	r.digits(2, 0, 59)
}
