// Package api is the HTTP face of Noroshi: JSON under /api/v1, its OpenAPI document and the live stream.
//
// What enters: requests of signed-in people and of programs with an API token.
// What leaves: what the stores hold of the tenants that the caller may read, and changes made in the caller's name, each with a line in the audit log.
// What it never does: take in telemetry, decide who may see what (auth does), keep anything, or tell an outsider why something is not there.
package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Prefix is where the handler of New is to be mounted. Ingest is mounted below it by the app, and wins by its longer path.
const Prefix = "/api/v1"

// Deps are what the API stands on. All are needed but Broker, which is made when nil.
type Deps struct {
	Gate      *auth.Gate
	Tenants   tenant.Store
	Sources   Sources
	Health    SourceHealth
	Alerts    alert.Store
	Trends    alert.Trends
	Incidents incident.Store
	Events    Events
	Rules     Rules
	RuleStats rule.Statistics
	Teller    Teller
	Broker    *Broker

	// NewTenantID makes the id of a tenant that an administrator of all tenants declares.
	NewTenantID func(string) (tenant.ID, error)

	Now          func() time.Time
	Log          *slog.Logger
	Version      string
	Demo         bool          // plays the demo; the console says so
	SecureCookie bool          // the console is reached by TLS, also where a proxy ends it
	SyslogPort   int           // common to the sources that are known by their senders; 0 for none
	PingEvery    time.Duration // of the live stream; 15 s unless set
}

// Events is the event store as people ask it.
type Events interface {
	Search(ctx context.Context, s store.Search) ([]store.Row, error)
	Event(ctx context.Context, scope tenant.Scope, id event.ID) (store.Row, error)
	store.Counter
}

// Sources keeps sources and changes them.
type Sources interface {
	CreateSource(ctx context.Context, s source.Source, tokenHash [32]byte) error
	Sources(ctx context.Context, scope tenant.Scope) ([]source.Source, error)
	source.Changes
}

// Teller puts facts into words, in Japanese ("ja") and English ("en").
type Teller interface {
	// FirstReport drafts the first report 第1報 of an incident as Markdown; times are in the tenant's zone.
	FirstReport(view incident.View, alerts []alert.Alert, lang string, of tenant.Tenant) (title, markdown string)
	// Sentence tells what an item's alerts show, in one sentence.
	Sentence(item alert.ItemView, alerts []alert.Alert, lang string) string
	// Reason tells why an item belongs to its incident; with is the title of the item that it was tied to, "" for none.
	Reason(r incident.Reason, with, lang string) string
	// Part says which part an entity of an alert plays: victim, attacker, account or tool.
	Part(e event.Entity) string
}

type api struct {
	Deps
	huma huma.API
}

// New returns the handler of everything under Prefix. It checks the sign-in itself; no other check is needed before it.
func New(deps Deps) http.Handler {
	if deps.Broker == nil {
		deps.Broker = NewBroker()
	}
	if deps.PingEvery <= 0 {
		deps.PingEvery = 15 * time.Second
	}
	a, mux := build(deps)
	document, err := a.document()
	mux.HandleFunc("GET "+Prefix+"/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		if err != nil {
			a.refuse(w, a.internal("openapi", err))
			return
		}
		w.Header().Set("Content-Type", "application/vnd.oai.openapi+json")
		_, _ = w.Write(document)
	})
	mux.HandleFunc(Prefix+"/", func(w http.ResponseWriter, _ *http.Request) { a.refuse(w, notFound()) })
	return a.guard(mux)
}

// Document returns the OpenAPI document, indented and the same for the same code.
func Document() ([]byte, error) {
	a, _ := build(Deps{})
	return a.document()
}

func build(deps Deps) (*api, *http.ServeMux) {
	setHuma()
	config := huma.DefaultConfig("Noroshi", "1")
	config.Info.Description = "Everything that the console does, for programs too."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil // no $schema in bodies
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: cookieName},
		"token":   {Type: "http", Scheme: "bearer"},
	}
	config.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	mux := http.NewServeMux()
	a := &api{Deps: deps}
	a.huma = humago.New(mux, config)
	a.session()
	a.items()
	a.incidents()
	a.events()
	a.rules()
	a.overview()
	a.tenants()
	a.people()
	a.sources()
	a.audit()
	a.tokens()
	a.live()
	return a, mux
}

func (a *api) document() ([]byte, error) {
	data, err := json.MarshalIndent(a.huma.OpenAPI(), "", "  ")
	return append(data, '\n'), err
}
