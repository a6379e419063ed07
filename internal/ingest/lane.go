package ingest

import (
	"context"
	"sync"
	"time"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// lane collects the records of one syslog sender until they are written, in order.
type lane struct {
	sourceID  string
	peer      string
	datagrams bool
	idle      int // flushes in a row that found nothing; used by the flusher alone

	mu      sync.Mutex // guards pending, for moments
	pending pending

	writing sync.Mutex    // held while a batch goes into the log, so that the next one waits behind it; guards what follows
	known   *source.Known // as it was when last seen
	taken   pending
}

// add takes a record, and says whether a batch is full.
func (l *lane) add(r source.Record, limits Limits) (full bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending.add(r)
	return l.pending.full(limits)
}

// take moves what is pending to taken, and says how many bytes that is.
func (l *lane) take() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending, l.taken = l.taken, l.pending
	return l.taken.held()
}

// release makes taken ready for reuse; memory of a burst is given back, because senders are many.
func (l *lane) release() {
	if l.taken.reset(); cap(l.taken.arena) > 4*syslogWindow {
		l.taken = pending{}
	}
}

// held is what the records cost in memory.
func (p *pending) held() int { return len(p.arena) + spanCost*len(p.spans) }

const spanCost = 64

// flush writes what is pending, and tries again until the log takes it or ctx ends.
func (s *Syslog) flush(ctx context.Context, l *lane) {
	l.writing.Lock()
	defer l.writing.Unlock()
	n := l.take()
	if l.datagrams {
		s.datagramBytes.Add(-int64(n))
	}
	if l.idle++; n == 0 {
		return
	}
	l.idle = 0
	defer l.release()
	if k, ok := s.Registry.ByID(l.sourceID); ok {
		l.known = k
	}
	for records := l.taken.records(); len(records) > 0; {
		n := s.Limits.batchLen(records)
		s.write(ctx, batchOf(l.known, records[:n], l.peer, "", s.Now()))
		records = records[n:]
	}
}

// batchLen is how many of the records make a batch.
func (l Limits) batchLen(records []source.Record) int {
	size := 0
	for i := range records {
		if size += len(records[i].Bytes); size >= l.BatchBytes || i+1 >= l.BatchRecords {
			return i + 1
		}
	}
	return len(records)
}

// write appends until the log takes the batch: while it does not, senders by TCP wait, and datagrams are counted as lost once their share of memory is used up.
func (s *Syslog) write(ctx context.Context, b *source.Batch) {
	data, partition := b.Encode(), s.Log.Partition(b.Tenant.String())
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		_, _, err := s.Log.Append(ctx, partition, "", data)
		if err == nil {
			s.Meter.received(b)
			return
		}
		if ctx.Err() != nil {
			s.Logger.Error("syslog records are lost", "source", b.Source, "records", len(b.Records), "reason", err)
			s.Meter.refused(LostShutdown, b.Source, uint64(len(b.Records)))
			return
		}
		if !isBusy(err) {
			s.Logger.Warn("the log does not take syslog records: senders wait", "source", b.Source, "reason", err)
		}
		pause(ctx, wait)
	}
}

// lanes are all that records may wait in.
type lanes struct {
	mu  sync.Mutex
	all map[*lane]bool
	udp map[udpKey]*lane
}

type udpKey struct{ source, peer string }

func (ls *lanes) open(k *source.Known, peer string) *lane {
	l := &lane{sourceID: k.ID, known: k, peer: peer}
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.all[l] = true
	return l
}

func (ls *lanes) close(l *lane) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	delete(ls.all, l)
}

// maxPeers is how many senders of datagrams are told apart at a time; the others' records carry no address.
const maxPeers = 4096

// datagram adds a record to the lane of its sender, which is made when it is new.
func (ls *lanes) datagram(k *source.Known, peer string, r source.Record, limits Limits) (full bool) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	key := udpKey{k.ID, peer}
	if _, ok := ls.udp[key]; !ok && len(ls.udp) >= maxPeers {
		key.peer = ""
	}
	l, ok := ls.udp[key]
	if !ok {
		l = &lane{sourceID: k.ID, known: k, peer: key.peer, datagrams: true}
		ls.udp[key], ls.all[l] = l, true
	}
	return l.add(r, limits)
}

func (ls *lanes) list() []*lane {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	out := make([]*lane, 0, len(ls.all))
	for l := range ls.all {
		out = append(out, l)
	}
	return out
}

// maxIdle is after how many empty flushes a sender of datagrams is forgotten.
const maxIdle = 100

// forget removes lanes of datagram senders that went silent.
func (ls *lanes) forget() {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for key, l := range ls.udp {
		if l.silent() {
			delete(ls.udp, key)
			delete(ls.all, l)
		}
	}
}

func (l *lane) silent() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.idle > maxIdle && l.pending.empty()
}
