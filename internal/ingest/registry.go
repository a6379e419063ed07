package ingest

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"sync/atomic"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// SourceLister is what a Registry needs of a source.Store.
type SourceLister interface {
	AllSources(ctx context.Context) ([]source.Known, error)
}

// Registry knows all sources by id, sender address and port. It is safe for concurrent use; what it returns is not changed any more.
type Registry struct {
	store  SourceLister
	logger *slog.Logger
	now    atomic.Pointer[known]
}

type known struct {
	byID      map[string]*source.Known
	byPort    map[int]*source.Known
	bySender  map[netip.Prefix]*source.Known
	lengths4  []int // lengths of the IPv4 prefixes in bySender, longest first
	lengths6  []int
	conflicts map[string]string // by id: why a source cannot have what it asks for
}

// NewRegistry makes an empty registry; Refresh fills it. A nil logger discards.
func NewRegistry(store SourceLister, logger *slog.Logger) *Registry {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	r := &Registry{store: store, logger: logger}
	r.now.Store(index(nil))
	return r
}

// Refresh reads all sources anew. On an error the registry stays as it was.
func (r *Registry) Refresh(ctx context.Context) error {
	all, err := r.store.AllSources(ctx)
	if err != nil {
		return fmt.Errorf("refresh sources: %w", err)
	}
	k := index(all)
	for id, why := range k.conflicts {
		r.logger.Warn("source cannot have all that it asks for", "source", id, "reason", why)
	}
	r.now.Store(k)
	return nil
}

// index gives what two sources ask for to the one that was there first.
func index(all []source.Known) *known {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b source.Known) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	k := &known{
		byID: map[string]*source.Known{}, byPort: map[int]*source.Known{},
		bySender: map[netip.Prefix]*source.Known{}, conflicts: map[string]string{},
	}
	for i := range all {
		s := &all[i]
		k.byID[s.ID] = s
		k.addPort(s)
		for _, p := range s.Senders {
			k.addSender(s, p)
		}
	}
	k.lengths4, k.lengths6 = k.lengths()
	return k
}

func (k *known) addPort(s *source.Known) {
	if s.Port == 0 {
		return
	}
	if first := k.byPort[s.Port]; first != nil {
		k.conflicts[s.ID] = fmt.Sprintf("port %d belongs to source %s", s.Port, first.ID)
		return
	}
	k.byPort[s.Port] = s
}

func (k *known) addSender(s *source.Known, p netip.Prefix) {
	p = unmapped(p)
	if !p.IsValid() {
		return
	}
	if first := k.bySender[p]; first != nil {
		if first != s {
			k.conflicts[s.ID] = fmt.Sprintf("sender network %s belongs to source %s", p, first.ID)
		}
		return
	}
	k.bySender[p] = s
}

// unmapped is the network in the form in which addresses are looked up: without host bits, and IPv4 as such.
func unmapped(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked()
}

func (k *known) lengths() (v4, v6 []int) {
	for p := range k.bySender {
		if p.Addr().Is4() {
			v4 = append(v4, p.Bits())
		} else {
			v6 = append(v6, p.Bits())
		}
	}
	longestFirst := func(a []int) []int {
		slices.Sort(a)
		a = slices.Compact(a)
		slices.Reverse(a)
		return a
	}
	return longestFirst(v4), longestFirst(v6)
}

// ByID finds a source by its id, switched off or not.
func (r *Registry) ByID(id string) (*source.Known, bool) {
	s, ok := r.now.Load().byID[id]
	return s, ok
}

// ByAddress finds the source whose sender networks hold the address; the longest prefix wins.
func (r *Registry) ByAddress(a netip.Addr) (*source.Known, bool) {
	k := r.now.Load()
	a = a.Unmap().WithZone("")
	lengths := k.lengths6
	if a.Is4() {
		lengths = k.lengths4
	}
	for _, bits := range lengths {
		p, err := a.Prefix(bits)
		if err != nil {
			continue
		}
		if s, ok := k.bySender[p]; ok {
			return s, true
		}
	}
	return nil, false
}

// ByPort finds the source whose own port this is.
func (r *Registry) ByPort(port int) (*source.Known, bool) {
	s, ok := r.now.Load().byPort[port]
	return s, ok
}

// Ports are the own ports of all sources, in order.
func (r *Registry) Ports() []int {
	byPort := r.now.Load().byPort
	out := make([]int, 0, len(byPort))
	for p := range byPort {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// Conflict says why a source does not have the port or network that it asks for; "" when it has.
func (r *Registry) Conflict(id string) string { return r.now.Load().conflicts[id] }
