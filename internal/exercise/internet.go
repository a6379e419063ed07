package exercise

import "time"

// scheduleInternet plans what comes from outside all day: mail, visitors of
// the web site, guessed passwords, probes, and the sensor's small alerts.
func (w *world) scheduleInternet() {
	work := &w.s.Work
	for at := w.start.Add(w.about(work.Mail.Every)); at.Before(w.end); at = at.Add(w.about(work.Mail.Every)) {
		m := &work.Mail.Mails[w.rng.IntN(len(work.Mail.Mails))]
		w.plan(at, func(at time.Time) { w.receive(at, m) })
	}
	for at := w.start.Add(w.about(work.Visitors.Every)); at.Before(w.end); at = at.Add(w.about(work.Visitors.Every)) {
		w.plan(at, w.visitor)
	}
	for at := w.start.Add(w.about(work.Probes.Every)); at.Before(w.end); at = at.Add(w.about(work.Probes.Every)) {
		w.plan(at, w.probe)
	}
	for i := range work.Guessing {
		w.scheduleGuessing(&work.Guessing[i])
	}
	for i := range work.Sensor {
		n := &work.Sensor[i]
		w.plan(w.clock(n.At), func(at time.Time) { w.sensorAlert(at, n) })
	}
}

func (w *world) visitor(at time.Time) {
	v := &w.s.Work.Visitors
	h := w.hosts[v.Host]
	src := v.From[w.rng.IntN(len(v.From))]
	for range 1 + w.rng.IntN(4) {
		page := v.Pages[w.rng.IntN(len(v.Pages))]
		w.connect(nil, &connection{
			at: at, src: src, dst: h.IP, dstPort: 80, name: v.Name, out: w.near(700), in: w.near(24_000),
			http: &HTTPDetail{Method: "GET", URI: page, Agent: w.s.Work.Agent, Status: 200, MIME: "text/html"},
		})
		at = at.Add(time.Second + w.below(20*time.Second))
	}
}

func (w *world) probe(at time.Time) {
	p := &w.s.Work.Probes
	var exposed []*host
	for i := range w.s.Hosts {
		if w.s.Hosts[i].Exposed {
			exposed = append(exposed, w.hosts[w.s.Hosts[i].Name])
		}
	}
	h := exposed[w.rng.IntN(len(exposed))]
	src := p.From[w.rng.IntN(len(p.From))]
	first := w.rng.IntN(len(p.Ports))
	for i := range 1 + w.rng.IntN(3) {
		w.connect(nil, &connection{at: at, src: src, dst: h.IP, dstPort: p.Ports[(first+i)%len(p.Ports)], state: "S0"})
		at = at.Add(w.below(time.Second))
	}
}

func (w *world) scheduleGuessing(g *Guessing) {
	at := w.clock(g.At)
	for i := range g.Tries {
		user := g.Users[i%len(g.Users)]
		w.plan(at, func(at time.Time) { w.ssh(at, w.hosts[g.Host], g.From, user, "password", true) })
		at = at.Add(w.about(g.Every))
	}
}

func (w *world) sensorAlert(at time.Time, n *AlertNoise) {
	h := w.hosts[n.Host]
	c := &connection{at: at, src: h.IP, dst: w.address(n.To), dstPort: n.Port, out: 900, in: 2100, alert: &n.AlertDetail}
	if srv := w.servers[n.To]; srv != nil {
		c.name = srv.Name
		c.tls = &TLSDetail{SNI: srv.Name, Subject: "CN=" + srv.Name, Issuer: srv.Issuer, Version: "TLSv13"}
	}
	w.connect(nil, c)
}

// scheduleBackup plans the copying of the file servers.
func (w *world) scheduleBackup() {
	b := &w.s.Work.Backup
	from := w.hosts[b.Host]
	if from == nil {
		return
	}
	for i, target := range b.Targets {
		to := w.hosts[target]
		for at := w.clock(b.At).Add(time.Duration(i) * 4 * time.Minute); at.Before(w.end); at = at.Add(b.Every) {
			w.plan(at, func(at time.Time) {
				id := w.networkLogon(at, from, to, b.User, "Kerberos", true)
				w.useShare(at.Add(time.Second), from, to, &CopyAction{User: b.User, Share: b.Share, Name: `full\` + to.Name + `.vhdx`, Bytes: 300_000_000 + w.rng.Int64N(400_000_000), Read: true}, id)
			})
		}
	}
}
