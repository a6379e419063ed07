// Package ingest holds the doors through which telemetry comes in.
//
// What enters: HTTP bodies and syslog streams of senders that a source is declared for.
// What leaves: batches of records, byte for byte as sent, in the log before the sender is told so; and counts of all that came or was refused.
// What it never does: read what a record says (only whether JSON is well-formed, and Zeek's header lines), or drop anything without counting it.
package ingest

import (
	"context"
	"errors"
	"time"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// Appender is the log as the doors need it; bus.Log is one.
type Appender interface {
	// Append returns when the batch is on disk. An error that has a method Full() bool or Busy() bool saying true is back-pressure.
	Append(ctx context.Context, partition uint16, key string, data []byte) (seq uint64, repeated bool, err error)
	Partition(tenant string) uint16
}

// HeaderStore is what the doors need of a source.Store to know Zeek's header in force.
type HeaderStore interface {
	Header(ctx context.Context, sourceID, stream string) (string, error)
	PutHeader(ctx context.Context, sourceID, stream, header string) error
}

// Limits bound what a door takes and holds. Zero values are the defaults.
type Limits struct {
	Compressed   int64 // bytes of a compressed body as sent; 32 MB
	Decoded      int64 // bytes of a body, decoded; 256 MB
	Record       int   // bytes up to which a record is kept whole, at most MaxWhole; 1 MB. Of a longer one source.MaxRecord bytes are kept
	InFlight     int64 // bytes that all requests together may hold; 128 MB
	BatchRecords int   // records of a batch; 1000
	BatchBytes   int   // bytes after which a batch is full; 1 MB
}

// MaxWhole is the largest Limits.Record: a batch with such a record still fits into the log.
const MaxWhole = 4 << 20

func (l Limits) withDefaults() Limits {
	orDefault(&l.Compressed, 32<<20)
	orDefault(&l.Decoded, 256<<20)
	orDefault(&l.Record, 1<<20)
	orDefault(&l.InFlight, 128<<20)
	orDefault(&l.BatchRecords, 1000)
	orDefault(&l.BatchBytes, 1<<20)
	l.Record = min(l.Record, MaxWhole)
	l.BatchBytes = min(l.BatchBytes, 2<<20)
	return l
}

func orDefault[T int | int64 | time.Duration](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}

func isFull(err error) bool {
	var e interface{ Full() bool }
	return errors.As(err, &e) && e.Full()
}

func isBusy(err error) bool {
	var e interface{ Busy() bool }
	return errors.As(err, &e) && e.Busy()
}

// pause waits, or returns earlier when ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// pending collects records until they are a batch. It copies what it is given.
type pending struct {
	arena []byte
	spans []span
	bad   int
}

type span struct {
	end, size int
	problem   string
}

func (p *pending) add(r source.Record) {
	p.arena = append(p.arena, r.Bytes...)
	p.spans = append(p.spans, span{len(p.arena), r.Size, r.Problem})
	if r.Problem != "" {
		p.bad++
	}
}

func (p *pending) empty() bool { return len(p.spans) == 0 }

func (p *pending) full(l Limits) bool {
	return len(p.spans) >= l.BatchRecords || len(p.arena) >= l.BatchBytes
}

// records shares memory with p.
func (p *pending) records() []source.Record {
	out := make([]source.Record, len(p.spans))
	begin := 0
	for i, s := range p.spans {
		out[i] = source.Record{Bytes: p.arena[begin:s.end:s.end], Size: s.size, Problem: s.problem}
		begin = s.end
	}
	return out
}

func (p *pending) reset() {
	p.arena, p.spans, p.bad = p.arena[:0], p.spans[:0], 0
}

func batchOf(k *source.Known, records []source.Record, peer, header string, received time.Time) *source.Batch {
	return &source.Batch{
		Tenant: k.Tenant, Site: k.Site, Source: k.ID, Format: k.Format, Zone: k.Zone,
		Header: header, Peer: peer, Received: received.UTC(), Records: records,
	}
}
