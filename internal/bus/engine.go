package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// startWithin bounds how long recovery of the log's files may take.
const startWithin = 5 * time.Minute

// engine is a running JetStream server with its connections. It is replaced as a whole when it broke.
type engine struct {
	server  *server.Server
	write   jetstream.JetStream // appends only, so that no reader's traffic delays them
	read    jetstream.JetStream
	streams []jetstream.Stream // by partition, over the reading connection
}

func startEngine(ctx context.Context, dir string, partitions int, opts Options) (*engine, error) {
	s, err := server.NewServer(&server.Options{
		ServerName: "noroshi", DontListen: true, NoSigs: true, NoLog: true, DisableJetStreamBanner: true,
		JetStream: true, StoreDir: dir, SyncAlways: true, MaxPayload: MaxBatch + 64<<10,
		// The streams' own limits and the guard of the disk decide, not shares that the server would compute.
		JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: math.MaxInt64 / 2,
	})
	if err != nil {
		return nil, fmt.Errorf("log engine: %w", err)
	}
	s.SetLoggerV2(&serverLog{opts.Logger}, false, false, false)
	s.Start()
	e := &engine{server: s}
	if err := e.connect(ctx, partitions, opts.MaxBytes); err != nil {
		e.stop()
		return nil, fmt.Errorf("log engine: %w", err)
	}
	return e, nil
}

func (e *engine) connect(ctx context.Context, partitions int, maxBytes int64) (err error) {
	if !e.server.ReadyForConnections(startWithin) {
		return errors.New("did not become ready")
	}
	if e.write, err = dial(e.server, "append"); err != nil {
		return err
	}
	if e.read, err = dial(e.server, "read"); err != nil {
		return err
	}
	for p := range partitions {
		s, err := openStream(ctx, e.read, p, maxBytes)
		if err != nil {
			return fmt.Errorf("partition %d: %w", p, err)
		}
		e.streams = append(e.streams, s)
	}
	return nil
}

func dial(s *server.Server, name string) (jetstream.JetStream, error) {
	c, err := nats.Connect("", nats.InProcessServer(s), nats.Name(name), nats.NoReconnect())
	if err != nil {
		return nil, err
	}
	return jetstream.New(c)
}

func openStream(ctx context.Context, js jetstream.JetStream, partition int, maxBytes int64) (jetstream.Stream, error) {
	if maxBytes <= 0 {
		maxBytes = -1
	}
	name := fmt.Sprintf("batches-%05d", partition)
	s, err := js.Stream(ctx, name)
	if err == nil && s.CachedInfo().Config.MaxBytes == maxBytes {
		return s, nil
	}
	return js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: name, Subjects: []string{fmt.Sprintf("b.%d.>", partition)},
		Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		MaxBytes: maxBytes, MaxMsgs: -1, AllowDirect: true, Replicas: 1,
		// Repeats are told by subject, which survives a restart without reading the log again; the server's own window is as short as it may be.
		Duplicates: 100 * time.Millisecond,
	})
}

func (e *engine) stop() {
	for _, js := range []jetstream.JetStream{e.write, e.read} {
		if js != nil {
			js.Conn().Close()
		}
	}
	e.server.Shutdown()
	e.server.WaitForShutdown()
}

func (e *engine) bounds(ctx context.Context, partition uint16) (first, last uint64, err error) {
	info, err := e.streams[partition].Info(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("bounds of partition %d: %w", partition, err)
	}
	if info.State.Msgs == 0 {
		return info.State.LastSeq + 1, info.State.LastSeq, nil
	}
	return info.State.FirstSeq, info.State.LastSeq, nil
}

// bytes is how much of the disk a partition takes.
func (e *engine) bytes(ctx context.Context, partition uint16) (uint64, error) {
	info, err := e.streams[partition].Info(ctx)
	if err != nil {
		return 0, err
	}
	return info.State.Bytes, nil
}

// firstSince is the sequence number of the first batch that was appended at t or later, the next one's when there is none.
func (e *engine) firstSince(ctx context.Context, partition uint16, t time.Time) (uint64, error) {
	s := e.streams[partition]
	c, err := s.CreateConsumer(ctx, jetstream.ConsumerConfig{
		AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, HeadersOnly: true, InactiveThreshold: time.Minute,
		DeliverPolicy: jetstream.DeliverByStartTimePolicy, OptStartTime: &t,
	})
	if err != nil {
		return 0, err
	}
	defer func() { _ = s.DeleteConsumer(ctx, c.CachedInfo().Name) }() // it would go by itself
	return c.CachedInfo().Delivered.Stream + 1, nil
}

func (e *engine) removeBelow(ctx context.Context, partition uint16, below uint64) error {
	first, last, err := e.bounds(ctx, partition)
	if err != nil {
		return err
	}
	below = min(below, last+1)
	if below <= first {
		return nil
	}
	if err := e.streams[partition].Purge(ctx, jetstream.WithPurgeSequence(below)); err != nil {
		return fmt.Errorf("trim partition %d below %d: %w", partition, below, err)
	}
	return nil
}

// serverLog gives the server's messages to the program's log; what the server finds notable is detail here.
type serverLog struct{ log *slog.Logger }

func (s *serverLog) Noticef(format string, v ...any) {
	s.log.Debug("log engine: " + fmt.Sprintf(format, v...))
}

func (s *serverLog) Warnf(format string, v ...any) {
	s.log.Warn("log engine: " + fmt.Sprintf(format, v...))
}

func (s *serverLog) Fatalf(format string, v ...any) {
	s.log.Error("log engine: " + fmt.Sprintf(format, v...))
}

func (s *serverLog) Errorf(format string, v ...any) {
	s.log.Error("log engine: " + fmt.Sprintf(format, v...))
}
func (s *serverLog) Debugf(string, ...any) {}
func (s *serverLog) Tracef(string, ...any) {}
