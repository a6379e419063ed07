package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/api"
	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/report"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/state"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/store/duckdb"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// noon is what every clock shows; the seeded events lie shortly before.
var noon = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

const password = "correct horse battery"

// world is a server on real stores with two tenants, alpha and bravo, of the same shape. All that is bravo's has "bravo" in it.
type world struct {
	t      *testing.T
	url    string
	state  *state.State
	gate   *auth.Gate
	broker *api.Broker
	log    *bytes.Buffer
	rules  rules
	a, b   *ground

	sessions int
}

// ground is one tenant with what it has.
type ground struct {
	id       tenant.ID
	items    []alert.Item
	incident incident.Incident
	events   []event.ID
	source   source.Source
	analyst  auth.Person
	admin    auth.Person
}

func newWorld(t *testing.T, change ...func(*api.Deps)) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{t: t, log: &bytes.Buffer{}, broker: api.NewBroker(), rules: rules{&atomic.Bool{}, &atomic.Bool{}, &atomic.Bool{}}}
	var err error
	if w.state, err = state.Open(t.Context(), filepath.Join(dir, "records.db"), state.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.state.Close() })
	events, err := duckdb.Open(t.Context(), filepath.Join(dir, "events.duckdb"), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = events.Close() })
	now := func() time.Time { return noon }
	log := slog.New(slog.NewTextHandler(w.log, nil))
	w.gate = auth.NewGate(w.state, w.state, now, log)
	w.a, w.b = w.found("alpha", events, 1), w.found("bravo", events, 2)
	w.person(auth.Person{Name: "root", Role: auth.Administrator, AllTenants: true})
	deps := api.Deps{
		Gate: w.gate, Tenants: w.state, Sources: w.state, Health: health{}, Alerts: w.state, Trends: w.state, Incidents: w.state, Events: events,
		Rules: w.rules, RuleStats: w.state, Teller: report.Teller{}, Broker: w.broker, NewTenantID: tenant.ParseID,
		Now: now, Log: log, Version: "test", SyslogPort: 514,
	}
	for _, f := range change {
		f(&deps)
	}
	server := httptest.NewServer(api.New(deps))
	t.Cleanup(func() {
		w.broker.Close()
		server.Close()
	})
	w.url = server.URL + api.Prefix
	return w
}

// hash is of password; argon2id is slow by design, so it is made once.
var hash = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "noroshi")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	records, err := state.Open(context.Background(), filepath.Join(dir, "records.db"), state.Options{})
	if err != nil {
		panic(err)
	}
	defer func() { _ = records.Close() }()
	gate := auth.NewGate(records, records, time.Now, slog.New(slog.DiscardHandler))
	p, _, err := gate.CreatePerson(context.Background(), auth.Local(), auth.Person{Name: "x", Role: auth.Analyst}, password, "")
	if err != nil {
		panic(err)
	}
	_, made, err := records.PersonByName(context.Background(), p.Name)
	if err != nil {
		panic(err)
	}
	return made
})

func (w *world) person(p auth.Person) auth.Person {
	w.t.Helper()
	p.ID, p.DisplayName, p.Created = "p-"+p.Name, "Display "+p.Name, noon
	if err := w.state.CreatePerson(w.t.Context(), p, hash()); err != nil {
		w.t.Fatal(err)
	}
	return p
}

// found makes a tenant with a site, people, a source, three events, two items of which the first is judged, and an incident of both.
func (w *world) found(name string, events *duckdb.Store, partition uint16) *ground {
	w.t.Helper()
	ctx := w.t.Context()
	id, err := tenant.ParseID(name)
	if err != nil {
		w.t.Fatal(err)
	}
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	must(w.state.CreateTenant(ctx, tenant.Tenant{ID: id, Name: "Company " + name, Zone: "Asia/Tokyo", Sites: []tenant.Site{{ID: "hq", Name: name + " head office"}}}))
	g := &ground{id: id}
	g.analyst = w.person(auth.Person{Name: "analyst-" + name, Role: auth.Analyst, Tenants: []tenant.ID{id}})
	g.admin = w.person(auth.Person{Name: "admin-" + name, Role: auth.Administrator, Tenants: []tenant.ID{id}})
	g.source = source.Source{ID: "src-" + name, Tenant: id, Site: "hq", Name: "Sensor of " + name, Format: source.FormatAuto, Zone: "UTC", Port: 5140 + int(partition)}
	must(w.state.CreateSource(ctx, g.source, [32]byte{byte(partition)}))
	rows := eventsOf(id, partition)
	must(events.Insert(ctx, rows, store.Mark{Epoch: 1, Partition: partition, Seq: 1}))
	for _, r := range rows {
		g.events = append(g.events, r.ID)
	}
	commit := findings(id, rows)
	commit.Cursor = pipeline.Cursor{Epoch: 1, Partition: partition, Seq: 1, RuleSet: "v1"}
	_, err = w.state.CommitStep(ctx, commit)
	must(err)
	g.items, g.incident = commit.Items, commit.Incidents[0]
	_, err = w.state.Judge(ctx, tenant.NewScope(id), alert.Judgement{
		Item: g.items[0].ID, Verdict: alert.Level3, By: g.analyst.ID, ByName: g.analyst.DisplayName, At: noon.Add(-time.Minute), Comment: "by " + name,
	})
	must(err)
	return g
}

func eventsOf(id tenant.ID, partition uint16) []store.Row {
	name := id.String()
	raw := [][]byte{
		[]byte(`{"EventID":1,"CommandLine":"powershell -enc ` + name + `","user":"` + name + `-user"}`),
		[]byte(`{"EventID":3,"dst":"203.0.113.9","host":"` + name + `-pc"}`),
		[]byte("\xff\xfe " + name),
	}
	rows := make([]store.Row, len(raw))
	for i := range raw {
		e := event.Event{
			ID: event.ID{Epoch: 1, Partition: partition, Seq: 1, Pos: uint32(i)}, Tenant: id, Site: "hq", Source: "src-" + name, Dataset: "windows.sysmon",
			Time: noon.Add(time.Duration(i-30)*time.Minute + 123456*time.Microsecond), Received: noon.Add(-10 * time.Minute), Raw: raw[i], Size: len(raw[i]),
			Fields:   event.Fields{{Name: "EventID", Value: event.Num("1")}, {Name: "CommandLine", Value: event.Str("powershell -enc " + name)}},
			Entities: []event.Entity{{Kind: event.KindHost, Value: name + "-pc", Role: event.RoleSubject}},
		}
		e.Columns[event.HostName], e.Columns[event.ProcessPID], e.Columns[event.DestinationIP] = name+"-pc", "4711", "203.0.113.9"
		rows[i] = store.Row{Event: e, Rules: []string{"rule-1"}}
	}
	rows[2].Dataset, rows[2].Problem, rows[2].Fields = event.DatasetUnparsed, "not UTF-8", nil
	return rows
}

// findings are two alerts of two items of one incident.
func findings(id tenant.ID, rows []store.Row) pipeline.Commit {
	name := id.String()
	var c pipeline.Commit
	tracker := alert.NewTracker()
	for i, rule := range []string{"rule-1", "rule-2"} {
		e := rows[i].Event
		a := alert.Alert{
			ID: alert.NewID(rule, e.ID), Tenant: id, Site: "hq", Time: e.Time, Rule: rule, Title: "Finding of " + name, TitleJA: "検知 " + name,
			Detector: "sigma", Level: alert.High, Phase: alert.Foothold, Tactics: []string{"execution"}, Techniques: []string{"T1059.001"},
			Events: []event.ID{e.ID}, Dataset: e.Dataset, Source: e.Source, Summary: "powershell " + name,
			Matched:  []alert.Matched{{Field: "CommandLine", Value: "powershell " + name, Pattern: "*powershell*"}},
			Entities: append([]event.Entity{{Kind: event.KindIP, Value: "203.0.113.9", Role: event.RoleDestination}, {Kind: event.KindUser, Value: name + "-user", Role: event.RoleSubject}}, append(slices.Clone(e.Entities), hashes...)...),
		}
		item, _ := tracker.Add(&a, e.Received)
		c.Alerts, c.Items = append(c.Alerts, a), append(c.Items, item)
	}
	host := c.Alerts[0].Entities[2]
	c.Incidents = []incident.Incident{{
		ID: "n" + c.Items[0].ID[1:], Tenant: id, Level: alert.High, Phase: alert.Foothold, First: c.Items[0].First, Last: c.Items[1].Last,
		Title: "Incident of " + name, TitleJA: name + "のインシデント", Status: incident.Open,
		Members: []incident.Member{
			{Item: c.Items[0].ID, Reason: incident.Reason{Code: incident.ReasonFirst}},
			{Item: c.Items[1].ID, Reason: incident.Reason{Code: incident.ReasonSameHost, Entity: host, With: c.Items[0].ID, GapSec: 60}},
		},
	}}
	return c
}

// hashes are of one file.
var hashes = []event.Entity{{Kind: event.KindHash, Value: strings.Repeat("a", 32)}, {Kind: event.KindHash, Value: strings.Repeat("b", 64)}}

// rules is a rule set of two. The second version, which a reload gives, lacks the second of them; "broken" cannot be loaded.
// rule-2 is off until it is switched on.
type rules struct{ broken, reloaded, on *atomic.Bool }

func (r rules) InForce() *api.RuleSet {
	set := &api.RuleSet{Version: "v1", Since: noon.Add(-time.Hour), Rules: []api.RuleInfo{
		{
			ID: "rule-1", Kind: api.KindRule, Filters: []api.RuleRef{{ID: "filter-1", Title: "Our scripts"}}, Title: "Encoded PowerShell", TitleJA: "符号化されたPowerShell", Description: "d", DescriptionJA: "説明", Level: "high", Status: "stable", File: "a.yml",
			Product: "windows", Category: "process_creation", Tags: []string{"attack.execution", "attack.t1059.001"}, FalsePositives: []string{"none"}, Source: "title: x\n",
		},
		{ID: "rule-2", Kind: api.KindCorrelation, Correlation: &api.Correlation{Type: "event_count", Rules: []api.RuleRef{{ID: "rule-1"}}, GroupBy: []string{}, Timespan: 300}, Title: "Second", Level: "low", File: "b.yml", Tags: []string{"attack.defense_evasion", "attack.t1027"}},
	}, Problems: []api.RuleProblem{{File: "c.yml", Line: 3, Rule: "c", Field: "detection", Reason: "unknown modifier"}}, Waiting: []api.RuleProblem{{File: "d.yml", Rule: "d", Reason: "waits for values of placeholder %admins%"}}}
	set.Rules[0].State, set.Rules[1].State = api.RuleOn, api.RuleOn
	if !r.on.Load() {
		set.Rules[1].State, set.Rules[1].StateReason, set.Rules[1].StateSince = api.RuleOff, "too slow", noon.Add(-time.Hour)
	}
	if r.reloaded.Load() {
		set.Version, set.Rules = "v2", set.Rules[:1]
	}
	return set
}

func (r rules) Reload(context.Context) (before, after *api.RuleSet, err error) {
	if r.broken.Load() {
		return nil, nil, fmt.Errorf("%w: open /etc/rules: permission denied", rule.ErrNotLoaded)
	}
	before = r.InForce()
	r.reloaded.Store(true)
	return before, r.InForce(), nil
}

func (r rules) SwitchOn(_ context.Context, id string) error {
	if id != "rule-1" && id != "rule-2" {
		return rule.ErrNotFound
	}
	r.on.Store(true)
	return nil
}

// health knows of two sources, and keeps to the scope.
type health struct{}

func (health) Health(_ context.Context, scope tenant.Scope) (map[string]api.Health, error) {
	out := map[string]api.Health{}
	for _, name := range scope.Strings() {
		out["src-"+name] = api.Health{LastReceived: noon.Add(-90 * time.Second), Events: 3, Unparsed: 1, Refused: 2}
	}
	return out, nil
}

func (health) Received(_ context.Context, _ tenant.Scope, from, to time.Time, width time.Duration) ([]store.Bucket, error) {
	var out []store.Bucket
	for at := from; at.Before(to); at = at.Add(width) {
		out = append(out, store.Bucket{Start: at, Count: 1})
	}
	return out, nil
}

// browser is a signed-in person with a cookie.
type browser struct {
	w      *world
	cookie string
	token  string
}

// as opens a session for a person, as a sign-in does.
func (w *world) as(name string) *browser {
	w.t.Helper()
	w.sessions++
	secret := fmt.Sprint("secret-", w.sessions)
	err := w.state.CreateSession(w.t.Context(), auth.Session{
		ID: fmt.Sprint("s", w.sessions), Person: "p-" + name, Created: noon, LastUsed: noon, Expires: noon.Add(time.Hour),
	}, sha256.Sum256([]byte(secret)))
	if err != nil {
		w.t.Fatal(err)
	}
	return &browser{w: w, cookie: secret}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// call sends a request as the console does; edit may change it.
func (b *browser) call(method, path string, body any, edit ...func(*http.Request)) answer {
	b.w.t.Helper()
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			b.w.t.Fatal(err)
		}
		content = bytes.NewReader(data)
	}
	ctx, cancel := context.WithTimeout(b.w.t.Context(), 20*time.Second) // a live stream that was opened by mistake would not end
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, b.w.url+path, content)
	if err != nil {
		b.w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Noroshi-CSRF", "1")
	if b.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "noroshi_session", Value: b.cookie})
	}
	if b.token != "" {
		r.Header.Set("Authorization", "Bearer "+b.token)
	}
	for _, f := range edit {
		f(r)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		b.w.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{res.StatusCode, res.Header, string(data)}
}

// get wants an answer with this status and reads its body into out.
func (b *browser) want(status int, out any, method, path string, body any) answer {
	b.w.t.Helper()
	got := b.call(method, path, body)
	if got.status != status {
		b.w.t.Fatalf("%s %s: %d, want %d: %s", method, path, got.status, status, got.body)
	}
	if out != nil {
		if err := json.Unmarshal([]byte(got.body), out); err != nil {
			b.w.t.Fatalf("%s %s: %v in %s", method, path, err, got.body)
		}
	}
	return got
}

// refused wants a problem with this status and code.
func (b *browser) refused(status int, code, method, path string, body any, edit ...func(*http.Request)) api.Problem {
	b.w.t.Helper()
	got := b.call(method, path, body, edit...)
	var p api.Problem
	if err := json.Unmarshal([]byte(got.body), &p); err != nil {
		b.w.t.Fatalf("%s %s: %d %q is no problem: %v", method, path, got.status, got.body, err)
	}
	if got.status != status || p.Status != status || p.Code != code || got.header.Get("Content-Type") != "application/problem+json" {
		b.w.t.Errorf("%s %s: %d %s, want %d %s: %s", method, path, got.status, p.Code, status, code, got.body)
	}
	return p
}

func (w *world) audits() int {
	w.t.Helper()
	_, n, err := w.state.Entries(w.t.Context(), 0, 1)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s: %s, want %s", what, g, w)
	}
}

func holds(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s lacks %q: %s", what, part, text)
		}
	}
}
