package main

import (
	"bytes"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// TestThroughput sends 20,000 real Windows events through the whole server and says how long it took; the figure is told, not judged.
func TestThroughput(t *testing.T) {
	shared := sharedData(t)
	data := unzstd(t, filepath.Join(shared, "windows", "events-20k.ndjson.zst"))
	lines := bytes.SplitAfter(data, []byte("\n"))
	s := start(t, filepath.Join(t.TempDir(), "data"))
	s.administrator()
	s.verb("tenant", "create", "aoi")
	token := s.source("aoi", "windows", "windows")
	began := time.Now()
	for i := 0; i < len(lines); i += 1000 {
		body := bytes.Join(lines[i:min(i+1000, len(lines))], nil)
		if _, status, err := s.send("windows", token, "application/x-ndjson", strconv.Itoa(i), bytes.NewReader(body)); err != nil || status != 200 {
			t.Fatalf("status %d, %v", status, err)
		}
	}
	taken := time.Since(began)
	s.caughtUp(20_000)
	stored := time.Since(began)
	t.Logf("20000 records of %d bytes: acknowledged at %.0f events/s, stored and searchable at %.0f events/s (one sender, one partition, starter rules)",
		len(data)/20_000, 20_000/taken.Seconds(), 20_000/stored.Seconds())
}
