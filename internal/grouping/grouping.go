// Package grouping ties items into incidents 紐づけ.
//
// What enters: every event (to learn which entities are common) and every alert with its item, of one partition, in order.
// What leaves: the incidents that changed, each with the reason why an item belongs.
// What it never does: score an item, look at the wall clock, or read a store. The same input gives the same incidents.
package grouping

import (
	"slices"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// What ties, in event time between the nearest alerts of two items.
const (
	LevelAtLeast     = alert.Medium
	SameHostWithin   = time.Hour
	SharedWithin     = 30 * time.Minute
	IncidentLongest  = 24 * time.Hour // a later item begins a new incident, so that chains end
	forgetAfter      = 6 * time.Hour  // items further behind the newest are out of reach
	maxEntitiesPer   = 64             // of one item, the first ones count
	maxItemsInReach  = 20_000         // per tenant; the oldest go first
	maxTitleHosts    = 2
	maxAlertEntities = 32
)

// Grouper holds what is within reach of the next alert. It is not safe for concurrent use.
type Grouper struct{ tenants map[tenant.ID]*reach }

// New returns an empty Grouper.
func New() *Grouper { return &Grouper{tenants: map[tenant.ID]*reach{}} }

// reach is one tenant's recent items and incidents.
type reach struct {
	newest    time.Time
	nodes     []*node // in the order of arrival
	byItem    map[string]*node
	incidents map[string]*open
	common    *commonness
}

// node is one item within reach.
type node struct {
	Item     alert.Item
	Host     string // what "the same host" means: the subject when it is a host or an address
	Entities []event.Entity
	Incident string
}

// open is an incident that may still grow.
type open struct {
	Incident incident.Incident
	Nodes    []string // ids of items, the same order as Members
}

func (g *Grouper) of(id tenant.ID) *reach {
	r := g.tenants[id]
	if r == nil {
		r = &reach{byItem: map[string]*node{}, incidents: map[string]*open{}, common: newCommonness()}
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
			of.common.see(ev.Entities[i], host, ev.Time)
		}
	}
}

// ties reports whether an entity of this kind can tie hosts together. Names of programs and files are shared by every machine of a make.
func ties(e event.Entity) bool {
	switch e.Kind {
	case event.KindIP, event.KindUser, event.KindDomain, event.KindURL, event.KindHash, event.KindHost:
		return true
	default:
		return false
	}
}

// Tie takes an alert with its item as it is now and returns the incidents that changed, whole; none for an item below LevelAtLeast or tied to nothing.
// An incident that was taken over by another has MergedTo set and no members.
func (g *Grouper) Tie(item alert.Item, a *alert.Alert) []incident.Incident {
	if item.Level < LevelAtLeast {
		return nil
	}
	of := g.of(item.Tenant)
	of.forget(a.Time)
	n := of.node(item, a)
	changed := map[string]bool{}
	if n.Incident != "" && of.incidents[n.Incident] != nil {
		changed[n.Incident] = true // its times or level moved
	}
	for _, other := range of.nodes {
		if other == n {
			continue
		}
		if reason, ok := of.link(n, other); ok {
			of.join(n, other, reason, changed)
		}
	}
	return of.collect(changed)
}

func (r *reach) node(item alert.Item, a *alert.Alert) *node {
	n := r.byItem[item.ID]
	if n == nil {
		n = &node{}
		if item.Subject.Kind == event.KindHost || item.Subject.Kind == event.KindIP {
			n.Host = item.Subject.Value
		}
		r.byItem[item.ID] = n
		r.nodes = append(r.nodes, n)
	}
	n.Item = item
	n.Item.Incident = n.Incident
	ordinary := ordinaryProgram(a)
	for i, e := range a.Entities {
		if ordinary && e.Kind == event.KindHash {
			continue // the same on every machine with that version
		}
		if i < maxAlertEntities && len(n.Entities) < maxEntitiesPer && ties(e) && !n.has(e) {
			n.Entities = append(n.Entities, event.Entity{Kind: e.Kind, Value: e.Value})
		}
	}
	return n
}

// ordinaryProgram reports whether the alert's process lies where only installers write: its hash says nothing of an attacker.
func ordinaryProgram(a *alert.Alert) bool {
	return slices.ContainsFunc(a.Entities, func(e event.Entity) bool {
		return e.Kind == event.KindProcess && e.Role == event.RoleSubject &&
			(strings.HasPrefix(e.Value, `c:\windows\system32\`) || strings.HasPrefix(e.Value, `c:\windows\syswow64\`) || strings.HasPrefix(e.Value, `c:\program files`))
	})
}

func (n *node) has(e event.Entity) bool {
	return slices.ContainsFunc(n.Entities, func(x event.Entity) bool { return x.Kind == e.Kind && x.Value == e.Value })
}

// link says why two items belong together: the same host within SameHostWithin, else a shared entity that is not common within SharedWithin.
func (r *reach) link(n, other *node) (incident.Reason, bool) {
	gap := apart(n.Item, other.Item)
	reason := incident.Reason{With: other.Item.ID, GapSec: int64(gap / time.Second)}
	if n.Host != "" && n.Host == other.Host {
		reason.Code = incident.ReasonSameHost
		reason.Entity = event.Entity{Kind: n.Item.Subject.Kind, Value: n.Host}
		return reason, gap <= SameHostWithin
	}
	if gap > SharedWithin {
		return reason, false
	}
	for _, e := range n.Entities {
		if other.has(e) && !r.common.common(e) {
			reason.Code, reason.Entity = incident.ReasonSharedItem, e
			return reason, true
		}
	}
	return reason, false
}

// apart is the event time between two items: zero when they overlap.
func apart(a, b alert.Item) time.Duration {
	switch {
	case a.First.After(b.Last):
		return a.First.Sub(b.Last)
	case b.First.After(a.Last):
		return b.First.Sub(a.Last)
	default:
		return 0
	}
}

func (r *reach) join(n, other *node, reason incident.Reason, changed map[string]bool) {
	mine, theirs := r.incidents[n.Incident], r.incidents[other.Incident]
	switch {
	case mine == nil && theirs == nil:
		r.begin(n, other, reason, changed)
	case mine == nil:
		r.enter(theirs, n, reason, changed)
	case theirs == nil:
		back := reason
		back.With = n.Item.ID
		r.enter(mine, other, back, changed)
	case mine != theirs:
		r.merge(mine, theirs, reason, changed)
	}
}

func (r *reach) begin(n, other *node, reason incident.Reason, changed map[string]bool) {
	if span(n.Item, other.Item) > IncidentLongest {
		return
	}
	first, second := other, n
	if earlierItem(n, other) {
		first, second = n, other
		reason.With = n.Item.ID
	}
	o := &open{Incident: incident.Incident{ID: "n" + first.Item.ID[1:], Tenant: n.Item.Tenant, Status: incident.Open}}
	r.incidents[o.Incident.ID] = o
	o.add(first, incident.Reason{Code: incident.ReasonFirst})
	o.add(second, reason)
	changed[o.Incident.ID] = true
}

func earlierItem(a, b *node) bool {
	if !a.Item.First.Equal(b.Item.First) {
		return a.Item.First.Before(b.Item.First)
	}
	return a.Item.ID < b.Item.ID
}

func span(a, b alert.Item) time.Duration {
	return later(a.Last, b.Last).Sub(earlier(a.First, b.First))
}

func (r *reach) enter(o *open, n *node, reason incident.Reason, changed map[string]bool) {
	if later(o.Incident.Last, n.Item.Last).Sub(earlier(o.Incident.First, n.Item.First)) > IncidentLongest {
		return
	}
	o.add(n, reason)
	changed[o.Incident.ID] = true
}

func (o *open) add(n *node, reason incident.Reason) {
	if slices.Contains(o.Nodes, n.Item.ID) {
		return
	}
	n.Incident, n.Item.Incident = o.Incident.ID, o.Incident.ID
	o.Nodes = append(o.Nodes, n.Item.ID)
	o.Incident.Members = append(o.Incident.Members, incident.Member{Item: n.Item.ID, Reason: reason})
	o.widen(n.Item)
}

func (o *open) widen(item alert.Item) {
	in := &o.Incident
	if in.First.IsZero() || item.First.Before(in.First) {
		in.First = item.First
	}
	in.Last = later(in.Last, item.Last)
	in.Level = max(in.Level, item.Level)
	in.Phase = max(in.Phase, item.Phase)
}

// merge lets the incident that began first take the other over.
func (r *reach) merge(a, b *open, reason incident.Reason, changed map[string]bool) {
	if later(a.Incident.Last, b.Incident.Last).Sub(earlier(a.Incident.First, b.Incident.First)) > IncidentLongest {
		return
	}
	into, from := a, b
	if b.Incident.First.Before(a.Incident.First) || b.Incident.First.Equal(a.Incident.First) && b.Incident.ID < a.Incident.ID {
		into, from = b, a
	}
	for i, m := range from.Incident.Members {
		why := m.Reason
		if why.Code == incident.ReasonFirst {
			why = incident.Reason{Code: incident.ReasonMerged, Entity: reason.Entity, With: reason.With, GapSec: reason.GapSec}
		}
		into.Nodes = append(into.Nodes, from.Nodes[i])
		into.Incident.Members = append(into.Incident.Members, incident.Member{Item: m.Item, Reason: why})
		if n := r.byItem[m.Item]; n != nil {
			n.Incident, n.Item.Incident = into.Incident.ID, into.Incident.ID
		}
	}
	into.Incident.First = earlier(into.Incident.First, from.Incident.First)
	into.Incident.Last = later(into.Incident.Last, from.Incident.Last)
	into.Incident.Level = max(into.Incident.Level, from.Incident.Level)
	into.Incident.Phase = max(into.Incident.Phase, from.Incident.Phase)
	from.Incident.Members, from.Nodes, from.Incident.MergedTo = nil, nil, into.Incident.ID
	changed[into.Incident.ID], changed[from.Incident.ID] = true, true
}

// collect returns the changed incidents in order of their ids, with times, level and title as their items are now.
func (r *reach) collect(changed map[string]bool) []incident.Incident {
	ids := make([]string, 0, len(changed))
	for id := range changed {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	out := make([]incident.Incident, 0, len(ids))
	for _, id := range ids {
		o := r.incidents[id]
		if o.Incident.MergedTo != "" {
			delete(r.incidents, id)
		} else {
			for _, item := range o.Nodes {
				if n := r.byItem[item]; n != nil {
					o.widen(n.Item)
				}
			}
			r.title(o)
		}
		kept := o.Incident
		kept.Members = slices.Clone(kept.Members)
		out = append(out, kept)
	}
	return out
}

// forget drops items that no alert can reach any more, and incidents without such items.
func (r *reach) forget(at time.Time) {
	r.newest = later(r.newest, at)
	kept := r.nodes[:0]
	for i, n := range r.nodes {
		if r.newest.Sub(n.Item.Last) > forgetAfter || len(r.nodes)-i > maxItemsInReach {
			delete(r.byItem, n.Item.ID)
			continue
		}
		kept = append(kept, n)
	}
	if len(kept) == len(r.nodes) {
		return
	}
	clear(r.nodes[len(kept):])
	r.nodes = kept
	alive := map[string]bool{}
	for _, n := range kept {
		alive[n.Incident] = true
	}
	for id := range r.incidents {
		if !alive[id] {
			delete(r.incidents, id)
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
