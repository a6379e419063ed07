package state

import (
	"cmp"
	"slices"

	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// changes gathers what a commit changed.
type changes struct {
	byTenant map[tenant.ID]*pipeline.TenantChange
}

func (c *changes) of(id tenant.ID) *pipeline.TenantChange {
	if c.byTenant == nil {
		c.byTenant = map[tenant.ID]*pipeline.TenantChange{}
	}
	if c.byTenant[id] == nil {
		c.byTenant[id] = &pipeline.TenantChange{Tenant: id}
	}
	return c.byTenant[id]
}

func (c *changes) list() pipeline.Change {
	var out pipeline.Change
	for _, t := range c.byTenant {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b pipeline.TenantChange) int { return cmp.Compare(a.Tenant.String(), b.Tenant.String()) })
	return out
}

// group is what a list holds of one tenant, in the list's order.
type group[T any] struct {
	of   tenant.ID
	list []*T
}

func byTenant[T any](list []T, of func(*T) tenant.ID) []group[T] {
	var groups []group[T]
	at := map[tenant.ID]int{}
	for i := range list {
		id := of(&list[i])
		n, ok := at[id]
		if !ok {
			n = len(groups)
			at[id] = n
			groups = append(groups, group[T]{of: id})
		}
		groups[n].list = append(groups[n].list, &list[i])
	}
	return groups
}
