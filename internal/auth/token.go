package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// ErrBadToken says that a token's name cannot be.
var ErrBadToken = errors.New("token needs a name of 1 to 100 characters")

// tokenPrefix lets programs that look for leaked secrets know one of ours.
const tokenPrefix = "noroshi_"

// CreateToken makes an API token of the caller, which may do what they may. The secret is shown once and kept nowhere.
// A token cannot make tokens; ErrForbidden, ErrBadToken.
func (g *Gate) CreateToken(ctx context.Context, c Caller, name, address string) (secret string, s Session, err error) {
	if c.Token || c.Person.ID == "" {
		return "", Session{}, fmt.Errorf("%w: tokens are made by people who signed in", ErrForbidden)
	}
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 100 {
		return "", Session{}, ErrBadToken
	}
	now := g.now().UTC()
	s = Session{ID: newID("t"), Person: c.Person.ID, Name: name, Created: now, LastUsed: now}
	secret, hash := newSecret(tokenPrefix)
	if err := g.store.CreateSession(ctx, s, hash); err != nil {
		return "", Session{}, fmt.Errorf("create token: %w", err)
	}
	return secret, s, g.Audit(ctx, c, "token.create", s.ID, tenant.ID{}, name, address)
}

// ListTokens returns the caller's API tokens, newest first.
func (g *Gate) ListTokens(ctx context.Context, c Caller) ([]Session, error) {
	return g.store.Sessions(ctx, c.Person.ID)
}

// EndToken ends one of the caller's API tokens; ErrNotFound.
func (g *Gate) EndToken(ctx context.Context, c Caller, id, address string) error {
	mine, err := g.store.Sessions(ctx, c.Person.ID)
	if err != nil {
		return fmt.Errorf("end token: %w", err)
	}
	if !slices.ContainsFunc(mine, func(s Session) bool { return s.ID == id }) {
		return ErrNotFound
	}
	if err := g.store.EndSessions(ctx, c.Person.ID, id); err != nil {
		return fmt.Errorf("end token: %w", err)
	}
	return g.Audit(ctx, c, "token.end", id, tenant.ID{}, "", address)
}
