package ruletest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/noroshi-soc/noroshi/evtx"
	"github.com/noroshi-soc/noroshi/internal/ingest"
	"github.com/noroshi-soc/noroshi/internal/source"
)

// maxRecords bounds what one file of events may hold.
const maxRecords = 1_000_000

// evtxMagic is how a Windows event log file begins.
const evtxMagic = "ElfFile\x00"

// readRecords reads a file of events: JSON objects in any layout, lines of text, or a Windows event log (EVTX).
func readRecords(name string) ([]source.Record, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 64<<10)
	read := plainRecords
	if head, _ := in.Peek(len(evtxMagic)); string(head) == evtxMagic {
		read = eventLogRecords
	}
	out, err := read(in)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case len(out) == 0:
		return nil, fmt.Errorf("%s: no record in it", name)
	}
	return out, nil
}

var errTooMany = fmt.Errorf("more than %d records", maxRecords)

func plainRecords(r io.Reader) (out []source.Record, err error) {
	for rec, err := range ingest.Records(r, ingest.Limits{}) {
		switch {
		case err != nil:
			return nil, fmt.Errorf("record %d: %w", len(out)+1, err)
		case rec.Problem != "":
			return nil, fmt.Errorf("record %d: %s", len(out)+1, rec.Problem)
		case len(out) == maxRecords:
			return nil, errTooMany
		}
		out = append(out, rec)
	}
	return out, nil
}

// eventLogRecords reads what can be read: exported logs are seldom closed as they should be.
func eventLogRecords(r io.Reader) (out []source.Record, err error) {
	for rec, err := range evtx.NewReader(r).Records() {
		var damage *evtx.Damage
		switch {
		case errors.As(err, &damage):
			continue
		case err != nil:
			return nil, err
		case len(out) == maxRecords:
			return nil, errTooMany
		}
		object := rec.AppendJSON(nil)
		out = append(out, source.Record{Bytes: object, Size: len(object)})
	}
	return out, nil
}
