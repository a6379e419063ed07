package state

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

type judgementRow struct {
	bun.BaseModel `bun:"table:judgements,alias:j"`

	ID      int64 `bun:",pk,autoincrement"`
	Tenant  owner
	Item    string
	Verdict string
	Alerts  int
	ByID    string
	ByName  string
	At      instant
	Comment string
}

func (r *judgementRow) judgement() alert.Judgement {
	return alert.Judgement{
		ID: r.ID, Item: r.Item, Verdict: alert.Verdict(r.Verdict), Alerts: r.Alerts, By: r.ByID, ByName: r.ByName, At: r.At.Time, Comment: r.Comment,
	}
}

// Judge implements alert.Store. A judgement cannot speak of more alerts than there are: alerts to come are nobody's yet.
func (s *State) Judge(ctx context.Context, scope tenant.Scope, j alert.Judgement) (alert.Judgement, error) {
	if j.Verdict != "" {
		if _, err := alert.ParseVerdict(string(j.Verdict)); err != nil {
			return alert.Judgement{}, fmt.Errorf("judge %s: %w", j.Item, err)
		}
	}
	err := s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		var item itemRow
		if err := within(tx.NewSelect().Model(&item), "i", scope).Where("i.id = ?", j.Item).Limit(1).Scan(ctx); err != nil {
			return found(err, alert.ErrNotFound)
		}
		if j.Alerts <= 0 || j.Alerts > item.Alerts {
			j.Alerts = item.Alerts
		}
		row := &judgementRow{
			Tenant: item.Tenant, Item: j.Item, Verdict: string(j.Verdict), Alerts: j.Alerts,
			ByID: j.By, ByName: j.ByName, At: instant{j.At}, Comment: j.Comment,
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		j.ID = row.ID
		return settle(ctx, tx, item.Tenant, j.Item)
	})
	if err != nil {
		return alert.Judgement{}, fmt.Errorf("judge %s: %w", j.Item, err)
	}
	return j, nil
}

// Judgements implements alert.Store.
func (s *State) Judgements(ctx context.Context, scope tenant.Scope, item string) ([]alert.Judgement, error) {
	var rows []judgementRow
	if err := within(s.read.NewSelect().Model(&rows), "j", scope).Where("j.item = ?", item).Order("j.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("judgements of %s: %w", item, err)
	}
	out := make([]alert.Judgement, 0, len(rows))
	for i := range rows {
		out = append(out, rows[i].judgement())
	}
	return out, nil
}
