package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// ErrSignedOut says that a secret opens nothing: there is no such session or token, it has ended, or its person is disabled.
var ErrSignedOut = errors.New("not signed in, or the session has ended")

// How long a sign-in lasts, and how exactly its last use is kept.
const (
	idleFor    = 12 * time.Hour
	lastsFor   = 24 * time.Hour
	touchEvery = time.Minute
)

// Tenants tells which tenants there are, for people who see them all.
type Tenants interface {
	AllIDs(ctx context.Context) ([]tenant.ID, error)
}

// Gate lets people in and says who is calling. It is safe for concurrent use.
type Gate struct {
	store   Store
	tenants Tenants
	now     func() time.Time
	log     *slog.Logger
	hasher  *hasher
	limit   *limiter
	nobody  string // a hash that fits no password
}

// NewGate returns a Gate before the store. Nothing is started; there is nothing to close.
func NewGate(store Store, tenants Tenants, now func() time.Time, log *slog.Logger) *Gate {
	return &Gate{
		store: store, tenants: tenants, now: now, log: log,
		hasher: newHasher(), limit: newLimiter(now), nobody: dummyHash(),
	}
}

// Local is the caller who sits at the machine with the data folder: verbs that run without a server act as it. The audit log shows it as the program itself.
func Local() Caller {
	return Caller{Person: Person{Name: "noroshi", Role: Administrator, AllTenants: true}}
}

// SignIn opens a session. The secret goes into a cookie and is kept nowhere. Errors: ErrBadCredentials for a wrong name or password and for a disabled person alike,
// *TooManyError (ErrTooMany) after repeated failures for this name and address.
func (g *Gate) SignIn(ctx context.Context, name, password, address string) (secret string, c Caller, err error) {
	name = normalName(name)
	p, err := g.verify(ctx, name, password, address)
	if err != nil {
		return "", Caller{}, err
	}
	return g.open(ctx, p, address)
}

// verify finds the person by name and password. A refusal is written down.
func (g *Gate) verify(ctx context.Context, name, password, address string) (Person, error) {
	if err := g.limit.begin(name, address); err != nil {
		return Person{}, err
	}
	p, hash, err := g.store.PersonByName(ctx, name)
	known := err == nil
	if errors.Is(err, ErrNotFound) {
		hash, err = g.nobody, nil
	}
	if err != nil {
		return Person{}, fmt.Errorf("sign in: %w", err)
	}
	fits, err := g.hasher.verify(ctx, hash, password)
	if err != nil {
		return Person{}, fmt.Errorf("sign in %s: %w", p.ID, err)
	}
	if !known || !fits || p.Disabled {
		refusal := Entry{By: p.ID, ByName: p.Name, Action: "session.refuse", Target: p.ID, Address: address}
		return Person{}, errors.Join(ErrBadCredentials, g.audit(ctx, refusal))
	}
	g.limit.succeeded(name, address)
	return p, nil
}

// open makes a session for a person who has proved to be it.
func (g *Gate) open(ctx context.Context, p Person, address string) (string, Caller, error) {
	now := g.now().UTC()
	s := Session{ID: newID("s"), Person: p.ID, Created: now, LastUsed: now, Expires: now.Add(lastsFor)}
	secret, hash := newSecret("")
	if err := g.store.CreateSession(ctx, s, hash); err != nil {
		return "", Caller{}, fmt.Errorf("open session: %w", err)
	}
	c, err := g.caller(ctx, s, p)
	if err != nil {
		return "", Caller{}, err
	}
	if err := g.Audit(ctx, c, "session.create", s.ID, tenant.ID{}, "", address); err != nil {
		return "", Caller{}, err
	}
	return secret, c, nil
}

// Caller says who holds the secret of a session or an API token, with what they may see as of now; ErrSignedOut.
func (g *Gate) Caller(ctx context.Context, secret string) (Caller, error) {
	s, err := g.store.SessionBySecret(ctx, sha256.Sum256([]byte(secret)))
	if errors.Is(err, ErrNotFound) {
		return Caller{}, ErrSignedOut
	}
	if err != nil {
		return Caller{}, fmt.Errorf("caller: %w", err)
	}
	now := g.now().UTC()
	if ended(s, now) {
		return Caller{}, ErrSignedOut
	}
	p, err := g.store.Person(ctx, s.Person)
	if errors.Is(err, ErrNotFound) || err == nil && p.Disabled {
		return Caller{}, ErrSignedOut
	}
	if err != nil {
		return Caller{}, fmt.Errorf("caller: %w", err)
	}
	if now.Sub(s.LastUsed) >= touchEvery {
		if err := g.store.TouchSession(ctx, s.ID, now); err != nil { // a full disk shall not shut out those who can free it
			g.log.Warn("last use of a session cannot be kept", "session", s.ID, "error", err)
		}
	}
	return g.caller(ctx, s, p)
}

func ended(s Session, now time.Time) bool {
	if !s.Expires.IsZero() && !now.Before(s.Expires) {
		return true
	}
	return s.Name == "" && now.Sub(s.LastUsed) >= idleFor
}

func (g *Gate) caller(ctx context.Context, s Session, p Person) (Caller, error) {
	ids := p.Tenants
	if p.AllTenants {
		var err error
		if ids, err = g.tenants.AllIDs(ctx); err != nil {
			return Caller{}, fmt.Errorf("tenants of %s: %w", p.Name, err)
		}
	}
	return Caller{Person: p, Scope: tenant.NewScope(ids...), Session: s.ID, Token: s.Name != ""}, nil
}

// SignOut ends the caller's session, no other one.
func (g *Gate) SignOut(ctx context.Context, c Caller, address string) error {
	if c.Session == "" {
		return ErrSignedOut
	}
	if err := g.store.EndSessions(ctx, c.Person.ID, c.Session); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return g.Audit(ctx, c, "session.end", c.Session, tenant.ID{}, "", address)
}

// Audit writes down what the caller did; target is the id of what was acted on, detail is short and never a secret. A zero tenant stands for none.
// It is written even when the call that it tells of has been given up meanwhile.
func (g *Gate) Audit(ctx context.Context, c Caller, action, target string, of tenant.ID, detail, address string) error {
	return g.audit(ctx, Entry{
		By: c.Person.ID, ByName: c.Person.Name, Action: action, Target: target, Tenant: of.String(), Detail: detail, Address: address,
	})
}

func (g *Gate) audit(ctx context.Context, e Entry) error {
	e.At = g.now().UTC()
	if err := g.store.AddEntry(context.WithoutCancel(ctx), e); err != nil {
		g.log.Error("audit log cannot be written", "action", e.Action, "target", e.Target, "by", e.By, "error", err)
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	return nil
}

// Entries returns the audit log, newest first, and how many lines there are. Lines tell of every tenant: it is for administrators who see them all; ErrForbidden.
func (g *Gate) Entries(ctx context.Context, c Caller, offset, limit int) ([]Entry, int, error) {
	if !c.May(Administrator) || !c.Person.AllTenants {
		return nil, 0, ErrForbidden
	}
	return g.store.Entries(ctx, offset, limit)
}

func normalName(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// newSecret makes 256 random bits in text and the hash under which they are kept.
func newSecret(prefix string) (secret string, hash [32]byte) {
	var random [32]byte
	_, _ = rand.Read(random[:])
	secret = prefix + base64.RawURLEncoding.EncodeToString(random[:])
	return secret, sha256.Sum256([]byte(secret))
}

func newID(prefix string) string {
	var random [10]byte
	_, _ = rand.Read(random[:])
	return prefix + hex.EncodeToString(random[:])
}
