package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// PersonList is the people whom the caller may manage.
type PersonList struct {
	People []Person `json:"people"`
}

// NewPerson is a person as created.
type NewPerson struct {
	Person   Person `json:"person"`
	Password string `json:"password,omitempty" doc:"The generated one, shown this once; absent when one was given"`
}

// Password is a generated password, shown once.
type Password struct {
	Password string `json:"password"`
}

type newPersonInput struct {
	Body struct {
		Name        string   `json:"name" pattern:"^[a-z0-9][a-z0-9._@-]{0,63}$" patternDescription:"1 to 64 lower-case letters, digits and . _ @ -"`
		DisplayName string   `json:"display_name" minLength:"1" maxLength:"200"`
		Password    string   `json:"password,omitempty" maxLength:"1024" doc:"At least 12 characters; one is made when none is given"`
		Role        string   `json:"role" enum:"administrator,analyst"`
		Language    string   `json:"language,omitempty" enum:"ja,en,"`
		AllTenants  bool     `json:"all_tenants,omitempty"`
		Tenants     []string `json:"tenants,omitempty" maxItems:"1000"`
	}
}

type changePersonInput struct {
	ID   string `path:"id"`
	Body struct {
		DisplayName *string   `json:"display_name,omitempty" minLength:"1" maxLength:"200"`
		Role        *string   `json:"role,omitempty" enum:"administrator,analyst"`
		Language    *string   `json:"language,omitempty" enum:"ja,en,"`
		Disabled    *bool     `json:"disabled,omitempty"`
		AllTenants  *bool     `json:"all_tenants,omitempty"`
		Tenants     *[]string `json:"tenants,omitempty"`
	}
}

type personInput struct {
	ID string `path:"id"`
}

func (a *api) people() {
	register(a, administrators, route(http.MethodGet, "/people", "list-people", "People", "administration"), a.listPeople)
	register(a, administrators, route(http.MethodPost, "/people", "create-person", "Add a person", "administration"), a.createPerson)
	register(a, administrators, route(http.MethodPut, "/people/{id}", "change-person", "Change a person", "administration"), a.changePerson)
	register(a, administrators, route(http.MethodPost, "/people/{id}/password", "reset-password", "Give a person a new password; their sign-ins and tokens end", "administration"), a.resetPassword)
}

// tenantIDs finds the tenants by name among those of the caller.
func tenantIDs(c *auth.Caller, names []string) ([]tenant.ID, error) {
	out := make([]tenant.ID, 0, len(names))
	for _, name := range names {
		id, ok := c.Scope.Named(name).One()
		if !ok {
			return nil, notFound()
		}
		out = append(out, id)
	}
	return out, nil
}

func (a *api) listPeople(ctx context.Context, c *auth.Caller, _ *nothing) (*reply[PersonList], error) {
	list, err := a.Gate.People(ctx, *c)
	if err != nil {
		return nil, err
	}
	return &reply[PersonList]{PersonList{mapped(list, personOf)}}, nil
}

func (a *api) createPerson(ctx context.Context, c *auth.Caller, in *newPersonInput) (*reply[NewPerson], error) {
	b := &in.Body
	ids, err := tenantIDs(c, b.Tenants)
	if err != nil {
		return nil, err
	}
	p := auth.Person{
		Name: b.Name, DisplayName: strings.TrimSpace(b.DisplayName), Role: auth.Role(b.Role), Language: b.Language,
		AllTenants: b.AllTenants, Tenants: ids,
	}
	if err := checkTenants(p); err != nil {
		return nil, err
	}
	p, generated, err := a.Gate.CreatePerson(ctx, *c, p, b.Password, addressOf(ctx))
	if err != nil {
		return nil, err
	}
	return &reply[NewPerson]{NewPerson{personOf(p), generated}}, nil
}

func checkTenants(p auth.Person) error {
	if p.AllTenants != (len(p.Tenants) == 0) {
		return invalid("body.tenants", "give either all_tenants or at least one tenant")
	}
	return nil
}

func (a *api) changePerson(ctx context.Context, c *auth.Caller, in *changePersonInput) (*reply[Person], error) {
	list, err := a.Gate.People(ctx, *c)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(list, func(p auth.Person) bool { return p.ID == in.ID })
	if at < 0 {
		return nil, notFound()
	}
	p := list[at]
	if err := in.apply(c, &p); err != nil {
		return nil, err
	}
	p, err = a.Gate.UpdatePerson(ctx, *c, p, addressOf(ctx))
	if err != nil {
		return nil, err
	}
	return &reply[Person]{personOf(p)}, nil
}

func (in *changePersonInput) apply(c *auth.Caller, p *auth.Person) error {
	b := &in.Body
	set(&p.DisplayName, b.DisplayName)
	set(&p.Language, b.Language)
	set(&p.Disabled, b.Disabled)
	set(&p.AllTenants, b.AllTenants)
	if b.Role != nil {
		p.Role = auth.Role(*b.Role)
	}
	if p.AllTenants {
		p.Tenants = nil
	}
	if b.Tenants == nil {
		return checkTenants(*p)
	}
	ids, err := tenantIDs(c, *b.Tenants)
	if err != nil {
		return err
	}
	p.Tenants = ids
	return checkTenants(*p)
}

// set puts a new value in place where one was given.
func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (a *api) resetPassword(ctx context.Context, c *auth.Caller, in *personInput) (*reply[Password], error) {
	generated, err := a.Gate.ResetPassword(ctx, *c, in.ID, addressOf(ctx))
	if err != nil {
		return nil, err
	}
	return &reply[Password]{Password{generated}}, nil
}
