package api

import (
	"errors"
	"sync"

	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Subject of a Change.
const (
	ItemsChanged     Kind = "items"
	IncidentsChanged Kind = "incidents"
	RulesChanged     Kind = "rules" // of nobody's: every stream is told
)

// Kind is what changed.
type Kind string

// Change tells that items or incidents of a tenant, or the rules, are new or have changed.
type Change struct {
	Tenant  tenant.ID
	Of      Kind
	New     int
	Changed int
}

// Counts of a live message.
type liveCounts struct {
	New     int `json:"new"`
	Changed int `json:"changed"`
}

// Broker tells live streams what changes. It keeps one sum per stream and kind, so that a slow reader costs no memory and misses nothing.
// It is safe for concurrent use; Publish never waits for a reader.
type Broker struct {
	mu     sync.Mutex
	subs   map[*subscriber]bool
	closed chan struct{}
	once   sync.Once
}

const maxSubscribers = 2000

var errTooManyStreams = errors.New("too many live streams are open")

// NewBroker returns a Broker without readers.
func NewBroker() *Broker {
	return &Broker{subs: map[*subscriber]bool{}, closed: make(chan struct{})}
}

// Publish tells every stream whose scope holds the tenant, of the rules every stream.
func (b *Broker) Publish(c Change) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.subs {
		s.add(c)
	}
}

// Close ends all streams, so that a server can shut down; later ones end at once.
func (b *Broker) Close() { b.once.Do(func() { close(b.closed) }) }

func (b *Broker) subscribe(scope tenant.Scope) (*subscriber, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.subs) >= maxSubscribers {
		return nil, errTooManyStreams
	}
	s := &subscriber{scope: scope, wake: make(chan struct{}, 1), sums: map[Kind]liveCounts{}}
	b.subs[s] = true
	return s, nil
}

func (b *Broker) leave(s *subscriber) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.subs, s)
}

// subscriber is one live stream: what changed since it was last written.
type subscriber struct {
	mu    sync.Mutex
	scope tenant.Scope
	sums  map[Kind]liveCounts
	wake  chan struct{}
}

func (s *subscriber) add(c Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Of != RulesChanged && !s.scope.Has(c.Tenant) {
		return
	}
	sum := s.sums[c.Of]
	s.sums[c.Of] = liveCounts{sum.New + c.New, sum.Changed + c.Changed}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *subscriber) take() map[Kind]liveCounts {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.sums
	s.sums = map[Kind]liveCounts{}
	return out
}

func (s *subscriber) narrow(scope tenant.Scope) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scope = scope
}
