package exercise

import (
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
)

// checkWork checks that the background of the day has all that it draws from.
func (c *checker) checkWork() {
	w := &c.s.Work
	if w.Pace < time.Second || w.Idle < time.Second || w.Mail.Every < time.Second || w.Probes.Every < time.Second || w.Visitors.Every < time.Second {
		c.wrong("work: pace, idle and every of mail, probes and visitors must be a second or more")
	}
	if c.host(w.Mail.Host) == nil || c.host(w.Visitors.Host) == nil {
		c.wrong("work: mail host %q and visitors host %q must be hosts", w.Mail.Host, w.Visitors.Host)
	}
	if len(w.Documents) == 0 || len(w.Background) == 0 || len(w.Mail.Mails) == 0 || len(w.Probes.From) == 0 || len(w.Probes.Ports) == 0 || len(w.Visitors.From) == 0 || len(w.Visitors.Pages) == 0 {
		c.wrong("work: documents, background, mails, probes and visitors must not be empty")
	}
	for _, kind := range []string{"web", "chat"} {
		if !slices.ContainsFunc(c.s.Internet, func(s Server) bool { return s.Kind == kind }) {
			c.wrong("internet: no server of kind %q", kind)
		}
	}
	if !slices.ContainsFunc(c.s.Hosts, func(h Host) bool { return h.Exposed }) {
		c.wrong("hosts: none is exposed to the probes")
	}
	for _, b := range w.Background {
		if b.Server != "" && !c.server(b.Server) {
			c.wrong("work: background %q: no server %q", first(b.Image, b.By), b.Server)
		}
	}
	c.checkNoise(w)
}

// Bounds that keep any scenario playable.
const (
	longestDay  = 24 * time.Hour
	mostTries   = 10_000
	mostAtOnce  = 64
	mostBytes   = 1 << 40
	mostPresent = 2_000 // hosts, people, servers
)

// plainName tells that a text can stand in any log as a name.
func plainName(name string) bool {
	return name != "" && len(name) <= 64 && strings.IndexFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_.", r)
	}) < 0
}

// oneLine tells that a text cannot break a line of a log in two.
func oneLine(text string) bool { return !strings.ContainsFunc(text, unicode.IsControl) }

// within tells that a time span is neither negative nor longer than a day.
func within(spans ...time.Duration) bool {
	return !slices.ContainsFunc(spans, func(d time.Duration) bool { return d < 0 || d > longestDay })
}

func (c *checker) checkNoise(w *Work) {
	for _, g := range w.Guessing {
		if c.host(g.Host) == nil || !c.place(g.From) || len(g.Users) == 0 {
			c.wrong("work: guessing at %s: host %q, from %q or users missing", g.At, g.Host, g.From)
		}
		if g.Tries < 0 || g.Tries > mostTries || !within(g.Every) || slices.ContainsFunc(g.Users, func(u string) bool { return !oneLine(u) }) {
			c.wrong("work: guessing at %s: %d tries every %s, or a user's name of two lines", g.At, g.Tries, g.Every)
		}
	}
	for _, n := range w.Sensor {
		if c.host(n.Host) == nil || !c.place(n.To) {
			c.wrong("work: sensor alert %q: host %q or to %q not known", n.Signature, n.Host, n.To)
		}
	}
	if w.Backup.Host == "" {
		return
	}
	if c.host(w.Backup.Host) == nil || w.Backup.Every < time.Minute {
		c.wrong("work: backup host %q is not known or every %s is too often", w.Backup.Host, w.Backup.Every)
	}
	for _, t := range w.Backup.Targets {
		if !c.windows(t) {
			c.wrong("work: backup target %q is not a Windows host", t)
		}
	}
}

func (c *checker) checkStep(step *Step, ids map[string]bool) {
	if step.ID == "" || ids[step.ID] {
		c.wrong("step %q: id missing or there twice", step.ID)
	}
	ids[step.ID] = true
	if step.At < c.s.From || step.At > c.s.Until {
		c.wrong("step %q: at %s is outside of the day", step.ID, step.At)
	}
	if !plainName(first(step.User, system)) {
		c.wrong("step %q: user %q is no name", step.ID, step.User)
	}
	if step.Every < 0 || step.Every > 0 && step.Every < time.Minute {
		c.wrong("step %q: every %s is too often", step.ID, step.Every)
	}
	if c.host(step.Host) == nil {
		c.wrong("step %q: no host %q", step.ID, step.Host)
		return
	}
	for i := range step.Do {
		if n := setFields(&step.Do[i]); n != 1 {
			c.wrong("step %q: action %d has %d kinds, want one", step.ID, i+1, n)
			continue
		}
		c.checkAction(step, &step.Do[i])
	}
}

// setFields counts the kinds of an action that are given.
func setFields(a *Action) int {
	n, v := 0, reflect.ValueOf(a).Elem()
	for i := range v.NumField() {
		if !v.Field(i).IsNil() {
			n++
		}
	}
	return n
}

func (c *checker) checkAction(step *Step, a *Action) {
	c.checkProcesses(step, a)
	c.checkTargets(step, a)
	if a.Wait != nil && !within(*a.Wait) {
		c.wrong("step %q: wait %s", step.ID, *a.Wait)
	}
	if a.Copy != nil && (a.Copy.Bytes < 0 || a.Copy.Bytes > mostBytes) {
		c.wrong("step %q: copy of %d bytes", step.ID, a.Copy.Bytes)
	}
	if a.Sudo != nil && !oneLine(a.Sudo.Command+a.Sudo.Refused+a.Sudo.User) || a.SSH != nil && !oneLine(a.SSH.User+a.SSH.Method) {
		c.wrong("step %q: a line of syslog cannot hold a line break", step.ID)
	}
	if b := a.Beacon; b != nil && (b.Every < time.Second || b.Jitter < 0 || b.Jitter >= b.Every || !within(b.AlertEvery)) {
		c.wrong("step %q: beacon every %s with jitter %s", step.ID, b.Every, b.Jitter)
	}
	if s := a.Scan; s != nil && (s.First < 1 || s.Last > 254 || s.Last < s.First || len(s.Ports) == 0 || len(s.Ports) > mostTries || !within(s.Gap)) {
		c.wrong("step %q: scan from %d to %d with %d ports", step.ID, s.First, s.Last, len(s.Ports))
	}
	if s := a.Service; s != nil && s.As != "" {
		c.named[s.On] = append(c.named[s.On], s.As)
	}
}

// checkProcesses checks the names by which an action calls processes.
func (c *checker) checkProcesses(step *Step, a *Action) {
	var by []string
	windows := true
	switch {
	case a.Process != nil:
		by = append(by, first(a.Process.By, "explorer"))
	case a.File != nil:
		by = append(by, a.File.By)
	case a.Registry != nil:
		by = append(by, a.Registry.By)
	case a.Load != nil:
		by = append(by, a.Load.By)
	case a.Access != nil:
		by = append(by, a.Access.By, a.Access.Target)
	case a.Script != nil || a.Audit != nil:
	default:
		windows = false
		for _, name := range []string{connectBy(a.Connect), beaconBy(a.Beacon), callBy(a.Call)} {
			if name != "" {
				by = append(by, name)
			}
		}
	}
	if (windows || len(by) > 0) && !c.windows(step.Host) {
		c.wrong("step %q: host %q keeps no Windows logs", step.ID, step.Host)
	}
	for _, name := range by {
		if !c.knownProcess(step.Host, name) {
			c.wrong("step %q: no process %q on %s at that time", step.ID, name, step.Host)
		}
	}
	if a.Process != nil && a.Process.As != "" {
		c.named[step.Host] = append(c.named[step.Host], a.Process.As)
	}
}

func (c *checker) knownProcess(host, name string) bool {
	_, ok := personal[name]
	return ok || slices.Contains(c.named[host], name) ||
		slices.ContainsFunc(standing, func(s struct{ name, image, command string }) bool { return s.name == name })
}

func connectBy(a *ConnectAction) string {
	if a == nil {
		return ""
	}
	return a.By
}

func beaconBy(a *BeaconAction) string {
	if a == nil {
		return ""
	}
	return a.By
}

func callBy(a *CallAction) string {
	if a == nil {
		return ""
	}
	return a.By
}

// checkTargets checks the other ends of an action.
func (c *checker) checkTargets(step *Step, a *Action) {
	missing := func(kind, name string) { c.wrong("step %q: %s: %q is not known", step.ID, kind, name) }
	switch {
	case a.Connect != nil:
		c.checkConnect(step, a.Connect)
	case a.Beacon != nil:
		c.checkConnect(step, &a.Beacon.ConnectAction)
	case a.Logon != nil && !c.windows(a.Logon.To):
		missing("logon to", a.Logon.To)
	case a.Copy != nil && !c.windows(a.Copy.To):
		missing("copy to", a.Copy.To)
	case a.Service != nil && !c.windows(a.Service.On):
		missing("service on", a.Service.On)
	case a.Call != nil && c.host(a.Call.To) == nil:
		missing("call to", a.Call.To)
	case a.Mail != nil && (!c.place(a.Mail.Address) || !strings.Contains(a.Mail.From, "@")):
		missing("mail from", a.Mail.From+" "+a.Mail.Address)
	case a.SSH != nil && !c.place(a.SSH.From):
		missing("ssh from", a.SSH.From)
	}
}

func (c *checker) checkConnect(step *Step, a *ConnectAction) {
	if a.From == "" && !c.place(a.To) || a.From != "" && !c.place(a.From) {
		c.wrong("step %q: connect from %q to %q: no such place", step.ID, a.From, a.To)
	}
	if a.Port < 1 || a.Port > 65535 {
		c.wrong("step %q: connect to port %d", step.ID, a.Port)
	}
	if min(a.Out, a.In) < 0 || max(a.Out, a.In) > mostBytes || !within(a.Lasts) || a.Parallel < 0 || a.Parallel > mostAtOnce {
		c.wrong("step %q: connect with %d bytes out, %d in, %d at once, for %s", step.ID, a.Out, a.In, a.Parallel, a.Lasts)
	}
}
