package api

import (
	"context"
	"net/http"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Person is somebody who signs in.
type Person struct {
	ID          string   `json:"id"`
	Name        string   `json:"name" doc:"To sign in with"`
	DisplayName string   `json:"display_name"`
	Role        string   `json:"role" enum:"administrator,analyst"`
	Language    string   `json:"language" enum:"ja,en," doc:"Empty: the browser's"`
	AllTenants  bool     `json:"all_tenants"`
	Tenants     []string `json:"tenants" doc:"Empty when all_tenants is set"`
	Disabled    bool     `json:"disabled"`
	Created     Time     `json:"created"`
}

func personOf(p auth.Person) Person {
	return Person{
		ID: p.ID, Name: p.Name, DisplayName: p.DisplayName, Role: string(p.Role), Language: p.Language, AllTenants: p.AllTenants,
		Tenants: mapped(p.Tenants, tenant.ID.String), Disabled: p.Disabled, Created: Time(p.Created),
	}
}

// SessionView is who is signed in and what the console needs to begin.
type SessionView struct {
	Person  Person   `json:"person"`
	Tenants []Tenant `json:"tenants" doc:"Those that the person may see"`
	Version string   `json:"version"`
	Demo    bool     `json:"demo"`
}

// SignedIn answers a sign-in.
type SignedIn struct {
	Person Person `json:"person"`
}

type signInInput struct {
	Body struct {
		Name     string `json:"name" minLength:"1" maxLength:"64"`
		Password string `json:"password" minLength:"1" maxLength:"1024"`
	}
}

type signedInOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      SignedIn
}

type changeSelfInput struct {
	Body struct {
		DisplayName *string `json:"display_name,omitempty" minLength:"1" maxLength:"200"`
		Language    *string `json:"language,omitempty" enum:"ja,en,"`
	}
}

type newCookieOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

type newPasswordInput struct {
	Body struct {
		Current string `json:"current" minLength:"1" maxLength:"1024"`
		New     string `json:"new" minLength:"1" maxLength:"1024" doc:"At least 12 characters"`
	}
}

func (a *api) session() {
	register(a, public, route(http.MethodPost, "/session", "sign-in", "Sign in", "session"), a.signIn)
	register(a, people, route(http.MethodGet, "/session", "get-session", "Who is signed in", "session"), a.getSession)
	register(a, people, route(http.MethodPut, "/session", "change-self", "Change one's own display name or language", "session"), a.changeSelf)
	register(a, people, route(http.MethodDelete, "/session", "sign-out", "Sign out", "session"), a.signOut)
	register(a, people, route(http.MethodPut, "/session/password", "change-password", "Change one's own password", "session"), a.changePassword)
}

func (a *api) signIn(ctx context.Context, _ *auth.Caller, in *signInInput) (*signedInOutput, error) {
	v := visitOf(ctx)
	secret, c, err := a.Gate.SignIn(ctx, in.Body.Name, in.Body.Password, v.address)
	if err != nil {
		return nil, err
	}
	return &signedInOutput{a.cookie(v, secret, 0), SignedIn{personOf(c.Person)}}, nil
}

// cookie carries a session's secret; an age below zero takes it away.
func (a *api) cookie(v *visit, secret string, age int) http.Cookie {
	return http.Cookie{
		Name: cookieName, Value: secret, Path: "/", MaxAge: age, HttpOnly: true,
		Secure: a.SecureCookie || v.secure, SameSite: http.SameSiteStrictMode,
	}
}

func (a *api) getSession(ctx context.Context, c *auth.Caller, _ *nothing) (*reply[SessionView], error) {
	list, err := a.Tenants.Tenants(ctx, c.Scope)
	if err != nil {
		return nil, err
	}
	return &reply[SessionView]{SessionView{Person: personOf(c.Person), Tenants: mapped(list, tenantOf), Version: a.Version, Demo: a.Demo}}, nil
}

func (a *api) signOut(ctx context.Context, c *auth.Caller, _ *nothing) (*newCookieOutput, error) {
	if err := a.Gate.SignOut(ctx, *c, addressOf(ctx)); err != nil {
		return nil, err
	}
	return &newCookieOutput{a.cookie(visitOf(ctx), "", -1)}, nil
}

func (a *api) changeSelf(ctx context.Context, c *auth.Caller, in *changeSelfInput) (*reply[SignedIn], error) {
	name, language := c.Person.DisplayName, c.Person.Language
	set(&name, in.Body.DisplayName)
	set(&language, in.Body.Language)
	p, err := a.Gate.UpdateSelf(ctx, *c, name, language, addressOf(ctx))
	if err != nil {
		return nil, err
	}
	return &reply[SignedIn]{SignedIn{personOf(p)}}, nil
}

// changePassword ends every session of the caller but the one that it answers with.
func (a *api) changePassword(ctx context.Context, c *auth.Caller, in *newPasswordInput) (*newCookieOutput, error) {
	secret, err := a.Gate.ChangePassword(ctx, *c, in.Body.Current, in.Body.New, addressOf(ctx))
	if err != nil {
		return nil, err
	}
	return &newCookieOutput{a.cookie(visitOf(ctx), secret, 0)}, nil
}
