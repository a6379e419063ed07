// Package tenant says whose data is whose.
//
// What enters: names of tenants as stored records, signed-in people and sources know them.
// What leaves: ID, one tenant, and Scope, the tenants that a caller may read. Every call that reads or writes data takes one of them right after ctx.
// What it never does: look anything up, or decide who may see what; package auth decides that and makes the Scope.
package tenant

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// ErrInvalid is wrapped by every error of ParseID.
var ErrInvalid = errors.New("invalid tenant id")

// ID names one tenant (a customer, or the organisation itself). The zero ID names none and is refused by every store.
// IDs are comparable and may be map keys. Only the packages that TestTenantMakers lists may make one from a string.
type ID struct{ name string }

var idPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// ParseID makes an ID from its stored form: 1 to 32 lower-case letters, digits and hyphens, not beginning with a hyphen.
func ParseID(s string) (ID, error) {
	if !idPattern.MatchString(s) {
		return ID{}, fmt.Errorf("%w %q: want 1 to 32 lower-case letters, digits and hyphens", ErrInvalid, s)
	}
	return ID{name: s}, nil
}

// String is the stored form; "" for the zero ID.
func (id ID) String() string { return id.name }

// IsZero reports whether the ID names no tenant.
func (id ID) IsZero() bool { return id.name == "" }

// MarshalText writes the stored form.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.name), nil }

// Scope is the set of tenants that a caller may read. The zero Scope may read nothing. It cannot be changed, only narrowed.
type Scope struct{ ids []ID }

// NewScope makes a Scope of the given tenants. Only the packages that TestTenantMakers lists may call it.
func NewScope(ids ...ID) Scope {
	kept := make([]ID, 0, len(ids))
	for _, id := range ids {
		if !id.IsZero() && !slices.Contains(kept, id) {
			kept = append(kept, id)
		}
	}
	slices.SortFunc(kept, func(a, b ID) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	return Scope{ids: kept}
}

// Has reports whether id may be read.
func (s Scope) Has(id ID) bool { return !id.IsZero() && slices.Contains(s.ids, id) }

// Only narrows the scope to one tenant; the result is empty when s does not hold it.
func (s Scope) Only(id ID) Scope {
	if !s.Has(id) {
		return Scope{}
	}
	return Scope{ids: []ID{id}}
}

// Named narrows the scope to the tenant with this stored form; the result is empty when s does not hold it.
func (s Scope) Named(name string) Scope {
	for _, id := range s.ids {
		if id.name == name {
			return Scope{ids: []ID{id}}
		}
	}
	return Scope{}
}

// One returns the only tenant of the scope; ok is false when it holds none or several.
func (s Scope) One() (id ID, ok bool) {
	if len(s.ids) != 1 {
		return ID{}, false
	}
	return s.ids[0], true
}

// Empty reports whether nothing may be read.
func (s Scope) Empty() bool { return len(s.ids) == 0 }

// IDs returns the tenants in order of their stored forms, as a copy.
func (s Scope) IDs() []ID { return slices.Clone(s.ids) }

// Strings returns the stored forms in order, for a store's predicate.
func (s Scope) Strings() []string {
	out := make([]string, len(s.ids))
	for i, id := range s.ids {
		out[i] = id.name
	}
	return out
}
