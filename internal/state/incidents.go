package state

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

type incidentRow struct {
	bun.BaseModel `bun:"table:incidents,alias:inc"`

	Tenant    owner  `bun:",pk"`
	ID        string `bun:",pk"`
	Year      int
	Number    int64
	Level     alert.Level
	Phase     alert.Phase
	First     instant
	Last      instant
	Title     string
	TitleJA   string `bun:"title_ja"`
	Status    string
	MergedTo  string
	UpdatedBy string
	UpdatedAt micros
}

type memberRow struct {
	bun.BaseModel `bun:"table:members,alias:m"`

	Tenant   owner  `bun:",pk"`
	Item     string `bun:",pk"`
	Incident string
	Position int
	Reason   incident.Reason `bun:"type:text"`
}

func (r *incidentRow) incident(members []incident.Member) incident.Incident {
	return incident.Incident{
		ID: r.ID, Year: r.Year, Number: r.Number, Tenant: r.Tenant.ID, Level: r.Level, Phase: r.Phase, First: r.First.Time, Last: r.Last.Time,
		Title: r.Title, TitleJA: r.TitleJA, Members: members, Status: incident.Status(r.Status), MergedTo: r.MergedTo,
	}
}

// Incidents implements incident.Store.
func (s *State) Incidents(ctx context.Context, scope tenant.Scope, f incident.Filter) ([]incident.View, int, error) {
	offset, limit := page(f.Offset, f.Limit)
	var rows []incidentRow
	q := within(s.read.NewSelect().Model(&rows), "inc", scope).Where("inc.merged_to = ''")
	if f.Status != "" {
		q = q.Where("inc.status = ?", string(f.Status))
	}
	if f.Site != "" {
		q = atSite(q, f.Site)
	}
	if !f.From.IsZero() {
		q = q.Where("inc.last >= ?", micros{f.From})
	}
	if !f.To.IsZero() {
		q = q.Where("inc.last < ?", micros{f.To})
	}
	total, err := q.OrderExpr("CASE WHEN inc.status = ? THEN 1 ELSE 0 END, inc.level DESC, inc.last DESC, inc.tenant, inc.id", string(incident.Closed)).
		Offset(offset).Limit(limit).ScanAndCount(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("incidents: %w", err)
	}
	list, err := s.incidentViews(ctx, scope, rows)
	return list, int(total), err
}

// atSite keeps incidents with an item of the site.
func atSite(q *bun.SelectQuery, site string) *bun.SelectQuery {
	return q.Where(`EXISTS (SELECT 1 FROM members AS m JOIN items AS i ON i.tenant = m.tenant AND i.id = m.item
		WHERE m.tenant = inc.tenant AND m.incident = inc.id AND i.site = ?)`, site)
}

// incidentViews adds members, hosts and people to rows of the scope.
func (s *State) incidentViews(ctx context.Context, scope tenant.Scope, rows []incidentRow) ([]incident.View, error) {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	var members []memberRow
	err := within(s.read.NewSelect().Model(&members), "m", scope).Where("m.incident IN ?", bun.Tuple(ids)).Order("m.position").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("members of incidents: %w", err)
	}
	of := map[string][]incident.Member{}
	for _, m := range members {
		of[m.Incident] = append(of[m.Incident], incident.Member{Item: m.Item, Reason: m.Reason})
	}
	hosts, err := s.involved(ctx, scope, ids, "a.host")
	if err != nil {
		return nil, err
	}
	people, err := s.involved(ctx, scope, ids, "a.person")
	if err != nil {
		return nil, err
	}
	out := make([]incident.View, len(rows))
	for i := range rows {
		r := &rows[i]
		out[i] = incident.View{
			Incident: r.incident(of[r.ID]), Hosts: hosts[r.ID], Users: people[r.ID], UpdatedBy: r.UpdatedBy, UpdatedAt: r.UpdatedAt.Time,
		}
	}
	return out, nil
}

// involved gives the different values of a column of the incidents' alerts, by incident, in order.
func (s *State) involved(ctx context.Context, scope tenant.Scope, incidents []string, column string) (map[string][]string, error) {
	var rows []struct{ Incident, Value string }
	err := within(s.read.NewSelect().TableExpr("members AS m"), "m", scope).Distinct().
		ColumnExpr("m.incident, "+column+" AS value").
		Join("JOIN alerts AS a ON a.tenant = m.tenant AND a.item = m.item").
		Where("m.incident IN ? AND "+column+" <> ''", bun.Tuple(incidents)).OrderExpr("m.incident, value").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("involved in incidents: %w", err)
	}
	out := map[string][]string{}
	for _, r := range rows {
		out[r.Incident] = append(out[r.Incident], r.Value)
	}
	return out, nil
}

// Incident implements incident.Store. A name that several tenants of the scope have is not found: nobody is told of another customer's case.
func (s *State) Incident(ctx context.Context, scope tenant.Scope, id string) (incident.View, error) {
	row, err := standing(ctx, s.read, scope, id)
	if err != nil {
		return incident.View{}, fmt.Errorf("incident %s: %w", id, err)
	}
	list, err := s.incidentViews(ctx, scope, []incidentRow{row})
	if err != nil {
		return incident.View{}, fmt.Errorf("incident %s: %w", id, err)
	}
	v := list[0]
	var items []viewRow
	q := selectViews(s.read, &items, scope.Only(row.Tenant.ID)).Where("m.incident = ?", row.ID).OrderExpr("m.position")
	if err := q.Scan(ctx); err != nil {
		return incident.View{}, fmt.Errorf("items of incident %s: %w", id, err)
	}
	v.Items = views(items)
	return v, nil
}

// longestChain bounds how many takeovers are followed: they make no circle, and a damaged record shall not hang.
const longestChain = 10_000

var errCircle = errors.New("taken over in a circle")

// standing finds an incident by id or name, or the one that took it over.
func standing(ctx context.Context, db bun.IDB, scope tenant.Scope, id string) (incidentRow, error) {
	for range longestChain {
		var rows []incidentRow
		q := within(db.NewSelect().Model(&rows), "inc", scope)
		if year, number, ok := incident.ParseName(id); ok {
			q = q.Where("inc.year = ? AND inc.number = ?", year, number)
		} else {
			q = q.Where("inc.id = ?", id)
		}
		if err := q.Limit(2).Scan(ctx); err != nil {
			return incidentRow{}, err
		}
		if len(rows) != 1 {
			return incidentRow{}, incident.ErrNotFound
		}
		if rows[0].MergedTo == "" {
			return rows[0], nil
		}
		scope, id = scope.Only(rows[0].Tenant.ID), rows[0].MergedTo
	}
	return incidentRow{}, errCircle
}

// SetStatus implements incident.Store.
func (s *State) SetStatus(ctx context.Context, scope tenant.Scope, id string, status incident.Status, by string, at time.Time) error {
	if !slices.Contains([]incident.Status{incident.Open, incident.InProgress, incident.Closed}, status) {
		return fmt.Errorf("incident %s: status %q: want %s, %s or %s", id, status, incident.Open, incident.InProgress, incident.Closed)
	}
	err := s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := standing(ctx, tx, scope, id)
		if err != nil {
			return err
		}
		row.Status, row.UpdatedBy, row.UpdatedAt = string(status), by, micros{at}
		_, err = tx.NewUpdate().Model(&row).Column("status", "updated_by", "updated_at").WherePK().Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("status of incident %s: %w", id, err)
	}
	return nil
}
