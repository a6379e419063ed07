package incident_test

import (
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/incident"
)

func TestNameRoundTrip(t *testing.T) {
	for _, in := range []incident.Incident{{Year: 2026, Number: 1}, {Year: 2026, Number: 12345}} {
		year, number, ok := incident.ParseName(in.Name())
		if !ok || year != in.Year || number != in.Number {
			t.Errorf("%s read as %d, %d, %v", in.Name(), year, number, ok)
		}
	}
	in := incident.Incident{Year: 2026, Number: 1}
	if in.Name() != "INC-2026-0001" {
		t.Errorf("name %s", in.Name())
	}
}

func FuzzParseName(f *testing.F) {
	for _, s := range []string{"INC-2026-0001", "INC-2026-1", "inc-2026-0001", "INC-2026-0001 ", "INC-２０２６-0001", "INC-2026-9999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		year, number, ok := incident.ParseName(s)
		if !ok {
			return
		}
		in := incident.Incident{Year: year, Number: number}
		if y, n, ok := incident.ParseName(in.Name()); !ok || y != year || n != number {
			t.Errorf("%q is %d, %d, and that is named %s", s, year, number, in.Name())
		}
	})
}

func TestYearOf(t *testing.T) {
	tokyo := time.FixedZone("JST", 9*3600)
	for want, begin := range map[int]time.Time{
		2026: time.Date(2027, 1, 1, 8, 59, 0, 0, tokyo), 2027: time.Date(2027, 1, 1, 9, 0, 0, 0, tokyo),
		1970: time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), 9999: time.Date(12_000, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		in := incident.Incident{Year: incident.YearOf(begin), Number: 1}
		if year, _, ok := incident.ParseName(in.Name()); !ok || year != want {
			t.Errorf("%s is counted as %s, want %d", begin, in.Name(), want)
		}
	}
}
