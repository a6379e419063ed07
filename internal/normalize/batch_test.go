package normalize_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/source"
)

// mixed gives records of all formats, good and bad, short and long, more than a piece of memory holds.
func mixed(t *testing.T) (records []string) {
	t.Helper()
	walk(t, "testdata", func(path string) {
		if filepath.Base(path) == "in.ndjson" && !strings.Contains(path, "zeek-tsv") {
			records = append(records, lines(t, path)...)
		}
	})
	var many strings.Builder
	for i := range 90 {
		fmt.Fprintf(&many, `,"f%d":["a\\%d",{"b":%d}]`, i, i, i)
	}
	return append(records, "", "{", `{"EventID":1,"Channel":"x","Long":"`+strings.Repeat(`C:\\x`, 900)+`"}`, `{"EventID":1,"Channel":"x"`+many.String()+"}",
		`{"message":"{\"EventID\":1,\"Channel\":\"Security\",\"Computer\":\"A\"}","@timestamp":"2026-06-30T01:00:00Z"}`, "{\"EventID\":2,\"Channel\":\"\xff\"}")
}

// whatItSays is all that an event says but for its place in the batch.
func whatItSays(ev *event.Event) string {
	fields := string(ev.Fields.AppendJSON(nil))
	for _, f := range ev.Fields {
		fields += fmt.Sprint(f.Value)
	}
	return fmt.Sprint(ev.Dataset, ev.Time, ev.TimeFrom, fields, ev.Columns, ev.Entities, ev.Problem)
}

// TestEventsAreTheirOwn wants of every event of a large batch what its record gives alone, whoever reads beside it, and that it holds nothing of the
// batch's bytes: one name that is kept would keep all of them.
func TestEventsAreTheirOwn(t *testing.T) {
	records := mixed(t)
	want := make([]string, len(records))
	for i, r := range records {
		ev := read(t, source.FormatAuto, "UTC", r)
		want[i] = whatItSays(&ev)
	}
	n := newNormalizer(t)
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			b := batch(t, source.FormatAuto, "UTC")
			for i := range 40 * len(records) {
				text := records[(i*(worker*2+1))%len(records)]
				b.Records = append(b.Records, source.Record{Bytes: []byte(text), Size: len(text)})
			}
			events := n.Batch(b, 1, 1, 1)
			for i := range b.Records {
				copy(b.Records[i].Bytes, bytes.Repeat([]byte{'#'}, len(b.Records[i].Bytes)))
			}
			_ = n.Batch(batch(t, source.FormatAuto, "UTC", records...), 1, 1, 1)
			for i := range events {
				if diff := cmp.Diff(want[(i*(worker*2+1))%len(records)], whatItSays(&events[i])); diff != "" {
					t.Errorf("record %d: %s", i, diff)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestZeekLinesAreTheirOwn is the same for lines that are read by a header.
func TestZeekLinesAreTheirOwn(t *testing.T) {
	b := batch(t, source.FormatZeek, "UTC", lines(t, filepath.Join("testdata", "zeek-tsv", "in.ndjson"))...)
	n := newNormalizer(t)
	events := n.Batch(b, 1, 1, 1)
	var want []string
	for i := range events {
		want = append(want, whatItSays(&events[i]))
	}
	for i := range b.Records {
		copy(b.Records[i].Bytes, bytes.Repeat([]byte{'#'}, len(b.Records[i].Bytes)))
	}
	_ = n.Batch(b, 1, 1, 1)
	for i := range events {
		if diff := cmp.Diff(want[i], whatItSays(&events[i])); diff != "" {
			t.Errorf("line %d: %s", i, diff)
		}
	}
}

func TestBatchAllocatesLittle(t *testing.T) {
	records := make([]string, 500)
	for i := range records {
		records[i] = fmt.Sprintf(`{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"PC-%d.Aoi.example","UtcTime":"2026-06-30 01:00:00.%03d",`+
			`"Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd /c \"echo %d\"","User":"AOI\\Tanaka","ProcessId":%d,"Hashes":"SHA256=%064d"}`, i, i, i, i, i)
	}
	b := batch(t, source.FormatWindows, "UTC", records...)
	n := newNormalizer(t)
	n.Batch(b, 1, 1, 1)
	if each := testing.AllocsPerRun(10, func() { n.Batch(b, 1, 1, 1) }) / float64(len(records)); each > 2 {
		t.Errorf("%.2f allocations an event, want at most 2", each)
	}
}

func TestColumnsFollowTheFieldsThatAreThere(t *testing.T) {
	f := func(record string, column event.Column, want string) {
		t.Helper()
		if ev := read(t, source.FormatAuto, "UTC", record); ev.Columns[column] != want {
			t.Errorf("%s: %s is %q, want %q", record, column.Info().Name, ev.Columns[column], want)
		}
	}
	f(`{"a":1,"message":"{\"EventID\":1,\"Channel\":\"Security\"}","Computer":"PC-1"}`, event.HostName, "pc-1") // of the envelope
	f(`{"Event":{"System":{"EventID":1,"Channel":"Security","Computer":"PC-2"},"EventData":{"Data":[{"@Name":"x","#text":"1"},{"@Name":"SubjectUserName","#text":"mori"}]},"z":1}}`,
		event.UserName, "mori") // of a list of names
}

func TestZeekColumnsFollowTheHeaderInForce(t *testing.T) {
	b := batch(t, source.FormatZeek, "UTC",
		"#fields\tts\tid.orig_h\tid.resp_h", "#path\tconn", "1.5\t192.0.2.1\t192.0.2.2", "#fields\tid.resp_h\tts\tid.orig_h", "192.0.2.2\t1.5\t192.0.2.1", "#fields\tts\tnote", "1.5\tx")
	events := newNormalizer(t).Batch(b, 1, 1, 1)
	for _, i := range []int{2, 4} {
		if c := &events[i].Columns; c[event.SourceIP] != "192.0.2.1" || c[event.DestinationIP] != "192.0.2.2" {
			t.Errorf("line %d: from %q to %q", i, c[event.SourceIP], c[event.DestinationIP])
		}
	}
	if c := &events[6].Columns; c[event.SourceIP] != "" {
		t.Errorf("a line without addresses comes from %q", c[event.SourceIP])
	}
}
