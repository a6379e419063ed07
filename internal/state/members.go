package state

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// putIncidents writes what grouping says of incidents: first all of them, then who was taken over, then who belongs where.
func putIncidents(ctx context.Context, tx bun.Tx, of tenant.ID, list []*incident.Incident, changed *changes) error {
	known, err := knownIDs(ctx, tx, (*incidentRow)(nil), of, list, func(in *incident.Incident) string { return in.ID })
	if err != nil {
		return fmt.Errorf("incidents of %s: %w", of, err)
	}
	for _, in := range list {
		if known[in.ID] {
			err = updateIncident(ctx, tx, in)
			changed.of(of).ChangedIncidents++
		} else {
			known[in.ID] = true
			err = insertIncident(ctx, tx, in)
			changed.of(of).NewIncidents++
		}
		if err != nil {
			return fmt.Errorf("incident %s: %w", in.ID, err)
		}
	}
	for _, in := range list {
		if in.MergedTo == "" {
			continue
		}
		if err := takeOver(ctx, tx, in); err != nil {
			return fmt.Errorf("incident %s taken over by %s: %w", in.ID, in.MergedTo, err)
		}
	}
	for _, in := range list {
		if in.MergedTo != "" {
			continue
		}
		if err := putMembers(ctx, tx, in); err != nil {
			return fmt.Errorf("members of incident %s: %w", in.ID, err)
		}
	}
	return nil
}

func newIncidentRow(in *incident.Incident) *incidentRow {
	return &incidentRow{
		Tenant: owner{in.Tenant}, ID: in.ID, Level: in.Level, Phase: in.Phase, First: instant{in.First}, Last: instant{in.Last},
		Title: in.Title, TitleJA: in.TitleJA, Status: string(in.Status), MergedTo: in.MergedTo,
	}
}

// insertIncident adds an incident with the next number of its tenant and year.
func insertIncident(ctx context.Context, tx bun.Tx, in *incident.Incident) error {
	row := newIncidentRow(in)
	if row.Year = in.Year; row.Year == 0 {
		row.Year = incident.YearOf(in.First)
	}
	if row.Status == "" {
		row.Status = string(incident.Open)
	}
	err := tx.NewSelect().Model((*incidentRow)(nil)).ColumnExpr("COALESCE(MAX(number), 0) + 1").
		Where("tenant = ? AND year = ?", row.Tenant, row.Year).Scan(ctx, &row.Number)
	if err != nil {
		return err
	}
	_, err = tx.NewInsert().Model(row).Exec(ctx)
	return err
}

// updateIncident writes what grouping says and leaves what people said: the status.
func updateIncident(ctx context.Context, tx bun.Tx, in *incident.Incident) error {
	_, err := tx.NewUpdate().Model(newIncidentRow(in)).Column("level", "phase", "first", "last", "title", "title_ja", "merged_to").WherePK().Exec(ctx)
	return err
}

// takeOver moves an incident's members to the one that took it over, behind those that are there. Work that one of the two still needs is not hidden in a closed one.
func takeOver(ctx context.Context, tx bun.Tx, in *incident.Incident) error {
	of := owner{in.Tenant}
	from, err := incidentByID(ctx, tx, of, in.ID)
	if err != nil {
		return err
	}
	into, err := lastTaker(ctx, tx, from)
	if err != nil {
		return err
	}
	_, err = tx.NewUpdate().Model((*memberRow)(nil)).Set("incident = ?", into.ID).
		Set("position = position + (SELECT COUNT(*) FROM members AS there WHERE there.tenant = m.tenant AND there.incident = ?)", into.ID).
		Where("m.tenant = ? AND m.incident = ?", of, in.ID).Exec(ctx)
	if err != nil {
		return err
	}
	into.Status = string(jointStatus(incident.Status(from.Status), incident.Status(into.Status)))
	_, err = tx.NewUpdate().Model(&into).Column("status").WherePK().Exec(ctx)
	return err
}

// lastTaker follows takeovers to the incident that stands. One that was taken over itself, perhaps in this very commit, would keep what is given to it to itself.
func lastTaker(ctx context.Context, tx bun.Tx, at incidentRow) (incidentRow, error) {
	for range longestChain {
		if at.MergedTo == "" {
			return at, nil
		}
		var err error
		if at, err = incidentByID(ctx, tx, at.Tenant, at.MergedTo); err != nil {
			return at, err
		}
	}
	return at, errCircle
}

func incidentByID(ctx context.Context, tx bun.Tx, of owner, id string) (row incidentRow, err error) {
	err = tx.NewSelect().Model(&row).Where("inc.tenant = ? AND inc.id = ?", of, id).Scan(ctx)
	return row, err
}

func jointStatus(a, b incident.Status) incident.Status {
	for _, s := range []incident.Status{incident.InProgress, incident.Open} {
		if a == s || b == s {
			return s
		}
	}
	return incident.Closed
}

// putMembers makes the incident's members those that are given, in their order. An item that was another incident's moves.
func putMembers(ctx context.Context, tx bun.Tx, in *incident.Incident) error {
	of := owner{in.Tenant}
	if _, err := tx.NewDelete().Model((*memberRow)(nil)).Where("tenant = ? AND incident = ?", of, in.ID).Exec(ctx); err != nil {
		return err
	}
	rows := make([]memberRow, len(in.Members))
	for i, m := range in.Members {
		rows[i] = memberRow{Tenant: of, Item: m.Item, Incident: in.ID, Position: i, Reason: m.Reason}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT (tenant, item) DO UPDATE").
		Set("incident = EXCLUDED.incident, position = EXCLUDED.position, reason = EXCLUDED.reason").Exec(ctx)
	return err
}
