package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// SyslogOptions say what the syslog doors work with. Registry, Log and Meter are needed.
type SyslogOptions struct {
	Registry *Registry
	Log      Appender
	Meter    *Meter
	Limits   Limits

	Common         string        // host:port for sources that are known by their sender networks; "" opens none
	Host           string        // where sources' own ports are opened; "" is every address
	MaxConnections int           // at once, over all ports; 500
	Idle           time.Duration // after which a silent connection is closed; 1 h
	DatagramBytes  int64         // memory for datagrams that wait; 32 MB. Beyond, they are counted as lost
	Drain          time.Duration // how long Close goes on reading what has arrived already; 50 ms

	Now    func() time.Time                                               // nil is time.Now
	Ticker func(every time.Duration) (tick <-chan time.Time, stop func()) // nil is time.NewTicker's
	Logger *slog.Logger                                                   // nil discards
}

// flushEvery is the longest that a record waits for others before it is written.
const flushEvery = 200 * time.Millisecond

// syslogBatch is smaller than what HTTP takes, because every connection has its own.
const syslogBatch = 256 << 10

func (o SyslogOptions) withDefaults() SyslogOptions {
	o.Limits = o.Limits.withDefaults()
	o.Limits.BatchBytes = min(o.Limits.BatchBytes, syslogBatch)
	orDefault(&o.MaxConnections, 500)
	orDefault(&o.Idle, time.Hour)
	orDefault(&o.DatagramBytes, 32<<20)
	orDefault(&o.Drain, 50*time.Millisecond)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Ticker == nil {
		o.Ticker = func(every time.Duration) (<-chan time.Time, func()) {
			t := time.NewTicker(every)
			return t.C, t.Stop
		}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Syslog takes records by TCP and UDP, on a common port and on sources' own ones. Syslog cannot acknowledge: what was read is written within
// moments, and every loss is counted. Its methods are safe for concurrent use.
type Syslog struct {
	SyslogOptions
	lanes         lanes
	datagramBytes atomic.Int64
	kick          chan struct{} // a lane of datagrams is full

	ctx     context.Context // for appends; ends with Close
	cancel  context.CancelFunc
	readers sync.WaitGroup
	flusher sync.WaitGroup
	stop    chan struct{} // closed to end the flusher

	mu      sync.Mutex
	portals map[int]*portal   // by own port; 0 is the common one
	failed  map[string]string // by source: why its own port is not open
	drops   uint64            // of sockets that are closed
	closed  bool
}

// ListenSyslog opens the common port and the own ports of the registry's sources. A common port that cannot be had is an error; an own one is logged,
// told by Problem, and tried again by every Refresh.
func ListenSyslog(ctx context.Context, opts SyslogOptions) (*Syslog, error) {
	s := &Syslog{
		SyslogOptions: opts.withDefaults(), kick: make(chan struct{}, 1), stop: make(chan struct{}),
		portals: map[int]*portal{}, lanes: lanes{all: map[*lane]bool{}, udp: map[udpKey]*lane{}},
	}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if s.Common != "" {
		p, err := s.openPortal(ctx, 0, s.Common)
		if err != nil {
			s.cancel()
			return nil, fmt.Errorf("listen for syslog: %w", err)
		}
		s.portals[0] = p
	}
	s.flusher.Go(s.flushLoop)
	s.Refresh(ctx)
	return s, nil
}

// Addr is where the common port listens, the zero AddrPort when there is none.
func (s *Syslog) Addr() netip.AddrPort {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.portals[0]; p != nil {
		return p.addr()
	}
	return netip.AddrPort{}
}

// Refresh follows the registry: ports are opened and closed, and connections end whose sender is no source's any more. Call it after Registry.Refresh.
func (s *Syslog) Refresh(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	for port, p := range s.portals {
		if _, ok := s.Registry.ByPort(port); !ok && port != 0 {
			s.shut(port, p)
			continue
		}
		p.dismiss()
	}
	s.failed = map[string]string{}
	for _, port := range s.Registry.Ports() {
		k, ok := s.Registry.ByPort(port)
		if _, open := s.portals[port]; open || !ok {
			continue
		}
		p, err := s.openPortal(ctx, port, net.JoinHostPort(s.Host, fmt.Sprint(port)))
		if err != nil {
			s.Logger.Error("port of a source cannot be opened", "source", k.ID, "reason", err)
			s.failed[k.ID] = err.Error()
			continue
		}
		s.portals[port] = p
	}
}

// Problem says why a source's port or networks are not served; "" when they are.
func (s *Syslog) Problem(sourceID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if why := s.failed[sourceID]; why != "" {
		return why
	}
	return s.Registry.Conflict(sourceID)
}

func (s *Syslog) shut(port int, p *portal) {
	s.drops += p.drops()
	p.close()
	delete(s.portals, port)
}

// KernelDrops is how many datagrams the system threw away because they came faster than they were read, as far as it tells.
func (s *Syslog) KernelDrops() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.drops
	for _, p := range s.portals {
		n += p.drops()
	}
	return n
}

// Close ends listening, reads what has arrived, and writes all that was read. When ctx ends first, the rest is counted as lost.
func (s *Syslog) Close(ctx context.Context) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	for port, p := range s.portals {
		p.drain(time.Now().Add(s.Drain)) // deadlines of sockets are of the real clock
		s.drops += p.drops()
		delete(s.portals, port)
	}
	s.mu.Unlock()
	defer context.AfterFunc(ctx, s.cancel)()
	s.readers.Wait()
	close(s.stop)
	s.flusher.Wait()
	s.cancel()
	return ctx.Err()
}

// writers is how many lanes are written at a time: enough to keep the disk busy.
const writers = 4

func (s *Syslog) flushLoop() {
	tick, stop := s.Ticker(flushEvery)
	defer stop()
	for {
		select {
		case <-tick:
		case <-s.kick:
		case <-s.stop:
			s.flushAll()
			return
		}
		s.flushAll()
		s.lanes.forget()
	}
}

func (s *Syslog) flushAll() {
	work := make(chan *lane)
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for l := range work {
				s.flush(s.ctx, l)
			}
		})
	}
	for _, l := range s.lanes.list() {
		work <- l
	}
	close(work)
	wg.Wait()
}

// portal is one port, open for TCP and UDP.
type portal struct {
	syslog *Syslog
	port   int // 0 is the common one
	tcp    net.Listener
	udp    *net.UDPConn

	mu    sync.Mutex
	conns map[*connection]bool
	until time.Time // when not zero, reading ends then
}

var errAddress = errors.New("not a TCP address")

func (s *Syslog) openPortal(ctx context.Context, port int, address string) (*portal, error) {
	var lc net.ListenConfig
	tcp, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	at, ok := tcp.Addr().(*net.TCPAddr)
	if !ok {
		return nil, errors.Join(errAddress, tcp.Close())
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, errors.Join(err, tcp.Close())
	}
	udp, err := lc.ListenPacket(ctx, "udp", net.JoinHostPort(host, fmt.Sprint(at.Port)))
	if err != nil {
		return nil, errors.Join(err, tcp.Close())
	}
	p := &portal{syslog: s, port: port, tcp: tcp, udp: udp.(*net.UDPConn), conns: map[*connection]bool{}} //nolint:forcetypeassert // "udp" gives no other
	_ = p.udp.SetReadBuffer(udpBuffer)                                                                    // the system may allow less
	s.readers.Go(p.accept)
	s.readers.Go(p.receive)
	return p, nil
}

func (p *portal) addr() netip.AddrPort {
	at, err := netip.ParseAddrPort(p.tcp.Addr().String())
	if err != nil {
		return netip.AddrPort{}
	}
	return at
}

// owner finds whose a sender is; reason says why it is refused, and then the source may be nil.
func (p *portal) owner(a netip.Addr) (k *source.Known, reason string) {
	ok := false
	if p.port == 0 {
		k, ok = p.syslog.Registry.ByAddress(a)
	} else if k, ok = p.syslog.Registry.ByPort(p.port); ok {
		ok = len(k.Senders) == 0 || sends(k, a)
	}
	switch {
	case !ok:
		return nil, RefusedSender
	case k.Off:
		return k, RefusedOff
	}
	return k, ""
}

func sends(k *source.Known, a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, p := range k.Senders {
		if unmapped(p).Contains(a) {
			return true
		}
	}
	return false
}

// close ends everything at once, for a port that no source has any more; what was read is written.
func (p *portal) close() {
	p.drain(time.Now())
	_ = p.udp.Close()
}

// drain ends listening, and lets what is open be read until then.
func (p *portal) drain(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until = until
	_ = p.tcp.Close()
	_ = p.udp.SetReadDeadline(until)
	for c := range p.conns {
		_ = c.conn.SetReadDeadline(until)
	}
}

// dismiss ends connections whose sender belongs to another source now, or to none.
func (p *portal) dismiss() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		if k, reason := p.owner(c.from); reason != "" || k.ID != c.lane.sourceID {
			c.dismissed = true
			_ = c.conn.SetReadDeadline(time.Now())
		}
	}
}
