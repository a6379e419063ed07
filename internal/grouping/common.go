package grouping

import (
	"cmp"
	"hash/fnv"
	"slices"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// An entity is common when it was seen with more hosts than this, or, among few hosts, with more than half of them.
const (
	commonHosts     = 5
	fewHosts        = 4
	maxRemembered   = 100_000 // entities per tenant
	keptWhenFull    = maxRemembered * 3 / 4
	maxHostsCounted = 4096
)

// commonness counts, for each entity, the distinct hosts that it was seen with, up to commonHosts+1.
type commonness struct {
	Seen  map[uint64]*sighting
	Hosts map[uint32]struct{} // all hosts of the tenant, up to maxHostsCounted
}

type sighting struct {
	Hosts []uint32
	Hour  int64 // event time of the last sighting, in hours
}

func newCommonness() *commonness {
	return &commonness{Seen: map[uint64]*sighting{}, Hosts: map[uint32]struct{}{}}
}

func entityHash(e event.Entity) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(e.Kind))
	_, _ = h.Write([]byte{0})
	_, _ = h.Write([]byte(e.Value))
	return h.Sum64()
}

func hostHash(host string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(host))
	return h.Sum32()
}

func (c *commonness) see(e event.Entity, host string, at time.Time) {
	id := hostHash(host)
	if len(c.Hosts) < maxHostsCounted {
		c.Hosts[id] = struct{}{}
	}
	key := entityHash(e)
	s := c.Seen[key]
	if s == nil {
		if len(c.Seen) >= maxRemembered {
			c.shrink()
		}
		s = &sighting{}
		c.Seen[key] = s
	}
	s.Hour = max(s.Hour, at.Unix()/3600)
	if len(s.Hosts) <= commonHosts && !slices.Contains(s.Hosts, id) {
		s.Hosts = append(s.Hosts, id)
	}
}

// shrink forgets the entities that were seen longest ago; equal ones by their hash, so that a replay forgets the same.
func (c *commonness) shrink() {
	type aged struct {
		key  uint64
		hour int64
	}
	all := make([]aged, 0, len(c.Seen))
	for key, s := range c.Seen {
		all = append(all, aged{key, s.Hour})
	}
	slices.SortFunc(all, func(a, b aged) int { return cmp.Or(cmp.Compare(b.hour, a.hour), cmp.Compare(a.key, b.key)) })
	for _, a := range all[keptWhenFull:] {
		delete(c.Seen, a.key)
	}
}

func (c *commonness) common(e event.Entity) bool {
	s := c.Seen[entityHash(e)]
	if s == nil {
		return false
	}
	if s.wide() {
		return true
	}
	return len(c.Hosts) >= fewHosts && 2*len(s.Hosts) > len(c.Hosts)
}

// wide reports whether an entity was seen with so many hosts that it stays common until it is forgotten.
func (s *sighting) wide() bool { return s != nil && len(s.Hosts) > commonHosts }
