package alert

import (
	"context"
	"time"

	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// TrendFilter narrows an overview. Zero fields do not narrow.
type TrendFilter struct {
	Site     string
	From, To time.Time // event time, To exclusive; of judgements the time at which they were made
}

// Backlog is the open queue at a glance.
type Backlog struct {
	Open     map[Level]int // open items by level
	Reopened int           // those of them that were judged before
	Oldest   time.Time     // First of the oldest open item; zero when none is open
}

// HourCount is how many items began in an hour, by level.
type HourCount struct {
	Hour   time.Time // its start, UTC
	Levels map[Level]int
}

// Judged counts the verdicts in force that were given in a span.
type Judged struct {
	Verdicts map[Verdict]int
}

// FalseRate is the share of false positives and over-detections in all verdicts that say what the item is: holds and tests do not count.
// ok is false when there is no such verdict.
func (j Judged) FalseRate() (rate float64, ok bool) {
	cried, all := 0, 0
	for v, n := range j.Verdicts {
		switch v {
		case Hold, Test:
			continue
		case FalsePositive, OverDetection:
			cried += n
		}
		all += n
	}
	if all == 0 {
		return 0, false
	}
	return float64(cried) / float64(all), true
}

// TechniqueCount is how often an ATT&CK technique was seen.
type TechniqueCount struct {
	Technique string
	Items     int
	Last      time.Time // event time of the latest item
}

// PhaseCount is how many incidents have reached a phase at the furthest.
type PhaseCount struct {
	Phase     Phase
	Incidents int
}

// Trends answers the overview's questions. Methods are safe for concurrent use.
type Trends interface {
	// Backlog sums the open queue; From and To do not narrow it.
	Backlog(ctx context.Context, scope tenant.Scope, f TrendFilter) (Backlog, error)
	// ItemsByHour counts items by the hour in which they began, in order; hours without item are left out.
	ItemsByHour(ctx context.Context, scope tenant.Scope, f TrendFilter) ([]HourCount, error)
	// Judged counts verdicts in force by when they were given; items that were reopened since are left out.
	Judged(ctx context.Context, scope tenant.Scope, f TrendFilter) (Judged, error)
	// Techniques counts the techniques of items whose last alert lies in the span, most frequent first. An item has those that its rule named last.
	Techniques(ctx context.Context, scope tenant.Scope, f TrendFilter) ([]TechniqueCount, error)
	// Phases counts incidents that are not closed by the furthest phase reached, in the order of an attack; From and To do not narrow it.
	Phases(ctx context.Context, scope tenant.Scope, f TrendFilter) ([]PhaseCount, error)
}
