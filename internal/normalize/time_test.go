package normalize_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/source"
)

// timed reads a Zeek record, whose ts may be anything.
func timed(t *testing.T, zone, literal string) event.Event {
	t.Helper()
	return read(t, source.FormatZeek, zone, `{"_path":"conn","ts":`+literal+`}`)
}

func TestTimes(t *testing.T) {
	f := func(zone, literal, want string, from event.TimeOrigin) {
		t.Helper()
		ev := timed(t, zone, literal)
		if got := ev.Time.Format(time.RFC3339Nano); got != want || ev.TimeFrom != from || ev.Problem != "" || ev.Time.Location() != time.UTC {
			t.Errorf("%s in %q: %s from %s (%s), want %s from %s", literal, zone, got, ev.TimeFrom, ev.Problem, want, from)
		}
	}
	rec, zoned := event.TimeOfRecord, event.TimeZoned
	// An instant stands whatever the source's zone is.
	f("Asia/Tokyo", `"2026-06-30T10:15:00Z"`, "2026-06-30T10:15:00Z", rec)
	f("Asia/Tokyo", `"2026-06-30T10:15:00+09:00"`, "2026-06-30T01:15:00Z", rec)
	f("", `"2026-06-30T10:15:00.5-0600"`, "2026-06-30T16:15:00.5Z", rec)
	f("", `"2026-06-30 10:15:00,250 +0530"`, "2026-06-30T04:45:00.25Z", rec)
	f("", `"2026-06-30 10:15:00 UTC"`, "2026-06-30T10:15:00Z", rec)
	f("", `"2026-06-30T10:15:00+09"`, "2026-06-30T01:15:00Z", rec)
	f("", `"2016-12-31T23:59:60Z"`, "2017-01-01T00:00:00Z", rec)
	f("", `"2026-06-30T10:15:00.123456789Z"`, "2026-06-30T10:15:00.123456Z", rec)
	// A wall clock is read in the source's zone, summer and winter; without one in UTC.
	f("Asia/Tokyo", `"2026-06-30T10:15:00"`, "2026-06-30T01:15:00Z", zoned)
	f("Europe/Berlin", `"2026-06-30 10:15:00"`, "2026-06-30T08:15:00Z", zoned)
	f("Europe/Berlin", `"2026-01-30 10:15:00"`, "2026-01-30T09:15:00Z", zoned)
	f("America/New_York", `"2026-06-30 10:15:00.001"`, "2026-06-30T14:15:00.001Z", zoned)
	f("", `"2026-06-30 10:15:00"`, "2026-06-30T10:15:00Z", zoned)
	f("UTC", `"2024-02-29 00:00:00"`, "2024-02-29T00:00:00Z", zoned)
	// Unix time in any unit, as number and as text.
	f("Asia/Tokyo", `1782782100`, "2026-06-30T01:15:00Z", rec)
	f("", `"1782782100"`, "2026-06-30T01:15:00Z", rec)
	f("", `1782782100.250131`, "2026-06-30T01:15:00.250131Z", rec)
	f("", `1782782100250`, "2026-06-30T01:15:00.25Z", rec)
	f("", `1782782100250131`, "2026-06-30T01:15:00.250131Z", rec)
	f("", `1782782100250131000`, "2026-06-30T01:15:00.250131Z", rec)
	f("", `1.7827821e9`, "2026-06-30T01:15:00Z", rec)
	f("", `13.184015`, "1970-01-01T00:00:13.184015Z", rec)
	f("", `0`, "1970-01-01T00:00:00Z", rec)
}

func TestUnreadableTimesAreReceiptAndNoted(t *testing.T) {
	for _, literal := range []string{
		`"yesterday"`, `"2026-13-01T00:00:00Z"`, `"2026-02-30 00:00:00"`, `"2025-02-29T00:00:00Z"`, `"2026-06-30T24:00:00Z"`, `"2026-06-30T10:15"`,
		`"2026-06-30T10:15:00 Mars"`, `"2026-06-30T10:15:00+25:00"`, `-5`, `"1782782100."`, `1e300`, `"0000-01-01T00:00:00Z"`, `99999999999999999999`, `true`,
	} {
		ev := timed(t, "", literal)
		if !ev.Time.Equal(received) || ev.TimeFrom != event.TimeOfReceipt || !strings.Contains(ev.Problem, "time in ts cannot be read") || !ev.Parsed() {
			t.Errorf("%s: %s from %s: %q", literal, ev.Time, ev.TimeFrom, ev.Problem)
		}
	}
}

func TestMissingTimeIsReceipt(t *testing.T) {
	for _, literal := range []string{`null`, `""`} {
		if ev := timed(t, "", literal); !ev.Time.Equal(received) || ev.TimeFrom != event.TimeOfReceipt || ev.Problem != "" {
			t.Errorf("%s: %s from %s: %q", literal, ev.Time, ev.TimeFrom, ev.Problem)
		}
	}
}

func TestFarFutureIsKeptAndNoted(t *testing.T) {
	ev := timed(t, "", `"2027-07-02T03:00:00Z"`)
	if ev.Time.Year() != 2027 || !strings.Contains(ev.Problem, "after receipt") {
		t.Errorf("%s: %q", ev.Time, ev.Problem)
	}
	if ev := timed(t, "", `"2026-07-01T17:00:00Z"`); ev.Problem != "" {
		t.Errorf("half a day ahead is noted: %q", ev.Problem)
	}
}

// TestImpossibleTimesAreReceiptAndNoted holds that no time of a sender's fancy gets in: analysis goes by event time, and the records keep it.
func TestImpossibleTimesAreReceiptAndNoted(t *testing.T) {
	f := func(format source.Format, zone, record, field, why string) {
		t.Helper()
		ev := read(t, format, zone, record)
		if !ev.Time.Equal(received) || ev.TimeFrom != event.TimeOfReceipt || !ev.Parsed() {
			t.Errorf("%s: %s from %s, dataset %s", record, ev.Time, ev.TimeFrom, ev.Dataset)
		}
		if !strings.Contains(ev.Problem, "time in "+field+" lies "+why) || strings.Contains(ev.Problem, "cannot be read") {
			t.Errorf("%s: %q", record, ev.Problem)
		}
	}
	const early, late = "before 1970", "more than a year after receipt"
	for _, formed := range []struct {
		format               source.Format
		zone, field, pattern string
	}{
		{source.FormatZeek, "", "ts", `{"_path":"conn","ts":"%s"}`},
		{source.FormatSuricata, "Asia/Tokyo", "timestamp", `{"event_type":"dns","timestamp":"%s"}`},
		{source.FormatWindows, "Asia/Tokyo", "UtcTime", `{"EventID":1,"Channel":"System","UtcTime":"%s"}`},
		{source.FormatWindows, "Asia/Tokyo", "EventTime", `{"EventID":1,"Channel":"System","EventTime":"%s"}`},
		{source.FormatSyslog, "Asia/Tokyo", "timestamp", `<13>1 %s gw app - - - x`},
	} {
		for stamp, why := range map[string]string{
			"0001-01-01T00:00:00": early, "1601-01-01T00:00:00Z": early, "1900-01-01T00:00:00": early, "1969-12-31T23:59:59.999999Z": early,
			"0001-01-01T00:00:00+18:00": early, "9999-12-31T23:59:59": late, "9999-12-31T23:59:59-18:00": late, "2027-07-02T03:00:00.000001Z": late,
		} {
			f(formed.format, formed.zone, fmt.Sprintf(formed.pattern, stamp), formed.field, why)
		}
	}
	f(source.FormatZeek, "", `{"_path":"conn","ts":99999999999}`, "ts", late)
	f(source.FormatZeek, "", `{"_path":"conn","ts":2.53402300799e11}`, "ts", late)
	f(source.FormatZeek, "", `{"_path":"conn","ts":9223372036854775807}`, "ts", late)
	// Unix time begins in UTC, wherever the clock hangs.
	f(source.FormatZeek, "Asia/Tokyo", `{"_path":"conn","ts":"1970-01-01T08:59:59"}`, "ts", early)
}

func TestPossibleTimeBesideAnImpossibleOne(t *testing.T) {
	ev := read(t, source.FormatWindows, "", `{"EventID":1,"Channel":"System","UtcTime":"0001-01-01 00:00:00","@timestamp":"2026-06-30T01:00:03Z"}`)
	if ev.Time.Format(time.RFC3339) != "2026-06-30T01:00:03Z" || ev.TimeFrom != event.TimeOfRecord || !strings.Contains(ev.Problem, "UtcTime lies before") {
		t.Errorf("%s from %s: %q", ev.Time, ev.TimeFrom, ev.Problem)
	}
	if ev := timed(t, "", `"1970-01-01T00:00:00Z"`); ev.Time.Unix() != 0 || ev.Problem != "" {
		t.Errorf("the first second of Unix time: %s: %q", ev.Time, ev.Problem)
	}
}

func TestUnknownZoneIsNotedWhereItMatters(t *testing.T) {
	for _, zone := range []string{"Mars/Base", "Local", "../etc/passwd"} {
		if ev := timed(t, zone, `"2026-06-30 10:15:00"`); !strings.Contains(ev.Problem, "UTC taken") || ev.Time.Hour() != 10 {
			t.Errorf("%s: %s: %q", zone, ev.Time, ev.Problem)
		}
		if ev := timed(t, zone, `"2026-06-30T10:15:00Z"`); ev.Problem != "" {
			t.Errorf("%s: noted though not needed: %q", zone, ev.Problem)
		}
	}
}

func TestWindowsTimeOrder(t *testing.T) {
	f := func(fields, want string, from event.TimeOrigin) {
		t.Helper()
		ev := read(t, source.FormatWindows, "Asia/Tokyo", `{"EventID":1,"Channel":"System",`+fields+`}`)
		if got := ev.Time.Format("15:04:05"); got != want || ev.TimeFrom != from || ev.Problem != "" {
			t.Errorf("%s: %s from %s: %q", fields, got, ev.TimeFrom, ev.Problem)
		}
	}
	f(`"@timestamp":"2026-06-30T01:00:03Z","EventTime":"2026-06-30 10:00:02","UtcTime":"2026-06-30 01:00:01"`, "01:00:01", event.TimeOfRecord)
	f(`"@timestamp":"2026-06-30T01:00:03Z","TimeCreated":"2026-06-30T01:00:02Z"`, "01:00:02", event.TimeOfRecord)
	f(`"@timestamp":"2026-06-30T01:00:03Z","EventTime":"2026-06-30T10:00:02+09:00"`, "01:00:02", event.TimeOfRecord)
	f(`"@timestamp":"2026-06-30T01:00:03Z","EventTime":"2026-06-30 10:00:02"`, "01:00:03", event.TimeOfRecord)
	f(`"EventTime":"2026-06-30 10:00:02"`, "01:00:02", event.TimeZoned)
	f(`"EventTime":"2026-06-30 10:00:02","TimeCreated":"2026-06-30 10:00:01"`, "01:00:01", event.TimeZoned)
	f(`"System":{"TimeCreated":{"SystemTime":"2026-06-30 01:00:05"}}`, "01:00:05", event.TimeOfRecord)
}

func TestYearIsFilledNearestToReceipt(t *testing.T) {
	f := func(at, zone, stamp, want string) {
		t.Helper()
		b := batch(t, source.FormatSyslog, zone, "<13>"+stamp+" gw app: x")
		var err error
		if b.Received, err = time.Parse(time.RFC3339, at); err != nil {
			t.Fatal(err)
		}
		ev := newNormalizer(t).Batch(b, 1, 1, 1)[0]
		if got := ev.Time.Format(time.RFC3339); got != want || ev.TimeFrom != event.TimeYearFilled {
			t.Errorf("%s at %s in %s: %s from %s, want %s", stamp, at, zone, got, ev.TimeFrom, want)
		}
	}
	f("2026-07-01T00:00:00Z", "UTC", "Jun 30 23:59:59", "2026-06-30T23:59:59Z")
	f("2026-01-01T00:00:05Z", "UTC", "Dec 31 23:59:59", "2025-12-31T23:59:59Z")
	f("2025-12-31T23:59:58Z", "UTC", "Jan  1 00:00:01", "2026-01-01T00:00:01Z")
	f("2026-01-01T00:00:05+09:00", "Asia/Tokyo", "Dec 31 23:59:59", "2025-12-31T14:59:59Z")
	f("2025-12-31T20:00:00Z", "Asia/Tokyo", "Jan 1 04:59:00", "2025-12-31T19:59:00Z")
	f("2025-01-10T00:00:00Z", "UTC", "Feb 29 10:00:00", "2024-02-29T10:00:00Z")
	f("1970-01-02T00:00:00Z", "UTC", "Dec 31 10:00:00", "1970-12-31T10:00:00Z") // nearest were a time before there was any
}

func TestDayThatNoNearYearHas(t *testing.T) {
	ev := read(t, source.FormatSyslog, "UTC", "<13>Feb 29 10:00:00 gw app: x") // neither 2025, 2026 nor 2027
	if !ev.Time.Equal(received) || ev.TimeFrom != event.TimeOfReceipt || !strings.Contains(ev.Problem, "Feb 29") {
		t.Errorf("%s from %s: %q", ev.Time, ev.TimeFrom, ev.Problem)
	}
}

func TestYearIsNeverFilledBeyondWhatIsBelieved(t *testing.T) {
	b := batch(t, source.FormatSyslog, "UTC", "<13>Feb 29 10:00:00 gw app: x")
	b.Received = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) // the only 29 February of the years around lies fourteen months ahead
	ev := newNormalizer(t).Batch(b, 1, 1, 1)[0]
	if !ev.Time.Equal(b.Received) || ev.TimeFrom != event.TimeOfReceipt || !strings.Contains(ev.Problem, "Feb 29") {
		t.Errorf("%s from %s: %q", ev.Time, ev.TimeFrom, ev.Problem)
	}
}

func ExampleNormalizer_Batch() {
	n, err := shipped()
	if err != nil {
		panic(err)
	}
	b := &source.Batch{Format: source.FormatSyslog, Zone: "Asia/Tokyo", Received: received, Records: []source.Record{
		{Bytes: []byte("Jun 30 10:16:00 web01 sshd[4712]: Failed password for root from 198.51.100.7 port 40022 ssh2")},
	}}
	for _, ev := range n.Batch(b, 1, 0, 1) {
		fmt.Println(ev.Dataset, ev.Time.Format(time.RFC3339), ev.TimeFrom, ev.Columns[event.SourceIP], ev.Columns[event.EventOutcome])
	}
	// Output: linux.sshd 2026-06-30T01:16:00Z year_filled 198.51.100.7 failure
}
