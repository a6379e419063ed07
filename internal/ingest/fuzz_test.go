package ingest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/ingest"
	"github.com/noroshi-soc/noroshi/internal/source"
)

// FuzzSplit sends any body in any layout and checks that no byte of it is lost, doubled or moved, and that good records are good.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{
		"", "a\r\nb", "{\"a\":1}\n{\"b\":[true,null,-1.5e+3,\"\\u12aF\\\\\"]}", "[{\"a\":1},{oops},{\"c\":{}}]", "[\n  {\n    \"a\": \"x\n  },\n  {\n    \"b\": 2\n  }\n]",
		"{\"a\":\n{\"b\":1}\n", "[1,\"x\",{}]", "\xef\xbb\xbf{}", "#separator \\x09\n#fields\ta\n1\n", "{\"a\":[1},{\"b\":2}]", "{\"a\":\"\\", "}{", "[[{}]]",
	} {
		for as := range uint8(4) {
			f.Add(seed, as, uint16(20))
		}
	}
	f.Fuzz(func(t *testing.T, body string, as uint8, limit uint16) {
		types := []string{asText, asLines, asJSON, ""}
		log := &fakeLog{}
		registry := ingest.NewRegistry(&memory{sources: []source.Known{known(t, "s1", nil)}}, nil)
		if err := registry.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		limits := ingest.Limits{Record: 100 + int(limit), BatchRecords: 3}
		door := ingest.NewHTTP(ingest.HTTPOptions{
			Registry: registry, Headers: &memory{headers: map[string]string{}}, Log: log, Meter: ingest.NewMeter(fixedClock), Limits: limits,
		})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.SetPathValue("source", "s1")
		req.Header.Set("X-Noroshi-Token", token)
		req.Header.Set("Content-Type", types[as%4])
		w := &recorder{}
		door.ServeHTTP(w, req)
		var r reply
		if err := json.Unmarshal(w.Bytes(), &r); err != nil || w.status != 200 && w.status != 207 {
			t.Fatalf("%d %q: %v", w.status, w.Bytes(), err)
		}
		records := log.records(t)
		if r.Accepted+r.Bad != len(records) {
			t.Fatalf("told %d and %d of %d records", r.Accepted, r.Bad, len(records))
		}
		body = strings.TrimPrefix(body, "\xef\xbb\xbf")
		checkNothingLost(t, body, types[as%4], limits.Record, records)
		checkGood(t, types[as%4], body, records)
	})
}

// separators may stand between records and belong to none.
const separators = " \t\r\n,[]"

func checkNothingLost(t *testing.T, body, as string, limit int, records []source.Record) {
	t.Helper()
	var got bytes.Buffer
	for _, r := range records {
		if r.Size != len(r.Bytes) {
			if len(r.Bytes) > limit || r.Size <= limit || !strings.Contains(r.Problem, "over-long") {
				t.Fatalf("%d of %d bytes are kept, limit %d: %s", len(r.Bytes), r.Size, limit, r.Problem)
			}
			return // the rest cannot be compared byte by byte
		}
		got.Write(r.Bytes)
	}
	drop := "\r\n"
	if as != asText {
		drop = separators
	}
	strip := func(s string) string {
		var kept []byte
		for i := range len(s) {
			if !strings.Contains(drop, s[i:i+1]) {
				kept = append(kept, s[i])
			}
		}
		return string(kept)
	}
	if a, b := strip(body), strip(got.String()); a != b {
		t.Fatalf("other bytes are kept than went in\n%q\n%q", a, b)
	}
}

func checkGood(t *testing.T, as, body string, records []source.Record) {
	t.Helper()
	if as == asText || as == "" {
		return
	}
	bad := 0
	for _, r := range records {
		if r.Problem != "" {
			bad++
		} else if !json.Valid(r.Bytes) || bytes.TrimLeft(r.Bytes, " \t\r")[0] != '{' {
			t.Fatalf("taken for good: %q", r.Bytes)
		}
	}
	if as == asLines {
		checkLines(t, body, records)
		return
	}
	var all []map[string]any
	if json.Unmarshal([]byte(body), &all) == nil && !strings.Contains(body, "null") && (bad > 0 || len(records) != len(all)) {
		for _, r := range records {
			if r.Size > 100 || bytes.Count(r.Bytes, []byte("[")) > 500 {
				return
			}
		}
		t.Fatalf("an array of %d objects gave %d records, %d of them bad: %q", len(all), len(records), bad, body)
	}
}

// checkLines compares line by line with a reader that is not ours.
func checkLines(t *testing.T, body string, records []source.Record) {
	t.Helper()
	i := 0
	for line := range strings.SplitSeq(body, "\n") {
		if strings.Trim(line, " \t\r") == "" {
			continue
		}
		var object map[string]json.RawMessage
		good := json.Unmarshal([]byte(line), &object) == nil && object != nil
		if i >= len(records) {
			t.Fatalf("line %q gave no record", line)
		}
		r := records[i]
		if i++; len(line) > 100 || strings.Count(line, "{")+strings.Count(line, "[") > 500 {
			continue
		}
		if (r.Problem == "") != good {
			t.Fatalf("line %q: %q, but good is %v", line, r.Problem, good)
		}
	}
	if i != len(records) {
		t.Fatalf("%d lines gave %d records", i, len(records))
	}
}
