// Package pipeline holds the only loops between the stages.
//
// What enters: batches of records from the durable log, one partition at a time, in order.
// What leaves: events in the event store, then alerts, items and incidents in the records, each exactly once (see docs/architecture.md, "Nothing acknowledged is lost").
// What it never does: parse, match or judge itself; it moves data between the stages that do.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/store"
)

// Log is the durable log as the pipeline reads it.
type Log interface {
	Epoch() uint32
	Partitions() int
	// Read yields batches from this sequence on, in order, and waits for more until ctx ends.
	Read(ctx context.Context, partition uint16, from uint64) iter.Seq2[Message, error]
	// First returns the oldest sequence that is kept, one more than Last when none is.
	First(ctx context.Context, partition uint16) (uint64, error)
	// Last returns the newest sequence of the partition.
	Last(ctx context.Context, partition uint16) (uint64, error)
	// Trim lets go of what is below the sequence and old enough.
	Trim(ctx context.Context, partition uint16, below uint64) error
}

// Message is one batch of the log in its durable form.
type Message struct {
	Seq  uint64
	Data []byte
}

// Normalizer turns a batch of records into events, one for each.
type Normalizer interface {
	Batch(b *source.Batch, epoch uint32, partition uint16, seq uint64) []event.Event
}

// Deps are what a Pipeline works with.
type Deps struct {
	Log        Log
	Normalizer Normalizer
	Routes     *detect.Routes
	Rules      *rule.Set
	Store      store.Store
	Records    Records
	RuleSets   rule.Sets
	Changed    func(Change) // told after each commit; nil for nobody
	// RulesChanged is told when the pipeline itself has switched off a rule; nil for nobody.
	RulesChanged func()
	// MaxEvaluation is how long a rule may take for an event in the mean before it is switched off; 0 for as long as it likes.
	MaxEvaluation time.Duration
	// Damaged keeps a batch that cannot be decoded, durably when it returns. It must not be nil.
	Damaged func(partition uint16, seq uint64, data []byte) error
	Logger  *slog.Logger
	Workers int // stateless stages in parallel, per partition; 2 unless set
	Wait    func(ctx context.Context, d time.Duration) error
	Now     func() time.Time // tells when rules came into force; the system's clock unless set
}

// Stats are counts since start, and the place of each partition.
type Stats struct {
	Batches, Events, Unparsed, Matches, Alerts, Failed, Damaged, Retries atomic.Int64
	Missed                                                               atomic.Int64 // events that a rule could not evaluate, each rule's counted
	SwitchedOff                                                          atomic.Int64 // rules switched off since start
	Lag                                                                  atomic.Int64 // batches durable in the log and not yet done
}

// Pipeline runs the stages for every partition of a log.
type Pipeline struct {
	deps     Deps
	rules    atomic.Pointer[Rules] // in force
	changing sync.Mutex            // held while other rules come into force
	guard    *guard
	match    func(*detect.Engine, *event.Event) (detect.Found, error) // the engine's Match, but in tests
	// correlator makes one for a tenant: the engine's, but in tests.
	correlator    func(*detect.Engine) correlator
	snapshotEvery int // events
	stats         Stats
	caught        []atomic.Uint64          // per partition: the sequence that is done
	blocked       []atomic.Pointer[string] // per partition: what it is waiting for
	counted       []atomic.Pointer[CorrelationCounts]
}

// Batches that are committed together, at most.
const (
	maxGroupEvents  = 4000
	maxGroupBatches = 64
)

// snapshotEvery is after how many events the memory of the stateful stages is kept.
const snapshotEvery = 50_000

// New compiles the rules and keeps the set. Rules that cannot be run are left out; Rules().Refused tells which.
func New(ctx context.Context, deps Deps) (*Pipeline, error) {
	if deps.Workers == 0 {
		deps.Workers = 2
	}
	if deps.Wait == nil {
		deps.Wait = wait
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	p := &Pipeline{
		deps: deps, snapshotEvery: snapshotEvery, guard: newGuard(), match: (*detect.Engine).Match,
		correlator: func(e *detect.Engine) correlator { return e.NewCorrelator() },
		caught:     make([]atomic.Uint64, deps.Log.Partitions()), blocked: make([]atomic.Pointer[string], deps.Log.Partitions()),
		counted: make([]atomic.Pointer[CorrelationCounts], deps.Log.Partitions()),
	}
	set, err := p.withSwitchedOff(ctx, deps.Rules)
	if err != nil {
		return nil, err
	}
	rules, err := p.compile(ctx, set)
	if err != nil {
		return nil, err
	}
	p.rules.Store(rules)
	return p, nil
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Stats returns the running counts.
func (p *Pipeline) Stats() *Stats { return &p.stats }

// Blocked says what a partition is waiting for ("event store: disk full"), the first one's of several; "" when all run.
func (p *Pipeline) Blocked() string {
	for i := range p.blocked {
		if s := p.blocked[i].Load(); s != nil {
			return *s
		}
	}
	return ""
}

// block notes what a partition is waiting for, "" for nothing.
func (p *Pipeline) block(part uint16, reason string) {
	if reason == "" {
		p.blocked[part].Store(nil)
		return
	}
	p.blocked[part].Store(&reason)
}

// Run works until ctx ends, then finishes the commit that it has begun. It returns the first error that is not ctx's end.
func (p *Pipeline) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg, watch sync.WaitGroup
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	watch.Go(func() { p.keepWatch(watching) })
	for part := range p.deps.Log.Partitions() {
		wg.Go(func() {
			if err := p.runPartition(ctx, uint16(part)); err != nil && !errors.Is(err, context.Canceled) {
				cancel(fmt.Errorf("partition %d: %w", part, err))
			}
		})
	}
	wg.Wait()
	stopWatching()
	watch.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// CaughtUp reports whether everything that the log held at the call is done, and updates the lag.
func (p *Pipeline) CaughtUp(ctx context.Context) (bool, error) {
	var lag int64
	for part := range p.caught {
		last, err := p.deps.Log.Last(ctx, uint16(part))
		if err != nil {
			return false, err
		}
		lag += max(0, int64(last)-int64(p.caught[part].Load()))
	}
	p.stats.Lag.Store(lag)
	return lag == 0, nil
}
