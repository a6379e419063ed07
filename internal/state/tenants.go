package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/noroshi-soc/noroshi/internal/tenant"
)

type tenantRow struct {
	bun.BaseModel `bun:"table:tenants,alias:t"`

	ID      string `bun:",pk"`
	Name    string
	Zone    string
	Created micros
}

type siteRow struct {
	bun.BaseModel `bun:"table:sites,alias:s"`

	Tenant owner  `bun:",pk"`
	ID     string `bun:",pk"`
	Name   string
}

// CreateTenant implements tenant.Store.
func (s *State) CreateTenant(ctx context.Context, t tenant.Tenant) error {
	if t.ID.IsZero() {
		return fmt.Errorf("create tenant: %w: no id", tenant.ErrInvalid)
	}
	if t.Zone == "" {
		t.Zone = "Asia/Tokyo"
	}
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		row := &tenantRow{ID: t.ID.String(), Name: t.Name, Zone: t.Zone, Created: micros{t.Created}}
		if err := insertNew(ctx, tx, row, tenant.ErrExists); err != nil {
			return fmt.Errorf("create tenant %s: %w", t.ID, err)
		}
		for _, site := range t.Sites {
			if err := addSite(ctx, tx, t.ID, site); err != nil {
				return err
			}
		}
		return nil
	})
}

// AddSite implements tenant.Store.
func (s *State) AddSite(ctx context.Context, id tenant.ID, site tenant.Site) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		known, err := tx.NewSelect().Model((*tenantRow)(nil)).Where("id = ?", id.String()).Exists(ctx)
		if err != nil {
			return fmt.Errorf("add site %s to %s: %w", site.ID, id, err)
		}
		if !known {
			return fmt.Errorf("add site %s to %s: %w", site.ID, id, tenant.ErrNotFound)
		}
		return addSite(ctx, tx, id, site)
	})
}

func addSite(ctx context.Context, tx bun.Tx, id tenant.ID, site tenant.Site) error {
	// A site's id has the same form as a tenant's, since both stand in file names.
	if _, err := tenant.ParseID(site.ID); err != nil {
		return fmt.Errorf("add site to %s: %w", id, err)
	}
	if err := insertNew(ctx, tx, &siteRow{Tenant: owner{id}, ID: site.ID, Name: site.Name}, tenant.ErrExists); err != nil {
		return fmt.Errorf("add site %s to %s: %w", site.ID, id, err)
	}
	return nil
}

// Tenants implements tenant.Store.
func (s *State) Tenants(ctx context.Context, scope tenant.Scope) ([]tenant.Tenant, error) {
	var rows []tenantRow
	if err := s.read.NewSelect().Model(&rows).Where("t.id IN ?", bun.Tuple(scope.Strings())).Order("t.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("tenants: %w", err)
	}
	var sites []siteRow
	if err := within(s.read.NewSelect().Model(&sites), "s", scope).Order("s.tenant", "s.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("sites: %w", err)
	}
	of := map[string][]tenant.Site{}
	for _, r := range sites {
		of[r.Tenant.String()] = append(of[r.Tenant.String()], tenant.Site{ID: r.ID, Name: r.Name})
	}
	out := make([]tenant.Tenant, 0, len(rows))
	for _, r := range rows {
		id, err := tenant.ParseID(r.ID)
		if err != nil {
			return nil, fmt.Errorf("tenants: %w", err)
		}
		out = append(out, tenant.Tenant{ID: id, Name: r.Name, Zone: r.Zone, Sites: of[r.ID], Created: r.Created.Time})
	}
	return out, nil
}

// AllIDs implements tenant.Store.
func (s *State) AllIDs(ctx context.Context) ([]tenant.ID, error) {
	var names []string
	if err := s.read.NewSelect().Model((*tenantRow)(nil)).Column("id").Order("id").Scan(ctx, &names); err != nil {
		return nil, fmt.Errorf("ids of tenants: %w", err)
	}
	ids := make([]tenant.ID, 0, len(names))
	for _, name := range names {
		id, err := tenant.ParseID(name)
		if err != nil {
			return nil, fmt.Errorf("ids of tenants: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// insertNew adds a row; when its key is taken nothing happens but the error.
func insertNew(ctx context.Context, tx bun.IDB, row any, taken error) error {
	res, err := tx.NewInsert().Model(row).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return err
	}
	return one(res, taken)
}

// one holds that a statement changed a row, and gives otherwise when it did not.
func one(res sql.Result, otherwise error) error {
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		return otherwise
	}
	return err
}

// found turns the driver's "no rows" into the noun's own error.
func found(err, notFound error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return notFound
	}
	return err
}
