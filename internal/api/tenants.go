package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Tenant is one customer, or the organisation itself.
type Tenant struct {
	ID    string `json:"id" pattern:"^[a-z0-9][a-z0-9-]{0,31}$"`
	Name  string `json:"name" minLength:"1" maxLength:"200"`
	Zone  string `json:"zone" minLength:"1" maxLength:"64" doc:"IANA time zone in which its times are shown"`
	Sites []Site `json:"sites" maxItems:"1000"`
}

// Site is one office or group company of a tenant.
type Site struct {
	ID   string `json:"id" pattern:"^[a-z0-9][a-z0-9-]{0,31}$"`
	Name string `json:"name" minLength:"1" maxLength:"200"`
}

// TenantList is the tenants that the caller may see.
type TenantList struct {
	Tenants []Tenant `json:"tenants"`
}

func tenantOf(t tenant.Tenant) Tenant {
	return Tenant{ID: t.ID.String(), Name: t.Name, Zone: t.Zone, Sites: mapped(t.Sites, siteOf)}
}

func siteOf(s tenant.Site) Site { return Site(s) }

type newTenantInput struct {
	Body struct {
		ID    string `json:"id" pattern:"^[a-z0-9][a-z0-9-]{0,31}$" patternDescription:"1 to 32 lower-case letters, digits and hyphens"`
		Name  string `json:"name" minLength:"1" maxLength:"200"`
		Zone  string `json:"zone,omitempty" maxLength:"64" doc:"Asia/Tokyo unless given"`
		Sites []Site `json:"sites,omitempty" maxItems:"1000"`
	}
}

type newSiteInput struct {
	ID   string `path:"id"`
	Body Site
}

func (a *api) tenants() {
	register(a, administrators, route(http.MethodGet, "/tenants", "list-tenants", "Tenants with their sites", "administration"), a.listTenants)
	register(a, administrators, route(http.MethodPost, "/tenants", "create-tenant", "Declare a tenant", "administration"), a.createTenant)
	register(a, administrators, route(http.MethodPost, "/tenants/{id}/sites", "add-site", "Add a site to a tenant", "administration"), a.addSite)
}

func (a *api) listTenants(ctx context.Context, c *auth.Caller, _ *nothing) (*reply[TenantList], error) {
	list, err := a.Tenants.Tenants(ctx, c.Scope)
	if err != nil {
		return nil, err
	}
	return &reply[TenantList]{TenantList{mapped(list, tenantOf)}}, nil
}

func (a *api) createTenant(ctx context.Context, c *auth.Caller, in *newTenantInput) (*reply[Tenant], error) {
	if !c.Person.AllTenants {
		return nil, forbidden()
	}
	id, err := a.NewTenantID(in.Body.ID)
	if err != nil {
		return nil, invalid("body.id", err.Error())
	}
	t := tenant.Tenant{ID: id, Name: strings.TrimSpace(in.Body.Name), Zone: in.Body.Zone, Created: a.Now().UTC()}
	if t.Zone == "" {
		t.Zone = "Asia/Tokyo"
	}
	if err := checkZone(t.Zone); err != nil {
		return nil, err
	}
	for _, s := range in.Body.Sites {
		t.Sites = append(t.Sites, tenant.Site(s))
	}
	if err := a.Tenants.CreateTenant(ctx, t); err != nil {
		return nil, err
	}
	if err := a.note(ctx, c, "tenant.create", id.String(), id, t.Name); err != nil {
		return nil, err
	}
	return &reply[Tenant]{tenantOf(t)}, nil
}

func checkZone(zone string) error {
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		return invalid("body.zone", "unknown time zone: want an IANA name such as Asia/Tokyo")
	}
	return nil
}

func (a *api) addSite(ctx context.Context, c *auth.Caller, in *newSiteInput) (*reply[Tenant], error) {
	id, ok := c.Scope.Named(in.ID).One()
	if !ok {
		return nil, notFound()
	}
	if err := a.Tenants.AddSite(ctx, id, tenant.Site(in.Body)); err != nil {
		return nil, err
	}
	if err := a.note(ctx, c, "tenant.site", id.String(), id, in.Body.ID); err != nil {
		return nil, err
	}
	t, err := a.tenantByID(ctx, c.Scope, id)
	if err != nil {
		return nil, err
	}
	return &reply[Tenant]{tenantOf(t)}, nil
}

func (a *api) tenantByID(ctx context.Context, scope tenant.Scope, id tenant.ID) (tenant.Tenant, error) {
	list, err := a.Tenants.Tenants(ctx, scope.Only(id))
	if err != nil {
		return tenant.Tenant{}, err
	}
	if len(list) != 1 {
		return tenant.Tenant{}, tenant.ErrNotFound
	}
	return list[0], nil
}

// zoneOf is the zone of the tenants when they share one, else UTC.
func (a *api) zoneOf(ctx context.Context, scope tenant.Scope) (*time.Location, error) {
	list, err := a.Tenants.Tenants(ctx, scope)
	if err != nil || len(list) == 0 {
		return time.UTC, err
	}
	for _, t := range list {
		if t.Zone != list[0].Zone {
			return time.UTC, nil
		}
	}
	zone, err := time.LoadLocation(list[0].Zone)
	if err != nil {
		return time.UTC, nil
	}
	return zone, nil
}
