package alert

import (
	"cmp"
	"slices"
	"time"
)

// How far from a tenant's newest alert an item may lie, in event time, and still be joined or tied. Items and grouping go by the same bounds.
const (
	ForgetAfter = 8 * time.Hour
	AheadAtMost = 24 * time.Hour   // no mistaken time zone is further ahead
	clockSlack  = 10 * time.Minute // an event may be this much later than its receipt before its clock is doubted
)

// Horizon is how far a tenant's alerts have come in event time. The zero Horizon is that of a tenant without alerts.
type Horizon struct{ Newest time.Time }

// Believed is the event time of an alert, held back to shortly after its receipt: one clock from the future moves nobody else's horizon.
func Believed(at, received time.Time) time.Time {
	return earlier(at, received.Add(clockSlack)).UTC()
}

// Advance takes note of an alert and reports whether another hour has begun, which is when what is out of reach is to be forgotten.
func (h *Horizon) Advance(at, received time.Time) bool {
	before := h.hour()
	h.Newest = later(h.Newest, Believed(at, received))
	return h.hour().After(before)
}

func (h Horizon) hour() time.Time { return h.Newest.Truncate(time.Hour) }

// Holds reports whether what was last seen then is within reach. It changes by the hour, so that all that go by a Horizon agree.
func (h Horizon) Holds(last time.Time) bool {
	return h.hour().Sub(last) <= ForgetAfter && last.Sub(h.hour()) <= AheadAtMost
}

// OutOfReach picks what is to be forgotten: all that the Horizon does not hold; and when limit or more are left, those last seen longest ago, equal
// ones by id, until three quarters of limit are left. Of these, what lies ahead of the newest alert takes a third at most.
func OutOfReach[T any](h Horizon, all []T, limit int, of func(T) (last time.Time, id string)) (gone []T) {
	var held []T
	for _, x := range all {
		if last, _ := of(x); h.Holds(last) {
			held = append(held, x)
		} else {
			gone = append(gone, x)
		}
	}
	if len(held) < limit {
		return gone
	}
	slices.SortFunc(held, func(a, b T) int {
		lastA, idA := of(a)
		lastB, idB := of(b)
		return cmp.Or(lastB.Compare(lastA), cmp.Compare(idA, idB))
	})
	kept, ahead := 0, 0
	for _, x := range held {
		last, _ := of(x)
		early := last.After(h.Newest)
		if kept >= limit*3/4 || early && ahead >= limit/4 {
			gone = append(gone, x)
			continue
		}
		kept++
		if early {
			ahead++
		}
	}
	return gone
}
