package state

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/noroshi-soc/noroshi/internal/auth"
)

type auditRow struct {
	bun.BaseModel `bun:"table:audit,alias:au"`

	ID      int64 `bun:",pk,autoincrement"`
	At      micros
	ByID    string
	ByName  string
	Action  string
	Target  string
	Tenant  string
	Detail  string
	Address string
}

// AddEntry implements auth.AuditStore. The database itself refuses to change or remove a line.
func (s *State) AddEntry(ctx context.Context, e auth.Entry) error {
	row := &auditRow{
		At: micros{e.At}, ByID: e.By, ByName: e.ByName, Action: e.Action, Target: e.Target, Tenant: e.Tenant, Detail: e.Detail, Address: e.Address,
	}
	if _, err := s.write.NewInsert().Model(row).Exec(ctx); err != nil {
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	return nil
}

// Entries implements auth.AuditStore.
func (s *State) Entries(ctx context.Context, offset, limit int) ([]auth.Entry, int, error) {
	from, rowsAtMost := page(offset, limit)
	var rows []auditRow
	total, err := s.read.NewSelect().Model(&rows).OrderExpr("au.id DESC").Offset(from).Limit(rowsAtMost).ScanAndCount(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("audit log: %w", err)
	}
	out := make([]auth.Entry, 0, len(rows))
	for _, r := range rows {
		out = append(out, auth.Entry{
			ID: r.ID, At: r.At.Time, By: r.ByID, ByName: r.ByName, Action: r.Action, Target: r.Target, Tenant: r.Tenant, Detail: r.Detail, Address: r.Address,
		})
	}
	return out, int(total), nil
}
