package ruletest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/noroshi-soc/noroshi/evtx"
	"github.com/noroshi-soc/noroshi/internal/ingest"
	"github.com/noroshi-soc/noroshi/internal/source"
)

// maxRecords bounds what one file of events may hold.
const maxRecords = 1_000_000

// evtxMagic is how a Windows event log file begins.
const evtxMagic = "ElfFile\x00"

// Records cuts a file into records, whatever it is: JSON objects in any layout, lines of text, or a Windows event log (EVTX), of which what can be read is
// read. An error ends it; a record that is none as its format wants comes with one.
func Records(r io.Reader) iter.Seq2[source.Record, error] {
	return func(yield func(source.Record, error) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		if head, _ := in.Peek(len(evtxMagic)); string(head) == evtxMagic {
			eventLogRecords(in, yield)
			return
		}
		for rec, err := range ingest.Records(in, ingest.Limits{}) {
			if err == nil && rec.Problem != "" {
				err = errors.New(rec.Problem)
			}
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

// eventLogRecords passes over damage: exported logs are seldom closed as they should be.
func eventLogRecords(r io.Reader, yield func(source.Record, error) bool) {
	for rec, err := range evtx.NewReader(r).Records() {
		var damage *evtx.Damage
		if errors.As(err, &damage) {
			continue
		}
		if err != nil {
			yield(source.Record{}, err)
			return
		}
		object := rec.AppendJSON(nil)
		if !yield(source.Record{Bytes: object, Size: len(object)}, nil) {
			return
		}
	}
}

// readRecords reads all records of a file.
func readRecords(name string) ([]source.Record, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []source.Record
	for rec, err := range Records(f) {
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: record %d: %w", name, len(out)+1, err)
		case len(out) == maxRecords:
			return nil, fmt.Errorf("%s: more than %d records", name, maxRecords)
		}
		out = append(out, rec)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no record in it", name)
	}
	return out, nil
}
