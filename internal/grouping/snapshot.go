package grouping

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// saved is a tenant's memory in plain types; tenant.ID stands apart because it is not made from bytes at will.
type saved struct {
	Tenant    string
	Newest    time.Time
	Nodes     []savedNode
	Incidents []savedIncident
	Seen      map[uint64]*sighting
	Hosts     []uint32
}

type savedNode struct {
	ID, Site, Rule, Title, TitleJA string
	Level                          alert.Level
	Phase                          alert.Phase
	Subject                        alert.Subject
	First, Last                    time.Time
	Host                           string
	Entities                       []event.Entity
	Incident                       string
}

type savedIncident struct {
	ID            string
	Year          int
	Level         alert.Level
	Phase         alert.Phase
	First, Last   time.Time
	Members       []incident.Member
	Top           finding
	Hosts, Others []string
}

// Snapshot gives the Grouper's memory in a form that Restore reads. What Changed has not told yet is not in it.
func (g *Grouper) Snapshot() ([]byte, error) {
	all := make([]saved, 0, len(g.tenants))
	for id, r := range g.tenants {
		all = append(all, r.save(id))
	}
	slices.SortFunc(all, func(a, b saved) int { return cmp.Compare(a.Tenant, b.Tenant) })
	var buf bytes.Buffer
	if err := gob.NewEncoder(&buf).Encode(all); err != nil {
		return nil, fmt.Errorf("snapshot of grouping: %w", err)
	}
	return buf.Bytes(), nil
}

func (r *reach) save(id tenant.ID) saved {
	s := saved{Tenant: id.String(), Newest: r.horizon.Newest, Seen: r.common.Seen}
	for h := range r.common.Hosts {
		s.Hosts = append(s.Hosts, h)
	}
	for _, n := range r.nodes {
		i := n.Item
		kept := savedNode{
			ID: i.ID, Site: i.Site, Rule: i.Rule, Title: i.Title, TitleJA: i.TitleJA, Level: i.Level, Phase: i.Phase,
			Subject: i.Subject, First: i.First, Last: i.Last, Host: n.Host, Entities: n.Entities,
		}
		if o := n.incident(); o != nil {
			kept.Incident = o.Incident.ID
		}
		s.Nodes = append(s.Nodes, kept)
	}
	for _, o := range r.incidents {
		in := o.Incident
		s.Incidents = append(s.Incidents, savedIncident{
			ID: in.ID, Year: in.Year, Level: in.Level, Phase: in.Phase, First: in.First, Last: in.Last, Members: in.Members,
			Top: o.top, Hosts: slices.Collect(maps.Keys(o.hosts)), Others: slices.Collect(maps.Keys(o.others)),
		})
	}
	return s
}

// Restore puts back what Snapshot gave, in place of all that the Grouper knew.
func (g *Grouper) Restore(data []byte) error {
	var all []saved
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&all); err != nil {
		return fmt.Errorf("snapshot of grouping: %w", err)
	}
	g.tenants, g.changed = map[tenant.ID]*reach{}, nil
	for _, s := range all {
		id, err := tenant.ParseID(s.Tenant)
		if err != nil {
			return fmt.Errorf("snapshot of grouping: %w", err)
		}
		g.of(id).load(id, s)
	}
	return nil
}

func (r *reach) load(id tenant.ID, s saved) {
	r.horizon.Newest = s.Newest
	if s.Seen != nil {
		r.common.Seen = s.Seen
	}
	for _, h := range s.Hosts {
		r.common.Hosts[h] = struct{}{}
	}
	for _, in := range s.Incidents {
		r.loadIncident(id, in)
	}
	for _, n := range s.Nodes {
		kept := &node{Host: n.Host, Entities: n.Entities, of: r.incidents[n.Incident], Item: alert.Item{
			ID: n.ID, Tenant: id, Site: n.Site, Rule: n.Rule, Title: n.Title, TitleJA: n.TitleJA, Level: n.Level, Phase: n.Phase,
			Subject: n.Subject, First: n.First, Last: n.Last,
		}}
		r.insert(kept)
		for _, e := range n.Entities {
			into(r.byEntity, e, kept)
		}
		if kept.of != nil {
			kept.of.inReach++
		}
	}
}

func (r *reach) loadIncident(id tenant.ID, in savedIncident) {
	o := newOpen(incident.Incident{
		ID: in.ID, Year: in.Year, Tenant: id, Level: in.Level, Phase: in.Phase, First: in.First, Last: in.Last, Members: in.Members, Status: incident.Open,
	})
	o.top = in.Top
	for _, h := range in.Hosts {
		o.hosts[h] = struct{}{}
	}
	for _, h := range in.Others {
		o.others[h] = struct{}{}
	}
	for _, m := range in.Members {
		r.memberOf[m.Item] = o
	}
	r.incidents[in.ID] = o
}
