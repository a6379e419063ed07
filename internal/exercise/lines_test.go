package exercise_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/exercise"
)

var start = time.Date(2026, 11, 18, 8, 30, 0, 0, time.FixedZone("JST", 9*3600))

// day loads the scenario that we ship and plays it once for all tests.
var day = sync.OnceValues(func() (*exercise.Scenario, []exercise.Line) {
	s, err := exercise.LoadFile(os.DirFS("../../content"), "scenarios/emotet_day.yml")
	if err != nil {
		panic(err)
	}
	return s, slices.Collect(s.Generate(start, 1))
})

func TestSameSeedSameBytes(t *testing.T) {
	s, want := day()
	i := 0
	for line := range s.Generate(start, 1) {
		if i >= len(want) || !line.At.Equal(want[i].At) || line.Source != want[i].Source || string(line.Bytes) != string(want[i].Bytes) {
			t.Fatalf("line %d differs: %s", i, line.Bytes)
		}
		i++
	}
	if i != len(want) {
		t.Fatalf("%d lines, then %d", len(want), i)
	}
}

func TestAnotherSeedIsAnotherDay(t *testing.T) {
	s, want := day()
	same := 0
	for i, line := range slices.Collect(s.Generate(start, 2)) {
		if i < len(want) && string(line.Bytes) == string(want[i].Bytes) {
			same++
		}
	}
	if same > len(want)/10 {
		t.Errorf("%d of %d lines are those of another seed", same, len(want))
	}
}

func TestLinesLeaveInOrderWithinTheDay(t *testing.T) {
	s, lines := day()
	if len(lines) < 12000 || len(lines) > 26000 {
		t.Errorf("%d lines, want a day of 12 to 26 thousand", len(lines))
	}
	last := start
	for i, line := range lines {
		if line.At.Before(last) {
			t.Fatalf("line %d is of %s, after one of %s", i, line.At, last)
		}
		last = line.At
	}
	if end := start.Add(s.Duration()); last.After(end) || last.Before(end.Add(-10*time.Minute)) {
		t.Errorf("the last line is of %s, the day ends at %s", last, end)
	}
}

func TestStoppingEarlyStops(t *testing.T) {
	s, _ := day()
	n := 0
	for range s.Generate(start, 1) {
		if n++; n == 100 {
			break
		}
	}
	if n != 100 {
		t.Errorf("%d lines after a stop at 100", n)
	}
}

func TestEverySourceSpeaksItsFormat(t *testing.T) {
	s, lines := day()
	formats, count := map[string]exercise.Source{}, map[string]int{}
	for _, src := range s.Sources {
		formats[src.Name] = src
	}
	fields := map[string]int{}
	for _, line := range lines {
		src := formats[line.Source]
		if line.Site != src.Site {
			t.Fatalf("line of %s says site %q", line.Source, line.Site)
		}
		count[line.Source]++
		text := string(line.Bytes)
		switch {
		case strings.ContainsAny(text, "\n\r"):
			t.Fatalf("%s: line break in %q", line.Source, text)
		case src.Shape == "tsv":
			checkTSV(t, src, text, fields)
		case src.Format == "syslog":
			checkSyslog(t, src, text)
		case !json.Valid(line.Bytes):
			t.Fatalf("%s: no JSON: %s", line.Source, text)
		}
	}
	for _, src := range s.Sources {
		if count[src.Name] < 50 {
			t.Errorf("source %s has %d lines", src.Name, count[src.Name])
		}
	}
	t.Logf("%d lines: %v", len(lines), count)
}

// checkTSV holds a line against the header that went before it.
func checkTSV(t *testing.T, src exercise.Source, text string, fields map[string]int) {
	t.Helper()
	parts := strings.Split(text, "\t")
	switch {
	case strings.HasPrefix(text, "#fields\t"):
		fields[src.Name] = len(parts) - 1
	case strings.HasPrefix(text, "#path\t"):
		if parts[1] != src.Log {
			t.Fatalf("%s: path %q", src.Name, parts[1])
		}
	case strings.HasPrefix(text, "#"):
	case len(parts) != fields[src.Name]:
		t.Fatalf("%s: %d fields under a header of %d: %q", src.Name, len(parts), fields[src.Name], text)
	}
}

func checkSyslog(t *testing.T, src exercise.Source, text string) {
	t.Helper()
	pri, rest, ok := strings.Cut(strings.TrimPrefix(text, "<"), ">")
	if !ok || len(pri) > 3 {
		t.Fatalf("%s: no priority: %q", src.Name, text)
	}
	if src.Shape == "rfc3164" {
		if _, err := time.Parse(time.Stamp, rest[:15]); err != nil {
			t.Fatalf("%s: %v", src.Name, err)
		}
		return
	}
	parts := strings.SplitN(rest, " ", 8)
	if len(parts) != 8 || parts[0] != "1" {
		t.Fatalf("%s: not RFC 5424: %q", src.Name, text)
	}
	if at, err := time.Parse(time.RFC3339Nano, parts[1]); err != nil || at.Before(start) {
		t.Fatalf("%s: time %q: %v", src.Name, parts[1], err)
	}
}
