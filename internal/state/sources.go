package state

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/uptrace/bun"

	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

type sourceRow struct {
	bun.BaseModel `bun:"table:sources,alias:so"`

	Tenant    owner  `bun:",pk"`
	ID        string `bun:",pk"`
	Site      string
	Name      string
	Format    string
	Zone      string
	Port      int
	Senders   []netip.Prefix `bun:"type:text"`
	Created   micros
	Off       bool
	TokenHash hash
}

type headerRow struct {
	bun.BaseModel `bun:"table:source_headers,alias:h"`

	Source string `bun:",pk"`
	Stream string `bun:",pk"`
	Header string
}

func newSourceRow(src source.Source) *sourceRow {
	if src.Zone == "" {
		src.Zone = "UTC"
	}
	return &sourceRow{
		Tenant: owner{src.Tenant}, ID: src.ID, Site: src.Site, Name: src.Name, Format: string(src.Format), Zone: src.Zone,
		Port: src.Port, Senders: src.Senders, Created: micros{src.Created}, Off: src.Off,
	}
}

func (r *sourceRow) source() source.Source {
	return source.Source{
		ID: r.ID, Tenant: r.Tenant.ID, Site: r.Site, Name: r.Name, Format: source.Format(r.Format), Zone: r.Zone,
		Port: r.Port, Senders: r.Senders, Created: r.Created.Time, Off: r.Off,
	}
}

// CreateSource implements source.Store. The tenant and the site must be there (tenant.ErrNotFound), and nobody else may have the port (source.ErrExists).
func (s *State) CreateSource(ctx context.Context, src source.Source, tokenHash [32]byte) error {
	row := newSourceRow(src)
	row.TokenHash = tokenHash
	err := s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := checkPlace(ctx, tx, src); err != nil {
			return err
		}
		return insertNew(ctx, tx, row, source.ErrExists)
	})
	if err != nil {
		return fmt.Errorf("create source %s: %w", src.ID, err)
	}
	return nil
}

// UpdateSource implements source.Changes. Site and port are held to the same as in CreateSource.
func (s *State) UpdateSource(ctx context.Context, scope tenant.Scope, src source.Source) error {
	err := s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		var known sourceRow
		if err := within(tx.NewSelect().Model(&known), "so", scope).Where("so.id = ?", src.ID).Scan(ctx); err != nil {
			return found(err, source.ErrNotFound)
		}
		src.Tenant = known.Tenant.ID
		if err := checkPlace(ctx, tx, src); err != nil {
			return err
		}
		_, err := tx.NewUpdate().Model(newSourceRow(src)).ExcludeColumn("created", "token_hash").WherePK().Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("update source %s: %w", src.ID, err)
	}
	return nil
}

// SetToken implements source.Changes.
func (s *State) SetToken(ctx context.Context, scope tenant.Scope, id string, tokenHash [32]byte) error {
	res, err := s.write.NewUpdate().Model((*sourceRow)(nil)).Set("token_hash = ?", hash(tokenHash)).
		Where("so.tenant IN ? AND so.id = ?", bun.Tuple(scope.Strings()), id).Exec(ctx)
	if err == nil {
		err = one(res, source.ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("token of source %s: %w", id, err)
	}
	return nil
}

// checkPlace holds that tenant and site are there and that the port is free.
func checkPlace(ctx context.Context, tx bun.Tx, src source.Source) error {
	q := tx.NewSelect().Model((*tenantRow)(nil)).Where("t.id = ?", src.Tenant.String())
	if src.Site != "" {
		q = q.Where("EXISTS (SELECT 1 FROM sites AS s WHERE s.tenant = t.id AND s.id = ?)", src.Site)
	}
	known, err := q.Exists(ctx)
	if err != nil {
		return err
	}
	if !known {
		return fmt.Errorf("tenant %s, site %q: %w", src.Tenant, src.Site, tenant.ErrNotFound)
	}
	if src.Port == 0 {
		return nil
	}
	taken, err := tx.NewSelect().Model((*sourceRow)(nil)).Where("port = ? AND id <> ?", src.Port, src.ID).Exists(ctx)
	if err == nil && taken {
		err = fmt.Errorf("port %d: %w", src.Port, source.ErrExists)
	}
	return err
}

// Sources implements source.Store.
func (s *State) Sources(ctx context.Context, scope tenant.Scope) ([]source.Source, error) {
	var rows []sourceRow
	if err := within(s.read.NewSelect().Model(&rows), "so", scope).Order("so.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("sources: %w", err)
	}
	out := make([]source.Source, 0, len(rows))
	for i := range rows {
		out = append(out, rows[i].source())
	}
	return out, nil
}

// AllSources implements source.Store.
func (s *State) AllSources(ctx context.Context) ([]source.Known, error) {
	var rows []sourceRow
	if err := s.read.NewSelect().Model(&rows).Order("so.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("all sources: %w", err)
	}
	out := make([]source.Known, 0, len(rows))
	for i := range rows {
		out = append(out, source.Known{Source: rows[i].source(), TokenHash: rows[i].TokenHash})
	}
	return out, nil
}

// Header implements source.Store.
func (s *State) Header(ctx context.Context, sourceID, stream string) (string, error) {
	var header []string
	err := s.read.NewSelect().Model((*headerRow)(nil)).Column("header").Where("h.source = ? AND h.stream = ?", sourceID, stream).Scan(ctx, &header)
	if err != nil {
		return "", fmt.Errorf("header of %s: %w", sourceID, err)
	}
	if len(header) == 0 {
		return "", nil
	}
	return header[0], nil
}

// PutHeader implements source.Store.
func (s *State) PutHeader(ctx context.Context, sourceID, stream, header string) error {
	row := &headerRow{Source: sourceID, Stream: stream, Header: header}
	_, err := s.write.NewInsert().Model(row).On("CONFLICT (source, stream) DO UPDATE").Set("header = EXCLUDED.header").Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep header of %s: %w", sourceID, err)
	}
	return nil
}
