package ingest

import (
	"bytes"
	"errors"
	"io"
	"iter"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// Records cuts a file into records as the HTTP door cuts a body whose type is not told: JSON objects, in arrays or one after another, else lines.
// The error says that reading broke off; it comes last, with what was read of the record in which it did. A record's bytes are the caller's.
func Records(r io.Reader, limits Limits) iter.Seq2[source.Record, error] {
	return func(yield func(source.Record, error) bool) {
		in, _ := split(r, layoutUnknown, limits.withDefaults())
		for {
			rec, err := in.next()
			if errors.Is(err, io.EOF) {
				return
			}
			rec.Bytes = bytes.Clone(rec.Bytes)
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}
