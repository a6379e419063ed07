package bus

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Codes of JetStream's refusals that have no name in its client.
const (
	codeStoreFailed  jetstream.ErrorCode = 10077
	codeTooManyCalls jetstream.ErrorCode = 10167
)

// Append adds a batch at the end of a partition; when it returns without error the batch is on disk under seq.
// With a key that an append of the last KeepAtLeast had, nothing is added: seq is the first one's and repeated is true. Key "" is none.
// ErrFull and ErrBusy are back-pressure; ErrTooLarge is for ever. After any other error, ctx's included, the batch may have been kept or not.
func (l *Log) Append(ctx context.Context, partition uint16, key string, data []byte) (seq uint64, repeated bool, err error) {
	if len(data) > MaxBatch {
		return 0, false, fmt.Errorf("append %d bytes: %w: at most %d", len(data), ErrTooLarge, MaxBatch)
	}
	if err := l.room(len(data)); err != nil {
		return 0, false, fmt.Errorf("append: %w", err)
	}
	if int(partition) < len(l.slots) {
		select {
		case l.slots[partition] <- struct{}{}:
			defer func() { <-l.slots[partition] }()
		default:
			return 0, false, fmt.Errorf("append: %w", ErrBusy)
		}
	}
	seq, repeated, err = l.append(ctx, partition, key, data)
	if err != nil {
		return 0, false, fmt.Errorf("append to partition %d: %w", partition, err)
	}
	return seq, repeated, nil
}

// room refuses before the disk is full: a write that fails in the middle costs the engine a restart.
func (l *Log) room(size int) error {
	free, err := freeBytes(l.opts.Dir)
	if err != nil {
		return err
	}
	if free < l.opts.KeepFree+int64(size) {
		return fmt.Errorf("%w: %d MB of disk left, %d are kept free", ErrFull, free>>20, l.opts.KeepFree>>20)
	}
	return nil
}

func (l *Log) append(ctx context.Context, partition uint16, key string, data []byte) (seq uint64, repeated bool, err error) {
	var used *engine
	err = l.with(partition, func(e *engine) (err error) {
		used = e
		waiting, cancel := context.WithTimeout(ctx, l.opts.Answer)
		defer cancel()
		if key == "" {
			seq, err = e.publish(waiting, fmt.Sprintf("b.%d.-", partition), data)
			return err
		}
		seq, repeated, err = e.publishOnce(waiting, partition, key, data, l.opts)
		return err
	})
	if errors.Is(err, errUnready) || (used != nil && broken(ctx, err)) {
		return 0, false, l.restart(ctx, used, err)
	}
	return seq, repeated, err
}

func (e *engine) publish(ctx context.Context, subject string, data []byte, opts ...jetstream.PublishOpt) (uint64, error) {
	ack, err := e.write.PublishMsg(ctx, &nats.Msg{Subject: subject, Data: data}, opts...)
	if err != nil {
		return 0, refusal(err)
	}
	return ack.Sequence, nil
}

// publishOnce gives every key a subject of its own, and lets the server check in one step that the subject is as it was seen.
func (e *engine) publishOnce(ctx context.Context, partition uint16, key string, data []byte, opts Options) (uint64, bool, error) {
	sum := sha256.Sum256([]byte(key))
	subject := fmt.Sprintf("b.%d.k.%s", partition, base64.RawURLEncoding.EncodeToString(sum[:16]))
	var last uint64
	for {
		seq, err := e.publish(ctx, subject, data, jetstream.WithExpectLastSequencePerSubject(last))
		if !hasCode(err, jetstream.JSErrCodeStreamWrongLastSequence) {
			return seq, false, err
		}
		first, err := e.streams[partition].GetLastMsgForSubject(ctx, subject)
		switch {
		case errors.Is(err, jetstream.ErrMsgNotFound):
			last = 0 // trimmed meanwhile
		case err != nil:
			return 0, false, err
		case first.Time.After(opts.Now().Add(-opts.KeepAtLeast)):
			return first.Sequence, true, nil
		default:
			last = first.Sequence
		}
	}
}

// refusal names the errors that are back-pressure.
func refusal(err error) error {
	switch {
	case hasCode(err, codeStoreFailed), hasCode(err, jetstream.ErrorCode(10023)), hasCode(err, jetstream.ErrorCode(10002)):
		return fmt.Errorf("%w: %w", ErrFull, err)
	case hasCode(err, codeTooManyCalls), errors.Is(err, jetstream.ErrTooManyStalledMsgs):
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return err
}

func hasCode(err error, code jetstream.ErrorCode) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.ErrorCode == code
}

// broken tells an engine that does not answer any more, as after a failed write, from one that refused.
func broken(ctx context.Context, err error) bool {
	var api *jetstream.APIError
	return err != nil && ctx.Err() == nil && !errors.As(err, &api) && !errors.Is(err, ErrClosed)
}

var errUnready = fmt.Errorf("%w: the log is starting again", ErrBusy)

// restart replaces an engine that broke, once there is room for it to work, and says what the append met. What was acknowledged is on disk and comes back.
func (l *Log) restart(ctx context.Context, old *engine, cause error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		return ErrClosed
	}
	if err := l.room(0); err != nil {
		return fmt.Errorf("%w (outcome unknown: %w)", err, cause)
	}
	if l.engine == old { // else another append was first
		l.opts.Logger.Warn("the log's engine does not answer: starting it again", "reason", cause)
		if err := l.replace(ctx); err != nil {
			return fmt.Errorf("%w: %w", ErrBusy, err)
		}
	}
	return fmt.Errorf("%w: outcome unknown, the log was started again: %w", ErrBusy, cause)
}

func (l *Log) replace(ctx context.Context) (err error) {
	if l.engine != nil {
		l.engine.stop()
		l.engine = nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	l.engine, err = startEngine(ctx, filepath.Join(l.opts.Dir, "jetstream"), l.about.Partitions, l.opts)
	return err
}
