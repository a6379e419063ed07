// Package grouping ties items into incidents 紐づけ.
//
// What enters: every event (to learn which entities are common) and every alert with its item, of one partition, in order.
// What leaves: the incidents that changed, each with the reason why an item belongs.
// What it never does: score an item, look at the wall clock, or read a store. The same input gives the same incidents.
package grouping

import (
	"slices"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// What ties, in event time between the nearest alerts of two items.
const (
	LevelAtLeast    = alert.Medium
	SameHostWithin  = time.Hour
	SharedWithin    = 30 * time.Minute
	IncidentLongest = 24 * time.Hour // a later item begins a new incident, so that chains end
	MembersAtMost   = 5_000          // further items begin a new incident
)

// What is remembered at most.
const (
	maxEntitiesPer   = 64 // of one item, the first ones count
	maxAlertEntities = 32
	maxItemsInReach  = 20_000 // per tenant; the oldest go first
	maxTitleHosts    = 2
)

// Grouper holds what is within reach of the next alert. It is not safe for concurrent use.
type Grouper struct {
	tenants map[tenant.ID]*reach
	changed []*open // in the order in which they first changed
}

// New returns an empty Grouper.
func New() *Grouper { return &Grouper{tenants: map[tenant.ID]*reach{}} }

func (g *Grouper) of(id tenant.ID) *reach {
	r := g.tenants[id]
	if r == nil {
		r = newReach()
		g.tenants[id] = r
	}
	return r
}

// See learns from an event which hosts its entities are seen with.
func (g *Grouper) See(ev *event.Event) {
	if len(ev.Entities) == 0 {
		return
	}
	host := ev.Entity(event.KindHost, event.RoleSubject)
	if host == "" {
		host = ev.Entity(event.KindIP, event.RoleSource)
	}
	if host == "" {
		return
	}
	of := g.of(ev.Tenant)
	for i := range ev.Entities {
		if ties(ev.Entities[i]) {
			of.common.see(ev.Entities[i], host, alert.Believed(ev.Time, ev.Received))
		}
	}
}

// Tie takes an alert with its item as it is now, and ties the item to others in reach; an item below LevelAtLeast to none.
// Receipt is that of the alert's last event; it bounds how far the alert's own time is believed. Changed tells what came of it.
func (g *Grouper) Tie(item alert.Item, a *alert.Alert, received time.Time) {
	if item.Level < LevelAtLeast {
		return
	}
	of := g.of(item.Tenant)
	if of.horizon.Advance(a.Time, received) || len(of.nodes) >= maxItemsInReach {
		of.forget()
	}
	t := tie{reach: of, grouper: g, alert: a, at: alert.Believed(a.Time, received), node: of.node(item, a)}
	if o := t.node.incident(); o != nil {
		o.widen(t.node)
		t.changed(o)
	}
	for _, other := range of.candidates(t.node) {
		if mine := t.node.incident(); mine != nil && mine == other.incident() {
			continue
		}
		if reason, ok := of.link(t.node, other); ok {
			t.join(other, reason)
		}
	}
}

// Changed returns the incidents that changed since it was last asked, whole, in the order in which they first changed.
// An incident that was taken over by another has MergedTo set and no members.
func (g *Grouper) Changed() []incident.Incident {
	out := make([]incident.Incident, 0, len(g.changed))
	for _, o := range g.changed {
		o.dirty = false
		o.title()
		kept := o.Incident
		kept.Members = slices.Clone(kept.Members)
		out = append(out, kept)
	}
	g.changed = nil
	return out
}
