// Package store is the contract of the event store.
//
// What enters: batches of events in the order of the log, each with the watermark that it completes.
// What leaves: events found by a query tree and a span of time, counts over time, counts by value.
// What it never does: answer without a tenant.Scope, or change an event.
package store

import (
	"context"
	"errors"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/query"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// ErrNotFound says that no such event can be seen by the caller.
var ErrNotFound = errors.New("no such event")

// Row is an event as the store keeps it: with the ids of the rules that matched it, informational ones included.
type Row struct {
	event.Event
	Rules []string
}

// Mark is how far one partition of one log was stored.
type Mark struct {
	Epoch     uint32
	Partition uint16
	Seq       uint64
	RuleSet   string // version of the rule set that evaluated the rows which brought the mark here
}

// Search asks for events.
type Search struct {
	Scope    tenant.Scope
	Query    query.Node
	From, To time.Time // event time, From inclusive, To exclusive; zero is open
	Limit    int       // rows, 200 unless set, at most 10000
	After    *Place    // continue after this row of an earlier answer
	Oldest   bool      // oldest first; newest first else

	// ByReceipt makes From, To and the buckets of a histogram mean the time of receipt instead of event time. The order of rows stays that of event time.
	ByReceipt bool
}

// Place is a row's place in the order of an answer.
type Place struct {
	Time time.Time
	ID   event.ID
}

// Bucket is one bar of a histogram.
type Bucket struct {
	Start time.Time
	Count int64
}

// ValueCount is how often one value occurs.
type ValueCount struct {
	Value string
	Count int64
}

// Store keeps events. Insert is called by one goroutine per partition; everything else is safe for concurrent use.
type Store interface {
	// Insert commits rows and the watermark in one transaction. Rows whose Seq is at or below the stored watermark of their partition are skipped,
	// so that a repeat does no harm.
	Insert(ctx context.Context, rows []Row, mark Mark) error
	// Watermark returns how far the partition of the log is stored; Seq 0 when nothing is.
	Watermark(ctx context.Context, epoch uint32, partition uint16) (Mark, error)
	// Search returns rows in order, and calls for the next page with the Place of the last.
	Search(ctx context.Context, s Search) ([]Row, error)
	// Event returns one event by its id; ErrNotFound.
	Event(ctx context.Context, scope tenant.Scope, id event.ID) (Row, error)
	// Close ends the store; what was committed stays.
	Close() error
}

// Counter counts events without returning them.
type Counter interface {
	// Count returns how many events a search finds in all; Limit, After and Oldest do not count.
	Count(ctx context.Context, s Search) (int64, error)
	// Histogram counts by event time in buckets of this width, empty ones included when From and To are given.
	Histogram(ctx context.Context, s Search, width time.Duration) ([]Bucket, error)
	// Values counts the most frequent values of a field, most frequent first, and returns how many events have the field.
	Values(ctx context.Context, s Search, field string, limit int) (top []ValueCount, with int64, err error)
}
