package exercise

import (
	"fmt"
	"time"
)

// networkLogon signs an account in to a server over the network and tells the
// server, the domain controller and the sensors. It returns the logon id.
func (w *world) networkLogon(at time.Time, from, to *host, user, pack string, admin bool) string {
	id := to.nextLogon()
	port := from.nextPort()
	w.askDirectory(at, from, to, user, pack, true)
	spec := logonSpec{user: user, kind: 3, pack: pack, from: from.IP, port: port, logonID: id, admin: admin}
	if pack == "NTLM" {
		spec.workstation = from.Name
	}
	to.signIn(at.Add(35*time.Millisecond), spec)
	to.session3(at.Add(5*time.Minute+w.below(10*time.Minute)), user, id)
	return id
}

// refusedLogon is a sign-in over the network with a wrong password.
func (w *world) refusedLogon(at time.Time, from, to *host, user, pack string) {
	w.askDirectory(at, from, to, user, pack, false)
	w.connect(nil, &connection{at: at, src: from.IP, dst: to.IP, dstPort: 445, service: "gssapi,smb,ntlm", out: 2100, in: 1500})
	to.refuse(at.Add(40*time.Millisecond), logonSpec{user: user, kind: 3, pack: pack, from: from.IP, port: from.port, workstation: from.Name})
}

// session3 ends a network session some time later.
func (h *host) session3(at time.Time, user, logonID string) {
	h.world.plan(at, func(at time.Time) { h.signOff(at, user, logonID, 3) })
}

func (w *world) askDirectory(at time.Time, from, to *host, user, pack string, ok bool) {
	dc := w.hosts[to.site.Directory]
	if dc == nil {
		return
	}
	if pack == "NTLM" {
		dc.validate(at.Add(20*time.Millisecond), user, from.Name, ok)
		return
	}
	c := w.connect(nil, &connection{at: at, src: from.IP, dst: dc.IP, dstPort: 88, service: "krb_tcp", out: 1700, in: 1650})
	dc.grantService(at.Add(15*time.Millisecond), user, to.Name+"$", from.IP, c.srcPort)
	for _, site := range w.sensors(c) {
		r := c.ids(site, c.at)
		r["request_type"], r["client"], r["service"], r["success"] = "TGS", user+"/"+w.realm(), "cifs/"+w.fqdn(to), true
		r["till"], r["cipher"], r["forwardable"], r["renewable"] = c.at.Add(10*time.Hour), "aes256-cts-hmac-sha1-96", true, true
		w.zeek(c.at.Add(c.lasts), site, "kerberos", r)
	}
}

func (w *world) realm() string { return upper(w.s.Company.Domain) }

func upper(text string) string {
	b := []byte(text)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c + 'A' - 'a'
		}
	}
	return string(b)
}

// useShare lets an account write or read a file of a share over the network.
func (w *world) useShare(at time.Time, from, to *host, a *CopyAction, logonID string) {
	c := &connection{at: at, src: from.IP, dst: to.IP, dstPort: 445, service: "gssapi,smb,krb", out: 5200, in: 4100}
	action := "SMB::FILE_OPEN"
	if a.Read {
		c.in += a.Bytes
	} else {
		c.out += a.Bytes
		action = "SMB::FILE_WRITE"
	}
	c.lasts = 200*time.Millisecond + time.Duration(a.Bytes/60)*time.Microsecond
	w.connect(nil, c)
	for _, site := range w.sensors(c) {
		w.zeekShare(at.Add(20*time.Millisecond), site, c, `\\`+to.Name+`\`+a.Share, a.Name, action, a.Bytes)
	}
	access := &shareAccess{host: to, user: a.User, logonID: logonID, from: from.IP, port: c.srcPort, share: a.Share, local: shareRoot(a.Share), name: a.Name, write: !a.Read}
	to.opened(at.Add(22*time.Millisecond), access)
	to.checked(at.Add(30*time.Millisecond), access)
	if !a.Read && a.Local != "" {
		to.named["system"].creates(at.Add(60*time.Millisecond), a.Local)
	}
}

func shareRoot(share string) string {
	switch share {
	case "ADMIN$":
		return `C:\Windows`
	case "C$":
		return `C:\`
	}
	return `D:\Share\` + share
}

// call lets a host call procedures of another one over a named pipe.
func (w *world) call(at time.Time, from, to *host, p *process, a *CallAction) {
	c := w.connect(p, &connection{at: at, src: from.IP, dst: to.IP, dstPort: 445, service: "dce_rpc,gssapi,smb", out: 3400, in: 5200, lasts: 900 * time.Millisecond})
	for i, operation := range a.Operations {
		for _, site := range w.sensors(c) {
			w.zeekRPC(at.Add(time.Duration(40+30*i)*time.Millisecond), site, c, a.Pipe, a.Endpoint, operation)
		}
	}
}

// installService creates and starts a service on another host.
func (w *world) installService(at time.Time, from, to *host, a *ServiceAction) *process {
	w.call(at, from, to, nil, &CallAction{Pipe: `\pipe\svcctl`, Endpoint: "svcctl", Operations: []string{"OpenSCManagerW", "CreateServiceW", "StartServiceW", "CloseServiceHandle"}})
	services := to.named["services"]
	services.sets(at.Add(90*time.Millisecond), `HKLM\System\CurrentControlSet\Services\`+a.Name+`\ImagePath`, a.Path)
	to.installed(at.Add(120*time.Millisecond), a.Name, a.Path, first(a.Start, "demand start"))
	p := to.newProcess(at, a.Image, a.Path, system)
	p.parent, p.content = services, first(a.Content, p.content)
	p.start(at.Add(400 * time.Millisecond))
	if a.As != "" {
		to.named[a.As] = p
	}
	return p
}

// scan tries ports of a range of addresses; nobody answers where no host is.
func (w *world) scan(at time.Time, from *host, a *ScanAction) {
	tried := 0
	for last := a.First; last <= a.Last; last++ {
		ip := fmt.Sprintf("%s.%d", a.Network, last)
		for _, port := range a.Ports {
			c := &connection{at: at, src: from.IP, dst: ip, dstPort: port, state: "S0"}
			if h := w.byIP[ip]; h != nil {
				c.state = "REJ"
				if h.OS == "windows" && (port == 445 || port == 135 || port == 139) {
					c.state, c.out, c.in = "SF", 0, 0
				}
			}
			w.connect(nil, c)
			tried++
			at = at.Add(w.about(a.Gap))
		}
	}
	what, port := fmt.Sprintf("%d unique hosts on port %d/tcp in 0m%ds", a.Last-a.First+1, a.Ports[0], 9+tried/8), a.Ports[0]
	if a.Notice == "Scan::Port_Scan" {
		what, port = fmt.Sprintf("%d unique ports of host %s.%d in 0m%ds", len(a.Ports), a.Network, a.First, 9+tried/8), 0
	}
	if a.Notice != "" {
		w.zeekScan(at, from.Site, a.Notice, from.IP, what, port)
	}
}

// receive lets a mail come in.
func (w *world) receive(at time.Time, m *MailAction) {
	mx := w.hosts[w.s.Work.Mail.Host]
	subject, attached := w.fill(m.Subject), w.fill(m.Attached)
	size := int64(6000 + w.rng.IntN(9000))
	if attached != "" {
		size += 150_000 + int64(w.rng.IntN(200_000))
	}
	c := &connection{at: at, src: m.Address, dst: mx.IP, dstPort: 25, service: "smtp", out: size, in: 420, lasts: time.Second + w.below(2*time.Second)}
	w.connect(nil, c)
	w.zeekSMTP(mx.Site, c, m, subject, attached)
}
