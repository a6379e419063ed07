// Package incident holds the case: items of one threat, worked on as one.
//
// What enters: what grouping ties together, and what people do with it.
// What leaves: Incident with its members and the reason why each belongs.
// What it never does: decide what belongs together (grouping does), or keep records at rest.
package incident

import (
	"context"
	"errors"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// ErrNotFound says that no such incident can be seen by the caller.
var ErrNotFound = errors.New("no such incident")

// Incident is one threat to one tenant.
type Incident struct {
	ID       string // derived from the alert that tied its first two items
	Year     int    // that it is counted in, of YearOf; when 0, the store takes that of First
	Number   int64  // counts within the tenant and year from 1; set by the store
	Tenant   tenant.ID
	Level    alert.Level // highest of its items
	Phase    alert.Phase // furthest reached
	First    time.Time   // event time of its earliest alert
	Last     time.Time   // event time of its latest alert
	Title    string      // in English, from its facts
	TitleJA  string
	Members  []Member // in the order of their first alerts
	Status   Status
	MergedTo string // id of the incident that took its items over; "" when it stands for itself
}

// Status is where the work on an incident stands.
type Status string

// Statuses.
const (
	Open       Status = "open"        // 未着手
	InProgress Status = "in_progress" // 対応中
	Closed     Status = "closed"      // クローズ
)

// Member is an item of an incident and why it belongs.
type Member struct {
	Item   string // id
	Reason Reason
}

// ReasonCode says by which rule an item was tied.
type ReasonCode string

// Reasons. The catalogue has a sentence for each, in Japanese and English.
const (
	ReasonFirst      ReasonCode = "first"       // the incident began with it
	ReasonSameHost   ReasonCode = "same_host"   // same host within SameHostWithin of With
	ReasonSharedItem ReasonCode = "shared"      // other host, within SharedWithin, through an entity that is not common
	ReasonMerged     ReasonCode = "merged_with" // its incident was joined to this one through Entity
)

// Reason is why an item belongs, in facts.
type Reason struct {
	Code   ReasonCode   `json:"code"`
	Entity event.Entity `json:"entity"`          // the host, or the entity that both share
	With   string       `json:"with,omitempty"`  // id of the item that it was tied to
	GapSec int64        `json:"gap_s,omitempty"` // event time between the two, in seconds
}

// View is an incident with what is derived from other records.
type View struct {
	Incident
	Items     []alert.ItemView // in the order of Members
	Hosts     []string
	Users     []string
	UpdatedBy string
	UpdatedAt time.Time
}

// Filter narrows a listing of incidents. Zero fields do not narrow.
type Filter struct {
	Status   Status
	Site     string
	From, To time.Time // of the incident's last alert, To exclusive
	Offset   int
	Limit    int // 100 unless set, at most 1000
}

// Store keeps incidents at rest. Writing of members is the pipeline's. Methods are safe for concurrent use.
type Store interface {
	// Incidents lists incidents of the scope that stand for themselves, open ones first, by level then newest, without Items of the view, and how many there are in all.
	Incidents(ctx context.Context, scope tenant.Scope, f Filter) (list []View, total int, err error)
	// Incident returns one incident with its items by id or by "INC-2026-0001"; ErrNotFound. A merged one answers with the incident that took it over.
	Incident(ctx context.Context, scope tenant.Scope, id string) (View, error)
	// SetStatus changes where the work stands; ErrNotFound.
	SetStatus(ctx context.Context, scope tenant.Scope, id string, status Status, by string, at time.Time) error
}
