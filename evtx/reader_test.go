package evtx_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/noroshi-soc/noroshi/evtx"
)

var errEnd = errors.New("the line is cut")

// TestSources: a log comes through a reader that gives one byte at a time, and out of an archive.
func TestSources(t *testing.T) {
	file := plainLog(2, 3)
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	member, err := w.Create("logs/Security.evtx")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := member.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	if err != nil {
		t.Fatal(err)
	}
	zipped, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer zipped.Close()
	for name, source := range map[string]io.Reader{"bytes": iotest.OneByteReader(bytes.NewReader(file)), "zip": zipped, "end with data": iotest.DataErrReader(bytes.NewReader(file))} {
		n := uint64(0)
		for rec, err := range evtx.NewReader(source).Records() {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if n++; rec.ID != n {
				t.Errorf("%s: record %d, want %d", name, rec.ID, n)
			}
		}
		if n != 6 {
			t.Errorf("%s: %d records", name, n)
		}
	}
}

// TestRecord: what a record says of itself.
func TestRecord(t *testing.T) {
	file := plainLog(2, 3)
	i := 0
	for rec, err := range evtx.NewReader(bytes.NewReader(file)).Records() {
		if err != nil {
			t.Fatal(err)
		}
		if want := int64(recordAt(file, i/3, i%3)); rec.Offset != want || rec.Chunk != i/3 || rec.ID != uint64(i+1) {
			t.Errorf("record %d in chunk %d at %d, want it at %d", rec.ID, rec.Chunk, rec.Offset, want)
		}
		if want := time.Date(2021, 3, 4, 5, 6, 7, 123456700, time.UTC); rec.Written != want {
			t.Errorf("written %v, want %v", rec.Written, want)
		}
		if got := string(rec.AppendJSON([]byte("before "))); !strings.HasPrefix(got, `before {"Event":`) {
			t.Error(got)
		}
		if got := string(rec.AppendXML([]byte("before "))); !strings.HasPrefix(got, `before <Event>`) {
			t.Error(got)
		}
		i++
	}
}

// TestBrokenSource: an error of the source is no damage; it comes behind the records that could be read, and says where.
func TestBrokenSource(t *testing.T) {
	file := plainLog(3, 3)
	for _, size := range []int{0, 100, 4096, 4096 + 65536, 4096 + 65536 + 2000} {
		source := io.MultiReader(bytes.NewReader(file[:size]), iotest.ErrReader(errEnd))
		var last error
		records := 0
		for _, err := range evtx.NewReader(source).Records() {
			if last = err; err == nil {
				records++
			}
		}
		var damage *evtx.Damage
		if !errors.Is(last, errEnd) || errors.As(last, &damage) || !strings.Contains(last.Error(), "read event log at offset") {
			t.Errorf("%d bytes: %v", size, last)
		}
		if want := map[int]int{4096 + 65536: 3, 4096 + 65536 + 2000: 6}[size]; records != want {
			t.Errorf("%d bytes: %d records, want %d", size, records, want)
		}
	}
}

// TestBreak: a loop can be left at any turn, and the records can be ranged over once.
func TestBreak(t *testing.T) {
	file := plainLog(3, 3)
	copy(file[4096+65536+600:], "damage")
	total := 0
	for range evtx.NewReader(bytes.NewReader(file)).Records() {
		total++
	}
	for stop := 1; stop <= total; stop++ {
		reader, turns := evtx.NewReader(bytes.NewReader(file)), 0
		for range reader.Records() {
			if turns++; turns == stop {
				break
			}
		}
		if turns != stop {
			t.Errorf("%d turns, want %d", turns, stop)
		}
		for rec, err := range reader.Records() {
			if rec != nil || err == nil || !strings.Contains(err.Error(), "read already") {
				t.Errorf("a second loop gives %v, %v", rec, err)
			}
		}
	}
	source := &countingReader{src: bytes.NewReader(file)}
	for range evtx.NewReader(source).Records() {
		break
	}
	if source.read > 4096+2*65536 {
		t.Errorf("%d bytes were read for one record", source.read)
	}
}

type countingReader struct {
	src  io.Reader
	read int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.read += n
	return n, err
}
