package alert

import (
	"context"
	"errors"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// ErrNotFound says that no such alert or item can be seen by the caller.
var ErrNotFound = errors.New("no such alert or item")

// Subject is what an item is about: the host of its alerts, else the person, else the source address.
type Subject struct {
	Kind  event.EntityKind `json:"kind"` // host, user or ip; "" when the alert names none
	Value string           `json:"value"`
}

// SubjectOf says what an alert is about.
func SubjectOf(a *Alert) Subject {
	if h := a.Host(); h != "" {
		return Subject{event.KindHost, h}
	}
	if u := a.User(); u != "" {
		return Subject{event.KindUser, u}
	}
	if ip := a.SourceIP(); ip != "" {
		return Subject{event.KindIP, ip}
	}
	return Subject{}
}

// Item is the queue's row 案件: alerts of one tenant, rule and subject, judged together.
// It is closed after 1 h of event time without alert and is at most 4 h long.
type Item struct {
	ID       string // derived from its first alert
	Number   int64  // counts within the tenant from 1; set by the store
	Tenant   tenant.ID
	Site     string
	Rule     string
	Title    string
	TitleJA  string
	Level    Level
	Phase    Phase
	Subject  Subject
	First    time.Time // event time of its earliest alert
	Last     time.Time // event time of its latest alert
	Incident string    // id of the incident that it is tied into; "" for none
}

// ItemView is an item as the queue shows it, with what is derived from other records.
type ItemView struct {
	Item
	Alerts         int        // how many alerts it has
	Judgement      *Judgement // the one in force, also when more alerts have reopened it; nil for none
	Reopened       bool       // alerts came after the judgement
	IncidentNumber int64
	DeviceSeverity string // of its latest alert
	Summary        string // of its latest alert
}

// Filter narrows a listing of items. Zero fields do not narrow.
type Filter struct {
	Judged   *bool // true: judged and not reopened; false: the open queue
	Level    Level // at least
	Rule     string
	Subject  string
	Site     string
	Incident string
	From, To time.Time // of the item's last alert, To exclusive
	Offset   int
	Limit    int // 100 unless set, at most 1000
}

// Store keeps alerts, items and judgements at rest. Writing of alerts and items is the pipeline's. Methods are safe for concurrent use.
type Store interface {
	// Items lists items of the scope: open ones by level then age, judged ones newest first, and how many there are in all.
	Items(ctx context.Context, scope tenant.Scope, f Filter) (items []ItemView, total int, err error)
	// Item returns one item; ErrNotFound.
	Item(ctx context.Context, scope tenant.Scope, id string) (ItemView, error)
	// Alerts returns an item's alerts, newest first, at most limit.
	Alerts(ctx context.Context, scope tenant.Scope, item string, limit int) ([]Alert, error)
	// Judge adds a judgement to an item; ErrNotFound. The store sets ID and, when Alerts is 0, Alerts.
	Judge(ctx context.Context, scope tenant.Scope, j Judgement) (Judgement, error)
	// Judgements returns an item's judgements, oldest first.
	Judgements(ctx context.Context, scope tenant.Scope, item string) ([]Judgement, error)
}
