package evtx_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/evtx"
)

// FuzzReader reads files that are anything.
func FuzzReader(f *testing.F) {
	f.Add(plainLog(1, 2))
	f.Add(plainLog(2, 1)[:4096+65536+700])
	f.Add(plainLog(1, 3)[4096 : 4096+2000])
	f.Add([]byte("ElfFile\x00"))
	for _, name := range someLogs() {
		if file, err := os.ReadFile(name); err == nil {
			f.Add(file[:min(len(file), 4096+16384)])
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) { readAnything(t, file) })
}

// someLogs names a few real logs where they are at hand; without them there are fewer seeds.
func someLogs() []string {
	root := os.Getenv("NOROSHI_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data")
	}
	logs, _ := filepath.Glob(filepath.Join(root, "sigma", "regression", "rules", "windows", "builtin", "*", "*", "*.evtx"))
	return logs
}

// FuzzRecord reads records whose content is anything, in chunks that are sound.
func FuzzRecord(f *testing.F) {
	content := func(pieces ...piece) {
		b := newBin()
		b.record(1, pieces...)
		f.Add(b.data[512+28 : len(b.data)-4])
	}
	content(instance(7, plainTemplate, text("v"), val{kind: 0x0a, data: u64(1)}))
	content(el("Event", attrs(attr("a", str("<"), char(65), entity("amp"))), section("x"), instruction("t", "d"), el("E", nil)))
	content(instance(1, attrs(el("E", nil, hole(0, 0x21), opt(1, 0x81))), doc(instance(2, dataTemplate, text("x"))), val{kind: 0x81, data: wide("a\x00b\x00")}))
	for _, c := range valueCases {
		content(instance(1, dataTemplate, val{kind: c.kind, data: c.data}))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		b := newBin()
		for id := range uint64(2) {
			b.record(id+1, func(b *bin) { b.u8(content[:min(len(content), 30000)]...) })
		}
		readAnything(t, log(b.chunk()))
	})
}

// readAnything wants sound JSON and XML out of any file, damage that lies in it, and an end.
func readAnything(t *testing.T, file []byte) {
	t.Helper()
	turns := 0
	for rec, err := range evtx.NewReader(bytes.NewReader(file)).Records() {
		if turns++; turns > 100+len(file)/4 {
			t.Fatalf("%d turns over %d bytes", turns, len(file))
		}
		if err != nil {
			var damage *evtx.Damage
			if !errors.As(err, &damage) || damage.Reason == "" || damage.Offset < 0 || damage.Length < 0 || damage.Offset+damage.Length > int64(len(file)) {
				t.Fatalf("damage in %d bytes: %#v", len(file), err)
			}
			continue
		}
		out := rec.AppendJSON(nil)
		if len(out) > 16<<20 || !json.Valid(out) {
			t.Fatalf("record %d is no JSON, or too much: %.500s", rec.ID, out)
		}
		if out = rec.AppendXML(nil); len(out) > 16<<20 {
			t.Fatalf("record %d is %d bytes of XML", rec.ID, len(out))
		}
		if reason := illFormed(out); reason != "" {
			t.Fatalf("record %d: %s: %.500s", rec.ID, reason, out)
		}
	}
}

// illFormed tells why a text is no XML.
func illFormed(text []byte) string {
	decoder := xml.NewDecoder(bytes.NewReader(text))
	depth := 0
	for {
		token, err := decoder.RawToken()
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		switch {
		case errors.Is(err, io.EOF) && depth == 0:
			return ""
		// Its list of the characters of names is that of an older edition of XML.
		case err != nil && strings.Contains(err.Error(), "invalid XML name") && !ascii(err.Error()):
			return ""
		case err != nil:
			return err.Error()
		}
	}
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
