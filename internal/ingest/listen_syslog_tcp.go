package ingest

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// syslogWindow is what a connection reads at a time.
const syslogWindow = 16 << 10

// connection is one sender by TCP. It is read only as fast as its records are written, so that the sender feels a full log.
type connection struct {
	portal    *portal
	conn      net.Conn
	from      netip.Addr
	lane      *lane
	dismissed bool // guarded by portal.mu
}

func (p *portal) accept() {
	for {
		conn, err := p.tcp.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // as when there are no file handles left
			p.syslog.Logger.Error("accept syslog connection", "reason", err)
			pause(p.syslog.ctx, 100*time.Millisecond)
			continue
		}
		if c := p.admit(conn); c != nil {
			p.syslog.readers.Go(c.serve)
		}
	}
}

// admit decides on a new connection; nil when it was refused and closed.
func (p *portal) admit(conn net.Conn) *connection {
	s := p.syslog
	at, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		_ = conn.Close()
		return nil
	}
	k, reason := p.owner(at.Addr())
	id := ""
	if k != nil {
		id = k.ID
	}
	if reason == "" && s.Meter.conns.Add(1) > int64(s.MaxConnections) {
		s.Meter.conns.Add(-1)
		reason = RefusedConnections
	}
	if reason != "" {
		s.Meter.refused(reason, id, 1)
		s.Logger.Debug("syslog connection refused", "from", at, "reason", reason)
		_ = conn.Close()
		return nil
	}
	from := at.Addr().Unmap()
	c := &connection{portal: p, conn: conn, from: from, lane: s.lanes.open(k, from.String())}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[c] = true
	if now, reason := p.owner(from); reason != "" || now.ID != k.ID {
		c.dismissed = true // the sources changed meanwhile
	}
	return c
}

func (c *connection) serve() {
	s := c.portal.syslog
	defer c.end()
	f := &frames{w: newWindow(c, syslogWindow), c: collector{max: s.Limits.Record}}
	for {
		r, err := f.next()
		if err != nil && !errors.Is(err, io.EOF) {
			r.Problem = "the connection ended in the middle: " + reasonOf(err)
		}
		if r.Size > 0 {
			c.take(r)
		}
		if err != nil {
			return
		}
	}
}

func (c *connection) take(r source.Record) {
	s := c.portal.syslog
	if c.lane.add(r, s.Limits) {
		s.flush(s.ctx, c.lane)
	}
}

func (c *connection) end() {
	s := c.portal.syslog
	_ = c.conn.Close()
	s.flush(s.ctx, c.lane)
	s.lanes.close(c.lane)
	s.Meter.conns.Add(-1)
	c.portal.mu.Lock()
	delete(c.portal.conns, c)
	c.portal.mu.Unlock()
}

// Read gives every read its time: until the sender counts as silent, or until listening ends.
func (c *connection) Read(b []byte) (int, error) {
	c.portal.mu.Lock()
	until := time.Now().Add(c.portal.syslog.Idle) // deadlines of sockets are of the real clock
	if !c.portal.until.IsZero() {
		until = c.portal.until
	}
	dismissed := c.dismissed
	if !dismissed {
		_ = c.conn.SetReadDeadline(until)
	}
	c.portal.mu.Unlock()
	if dismissed {
		return 0, errDismissed
	}
	return c.conn.Read(b)
}

var errDismissed = errors.New("the sender is no longer allowed")

func reasonOf(err error) string {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return "nothing more came in time"
	}
	return err.Error()
}
