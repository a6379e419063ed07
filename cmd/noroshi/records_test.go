package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// body is one shared file as it is sent, with its records counted by nothing of ours.
type body struct {
	name, source, contentType, query string
	data                             []byte
	records                          int // that a reader of the file's format counts
	comments                         int // Zeek's lines that are no record
}

// TestEveryRecordBecomesOneEvent sends every shared Windows, Suricata and Zeek file over HTTP and counts what is stored: as many events, all parsed but named damage.
func TestEveryRecordBecomesOneEvent(t *testing.T) {
	shared := sharedData(t)
	bodies := append(windowsBodies(t, shared), suricataBodies(t, shared)...)
	bodies = append(bodies, zeekBodies(t, shared)...)
	if len(bodies) < 40 {
		t.Fatalf("only %d files found", len(bodies))
	}
	s := start(t, filepath.Join(t.TempDir(), "data"))
	s.administrator()
	s.verb("tenant", "create", "aoi")
	tokens := map[string]string{}
	for _, format := range []string{"windows", "suricata", "zeek"} {
		tokens[format] = s.source("aoi", format, format)
	}
	total, comments := 0, 0
	for i := range bodies {
		b := &bodies[i]
		path := b.source
		if b.query != "" {
			path += "?" + b.query
		}
		answer, status, err := s.send(path, tokens[b.source], b.contentType, "", bytes.NewReader(b.data))
		if err != nil || status != http.StatusOK {
			t.Fatalf("%s: status %d, %v", b.name, status, err)
		}
		if answer.Accepted != b.records+b.comments {
			t.Errorf("%s: %d accepted, %d counted", b.name, answer.Accepted, b.records+b.comments)
		}
		total += b.records
		comments += b.comments
	}
	s.caughtUp(total + comments)
	if got := s.count(""); got != total+comments {
		t.Errorf("%d events stored, want %d", got, total+comments)
	}
	if got := s.count("q=" + url.QueryEscape("dataset:zeek.meta")); got != comments {
		t.Errorf("%d of Zeek's comment lines, want %d", got, comments)
	}
	if got := s.count("q=" + url.QueryEscape("dataset:unparsed")); got != 0 {
		t.Errorf("%d of %d events are not parsed", got, total)
	}
	t.Logf("%d files, %d records, %d comment lines of Zeek", len(bodies), total, comments)
}

func windowsBodies(t *testing.T, shared string) (out []body) {
	t.Helper()
	walk(t, filepath.Join(shared, "windows", "otrf"), ".zip", func(name string) {
		archive, err := zip.OpenReader(name)
		if err != nil {
			t.Fatal(err)
		}
		defer archive.Close()
		for _, member := range archive.File {
			if strings.HasPrefix(member.Name, "__MACOSX") || !strings.HasSuffix(member.Name, ".json") {
				continue
			}
			f, err := member.Open()
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(f)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, body{name: member.Name, source: "windows", contentType: "application/x-ndjson", data: data, records: jsonValues(t, data)})
		}
	})
	return out
}

func suricataBodies(t *testing.T, shared string) (out []body) {
	t.Helper()
	walk(t, filepath.Join(shared, "suricata"), ".zst", func(name string) {
		data := unzstd(t, name)
		out = append(out, body{name: filepath.Base(name), source: "suricata", contentType: "application/json", data: data, records: jsonValues(t, data)})
	})
	return out
}

func zeekBodies(t *testing.T, shared string) (out []body) {
	t.Helper()
	read := func(name string) {
		data := readFile(t, name)
		if !bytes.HasPrefix(data, []byte("#separator")) {
			return
		}
		b := body{name: name, source: "zeek", contentType: "text/plain", query: "stream=" + url.QueryEscape(filepath.Base(filepath.Dir(name))+filepath.Base(name)), data: data}
		lines := bufio.NewScanner(bytes.NewReader(data))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			switch {
			case strings.HasPrefix(lines.Text(), "#"):
				b.comments++
			case lines.Text() != "":
				b.records++
			}
		}
		out = append(out, b)
	}
	walk(t, filepath.Join(shared, "zeek"), ".log", read)
	walk(t, filepath.Join(shared, "zeek"), ".labeled", read)
	return out
}

// jsonValues counts the objects of a JSON text, in arrays or one after another, with encoding/json.
func jsonValues(t *testing.T, data []byte) (n int) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		var v json.RawMessage
		err := dec.Decode(&v)
		if errors.Is(err, io.EOF) {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
		if v[0] != '[' {
			n++
			continue
		}
		var list []json.RawMessage
		if err := json.Unmarshal(v, &list); err != nil {
			t.Fatal(err)
		}
		n += len(list)
	}
}

func walk(t *testing.T, root, ext string, visit func(name string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Ext(name) == ext {
			visit(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func unzstd(t *testing.T, name string) []byte {
	t.Helper()
	dec, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer dec.Close()
	data, err := dec.DecodeAll(readFile(t, name), nil)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return data
}
