package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// SourceHealth tells how sources do. Methods are safe for concurrent use.
type SourceHealth interface {
	// Health returns what is known of the sources of the scope, by source id; a source that never sent may be missing.
	Health(ctx context.Context, scope tenant.Scope) (map[string]Health, error)
	// Received counts records by their time of receipt in buckets of this width, empty ones included.
	Received(ctx context.Context, scope tenant.Scope, from, to time.Time, width time.Duration) ([]store.Bucket, error)
}

// Health is how one source does.
type Health struct {
	LastReceived time.Time // zero: never
	Events       int64     // in the last hour, by time of receipt
	Unparsed     int64     // of them
	Refused      int64     // records and requests refused since start
}

// Source is one sender of one tenant.
type Source struct {
	ID           string   `json:"id" doc:"Part of the ingest address /api/v1/ingest/{id}"`
	Tenant       string   `json:"tenant"`
	Site         string   `json:"site"`
	Name         string   `json:"name"`
	Format       string   `json:"format" enum:"auto,windows,suricata,zeek,syslog"`
	Zone         string   `json:"zone" doc:"IANA time zone for local times without zone"`
	Port         int      `json:"port" doc:"Own syslog port; 0 for none"`
	Senders      []string `json:"senders" doc:"Networks whose syslog on the common port is this source's"`
	Off          bool     `json:"off" doc:"Refuses everything"`
	Created      Time     `json:"created"`
	LastReceived Time     `json:"last_received,omitzero"`
	Events1h     int64    `json:"events_1h"`
	Unparsed1h   int64    `json:"unparsed_1h"`
	Refused      int64    `json:"refused" doc:"Since the server started"`
}

// SourceList is the sources of the tenants that the caller may see.
type SourceList struct {
	Sources []Source `json:"sources"`
}

// NewSource is a source with its token.
type NewSource struct {
	Source Source `json:"source"`
	Token  string `json:"token" doc:"Shown this once"`
}

// SourceToken is a source's new token.
type SourceToken struct {
	Token string `json:"token" doc:"Shown this once; the one before is refused from now on"`
}

type listSourcesInput struct{ Narrow }

type sourceInput struct {
	ID string `path:"id"`
}

type newSourceInput struct {
	Body struct {
		ID      string   `json:"id,omitempty" pattern:"^[a-z0-9][a-z0-9-]{0,63}$" patternDescription:"1 to 64 lower-case letters, digits and hyphens" doc:"Made from the name unless given"`
		Tenant  string   `json:"tenant"`
		Site    string   `json:"site,omitempty"`
		Name    string   `json:"name" minLength:"1" maxLength:"200"`
		Format  string   `json:"format,omitempty" enum:"auto,windows,suricata,zeek,syslog" default:"auto"`
		Zone    string   `json:"zone,omitempty" maxLength:"64" doc:"The tenant's unless given"`
		Port    int      `json:"port,omitempty" minimum:"0" maximum:"65535"`
		Senders []string `json:"senders,omitempty" maxItems:"200"`
	}
}

type changeSourceInput struct {
	ID   string `path:"id"`
	Body struct {
		Name    *string   `json:"name,omitempty" minLength:"1" maxLength:"200"`
		Off     *bool     `json:"off,omitempty"`
		Zone    *string   `json:"zone,omitempty" maxLength:"64"`
		Site    *string   `json:"site,omitempty"`
		Port    *int      `json:"port,omitempty" minimum:"0" maximum:"65535"`
		Senders *[]string `json:"senders,omitempty"`
	}
}

func (a *api) sources() {
	register(a, administrators, route(http.MethodGet, "/sources", "list-sources", "Sources and how they do", "administration"), a.listSources)
	register(a, administrators, route(http.MethodPost, "/sources", "create-source", "Declare a source", "administration"), a.createSource)
	register(a, administrators, route(http.MethodPut, "/sources/{id}", "change-source", "Change a source", "administration"), a.changeSource)
	register(a, administrators, route(http.MethodPost, "/sources/{id}/token", "rotate-source-token", "Give a source a new token", "administration"), a.rotateSourceToken)
	register(a, administrators, route(http.MethodGet, "/sources/{id}/shippers", "list-shippers", "Configurations of shippers, ready to copy", "administration"), a.listShippers)
}

func sourceOf(s source.Source, h Health) Source {
	return Source{
		ID: s.ID, Tenant: s.Tenant.String(), Site: s.Site, Name: s.Name, Format: string(s.Format), Zone: s.Zone, Port: s.Port,
		Senders: mapped(s.Senders, netip.Prefix.String), Off: s.Off, Created: Time(s.Created),
		LastReceived: Time(h.LastReceived), Events1h: h.Events, Unparsed1h: h.Unparsed, Refused: h.Refused,
	}
}

func (a *api) listSources(ctx context.Context, c *auth.Caller, in *listSourcesInput) (*reply[SourceList], error) {
	scope, err := in.scope(c)
	if err != nil {
		return nil, err
	}
	list, err := a.Sources.Sources(ctx, scope)
	if err != nil {
		return nil, err
	}
	health, err := a.Health.Health(ctx, scope)
	if err != nil {
		return nil, err
	}
	out := mapped(list, func(s source.Source) Source { return sourceOf(s, health[s.ID]) })
	return &reply[SourceList]{SourceList{out}}, nil
}

func (a *api) createSource(ctx context.Context, c *auth.Caller, in *newSourceInput) (*reply[NewSource], error) {
	b := &in.Body
	id, ok := c.Scope.Named(b.Tenant).One()
	if !ok {
		return nil, notFound()
	}
	if b.ID != "" && !c.Person.AllTenants { // a taken id would tell of another tenant's source
		return nil, invalid("body.id", "only an administrator of all tenants may choose the id")
	}
	s := source.Source{
		ID: b.ID, Tenant: id, Site: b.Site, Name: strings.TrimSpace(b.Name), Format: source.Format(b.Format), Zone: b.Zone, Port: b.Port,
		Created: a.Now().UTC(),
	}
	if s.ID == "" {
		s.ID = madeSourceID(s.Name)
	}
	if s.Zone == "" {
		t, err := a.tenantByID(ctx, c.Scope, id)
		if err != nil {
			return nil, err
		}
		s.Zone = t.Zone
	}
	if err := a.checkSource(ctx, c, &s, b.Senders); err != nil {
		return nil, err
	}
	token, hash := newSourceToken()
	if err := a.Sources.CreateSource(ctx, s, hash); err != nil {
		return nil, err
	}
	if err := a.note(ctx, c, "source.create", s.ID, id, s.Name); err != nil {
		return nil, err
	}
	return &reply[NewSource]{NewSource{sourceOf(s, Health{}), token}}, nil
}

// checkSource refuses what a door or normalize could not work with, and reads the senders.
func (a *api) checkSource(ctx context.Context, c *auth.Caller, s *source.Source, senders []string) error {
	if err := checkZone(s.Zone); err != nil {
		return err
	}
	t, err := a.tenantByID(ctx, c.Scope, s.Tenant)
	if err != nil {
		return err
	}
	if s.Site != "" && !slices.ContainsFunc(t.Sites, func(site tenant.Site) bool { return site.ID == s.Site }) {
		return invalid("body.site", "the tenant has no such site")
	}
	s.Senders = nil
	for _, text := range senders {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return invalid("body.senders", "want networks such as 10.0.0.0/8 or 2001:db8::/32")
		}
		s.Senders = append(s.Senders, p.Masked())
	}
	return nil
}

// madeSourceID makes an id from a name, with enough chance in it that none is met twice.
func madeSourceID(name string) string {
	var id strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			id.WriteRune(r)
		case id.Len() > 0 && !strings.HasSuffix(id.String(), "-"):
			id.WriteByte('-')
		}
	}
	slug := strings.Trim(id.String()[:min(id.Len(), 40)], "-")
	if slug == "" {
		slug = "source"
	}
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails, by its contract
	return slug + "-" + hex.EncodeToString(random[:])
}

func newSourceToken() (token string, hash [32]byte) {
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails, by its contract
	token = "nst_" + base64.RawURLEncoding.EncodeToString(random[:])
	return token, sha256.Sum256([]byte(token))
}

func (a *api) sourceByID(ctx context.Context, c *auth.Caller, id string) (source.Source, error) {
	list, err := a.Sources.Sources(ctx, c.Scope)
	if err != nil {
		return source.Source{}, err
	}
	at := slices.IndexFunc(list, func(s source.Source) bool { return s.ID == id })
	if at < 0 {
		return source.Source{}, source.ErrNotFound
	}
	return list[at], nil
}

func (a *api) changeSource(ctx context.Context, c *auth.Caller, in *changeSourceInput) (*reply[Source], error) {
	s, err := a.sourceByID(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	b := &in.Body
	set(&s.Name, b.Name)
	set(&s.Off, b.Off)
	set(&s.Zone, b.Zone)
	set(&s.Site, b.Site)
	set(&s.Port, b.Port)
	senders := mapped(s.Senders, netip.Prefix.String)
	set(&senders, b.Senders)
	if err := a.checkSource(ctx, c, &s, senders); err != nil {
		return nil, err
	}
	if err := a.Sources.UpdateSource(ctx, c.Scope, s); err != nil {
		return nil, err
	}
	if err := a.note(ctx, c, "source.change", s.ID, s.Tenant, s.Name); err != nil {
		return nil, err
	}
	health, err := a.Health.Health(ctx, c.Scope.Only(s.Tenant))
	if err != nil {
		return nil, err
	}
	return &reply[Source]{sourceOf(s, health[s.ID])}, nil
}

func (a *api) rotateSourceToken(ctx context.Context, c *auth.Caller, in *sourceInput) (*reply[SourceToken], error) {
	s, err := a.sourceByID(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	token, hash := newSourceToken()
	if err := a.Sources.SetToken(ctx, c.Scope, s.ID, hash); err != nil {
		return nil, err
	}
	if err := a.note(ctx, c, "source.token", s.ID, s.Tenant, s.Name); err != nil {
		return nil, err
	}
	return &reply[SourceToken]{SourceToken{token}}, nil
}
