package normalize_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/source"
)

// shared finds the folder of real data that nobody here wrote; without it the test is skipped, but never in CI.
func shared(t testing.TB, parts ...string) string {
	t.Helper()
	root := os.Getenv("NOROSHI_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("real data is not there: %v", err)
		}
		t.Skipf("real data is not there: %v", err)
	}
	return path
}

func unzstd(t testing.TB, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func splitLines(t testing.TB, data []byte) (out []string) {
	t.Helper()
	s := bufio.NewScanner(bytes.NewReader(data))
	s.Buffer(nil, 64<<20)
	for s.Scan() {
		if s.Text() != "" {
			out = append(out, s.Text())
		}
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	return out
}

// walk calls f with each regular file under root whose name ends so.
func walk(t testing.TB, root string, f func(path string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			f(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// whole checks that every record became one event that was read without complaint, and counts the datasets.
func whole(t *testing.T, n *normalize.Normalizer, format source.Format, name string, records []string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	events := n.Batch(batch(t, format, "UTC", records...), 1, 1, 1)
	if len(events) != len(records) {
		t.Errorf("%s: %d events of %d records", name, len(events), len(records))
	}
	for i := range events {
		ev := &events[i]
		counts[ev.Dataset]++
		if !ev.Parsed() || ev.Problem != "" {
			t.Errorf("%s: record %d: %s: %s", name, i, ev.Dataset, ev.Problem)
		}
		if i%10 > 0 { // one in ten for the slow part
			continue
		}
		back, err := event.ParseFields(ev.Fields.AppendJSON(nil))
		if err != nil || len(back) != len(ev.Fields) {
			t.Errorf("%s: record %d: fields do not come back from their stored form: %v", name, i, err)
		}
	}
	return counts
}

func TestRealWindows(t *testing.T) {
	n := newNormalizer(t)
	total, members := map[string]int{}, 0
	walk(t, shared(t, "windows", "otrf"), func(path string) {
		z, err := zip.OpenReader(path)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		for _, m := range z.File {
			if !strings.HasSuffix(m.Name, ".json") || strings.HasPrefix(m.Name, "__MACOSX/") {
				continue
			}
			members++
			for dataset, c := range realMember(t, n, m) {
				total[dataset] += c
			}
		}
	})
	// Counted by channel with an independent program; two spellings of Security.
	want := map[string]int{
		"windows.sysmon": 56442, "windows.security": 12925 + 1256, "windows.powershell": 1035, "windows.powershell-classic": 935, "windows.system": 43,
		"windows.wmi-activity": 21, "windows.taskscheduler": 13, "windows.application": 10, "windows.firewall": 1,
	}
	for dataset, c := range want {
		if total[dataset] != c {
			t.Errorf("%s: %d events, want %d", dataset, total[dataset], c)
		}
	}
	if members != 32 || len(total) != len(want) {
		t.Errorf("%d members, datasets %v", members, total)
	}
}

func realMember(t *testing.T, n *normalize.Normalizer, m *zip.File) map[string]int {
	t.Helper()
	r, err := m.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if format, ok := normalize.Sniff(data[:min(len(data), 4096)]); !ok || format != source.FormatWindows {
		t.Errorf("%s looks like %q", m.Name, format)
	}
	return whole(t, n, source.FormatAuto, m.Name, splitLines(t, data))
}

func TestRealNestedWindows(t *testing.T) {
	n := newNormalizer(t)
	count := 0
	walk(t, shared(t, "sigma", "regression"), func(path string) {
		if !strings.HasSuffix(path, ".json") {
			return
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range splitJSON(t, data) {
			count++
			b := batch(t, source.FormatWindows, "UTC", record)
			b.Received = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
			ev := n.Batch(b, 1, 1, 1)[0]
			if !ev.Parsed() || ev.Problem != "" || ev.TimeFrom != event.TimeOfRecord {
				t.Errorf("%s: %s: %s", path, ev.Dataset, ev.Problem)
			}
			for _, name := range []string{"EventID", "Channel", "Provider_Name", "Computer"} {
				if ev.Own(name).Text == "" {
					t.Errorf("%s: no %s", path, name)
				}
			}
			if ev.Dataset == "windows.sysmon" && ev.Own("UtcTime").Text == "" {
				t.Errorf("%s: no UtcTime", path)
			}
		}
	})
	if count < 100 {
		t.Errorf("only %d events", count)
	}
}

// splitJSON cuts objects out of an array, or one after another.
func splitJSON(t *testing.T, data []byte) (out []string) {
	t.Helper()
	var array []json.RawMessage
	if json.Unmarshal(data, &array) == nil {
		for _, el := range array {
			out = append(out, string(el))
		}
		return out
	}
	for dec := json.NewDecoder(bytes.NewReader(data)); dec.More(); {
		var el json.RawMessage
		if err := dec.Decode(&el); err != nil {
			t.Fatal(err)
		}
		out = append(out, string(el))
	}
	return out
}

func TestRealSuricata(t *testing.T) {
	n := newNormalizer(t)
	walk(t, shared(t, "suricata"), func(path string) {
		data := unzstd(t, path)
		if format, ok := normalize.Sniff(data); !ok || format != source.FormatSuricata {
			t.Errorf("%s looks like %q", path, format)
		}
		counts := whole(t, n, source.FormatSuricata, path, splitJSON(t, data))
		if filepath.Base(path) != "eve-mixed.json.zst" {
			return
		}
		// Counted with jq by event_type.
		for dataset, c := range map[string]int{"alert": 745, "anomaly": 3, "dns": 680, "fileinfo": 3, "flow": 3512, "http": 56, "tls": 1} {
			if counts["suricata."+dataset] != c {
				t.Errorf("%s: %d events, want %d", dataset, counts["suricata."+dataset], c)
			}
		}
	})
}

func TestRealZeek(t *testing.T) {
	n := newNormalizer(t)
	logs, records := 0, 0
	walk(t, shared(t, "zeek"), func(path string) {
		base := filepath.Base(path)
		name, _, ok := strings.Cut(base, ".log")
		if !ok {
			return
		}
		logs++
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if format, ok := normalize.Sniff(data); !ok || format != source.FormatZeek {
			t.Errorf("%s looks like %q", path, format)
		}
		all := splitLines(t, data)
		want := 0
		for _, l := range all {
			if l[0] != '#' {
				want++
			}
		}
		records += want
		counts := whole(t, n, source.FormatAuto, path, all)
		dataset := "zeek." + strings.TrimPrefix(name, "labeled-")
		if counts[dataset] != want || counts["zeek.meta"] != len(all)-want {
			t.Errorf("%s: %v, want %d of %s", path, counts, want, dataset)
		}
	})
	if logs != 24 || records < 22_000 {
		t.Errorf("%d logs with %d records", logs, records)
	}
}

func BenchmarkWindows(b *testing.B) {
	records := splitLines(b, unzstd(b, shared(b, "windows", "events-20k.ndjson.zst")))
	n := newNormalizer(b)
	whole := batch(b, source.FormatWindows, "UTC", records...)
	size := 0
	for _, r := range records {
		size += len(r)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	count := 0
	for b.Loop() {
		for i := 0; i < len(whole.Records); i += 500 {
			part := *whole
			part.Records = whole.Records[i:min(i+500, len(whole.Records))]
			count += len(n.Batch(&part, 1, 1, uint64(i)))
		}
	}
	b.ReportMetric(float64(count)/b.Elapsed().Seconds(), "events/s")
}
