package evtx

import "fmt"

// Damage tells of one part of a file that could not be read as it should: bytes that are not what they must be, or that are missing.
// It comes as the error of one turn of [Reader.Records]; the records that are whole go on coming after it.
type Damage struct {
	Offset   int64  // where in the file the damaged part begins, in bytes from its start
	Length   int64  // how many bytes it spans; 0 where that is not known
	Chunk    int    // the number of the chunk that it lies in, the first is 0; -1 outside of chunks
	RecordID uint64 // the record that it lies in; 0 where it is none, or not known
	Reason   string // what is wrong
}

// Error says where the damage is and what it is.
func (d *Damage) Error() string {
	where := fmt.Sprintf("offset %d", d.Offset)
	if d.Chunk >= 0 {
		where += fmt.Sprintf(", chunk %d", d.Chunk)
	}
	if d.RecordID != 0 {
		where += fmt.Sprintf(", record %d", d.RecordID)
	}
	return "damaged event log: " + where + ": " + d.Reason
}

// fault is what is wrong at one place of a chunk, before it is known where the chunk lies.
type fault struct {
	at     int // in the chunk
	reason string
}

func (f *fault) Error() string { return fmt.Sprintf("%s, %d bytes into the chunk", f.reason, f.at) }

func faultf(at int, format string, args ...any) *fault {
	return &fault{at: at, reason: fmt.Sprintf(format, args...)}
}
