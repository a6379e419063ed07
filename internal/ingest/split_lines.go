package ingest

import (
	"bytes"
	"io"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// splitter cuts a body into records. next returns io.EOF after the last one; any other error says that the body broke,
// and comes with what was read of the record in which it did. A record's bytes are valid until the next call.
type splitter interface {
	next() (source.Record, error)
}

// textLines gives every line that is not empty.
type textLines struct {
	w *window
	c collector
}

func (l *textLines) next() (source.Record, error) {
	for {
		if err := l.line(); err != nil {
			return l.c.record(""), err
		}
		if l.c.size > 0 {
			return l.c.record(""), nil
		}
	}
}

// line collects one line without its end; io.EOF when there is none.
func (l *textLines) line() error {
	l.c.start()
	for {
		chunk := l.w.chunk()
		if chunk == nil {
			if err := l.w.failed(); err != nil {
				return err
			}
			if l.c.size == 0 {
				return io.EOF
			}
			l.c.trimCR()
			return nil
		}
		if i := bytes.IndexByte(chunk, '\n'); i >= 0 {
			l.c.add(chunk[:i])
			l.w.pos += i + 1
			l.c.trimCR()
			return nil
		}
		l.c.add(chunk)
		l.w.pos += len(chunk)
	}
}

// jsonLines gives every line that is not blank, each of which must be a JSON object.
type jsonLines struct {
	textLines
	check syntax
}

func (l *jsonLines) next() (source.Record, error) {
	for {
		if err := l.line(); err != nil {
			return l.c.record(""), err
		}
		if l.c.cut || l.c.size > l.c.max {
			return l.c.record(""), nil
		}
		if len(bytes.TrimLeft(l.c.buf, " \t\r")) > 0 {
			return l.c.record(l.check.object(l.c.buf)), nil
		}
	}
}
