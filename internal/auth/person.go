package auth

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// ErrBadPerson is wrapped by errors about a name, role or language that cannot be.
var ErrBadPerson = errors.New("not a valid person")

var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._@+-]{0,63}$`)

// CreatePerson adds somebody. A password of "" makes one, which is returned. Callers are administrators, and give no more than they have themselves.
// Errors: ErrForbidden, ErrExists, ErrWeakPassword, ErrBadPerson.
func (g *Gate) CreatePerson(ctx context.Context, c Caller, p Person, password, address string) (created Person, generated string, err error) {
	p.Name = normalName(p.Name)
	if err := c.mayManage(p); err != nil {
		return Person{}, "", err
	}
	if err := p.check(); err != nil {
		return Person{}, "", err
	}
	if password == "" {
		generated = newPassword()
		password = generated
	}
	p.ID, p.Created = newID("p"), g.now().UTC()
	hash, err := g.newHash(ctx, p.Name, password)
	if err != nil {
		return Person{}, "", err
	}
	if err := g.store.CreatePerson(ctx, p, hash); err != nil {
		return Person{}, "", fmt.Errorf("create person %s: %w", p.Name, err)
	}
	return p, generated, g.Audit(ctx, c, "person.create", p.ID, tenant.ID{}, p.describe(), address)
}

// UpdatePerson replaces what is known of a person but their password, and ends their sessions when they are disabled.
// Administrators cannot change their own role, tenants or being disabled, so that somebody is always left who can. Errors as of CreatePerson, and ErrNotFound.
func (g *Gate) UpdatePerson(ctx context.Context, c Caller, p Person, address string) (Person, error) {
	p.Name = normalName(p.Name)
	old, err := g.managed(ctx, c, p.ID)
	if err != nil {
		return Person{}, err
	}
	if err := c.mayManage(p); err != nil {
		return Person{}, err
	}
	if err := p.check(); err != nil {
		return Person{}, err
	}
	if c.Person.ID == p.ID && (p.Role != old.Role || p.Disabled || p.AllTenants != old.AllTenants || !slices.Equal(p.Tenants, old.Tenants)) {
		return Person{}, fmt.Errorf("%w: own role, tenants or being disabled", ErrForbidden)
	}
	p.Created = old.Created
	if err := g.store.UpdatePerson(ctx, p, ""); err != nil {
		return Person{}, fmt.Errorf("update person %s: %w", p.ID, err)
	}
	if p.Disabled {
		if err := g.store.EndSessions(ctx, p.ID, ""); err != nil {
			return Person{}, fmt.Errorf("end sessions of %s: %w", p.ID, err)
		}
	}
	return p, g.Audit(ctx, c, "person.update", p.ID, tenant.ID{}, p.describe(), address)
}

// UpdateSelf changes how the caller is called and in which language they are spoken to; "" for the browser's.
func (g *Gate) UpdateSelf(ctx context.Context, c Caller, displayName, language, address string) (Person, error) {
	p, err := g.store.Person(ctx, c.Person.ID)
	if err != nil {
		return Person{}, fmt.Errorf("update self: %w", err)
	}
	p.DisplayName, p.Language = displayName, language
	if err := p.check(); err != nil {
		return Person{}, err
	}
	if err := g.store.UpdatePerson(ctx, p, ""); err != nil {
		return Person{}, fmt.Errorf("update self: %w", err)
	}
	return p, g.Audit(ctx, c, "person.update", p.ID, tenant.ID{}, p.describe(), address)
}

// People returns those whom the caller may manage, by name; ErrForbidden.
func (g *Gate) People(ctx context.Context, c Caller) ([]Person, error) {
	if !c.May(Administrator) {
		return nil, ErrForbidden
	}
	all, err := g.store.People(ctx)
	if err != nil {
		return nil, fmt.Errorf("people: %w", err)
	}
	return slices.DeleteFunc(all, func(p Person) bool { return c.mayManage(p) != nil }), nil
}

// ResetPassword gives a person a new password, which is returned, and ends their sessions and tokens; ErrForbidden, ErrNotFound.
func (g *Gate) ResetPassword(ctx context.Context, c Caller, person, address string) (generated string, err error) {
	p, err := g.managed(ctx, c, person)
	if err != nil {
		return "", err
	}
	generated = newPassword()
	if err := g.setPassword(ctx, p, generated); err != nil {
		return "", err
	}
	return generated, g.Audit(ctx, c, "person.reset_password", p.ID, tenant.ID{}, "", address)
}

// ChangePassword gives the caller a new password and ends all their sessions and tokens, which somebody with the old one may have made;
// the caller goes on with the new secret. An API token may not do it. Errors: ErrBadCredentials, ErrTooMany, ErrWeakPassword, ErrForbidden.
func (g *Gate) ChangePassword(ctx context.Context, c Caller, old, password, address string) (secret string, err error) {
	if c.Token {
		return "", fmt.Errorf("%w with an API token", ErrForbidden)
	}
	if err := CheckPassword(c.Person.Name, password); err != nil {
		return "", err
	}
	p, err := g.verify(ctx, c.Person.Name, old, address)
	if err != nil {
		return "", err
	}
	if err := g.setPassword(ctx, p, password); err != nil {
		return "", err
	}
	if err := g.Audit(ctx, c, "person.change_password", p.ID, tenant.ID{}, "", address); err != nil {
		return "", err
	}
	secret, _, err = g.open(ctx, p, address)
	return secret, err
}

func (g *Gate) setPassword(ctx context.Context, p Person, password string) error {
	hash, err := g.newHash(ctx, p.Name, password)
	if err != nil {
		return err
	}
	if err := g.store.UpdatePerson(ctx, p, hash); err != nil {
		return fmt.Errorf("password of %s: %w", p.ID, err)
	}
	if err := g.store.EndSessions(ctx, p.ID, ""); err != nil {
		return fmt.Errorf("end sessions of %s: %w", p.ID, err)
	}
	return nil
}

func (g *Gate) newHash(ctx context.Context, name, password string) (string, error) {
	if err := CheckPassword(name, password); err != nil {
		return "", err
	}
	return g.hasher.hash(ctx, password)
}

// managed finds a person whom the caller may manage. One whom they may not is not found: their being there is not told.
func (g *Gate) managed(ctx context.Context, c Caller, id string) (Person, error) {
	if !c.May(Administrator) {
		return Person{}, ErrForbidden
	}
	p, err := g.store.Person(ctx, id)
	if err != nil {
		return Person{}, fmt.Errorf("person %s: %w", id, err)
	}
	if c.mayManage(p) != nil {
		return Person{}, fmt.Errorf("person %s: %w", id, ErrNotFound)
	}
	return p, nil
}

// mayManage says whether the caller may make, change or see a person with these rights: administrators, and none with more than their own.
func (c *Caller) mayManage(p Person) error {
	if !c.May(Administrator) {
		return ErrForbidden
	}
	if c.Person.AllTenants {
		return nil
	}
	if p.AllTenants {
		return fmt.Errorf("%w: person sees more tenants than the caller", ErrForbidden)
	}
	for _, id := range p.Tenants {
		if !c.Scope.Has(id) {
			return fmt.Errorf("%w: person sees more tenants than the caller", ErrForbidden)
		}
	}
	return nil
}

func (p *Person) check() error {
	if !namePattern.MatchString(p.Name) {
		return fmt.Errorf("%w: name %q: want 1 to 64 lower-case letters, digits and . _ @ + -", ErrBadPerson, p.Name)
	}
	if p.Role != Administrator && p.Role != Analyst {
		return fmt.Errorf("%w: role %q: want %s or %s", ErrBadPerson, p.Role, Administrator, Analyst)
	}
	if !slices.Contains([]string{"", "ja", "en"}, p.Language) {
		return fmt.Errorf("%w: language %q: want ja or en", ErrBadPerson, p.Language)
	}
	if len(p.DisplayName) > 200 {
		return fmt.Errorf("%w: display name of %d bytes, at most 200", ErrBadPerson, len(p.DisplayName))
	}
	return nil
}

func (p *Person) describe() string {
	s := p.Name + " " + string(p.Role)
	if p.AllTenants {
		s += " of all tenants"
	}
	for _, id := range p.Tenants {
		s += " " + id.String()
	}
	if p.Disabled {
		s += " disabled"
	}
	return s
}
