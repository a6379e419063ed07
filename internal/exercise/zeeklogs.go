package exercise

import (
	"fmt"
	"maps"
	"strings"
	"time"
)

// ids are the fields by which all logs of one connection belong together.
func (c *connection) ids(site string, at time.Time) zeekRecord {
	return zeekRecord{"ts": at, "uid": c.uids[site], "id.orig_h": c.src, "id.orig_p": c.srcPort, "id.resp_h": c.dst, "id.resp_p": c.dstPort}
}

// zeekConn writes conn when the connection is over, and the log of its
// application with it.
func (w *world) zeekConn(site string, c *connection) {
	r := c.ids(site, c.at)
	r["proto"], r["conn_state"], r["missed_bytes"] = c.proto, c.state, 0
	r["local_orig"], r["local_resp"] = w.inside(c.src), w.inside(c.dst)
	r["history"] = map[string]string{"SF": "ShADadFf", "S0": "S", "REJ": "Sr"}[c.state]
	if c.proto == "udp" {
		r["history"] = "Dd"
	}
	if c.service != "" {
		r["service"] = c.service
	}
	if c.state == "SF" {
		r["duration"], r["orig_bytes"], r["resp_bytes"] = c.lasts, c.out, c.in
	}
	r["orig_pkts"], r["orig_ip_bytes"] = c.outPackets(), c.out+40*c.outPackets()
	r["resp_pkts"], r["resp_ip_bytes"] = c.inPackets(), c.in+40*c.inPackets()
	if c.state != "SF" {
		r["orig_pkts"], r["orig_ip_bytes"], r["resp_pkts"], r["resp_ip_bytes"] = 1, 52, len(c.state)-2, 40*(len(c.state)-2)
	}
	w.zeek(c.at.Add(c.lasts+200*time.Millisecond), site, "conn", r)
	if c.http != nil {
		w.zeekHTTP(site, c)
	}
	if c.tls != nil && c.state == "SF" {
		w.zeekSSL(site, c)
	}
}

func (w *world) zeekDNS(site string, c *connection, name, answer string) {
	r := c.ids(site, c.at)
	maps.Copy(r, zeekRecord{
		"proto": "udp", "trans_id": w.rng.IntN(65536), "rtt": c.lasts, "query": name, "qclass": 1, "qclass_name": "C_INTERNET",
		"qtype": 1, "qtype_name": "A", "rcode": 0, "rcode_name": "NOERROR", "AA": false, "TC": false, "RD": true, "RA": true,
		"Z": 0, "answers": []string{answer}, "TTLs": []float64{300}, "rejected": false,
	})
	w.zeek(c.at.Add(c.lasts+10*time.Millisecond), site, "dns", r)
}

func (w *world) zeekHTTP(site string, c *connection) {
	at := c.at.Add(20 * time.Millisecond)
	r := c.ids(site, at)
	maps.Copy(r, zeekRecord{
		"trans_depth": 1, "method": c.http.Method, "host": first(c.name, c.dst), "uri": c.http.URI, "version": "1.1",
		"request_body_len": 0, "response_body_len": c.in, "status_code": c.http.Status, "status_msg": statusText(c.http.Status),
	})
	if c.http.Agent != "" {
		r["user_agent"] = c.http.Agent
	}
	if c.http.MIME != "" && c.http.Status == 200 {
		fuid := w.uid("F")
		r["resp_fuids"], r["resp_mime_types"] = []string{fuid}, []string{c.http.MIME}
		if c.http.Content != "" {
			w.zeekFile(at.Add(c.lasts/2), site, c, fuid, "HTTP", c.http.MIME, "", c.http.Content, c.in)
		}
	}
	w.zeek(c.at.Add(c.lasts+150*time.Millisecond), site, "http", r)
}

func statusText(code int) string {
	return map[int]string{200: "OK", 304: "Not Modified", 403: "Forbidden", 404: "Not Found"}[code]
}

func (w *world) zeekSSL(site string, c *connection) {
	at := c.at.Add(15 * time.Millisecond)
	r := c.ids(site, at)
	r["version"], r["curve"], r["established"], r["resumed"] = first(c.tls.Version, "TLSv13"), "x25519", true, c.tls.resumed()
	r["cipher"], r["ssl_history"] = "TLS_AES_256_GCM_SHA384", "CsiI"
	if c.tls.Version == "TLSv12" {
		r["cipher"], r["ssl_history"] = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "CsxknGIi"
	}
	if c.tls.SNI != "" {
		r["server_name"] = c.tls.SNI
	}
	if !c.tls.resumed() && c.tls.Version == "TLSv12" { // TLS 1.3 hides the certificate
		r["subject"], r["issuer"], r["validation_status"] = c.tls.Subject, c.tls.Issuer, "ok"
		if c.tls.SelfSigned {
			r["validation_status"] = "self signed certificate"
		}
	}
	w.zeek(at.Add(90*time.Millisecond), site, "ssl", r)
}

func (w *world) zeekFile(at time.Time, site string, c *connection, fuid, source, mime, name, content string, size int64) {
	r := c.ids(site, at)
	md5sum, sha1sum := fileSums(content)
	maps.Copy(r, zeekRecord{
		"fuid": fuid, "source": source, "depth": 0, "analyzers": []string{"MD5", "SHA1", "PE"}, "mime_type": mime, "duration": 80 * time.Millisecond,
		"local_orig": source == "SMB", "is_orig": source != "HTTP", "seen_bytes": size, "total_bytes": size, "missing_bytes": 0, "overflow_bytes": 0,
		"timedout": false, "md5": md5sum, "sha1": sha1sum,
	})
	if name != "" {
		r["filename"] = name
	}
	w.zeek(at.Add(120*time.Millisecond), site, "files", r)
}

// fileSums takes MD5 and SHA-1 out of what Sysmon would show.
func fileSums(content string) (md5sum, sha1sum string) {
	for part := range strings.SplitSeq(hashes(content), ",") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "MD5":
			md5sum = strings.ToLower(value)
		case "SHA1":
			sha1sum = strings.ToLower(value)
		}
	}
	return md5sum, sha1sum
}

// zeekRPC writes a remote procedure call that came over a named pipe.
func (w *world) zeekRPC(at time.Time, site string, c *connection, pipe, endpoint, operation string) {
	r := c.ids(site, at)
	r["rtt"], r["named_pipe"], r["endpoint"], r["operation"] = 400*time.Microsecond+w.below(3*time.Millisecond), pipe, endpoint, operation
	w.zeek(at.Add(5*time.Millisecond), site, "dce_rpc", r)
}

// zeekShare writes that a share was mapped and one file of it was used.
func (w *world) zeekShare(at time.Time, site string, c *connection, path, name, action string, size int64) {
	m := c.ids(site, at)
	m["path"], m["share_type"] = path, "DISK"
	w.zeek(at.Add(2*time.Millisecond), site, "smb_mapping", m)
	f := c.ids(site, at.Add(8*time.Millisecond))
	f["action"], f["path"], f["name"], f["size"] = action, path, name, size
	f["times.modified"], f["times.accessed"], f["times.created"], f["times.changed"] = at.Add(-40*time.Hour), at, at.Add(-900*time.Hour), at.Add(-40*time.Hour)
	if strings.HasSuffix(action, "WRITE") {
		f["times.modified"], f["times.created"], f["times.changed"] = at, at, at
	}
	w.zeek(at.Add(14*time.Millisecond), site, "smb_files", f)
}

func (w *world) zeekSSH(site string, c *connection, ok bool, client string) {
	r := c.ids(site, c.at)
	maps.Copy(r, zeekRecord{
		"version": 2, "auth_success": ok, "auth_attempts": 1, "client": client, "server": "SSH-2.0-OpenSSH_9.2p1",
		"cipher_alg": "chacha20-poly1305@openssh.com", "mac_alg": "hmac-sha2-256", "compression_alg": "none", "kex_alg": "curve25519-sha256", "host_key_alg": "ssh-ed25519",
		"host_key": keyPrint(c.dst)[:32],
	})
	if w.inside(c.src) != w.inside(c.dst) {
		r["direction"] = "INBOUND"
	}
	w.zeek(c.at.Add(c.lasts+100*time.Millisecond), site, "ssh", r)
}

// zeekScan writes Zeek's own notice of a scan.
func (w *world) zeekScan(at time.Time, site, note, src, what string, port int) {
	sub := "local"
	if !w.inside(src) {
		sub = "remote"
	}
	r := zeekRecord{
		"ts": at, "note": note, "msg": fmt.Sprintf("%s scanned at least %s", src, what), "sub": sub, "src": src,
		"peer_descr": "worker-1", "actions": []string{"Notice::ACTION_LOG"}, "suppress_for": time.Hour,
	}
	if port > 0 {
		r["p"] = port
	}
	w.zeek(at.Add(300*time.Millisecond), site, "notice", r)
}

// zeekSMTP writes a mail on its way in, and its attachment.
func (w *world) zeekSMTP(site string, c *connection, m *MailAction, subject, attached string) {
	at := c.at.Add(80 * time.Millisecond)
	r := c.ids(site, at)
	w.mail++
	_, domain, _ := strings.Cut(m.From, "@")
	maps.Copy(r, zeekRecord{
		"trans_depth": 1, "helo": "mx." + domain, "mailfrom": m.From, "rcptto": m.To, "date": at.Format(time.RFC1123Z), "from": m.From, "to": m.To,
		"msg_id": fmt.Sprintf("<%08x.%d@%s>", uint32(hash64(subject)), w.mail, domain), "subject": subject, "last_reply": "250 2.0.0 Ok: queued",
		"path": []string{c.dst, c.src}, "tls": false,
	})
	if attached != "" {
		fuid := w.uid("F")
		r["fuids"] = []string{fuid}
		w.zeekFile(at.Add(30*time.Millisecond), site, c, fuid, "SMTP", m.MIME, attached, first(m.Content, attached), c.out*3/4)
	}
	w.zeek(c.at.Add(c.lasts+180*time.Millisecond), site, "smtp", r)
}
