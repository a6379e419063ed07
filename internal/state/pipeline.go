package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/klauspost/compress/s2"
	"github.com/uptrace/bun"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

type cursorRow struct {
	bun.BaseModel `bun:"table:cursors,alias:c"`

	Epoch   uint32 `bun:",pk"`
	Part    uint16 `bun:",pk"`
	Seq     uint64
	RuleSet string
}

type spanRow struct {
	bun.BaseModel `bun:"table:rule_spans,alias:rs"`

	Epoch   uint32 `bun:",pk"`
	Part    uint16 `bun:",pk"`
	FromSeq uint64 `bun:",pk"`
	ToSeq   uint64
	RuleSet string
}

type snapshotRow struct {
	bun.BaseModel `bun:"table:snapshots,alias:sn"`

	Epoch uint32 `bun:",pk"`
	Part  uint16 `bun:",pk"`
	Stage string `bun:",pk"`
	Seq   uint64
	Data  []byte
}

// Cursor implements pipeline.Records.
func (s *State) Cursor(ctx context.Context, epoch uint32, partition uint16) (pipeline.Cursor, error) {
	return cursor(ctx, s.read, epoch, partition)
}

func cursor(ctx context.Context, db bun.IDB, epoch uint32, partition uint16) (pipeline.Cursor, error) {
	at := pipeline.Cursor{Epoch: epoch, Partition: partition}
	var row cursorRow
	err := db.NewSelect().Model(&row).Where("c.epoch = ? AND c.part = ?", epoch, partition).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return at, nil
	}
	if err != nil {
		return at, fmt.Errorf("cursor of partition %d: %w", partition, err)
	}
	at.Seq, at.RuleSet = row.Seq, row.RuleSet
	return at, nil
}

// CommitStep implements pipeline.Records.
func (s *State) CommitStep(ctx context.Context, c pipeline.Commit) (pipeline.Change, error) {
	changed := &changes{}
	err := s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := advance(ctx, tx, c.Cursor); err != nil {
			return err
		}
		if err := putFindings(ctx, tx, c, changed); err != nil {
			return err
		}
		for _, g := range byTenant(c.Incidents, func(in *incident.Incident) tenant.ID { return in.Tenant }) {
			if err := putIncidents(ctx, tx, g.of, g.list, changed); err != nil {
				return err
			}
		}
		if err := putGaps(ctx, tx, c.Gaps); err != nil {
			return err
		}
		return putSnapshots(ctx, tx, c)
	})
	if err != nil {
		return nil, fmt.Errorf("commit step %d of partition %d: %w", c.Cursor.Seq, c.Cursor.Partition, err)
	}
	return changed.list(), nil
}

// putFindings writes items, then their alerts.
func putFindings(ctx context.Context, tx bun.Tx, c pipeline.Commit, changed *changes) error {
	for _, g := range byTenant(c.Items, func(it *alert.Item) tenant.ID { return it.Tenant }) {
		if err := putItems(ctx, tx, g.of, g.list, changed); err != nil {
			return err
		}
	}
	for _, g := range byTenant(c.Alerts, func(a *alert.Alert) tenant.ID { return a.Tenant }) {
		if err := putAlerts(ctx, tx, g.of, g.list); err != nil {
			return err
		}
	}
	return nil
}

// advance moves the cursor and notes under which rule set the sequences since its last place were evaluated.
func advance(ctx context.Context, tx bun.Tx, to pipeline.Cursor) error {
	at, err := cursor(ctx, tx, to.Epoch, to.Partition)
	if err != nil {
		return err
	}
	if to.Seq <= at.Seq {
		return fmt.Errorf("%w: it stands at %d", pipeline.ErrOldStep, at.Seq)
	}
	row := &cursorRow{Epoch: to.Epoch, Part: to.Partition, Seq: to.Seq, RuleSet: to.RuleSet}
	_, err = tx.NewInsert().Model(row).On("CONFLICT (epoch, part) DO UPDATE").Set("seq = EXCLUDED.seq, rule_set = EXCLUDED.rule_set").Exec(ctx)
	if err != nil {
		return fmt.Errorf("move cursor: %w", err)
	}
	if at.Seq > 0 && at.RuleSet == to.RuleSet {
		_, err = tx.NewUpdate().Model((*spanRow)(nil)).Set("to_seq = ?", to.Seq).
			Where("epoch = ? AND part = ? AND to_seq = ?", to.Epoch, to.Partition, at.Seq).Exec(ctx)
	} else {
		_, err = tx.NewInsert().Model(&spanRow{Epoch: to.Epoch, Part: to.Partition, FromSeq: at.Seq + 1, ToSeq: to.Seq, RuleSet: to.RuleSet}).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("span of rule set: %w", err)
	}
	return nil
}

func putSnapshots(ctx context.Context, tx bun.Tx, c pipeline.Commit) error {
	for _, sn := range c.Snapshots {
		if sn.Epoch != c.Cursor.Epoch || sn.Partition != c.Cursor.Partition || sn.Seq != c.Cursor.Seq {
			return fmt.Errorf("snapshot of %s is of another place than the step: %d/%d/%d", sn.Stage, sn.Epoch, sn.Partition, sn.Seq)
		}
		row := &snapshotRow{Epoch: sn.Epoch, Part: sn.Partition, Stage: sn.Stage, Seq: sn.Seq, Data: s2.Encode(nil, sn.Data)}
		_, err := tx.NewInsert().Model(row).On("CONFLICT (epoch, part, stage) DO UPDATE").Set("seq = EXCLUDED.seq, data = EXCLUDED.data").Exec(ctx)
		if err != nil {
			return fmt.Errorf("snapshot of %s: %w", sn.Stage, err)
		}
	}
	return nil
}

// Snapshots implements pipeline.Records.
func (s *State) Snapshots(ctx context.Context, epoch uint32, partition uint16) ([]pipeline.Snapshot, error) {
	var rows []snapshotRow
	err := s.read.NewSelect().Model(&rows).Where("sn.epoch = ? AND sn.part = ?", epoch, partition).Order("sn.stage").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("snapshots of partition %d: %w", partition, err)
	}
	out := make([]pipeline.Snapshot, 0, len(rows))
	for _, r := range rows {
		data, err := s2.Decode(nil, r.Data)
		if err != nil {
			return nil, fmt.Errorf("snapshot of %s: %w", r.Stage, err)
		}
		out = append(out, pipeline.Snapshot{Partition: r.Part, Stage: r.Stage, Epoch: r.Epoch, Seq: r.Seq, Data: data})
	}
	return out, nil
}

// RuleSets implements pipeline.Records.
func (s *State) RuleSets(ctx context.Context, epoch uint32, partition uint16, after uint64) ([]pipeline.RuleSpan, error) {
	var rows []spanRow
	err := s.read.NewSelect().Model(&rows).Where("rs.epoch = ? AND rs.part = ? AND rs.to_seq > ?", epoch, partition, after).Order("rs.from_seq").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("rule sets of partition %d: %w", partition, err)
	}
	out := make([]pipeline.RuleSpan, 0, len(rows))
	for _, r := range rows {
		out = append(out, pipeline.RuleSpan{From: max(r.FromSeq, after+1), To: r.ToSeq, RuleSet: r.RuleSet})
	}
	return out, nil
}
