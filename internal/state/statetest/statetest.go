// Package statetest is the conformance suite of a store of records: whatever keeps them, in one file or on a server, passes it.
//
// What enters: a function that opens an empty store.
// What leaves: failures of the test for everything that departs from the contracts of the nouns.
// What it never does: look behind the contracts; what only one implementation promises (files, migrations, kills) is tested beside it.
package statetest

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Records is all that a store of records offers.
type Records interface {
	tenant.Store
	auth.Store
	source.Store
	source.Changes
	alert.Store
	alert.Trends
	incident.Store
	pipeline.Records
	rule.Statistics
	rule.Sets
	Close() error
}

// Run tests a store. Each call of open gives an empty one of its own, which the suite does not close.
func Run(t *testing.T, open func(t *testing.T) Records) {
	for _, part := range []struct {
		name string
		test func(w *World)
	}{
		{"tenants", tenants},
		{"people", people},
		{"sessions", sessions},
		{"audit", audit},
		{"sources", sources},
		{"source changes", sourceChanges},
		{"items", items},
		{"item order", itemOrder},
		{"item filters", itemFilters},
		{"item numbers", itemNumbers},
		{"alerts", alerts},
		{"hostile text", hostileText},
		{"any time", anyTime},
		{"any text", anyText},
		{"tenant unknown", tenantUnknown},
		{"said twice", saidTwice},
		{"judgements", judgements},
		{"judgement of the past", judgementOfThePast},
		{"judge while alerts come", judgeWhileAlertsCome},
		{"incidents", incidents},
		{"incident order", incidentOrder},
		{"incident numbers", incidentNumbers},
		{"incident status", incidentStatus},
		{"incidents merged", incidentsMerged},
		{"merged status", mergedStatus},
		{"merged in chain", mergedInChain},
		{"cursor", cursor},
		{"nothing half", nothingHalf},
		{"snapshots", snapshots},
		{"rule spans", ruleSpans},
		{"rule sets", ruleSets},
		{"gaps of rules", gaps},
		{"rule statistics", ruleStatistics},
		{"hits by day", hitsByDay},
		{"backlog", backlog},
		{"items by hour", itemsByHour},
		{"judged", judged},
		{"techniques", techniques},
		{"phases", phases},
		{"isolation", isolation},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(NewWorld(t, open(t))) })
	}
}

// World is a store with two tenants, aoi and beni, and the hand that commits into it.
type World struct {
	*testing.T
	Records
	Aoi, Beni tenant.ID
	All       tenant.Scope
	seq       uint64
}

// Noon is when the suite's events begin.
var Noon = time.Date(2026, 4, 1, 12, 0, 0, 123456000, time.UTC)

// NewWorld fills an empty store.
func NewWorld(t *testing.T, r Records) *World {
	t.Helper()
	w := &World{T: t, Records: r, Aoi: ID(t, "aoi"), Beni: ID(t, "beni")}
	w.All = tenant.NewScope(w.Aoi, w.Beni)
	for _, id := range []tenant.ID{w.Aoi, w.Beni} {
		sites := []tenant.Site{{ID: "tokyo", Name: "東京"}, {ID: "osaka", Name: "大阪"}}
		w.ok(r.CreateTenant(t.Context(), tenant.Tenant{ID: id, Name: id.String() + " 株式会社", Sites: sites, Created: Noon}))
	}
	return w
}

// ID makes a tenant's id.
func ID(t testing.TB, name string) tenant.ID {
	t.Helper()
	id, err := tenant.ParseID(name)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (w *World) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *World) is(got, want error) {
	w.Helper()
	if !errors.Is(got, want) {
		w.Errorf("error %v, want %v", got, want)
	}
}

func (w *World) same(what string, got, want any) {
	w.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(tenant.ID{}, netip.Prefix{})); diff != "" {
		w.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// Commit commits as the next step of partition 0.
func (w *World) Commit(c pipeline.Commit) pipeline.Change {
	w.Helper()
	w.seq++
	c.Cursor = pipeline.Cursor{Epoch: 1, Seq: w.seq, RuleSet: "r1"}
	change, err := w.CommitStep(w.Context(), c)
	w.ok(err)
	return change
}

// Finding is an alert and the item that begins with it.
func (w *World) Finding(of tenant.ID, ruleID, host string, at time.Time) (alert.Alert, alert.Item) {
	a := alert.Alert{
		ID:     alert.NewID(ruleID+of.String()+host, event.ID{Epoch: 1, Seq: uint64(at.UnixMicro())}),
		Tenant: of, Site: "tokyo", Time: at, Rule: ruleID, Title: "Title of " + ruleID, TitleJA: ruleID + " の題", Detector: "sigma",
		Level: alert.High, Phase: alert.Foothold, Tactics: []string{"execution"}, Techniques: []string{"T1059.001"}, DeviceSeverity: "2",
		Events: []event.ID{{Epoch: 1, Partition: 3, Seq: 7, Pos: 9}}, Dataset: "windows.sysmon", Source: "win-1",
		Matched: []alert.Matched{{Field: "Image", Value: `C:\a'b"?.exe`, Pattern: "*.exe"}},
		Entities: []event.Entity{
			{Kind: event.KindHost, Value: host, Role: event.RoleSubject},
			{Kind: event.KindUser, Value: "hanako", Role: event.RoleSubject},
			{Kind: event.KindIP, Value: "192.0.2.7", Role: event.RoleSource},
		},
		Summary: "started " + host,
	}
	a.Item = "i" + a.ID[1:]
	return a, alert.Item{
		ID: a.Item, Tenant: of, Site: a.Site, Rule: a.Rule, Title: a.Title, TitleJA: a.TitleJA, Level: a.Level, Phase: a.Phase,
		Subject: alert.SubjectOf(&a), First: at, Last: at,
	}
}

// Add commits a finding and returns its item.
func (w *World) Add(of tenant.ID, ruleID, host string, at time.Time, edit ...func(*alert.Alert, *alert.Item)) alert.Item {
	w.Helper()
	a, it := w.Finding(of, ruleID, host, at)
	for _, f := range edit {
		f(&a, &it)
	}
	w.Commit(pipeline.Commit{Alerts: []alert.Alert{a}, Items: []alert.Item{it}})
	return it
}

// More commits a further alert of an item.
func (w *World) More(it alert.Item, at time.Time) alert.Item {
	w.Helper()
	a, _ := w.Finding(it.Tenant, it.Rule, it.Subject.Value, at)
	a.Item, a.Summary, it.Last = it.ID, "again "+it.Subject.Value, at
	w.Commit(pipeline.Commit{Alerts: []alert.Alert{a}, Items: []alert.Item{it}})
	return it
}

// Judge says something of an item.
func (w *World) Judge(it alert.Item, v alert.Verdict) alert.Judgement {
	w.Helper()
	j, err := w.Records.Judge(w.Context(), w.All, alert.Judgement{Item: it.ID, Verdict: v, By: "p1", ByName: "Hanako", At: Noon.Add(time.Hour), Comment: "見た"})
	w.ok(err)
	return j
}

func (w *World) item(id string) alert.ItemView {
	w.Helper()
	v, err := w.Item(w.Context(), w.All, id)
	w.ok(err)
	return v
}
