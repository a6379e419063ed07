// Package auth holds people, roles, sessions, API tokens, permissions and the audit log.
//
// What enters: a name and password, a session cookie's value or an API token, and what people do.
// What leaves: Caller, a signed-in person with the tenant.Scope that they may read, and Entry, a line of the audit log.
// What it never does: speak HTTP, or keep anything itself.
package auth

import (
	"context"
	"errors"
	"time"

	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Errors of a Store and a Gate.
var (
	ErrNotFound       = errors.New("no such person, session or token")
	ErrExists         = errors.New("name is taken")
	ErrBadCredentials = errors.New("name or password is wrong")
	ErrTooMany        = errors.New("too many failed attempts")
	ErrForbidden      = errors.New("not allowed")
	ErrWeakPassword   = errors.New("password is too short: at least 12 characters")
)

// Role is what a person may do.
type Role string

// Roles. An administrator may also do all that an analyst may.
const (
	Administrator Role = "administrator"
	Analyst       Role = "analyst"
)

// Person is somebody who signs in.
type Person struct {
	ID          string
	Name        string // to sign in with, unique, lower case
	DisplayName string
	Role        Role
	Language    string      // "ja", "en", or "" for the browser's
	AllTenants  bool        // sees every tenant, also later ones
	Tenants     []tenant.ID // sees these, when AllTenants is not set
	Disabled    bool
	Created     time.Time
}

// Session is one sign-in of a person, or one API token of theirs.
type Session struct {
	ID       string
	Person   string
	Name     string // of an API token; "" for a sign-in
	Created  time.Time
	LastUsed time.Time
	Expires  time.Time // zero: never
}

// Entry is one line of the audit log. Lines are only ever added.
type Entry struct {
	ID      int64
	At      time.Time
	By      string // id of the person; "" for the program itself or before sign-in
	ByName  string
	Action  string // "item.judge", "source.create", "session.create", …
	Target  string // id of what was acted on
	Tenant  string // stored form; "" when it concerns none
	Detail  string // in short, never a secret
	Address string // where the call came from
}

// Store keeps people, sessions and the audit log. Secrets are known only by their hash. Methods are safe for concurrent use.
type Store interface {
	PeopleStore
	SessionStore
	AuditStore
}

// PeopleStore keeps people and the argon2id hashes of their passwords.
type PeopleStore interface {
	// CreatePerson keeps a person and their password's hash; ErrExists.
	CreatePerson(ctx context.Context, p Person, passwordHash string) error
	// UpdatePerson replaces what is known of the person with this ID; a passwordHash of "" leaves the password; ErrNotFound.
	UpdatePerson(ctx context.Context, p Person, passwordHash string) error
	// PersonByName returns a person and their password's hash; ErrNotFound.
	PersonByName(ctx context.Context, name string) (Person, string, error)
	// Person returns a person by id; ErrNotFound.
	Person(ctx context.Context, id string) (Person, error)
	// People returns everybody, by name.
	People(ctx context.Context) ([]Person, error)
}

// SessionStore keeps sign-ins and API tokens by the SHA-256 of their secret.
type SessionStore interface {
	// CreateSession keeps a session under the hash of its secret.
	CreateSession(ctx context.Context, s Session, secretHash [32]byte) error
	// SessionBySecret returns the session with this secret's hash; ErrNotFound. Expired ones are returned too.
	SessionBySecret(ctx context.Context, secretHash [32]byte) (Session, error)
	// TouchSession notes that the session was used.
	TouchSession(ctx context.Context, id string, at time.Time) error
	// Sessions returns the API tokens of a person, newest first.
	Sessions(ctx context.Context, person string) ([]Session, error)
	// EndSessions ends one session, or with an id of "" all sign-ins and tokens of the person.
	EndSessions(ctx context.Context, person, id string) error
}

// AuditStore keeps the audit log, append-only.
type AuditStore interface {
	// AddEntry adds a line.
	AddEntry(ctx context.Context, e Entry) error
	// Entries returns lines, newest first, and how many there are.
	Entries(ctx context.Context, offset, limit int) ([]Entry, int, error)
}

// Caller is a signed-in person, as every call of the API knows them.
type Caller struct {
	Person  Person
	Scope   tenant.Scope // the tenants that they may read
	Session string       // id of the session
	Token   bool         // came with an API token, not with a cookie
}

// May reports whether the caller may act in this role.
func (c *Caller) May(role Role) bool {
	return c.Person.Role == Administrator || c.Person.Role == role
}
