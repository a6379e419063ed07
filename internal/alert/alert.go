// Package alert holds what detectors found and what people said of it.
//
// What enters: findings of detect, judgements of analysts.
// What leaves: Alert, Item, Judgement, and the Tracker that puts alerts into items.
// What it never does: evaluate a rule, or keep records at rest.
package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Names of detectors.
const (
	DetectorSigma       = "sigma"             // a rule on one event
	DetectorCorrelation = "sigma-correlation" // a correlation of several events; its summary is no line of a log
)

// Alert is one immutable finding of a detector with the events that prove it.
type Alert struct {
	ID             string // derived from rule and events by NewID: the same finding has the same id in every replay
	Item           string // id of the item that it belongs to; set by the Tracker
	Tenant         tenant.ID
	Site           string
	Time           time.Time // of the last event
	Rule           string    // id of the rule
	Title          string    // of the rule, in English
	TitleJA        string    // of the rule, in Japanese; "" when it has none
	Detector       string    // "sigma"
	Level          Level
	Phase          Phase
	Tactics        []string // ATT&CK tactics, "initial-access"
	Techniques     []string // ATT&CK techniques, "T1059.001"
	DeviceSeverity string   // what the device itself said 重要度(機器); "" when it said nothing
	Events         []event.ID
	Dataset        string
	Source         string // id of the source of the last event
	Matched        []Matched
	Entities       []event.Entity
	Summary        string // the event in a line, from its own values; for a list
}

// Matched is one condition of the rule that held: which field, which value, which pattern.
type Matched struct {
	Field   string `json:"field"`
	Value   string `json:"value"`
	Pattern string `json:"pattern,omitempty"`
}

// NewID derives an alert's id from the rule and the events that prove it.
func NewID(rule string, events ...event.ID) string {
	h := sha256.New()
	h.Write([]byte(rule))
	for _, id := range events {
		h.Write([]byte{0})
		h.Write([]byte(id.String()))
	}
	return "a" + hex.EncodeToString(h.Sum(nil)[:12])
}

// Host is the host that the alert is about: the one that tells, else the address acted on is not a host and "" is returned.
func (a *Alert) Host() string { return a.entity(event.KindHost, event.RoleSubject) }

// User is the person who acts; "" when nobody is named.
func (a *Alert) User() string { return a.entity(event.KindUser, event.RoleSubject) }

// SourceIP is the address that the connection came from; "" when there is none.
func (a *Alert) SourceIP() string { return a.entity(event.KindIP, event.RoleSource) }

func (a *Alert) entity(kind event.EntityKind, role event.Role) string {
	for _, e := range a.Entities {
		if e.Kind == kind && e.Role == role {
			return e.Value
		}
	}
	return ""
}
