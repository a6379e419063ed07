package ingest

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// Reasons for which something is refused, as Totals.Refused counts them.
const (
	RefusedToken       = "token"       // no token, a wrong one, or no such source
	RefusedOff         = "off"         // the source is switched off
	RefusedRequest     = "request"     // a request that is none: method, type, encoding, key
	RefusedTooLarge    = "too_large"   // a body over a limit
	RefusedBusy        = "busy"        // too much at once
	RefusedFull        = "full"        // no room in the log
	RefusedFailed      = "failed"      // the log or the store did not work
	RefusedCut         = "cut"         // the sender went away in the middle
	RefusedSender      = "sender"      // syslog from an address that no source has
	RefusedConnections = "connections" // over the limit of connections
	LostUDP            = "udp_lost"    // datagrams that were read but found no place
	LostShutdown       = "shutdown"    // records that the log did not take before the program had to end
)

// Totals are counts since the start, over all sources.
type Totals struct {
	Records, Bytes, Bad uint64            // in the log; Bad of Records could not be read by the door
	Refused             map[string]uint64 // by reason: requests, connections, datagrams; for Lost.. records
	InFlight            int64             // bytes that requests hold now
	Connections         int64             // syslog connections now
}

// SourceStats are counts since the start, of one source.
type SourceStats struct {
	LastReceived        time.Time // zero when nothing came since the start
	Records, Bytes, Bad uint64
	Refused             uint64
	RecordsHour         uint64 // of the last 60 minutes
	BadHour             uint64
}

// Meter counts what the doors do. It is safe for concurrent use.
type Meter struct {
	now      func() time.Time
	inFlight atomic.Int64
	conns    atomic.Int64

	mu      sync.Mutex
	total   Totals
	sources map[string]*sourceMeter
}

type sourceMeter struct {
	stats  SourceStats
	minute [60]minuteCount
}

type minuteCount struct {
	at           int64 // Unix minute
	records, bad uint64
}

// NewMeter makes a meter at zero.
func NewMeter(now func() time.Time) *Meter {
	return &Meter{now: now, total: Totals{Refused: map[string]uint64{}}, sources: map[string]*sourceMeter{}}
}

// Totals returns a copy of the counts over all sources.
func (m *Meter) Totals() Totals {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.total
	t.Refused = maps.Clone(t.Refused)
	t.InFlight, t.Connections = m.inFlight.Load(), m.conns.Load()
	return t
}

// Stats returns the counts of a source; zero for one that never sent.
func (m *Meter) Stats(sourceID string) SourceStats {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sources[sourceID]
	if !ok {
		return SourceStats{}
	}
	return s.lastHour(m.now())
}

// AllStats returns the counts of every source that sent or was refused, by id.
func (m *Meter) AllStats() map[string]SourceStats {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make(map[string]SourceStats, len(m.sources))
	for id, s := range m.sources {
		out[id] = s.lastHour(m.now())
	}
	return out
}

func (s *sourceMeter) lastHour(now time.Time) SourceStats {
	out := s.stats
	for _, c := range s.minute {
		if now.Unix()/60-c.at < 60 {
			out.RecordsHour += c.records
			out.BadHour += c.bad
		}
	}
	return out
}

// received counts a batch that is in the log.
func (m *Meter) received(b *source.Batch) {
	var size, bad uint64
	for i := range b.Records {
		size += uint64(b.Records[i].Size) //nolint:gosec // never negative
		if b.Records[i].Problem != "" {
			bad++
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	records := uint64(len(b.Records))
	m.total.Records += records
	m.total.Bytes += size
	m.total.Bad += bad
	s := m.source(b.Source)
	s.stats.LastReceived = m.now().UTC()
	s.stats.Records += records
	s.stats.Bytes += size
	s.stats.Bad += bad
	at := m.now().Unix() / 60
	c := &s.minute[at%60]
	if c.at != at {
		*c = minuteCount{at: at}
	}
	c.records += records
	c.bad += bad
}

// refused counts what did not come in; sourceID "" when it is not known whose it is.
func (m *Meter) refused(reason, sourceID string, n uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.total.Refused[reason] += n
	if sourceID != "" {
		m.source(sourceID).stats.Refused += n
	}
}

func (m *Meter) source(id string) *sourceMeter {
	s, ok := m.sources[id]
	if !ok {
		s = &sourceMeter{}
		m.sources[id] = s
	}
	return s
}
