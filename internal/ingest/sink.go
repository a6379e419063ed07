package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// busyFor is how long a request that is partly in the log waits for the rest, rather than make the sender repeat what is in.
const busyFor = 5 * time.Second

// sink puts one request's records into the log, batch by batch.
type sink struct {
	*call
	pending pending
	header  string // Zeek's header in force before the first pending record
	data    bool   // a pending record is none of Zeek's # lines

	zeek  *zeekHeader // nil when there is none to look for
	saved string      // the header as the store has it

	batches, repeats int
	records          int // added so far
	errors           []recordError
}

// add takes a record; the batch is written when it is full, and before Zeek begins another header.
func (s *sink) add(ctx context.Context, r source.Record) error {
	begins := s.zeek != nil && zeekKey(r.Bytes) >= 0
	if begins && s.data {
		if err := s.flush(ctx); err != nil {
			return err
		}
	}
	if s.pending.empty() && s.zeek != nil {
		s.header = s.zeek.text()
	}
	if begins {
		s.zeek.see(r.Bytes)
	}
	s.data = s.data || len(r.Bytes) == 0 || r.Bytes[0] != '#'
	s.pending.add(r)
	if r.Problem != "" && len(s.errors)+len(s.answer.Errors) < maxErrors {
		s.errors = append(s.errors, recordError{s.records, r.Problem})
	}
	s.records++
	if s.pending.full(s.door.Limits) {
		return s.flush(ctx)
	}
	return nil
}

// finish writes what is left and decides what the answer says of repeats.
func (s *sink) finish(ctx context.Context) error {
	if err := s.flush(ctx); err != nil {
		return err
	}
	s.answer.Repeated = s.batches > 0 && s.repeats == s.batches
	return nil
}

// flush writes the pending records as one batch; only then they count as accepted.
func (s *sink) flush(ctx context.Context) error {
	if s.pending.empty() {
		return nil
	}
	b := batchOf(s.source, s.pending.records(), s.peer, s.header, s.door.Now())
	repeated, err := s.append(ctx, s.chunkKey(b), b.Encode())
	if err != nil {
		return err
	}
	if s.zeek != nil {
		if err := s.saveHeader(ctx); err != nil {
			return err
		}
	}
	s.batches++
	if repeated {
		s.repeats++
	} else {
		s.door.Meter.received(b)
	}
	s.answer.Accepted += len(s.pending.spans) - s.pending.bad
	s.answer.Bad += s.pending.bad
	s.answer.Errors = append(s.answer.Errors, s.errors...)
	s.errors, s.data = nil, false
	s.pending.reset()
	return nil
}

func (s *sink) append(ctx context.Context, key string, data []byte) (repeated bool, err error) {
	partition := s.door.Log.Partition(s.source.Tenant.String())
	waited, wait := time.Duration(0), 20*time.Millisecond
	for {
		_, repeated, err = s.door.Log.Append(ctx, partition, key, data)
		if err == nil || !isBusy(err) || s.batches == 0 || waited >= busyFor || ctx.Err() != nil {
			return repeated, err
		}
		pause(ctx, wait)
		waited += wait
		wait *= 2
	}
}

// chunkKey tells a batch that is sent again. What is in it counts too, so that a sender that uses a key twice for different records loses none of them.
func (s *sink) chunkKey(b *source.Batch) string {
	if s.key == "" {
		return ""
	}
	h := sha256.New()
	for i := range b.Records {
		_, _ = h.Write(binary.AppendUvarint(nil, uint64(len(b.Records[i].Bytes)))) // never fails
		_, _ = h.Write(b.Records[i].Bytes)
	}
	return fmt.Sprintf("%s/%s/%d/%s", s.source.ID, s.key, s.batches, hex.EncodeToString(h.Sum(nil)[:16]))
}

// saveHeader keeps Zeek's header before the sender is told that the lines which brought it are in.
func (s *sink) saveHeader(ctx context.Context) error {
	text := s.zeek.text()
	if text == s.saved {
		return nil
	}
	if err := s.door.headers.put(ctx, headerOf{s.source.ID, s.stream}, text); err != nil {
		return fmt.Errorf("keep header of source %s: %w", s.source.ID, err)
	}
	s.saved = text
	return nil
}
