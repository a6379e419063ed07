package detect_test

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// sharedFile returns the path of a file of the shared test data. The benchmark is skipped where there is none.
func sharedFile(b *testing.B, parts ...string) string {
	b.Helper()
	root := os.Getenv("NOROSHI_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	name := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(name); err != nil {
		b.Skipf("shared test data is not here: %v", err)
	}
	return name
}

// benchEngine runs the rules under rules/windows of SigmaHQ's release.
func benchEngine(b *testing.B) *detect.Engine {
	b.Helper()
	all, err := rule.Read(sharedFile(b, "sigma", "sigma_all_rules.zip"))
	if err != nil {
		b.Fatal(err)
	}
	files := rule.Files{}
	for name, data := range all {
		if strings.HasPrefix(name, "rules/windows/") {
			files[name] = data
		}
	}
	routes, err := detect.LoadRoutes(content.FS)
	if err != nil {
		b.Fatal(err)
	}
	e, problems := detect.New(rule.NewSet(files), routes)
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	return e
}

// benchBatches are 20,000 real events as a door hands them on: 500 records a batch.
func benchBatches(b *testing.B) (*normalize.Normalizer, []source.Batch) {
	b.Helper()
	f, err := os.Open(sharedFile(b, "windows", "events-20k.ndjson.zst"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	defer z.Close()
	owner, err := tenant.ParseID("bench")
	if err != nil {
		b.Fatal(err)
	}
	var out []source.Batch
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	for n := 0; lines.Scan(); n++ {
		if n%500 == 0 {
			out = append(out, source.Batch{Tenant: owner, Source: "s", Format: source.FormatWindows, Zone: "UTC", Received: time.Unix(1_800_000_000, 0).UTC()})
		}
		last := &out[len(out)-1]
		last.Records = append(last.Records, source.Record{Bytes: bytes.Clone(lines.Bytes()), Size: len(lines.Bytes())})
	}
	if err := lines.Err(); err != nil {
		b.Fatal(err)
	}
	n, err := normalize.New(content.FS)
	if err != nil {
		b.Fatal(err)
	}
	return n, out
}

// perEvent turns a run over whole passes into figures of one event.
func perEvent(b *testing.B, events int) {
	b.Helper()
	n := float64(b.N) * float64(events)
	b.ReportMetric(n/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/n, "ns/event")
}

// BenchmarkFromBytes runs a pass over 20,000 events from their bytes to their matches, as the pipeline does. Divide allocs/op by 20,000 for one event.
func BenchmarkFromBytes(b *testing.B) {
	e := benchEngine(b)
	n, batches := benchBatches(b)
	events := 0
	b.ReportAllocs()
	for b.Loop() {
		events = 0
		for i := range batches {
			read := n.Batch(&batches[i], 1, 0, uint64(i))
			for j := range read {
				if _, err := e.Match(&read[j]); err != nil {
					b.Fatal(err)
				}
			}
			events += len(read)
		}
	}
	perEvent(b, events)
}

// BenchmarkDecoded runs a pass over 20,000 events that are normalised already: filling the engine's fields and matching.
func BenchmarkDecoded(b *testing.B) {
	e := benchEngine(b)
	n, batches := benchBatches(b)
	var events []event.Event
	for i := range batches {
		events = append(events, n.Batch(&batches[i], 1, 0, uint64(i))...)
	}
	b.ReportAllocs()
	for b.Loop() {
		for i := range events {
			if _, err := e.Match(&events[i]); err != nil {
				b.Fatal(err)
			}
		}
	}
	perEvent(b, len(events))
}
