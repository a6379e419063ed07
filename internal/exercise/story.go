package exercise

import (
	"encoding/base64"
	"strings"
	"time"
	"unicode/utf16"
)

// scheduleSteps plans scripted steps, repeated ones as often as they say.
func (w *world) scheduleSteps(steps []Step) {
	for i := range steps {
		step := &steps[i]
		w.planStep(w.clock(step.At), step)
		if step.Every <= 0 {
			continue
		}
		for at := w.clock(step.At).Add(step.Every); !at.After(w.clock(step.To)); at = at.Add(step.Every) {
			w.planStep(at.Add(w.below(20*time.Second)), step)
		}
	}
}

func (w *world) planStep(at time.Time, step *Step) {
	w.step = step.ID
	w.plan(at, func(at time.Time) { w.act(at, step, 0) })
	w.step = ""
}

// act does one action of a step and plans the next, so that nothing is
// written before its time has come.
func (w *world) act(at time.Time, step *Step, i int) {
	if i == len(step.Do) {
		return
	}
	a := &step.Do[i]
	next := at.Add(200*time.Millisecond + w.below(900*time.Millisecond))
	if a.Wait != nil {
		next = at.Add(*a.Wait)
	} else if h := w.hosts[step.Host]; h != nil {
		w.perform(at, h, step, a)
	}
	w.plan(next, func(at time.Time) { w.act(at, step, i+1) })
}

// perform does one action on the step's host.
func (w *world) perform(at time.Time, h *host, step *Step, a *Action) {
	by := func(name string) *process { return h.by(at, name, step.User) }
	switch {
	case a.Process != nil:
		w.startProcess(at, h, step, a.Process)
	case a.File != nil:
		by(a.File.By).creates(at, w.fill(a.File.Path))
	case a.Registry != nil:
		key := strings.Replace(a.Registry.Key, `HKU\USER`, `HKU\`+w.sid(step.User), 1)
		by(a.Registry.By).sets(at, key, w.fill(a.Registry.Value))
	case a.Load != nil:
		by(a.Load.By).loads(at, w.fill(a.Load.Path), first(a.Load.Content, strings.ToLower(base(a.Load.Path))), a.Load.Signed)
	case a.Access != nil:
		by(a.Access.By).opens(at, by(a.Access.Target), a.Access.Mask, a.Access.Trace)
	case a.Script != nil:
		h.ran(at, step.User, a.Script.Text, a.Script.Path)
	default:
		w.performNetwork(at, h, step, a)
	}
}

// performNetwork does the actions that more than one machine sees.
func (w *world) performNetwork(at time.Time, h *host, step *Step, a *Action) {
	switch {
	case a.Connect != nil:
		w.connectAction(at, h, step, a.Connect)
	case a.Beacon != nil:
		w.beacon(at, h, step, a.Beacon, at)
	case a.Logon != nil:
		to, user := w.hosts[a.Logon.To], first(a.Logon.User, step.User)
		if a.Logon.Fails {
			w.refusedLogon(at, h, to, user, first(a.Logon.Package, "NTLM"))
			return
		}
		w.networkLogon(at, h, to, user, first(a.Logon.Package, "Kerberos"), true)
	case a.Copy != nil:
		c := *a.Copy
		c.User = first(c.User, step.User)
		to := w.hosts[c.To]
		w.useShare(at, h, to, &c, to.nextLogon())
	case a.Service != nil:
		w.installService(at, h, w.hosts[a.Service.On], a.Service)
	case a.Call != nil:
		var p *process
		if a.Call.By != "" {
			p = h.by(at, a.Call.By, step.User)
		}
		w.call(at, h, w.hosts[a.Call.To], p, a.Call)
	case a.Scan != nil:
		w.scan(at, h, a.Scan)
	case a.Mail != nil:
		w.receive(at, a.Mail)
	default:
		w.performHost(at, h, step, a)
	}
}

// performHost does what is left: sign-ins and commands of Linux, and events
// that are written out in full.
func (w *world) performHost(at time.Time, h *host, step *Step, a *Action) {
	switch {
	case a.SSH != nil:
		w.ssh(at, h, a.SSH.From, first(a.SSH.User, step.User), first(a.SSH.Method, "publickey"), a.SSH.Fails)
	case a.Sudo != nil:
		h.sudo(at, first(a.Sudo.User, step.User), w.fill(a.Sudo.Command), a.Sudo.Refused)
	case a.Audit != nil:
		e := &winEvent{channel: a.Audit.Channel, provider: &provider{a.Audit.Provider, "{" + uuidFrom(hash64(a.Audit.Provider), 1) + "}"}, id: a.Audit.ID, title: a.Audit.Title, category: "None"}
		for _, f := range a.Audit.Data {
			e.set(f.Name, w.fill(f.Value))
		}
		h.log(at, e)
	}
}

func (w *world) startProcess(at time.Time, h *host, step *Step, a *ProcessAction) {
	user := first(a.User, step.User, system)
	command := w.fill(a.Command)
	if a.Encoded != "" {
		command = strings.ReplaceAll(command, "${encoded}", encodeCommand(a.Encoded))
	}
	p := h.newProcess(at, a.Image, command, user)
	p.parent = h.by(at, first(a.By, "explorer"), user)
	p.content, p.original = first(a.Content, p.content), a.Original
	p.dir, p.integrity = first(a.Dir, p.dir), first(a.Integrity, p.integrity)
	if p.parent.user == user && p.parent.logonID != "0x3e7" {
		p.logonID = p.parent.logonID
	}
	p.start(at)
	if a.As != "" {
		h.named[a.As] = p
		return
	}
	w.plan(at.Add(300*time.Millisecond+w.below(2*time.Second)), p.exit)
}

// encodeCommand is what PowerShell's -EncodedCommand wants.
func encodeCommand(text string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return base64.StdEncoding.EncodeToString(b)
}

func (w *world) connectAction(at time.Time, h *host, step *Step, a *ConnectAction) {
	var p *process
	if a.By != "" {
		p = h.by(at, a.By, step.User)
	}
	srv := w.servers[a.To]
	if a.Resolve && srv != nil {
		w.resolve(at, h, p, srv.Name, srv.IP)
		at = at.Add(70 * time.Millisecond)
	}
	for range max(1, a.Parallel) {
		c := &connection{at: at, src: h.IP, dst: w.address(a.To), dstPort: a.Port, out: w.near(a.Out), in: w.near(a.In), lasts: a.Lasts, http: a.HTTP, tls: a.TLS, alert: a.Alert}
		if srv != nil {
			c.name = srv.Name
		}
		if a.From != "" {
			c.src, c.dst = w.address(a.From), h.IP
		}
		w.connect(p, c)
		at = at.Add(30*time.Millisecond + w.below(200*time.Millisecond))
	}
}

// beacon makes one connection and plans the next.
func (w *world) beacon(at time.Time, h *host, step *Step, b *BeaconAction, quietUntil time.Time) {
	if at.After(w.clock(b.To)) {
		return
	}
	c := b.ConnectAction
	if at.Before(quietUntil) {
		c.Alert = nil
	} else {
		quietUntil = at.Add(b.AlertEvery)
	}
	if c.TLS != nil && w.rng.IntN(12) != 0 && c.Alert == nil {
		resumed := *c.TLS
		resumed.Subject = ""
		c.TLS = &resumed
	}
	w.connectAction(at, h, step, &c)
	next := at.Add(b.Every - b.Jitter + w.below(2*b.Jitter))
	w.plan(next, func(at time.Time) { w.beacon(at, h, step, b, quietUntil) })
}

// ssh is a sign-in over SSH, from the first packet on.
func (w *world) ssh(at time.Time, h *host, from, user, method string, fails bool) {
	src := w.address(from)
	c := w.connect(nil, &connection{at: at, src: src, dst: h.IP, dstPort: 22, service: "ssh", out: 2300, in: 3100, lasts: 3*time.Second + w.below(2*time.Second)})
	client := "SSH-2.0-OpenSSH_9.6"
	if !w.inside(src) && fails {
		client = "SSH-2.0-Go"
	}
	for _, site := range w.sensors(c) {
		w.zeekSSH(site, c, !fails, client)
	}
	if fails {
		h.sshRefused(at.Add(300*time.Millisecond), user, user == "root" || w.rid[user] > 0, src, c.srcPort)
		return
	}
	h.sshAccepted(at.Add(400*time.Millisecond), user, src, c.srcPort, method)
}
