package exercise

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/netip"
	"strings"
	"time"
)

// world is the company while the day goes on: what runs where, who is signed
// in, and what is still to happen.
type world struct {
	s     *Scenario
	start time.Time
	end   time.Time
	rng   *rand.Rand

	tasks   taskQueue
	pending lineQueue
	seq     int
	step    string

	hosts   map[string]*host
	byIP    map[string]*host
	sites   map[string]*Site
	servers map[string]*Server
	people  map[string]*Person
	program map[string]*Program
	rid     map[string]int
	mail    int
}

func newWorld(s *Scenario, start time.Time, seed uint64) *world {
	w := &world{
		s: s, start: start.In(s.location), end: start.Add(s.Duration()),
		rng:   rand.New(rand.NewPCG(seed, hash64(s.ID))),
		hosts: map[string]*host{}, byIP: map[string]*host{}, sites: map[string]*Site{},
		servers: map[string]*Server{}, people: map[string]*Person{}, program: map[string]*Program{}, rid: map[string]int{},
	}
	w.indexPlaces()
	for i := range s.Programs {
		w.program[strings.ToLower(base(s.Programs[i].Image))] = &s.Programs[i]
	}
	for i := range s.People {
		w.people[s.People[i].ID] = &s.People[i]
		w.rid[s.People[i].ID] = s.People[i].RID
	}
	for _, a := range s.Accounts {
		w.rid[a.ID] = a.RID
	}
	for i := range s.Hosts {
		w.addHost(&s.Hosts[i])
	}
	return w
}

func (w *world) indexPlaces() {
	for i := range w.s.Sites {
		w.sites[w.s.Sites[i].ID] = &w.s.Sites[i]
	}
	for i := range w.s.Internet {
		w.servers[w.s.Internet[i].Name] = &w.s.Internet[i]
	}
}

func (w *world) addHost(h *Host) {
	live := &host{Host: h, world: w, site: w.sites[h.Site], named: map[string]*process{}, cache: map[string]time.Time{}, records: map[string]int{}}
	w.hosts[h.Name], w.byIP[h.IP] = live, live
	live.port = 49700 + w.rng.IntN(4000)
	live.pid = 1200 + 4*w.rng.IntN(400)
	live.serial = fmt.Sprintf("%08x", uint32(hash64(h.Name)))
	if h.OS == "windows" {
		live.boot(w.start.Add(-time.Duration(20+w.rng.IntN(60)) * time.Minute))
	}
}

// clock turns a clock time into the instant at which it comes on this day.
func (w *world) clock(c Clock) time.Time { return w.start.Add(time.Duration(c - w.s.From)) }

// about returns a time between d/2 and 3d/2.
func (w *world) about(d time.Duration) time.Duration { return d/2 + w.below(d) }

// below returns a random time below d.
func (w *world) below(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return time.Duration(w.rng.Int64N(int64(d)))
}

// near returns a random number between 0.7 n and 1.3 n.
func (w *world) near(n int64) int64 {
	if n <= 3 {
		return n
	}
	return n*7/10 + w.rng.Int64N(n*6/10+1)
}

// fill puts the day's own values into a scripted text.
func (w *world) fill(text string) string {
	if !strings.Contains(text, "${") {
		return text
	}
	return strings.NewReplacer("${mmdd}", w.start.Format("0102"), "${yyyy}", w.start.Format("2006")).Replace(text)
}

// source finds the stream that carries a site's lines of a format.
func (w *world) source(site, format string) *Source {
	for i := range w.s.Sources {
		if src := &w.s.Sources[i]; src.Site == site && src.Format == format {
			return src
		}
	}
	return nil
}

// sid returns the security identifier of an account.
func (w *world) sid(user string) string {
	switch {
	case user == system:
		return "S-1-5-18"
	case w.rid[user] > 0:
		return fmt.Sprintf("%s-%d", w.s.Company.SID, w.rid[user])
	}
	return fmt.Sprintf("%s-%d", w.s.Company.SID, 2000+hash64(user)%900)
}

// qualified returns an account as DOMAIN\name.
func (w *world) qualified(user string) string {
	if user == system {
		return `NT AUTHORITY\SYSTEM`
	}
	return w.s.Company.NetBIOS + `\` + user
}

// address finds the address of a server, a host or an address itself.
func (w *world) address(name string) string {
	if srv := w.servers[name]; srv != nil {
		return srv.IP
	}
	if h := w.hosts[name]; h != nil {
		return h.IP
	}
	return name
}

// fqdn returns a host's full name.
func (w *world) fqdn(h *host) string { return h.Name + "." + w.s.Company.Domain }

// inside tells whether an address belongs to a host of the company.
func (w *world) inside(ip string) bool {
	if w.byIP[ip] != nil {
		return true
	}
	addr, err := netip.ParseAddr(ip)
	return err == nil && addr.IsPrivate()
}

func hash64(text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text))
	return h.Sum64()
}

// base returns what follows the last backslash.
func base(path string) string { return path[strings.LastIndexByte(path, '\\')+1:] }
