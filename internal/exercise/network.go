package exercise

import (
	"strings"
	"time"
)

// connection is one network connection, told alike by every log that saw it.
type connection struct {
	at       time.Time
	proto    string
	src, dst string
	srcPort  int
	dstPort  int
	// name is what the client called the server; reverse is what the
	// client's own log resolves the address to, often nothing.
	name, reverse string
	service       string
	out, in       int64
	lasts         time.Duration
	// state is Zeek's: SF whole, S0 unanswered, REJ refused.
	state  string
	http   *HTTPDetail
	tls    *TLSDetail
	alert  *AlertDetail
	flowID int64
	uids   map[string]string // by site
}

func (c *connection) outPackets() int64 { return 4 + c.out/1400 }

func (c *connection) inPackets() int64 {
	if c.state == "S0" {
		return 0
	}
	return 3 + c.in/1400
}

// connect lets a connection happen: it completes what c leaves open and tells
// the process's host, the Zeek sensors of the sites that it touches, and
// Suricata if it crosses the edge.
func (w *world) connect(p *process, c *connection) *connection {
	w.complete(c)
	if p != nil {
		p.connects(c.at.Add(2*time.Millisecond), c)
	}
	c.uids = map[string]string{}
	for _, site := range w.sensors(c) {
		c.uids[site] = w.uid("C")
		w.zeekConn(site, c)
		if w.inside(c.src) != w.inside(c.dst) {
			w.edge(site, c)
		}
	}
	return c
}

func (w *world) complete(c *connection) {
	if c.proto == "" {
		c.proto = "tcp"
	}
	if c.state == "" {
		c.state = "SF"
	}
	if c.lasts == 0 {
		c.lasts = 30*time.Millisecond + w.below(400*time.Millisecond)
	}
	if c.srcPort == 0 {
		if h := w.byIP[c.src]; h != nil {
			c.srcPort = h.nextPort()
		} else {
			c.srcPort = 32768 + w.rng.IntN(28000)
		}
	}
	if c.service == "" && c.state == "SF" {
		switch {
		case c.tls != nil:
			c.service = "ssl"
		case c.http != nil:
			c.service = "http"
		}
	}
	c.flowID = w.rng.Int64N(1 << 51)
}

// sensors are the sites whose network the connection crosses.
func (w *world) sensors(c *connection) []string {
	var out []string
	for _, ip := range []string{c.src, c.dst} {
		if h := w.byIP[ip]; h != nil && (len(out) == 0 || out[0] != h.Site) {
			out = append(out, h.Site)
		}
	}
	return out
}

// edge writes what Suricata at the internet edge sees.
func (w *world) edge(site string, c *connection) {
	if c.tls != nil && c.state == "SF" && !c.tls.resumed() {
		w.eve(c.at.Add(40*time.Millisecond), site, "tls", c, member{"tls", eveTLS(c)})
	}
	if c.http != nil {
		w.eve(c.at.Add(60*time.Millisecond), site, "http", c, member{"tx_id", 0}, member{"http", eveHTTP(c)})
	}
	if c.alert != nil {
		w.eveAlert(c.at.Add(55*time.Millisecond), site, c)
	}
	w.eveFlow(c.at.Add(c.lasts+1500*time.Millisecond), site, c)
}

// resumed tells that a TLS session goes on from an earlier one, so that no
// certificate is shown.
func (t *TLSDetail) resumed() bool { return t.Subject == "" }

// answered tells that a name is remembered from an earlier answer, and
// remembers it for a while.
func (h *host) answered(at time.Time, name string) bool {
	if h.cache[name].After(at) {
		return true
	}
	h.cache[name] = at.Add(5*time.Minute + h.world.below(20*time.Minute))
	return false
}

// resolve lets a host ask for a name, through its site's resolver, unless it
// still knows the answer.
func (w *world) resolve(at time.Time, h *host, p *process, name, answer string) {
	if h.answered(at, name) {
		return
	}
	if resolver := w.hosts[h.site.Resolver]; resolver != nil && resolver != h {
		c := w.connect(nil, &connection{at: at, proto: "udp", src: h.IP, dst: resolver.IP, dstPort: 53, service: "dns", out: 40 + int64(len(name)), in: 60 + int64(len(name)), lasts: time.Millisecond + w.below(20*time.Millisecond)})
		for _, site := range w.sensors(c) {
			w.zeekDNS(site, c, name, answer)
		}
		if !resolver.answered(at, name) && !strings.HasSuffix(name, w.s.Company.Domain) {
			up := &connection{at: at.Add(time.Millisecond), proto: "udp", src: resolver.IP, dst: h.site.Upstream, dstPort: 53, service: "dns"}
			w.complete(up)
			w.eveDNS(up.at.Add(9*time.Millisecond), resolver.Site, up, name, answer)
		}
	}
	if p != nil {
		p.asks(at.Add(25*time.Millisecond), name, answer)
	}
}

// visit lets a process talk to a server of the internet part.
func (w *world) visit(at time.Time, h *host, p *process, name string, out, in int64) {
	srv := w.servers[name]
	w.resolve(at, h, p, name, srv.IP)
	w.connect(p, &connection{
		at: at.Add(60 * time.Millisecond), src: h.IP, dst: srv.IP, dstPort: 443, name: name, out: w.near(out), in: w.near(in),
		lasts: time.Second + w.below(40*time.Second),
		tls:   &TLSDetail{SNI: name, Subject: "CN=" + name, Issuer: srv.Issuer, Version: "TLSv13"},
	})
}
