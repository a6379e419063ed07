package auth_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

func TestCreatePerson(t *testing.T) {
	h := newHouse(t)
	_, root := h.in("root")
	p, generated, err := h.CreatePerson(t.Context(), root, auth.Person{Name: " Akira@Example.org", Role: auth.Analyst, Tenants: []tenant.ID{h.aoi}}, "", address)
	h.ok(err)
	if p.Name != "akira@example.org" || p.ID == "" || !p.Created.Equal(h.at) || len(generated) != 19 {
		t.Errorf("created %+v with %q", p, generated)
	}
	if _, c, err := h.SignIn(t.Context(), p.Name, generated, address); err != nil || !c.Scope.Has(h.aoi) {
		t.Errorf("sign in with the made password: %+v, %v", c, err)
	}
	if got := h.told(2); got != "root person.create, akira@example.org session.create" {
		t.Errorf("audit log: %s", got)
	}
	for _, c := range []struct {
		p        auth.Person
		password string
		want     error
	}{
		{auth.Person{Name: "akira@example.org", Role: auth.Analyst}, "", auth.ErrExists},
		{auth.Person{Name: "ume", Role: auth.Analyst}, "short", auth.ErrWeakPassword},
		{auth.Person{Name: "ume.tanaka.2026", Role: auth.Analyst}, "Ume.Tanaka.2026", auth.ErrWeakPassword},
		{auth.Person{Name: "ume", Role: "king"}, "", auth.ErrBadPerson},
		{auth.Person{Name: "ume", Role: auth.Analyst, Language: "fr"}, "", auth.ErrBadPerson},
		{auth.Person{Name: "u me", Role: auth.Analyst}, "", auth.ErrBadPerson},
		{auth.Person{Name: "", Role: auth.Analyst}, "", auth.ErrBadPerson},
		{auth.Person{Name: "ume", Role: auth.Analyst, DisplayName: strings.Repeat("長", 100)}, "", auth.ErrBadPerson},
	} {
		_, _, err := h.CreatePerson(t.Context(), root, c.p, c.password, address)
		h.is(err, c.want)
	}
}

func TestDisabledPeopleAreOut(t *testing.T) {
	h := newHouse(t)
	_, root := h.in("root")
	secret, c := h.in("hanako")
	token, _, err := h.CreateToken(t.Context(), c, "script", address)
	h.ok(err)
	h.hanako.Disabled = true
	_, err = h.UpdatePerson(t.Context(), root, h.hanako, address)
	h.ok(err)
	h.signedOut(secret)
	h.signedOut(token)
	_, _, err = h.SignIn(t.Context(), "hanako", password, address)
	h.is(err, auth.ErrBadCredentials)

	h.hanako.Disabled = false
	_, err = h.UpdatePerson(t.Context(), root, h.hanako, address)
	h.ok(err)
	h.signedOut(secret)
	h.in("hanako")
}

// TestNobodyGivesMoreThanTheyHave holds an administrator of one tenant within it.
func TestNobodyGivesMoreThanTheyHave(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.person(auth.Person{Name: "local", Role: auth.Administrator, Tenants: []tenant.ID{h.aoi}})
	other := h.person(auth.Person{Name: "other", Role: auth.Analyst, Tenants: []tenant.ID{h.aoi, h.beni}})
	_, local := h.in("local")
	_, root := h.in("root")
	_, hanako := h.in("hanako")

	for _, p := range []auth.Person{
		{Name: "new", Role: auth.Administrator, AllTenants: true},
		{Name: "new", Role: auth.Analyst, Tenants: []tenant.ID{h.beni}},
		{Name: "new", Role: auth.Analyst, Tenants: []tenant.ID{h.aoi, h.beni}},
	} {
		_, _, err := h.CreatePerson(ctx, local, p, "", address)
		h.is(err, auth.ErrForbidden)
	}
	more := h.hanako
	more.AllTenants = true
	_, err := h.UpdatePerson(ctx, local, more, address)
	h.is(err, auth.ErrForbidden)
	for _, id := range []string{other.ID, root.Person.ID, "p0"} {
		_, err = h.ResetPassword(ctx, local, id, address)
		h.is(err, auth.ErrNotFound)
		_, err = h.UpdatePerson(ctx, local, auth.Person{ID: id, Name: "x", Role: auth.Analyst}, address)
		h.is(err, auth.ErrNotFound)
	}
	people, err := h.People(ctx, local)
	h.ok(err)
	if names := namesOf(people); names != "hanako local" {
		t.Errorf("local manages %s", names)
	}
	people, err = h.People(ctx, root)
	h.ok(err)
	if names := namesOf(people); names != "hanako local other root" {
		t.Errorf("root manages %s", names)
	}
	_, _, err = h.Entries(ctx, local, 0, 10)
	h.is(err, auth.ErrForbidden)

	// An analyst manages nobody.
	_, err = h.People(ctx, hanako)
	h.is(err, auth.ErrForbidden)
	_, _, err = h.CreatePerson(ctx, hanako, auth.Person{Name: "new", Role: auth.Analyst}, "", address)
	h.is(err, auth.ErrForbidden)
	_, err = h.ResetPassword(ctx, hanako, h.hanako.ID, address)
	h.is(err, auth.ErrForbidden)
	_, _, err = h.Entries(ctx, hanako, 0, 10)
	h.is(err, auth.ErrForbidden)
	if lines, total, err := h.Entries(ctx, root, 0, 10); err != nil || total == 0 || len(lines) == 0 {
		t.Errorf("root reads %d lines, %v", total, err)
	}
}

func namesOf(people []auth.Person) string {
	var names []string
	for _, p := range people {
		names = append(names, p.Name)
	}
	return strings.Join(names, " ")
}

func TestAdministratorsCannotLockThemselvesOut(t *testing.T) {
	h := newHouse(t)
	_, root := h.in("root")
	for _, change := range []func(*auth.Person){
		func(p *auth.Person) { p.Disabled = true },
		func(p *auth.Person) { p.Role = auth.Analyst },
		func(p *auth.Person) { p.AllTenants = false },
		func(p *auth.Person) { p.Tenants = []tenant.ID{h.aoi} },
	} {
		p := root.Person
		change(&p)
		_, err := h.UpdatePerson(t.Context(), root, p, address)
		h.is(err, auth.ErrForbidden)
	}
	p := root.Person
	p.DisplayName = "管理者"
	_, err := h.UpdatePerson(t.Context(), root, p, address)
	h.ok(err)
}

func TestUpdateSelf(t *testing.T) {
	h := newHouse(t)
	secret, c := h.in("hanako")
	_, err := h.UpdateSelf(t.Context(), c, "田中花子", "ja", address)
	h.ok(err)
	p := h.caller(secret).Person
	if p.DisplayName != "田中花子" || p.Language != "ja" || p.Role != auth.Analyst || !slices.Equal(p.Tenants, h.hanako.Tenants) {
		t.Errorf("afterwards %+v", p)
	}
	_, err = h.UpdateSelf(t.Context(), c, "", "klingon", address)
	h.is(err, auth.ErrBadPerson)
}

func TestChangePassword(t *testing.T) {
	h := newHouse(t)
	ctx, next := t.Context(), "umi to sora 2026"
	secret, c := h.in("hanako")
	elsewhere, _ := h.in("hanako")
	token, _, err := h.CreateToken(ctx, c, "script", address)
	h.ok(err)

	_, err = h.ChangePassword(ctx, c, password, "short", address)
	h.is(err, auth.ErrWeakPassword)
	_, err = h.ChangePassword(ctx, c, "a wrong password", next, address)
	h.is(err, auth.ErrBadCredentials)
	if got := h.told(1); got != "hanako session.refuse" {
		t.Errorf("audit log: %s", got)
	}
	_, err = h.ChangePassword(ctx, h.caller(token), password, next, address)
	h.is(err, auth.ErrForbidden)
	h.caller(elsewhere)

	fresh, err := h.ChangePassword(ctx, c, password, next, address)
	h.ok(err)
	h.caller(fresh)
	for _, s := range []string{secret, elsewhere, token} {
		h.signedOut(s)
	}
	_, _, err = h.SignIn(ctx, "hanako", password, address)
	h.is(err, auth.ErrBadCredentials)
	_, _, err = h.SignIn(ctx, "hanako", next, address)
	h.ok(err)
	if got := h.told(4); got != "hanako person.change_password, hanako session.create, hanako session.refuse, hanako session.create" {
		t.Errorf("audit log: %s", got)
	}
}

func TestResetPassword(t *testing.T) {
	h := newHouse(t)
	_, root := h.in("root")
	secret, _ := h.in("hanako")
	generated, err := h.ResetPassword(t.Context(), root, h.hanako.ID, address)
	h.ok(err)
	h.signedOut(secret)
	_, _, err = h.SignIn(t.Context(), "hanako", password, address)
	h.is(err, auth.ErrBadCredentials)
	if _, c, err := h.SignIn(t.Context(), "hanako", generated, address); err != nil || !c.Scope.Has(h.aoi) || c.May(auth.Administrator) {
		t.Errorf("with the new password: %+v, %v", c, err)
	}
}

func TestTokens(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	_, hanako := h.in("hanako")
	_, root := h.in("root")
	secret, made, err := h.CreateToken(ctx, hanako, " script ", address)
	h.ok(err)
	c := h.caller(secret)
	if !c.Token || c.Person.ID != h.hanako.ID || !c.Scope.Has(h.aoi) || c.Scope.Has(h.beni) || !strings.HasPrefix(secret, "noroshi_") {
		t.Errorf("token's caller %+v", c)
	}
	list, err := h.ListTokens(ctx, hanako)
	h.ok(err)
	if len(list) != 1 || list[0].ID != made.ID || list[0].Name != "script" || !list[0].Expires.IsZero() {
		t.Errorf("tokens %+v", list)
	}
	for _, name := range []string{"", "  ", strings.Repeat("x", 101)} {
		_, _, err = h.CreateToken(ctx, hanako, name, address)
		h.is(err, auth.ErrBadToken)
	}
	_, _, err = h.CreateToken(ctx, c, "child", address)
	h.is(err, auth.ErrForbidden)
	_, _, err = h.CreateToken(ctx, auth.Local(), "nobody's", address)
	h.is(err, auth.ErrForbidden)

	h.is(h.EndToken(ctx, root, made.ID, address), auth.ErrNotFound)
	h.is(h.EndToken(ctx, hanako, "", address), auth.ErrNotFound)
	h.is(h.EndToken(ctx, hanako, hanako.Session, address), auth.ErrNotFound)
	h.caller(secret)
	h.ok(h.EndToken(ctx, hanako, made.ID, address))
	h.signedOut(secret)
	if got := h.told(2); got != "hanako token.create, hanako token.end" {
		t.Errorf("audit log: %s", got)
	}
}
