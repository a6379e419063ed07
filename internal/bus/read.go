package bus

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// ahead is how many batches a reader fetches before they are asked for.
const ahead = 16

// retryAfter is how long a reader waits for an engine that is being restarted.
const retryAfter = 100 * time.Millisecond

// Message is one batch in the log.
type Message struct {
	Seq      uint64
	Data     []byte    // the reader's own
	Appended time.Time // UTC
}

// Read gives the batches of a partition in order, beginning with sequence number from or the first that is kept, and waits for more until ctx ends.
// Sequence numbers are missing only where they were trimmed. The last value is an error when the log was closed or the partition does not exist; ctx's end is none.
func (l *Log) Read(ctx context.Context, partition uint16, from uint64) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		open, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(l.ctx, cancel)()
		r := &reader{log: l, partition: partition, next: max(from, 1), yield: yield}
		for {
			err := r.follow(open)
			switch {
			case errors.Is(err, errEnough), ctx.Err() != nil:
				return
			case l.ctx.Err() != nil:
				yield(Message{}, ErrClosed)
				return
			case int(partition) >= l.about.Partitions:
				yield(Message{}, err)
				return
			}
			l.opts.Logger.Debug("log: reading again", "partition", partition, "from", r.next, "reason", err)
			pause(open, retryAfter)
		}
	}
}

var (
	errEnough = errors.New("the caller stopped")
	errGap    = errors.New("a gap that may be an accident of delivery")
)

type reader struct {
	log       *Log
	partition uint16
	next      uint64
	gap       uint64 // number at which a gap was met once
	yield     func(Message, error) bool
}

// follow reads through one consumer until something ends it.
func (r *reader) follow(ctx context.Context) error {
	var stream jetstream.Stream
	if err := r.log.with(r.partition, func(e *engine) error {
		stream = e.streams[r.partition]
		return nil
	}); err != nil {
		return err
	}
	c, err := stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, InactiveThreshold: 5 * time.Minute,
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: r.next,
	})
	if err != nil {
		return err
	}
	defer forget(stream, c.CachedInfo().Name)
	msgs, err := c.Messages(jetstream.PullMaxMessages(ahead))
	if err != nil {
		return err
	}
	defer msgs.Stop()
	for {
		m, err := msgs.Next(jetstream.NextContext(ctx))
		if err != nil {
			return err
		}
		if err := r.give(ctx, m); err != nil {
			return err
		}
	}
}

func (r *reader) give(ctx context.Context, m jetstream.Msg) error {
	at, err := m.Metadata()
	if err != nil {
		return err
	}
	seq := at.Sequence.Stream
	if seq < r.next {
		return nil
	}
	if seq > r.next && !r.mayMiss(ctx, seq) {
		return errGap
	}
	if !r.yield(Message{Seq: seq, Data: m.Data(), Appended: at.Timestamp.UTC()}, nil) {
		return errEnough
	}
	r.next = seq + 1
	return nil
}

// mayMiss decides whether r.next and what follows may be missing before seq: when it was trimmed, or when a second reading finds the same.
func (r *reader) mayMiss(ctx context.Context, seq uint64) bool {
	first, err := r.log.First(ctx, r.partition)
	if err != nil {
		return false
	}
	if first > r.next {
		return true
	}
	if r.gap != seq {
		r.gap = seq
		return false
	}
	r.log.opts.Logger.Error("log: batches are missing", "partition", r.partition, "from", r.next, "below", seq)
	return true
}

// forget removes a consumer at once; without this it would stay for some minutes.
func forget(s jetstream.Stream, consumer string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = s.DeleteConsumer(ctx, consumer) // gone with its engine when this fails
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
