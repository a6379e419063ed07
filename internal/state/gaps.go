package state

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

type gapRow struct {
	bun.BaseModel `bun:"table:rule_gaps,alias:g"`

	Tenant owner  `bun:",pk"`
	Rule   string `bun:",pk"`
	Hour   micros `bun:",pk"`
	Events int
}

// maxGaps bounds an answer.
const maxGaps = 1000

// putGaps adds to what is known of each hour.
func putGaps(ctx context.Context, tx bun.Tx, gaps []rule.Gap) error {
	for _, g := range gaps {
		row := &gapRow{Tenant: owner{g.Tenant}, Rule: g.Rule, Hour: micros{g.Hour}, Events: g.Events}
		_, err := tx.NewInsert().Model(row).On("CONFLICT (tenant, rule, hour) DO UPDATE").Set("events = g.events + EXCLUDED.events").Exec(ctx)
		if err != nil {
			return fmt.Errorf("gap of rule %s: %w", g.Rule, err)
		}
	}
	return nil
}

// Gaps implements rule.Statistics.
func (s *State) Gaps(ctx context.Context, scope tenant.Scope, of string) ([]rule.Gap, error) {
	var rows []gapRow
	q := within(s.read.NewSelect().Model(&rows), "g", scope).OrderExpr("g.hour DESC, g.tenant, g.rule").Limit(maxGaps)
	if of != "" {
		q = q.Where("g.rule = ?", of)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("gaps of rules: %w", err)
	}
	out := make([]rule.Gap, len(rows))
	for i, r := range rows {
		out[i] = rule.Gap{Tenant: r.Tenant.ID, Rule: r.Rule, Hour: r.Hour.Time, Events: r.Events}
	}
	return out, nil
}
