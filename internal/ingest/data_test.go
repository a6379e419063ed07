package ingest_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/noroshi-soc/noroshi/internal/ingest"
)

// data is a folder of real logs that are not part of the project.
func data(t *testing.T, pattern string) []string {
	t.Helper()
	root := os.Getenv("NOROSHI_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	if _, err := os.Stat(root); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("real logs are missing: %v", err)
		}
		t.Skipf("no real logs here: %v", err)
	}
	files, err := filepath.Glob(filepath.Join(root, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no files: %v", pattern, err)
	}
	return files
}

func load(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func unzstd(t *testing.T, b []byte) []byte {
	t.Helper()
	d, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	out, err := d.DecodeAll(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// countJSON counts objects with a reader that is not ours.
func countJSON(t *testing.T, b []byte) int {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	n := 0
	for {
		var v json.RawMessage
		if err := d.Decode(&v); err == io.EOF {
			return n
		} else if err != nil {
			t.Fatal(err)
		}
		if n++; v[0] == '[' {
			var all []json.RawMessage
			if err := json.Unmarshal(v, &all); err != nil {
				t.Fatal(err)
			}
			n += len(all) - 1
		}
	}
}

func TestRealSuricata(t *testing.T) {
	h := newHouse(t, ingest.Limits{})
	total := 0
	for _, name := range data(t, "suricata/*.zst") {
		sent := load(t, name)
		want := countJSON(t, unzstd(t, sent))
		r := h.post("s1", bytes.NewReader(sent), "Content-Type", asJSON, "Content-Encoding", "zstd")
		if r.Status != 200 || r.Accepted != want || want == 0 {
			t.Errorf("%s: %+v, it has %d", filepath.Base(name), r, want)
		}
		if r := h.post("s1", bytes.NewReader(unzstd(t, sent))); r.Status != 200 || r.Accepted != want {
			t.Errorf("%s, nothing said of its type: %+v", filepath.Base(name), r)
		}
		total += 2 * want
	}
	records := h.records()
	if len(records) != total {
		t.Errorf("%d records in the log, %d sent", len(records), total)
	}
	for _, r := range records {
		if !json.Valid(r.Bytes) {
			t.Fatalf("%q", r.Bytes)
		}
	}
}

func TestRealWindows(t *testing.T) {
	h := newHouse(t, ingest.Limits{})
	sent := load(t, data(t, "windows/events-20k.ndjson.zst")[0])
	if r := h.post("s1", bytes.NewReader(sent), "Content-Type", asLines, "Content-Encoding", "zstd"); r.Status != 200 || r.Accepted != 20_000 {
		t.Errorf("%+v", r)
	}
	got := h.records()
	lines := bytes.Split(bytes.TrimRight(unzstd(t, sent), "\n"), []byte("\n"))
	for i, r := range got {
		if !bytes.Equal(r.Bytes, lines[i]) {
			t.Fatalf("record %d is not byte for byte as sent", i)
		}
	}
}

func TestRealArchives(t *testing.T) {
	h := newHouse(t, ingest.Limits{})
	total := 0
	for _, name := range data(t, "windows/otrf/windows/*/host/*.zip") {
		z, err := zip.OpenReader(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			if filepath.Ext(f.Name) != ".json" || strings.HasPrefix(f.Name, "__MACOSX") {
				continue
			}
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			want := countJSON(t, body)
			for _, as := range []string{asLines, asJSON} {
				if r := h.post("s1", bytes.NewReader(body), "Content-Type", as); r.Accepted != want || r.Bad != 0 {
					t.Errorf("%s: %s as %s: %+v, it has %d", filepath.Base(name), f.Name, as, r, want)
				}
			}
			total += 2 * want
		}
		_ = z.Close()
	}
	if n := len(h.records()); n != total || total == 0 {
		t.Errorf("%d records in the log, %d sent", n, total)
	}
}

func TestRealZeek(t *testing.T) {
	h := zeekHouse(t, ingest.Limits{BatchRecords: 100})
	total := 0
	for _, name := range append(data(t, "zeek/*/*.log*"), data(t, "zeek/*/data/*.log*")...) {
		body := load(t, name)
		want := 0
		for line := range bytes.Lines(body) {
			if len(bytes.TrimRight(line, "\r\n")) > 0 {
				want++
			}
		}
		if r := h.post("s1?stream="+filepath.Base(filepath.Dir(name))+filepath.Base(name), bytes.NewReader(body), "Content-Type", asText); r.Status != 200 || r.Accepted != want {
			t.Errorf("%s: %+v, it has %d lines", filepath.Base(name), r, want)
		}
		total += want
	}
	for _, b := range h.batches() {
		total -= len(b.Records)
		if first := b.Records[0].Bytes[0]; first != '#' && first != '{' && !strings.Contains(b.Header, "#fields\t") {
			t.Fatalf("data without header: %q after %q", b.Records[0].Bytes, b.Header)
		}
	}
	if total != 0 {
		t.Errorf("%d records are missing in the log", total)
	}
}
