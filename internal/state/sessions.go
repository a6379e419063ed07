package state

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/noroshi-soc/noroshi/internal/auth"
)

// keepExpired is how long a sign-in that has expired is kept, to be told apart from one that never was.
const keepExpired = 7 * 24 * time.Hour

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions,alias:se"`

	ID         string `bun:",pk"`
	Person     string
	Name       string
	Created    micros
	LastUsed   micros
	Expires    micros
	SecretHash hash
}

func (r *sessionRow) session() auth.Session {
	return auth.Session{ID: r.ID, Person: r.Person, Name: r.Name, Created: r.Created.Time, LastUsed: r.LastUsed.Time, Expires: r.Expires.Time}
}

// CreateSession implements auth.SessionStore. It also clears away sign-ins that expired long before this one.
func (s *State) CreateSession(ctx context.Context, se auth.Session, secretHash [32]byte) error {
	row := &sessionRow{
		ID: se.ID, Person: se.Person, Name: se.Name, Created: micros{se.Created}, LastUsed: micros{se.LastUsed},
		Expires: micros{se.Expires}, SecretHash: secretHash,
	}
	err := s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewDelete().Model((*sessionRow)(nil)).Where("expires < ?", micros{se.Created.Add(-keepExpired)}).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(row).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("create session of %s: %w", se.Person, err)
	}
	return nil
}

// SessionBySecret implements auth.SessionStore.
func (s *State) SessionBySecret(ctx context.Context, secretHash [32]byte) (auth.Session, error) {
	var row sessionRow
	if err := s.read.NewSelect().Model(&row).Where("se.secret_hash = ?", hash(secretHash)).Scan(ctx); err != nil {
		return auth.Session{}, fmt.Errorf("session: %w", found(err, auth.ErrNotFound))
	}
	return row.session(), nil
}

// TouchSession implements auth.SessionStore.
func (s *State) TouchSession(ctx context.Context, id string, at time.Time) error {
	_, err := s.write.NewUpdate().Model((*sessionRow)(nil)).Set("last_used = ?", micros{at}).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("touch session %s: %w", id, err)
	}
	return nil
}

// Sessions implements auth.SessionStore.
func (s *State) Sessions(ctx context.Context, person string) ([]auth.Session, error) {
	var rows []sessionRow
	err := s.read.NewSelect().Model(&rows).Where("se.person = ? AND se.name <> ''", person).OrderExpr("se.created DESC, se.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("tokens of %s: %w", person, err)
	}
	out := make([]auth.Session, 0, len(rows))
	for i := range rows {
		out = append(out, rows[i].session())
	}
	return out, nil
}

// EndSessions implements auth.SessionStore.
func (s *State) EndSessions(ctx context.Context, person, id string) error {
	q := s.write.NewDelete().Model((*sessionRow)(nil)).Where("person = ?", person)
	if id != "" {
		q = q.Where("id = ?", id)
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("end sessions of %s: %w", person, err)
	}
	return nil
}
