package rule

import (
	"context"
	"errors"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// ErrNoSet says that no rule set of this version was kept.
var ErrNoSet = errors.New("no such rule set")

// Stats is what a rule told, and what people said of it.
type Stats struct {
	Alerts   int
	Items    int
	Open     int                   // items that wait for a judgement
	Verdicts map[alert.Verdict]int // items by the verdict in force; reopened ones count as open only
	LastHit  time.Time             // event time of its latest alert
}

// DayHits is how many alerts a rule gave on one day.
type DayHits struct {
	Day    time.Time // its midnight, in the zone that was asked for
	Alerts int
}

// Gap is how many events of an hour a rule could not evaluate.
type Gap struct {
	Tenant tenant.ID
	Rule   string
	Hour   time.Time // of the events' own time
	Events int
}

// Statistics tells what rules told. Methods are safe for concurrent use.
type Statistics interface {
	// RuleStats gives the statistics of each rule that told something of the scope since the event time, by rule id.
	RuleStats(ctx context.Context, scope tenant.Scope, since time.Time) (map[string]Stats, error)
	// HitsByDay counts a rule's alerts by day of the zone from the day of `from` to that of `to`, both included, days without alert too.
	HitsByDay(ctx context.Context, scope tenant.Scope, rule string, from, to time.Time, zone *time.Location) ([]DayHits, error)
	// Gaps lists what rules could not evaluate, the newest hours first, at most 1000 of them; an empty rule stands for all.
	Gaps(ctx context.Context, scope tenant.Scope, rule string) ([]Gap, error)
}

// Sets keeps rule sets by version, so that history can be replayed under the rules of its time. Methods are safe for concurrent use.
type Sets interface {
	// SaveRuleSet keeps the files of a version, durably when it returns. A version that is there already is left as it is.
	SaveRuleSet(ctx context.Context, version string, files map[string][]byte) error
	// RuleSet returns the files of a version; ErrNoSet.
	RuleSet(ctx context.Context, version string) (map[string][]byte, error)
	// SetInForce notes which version evaluates live events from now on; saying the same version again leaves its Since as it is.
	SetInForce(ctx context.Context, f InForce) error
	// InForce returns what was noted last; ErrNoSet.
	InForce(ctx context.Context) (InForce, error)
}

// InForce is the rule set that evaluates live events.
type InForce struct {
	Version string
	Since   time.Time
}
