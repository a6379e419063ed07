package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/grouping"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/store"
)

// memory is the stateful stages of one partition.
type memory struct {
	tracker  *alert.Tracker
	grouper  *grouping.Grouper
	sinceOne int // events since the last snapshot
}

// Names under which the stages' memories are kept.
const (
	stageItems    = "items"
	stageGrouping = "grouping"
)

func (p *Pipeline) runPartition(ctx context.Context, part uint16) error {
	cursor, err := p.deps.Records.Cursor(ctx, p.deps.Log.Epoch(), part)
	if err != nil {
		return fmt.Errorf("cursor: %w", err)
	}
	mem, err := p.recall(ctx, part, cursor.Seq)
	if err != nil {
		return fmt.Errorf("recall: %w", err)
	}
	p.caught[part].Store(cursor.Seq)
	results, failure := p.ahead(ctx, func(uint64) *detect.Engine { return p.engine }, part, cursor.Seq+1, 0)
	seq := cursor.Seq
	for {
		group, ok := gather(results)
		if len(group) > 0 {
			// What was read is finished even when the program is told to stop: a commit is never broken off in the middle by our own hand.
			if err := p.step(context.WithoutCancel(ctx), ctx, part, mem, group); err != nil {
				return err
			}
			seq = group[len(group)-1].seq
		}
		if !ok {
			break
		}
	}
	if err := failure(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("read log: %w", err)
	}
	p.deps.Logger.Debug("partition stopped", "partition", part, "seq", seq)
	return ctx.Err()
}

// gather takes the next batch, and those behind it that are ready already.
func gather(results <-chan read) (group []read, open bool) {
	r, ok := <-results
	if !ok {
		return nil, false
	}
	group = append(group, r)
	for events := len(r.events); events < maxGroupEvents && len(group) < maxGroupBatches; {
		select {
		case r, ok := <-results:
			if !ok {
				return group, false
			}
			group = append(group, r)
			events += len(r.events)
		default:
			return group, true
		}
	}
	return group, true
}

// step runs the stateful stages over a group and commits it: first the events with their watermark, then the records with the cursor.
func (p *Pipeline) step(ctx, stop context.Context, part uint16, mem *memory, group []read) error {
	last := group[len(group)-1].seq
	commit := Commit{Cursor: Cursor{Epoch: p.deps.Log.Epoch(), Partition: part, Seq: last, RuleSet: p.engine.Set().Version}}
	rows := mem.apply(group, &commit)
	mem.sinceOne += len(rows)
	if mem.sinceOne >= snapshotEvery {
		if err := mem.keep(&commit); err != nil {
			return err
		}
	}
	mark := store.Mark{Epoch: commit.Cursor.Epoch, Partition: part, Seq: last}
	if err := p.persist(stop, "event store", func() error { return p.deps.Store.Insert(ctx, rows, mark) }); err != nil {
		return err
	}
	var change Change
	if err := p.persist(stop, "records", func() (err error) {
		if change, err = p.deps.Records.CommitStep(ctx, commit); errors.Is(err, ErrOldStep) {
			err = nil // an attempt before was kept, though it ended in an error
		}
		return err
	}); err != nil {
		return err
	}
	p.caught[part].Store(last)
	p.count(group)
	if p.deps.Changed != nil {
		p.deps.Changed(change)
	}
	if len(commit.Snapshots) > 0 {
		mem.sinceOne = 0
		if err := p.deps.Log.Trim(ctx, part, last); err != nil {
			p.deps.Logger.Warn("log was not trimmed", "partition", part, "error", err)
		}
	}
	return nil
}

// persist repeats a write until it succeeds: the log holds the data, so waiting loses nothing. It gives up only when the program is to stop.
func (p *Pipeline) persist(stop context.Context, what string, write func() error) error {
	pause := 100 * time.Millisecond
	for {
		err := write()
		if err == nil {
			p.blocked.Store(nil)
			return nil
		}
		reason := what + ": " + err.Error()
		p.blocked.Store(&reason)
		p.stats.Retries.Add(1)
		p.deps.Logger.Error("write failed, will be repeated", "what", what, "error", err, "pause", pause.String())
		if err := p.deps.Wait(stop, pause); err != nil {
			return err
		}
		pause = min(2*pause, 10*time.Second)
	}
}

func (p *Pipeline) count(group []read) {
	for i := range group {
		r := &group[i]
		p.stats.Batches.Add(1)
		p.stats.Events.Add(int64(len(r.events)))
		p.stats.Failed.Add(int64(r.failed))
		if r.err != nil {
			p.stats.Failed.Add(1)
			p.deps.Logger.Error("batch could not be read and was passed over", "error", r.err)
		}
		for j := range r.events {
			if !r.events[j].Parsed() {
				p.stats.Unparsed.Add(1)
			}
			p.stats.Matches.Add(int64(len(r.rules[j])))
			p.stats.Alerts.Add(int64(len(r.alerts[j])))
		}
	}
}

// apply runs items and grouping over the events in order and fills the commit; it returns the rows for the event store.
func (m *memory) apply(group []read, commit *Commit) []store.Row {
	var rows []store.Row
	items := map[string]alert.Item{}
	incidents := map[string]incident.Incident{}
	var itemOrder, incidentOrder []string
	for g := range group {
		r := &group[g]
		for i := range r.events {
			rows = append(rows, store.Row{Event: r.events[i], Rules: r.rules[i]})
			m.grouper.See(&r.events[i])
			for j := range r.alerts[i] {
				a := &r.alerts[i][j]
				item, _ := m.tracker.Add(a)
				if _, ok := items[item.ID]; !ok {
					itemOrder = append(itemOrder, item.ID)
				}
				items[item.ID] = item
				for _, in := range m.grouper.Tie(item, a) {
					if !slices.Contains(incidentOrder, in.ID) {
						incidentOrder = append(incidentOrder, in.ID)
					}
					incidents[in.ID] = in
				}
				commit.Alerts = append(commit.Alerts, *a)
			}
		}
	}
	for _, id := range itemOrder {
		commit.Items = append(commit.Items, items[id])
	}
	for _, id := range incidentOrder {
		commit.Incidents = append(commit.Incidents, incidents[id])
	}
	return rows
}

// keep puts the stages' memories into the commit.
func (m *memory) keep(commit *Commit) error {
	for _, s := range m.stages() {
		data, err := s.memory.Snapshot()
		if err != nil {
			return fmt.Errorf("snapshot of %s: %w", s.name, err)
		}
		commit.Snapshots = append(commit.Snapshots, Snapshot{
			Partition: commit.Cursor.Partition, Stage: s.name, Epoch: commit.Cursor.Epoch, Seq: commit.Cursor.Seq, Data: data,
		})
	}
	return nil
}

type stage struct {
	name   string
	memory interface {
		Snapshot() ([]byte, error)
		Restore(data []byte) error
	}
}

func (m *memory) stages() []stage {
	return []stage{{stageItems, m.tracker}, {stageGrouping, m.grouper}}
}

// recall brings the stages' memories to where they were at the cursor: the newest snapshot, then the log from there, with output suppressed,
// each batch under the rule set that evaluated it then.
func (p *Pipeline) recall(ctx context.Context, part uint16, cursor uint64) (*memory, error) {
	mem := &memory{tracker: alert.NewTracker(), grouper: grouping.New()}
	epoch := p.deps.Log.Epoch()
	kept, err := p.deps.Records.Snapshots(ctx, epoch, part)
	if err != nil {
		return nil, fmt.Errorf("snapshots: %w", err)
	}
	var from uint64
	for _, s := range mem.stages() {
		for _, k := range kept {
			if k.Stage != s.name {
				continue
			}
			if err := s.memory.Restore(k.Data); err != nil {
				return nil, fmt.Errorf("restore %s: %w", s.name, err)
			}
			from = k.Seq
		}
	}
	if from >= cursor {
		return mem, nil
	}
	engines, err := p.enginesOf(ctx, part, from)
	if err != nil {
		return nil, err
	}
	results, failure := p.ahead(ctx, engines, part, from+1, cursor)
	for r := range results {
		mem.apply([]read{r}, &Commit{})
		mem.sinceOne += len(r.events)
	}
	return mem, failure()
}

// enginesOf returns which engine evaluated which sequence of history.
func (p *Pipeline) enginesOf(ctx context.Context, part uint16, after uint64) (func(seq uint64) *detect.Engine, error) {
	spans, err := p.deps.Records.RuleSets(ctx, p.deps.Log.Epoch(), part, after)
	if err != nil {
		return nil, fmt.Errorf("rule sets of history: %w", err)
	}
	byVersion := map[string]*detect.Engine{p.engine.Set().Version: p.engine}
	for _, span := range spans {
		if byVersion[span.RuleSet] != nil {
			continue
		}
		files, err := p.deps.RuleSets.RuleSet(ctx, span.RuleSet)
		if err != nil {
			return nil, fmt.Errorf("rule set %s: %w", span.RuleSet, err)
		}
		byVersion[span.RuleSet], _ = detect.New(rule.NewSet(files), p.deps.Routes)
	}
	return func(seq uint64) *detect.Engine {
		for _, span := range spans {
			if seq >= span.From && seq <= span.To {
				return byVersion[span.RuleSet]
			}
		}
		return p.engine
	}, nil
}
