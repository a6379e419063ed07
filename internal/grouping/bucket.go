package grouping

import (
	"cmp"
	"slices"
)

// maxPerEntity is how many items are remembered of one entity; the earlier half of them goes first.
const maxPerEntity = 1024

// bucket is the items of one host or entity.
type bucket struct {
	nodes   []*node // in the order of arrival
	settled int     // that many of the first are in one incident
}

func into[K comparable](all map[K]*bucket, key K, n *node) *bucket {
	b := all[key]
	if b == nil {
		b = &bucket{}
		all[key] = b
	}
	at := len(b.nodes)
	for at > 0 && b.nodes[at-1].order > n.order {
		at--
	}
	b.nodes = slices.Insert(b.nodes, at, n)
	b.settled = min(b.settled, at)
	return b
}

func prune[K comparable](all map[K]*bucket, touched map[K]bool) {
	for key := range touched {
		b := all[key]
		if b == nil {
			continue
		}
		b.nodes, b.settled = slices.DeleteFunc(b.nodes, func(n *node) bool { return n.gone }), 0
		if len(b.nodes) == 0 {
			delete(all, key)
		}
	}
}

// settle finds how many of the first nodes are in one incident, and which.
func (b *bucket) settle() *open {
	o := b.nodes[0].incident()
	if o == nil {
		return nil
	}
	for b.settled < len(b.nodes) && b.nodes[b.settled].incident() == o {
		b.settled++
	}
	return o
}

// candidates are the nodes that may be linked to n and whose incident may take it in, in the order of arrival.
// Of many in one incident the first that is linked is enough: whether the incident takes n in does not depend on who asks.
func (r *reach) candidates(n *node) []*node {
	var out []*node
	if mine := n.incident(); mine != nil && mine.full() {
		return nil
	}
	if n.Host != "" {
		out = r.collect(out, n, r.byHost[n.Host])
	}
	for _, e := range n.Entities {
		if !r.common.common(e) {
			out = r.collect(out, n, r.byEntity[e])
		}
	}
	slices.SortFunc(out, func(a, b *node) int { return cmp.Compare(a.order, b.order) })
	return slices.Compact(out)
}

func (r *reach) collect(out []*node, n *node, b *bucket) []*node {
	mine, from := n.incident(), 0
	if o := b.settle(); o != nil {
		from = b.settled
		if o != mine && !o.full() {
			out = r.firstLinked(out, n, b.nodes[:from])
		}
	}
	for _, other := range b.nodes[from:] {
		o := other.incident()
		if other == n || o != nil && (o == mine || o.full()) {
			continue
		}
		if r.near(n, other) {
			out = append(out, other)
		}
	}
	return out
}

func (r *reach) firstLinked(out []*node, n *node, nodes []*node) []*node {
	for _, other := range nodes {
		if r.near(n, other) {
			if _, ok := r.link(n, other); ok {
				return append(out, other)
			}
		}
	}
	return out
}

func (r *reach) near(n, other *node) bool { return apart(n.Item, other.Item) <= SameHostWithin }
