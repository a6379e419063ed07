package grouping_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/grouping"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

var day = time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC)

func aoi(t testing.TB) tenant.ID {
	t.Helper()
	id, err := tenant.ParseID("aoi")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// world runs alerts through a tracker and a grouper as the pipeline does, and keeps the incidents as a store would.
type world struct {
	t         testing.TB
	tracker   *alert.Tracker
	grouper   *grouping.Grouper
	incidents map[string]incident.Incident
	merged    map[string]incident.Incident
	order     []string // of incidents, as they became known
	items     map[string]alert.Item
	held      bool // commits are made by the test
	n         uint64
}

func newWorld(t testing.TB) *world {
	return &world{t: t, tracker: alert.NewTracker(), grouper: grouping.New(), incidents: map[string]incident.Incident{}, items: map[string]alert.Item{}, merged: map[string]incident.Incident{}}
}

// alert adds a finding of rule on host after some minutes; others are "kind:value".
func (w *world) alert(level alert.Level, rule, host string, minute int, others ...string) alert.Item {
	a := w.made(level, rule, host, minute, others...)
	w.take(a, a.Time)
	return w.items[a.Item]
}

// made is the alert that alert adds.
func (w *world) made(level alert.Level, rule, host string, minute int, others ...string) *alert.Alert {
	w.n++
	a := &alert.Alert{
		ID: alert.NewID(rule, event.ID{Epoch: 1, Seq: w.n}), Tenant: aoi(w.t), Rule: rule, Title: rule, Level: level, Time: day.Add(time.Duration(minute) * time.Minute),
		Entities: []event.Entity{{Kind: event.KindHost, Value: host, Role: event.RoleSubject}}, Phase: alert.Foothold,
	}
	for _, o := range others {
		kind, value, _ := strings.Cut(o, ":")
		role := event.RoleDestination
		if kind == string(event.KindProcess) {
			role = event.RoleSubject
		}
		a.Entities = append(a.Entities, event.Entity{Kind: event.EntityKind(kind), Value: value, Role: role})
	}
	return a
}

// take puts an alert through both stages.
func (w *world) take(a *alert.Alert, received time.Time) {
	w.grouper.See(&event.Event{Tenant: a.Tenant, Time: a.Time, Received: received, Entities: a.Entities})
	item, _ := w.tracker.Add(a, received)
	w.items[item.ID] = item
	w.grouper.Tie(item, a, received)
	if w.held {
		return
	}
	w.commit()
}

// commit keeps what changed.
func (w *world) commit() {
	for _, in := range w.grouper.Changed() {
		if !slices.Contains(w.order, in.ID) {
			w.order = append(w.order, in.ID)
		}
		if in.MergedTo != "" {
			w.merged[in.ID] = in
			delete(w.incidents, in.ID)
			continue
		}
		w.incidents[in.ID] = in
	}
}

// sizes are how many items each incident has, ascending.
func (w *world) sizes() string {
	var n []int
	for _, in := range w.incidents {
		n = append(n, len(in.Members))
	}
	slices.Sort(n)
	return fmt.Sprint(n)
}

func (w *world) want(sizes string) {
	w.t.Helper()
	if got := w.sizes(); got != sizes {
		w.t.Errorf("incidents of %s items, want %s", got, sizes)
	}
}

func TestSameHostWithinAnHour(t *testing.T) {
	w := newWorld(t)
	w.alert(alert.Medium, "a", "h1", 0)
	w.want("[]")
	w.alert(alert.High, "b", "h1", 60)
	w.want("[2]")
	w.alert(alert.High, "c", "h1", 121)
	w.want("[2]")
	w.alert(alert.Low, "d", "h1", 60)
	w.want("[2]")
	for _, in := range w.incidents {
		if in.Level != alert.High || in.Members[0].Reason.Code != incident.ReasonFirst {
			t.Errorf("got %+v", in)
		}
		if r := in.Members[1].Reason; r.Code != incident.ReasonSameHost || r.Entity.Value != "h1" || r.GapSec != 3600 || r.With != in.Members[0].Item {
			t.Errorf("reason %+v", r)
		}
	}
}

func TestOtherHostThroughSharedEntity(t *testing.T) {
	w := newWorld(t)
	w.alert(alert.Medium, "a", "h1", 0, "ip:203.0.113.9")
	w.alert(alert.Medium, "a", "h2", 30, "ip:203.0.113.9")
	w.want("[2]")
	w.alert(alert.Medium, "a", "h3", 61, "ip:203.0.113.9")
	w.want("[2]")
	w.alert(alert.Medium, "b", "h4", 30, "process:powershell.exe")
	w.alert(alert.Medium, "b", "h5", 30, "process:powershell.exe")
	w.want("[2]")
}

// TestTiedToTheFirstToArrive: of several items that an alert could be tied to, the reason names the first that arrived.
func TestTiedToTheFirstToArrive(t *testing.T) {
	w := newWorld(t)
	first := w.alert(alert.Medium, "a", "h1", 0, "domain:c2.example", "user:u")
	w.alert(alert.Medium, "a", "h2", 1, "domain:c2.example")
	w.alert(alert.Medium, "a", "h3", 2, "user:u", "domain:c2.example")
	w.want("[3]")
	for _, in := range w.incidents {
		for _, m := range in.Members[1:] {
			if m.Reason.With != first.ID {
				t.Errorf("tied to %+v, want the first", m.Reason)
			}
		}
	}
	w = newWorld(t)
	first = w.alert(alert.Medium, "a", "h1", 0, "domain:c2.example")
	w.alert(alert.Medium, "a", "h2", 0, "user:u")
	w.alert(alert.Medium, "a", "h3", 1, "user:u", "domain:c2.example")
	w.want("[3]")
	for _, in := range w.incidents {
		if m := in.Members[1]; in.Members[0].Item != first.ID || m.Reason.With != first.ID {
			t.Errorf("began with %+v", in.Members)
		}
	}
}

func TestTitleNamesFindingAndHosts(t *testing.T) {
	w := newWorld(t)
	f := func(want string) {
		t.Helper()
		for _, in := range w.incidents {
			if got := in.Title + " " + in.TitleJA; got != want {
				t.Errorf("titled %q, want %q", got, want)
			}
		}
	}
	w.alert(alert.Medium, "a", "h3", 0, "hash:x")
	w.alert(alert.High, "b", "h3", 1)
	f("b (h3) b(h3)")
	w.alert(alert.High, "c", "h1", 2, "hash:x")
	f("b (h1, h3) b(h1、h3)")
	w.alert(alert.Critical, "d", "h2", 3, "hash:x")
	f("d (h1, h2 and 1 more) d(h1、h2ほか1台)")
}

func TestHashOfAnOrdinaryProgramTiesNothing(t *testing.T) {
	f := func(process, want string) {
		t.Helper()
		w := newWorld(t)
		w.alert(alert.High, "a", "h1", 0, "process:"+process, "hash:aa11")
		w.alert(alert.High, "a", "h2", 1, "process:"+process, "hash:aa11")
		w.want(want)
	}
	f(`c:\windows\system32\cmd.exe`, "[]")
	f(`c:\users\k\appdata\q8.exe`, "[2]")
}

func TestCommonEntityTiesNothing(t *testing.T) {
	w := newWorld(t)
	for i := range 6 {
		w.grouper.See(&event.Event{Tenant: aoi(t), Time: day, Entities: []event.Entity{
			{Kind: event.KindHost, Value: fmt.Sprint("pc", i), Role: event.RoleSubject}, {Kind: event.KindIP, Value: "192.0.2.53", Role: event.RoleDestination},
		}})
	}
	w.alert(alert.High, "a", "h1", 0, "ip:192.0.2.53")
	w.alert(alert.High, "a", "h2", 1, "ip:192.0.2.53")
	w.want("[]")
}

func TestLaterLinkMergesIncidents(t *testing.T) {
	w := newWorld(t)
	w.alert(alert.Medium, "a", "h1", 0)
	w.alert(alert.Medium, "b", "h1", 1)
	w.alert(alert.Medium, "a", "h2", 5)
	w.alert(alert.Medium, "b", "h2", 6)
	w.want("[2 2]")
	w.alert(alert.Medium, "c", "h1", 7, "domain:c2.example")
	w.alert(alert.Medium, "c", "h2", 8, "domain:c2.example")
	w.want("[6]")
	for _, in := range w.incidents {
		codes := map[incident.ReasonCode]int{}
		for _, m := range in.Members {
			codes[m.Reason.Code]++
		}
		if codes[incident.ReasonFirst] != 1 || codes[incident.ReasonMerged] != 1 {
			t.Errorf("reasons %v", codes)
		}
	}
}

func TestChainsEndAfterADay(t *testing.T) {
	w := newWorld(t)
	for i := range 60 {
		w.alert(alert.Medium, fmt.Sprint("r", i), "h1", i*55)
	}
	for _, in := range w.incidents {
		if in.Last.Sub(in.First) > grouping.IncidentLongest {
			t.Errorf("incident of %v", in.Last.Sub(in.First))
		}
	}
	if len(w.incidents) < 2 {
		t.Errorf("%d incidents over 55 hours", len(w.incidents))
	}
}

func TestTenantsNeverTie(t *testing.T) {
	w := newWorld(t)
	w.alert(alert.High, "a", "h1", 0)
	beni, err := tenant.ParseID("beni")
	if err != nil {
		t.Fatal(err)
	}
	a := &alert.Alert{
		ID: "a1", Tenant: beni, Rule: "b", Level: alert.High, Time: day,
		Entities: []event.Entity{{Kind: event.KindHost, Value: "h1", Role: event.RoleSubject}},
	}
	item, _ := w.tracker.Add(a, a.Time)
	w.grouper.Tie(item, a, a.Time)
	if got := w.grouper.Changed(); len(got) != 0 {
		t.Errorf("tied across tenants: %+v", got)
	}
}

func TestRestoredGrouperGoesOnTheSame(t *testing.T) {
	whole, broken := newWorld(t), newWorld(t)
	for i := range 120 {
		for _, w := range []*world{whole, broken} {
			w.alert(alert.Level(1+i%4), fmt.Sprint("r", i%7), fmt.Sprint("h", i%9), i*5, fmt.Sprint("ip:198.51.100.", i%11))
		}
		if i%30 == 29 {
			data, err := broken.grouper.Snapshot()
			if err != nil {
				t.Fatal(err)
			}
			broken.grouper = grouping.New()
			if err := broken.grouper.Restore(data); err != nil {
				t.Fatal(err)
			}
		}
	}
	if diff := cmp.Diff(whole.incidents, broken.incidents, cmp.Comparer(func(a, b tenant.ID) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if len(whole.incidents) == 0 {
		t.Error("nothing was tied: the test shows nothing")
	}
}
