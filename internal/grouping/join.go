package grouping

import (
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/incident"
)

// open is an incident that may still grow.
type open struct {
	Incident incident.Incident
	into     *open // the one that took it over
	inReach  int   // nodes
	dirty    bool  // among what Changed is to tell
	top      finding
	hosts    map[string]struct{}
	others   map[string]struct{} // addresses, for what has no host
}

// root is the incident that stands for this one.
func (o *open) root() *open {
	for o != nil && o.into != nil {
		if o.into.into != nil {
			o.into = o.into.into
		}
		o = o.into
	}
	return o
}

// tie is the work on one alert.
type tie struct {
	*reach
	grouper *Grouper
	alert   *alert.Alert
	at      time.Time
	node    *node
}

func (t *tie) changed(o *open) {
	if !o.dirty {
		o.dirty = true
		t.grouper.changed = append(t.grouper.changed, o)
	}
}

func (t *tie) join(other *node, reason incident.Reason) {
	mine, theirs := t.node.incident(), other.incident()
	switch {
	case mine == nil && theirs == nil:
		t.begin(other, reason)
	case mine == nil:
		t.enter(theirs, t.node, reason)
	case theirs == nil:
		back := reason
		back.With = t.node.Item.ID
		t.enter(mine, other, back)
	default:
		t.merge(mine, theirs, reason)
	}
}

// begin names the incident after the alert that ties: one alert begins one at most, and no other incident ever has its name.
func (t *tie) begin(other *node, reason incident.Reason) {
	if span(t.node.Item, other.Item) > IncidentLongest {
		return
	}
	first, second := other, t.node
	if earlierItem(t.node, other) {
		first, second = t.node, other
		reason.With = t.node.Item.ID
	}
	o := newOpen(incident.Incident{
		ID: "n" + t.alert.ID[1:], Tenant: t.node.Item.Tenant, Year: incident.YearOf(t.at), Status: incident.Open,
	})
	t.incidents[o.Incident.ID] = o
	t.add(o, first, incident.Reason{Code: incident.ReasonFirst})
	t.add(o, second, reason)
}

func (t *tie) enter(o *open, n *node, reason incident.Reason) {
	if o.full() || later(o.Incident.Last, n.Item.Last).Sub(earlier(o.Incident.First, n.Item.First)) > IncidentLongest {
		return
	}
	t.add(o, n, reason)
}

func (t *tie) add(o *open, n *node, reason incident.Reason) {
	n.of = o
	o.inReach++
	t.memberOf[n.Item.ID] = o
	o.Incident.Members = append(o.Incident.Members, incident.Member{Item: n.Item.ID, Reason: reason})
	o.widen(n)
	t.changed(o)
}

// merge lets the incident that began first take the other over.
func (t *tie) merge(a, b *open, reason incident.Reason) {
	if later(a.Incident.Last, b.Incident.Last).Sub(earlier(a.Incident.First, b.Incident.First)) > IncidentLongest ||
		len(a.Incident.Members)+len(b.Incident.Members) > MembersAtMost {
		return
	}
	into, from := a, b
	if b.Incident.First.Before(a.Incident.First) || b.Incident.First.Equal(a.Incident.First) && b.Incident.ID < a.Incident.ID {
		into, from = b, a
	}
	for _, m := range from.Incident.Members {
		if m.Reason.Code == incident.ReasonFirst {
			m.Reason = incident.Reason{Code: incident.ReasonMerged, Entity: reason.Entity, With: reason.With, GapSec: reason.GapSec}
		}
		into.Incident.Members = append(into.Incident.Members, m)
	}
	into.takeOver(from)
	delete(t.incidents, from.Incident.ID)
	t.changed(into)
	t.changed(from)
}

func newOpen(in incident.Incident) *open {
	return &open{Incident: in, hosts: map[string]struct{}{}, others: map[string]struct{}{}}
}

func (o *open) full() bool { return len(o.Incident.Members) >= MembersAtMost }

// widen brings the incident up to date with one of its items.
func (o *open) widen(n *node) {
	o.stretch(n.Item.First, n.Item.Last, n.Item.Level, n.Item.Phase)
	o.name(n)
}

func (o *open) stretch(first, last time.Time, level alert.Level, phase alert.Phase) {
	in := &o.Incident
	if in.First.IsZero() || first.Before(in.First) {
		in.First = first
	}
	in.Last = later(in.Last, last)
	in.Level = max(in.Level, level)
	in.Phase = max(in.Phase, phase)
}

func (o *open) takeOver(from *open) {
	o.stretch(from.Incident.First, from.Incident.Last, from.Incident.Level, from.Incident.Phase)
	o.inReach += from.inReach
	if from.top.graver(o.top) {
		o.top = from.top
	}
	for h := range from.hosts {
		o.hosts[h] = struct{}{}
	}
	for h := range from.others {
		o.others[h] = struct{}{}
	}
	from.into = o
	from.Incident.MergedTo, from.Incident.Members = o.Incident.ID, nil
}
