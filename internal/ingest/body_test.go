package ingest_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/noroshi-soc/noroshi/internal/ingest"
	"github.com/noroshi-soc/noroshi/internal/source"
)

const (
	asJSON  = "application/json"
	asLines = "application/x-ndjson"
	asText  = "text/plain; charset=utf-8"
)

// TestSplit shows for each layout what becomes a record; ! stands before a bad one.
func TestSplit(t *testing.T) {
	f := func(contentType, body string, want ...string) {
		t.Helper()
		h := newHouse(t, ingest.Limits{})
		r := h.post("s1", strings.NewReader(body), "Content-Type", contentType)
		var got []string
		bad := 0
		for _, rec := range h.records() {
			mark := ""
			if rec.Problem != "" {
				mark = "!"
				bad++
			}
			got = append(got, mark+string(rec.Bytes))
		}
		if strings.Join(got, "¦") != strings.Join(want, "¦") {
			t.Errorf("%s %q:\n got %q\nwant %q", contentType, body, got, want)
		}
		status := 200
		if bad > 0 {
			status = 207
		}
		if r.Status != status || r.Accepted != len(want)-bad || r.Bad != bad {
			t.Errorf("%s %q: answered %+v", contentType, body, r)
		}
	}
	f(asText, "")
	f(asText, "\r\n\n\n")
	f(asText, "a\r\nb\n c\r\r\nd\r", "a", "b", " c\r", "d")
	f(asText, "\xef\xbb\xbfa\n\xff\x00b", "a", "\xff\x00b")

	f(asLines, "{\"a\":1}\n \t\r\n{\"b\":[1.5e-3,true,null,\"\\u00e9\\n\"]}\r\n", `{"a":1}`, `{"b":[1.5e-3,true,null,"\u00e9\n"]}`)
	f(asLines, "{\"a\":\n{\"b\":1}\n", `!{"a":`, `{"b":1}`)
	f(asLines, "[1]\n\"x\"\n{}{}\n{\"a\":01}\n{}", "![1]", `!"x"`, "!{}{}", `!{"a":01}`, "{}")

	f(asJSON, `[]`)
	f(asJSON, ` [ {"a":1} , {"b":{"c":[{}]}} ] `, `{"a":1}`, `{"b":{"c":[{}]}}`)
	f(asJSON, "{\"a\":1}{\"b\":2}\n{\"c\":3}", `{"a":1}`, `{"b":2}`, `{"c":3}`)
	f(asJSON, "[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": \"}{\"\n  }\n]\n", "{\n    \"a\": 1\n  }", "{\n    \"b\": \"}{\"\n  }")
	// After damage it goes on with the next record.
	f(asJSON, `[{"a":1},{"b":oops},{"c":3}]`, `{"a":1}`, `!{"b":oops}`, `{"c":3}`)
	f(asJSON, `[{"a":[1},{"b":2}]`, `!{"a":[1}`, `{"b":2}`)
	f(asJSON, "{\"a\":\"x\n{\"b\":2}\n", `!{"a":"x`, `{"b":2}`)
	f(asJSON, "[\n  {\n    \"a\": \"x\n  },\n  {\n    \"b\": {\"c\": 2}\n  }\n]", "!{\n    \"a\": \"x\n  }", "{\n    \"b\": {\"c\": 2}\n  }")
	f(asJSON, "[\n  {\n    \"a\": {\n  ,\n  {\n    \"b\": 2\n  }\n]", "!{\n    \"a\": {\n  ,", "{\n    \"b\": 2\n  }")
	f(asJSON, `[1, "x", {"a":1}, null]`, `!1, "x"`, `{"a":1}`, `!null`)
	f(asJSON, "<xml>\n</xml>\n{}", "!<xml>", "!</xml>", "{}")
	f(asJSON, `{"a":1} } {"b":2`, `{"a":1}`, `!}`, `!{"b":2`)
	f(asJSON, `{"a":"\x"}{"a":-}{"a":1.}{"a":2e}{"a":tru}{"a" 1}{1:2}{"a":1,}`,
		`!{"a":"\x"}`, `!{"a":-}`, `!{"a":1.}`, `!{"a":2e}`, `!{"a":tru}`, `!{"a" 1}`, `!{1:2}`, `!{"a":1,}`)

	// Nothing said: the body is looked at.
	f("", "{\"a\":1}\n{\"a\":2}", `{"a":1}`, `{"a":2}`)
	f("", " [\n {\"a\":1}]", `{"a":1}`)
	f("application/octet-stream", "[2026] started", "[2026] started")
	f("application/x-www-form-urlencoded", "{not json}", "{not json}")
	f("", "#fields\tts\n1", "#fields\tts", "1")
}

func TestProblemsNameThePlace(t *testing.T) {
	f := func(contentType, body string, record int, reason string) {
		t.Helper()
		h := newHouse(t, ingest.Limits{})
		r := h.post("s1", strings.NewReader(body), "Content-Type", contentType)
		if len(r.Errors) != 1 || r.Errors[0].Record != record || r.Errors[0].Reason != reason {
			t.Errorf("%q: %+v", body, r.Errors)
		}
	}
	f(asLines, "{}\n{\"a\" 1}\n{}", 1, `bad JSON at byte 5: want ':' after a name, found '1'`)
	f(asLines, "{}\n{}\n  {\"a\":1", 2, `bad JSON at byte 8: the object is not closed`)
	f(asLines, "42", 0, `not a JSON object: it begins with '4'`)
	f(asJSON, `[{},{"a":"`+"\t"+`"}]`, 1, `bad JSON at byte 6: control character '\t' in a string`)
	f(asJSON, `{"a":`+strings.Repeat("[", 600)+strings.Repeat("]", 600)+"}", 0, "bad JSON at byte 516: nested deeper than 512")
}

func TestOnlyTheFirstErrorsAreNamed(t *testing.T) {
	h := newHouse(t, ingest.Limits{BatchRecords: 4})
	r := h.post("s1", strings.NewReader(strings.Repeat("{}\nx\n", 20)), "Content-Type", asLines)
	if r.Accepted != 20 || r.Bad != 20 || len(r.Errors) != 10 || r.Errors[9].Record != 19 {
		t.Errorf("%+v", r)
	}
}

func TestOverLong(t *testing.T) {
	h := newHouse(t, ingest.Limits{Record: 100_000})
	whole, long := strings.Repeat("w", 100_000), strings.Repeat("l", 100_001)
	r := h.text("s1", whole+"\r\n"+long+"\nshort\n")
	if r.Status != 207 || r.Accepted != 2 || r.Bad != 1 {
		t.Fatalf("%+v", r)
	}
	got := h.records()
	if string(got[0].Bytes) != whole || got[0].Problem != "" {
		t.Errorf("a record of exactly the limit was cut to %d: %s", len(got[0].Bytes), got[0].Problem)
	}
	if len(got[1].Bytes) != source.MaxRecord || got[1].Size != 100_001 || got[1].Problem != "over-long: 100001 bytes, the first 65536 are kept" {
		t.Errorf("%d bytes, size %d, %s", len(got[1].Bytes), got[1].Size, got[1].Problem)
	}
	if string(got[2].Bytes) != "short" {
		t.Errorf("after it: %q", got[2].Bytes)
	}
	object := `{"a":"` + strings.Repeat("x", 200_000) + `"}`
	for _, as := range []string{asJSON, asLines} {
		if r := h.post("s1", strings.NewReader(object+"\n{}"), "Content-Type", as); r.Accepted != 1 || r.Bad != 1 {
			t.Errorf("%s: %+v", as, r)
		}
		got = h.records()
		if n := len(got); string(got[n-2].Bytes) != object[:source.MaxRecord] || got[n-2].Size != len(object) || string(got[n-1].Bytes) != "{}" {
			t.Errorf("%s: %d bytes of %d", as, len(got[n-2].Bytes), got[n-2].Size)
		}
	}
}

func gzipped(t testing.TB, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstded(t testing.TB, s string) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll([]byte(s), nil)
}

func TestEncodings(t *testing.T) {
	h := newHouse(t, ingest.Limits{})
	body := strings.Repeat("a record\n", 5000)
	for encoding, data := range map[string][]byte{"gzip": gzipped(t, body), "x-gzip": gzipped(t, body), "zstd": zstded(t, body), "identity": []byte(body), "": []byte(body), " GZIP ": append(gzipped(t, body[:900]), gzipped(t, body[900:])...)} {
		r := h.post("s1", bytes.NewReader(data), "Content-Type", asText, "Content-Encoding", encoding)
		if r.Status != 200 || r.Accepted != 5000 {
			t.Errorf("%q: %+v", encoding, r)
		}
	}
	for _, encoding := range []string{"gzip", "zstd"} {
		if r := h.post("s1", strings.NewReader(""), "Content-Type", asText, "Content-Encoding", encoding); r.Status != 200 || r.Accepted != 0 {
			t.Errorf("empty %s: %+v", encoding, r)
		}
	}
}

func TestBrokenEncoding(t *testing.T) {
	var noise strings.Builder
	for range 4000 {
		noise.WriteString(strings.Repeat(string(rune('a'+rand.IntN(26))), 1+rand.IntN(90)) + "\n")
	}
	body := noise.String()
	for encoding, data := range map[string][]byte{"gzip": gzipped(t, body), "zstd": zstded(t, body)} {
		h := newHouse(t, ingest.Limits{})
		r := h.post("s1", bytes.NewReader(data[:len(data)*2/3]), "Content-Type", asText, "Content-Encoding", encoding)
		got := h.records()
		last := got[len(got)-1]
		if r.Status != 207 || r.Bad != 1 || r.Accepted != len(got)-1 || len(got) < 100 && encoding == "gzip" {
			t.Fatalf("%s: %+v, %d kept", encoding, r, len(got))
		}
		if !strings.HasPrefix(last.Problem, "broken "+encoding+" after ") {
			t.Errorf("%s: %q", encoding, last.Problem)
		}
		lines := strings.Split(body, "\n")
		for i, rec := range got[:len(got)-1] {
			if string(rec.Bytes) != lines[i] {
				t.Fatalf("%s: record %d is %q, sent %q", encoding, i, rec.Bytes, lines[i])
			}
		}
		if encoding == "gzip" && !strings.HasPrefix(lines[len(got)-1], string(last.Bytes)) {
			t.Errorf("what was left is %q of %q", last.Bytes, lines[len(got)-1])
		}
	}
}

func TestNotEncodedAtAll(t *testing.T) {
	body := strings.Repeat("this is no archive\n", 10_000)
	for _, encoding := range []string{"gzip", "zstd"} {
		h := newHouse(t, ingest.Limits{})
		r := h.post("s1", strings.NewReader(body), "Content-Type", asText, "Content-Encoding", encoding)
		got := h.records()
		if r.Status != 207 || r.Accepted != 0 || r.Bad != 1 || len(got) != 1 || string(got[0].Bytes) != body[:source.MaxRecord] {
			t.Errorf("%s: %+v; %d records", encoding, r, len(got))
		}
	}
}

// heapPeak measures how far the heap grows while f runs.
func heapPeak(f func()) uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	begin := m.HeapAlloc
	var peak atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapAlloc))
			}
		}
	}()
	f()
	close(stop)
	<-done
	if peak.Load() < begin {
		return 0
	}
	return peak.Load() - begin
}

const heapBound = 100 << 20

// repeat is a body that is never in memory.
type repeat struct {
	with byte
	left int64
}

func (r *repeat) Read(b []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(b)), r.left)
	for i := range b[:n] {
		b[i] = r.with
	}
	r.left -= n
	return int(n), nil
}

func TestLineOfOneGigabyte(t *testing.T) {
	for _, as := range []string{asText, asLines, asJSON} {
		h := newHouse(t, ingest.Limits{Decoded: 2 * gigabyte})
		begin, end := "", ""
		if as == asJSON {
			begin, end = `{"a":"`, `"}`
		}
		body := io.MultiReader(strings.NewReader("{}\n"+begin), &repeat{'x', gigabyte}, strings.NewReader(end+"\n{}\n"))
		var r reply
		peak := heapPeak(func() { r = h.post("s1", body, "Content-Type", as) })
		got := h.records()
		if r.Status != 207 || r.Accepted != 2 || r.Bad != 1 || len(got) != 3 || len(got[1].Bytes) != source.MaxRecord || got[1].Size != gigabyte+len(begin+end) {
			t.Errorf("%s: %+v, %d records", as, r, len(got))
		}
		if peak > heapBound {
			t.Errorf("%s: the heap grew by %d MB", as, peak>>20)
		}
		t.Logf("%s: the heap grew by %d MB", as, peak>>20)
	}
}

func TestDecompressionBomb(t *testing.T) {
	var gz, zs bytes.Buffer
	g := gzip.NewWriter(&gz)
	z, err := zstd.NewWriter(&zs, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.MultiWriter(g, z), &repeat{'x', gigabyte}); err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for encoding, data := range map[string][]byte{"gzip": gz.Bytes(), "zstd": zs.Bytes()} {
		h := newHouse(t, ingest.Limits{Decoded: gigabyte / 4})
		var r reply
		peak := heapPeak(func() {
			r = h.post("s1", bytes.NewReader(data), "Content-Type", asText, "Content-Encoding", encoding)
		})
		if r.Status != 413 || r.Code != "too_large" || len(h.batches()) != 0 {
			t.Errorf("%s of %d bytes: %+v", encoding, len(data), r)
		}
		if peak > heapBound {
			t.Errorf("%s: the heap grew by %d MB", encoding, peak>>20)
		}
	}
}
