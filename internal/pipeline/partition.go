package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/grouping"
	"github.com/noroshi-soc/noroshi/internal/store"
)

// memory is the stateful stages of one partition.
type memory struct {
	correlations *correlations
	tracker      *alert.Tracker
	grouper      *grouping.Grouper
	sinceOne     int              // events since the last snapshot
	failed       []detect.Failure // correlations that failed, until they are told
	recounted    time.Time        // when the correlations were asked what they hold
}

func (p *Pipeline) newMemory() *memory {
	return &memory{correlations: newCorrelations(p.correlator, p.deps.Logger), tracker: alert.NewTracker(), grouper: grouping.New()}
}

// Names under which the stages' memories are kept.
const (
	stageCorrelations = "correlations"
	stageItems        = "items"
	stageGrouping     = "grouping"
)

func (p *Pipeline) runPartition(ctx context.Context, part uint16) error {
	p.block(part, "recalling what was known before the start")
	at, err := p.place(ctx, part)
	if err != nil {
		return err
	}
	mem, err := p.recall(ctx, part, at)
	if err != nil {
		return fmt.Errorf("recall: %w", err)
	}
	engine, err := p.enginesAfter(ctx, at)
	if err != nil {
		return err
	}
	p.caught[part].Store(at.cursor.Seq)
	p.block(part, "")
	results, failure := p.ahead(ctx, engine, part, at.cursor.Seq+1, 0)
	for queue := (queue{results: results}); ; {
		group := queue.next()
		if len(group) == 0 {
			break
		}
		// What was read is finished even when the program is told to stop: a commit is never broken off in the middle by our own hand.
		if err := p.step(context.WithoutCancel(ctx), ctx, part, mem, group); err != nil {
			return err
		}
	}
	if err := failure(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("read log: %w", err)
	}
	return ctx.Err()
}

// place is how far the log, the events and the records are with a partition.
type place struct {
	first, last uint64 // of what the log holds
	cursor      Cursor
	mark        store.Mark
}

// place finds out, and refuses what cannot fit together: a log that was lost or replaced by an older copy would take records in that are never evaluated.
func (p *Pipeline) place(ctx context.Context, part uint16) (at place, err error) {
	epoch := p.deps.Log.Epoch()
	if at.cursor, err = p.deps.Records.Cursor(ctx, epoch, part); err != nil {
		return at, fmt.Errorf("cursor: %w", err)
	}
	if at.mark, err = p.deps.Store.Watermark(ctx, epoch, part); err != nil {
		return at, fmt.Errorf("watermark: %w", err)
	}
	if at.first, err = p.deps.Log.First(ctx, part); err != nil {
		return at, fmt.Errorf("first of the log: %w", err)
	}
	if at.last, err = p.deps.Log.Last(ctx, part); err != nil {
		return at, fmt.Errorf("last of the log: %w", err)
	}
	if done := max(at.cursor.Seq, at.mark.Seq); done > at.last {
		return at, fmt.Errorf("the log ends at batch %d, but the stores have seen batch %d of it: it was lost or replaced by an older copy; "+
			"put it back, or remove its whole folder to begin a new log", at.last, done)
	}
	if at.first > at.cursor.Seq+1 {
		p.deps.Logger.Error("batches are not in the log any more and were never evaluated: the records are older than the log",
			"partition", part, "from", at.cursor.Seq+1, "to", at.first-1)
	}
	if at.mark.Seq < at.cursor.Seq {
		p.deps.Logger.Warn("events are missing in the event store and are filled in from the log", "partition", part, "from", at.mark.Seq+1, "to", at.cursor.Seq)
		if at.first > at.mark.Seq+1 {
			p.deps.Logger.Error("events are lost: the event store is older than the log", "partition", part, "from", at.mark.Seq+1, "to", at.first-1)
		}
	}
	return at, nil
}

// queue gives batches in groups that can be committed at once: evaluated under one rule set, and not too many.
type queue struct {
	results <-chan read
	held    *read // taken already, for the next group
}

// next waits for a batch and takes those behind it that are ready already; it gives none when there are no more.
func (q *queue) next() (group []read) {
	if q.held == nil {
		r, ok := <-q.results
		if !ok {
			return nil
		}
		q.held = &r
	}
	group, q.held = append(group, *q.held), nil
	for events := len(group[0].events); events < maxGroupEvents && len(group) < maxGroupBatches; {
		select {
		case r, ok := <-q.results:
			if !ok {
				return group
			}
			if r.ruleSet != group[0].ruleSet {
				q.held = &r
				return group
			}
			group = append(group, r)
			events += len(r.events)
		default:
			return group
		}
	}
	return group
}

// step runs the stateful stages over a group and commits it: first the events with their watermark, then the records with the cursor.
func (p *Pipeline) step(ctx, stop context.Context, part uint16, mem *memory, group []read) error {
	if err := p.setAside(stop, part, group); err != nil {
		return err
	}
	last := group[len(group)-1].seq
	commit := Commit{Cursor: Cursor{Epoch: p.deps.Log.Epoch(), Partition: part, Seq: last, RuleSet: group[0].ruleSet}}
	commit.Gaps = gaps(group)
	rows := mem.apply(group, &commit)
	mem.sinceOne += len(rows)
	if mem.sinceOne >= p.snapshotEvery {
		if err := mem.keep(&commit); err != nil { // the log is kept until a later one succeeds
			p.deps.Logger.Error("the memory of the stages cannot be kept", "partition", part, "error", err)
			commit.Snapshots, mem.sinceOne = nil, 0
		}
	}
	mark := store.Mark{Epoch: commit.Cursor.Epoch, Partition: part, Seq: last, RuleSet: commit.Cursor.RuleSet}
	if err := p.persist(stop, part, "event store", func() error { return p.deps.Store.Insert(ctx, rows, mark) }); err != nil {
		return err
	}
	var change Change
	if err := p.persist(stop, part, "records", func() (err error) {
		if change, err = p.deps.Records.CommitStep(ctx, commit); errors.Is(err, ErrOldStep) {
			err = nil // an attempt before was kept, though it ended in an error
		}
		return err
	}); err != nil {
		return err
	}
	p.caught[part].Store(last)
	p.count(group)
	p.stats.Alerts.Add(int64(len(commit.Alerts)))
	p.look(group, mem)
	p.recount(part, mem)
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

// setAside keeps batches that cannot be decoded where a person can look at them; they hold acknowledged records.
func (p *Pipeline) setAside(stop context.Context, part uint16, group []read) error {
	for i := range group {
		r := &group[i]
		if r.err == nil {
			continue
		}
		p.deps.Logger.Error("a batch cannot be decoded and is set aside", "partition", part, "error", r.err)
		if err := p.persist(stop, part, "damaged batch", func() error { return p.deps.Damaged(part, r.seq, r.damaged) }); err != nil {
			return err
		}
	}
	return nil
}

// persist repeats a write until it succeeds: the log holds the data, so waiting loses nothing. It gives up only when the program is to stop.
func (p *Pipeline) persist(stop context.Context, part uint16, what string, write func() error) error {
	pause := 100 * time.Millisecond
	for {
		err := write()
		if err == nil {
			p.block(part, "")
			return nil
		}
		p.block(part, what+": "+err.Error())
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
			p.stats.Damaged.Add(1)
		}
		for j := range r.events {
			if !r.events[j].Parsed() {
				p.stats.Unparsed.Add(1)
			}
			p.stats.Matches.Add(int64(len(r.rules[j])))
			p.stats.Missed.Add(int64(len(r.ailing[j])))
		}
	}
}

// rows are the events of a group as the event store keeps them.
func rows(group []read) (out []store.Row) {
	for g := range group {
		for i := range group[g].events {
			out = append(out, store.Row{Event: group[g].events[i], Rules: group[g].rules[i]})
		}
	}
	return out
}

// apply runs correlations, items and grouping over the events in order and fills the commit; it returns the rows for the event store. What a batch's events
// make known together comes after what each of them does.
func (m *memory) apply(group []read, commit *Commit) []store.Row {
	var rows []store.Row
	changed := newChanged()
	for g := range group {
		r := &group[g]
		for i := range r.events {
			rows = append(rows, store.Row{Event: r.events[i], Rules: r.rules[i]})
			m.grouper.See(&r.events[i])
			for j := range r.alerts[i] {
				m.tell(&r.alerts[i][j], r.events[i].Received, changed, commit)
			}
		}
		found, failed := m.correlations.take(r)
		m.failed = append(m.failed, failed...)
		for i := range found {
			m.tell(&found[i], r.events[len(r.events)-1].Received, changed, commit)
		}
	}
	commit.Items = changed.list()
	commit.Incidents = m.grouper.Changed()
	return rows
}

// tell puts an alert into its item and the item into its incident.
func (m *memory) tell(a *alert.Alert, received time.Time, changed *changedItems, commit *Commit) {
	item, _ := m.tracker.Add(a, received)
	changed.put(item)
	m.grouper.Tie(item, a, received)
	commit.Alerts = append(commit.Alerts, *a)
}

// changedItems are items as they are after a group, in the order in which they changed first.
type changedItems struct {
	byID  map[string]alert.Item
	order []string
}

func newChanged() *changedItems { return &changedItems{byID: map[string]alert.Item{}} }

func (c *changedItems) put(item alert.Item) {
	if _, ok := c.byID[item.ID]; !ok {
		c.order = append(c.order, item.ID)
	}
	c.byID[item.ID] = item
}

func (c *changedItems) list() (out []alert.Item) {
	for _, id := range c.order {
		out = append(out, c.byID[id])
	}
	return out
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
	return []stage{{stageCorrelations, m.correlations}, {stageItems, m.tracker}, {stageGrouping, m.grouper}}
}

// recall brings the stages' memories to where they were at the cursor: the newest snapshot, then the log from there, with output suppressed,
// each batch under the rule set that evaluated it then. Events that the event store lacks are put there on the way.
func (p *Pipeline) recall(ctx context.Context, part uint16, at place) (*memory, error) {
	mem := p.newMemory()
	known, err := p.restore(ctx, part, mem)
	if err != nil {
		return nil, err
	}
	from := min(known, at.mark.Seq)
	if from >= at.cursor.Seq {
		return mem, nil
	}
	if at.first > known+1 && known < at.cursor.Seq {
		p.deps.Logger.Error("the log does not reach back to what the stages know: items and incidents may begin anew", "partition", part, "from", known+1, "to", at.first-1)
	}
	if at.first > at.cursor.Seq {
		return mem, nil // nothing of it is left to read
	}
	engine, err := p.enginesOf(ctx, part, from)
	if err != nil {
		return nil, err
	}
	results, failure := p.ahead(ctx, engine, part, from+1, at.cursor.Seq)
	for r := range results {
		if err := p.again(ctx, part, mem, r, known, at.mark.Seq); err != nil {
			return nil, err
		}
	}
	return mem, failure()
}

// again repeats a batch of history for the stages that do not know it and the event store if it lacks it.
func (p *Pipeline) again(ctx context.Context, part uint16, mem *memory, r read, known, stored uint64) error {
	if r.seq > known {
		mem.apply([]read{r}, &Commit{})
		mem.failed = nil // it was told then
		mem.sinceOne += len(r.events)
	}
	if r.seq <= stored {
		return nil
	}
	mark := store.Mark{Epoch: p.deps.Log.Epoch(), Partition: part, Seq: r.seq, RuleSet: r.ruleSet}
	return p.persist(ctx, part, "event store", func() error { return p.deps.Store.Insert(ctx, rows([]read{r}), mark) })
}

// restore puts the newest snapshots back and says up to which sequence the stages know the partition.
func (p *Pipeline) restore(ctx context.Context, part uint16, mem *memory) (known uint64, err error) {
	kept, err := p.deps.Records.Snapshots(ctx, p.deps.Log.Epoch(), part)
	if err != nil {
		return 0, fmt.Errorf("snapshots: %w", err)
	}
	for _, s := range mem.stages() {
		for _, k := range kept {
			if k.Stage != s.name {
				continue
			}
			if err := s.memory.Restore(k.Data); err != nil {
				return 0, fmt.Errorf("restore %s: %w", s.name, err)
			}
			known = k.Seq
		}
	}
	return known, nil
}
