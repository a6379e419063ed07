package pipeline

import (
	"context"
	"fmt"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/sigma"
)

// read is a batch after the stateless stages.
type read struct {
	seq    uint64
	events []event.Event
	rules  [][]string // per event: ids of the rules that matched
	alerts [][]alert.Alert
	ailing map[int][]detect.Failure // by event: rules that could not evaluate it
	// observed are the matches that correlations count, by event.
	observed map[int][]sigma.Observation
	engine   *detect.Engine // that evaluated it
	ruleSet  string         // its version
	failed   int            // events that detection could not evaluate
	err      error
	damaged  []byte // the batch that could not be decoded
}

// stateless normalises and matches one batch. It may run for several batches at once.
func (p *Pipeline) stateless(engine *detect.Engine, part uint16, m Message) read {
	out := read{seq: m.Seq, engine: engine, ruleSet: engine.Set().Version}
	b, err := source.DecodeBatch(m.Data)
	if err != nil {
		out.err = fmt.Errorf("batch %d: %w", m.Seq, err)
		out.damaged = m.Data
		return out
	}
	out.events = p.normalize(b, part, m.Seq)
	out.rules = make([][]string, len(out.events))
	out.alerts = make([][]alert.Alert, len(out.events))
	for i := range out.events {
		ev := &out.events[i]
		if !ev.Parsed() {
			continue
		}
		found, err := p.match(engine, ev)
		if err != nil {
			out.failed++
			p.deps.Logger.Error("event was not evaluated", "event", ev.ID.String(), "error", err)
			continue
		}
		out.rules[i], out.alerts[i] = found.Rules, found.Alerts
		out.note(i, &found)
	}
	return out
}

// note keeps what few events have.
func (r *read) note(i int, found *detect.Found) {
	if len(found.Failed) > 0 {
		if r.ailing == nil {
			r.ailing = map[int][]detect.Failure{}
		}
		r.ailing[i] = found.Failed
	}
	if len(found.Observed) > 0 {
		if r.observed == nil {
			r.observed = map[int][]sigma.Observation{}
		}
		r.observed[i] = found.Observed
	}
}

// normalize reads a batch. Should a record bring normalize down (a fault of ours), the batch is read again record by record, and that one is kept unparsed.
func (p *Pipeline) normalize(b *source.Batch, part uint16, seq uint64) []event.Event {
	if events, err := p.tryNormalize(b, part, seq); err == nil {
		return events
	}
	out := make([]event.Event, len(b.Records))
	for i := range b.Records {
		one := *b
		one.Records = b.Records[i : i+1]
		events, err := p.tryNormalize(&one, part, seq)
		if err == nil {
			out[i] = events[0]
		} else {
			p.deps.Logger.Error("record could not be read", "source", b.Source, "error", err)
			out[i] = event.Event{
				Tenant: b.Tenant, Site: b.Site, Source: b.Source, Dataset: event.DatasetUnparsed, Problem: err.Error(),
				Time: b.Received.UTC(), TimeFrom: event.TimeOfReceipt, Received: b.Received.UTC(), Raw: b.Records[i].Bytes, Size: b.Records[i].Size,
			}
		}
		out[i].ID = event.ID{Epoch: p.deps.Log.Epoch(), Partition: part, Seq: seq, Pos: uint32(i)} //nolint:gosec // a batch has thousands
	}
	return out
}

func (p *Pipeline) tryNormalize(b *source.Batch, part uint16, seq uint64) (events []event.Event, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the normalizer failed: %v", r)
		}
	}()
	return p.deps.Normalizer.Batch(b, p.deps.Log.Epoch(), part, seq), nil
}

// readAhead is how many batches may wait for the commit of those before them, so that small ones are committed together.
const readAhead = 24

// ahead runs the stateless stages for the batches of a partition in parallel and hands the results over in order. The channel closes when ctx ends or the log fails.
func (p *Pipeline) ahead(ctx context.Context, engine engines, part uint16, from, to uint64) (<-chan read, func() error) {
	type slot chan read
	order := make(chan slot, p.deps.Workers)
	out := make(chan read, readAhead)
	var failure error
	go func() {
		defer close(order)
		for m, err := range p.deps.Log.Read(ctx, part, from) {
			if err != nil {
				failure = err
				return
			}
			if to != 0 && m.Seq > to {
				return
			}
			with, err := engine(m.Seq) // in order: rules that have changed are not taken back for the batch behind
			if err != nil {
				failure = fmt.Errorf("batch %d: %w", m.Seq, err)
				return
			}
			s := make(slot, 1)
			select {
			case order <- s:
			case <-ctx.Done():
				return
			}
			go func() { s <- p.stateless(with, part, m) }()
			if to != 0 && m.Seq == to {
				return
			}
		}
	}()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(out)
		for s := range order {
			select {
			case out <- <-s:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, func() error {
		<-done
		return failure
	}
}
