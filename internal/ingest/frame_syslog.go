package ingest

import (
	"bytes"
	"fmt"
	"io"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// maxCounted is the largest message that octet counting may announce; a larger number is no count.
const maxCounted = 16 << 20

// frames cuts a syslog stream into messages (RFC 6587): by octet counting, or by line feed or NUL. A sender may change from one to the other.
type frames struct {
	w       *window
	c       collector
	counted bool // the last message was octet-counted
}

// next returns io.EOF at the end; any other error comes with what was read of the message in which it happened.
func (f *frames) next() (source.Record, error) {
	f.c.start()
	if !f.skipEnds() {
		if err := f.w.failed(); err != nil {
			return f.c.record(""), err
		}
		return source.Record{}, io.EOF
	}
	n, digits := f.count()
	f.counted = digits > 0
	if !f.counted {
		return f.line()
	}
	f.w.pos += digits + 1
	return f.octets(n)
}

// skipEnds passes over ends of lines that stand between messages.
func (f *frames) skipEnds() bool {
	for {
		chunk := f.w.chunk()
		if chunk == nil {
			return false
		}
		rest := bytes.TrimLeft(chunk, "\n\r\x00")
		f.w.pos += len(chunk) - len(rest)
		if len(rest) > 0 {
			return true
		}
	}
}

// count looks for a count and its space ahead; digits is 0 when there is none. Since a line may begin with a number too,
// the first count of a connection must be followed by the < of a priority.
func (f *frames) count() (n, digits int) {
	for {
		b, ok := f.w.peek(digits)
		if !ok || b < '0' || b > '9' || (digits == 0 && b == '0') {
			if !ok || b != ' ' || digits == 0 {
				return 0, 0
			}
			break
		}
		if n = n*10 + int(b-'0'); n > maxCounted {
			return 0, 0
		}
		digits++
	}
	if b, ok := f.w.peek(digits + 1); !f.counted && (!ok || b != '<') {
		return 0, 0
	}
	return n, digits
}

func (f *frames) octets(n int) (source.Record, error) {
	for left := n; left > 0; {
		chunk := f.w.chunk()
		if chunk == nil {
			return f.c.record(fmt.Sprintf("cut short: %d of %d bytes came", n-left, n)), f.w.failed()
		}
		chunk = chunk[:min(left, len(chunk))]
		f.c.add(chunk)
		f.w.pos += len(chunk)
		left -= len(chunk)
	}
	f.c.trim(isEndOfLine)
	return f.c.record(""), nil
}

func (f *frames) line() (source.Record, error) {
	for {
		chunk := f.w.chunk()
		if chunk == nil {
			f.c.trimCR()
			return f.c.record(""), f.w.failed()
		}
		end := bytes.IndexByte(chunk, '\n')
		if end < 0 {
			end = len(chunk)
		}
		if i := bytes.IndexByte(chunk[:end], 0); i >= 0 {
			end = i
		}
		f.c.add(chunk[:end])
		f.w.pos += end
		if end < len(chunk) {
			f.w.pos++
			f.c.trimCR()
			return f.c.record(""), nil
		}
	}
}

func isEndOfLine(b byte) bool { return b == '\n' || b == '\r' || b == 0 }
