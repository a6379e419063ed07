package alert_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

var day = time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC)

func id(t testing.TB, s string) tenant.ID {
	t.Helper()
	out, err := tenant.ParseID(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var made uint64

func at(t testing.TB, owner, rule, host string, after time.Duration) *alert.Alert {
	made++
	return &alert.Alert{
		ID: alert.NewID(rule, event.ID{Epoch: 1, Seq: made}), Tenant: id(t, owner), Rule: rule, Time: day.Add(after), Level: alert.Medium,
		Entities: []event.Entity{{Kind: event.KindHost, Value: host, Role: event.RoleSubject}},
	}
}

// add adds an alert that came in when it happened.
func add(tr *alert.Tracker, a *alert.Alert) (alert.Item, bool) { return tr.Add(a, a.Time) }

// items gives, for alerts of one rule and host at these minutes, how they fall into items: "0 1|2" is two items, the first of alerts 0 and 1.
func items(t *testing.T, tr *alert.Tracker, minutes ...int) string {
	t.Helper()
	var order []string
	members := map[string]string{}
	for i, m := range minutes {
		item, isNew := add(tr, at(t, "aoi", "r", "h", time.Duration(m)*time.Minute))
		if _, ok := members[item.ID]; ok == isNew {
			t.Errorf("alert %d: isNew = %v", i, isNew)
		}
		if isNew {
			order = append(order, item.ID)
		}
		members[item.ID] += fmt.Sprint(i, " ")
	}
	out := ""
	for _, item := range order {
		out += members[item][:len(members[item])-1] + "|"
	}
	return out[:len(out)-1]
}

func TestTrackerClosesByEventTime(t *testing.T) {
	f := func(want string, minutes ...int) {
		t.Helper()
		if got := items(t, alert.NewTracker(), minutes...); got != want {
			t.Errorf("%v: got %q, want %q", minutes, got, want)
		}
	}
	f("0 1 2", 0, 59, 118)
	f("0|1", 0, 60)
	f("0 1 2 3 4", 0, 50, 100, 150, 200)
	f("0 1 2 3 4|5", 0, 50, 100, 150, 200, 250) // longer than 4 h
	f("0|1 2", 0, 120, 61)                      // a late alert joins what it is near to
	f("0 1", 30, 0)                             // out of order
	f("0|1", 0, 24*60)
}

func TestTrackerKeysByTenantRuleAndSubject(t *testing.T) {
	tr := alert.NewTracker()
	a, _ := add(tr, at(t, "aoi", "r", "h", 0))
	for _, other := range []*alert.Alert{at(t, "beni", "r", "h", 0), at(t, "aoi", "q", "h", 0), at(t, "aoi", "r", "g", 0)} {
		if b, isNew := add(tr, other); !isNew || b.ID == a.ID {
			t.Errorf("%+v fell into the same item", other)
		}
	}
}

func TestSubjectOf(t *testing.T) {
	a := at(t, "aoi", "r", "h", 0)
	a.Entities = append(a.Entities,
		event.Entity{Kind: event.KindUser, Value: "u", Role: event.RoleSubject}, event.Entity{Kind: event.KindIP, Value: "192.0.2.1", Role: event.RoleSource})
	for _, want := range []alert.Subject{{Kind: event.KindHost, Value: "h"}, {Kind: event.KindUser, Value: "u"}, {Kind: event.KindIP, Value: "192.0.2.1"}, {}} {
		if got := alert.SubjectOf(a); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
		a.Entities = a.Entities[min(1, len(a.Entities)):]
	}
}

func TestTrackerRestoresItsMemory(t *testing.T) {
	whole, first := alert.NewTracker(), alert.NewTracker()
	var alerts []*alert.Alert
	for i := range 40 {
		alerts = append(alerts, at(t, "aoi", fmt.Sprint("r", i%3), fmt.Sprint("h", i%4), time.Duration(i*17)*time.Minute))
	}
	var want, got []alert.Item
	for i, a := range alerts {
		item, _ := add(whole, a)
		want = append(want, item)
		if i == 20 {
			data, err := first.Snapshot()
			if err != nil {
				t.Fatal(err)
			}
			first = alert.NewTracker()
			if err := first.Restore(data); err != nil {
				t.Fatal(err)
			}
		}
		item, _ = add(first, a)
		got = append(got, item)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b tenant.ID) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func TestPhaseOf(t *testing.T) {
	f := func(want alert.Phase, tactics ...string) {
		t.Helper()
		if got := alert.PhaseOf(tactics); got != want {
			t.Errorf("%v: got %v, want %v", tactics, got, want)
		}
	}
	f(alert.Intrusion, "initial-access")
	f(alert.Foothold, "unknown", "defense-evasion")
	f(alert.Spread, "credential-access", "impact")
	f(alert.Objective, "exfiltration")
	f(alert.Before, "reconnaissance")
	f(alert.NoPhase)
}
