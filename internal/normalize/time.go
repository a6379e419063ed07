package normalize

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// stamp is a field that may tell an event's time.
type stamp struct {
	name  string
	value *event.Value // nil when it is not there
	utc   bool         // UTC by the log's own definition, though the text has no zone
}

// valueOf gives the first value of this name, nil when there is none.
func valueOf(fields event.Fields, name string) *event.Value {
	for i := range fields {
		if fields[i].Name == name {
			return &fields[i].Value
		}
	}
	return nil
}

// setTime takes the event's time from the first stamp that can be read and can be true, stamps that give an instant before those in local time.
// A stamp that is there and is neither is noted. Without any, the time of receipt is taken.
func (r *reader) setTime(ev *event.Event, stamps ...stamp) {
	var local time.Time
	for _, s := range stamps {
		if s.value == nil || s.value.Kind == event.Null || s.value.Text == "" {
			continue
		}
		zone := r.zone
		if s.utc {
			zone = time.UTC
		}
		t, zoned, ok := parseTime(s.value.Text, zone)
		if why := doubt(t, ok, ev.Received); why != "" {
			r.note("time in %s %s: %.64q", s.name, why, s.value.Text)
			continue
		}
		if zoned || s.utc {
			ev.Time, ev.TimeFrom = t, event.TimeOfRecord
			return
		}
		if local.IsZero() {
			local = t
		}
	}
	if local.IsZero() {
		r.timeOfReceipt(ev)
		return
	}
	r.localTime(ev, local, event.TimeZoned)
}

// longestAhead is how far after its receipt an event is still believed. Wrong clocks and zones stay within; what lies beyond is a "no value" of the
// sender's software (year 9999) or damage, and would hold the analysis, which goes by event time, at a day that does not come.
const longestAhead = 366 * 24 * time.Hour

// doubt says why t, when it could be read, is no event's time; "" when it may be. Times before Unix time are the "no value" of systems that count
// from the years 1, 1601 or 1900.
func doubt(t time.Time, read bool, received time.Time) string {
	switch {
	case !read:
		return "cannot be read"
	case t.Before(time.Unix(0, 0)):
		return "lies before 1970"
	case t.After(received.Add(longestAhead)):
		return "lies more than a year after receipt"
	}
	return ""
}

func (r *reader) localTime(ev *event.Event, t time.Time, from event.TimeOrigin) {
	ev.Time, ev.TimeFrom = t, from
	if r.zoneNote != "" {
		r.note("%s", r.zoneNote)
	}
}

func (r *reader) timeOfReceipt(ev *event.Event) {
	ev.Time, ev.TimeFrom = ev.Received.Truncate(time.Microsecond), event.TimeOfReceipt
}

// parseTime reads what logs write: ISO 8601 with 'T' or blank, fraction after '.' or ',', with or without zone; Unix time in seconds, milli-,
// micro- or nanoseconds, told apart by size; and "/Date(1594…)/" of PowerShell. zoned is false when loc had to be applied.
func parseTime(text string, loc *time.Location) (t time.Time, zoned, ok bool) {
	text = strings.TrimSpace(text)
	if len(text) > 4 && text[4] == '-' {
		return parseISO(text, loc)
	}
	if inner, found := strings.CutPrefix(text, "/Date("); found {
		text = strings.TrimSuffix(inner, ")/")
	}
	t, ok = parseEpoch(text)
	return t, true, ok
}

func parseISO(s string, loc *time.Location) (t time.Time, zoned, ok bool) {
	if len(s) < 19 || s[4] != '-' || s[7] != '-' || s[10] != 'T' && s[10] != ' ' && s[10] != 't' || s[13] != ':' || s[16] != ':' {
		return t, false, false
	}
	century, okCentury := twoDigits(s, 0)
	year, okYear := twoDigits(s, 2)
	month, okMonth := twoDigits(s, 5)
	day, okDay := twoDigits(s, 8)
	clock, okClock := parseClock(s[11:19])
	year += 100 * century
	if !okCentury || !okYear || !okMonth || !okDay || !okClock || year == 0 || !isDay(year, month, day) {
		return t, false, false
	}
	nanos, rest := fraction(s[19:])
	ahead, zoned, ok := parseZone(strings.TrimSpace(rest))
	if !ok {
		return t, false, false
	}
	if !zoned && loc != time.UTC {
		return time.Date(year, time.Month(month), day, clock[0], clock[1], clock[2], nanos, loc), false, true
	}
	seconds := daysSince1970(year, month, day)*86400 + clock[0]*3600 + clock[1]*60 + clock[2] - ahead
	return time.Unix(int64(seconds), int64(nanos)).UTC(), zoned, true
}

func twoDigits(s string, at int) (int, bool) {
	tens, ones := s[at]-'0', s[at+1]-'0'
	return int(tens)*10 + int(ones), tens <= 9 && ones <= 9
}

var monthDays = [13]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func isDay(year, month, day int) bool {
	if month < 1 || month > 12 || day < 1 {
		return false
	}
	return day <= monthDays[month] || month == 2 && day == 29 && (year%4 == 0 && year%100 != 0 || year%400 == 0)
}

// daysSince1970 counts in years that begin in March, so that the leap day is a year's last.
func daysSince1970(year, month, day int) int {
	if month < 3 {
		year, month = year-1, month+12
	}
	return 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 719469
}

// parseClock reads HH:MM:SS; a leap second is 60.
func parseClock(s string) (clock [3]int, ok bool) {
	if len(s) != 8 || s[2] != ':' || s[5] != ':' {
		return clock, false
	}
	for i, limit := range [3]int{23, 59, 60} {
		v, ok := twoDigits(s, 3*i)
		if !ok || v > limit {
			return clock, false
		}
		clock[i] = v
	}
	return clock, true
}

func decimal(s string) (int, bool) {
	n := 0
	for i := 0; i < len(s); i++ {
		d := s[i] - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + int(d)
	}
	return n, s != ""
}

// fraction reads '.' or ',' and digits as nanoseconds; digits beyond nine are dropped.
func fraction(s string) (nanos int, rest string) {
	if s == "" || s[0] != '.' && s[0] != ',' {
		return 0, s
	}
	i, scale := 1, 100_000_000
	for ; i < len(s) && s[i]-'0' <= 9; i++ {
		nanos += int(s[i]-'0') * scale
		scale /= 10
	}
	return nanos, s[i:]
}

// parseZone reads Z, UTC, +09, +0900 or +09:00 as the seconds that a zone's clocks are ahead of UTC; nothing is no zone.
func parseZone(s string) (ahead int, zoned, ok bool) {
	switch s {
	case "":
		return 0, false, true
	case "Z", "z", "UTC", "GMT":
		return 0, true, true
	}
	if s[0] != '+' && s[0] != '-' {
		return 0, false, false
	}
	digits := strings.Replace(s[1:], ":", "", 1)
	if len(digits) == 2 {
		digits += "00"
	}
	v, ok := decimal(digits)
	if !ok || len(digits) != 4 || v/100 > 18 || v%100 > 59 {
		return 0, false, false
	}
	ahead = v/100*3600 + v%100*60
	if s[0] == '-' {
		ahead = -ahead
	}
	return ahead, true, true
}

const lastSecond = 253402300799 // end of year 9999

// parseEpoch reads Unix time. Up to eleven digits are seconds, then each three more are the next smaller unit.
func parseEpoch(s string) (time.Time, bool) {
	if strings.ContainsAny(s, "eE") {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || f < 0 || f > lastSecond {
			return time.Time{}, false
		}
		whole, part := math.Modf(f)
		return time.Unix(int64(whole), int64(part*1e9)).UTC(), true
	}
	whole, rest := s, ""
	if i := strings.IndexAny(s, ".,"); i >= 0 {
		whole, rest = s[:i], s[i:]
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	nanos, left := fraction(rest)
	if err != nil || n < 0 || left != "" || rest != "" && len(rest) == 1 {
		return time.Time{}, false
	}
	unit := int64(1)
	for n/unit >= 100_000_000_000 {
		unit *= 1000
	}
	if n/unit > lastSecond {
		return time.Time{}, false
	}
	return time.Unix(n/unit, n%unit*(1e9/unit)+int64(nanos)/unit).UTC(), true
}
