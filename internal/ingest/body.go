package ingest

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// errTooLarge says that a body went over a limit while it was read.
var errTooLarge = errors.New("body is over the limit")

// limited reads up to a limit, and remembers why it stopped and how it began.
type limited struct {
	r    io.Reader
	left int64
	err  error
	keep int // how many of the first bytes are kept in head
	head []byte
	n    int64
}

func (l *limited) Read(b []byte) (int, error) {
	if l.err != nil {
		return 0, l.err
	}
	if int64(len(b)) > l.left+1 {
		b = b[:l.left+1]
	}
	n, err := l.r.Read(b)
	if int64(n) > l.left {
		n, err = int(l.left), errTooLarge
	}
	l.left -= int64(n)
	l.n += int64(n)
	l.err = err
	if room := l.keep - len(l.head); room > 0 {
		l.head = append(l.head, b[:min(n, room)]...)
	}
	return n, err
}

// body is a request's body, decoded within limits.
type body struct {
	wire    limited // as sent
	decoded limited
	close   func()
}

// encodings are the values of Content-Encoding that are understood.
func encodingOf(header string) (string, bool) {
	switch e := strings.ToLower(strings.TrimSpace(header)); e {
	case "", "identity":
		return "", true
	case "gzip", "x-gzip":
		return "gzip", true
	case "zstd":
		return e, true
	}
	return "", false
}

// wireLimit is how many bytes a body may have as sent.
func wireLimit(encoding string, l Limits) int64 {
	if encoding == "" {
		return l.Decoded
	}
	return l.Compressed
}

func openBody(r io.Reader, encoding string, l Limits) *body {
	b := &body{close: func() {}, wire: limited{r: r, left: wireLimit(encoding, l)}}
	b.decoded = limited{left: l.Decoded, r: &b.wire}
	if encoding != "" {
		b.wire.keep = source.MaxRecord
		b.decoded.r = &decoder{body: b, encoding: encoding}
	}
	return b
}

// zstdWindow is the largest window that RFC 8878 asks decoders to support; it bounds the memory of one body.
const zstdWindow = 8 << 20

// decoder opens at the first read, so that a body that is no archive at all is an error like any other damage.
type decoder struct {
	body     *body
	encoding string
	r        io.Reader
}

func (d *decoder) Read(b []byte) (int, error) {
	if d.r == nil {
		if err := d.open(); err != nil {
			return 0, err
		}
	}
	return d.r.Read(b)
}

func (d *decoder) open() error {
	if d.encoding == "gzip" {
		z, err := gzip.NewReader(&d.body.wire)
		if err != nil {
			return err
		}
		d.r = z
		return nil
	}
	z, err := zstd.NewReader(&d.body.wire, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
	if err != nil {
		return err
	}
	d.body.close = z.Close
	d.r = z
	return nil
}

// broken tells damage of the archive, which does not go away by sending again, from a body that went over a limit or was cut by the network.
func (b *body) broken(err error) bool {
	return !errors.Is(err, errTooLarge) && (b.wire.err == nil || errors.Is(b.wire.err, io.EOF))
}

// damage is the record that stands for the broken rest of a body.
func (b *body) damage(rest source.Record, encoding string, err error) source.Record {
	if b.decoded.n == 0 {
		_, _ = io.CopyN(io.Discard, &b.wire, int64(b.wire.keep)) // for more of the head
		rest = source.Record{Bytes: b.wire.head, Size: int(b.wire.n)}
	}
	rest.Problem = strings.TrimSuffix(fmt.Sprintf("broken %s after %d decoded bytes: %v; %s", encoding, b.decoded.n, err, rest.Problem), "; ")
	return rest
}

// layout is how records stand in a body.
type layout uint8

const (
	layoutUnknown layout = iota
	layoutText
	layoutJSONLines
	layoutJSON
)

// layoutOf reads a Content-Type. A client that says nothing of use, as curl does without -H, gets its body looked at.
func layoutOf(contentType string) (layout, bool) {
	t, _, _ := mime.ParseMediaType(contentType)
	switch t {
	case "application/json":
		return layoutJSON, true
	case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/json-lines":
		return layoutJSONLines, true
	case "text/plain", "text/tab-separated-values":
		return layoutText, true
	case "application/x-www-form-urlencoded", "application/octet-stream":
		return layoutUnknown, true
	}
	return layoutUnknown, strings.TrimSpace(contentType) == ""
}

// split begins to cut a body into records.
func split(r io.Reader, as layout, l Limits) (splitter, layout) {
	w := newWindow(r, windowSize)
	w.skipBOM()
	if as == layoutUnknown {
		as = sniff(w)
	}
	lines := textLines{w: w, c: collector{max: l.Record}}
	switch as {
	case layoutJSON:
		return &jsonValues{w: w, c: lines.c}, as
	case layoutJSONLines:
		return &jsonLines{textLines: lines}, as
	default:
		return &lines, layoutText
	}
}

// sniff takes a body for JSON when it begins with an object, or with an array that holds one or nothing.
func sniff(w *window) layout {
	var first byte
	for i := range windowSize {
		b, ok := w.peek(i)
		switch {
		case !ok:
			return layoutText
		case isSpace(b):
		case first == 0 && (b == '{' || b == '['):
			first = b
		case first == '{' && (b == '"' || b == '}'), first == '[' && (b == '{' || b == ']'):
			return layoutJSON
		default:
			return layoutText
		}
	}
	return layoutText
}
