// Package bus is a durable log of batches, kept by an embedded NATS JetStream.
//
// What enters: opaque batches, each for one partition, with an optional key that tells repeats.
// What leaves: the same batches in the order of their sequence numbers, from any point that is still kept.
// What it never does: look into a batch, listen on the network, remember who has read what, or acknowledge before the batch is on disk.
package bus

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Defaults of Options.
const (
	DefaultPartitions  = 16
	DefaultKeepAtLeast = 24 * time.Hour
	DefaultKeepFree    = 64 << 20
	DefaultAnswer      = 15 * time.Second
)

// MaxBatch is the largest batch that Append takes, in bytes.
const MaxBatch = 8<<20 - 64<<10

// maxWaiting is how many appends may wait for one partition's disk; at a few milliseconds each the last waits less than a second.
const maxWaiting = 128

// Options say how to open a Log.
type Options struct {
	Dir         string           // folder of the log, made when missing
	Partitions  int              // fixed when the folder is new; 0 takes what the folder has, or DefaultPartitions
	KeepAtLeast time.Duration    // nothing younger is trimmed, and keys are remembered as long; 0 is DefaultKeepAtLeast
	MaxBytes    int64            // limit of each partition; 0 is no limit but the disk's
	KeepFree    int64            // bytes of the disk that stay free: below, appends are refused; 0 is DefaultKeepFree
	Answer      time.Duration    // how long an append may take before the engine is taken for broken and restarted; 0 is DefaultAnswer
	Logger      *slog.Logger     // nil discards
	Now         func() time.Time // nil is time.Now
}

func (o Options) withDefaults() Options {
	if o.KeepAtLeast <= 0 {
		o.KeepAtLeast = DefaultKeepAtLeast
	}
	if o.KeepFree <= 0 {
		o.KeepFree = DefaultKeepFree
	}
	if o.Answer <= 0 {
		o.Answer = DefaultAnswer
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Log is a durable log in a number of partitions, each with sequence numbers from 1 without gaps. Its methods are safe for concurrent use.
type Log struct {
	opts  Options
	about about
	lock  *os.File
	slots []chan struct{} // of each partition: appends under way

	ctx  context.Context // ends with Close, for the readers
	stop context.CancelFunc

	mu     sync.RWMutex // held for reading while the engine is used, for writing while it is replaced
	engine *engine      // nil when stopped or when a restart failed
}

// Open opens the log of a folder, and makes it when the folder is new. Only one Log may be open on a folder.
func Open(ctx context.Context, opts Options) (*Log, error) {
	opts = opts.withDefaults()
	if opts.Partitions < 0 || opts.Partitions > 1<<16 {
		return nil, fmt.Errorf("open log: %d partitions: want 1 to 65536", opts.Partitions)
	}
	if err := os.MkdirAll(opts.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	lock, err := lockDir(opts.Dir)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	l := &Log{opts: opts, lock: lock}
	if err := l.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open log %s: %w", opts.Dir, err), lock.Close())
	}
	return l, nil
}

func (l *Log) start(ctx context.Context) (err error) {
	if l.about, err = readAbout(l.opts.Dir, l.opts.Partitions, l.opts.Now); err != nil {
		return err
	}
	for range l.about.Partitions {
		l.slots = append(l.slots, make(chan struct{}, maxWaiting))
	}
	if l.engine, err = startEngine(ctx, filepath.Join(l.opts.Dir, "jetstream"), l.about.Partitions, l.opts); err != nil {
		return err
	}
	l.ctx, l.stop = context.WithCancel(context.Background())
	return nil
}

// Epoch tells this log from one that was in the folder before, or that will be after it was deleted: Unix seconds of its making.
func (l *Log) Epoch() uint32 { return l.about.Epoch }

// Partitions is how many partitions the log has, numbered from 0.
func (l *Log) Partitions() int { return l.about.Partitions }

// Partition is the partition of all that belongs to one tenant, the same for the life of the log.
func (l *Log) Partition(tenant string) uint16 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(tenant)) // never fails
	sum := h.Sum64()
	return uint16((sum ^ sum>>32) % uint64(l.about.Partitions)) //nolint:gosec // below 65536
}

// First is the sequence number of the oldest batch that is kept; Last + 1 when none is.
func (l *Log) First(ctx context.Context, partition uint16) (uint64, error) {
	first, _, err := l.bounds(ctx, partition)
	return first, err
}

// Last is the sequence number of the newest batch, kept or trimmed; 0 when there was none.
func (l *Log) Last(ctx context.Context, partition uint16) (uint64, error) {
	_, last, err := l.bounds(ctx, partition)
	return last, err
}

func (l *Log) bounds(ctx context.Context, partition uint16) (first, last uint64, err error) {
	err = l.with(partition, func(e *engine) error {
		first, last, err = e.bounds(ctx, partition)
		return err
	})
	return first, last, err
}

// crowded is the share of MaxBytes from which on young batches are trimmed too: a log full of work that is done would keep senders out.
const crowded = 0.8

// Trim removes the batches with sequence numbers below the given one, but not those younger than KeepAtLeast, as long as there is room for them:
// beyond 80 % of MaxBytes they go too, and the keys among them are forgotten.
func (l *Log) Trim(ctx context.Context, partition uint16, below uint64) error {
	return l.with(partition, func(e *engine) error {
		used, err := e.bytes(ctx, partition)
		if err != nil {
			return fmt.Errorf("trim partition %d: %w", partition, err)
		}
		if l.opts.MaxBytes > 0 && float64(used) > crowded*float64(l.opts.MaxBytes) {
			l.opts.Logger.Warn("the log is nearly full: young batches that are done are trimmed, and their keys forgotten", "partition", partition, "bytes", used)
			return e.removeBelow(ctx, partition, below)
		}
		young, err := e.firstSince(ctx, partition, l.opts.Now().Add(-l.opts.KeepAtLeast))
		if err != nil {
			return fmt.Errorf("trim partition %d: %w", partition, err)
		}
		return e.removeBelow(ctx, partition, min(below, young))
	})
}

// with calls f with the running engine, which is not replaced meanwhile.
func (l *Log) with(partition uint16, f func(*engine) error) error {
	if int(partition) >= l.about.Partitions {
		return fmt.Errorf("partition %d of %d: no such partition", partition, l.about.Partitions)
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.ctx.Err() != nil {
		return ErrClosed
	}
	if l.engine == nil {
		return errUnready
	}
	return f(l.engine)
}

// Close ends the log: appends under way are finished, readers end. It returns when all is on disk, or with ctx's error when that came first.
func (l *Log) Close(ctx context.Context) error {
	l.stop()
	done := make(chan error, 1)
	go func() { done <- l.shutdown() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("close log: %w", ctx.Err())
	}
}

func (l *Log) shutdown() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.engine != nil {
		l.engine.stop()
		l.engine = nil
	}
	if l.lock == nil {
		return nil
	}
	err := l.lock.Close()
	l.lock = nil
	return err
}
