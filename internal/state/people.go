package state

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

type personRow struct {
	bun.BaseModel `bun:"table:people,alias:p"`

	ID           string `bun:",pk"`
	Name         string
	DisplayName  string
	Role         string
	Language     string
	AllTenants   bool
	Disabled     bool
	Created      micros
	PasswordHash string
}

type personTenantRow struct {
	bun.BaseModel `bun:"table:person_tenants,alias:pt"`

	Person string `bun:",pk"`
	Tenant owner  `bun:",pk"`
}

func newPersonRow(p auth.Person, passwordHash string) *personRow {
	return &personRow{
		ID: p.ID, Name: p.Name, DisplayName: p.DisplayName, Role: string(p.Role), Language: p.Language,
		AllTenants: p.AllTenants, Disabled: p.Disabled, Created: micros{p.Created}, PasswordHash: passwordHash,
	}
}

func (r *personRow) person(tenants []tenant.ID) auth.Person {
	return auth.Person{
		ID: r.ID, Name: r.Name, DisplayName: r.DisplayName, Role: auth.Role(r.Role), Language: r.Language,
		AllTenants: r.AllTenants, Tenants: tenants, Disabled: r.Disabled, Created: r.Created.Time,
	}
}

// CreatePerson implements auth.PeopleStore.
func (s *State) CreatePerson(ctx context.Context, p auth.Person, passwordHash string) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := insertNew(ctx, tx, newPersonRow(p, passwordHash), auth.ErrExists); err != nil {
			return fmt.Errorf("create person %s: %w", p.Name, err)
		}
		return setTenants(ctx, tx, p)
	})
}

// UpdatePerson implements auth.PeopleStore.
func (s *State) UpdatePerson(ctx context.Context, p auth.Person, passwordHash string) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		taken, err := tx.NewSelect().Model((*personRow)(nil)).Where("name = ? AND id <> ?", p.Name, p.ID).Exists(ctx)
		if err == nil && taken {
			err = auth.ErrExists
		}
		if err != nil {
			return fmt.Errorf("update person %s: %w", p.ID, err)
		}
		q := tx.NewUpdate().Model(newPersonRow(p, passwordHash)).WherePK().ExcludeColumn("created")
		if passwordHash == "" {
			q = q.ExcludeColumn("password_hash")
		}
		res, err := q.Exec(ctx)
		if err == nil {
			err = one(res, auth.ErrNotFound)
		}
		if err != nil {
			return fmt.Errorf("update person %s: %w", p.ID, err)
		}
		return setTenants(ctx, tx, p)
	})
}

func setTenants(ctx context.Context, tx bun.Tx, p auth.Person) error {
	if _, err := tx.NewDelete().Model((*personTenantRow)(nil)).Where("person = ?", p.ID).Exec(ctx); err != nil {
		return fmt.Errorf("tenants of %s: %w", p.Name, err)
	}
	for _, id := range p.Tenants {
		known, err := tx.NewSelect().Model((*tenantRow)(nil)).Where("id = ?", id.String()).Exists(ctx)
		if err == nil && !known {
			err = tenant.ErrNotFound
		}
		if err == nil {
			_, err = tx.NewInsert().Model(&personTenantRow{Person: p.ID, Tenant: owner{id}}).On("CONFLICT DO NOTHING").Exec(ctx)
		}
		if err != nil {
			return fmt.Errorf("tenant %s of %s: %w", id, p.Name, err)
		}
	}
	return nil
}

// PersonByName implements auth.PeopleStore.
func (s *State) PersonByName(ctx context.Context, name string) (auth.Person, string, error) {
	return s.person(ctx, "p.name = ?", name)
}

// Person implements auth.PeopleStore.
func (s *State) Person(ctx context.Context, id string) (auth.Person, error) {
	p, _, err := s.person(ctx, "p.id = ?", id)
	return p, err
}

func (s *State) person(ctx context.Context, where, value string) (auth.Person, string, error) {
	var row personRow
	if err := s.read.NewSelect().Model(&row).Where(where, value).Scan(ctx); err != nil {
		return auth.Person{}, "", fmt.Errorf("person: %w", found(err, auth.ErrNotFound))
	}
	of, err := s.tenantsOf(ctx, "pt.person = ?", row.ID)
	if err != nil {
		return auth.Person{}, "", err
	}
	return row.person(of[row.ID]), row.PasswordHash, nil
}

// People implements auth.PeopleStore.
func (s *State) People(ctx context.Context) ([]auth.Person, error) {
	var rows []personRow
	if err := s.read.NewSelect().Model(&rows).ExcludeColumn("password_hash").Order("p.name").Scan(ctx); err != nil {
		return nil, fmt.Errorf("people: %w", err)
	}
	of, err := s.tenantsOf(ctx, "1 = 1")
	if err != nil {
		return nil, err
	}
	out := make([]auth.Person, 0, len(rows))
	for i := range rows {
		out = append(out, rows[i].person(of[rows[i].ID]))
	}
	return out, nil
}

// tenantsOf gives the tenants of people, in order.
func (s *State) tenantsOf(ctx context.Context, where string, args ...any) (map[string][]tenant.ID, error) {
	var rows []personTenantRow
	if err := s.read.NewSelect().Model(&rows).Where(where, args...).Order("pt.person", "pt.tenant").Scan(ctx); err != nil {
		return nil, fmt.Errorf("tenants of people: %w", err)
	}
	of := map[string][]tenant.ID{}
	for _, r := range rows {
		of[r.Person] = append(of[r.Person], r.Tenant.ID)
	}
	return of, nil
}
