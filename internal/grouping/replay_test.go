package grouping_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/grouping"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// arrival is an alert and when it came in.
type arrival struct {
	alert    alert.Alert
	received time.Time
}

// arrivals are alerts around New Year, some late and some from the future.
func arrivals(w *world, seed uint64) (out []arrival) {
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test's dice
	base := time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)
	for i := range 400 {
		a := w.made(alert.Level(1+r.IntN(4)), fmt.Sprint("r", r.IntN(6)), fmt.Sprint("h", r.IntN(12)), 0, fmt.Sprint("hash:x", r.IntN(60)), fmt.Sprint("ip:192.0.2.", r.IntN(9)))
		received := base.Add(time.Duration(i) * 6 * time.Minute)
		a.Time = received
		switch r.IntN(12) {
		case 0, 1, 2:
			a.Time = received.Add(-time.Duration(r.Int64N(int64(10 * time.Hour))))
		case 3:
			a.Time = received.Add(9 * time.Hour)
		case 4:
			a.Time = received.AddDate(8000, 0, 0)
		}
		out = append(out, arrival{*a, received})
	}
	return out
}

func (w *world) restore() {
	w.t.Helper()
	items, err := w.tracker.Snapshot()
	if err != nil {
		w.t.Fatal(err)
	}
	groups, err := w.grouper.Snapshot()
	if err != nil {
		w.t.Fatal(err)
	}
	w.tracker, w.grouper = alert.NewTracker(), grouping.New()
	if err := w.tracker.Restore(items); err != nil {
		w.t.Fatal(err)
	}
	if err := w.grouper.Restore(groups); err != nil {
		w.t.Fatal(err)
	}
}

// TestReplayGivesTheSame: neither how commits are cut nor where the memory was restored makes a difference to the incidents, their years or their order.
func TestReplayGivesTheSame(t *testing.T) {
	merged, years := 0, map[int]bool{}
	for seed := range uint64(12) {
		whole, cut := newWorld(t), newWorld(t)
		r := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // a test's dice
		cut.held = true
		for _, a := range arrivals(newWorld(t), seed) {
			one, two := a.alert, a.alert
			whole.take(&one, a.received)
			cut.take(&two, a.received)
			if r.IntN(10) == 0 {
				cut.commit()
				if r.IntN(2) == 0 {
					cut.restore()
				}
			}
		}
		cut.commit()
		same := cmp.Comparer(func(a, b tenant.ID) bool { return a == b })
		if diff := cmp.Diff([]any{whole.incidents, whole.merged, whole.order}, []any{cut.incidents, cut.merged, cut.order}, same); diff != "" {
			t.Errorf("seed %d: %.3000s", seed, diff)
		}
		merged += len(whole.merged)
		for _, in := range whole.incidents {
			years[in.Year] = true
		}
	}
	if merged == 0 || !years[2025] || !years[2026] {
		t.Errorf("%d merged, years %v: the test shows little", merged, years)
	}
}

// TestYearIsThatOfTheTie: an incident is counted in the year in which it was found out, whatever late alerts say of its begin.
func TestYearIsThatOfTheTie(t *testing.T) {
	f := func(want int, received time.Time, times ...time.Time) {
		t.Helper()
		w := newWorld(t)
		w.held = true
		for i, at := range times {
			a := w.made(alert.High, fmt.Sprint("r", i), "h", 0)
			a.Time = at
			w.take(a, received)
		}
		got := w.grouper.Changed()
		if len(got) != 1 || got[0].Year != want {
			t.Errorf("got %+v, want one of %d", got, want)
		}
	}
	year := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f(2026, year.Add(time.Hour), year.Add(-time.Minute), year.Add(time.Minute), year.Add(-2*time.Minute))
	f(2025, year.Add(time.Hour), year.Add(time.Minute), year.Add(-time.Minute), year.Add(2*time.Minute))
	f(2026, year, year.AddDate(9000, 0, 0), year.AddDate(9000, 0, 0))
	f(1970, year, year.AddDate(-2020, 0, 0), year.AddDate(-2020, 0, 0))
}
