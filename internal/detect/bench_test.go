//go:build unix

package detect_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/source"
)

// sharedFile returns a file of the shared test data; the test is skipped where there is none, which continuous integration does not allow.
func sharedFile(t testing.TB, parts ...string) string {
	t.Helper()
	root := os.Getenv("NOROSHI_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	name := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("shared test data is required in CI: %v", err)
		}
		t.Skipf("shared test data is not here: %v", err)
	}
	return name
}

// windowsRules is the set of SigmaHQ's rules for Windows.
func windowsRules(t testing.TB) *rule.Set {
	t.Helper()
	archive, err := zip.OpenReader(sharedFile(t, "sigma", "sigma_all_rules.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	all, err := rule.ReadFS(archive, ".")
	if err != nil {
		t.Fatal(err)
	}
	files := rule.Files{}
	for name, data := range all {
		if strings.HasPrefix(path.Clean(name), "rules/windows/") {
			files[name] = data
		}
	}
	return rule.NewSet(files)
}

func windowsBatches(t testing.TB) []source.Batch {
	t.Helper()
	f, err := os.Open(sharedFile(t, "windows", "events-20k.ndjson.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	var out []source.Batch
	for line := range bytes.Lines(data) {
		if n := len(out); n == 0 || len(out[n-1].Records) == 500 {
			out = append(out, source.Batch{Format: source.FormatWindows, Zone: "UTC", Received: time.Unix(1_800_000_000, 0).UTC()})
		}
		b := &out[len(out)-1]
		b.Records = append(b.Records, source.Record{Bytes: bytes.TrimSpace(line), Size: len(line)})
	}
	return out
}

// BenchmarkWindows evaluates 20,000 real events under SigmaHQ's rules for Windows on one core: "bytes" as the live pipeline does it, from the record's
// bytes to matches and alerts, "events" from normalised events on. Besides the mean it reports the best pass in processor time of the whole process
// with its collector, since other work on the machine only ever makes a pass slower. Nothing is remembered of an event.
func BenchmarkWindows(b *testing.B) {
	routes, err := detect.LoadRoutes(content.FS)
	if err != nil {
		b.Fatal(err)
	}
	engine, problems := detect.New(windowsRules(b), routes)
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	normalizer, err := normalize.New(content.FS)
	if err != nil {
		b.Fatal(err)
	}
	batches := windowsBatches(b)
	b.Run("bytes", func(b *testing.B) {
		benchmarkPasses(b, func() (events, matches int) {
			for i := range batches {
				n, m := evaluate(b, engine, normalizer.Batch(&batches[i], 1, 0, uint64(i)))
				events, matches = events+n, matches+m
			}
			return events, matches
		})
	})
	var decoded []event.Event
	for i := range batches {
		decoded = append(decoded, normalizer.Batch(&batches[i], 1, 0, uint64(i))...)
	}
	b.Run("events", func(b *testing.B) {
		benchmarkPasses(b, func() (events, matches int) { return evaluate(b, engine, decoded) })
	})
}

func evaluate(b *testing.B, engine *detect.Engine, events []event.Event) (n, matches int) {
	for i := range events {
		found, err := engine.Match(&events[i])
		if err != nil {
			b.Fatal(err)
		}
		matches += len(found.Rules)
	}
	return len(events), matches
}

func benchmarkPasses(b *testing.B, pass func() (events, matches int)) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	b.ReportAllocs()
	best, events, matches := time.Duration(1<<62), 0, 0
	for b.Loop() {
		begin := processorTime(b)
		events, matches = pass()
		best = min(best, processorTime(b)-begin)
	}
	b.ReportMetric(float64(events*b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(best.Nanoseconds())/float64(events), "best-cpu-ns/event")
	b.ReportMetric(float64(matches), "matches")
}

func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
