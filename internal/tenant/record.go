package tenant

import (
	"context"
	"time"
)

// Tenant is one customer, or the organisation itself, as people know it.
type Tenant struct {
	ID      ID
	Name    string // as its people write it
	Zone    string // IANA time zone in which its times are shown, "Asia/Tokyo" unless set
	Sites   []Site
	Created time.Time
}

// Site is one office or group company of a tenant 拠点.
type Site struct {
	ID   string // unique within the tenant, same characters as a tenant's ID
	Name string
}

// Store keeps tenants. Methods are safe for concurrent use.
type Store interface {
	// CreateTenant adds a tenant with its sites; an error with ErrExists when the ID is taken.
	CreateTenant(ctx context.Context, t Tenant) error
	// AddSite adds a site to a tenant; ErrExists, ErrNotFound.
	AddSite(ctx context.Context, id ID, site Site) error
	// Tenants returns the tenants of the scope with their sites, by ID.
	Tenants(ctx context.Context, scope Scope) ([]Tenant, error)
	// AllIDs returns the ID of every tenant. It exists for auth, which turns "all tenants" into a Scope.
	AllIDs(ctx context.Context) ([]ID, error)
}
