package exercise

import (
	"fmt"
	"strings"
	"time"
)

// scheduleAll plans the whole day.
func (w *world) scheduleAll() {
	w.zeekHeaders()
	for i := range w.s.People {
		w.scheduleDay(&w.s.People[i])
	}
	for i := range w.s.Hosts {
		w.scheduleIdle(w.hosts[w.s.Hosts[i].Name])
	}
	w.scheduleInternet()
	w.scheduleBackup()
	w.scheduleSteps(w.s.Routine)
	w.scheduleSteps(w.s.Story)
}

// scheduleDay plans when a person signs in, works and leaves.
func (w *world) scheduleDay(p *Person) {
	h := w.hosts[p.Host]
	arrives := w.clock(p.Arrives)
	w.plan(arrives, func(at time.Time) { w.arrive(at, h, p) })
	leaves := w.clock(p.Leaves)
	for at := arrives.Add(w.about(2 * time.Minute)); at.Before(leaves); at = at.Add(w.about(w.s.Work.Pace)) {
		if w.lunch(at) && w.rng.IntN(5) != 0 {
			continue
		}
		w.plan(at, func(at time.Time) { w.work(at, h, p) })
	}
	w.plan(leaves, func(at time.Time) { w.leave(at, h, p) })
}

// lunch is the hour after noon by the scenario's own clock.
func (w *world) lunch(at time.Time) bool {
	c := time.Duration(w.s.From) + at.Sub(w.start)
	return c >= 12*time.Hour && c < 13*time.Hour
}

// arrive signs a person in and starts what people leave open all day.
func (w *world) arrive(at time.Time, h *host, p *Person) {
	if h == nil || h.OS != "windows" {
		return
	}
	dc := w.hosts[h.site.Directory]
	c := w.connect(nil, &connection{at: at, src: h.IP, dst: dc.IP, dstPort: 88, service: "krb_tcp", out: 1500, in: 1600})
	dc.grantTGT(at.Add(10*time.Millisecond), p.ID, h.IP, c.srcPort)
	dc.grantService(at.Add(30*time.Millisecond), p.ID, h.Name+"$", h.IP, c.srcPort)
	h.session = &session{user: p.ID, logonID: h.nextLogon()}
	h.signIn(at.Add(60*time.Millisecond), logonSpec{user: p.ID, kind: 2, pack: "Negotiate", from: "127.0.0.1", workstation: h.Name, process: "User32 ", logonID: h.session.logonID})
	at = at.Add(2 * time.Second)
	for _, name := range []string{"explorer", "outlook", "chat", "edge"} {
		started := h.newProcess(at, personal[name], `"`+personal[name]+`"`, p.ID)
		if name != "explorer" {
			started.parent = h.named["explorer"]
		}
		started.start(at)
		h.named[name] = started
		at = at.Add(2*time.Second + w.below(6*time.Second))
	}
}

func (w *world) leave(at time.Time, h *host, p *Person) {
	if h == nil || h.session == nil {
		return
	}
	for _, name := range []string{"edge", "chat", "outlook", "explorer"} {
		h.named[name].exit(at)
		delete(h.named, name)
		at = at.Add(300*time.Millisecond + w.below(time.Second))
	}
	h.signOff(at, p.ID, h.session.logonID, 2)
	h.session = nil
}

// work is one thing that a person does.
func (w *world) work(at time.Time, h *host, p *Person) {
	if h == nil || h.session == nil {
		return
	}
	switch n := w.rng.IntN(10); {
	case n < 4:
		w.browse(at, h)
	case n < 6:
		w.readMail(at, h)
	case n < 8:
		w.openDocument(at, h, p)
	default:
		w.visit(at, h, h.named["chat"], w.pick("chat"), 5200, 18000)
	}
}

// pick chooses a server of the internet by its weight.
func (w *world) pick(kind string) string {
	total := 0
	for _, s := range w.s.Internet {
		if s.Kind == kind {
			total += max(1, s.Weight)
		}
	}
	n := w.rng.IntN(total)
	for _, s := range w.s.Internet {
		if s.Kind != kind {
			continue
		}
		if n -= max(1, s.Weight); n < 0 {
			return s.Name
		}
	}
	return ""
}

func (w *world) browse(at time.Time, h *host) {
	if w.rng.IntN(4) == 0 {
		edge := h.named["edge"]
		tab := h.newProcess(at, edge.image, `"`+edge.image+`" --type=renderer --lang=ja --device-scale-factor=1 --renderer-client-id=`+fmt.Sprint(20+w.rng.IntN(400)), edge.user)
		tab.parent, tab.integrity = edge, "Low"
		tab.start(at)
		w.plan(at.Add(time.Minute+w.below(15*time.Minute)), tab.exit)
	}
	for range 1 + w.rng.IntN(3) {
		w.visit(at, h, h.named["edge"], w.pick("web"), 4200, 90_000)
		at = at.Add(500*time.Millisecond + w.below(8*time.Second))
	}
}

func (w *world) readMail(at time.Time, h *host) {
	mx := w.hosts[w.s.Work.Mail.Host]
	w.resolve(at, h, h.named["outlook"], strings.ToLower(w.fqdn(mx)), mx.IP)
	w.connect(h.named["outlook"], &connection{
		at: at.Add(30 * time.Millisecond), src: h.IP, dst: mx.IP, dstPort: 993, name: w.fqdn(mx), out: w.near(3000), in: w.near(46_000), lasts: 2*time.Second + w.below(20*time.Second),
		tls: &TLSDetail{SNI: strings.ToLower(w.fqdn(mx)), Subject: "CN=" + w.fqdn(mx), Issuer: "CN=" + w.s.Company.EN + " Internal CA", Version: "TLSv13"},
	})
}

// openDocument opens a document of the person's file server.
func (w *world) openDocument(at time.Time, h *host, p *Person) {
	to := w.hosts[p.Share]
	d := w.s.Work.Documents[w.rng.IntN(len(w.s.Work.Documents))]
	program := w.program[strings.ToLower(d.Program)]
	if to == nil || program == nil {
		return
	}
	path := `\\` + to.Name + `\` + d.Share + `\` + d.Name
	opened := h.newProcess(at, program.Image, `"`+program.Image+`" "`+path+`"`, p.ID)
	opened.parent = h.named["explorer"]
	opened.start(at)
	if w.rng.IntN(3) == 0 {
		w.networkLogon(at.Add(80*time.Millisecond), h, to, p.ID, "Kerberos", false)
	}
	copied := &CopyAction{User: p.ID, Share: d.Share, Name: d.Name, Bytes: 20_000 + w.rng.Int64N(900_000), Read: true}
	w.useShare(at.Add(300*time.Millisecond), h, to, copied, h.session.logonID)
	opened.creates(at.Add(900*time.Millisecond), `C:\Users\`+p.ID+`\AppData\Roaming\Microsoft\Windows\Recent\`+d.Name+`.lnk`)
	w.plan(at.Add(2*time.Minute+w.below(25*time.Minute)), func(at time.Time) {
		if h.session == nil {
			return // closed with everything else when the person left
		}
		if w.rng.IntN(2) == 0 {
			saved := *copied
			saved.Read, saved.Local = false, `D:\Share\`+d.Share+`\`+d.Name
			w.useShare(at, h, to, &saved, h.session.logonID)
		}
		opened.exit(at.Add(2 * time.Second))
	})
}

// scheduleIdle plans what a machine does by itself.
func (w *world) scheduleIdle(h *host) {
	if h.OS != "windows" {
		return
	}
	for at := w.start.Add(w.about(w.s.Work.Idle)); at.Before(w.end); at = at.Add(w.about(w.s.Work.Idle)) {
		w.plan(at, func(at time.Time) { w.idle(at, h) })
	}
}

func (w *world) idle(at time.Time, h *host) {
	b := &w.s.Work.Background[w.rng.IntN(len(w.s.Work.Background))]
	user := system
	if !b.System {
		if h.session == nil {
			return
		}
		user = h.session.user
	}
	p := h.by(at, b.By, user)
	if !b.Existing {
		started := h.newProcess(at, b.Image, b.Command, user)
		started.parent = p
		started.start(at)
		w.plan(at.Add(time.Second+w.below(40*time.Second)), started.exit)
		p = started
	}
	if b.Server != "" {
		w.visit(at.Add(200*time.Millisecond), h, p, b.Server, 3000, 12_000)
	}
	if b.Key != "" {
		p.sets(at.Add(300*time.Millisecond), strings.Replace(b.Key, `HKU\USER`, `HKU\`+w.sid(user), 1), strings.ReplaceAll(b.Value, "${user}", user))
	}
	if b.Lsass != "" {
		p.opens(at.Add(400*time.Millisecond), h.named["lsass"], b.Lsass, `C:\Windows\SYSTEM32\ntdll.dll+9d4c4|C:\Windows\System32\KERNELBASE.dll+2c13e|C:\Windows\System32\sechost.dll+1f2a0`)
	}
	if w.rng.IntN(3) == 0 {
		h.signIn(at.Add(500*time.Millisecond), logonSpec{user: system, domain: "NT AUTHORITY", kind: 5, pack: "Negotiate", process: "Advapi  ", logonID: "0x3e7", admin: true})
	}
}
