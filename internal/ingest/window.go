package ingest

import (
	"errors"
	"fmt"
	"io"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// window is the part of a stream that is in memory.
type window struct {
	r        io.Reader
	buf      []byte
	pos, end int
	err      error // why no more can be read, once that is so
}

const windowSize = 64 << 10

func newWindow(r io.Reader, size int) *window { return &window{r: r, buf: make([]byte, size)} }

// chunk is what lies ahead, at least one byte; nil at the end, when err says why.
func (w *window) chunk() []byte {
	if w.pos == w.end {
		w.pos, w.end = 0, 0
		w.read()
	}
	if w.pos == w.end {
		return nil
	}
	return w.buf[w.pos:w.end]
}

// peek is the byte i places ahead, for small i.
func (w *window) peek(i int) (byte, bool) {
	for w.end-w.pos <= i {
		if w.pos > 0 {
			w.end = copy(w.buf, w.buf[w.pos:w.end])
			w.pos = 0
		}
		before := w.end
		if w.read(); w.end == before {
			return 0, false
		}
	}
	return w.buf[w.pos+i], true
}

// read adds at least one byte, or sets err.
func (w *window) read() {
	for tries := 0; w.err == nil; tries++ {
		n, err := w.r.Read(w.buf[w.end:])
		w.end += n
		if w.err = err; n > 0 {
			return
		}
		if err == nil && tries > 100 {
			w.err = io.ErrNoProgress
		}
	}
}

// failed is why the stream broke; nil when it ended as it should.
func (w *window) failed() error {
	if errors.Is(w.err, io.EOF) {
		return nil
	}
	return w.err
}

// skipBOM passes over a UTF-8 byte order mark.
func (w *window) skipBOM() {
	for i, want := range []byte{0xef, 0xbb, 0xbf} {
		if b, ok := w.peek(i); !ok || b != want {
			return
		}
	}
	w.pos += 3
}

// collector gathers one record and holds no more of it than is kept.
type collector struct {
	max  int // bytes up to which a record is kept whole
	buf  []byte
	size int
	cut  bool
}

// slack is how much beyond max is looked at, for line ends that do not belong to the record.
const slack = 2

func (c *collector) start() { c.buf, c.size, c.cut = c.buf[:0], 0, false }

func (c *collector) add(b []byte) {
	c.size += len(b)
	if c.cut {
		return
	}
	c.buf = append(c.buf, b...)
	if len(c.buf) > c.max+slack {
		c.cut = true
		c.buf = c.buf[:min(source.MaxRecord, c.max)]
	}
}

// trim takes bytes of the set off the end, as long as the end is still there.
func (c *collector) trim(set func(byte) bool) {
	for !c.cut && len(c.buf) > 0 && set(c.buf[len(c.buf)-1]) {
		c.buf = c.buf[:len(c.buf)-1]
		c.size--
	}
}

// trimCR takes one carriage return off the end.
func (c *collector) trimCR() {
	if n := len(c.buf); n > 0 && c.buf[n-1] == '\r' && !c.cut {
		c.buf, c.size = c.buf[:n-1], c.size-1
	}
}

// record ends the record; its bytes are valid until the next start.
func (c *collector) record(problem string) source.Record {
	if c.size > c.max {
		c.buf = c.buf[:min(len(c.buf), source.MaxRecord, c.max)]
		long := fmt.Sprintf("over-long: %d bytes, the first %d are kept", c.size, len(c.buf))
		if problem != "" {
			long = problem + "; " + long
		}
		problem = long
	}
	return source.Record{Bytes: c.buf, Size: c.size, Problem: problem}
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }
