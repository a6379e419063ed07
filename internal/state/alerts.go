package state

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

type alertRow struct {
	bun.BaseModel `bun:"table:alerts,alias:a"`

	Tenant         owner  `bun:",pk"`
	ID             string `bun:",pk"`
	Item           string
	Site           string
	Time           instant
	Rule           string
	Title          string
	TitleJA        string `bun:"title_ja"`
	Detector       string
	Level          alert.Level
	Phase          alert.Phase
	Tactics        []string `bun:"type:text"`
	Techniques     []string `bun:"type:text"`
	DeviceSeverity string
	Events         []event.ID `bun:"type:text"`
	Dataset        string
	Source         string
	Matched        []alert.Matched `bun:"type:text"`
	Entities       []event.Entity  `bun:"type:text"`
	Summary        string
	Host           string // what follows stands in Entities too, and here to be searched
	Person         string
	SourceIP       string `bun:"source_ip"`
}

func newAlertRow(a *alert.Alert) alertRow {
	return alertRow{
		Tenant: owner{a.Tenant}, ID: a.ID, Item: a.Item, Site: a.Site, Time: instant{a.Time}, Rule: a.Rule, Title: a.Title, TitleJA: a.TitleJA,
		Detector: a.Detector, Level: a.Level, Phase: a.Phase, Tactics: a.Tactics, Techniques: a.Techniques, DeviceSeverity: a.DeviceSeverity,
		Events: a.Events, Dataset: a.Dataset, Source: a.Source, Matched: a.Matched, Entities: a.Entities, Summary: a.Summary,
		Host: a.Host(), Person: a.User(), SourceIP: a.SourceIP(),
	}
}

func (r *alertRow) alert() alert.Alert {
	return alert.Alert{
		ID: r.ID, Item: r.Item, Tenant: r.Tenant.ID, Site: r.Site, Time: r.Time.Time, Rule: r.Rule, Title: r.Title, TitleJA: r.TitleJA,
		Detector: r.Detector, Level: r.Level, Phase: r.Phase, Tactics: r.Tactics, Techniques: r.Techniques, DeviceSeverity: r.DeviceSeverity,
		Events: r.Events, Dataset: r.Dataset, Source: r.Source, Matched: r.Matched, Entities: r.Entities, Summary: r.Summary,
	}
}

// Alerts implements alert.Store.
func (s *State) Alerts(ctx context.Context, scope tenant.Scope, item string, limit int) ([]alert.Alert, error) {
	_, rowsAtMost := page(0, limit)
	var rows []alertRow
	err := within(s.read.NewSelect().Model(&rows), "a", scope).Where("a.item = ?", item).OrderExpr("a.time DESC, a.id DESC").Limit(rowsAtMost).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("alerts of %s: %w", item, err)
	}
	out := make([]alert.Alert, 0, len(rows))
	for i := range rows {
		out = append(out, rows[i].alert())
	}
	return out, nil
}

// alertsAtOnce bounds the text of one statement.
const alertsAtOnce = 100

// putAlerts adds alerts and counts them with their items; one that is there already is left as it is.
func putAlerts(ctx context.Context, tx bun.Tx, of tenant.ID, alerts []*alert.Alert) error {
	var added []alertRow
	for list := range slices.Chunk(alerts, alertsAtOnce) {
		rows := make([]alertRow, len(list))
		for i, a := range list {
			rows[i] = newAlertRow(a)
		}
		var fresh []alertRow
		_, err := tx.NewInsert().Model(&rows).On("CONFLICT (tenant, id) DO NOTHING").Returning("item, time, id").Exec(ctx, &fresh)
		if err != nil {
			return fmt.Errorf("alerts of %s: %w", of, err)
		}
		added = append(added, fresh...)
	}
	if len(added) == 0 {
		return nil
	}
	return count(ctx, tx, of, additions(added))
}
