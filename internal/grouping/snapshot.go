package grouping

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"fmt"
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
	ID, Title, TitleJA string
	Level              alert.Level
	Phase              alert.Phase
	First, Last        time.Time
	Members            []incident.Member
}

// Snapshot gives the Grouper's memory in a form that Restore reads.
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
	s := saved{Tenant: id.String(), Newest: r.newest, Seen: r.common.Seen}
	for h := range r.common.Hosts {
		s.Hosts = append(s.Hosts, h)
	}
	for _, n := range r.nodes {
		i := n.Item
		s.Nodes = append(s.Nodes, savedNode{
			ID: i.ID, Site: i.Site, Rule: i.Rule, Title: i.Title, TitleJA: i.TitleJA, Level: i.Level, Phase: i.Phase,
			Subject: i.Subject, First: i.First, Last: i.Last, Host: n.Host, Entities: n.Entities, Incident: n.Incident,
		})
	}
	for _, o := range r.incidents {
		in := o.Incident
		s.Incidents = append(s.Incidents, savedIncident{
			ID: in.ID, Title: in.Title, TitleJA: in.TitleJA, Level: in.Level, Phase: in.Phase, First: in.First, Last: in.Last, Members: in.Members,
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
	g.tenants = map[tenant.ID]*reach{}
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
	r.newest = s.Newest
	if s.Seen != nil {
		r.common.Seen = s.Seen
	}
	for _, h := range s.Hosts {
		r.common.Hosts[h] = struct{}{}
	}
	for _, n := range s.Nodes {
		item := alert.Item{
			ID: n.ID, Tenant: id, Site: n.Site, Rule: n.Rule, Title: n.Title, TitleJA: n.TitleJA, Level: n.Level, Phase: n.Phase,
			Subject: n.Subject, First: n.First, Last: n.Last, Incident: n.Incident,
		}
		kept := &node{Item: item, Host: n.Host, Entities: n.Entities, Incident: n.Incident}
		r.nodes = append(r.nodes, kept)
		r.byItem[n.ID] = kept
	}
	for _, in := range s.Incidents {
		o := &open{Incident: incident.Incident{
			ID: in.ID, Tenant: id, Title: in.Title, TitleJA: in.TitleJA, Level: in.Level, Phase: in.Phase,
			First: in.First, Last: in.Last, Members: in.Members, Status: incident.Open,
		}}
		for _, m := range in.Members {
			o.Nodes = append(o.Nodes, m.Item)
		}
		r.incidents[in.ID] = o
	}
}
