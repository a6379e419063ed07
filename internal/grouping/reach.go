package grouping

import (
	"slices"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
)

// reach is one tenant's recent items and incidents.
type reach struct {
	horizon   alert.Horizon
	nodes     []*node // in the order of arrival
	arrived   uint64
	byItem    map[string]*node
	byHost    map[string]*bucket
	byEntity  map[event.Entity]*bucket // the same that stand in the nodes' Entities
	incidents map[string]*open         // with an item in reach
	memberOf  map[string]*open         // item → its incident, also when the item itself was forgotten
	common    *commonness
}

func newReach() *reach {
	return &reach{
		byItem: map[string]*node{}, byHost: map[string]*bucket{}, byEntity: map[event.Entity]*bucket{},
		incidents: map[string]*open{}, memberOf: map[string]*open{}, common: newCommonness(),
	}
}

// node is one item within reach.
type node struct {
	Item     alert.Item
	Host     string // what "the same host" means: the subject when it is a host or an address
	Entities []event.Entity
	order    uint64 // of arrival
	of       *open
	gone     bool
}

func (n *node) incident() *open {
	n.of = n.of.root()
	return n.of
}

// node brings the alert's item up to date.
func (r *reach) node(item alert.Item, a *alert.Alert) *node {
	n := r.byItem[item.ID]
	if n == nil {
		n = &node{}
		if item.Subject.Kind == event.KindHost || item.Subject.Kind == event.KindIP {
			n.Host = item.Subject.Value
		}
		n.Item.ID = item.ID
		if n.of = r.memberOf[item.ID].root(); n.of != nil {
			n.of.inReach++
		}
		r.insert(n)
	}
	n.Item = item
	n.Item.First, n.Item.Last = item.First.UTC(), item.Last.UTC()
	ordinary := ordinaryProgram(a)
	for i, e := range a.Entities {
		if i >= maxAlertEntities || len(n.Entities) >= maxEntitiesPer {
			break
		}
		if ordinary && e.Kind == event.KindHash {
			continue // the same on every machine with that version
		}
		if ties(e) && !n.has(e) {
			r.note(n, event.Entity{Kind: e.Kind, Value: e.Value})
		}
	}
	return n
}

func (r *reach) insert(n *node) {
	r.arrived++
	n.order = r.arrived
	r.nodes = append(r.nodes, n)
	r.byItem[n.Item.ID] = n
	if n.Host != "" {
		into(r.byHost, n.Host, n)
	}
}

// note remembers an entity of a node, unless it is seen with many hosts: such a one ties nothing, and is forgotten with all that have it.
func (r *reach) note(n *node, e event.Entity) {
	if r.common.Seen[entityHash(e)].wide() {
		if b := r.byEntity[e]; b != nil {
			for _, other := range b.nodes {
				other.lose(e)
			}
			delete(r.byEntity, e)
		}
		return
	}
	n.Entities = append(n.Entities, e)
	b := into(r.byEntity, e, n)
	if len(b.nodes) > maxPerEntity {
		for _, old := range b.nodes[:len(b.nodes)/2] {
			old.lose(e)
		}
		b.nodes, b.settled = slices.Delete(b.nodes, 0, len(b.nodes)/2), 0
	}
}

func (n *node) lose(e event.Entity) {
	n.Entities = slices.DeleteFunc(n.Entities, func(x event.Entity) bool { return x == e })
}

// forget drops items that no alert can reach any more, or that are too many, and incidents without an item in reach.
func (r *reach) forget() {
	hosts, entities := map[string]bool{}, map[event.Entity]bool{}
	for _, n := range alert.OutOfReach(r.horizon, r.nodes, maxItemsInReach, func(n *node) (time.Time, string) { return n.Item.Last, n.Item.ID }) {
		n.gone = true
		delete(r.byItem, n.Item.ID)
		if n.Host != "" {
			hosts[n.Host] = true
		}
		for _, e := range n.Entities {
			entities[e] = true
		}
		if o := n.incident(); o != nil {
			r.leave(o)
		}
	}
	r.nodes = slices.DeleteFunc(r.nodes, func(n *node) bool { return n.gone })
	prune(r.byHost, hosts)
	prune(r.byEntity, entities)
}

// leave takes note that an item of the incident was forgotten.
func (r *reach) leave(o *open) {
	o.inReach--
	if o.inReach > 0 {
		return
	}
	for _, m := range o.Incident.Members {
		if r.memberOf[m.Item].root() == o {
			delete(r.memberOf, m.Item)
		}
	}
	delete(r.incidents, o.Incident.ID)
}
