package exercise

import (
	"crypto/sha1" //nolint:gosec // a certificate's fingerprint is shown as SHA-1
	"fmt"
	"strings"
	"time"
)

// eve writes an event of the sensor at a site's edge.
func (w *world) eve(at time.Time, site, kind string, c *connection, more ...member) {
	src := w.source(site, "suricata")
	if src == nil {
		return
	}
	o := object{
		{"timestamp", at.Format("2006-01-02T15:04:05.000000-0700")},
		{"flow_id", c.flowID},
		{"in_iface", "eth1"},
		{"event_type", kind},
		{"src_ip", c.src},
		{"src_port", c.srcPort},
		{"dest_ip", c.dst},
		{"dest_port", c.dstPort},
		{"proto", strings.ToUpper(c.proto)},
	}
	o = append(o, more...)
	w.write(at, src, func() []byte { return o.bytes() })
}

// eveFlow writes what the sensor knows at the end of a connection.
func (w *world) eveFlow(at time.Time, site string, c *connection) {
	state := "closed"
	if c.state != "SF" {
		state = "new"
	}
	w.eve(at, site, "flow", c, member{"app_proto", eveApp(c)}, member{"flow", object{
		{"pkts_toserver", c.outPackets()},
		{"pkts_toclient", c.inPackets()},
		{"bytes_toserver", c.out + 40*c.outPackets()},
		{"bytes_toclient", c.in + 40*c.inPackets()},
		{"start", c.at.Format("2006-01-02T15:04:05.000000-0700")},
		{"end", c.at.Add(c.lasts).Format("2006-01-02T15:04:05.000000-0700")},
		{"age", int(c.lasts.Seconds())},
		{"state", state},
		{"reason", "timeout"},
		{"alerted", c.alert != nil},
	}})
}

// eveAlert writes an alert with the application layer that it came up in.
func (w *world) eveAlert(at time.Time, site string, c *connection) {
	a := c.alert
	more := []member{{"alert", object{
		{"action", "allowed"},
		{"gid", 1},
		{"signature_id", a.ID},
		{"rev", 3},
		{"signature", a.Signature},
		{"category", a.Category},
		{"severity", a.Severity},
	}}}
	if c.http != nil {
		more = append(more, member{"http", eveHTTP(c)})
	}
	if c.tls != nil {
		more = append(more, member{"tls", eveTLS(c)})
	}
	more = append(more, member{"app_proto", eveApp(c)}, member{"flow", object{
		{"pkts_toserver", int64(4)},
		{"pkts_toclient", int64(3)},
		{"bytes_toserver", min(c.out, 900) + 160},
		{"bytes_toclient", min(c.in, 3000) + 120},
		{"start", c.at.Format("2006-01-02T15:04:05.000000-0700")},
	}})
	w.eve(at, site, "alert", c, more...)
}

func eveHTTP(c *connection) object {
	return object{
		{"hostname", first(c.name, c.dst)},
		{"url", c.http.URI},
		{"http_user_agent", c.http.Agent},
		{"http_content_type", c.http.MIME},
		{"http_method", c.http.Method},
		{"protocol", "HTTP/1.1"},
		{"status", c.http.Status},
		{"length", c.in},
	}
}

func eveTLS(c *connection) object {
	sum := sha1.Sum([]byte(c.tls.Issuer + c.tls.Subject + c.dst)) //nolint:gosec // as above
	fingerprint := make([]string, len(sum))
	for i, b := range sum {
		fingerprint[i] = fmt.Sprintf("%02x", b)
	}
	o := object{
		{"subject", c.tls.Subject},
		{"issuerdn", c.tls.Issuer},
		{"serial", strings.ToUpper(strings.Join(fingerprint[:8], ":"))},
		{"fingerprint", strings.Join(fingerprint, ":")},
	}
	if c.tls.SNI != "" {
		o = append(o, member{"sni", c.tls.SNI})
	}
	version := "TLS 1.3"
	if c.tls.Version == "TLSv12" {
		version = "TLS 1.2"
	}
	return append(o, member{"version", version}, member{"notbefore", c.at.AddDate(0, -2, 0).Format("2006-01-02T00:00:00")}, member{"notafter", c.at.AddDate(0, 10, 0).Format("2006-01-02T00:00:00")})
}

// eveDNS writes the answer that came through the edge.
func (w *world) eveDNS(at time.Time, site string, c *connection, name, answer string) {
	w.eve(at, site, "dns", c, member{"dns", object{
		{"version", 2},
		{"type", "answer"},
		{"id", w.rng.IntN(65536)},
		{"flags", "8180"},
		{"qr", true},
		{"rd", true},
		{"ra", true},
		{"rrname", name},
		{"rrtype", "A"},
		{"rcode", "NOERROR"},
		{"answers", []object{{{"rrname", name}, {"rrtype", "A"}, {"ttl", 300}, {"rdata", answer}}}},
	}})
}

func eveApp(c *connection) string {
	switch c.service {
	case "":
		return "failed"
	case "ssl":
		return "tls"
	}
	return c.service
}
