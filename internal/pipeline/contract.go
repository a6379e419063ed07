package pipeline

import (
	"context"
	"errors"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// ErrOldStep says that a commit's sequence is not above the cursor: it was committed before.
var ErrOldStep = errors.New("step is not after the cursor")

// Cursor is how far a partition of the log is done.
type Cursor struct {
	Epoch     uint32
	Partition uint16
	Seq       uint64
	RuleSet   string // version of the rule set under which the last batches were evaluated
}

// Commit is all that one step of a partition changes in the records, in one transaction.
type Commit struct {
	Cursor    Cursor              // Seq after the commit, RuleSet under which its batches were evaluated
	Alerts    []alert.Alert       // new; an id that is there already is left as it is
	Items     []alert.Item        // new or changed (First, Last, Level); numbers are given by the store to new ones, in order, per tenant. What an item is tied into is told by Incidents
	Incidents []incident.Incident // new or changed, with all members; numbers by the store per tenant and Year. What people said (Status) is left as it is
	Snapshots []Snapshot          // memory of the stateful stages at Cursor.Seq, when it is time for one
	Gaps      []rule.Gap          // what rules could not evaluate; added to what is known of the same hour
}

// Snapshot is the memory of one stage at a sequence.
type Snapshot struct {
	Partition uint16
	Stage     string
	Epoch     uint32
	Seq       uint64
	Data      []byte
}

// Records is the store of records as the pipeline needs it. CommitStep is called by one goroutine per partition; everything is safe for concurrent use.
type Records interface {
	// Cursor returns how far the partition is done; Seq 0 when nothing is.
	Cursor(ctx context.Context, epoch uint32, partition uint16) (Cursor, error)
	// CommitStep commits everything in one transaction, durably when it returns, or nothing; ErrOldStep when the sequence is not above the stored cursor.
	// A merged incident (MergedTo) loses its members to the one that took it over.
	CommitStep(ctx context.Context, c Commit) (Change, error)
	// Snapshots returns the newest snapshot of each stage, by the stage's name.
	Snapshots(ctx context.Context, epoch uint32, partition uint16) ([]Snapshot, error)
	// RuleSets says which rule set evaluated which sequences after `after` up to the cursor, in order.
	RuleSets(ctx context.Context, epoch uint32, partition uint16, after uint64) ([]RuleSpan, error)
}

// RuleSpan says under which rule set the sequences From to To, both inclusive, were evaluated.
type RuleSpan struct {
	From, To uint64
	RuleSet  string
}

// Change says what a commit changed, per tenant in order of their ids, for the live stream.
type Change []TenantChange

// TenantChange counts what a commit changed for one tenant.
type TenantChange struct {
	Tenant           tenant.ID
	NewItems         int
	ChangedItems     int
	NewIncidents     int
	ChangedIncidents int
}
