package ingest

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// FuzzFrames checks that framing neither loses nor doubles a byte of what senders by TCP send, and does not depend on how it arrives.
func FuzzFrames(f *testing.F) {
	for _, seed := range []string{"<13>a\n<13>b\r\n", "9 <13>a\nb\nc5 <13>x", "12 <13>short", "5 lines\n\x00\x00", "0 <13>\n", "99999999 <", "7 <13>one3 two"} {
		f.Add([]byte(seed), uint8(50))
	}
	f.Fuzz(func(t *testing.T, sent []byte, limit uint8) {
		whole := framesOf(t, bytes.NewReader(sent), int(limit)+1)
		pieces := framesOf(t, iotest.OneByteReader(bytes.NewReader(sent)), int(limit)+1)
		if len(whole) != len(pieces) {
			t.Fatalf("%d records at once, %d byte by byte", len(whole), len(pieces))
		}
		size, cut := 0, 0
		rest := sent
		for i, r := range whole {
			if !bytes.Equal(r.Bytes, pieces[i].Bytes) || r.Size != pieces[i].Size {
				t.Fatalf("record %d: %q at once, %q byte by byte", i, r.Bytes, pieces[i].Bytes)
			}
			at := bytes.Index(rest, r.Bytes)
			if at < 0 {
				t.Fatalf("record %d, %q, was not sent, or not in this place", i, r.Bytes)
			}
			rest = rest[at+len(r.Bytes):]
			if size += r.Size; r.Size > len(r.Bytes) {
				cut++ // its end was not looked at, so that a CR counts
			}
		}
		if size > len(sent) {
			t.Fatalf("%d bytes came out of %d", size, len(sent))
		}
		if !bytes.ContainsAny(sent, "0123456789") && (size < len(sent)-ends(sent) || size > len(sent)-ends(sent)+cut) {
			t.Fatalf("%d of %d bytes came out", size, len(sent))
		}
	})
}

// ends counts the bytes that end lines: every LF and NUL, and the CRs before them or between records.
func ends(b []byte) int {
	n := 0
	for line := range bytes.FieldsFuncSeq(b, func(r rune) bool { return r == '\n' || r == 0 }) {
		line = bytes.TrimLeft(line, "\r")
		n += len(bytes.TrimSuffix(line, []byte("\r")))
	}
	return len(b) - n
}

func framesOf(t *testing.T, r io.Reader, limit int) []source.Record {
	t.Helper()
	f := &frames{w: newWindow(r, 64), c: collector{max: limit}}
	var out []source.Record
	for {
		r, err := f.next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Bytes) > limit {
			t.Fatalf("%d bytes are kept, limit %d", len(r.Bytes), limit)
		}
		r.Bytes = bytes.Clone(r.Bytes)
		out = append(out, r)
	}
}

func TestDropsOfTheSystem(t *testing.T) {
	table := []byte(`  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  123: 0100007F:0202 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0000000000000000 99
  124: 00000000:0202 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4712 2 0000000000000000 7
`)
	f := func(inode, want uint64, found bool) {
		t.Helper()
		if n, ok := dropsOf(table, inode); n != want || ok != found {
			t.Errorf("%d: %d, %v", inode, n, ok)
		}
	}
	f(4711, 99, true)
	f(4712, 7, true)
	f(471, 0, false)
}
