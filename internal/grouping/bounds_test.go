package grouping_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/grouping"
)

func TestClockFromTheFutureMovesNobody(t *testing.T) {
	for _, skew := range []time.Duration{9 * time.Hour, 30 * 24 * time.Hour, 250 * 365 * 24 * time.Hour} {
		w := newWorld(t)
		w.alert(alert.High, "a", "h", 0)
		a := w.made(alert.High, "a", "skewed", 0)
		a.Time = a.Time.Add(skew)
		w.take(a, day)
		w.alert(alert.High, "b", "h", 1)
		w.want("[2]")
	}
}

// TestForgottenItemKeepsToItsIncident: an item is within grouping's reach as long as late alerts join it.
func TestForgottenItemKeepsToItsIncident(t *testing.T) {
	w := newWorld(t)
	for i, rule := range []string{"a", "b", "c", "d"} {
		w.alert(alert.High, rule, "h", 5*i)
	}
	w.alert(alert.High, "a", "other", 490)
	w.alert(alert.High, "a", "h", 50)
	w.alert(alert.High, "e", "h", 51)
	w.want("[5]")
}

// flood fills the Grouper's memory with items of hosts that have nothing in common, in the minute.
func (w *world) flood(n, minute int) {
	w.held = true
	for i := range n {
		a := w.made(alert.Medium, "flood", fmt.Sprintf("m%d-%d", minute, i), minute)
		w.take(a, a.Time)
	}
	w.held = false
	w.commit()
}

// TestIncidentOutlivesItsMemory: when a flood made grouping forget an incident, its items begin another and leave the old one as it is.
func TestIncidentOutlivesItsMemory(t *testing.T) {
	w := newWorld(t)
	w.alert(alert.High, "a", "h", 0)
	w.alert(alert.High, "b", "h", 1)
	w.flood(21_000, 2)
	if len(w.incidents) != 1 {
		t.Fatalf("%d incidents", len(w.incidents))
	}
	w.alert(alert.High, "a", "h", 30)
	w.alert(alert.High, "c", "h", 31)
	w.want("[2 2]")
}

// TestForgottenMemberComesBack: an item that a flood made grouping forget is a member still, when its incident is remembered.
func TestForgottenMemberComesBack(t *testing.T) {
	w := newWorld(t)
	w.alert(alert.High, "a", "h", 0)
	w.alert(alert.High, "b", "h", 1)
	w.flood(15_000, 2)
	w.alert(alert.High, "b", "h", 3)
	w.flood(6_000, 4)
	w.alert(alert.High, "a", "h", 30)
	w.alert(alert.High, "c", "h", 31)
	w.want("[3]")
}

func TestMembersAreBounded(t *testing.T) {
	w := newWorld(t)
	w.held = true
	for i := range grouping.MembersAtMost + 3 {
		w.alert(alert.High, fmt.Sprint("r", i), "h", 0)
	}
	w.commit()
	w.want("[3 5000]")
}

func TestEntityThatBecomesCommonTiesNoLonger(t *testing.T) {
	w := newWorld(t)
	w.alert(alert.High, "a", "h1", 0, "ip:192.0.2.53")
	w.alert(alert.High, "a", "h2", 1, "ip:192.0.2.53")
	w.want("[2]")
	for i := range 30 {
		to := "192.0.2.53"
		if i > 5 {
			to = "192.0.2.54" // most hosts never speak to it
		}
		w.grouper.See(&event.Event{Tenant: aoi(t), Time: day, Received: day, Entities: []event.Entity{
			{Kind: event.KindHost, Value: fmt.Sprint("pc", i), Role: event.RoleSubject}, {Kind: event.KindIP, Value: to, Role: event.RoleDestination},
		}})
	}
	w.alert(alert.High, "a", "h3", 2, "ip:192.0.2.53")
	w.want("[2]")
}

// TestRepeatedAlertCopiesNothing: what an alert costs does not grow with the incident that its item is in.
func TestRepeatedAlertCopiesNothing(t *testing.T) {
	w := newWorld(t)
	w.held = true
	for i := range 3000 {
		w.alert(alert.High, fmt.Sprint("r", i), "h", 0)
	}
	a := w.made(alert.High, "r1", "h", 0)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 100 {
		w.take(a, a.Time)
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / 100; each > 10_000 {
		t.Errorf("%d bytes for an alert", each)
	}
}

// TestCostDoesNotGrowWithWhatIsNotTied compares the cheapest of several rounds, so that a busy machine makes no difference.
func TestCostDoesNotGrowWithWhatIsNotTied(t *testing.T) {
	w := newWorld(t)
	w.held = true
	var rounds []time.Duration
	for range 16 {
		alerts := make([]*alert.Alert, 1000)
		for i := range alerts {
			alerts[i] = w.made(alert.Medium, "a", fmt.Sprint("h", w.n), 0)
		}
		start := time.Now()
		for _, a := range alerts {
			w.take(a, a.Time)
		}
		rounds = append(rounds, time.Since(start))
	}
	few, many := slices.Min(rounds[:5]), slices.Min(rounds[11:])
	if many > 4*few {
		t.Errorf("1000 alerts take %v beside few items, %v beside many", few, many)
	}
}

func BenchmarkTie(b *testing.B) {
	for _, c := range []struct {
		name         string
		size         int
		rule, host   string
		first, other string
	}{
		{"untied", 18_000, "r", "h%d", "user:u%d", "ip:198.51.100.%d"},
		{"onehost", 3_000, "r%d", "h", "user:u", "ip:198.51.100.1"},
		{"chain", 4_500, "r", "h%d", "hash:%d", "hash:%d+"},
	} {
		b.Run(c.name, func(b *testing.B) { benchmark(b, c.size, c.rule, c.host, c.first, c.other) })
	}
}

// benchmark ties as many alerts as size, again and again from nothing.
func benchmark(b *testing.B, size int, rule, host, first, other string) {
	named := func(pattern string, i int) string {
		pattern, next := strings.CutSuffix(pattern, "+")
		if next {
			i++
		}
		return strings.ReplaceAll(pattern, "%d", fmt.Sprint(i))
	}
	w := newWorld(b)
	w.held = true
	alerts := make([]*alert.Alert, size)
	for i := range alerts {
		alerts[i] = w.made(alert.High, named(rule, i), named(host, i), i/1000, named(first, i), named(other, i))
	}
	b.ResetTimer()
	for i := range b.N {
		if i%size == 0 {
			w.tracker, w.grouper = alert.NewTracker(), grouping.New()
		}
		w.take(alerts[i%size], alerts[i%size].Time)
	}
}
