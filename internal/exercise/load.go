package exercise

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"time"
	_ "time/tzdata" // the zone must be known on machines that have no tables

	"github.com/goccy/go-yaml"
)

// Load reads a scenario and checks it: unknown keys, references to hosts,
// people, sources and processes that are not there, and times outside of the
// day are errors that name the place. A scenario that loads can be played.
func Load(data []byte) (*Scenario, error) {
	var s Scenario
	if err := decode(data, &s); err != nil {
		return nil, fmt.Errorf("scenario: %w", err)
	}
	location, err := time.LoadLocation(s.Zone)
	if err != nil || s.Zone == "" {
		return nil, fmt.Errorf("scenario %q: zone %q is not known", s.ID, s.Zone)
	}
	s.location = location
	c := &checker{s: &s}
	c.check()
	if len(c.errs) > 0 {
		return nil, fmt.Errorf("scenario %q: %w", s.ID, errors.Join(c.errs...))
	}
	return &s, nil
}

// decode reads strict YAML. The YAML reader panics on some broken texts.
func decode(data []byte, into *Scenario) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("text is no YAML that can be read: %v", r)
		}
	}()
	return yaml.UnmarshalWithOptions(data, into, yaml.Strict())
}

// LoadFile reads a scenario from a file system.
func LoadFile(fsys fs.FS, name string) (*Scenario, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("scenario: %w", err)
	}
	s, err := Load(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

// checker collects what is wrong with a scenario.
type checker struct {
	s    *Scenario
	errs []error
	// named are the processes that steps have named so far, by host.
	named map[string][]string
}

func (c *checker) wrong(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf(format, args...))
}

func (c *checker) check() {
	s := c.s
	if s.ID == "" || s.TitleJA == "" || s.TitleEN == "" {
		c.wrong("id, title_ja and title_en must be given")
	}
	if s.Until <= s.From {
		c.wrong("until %s is not after from %s", s.Until, s.From)
	}
	if s.Duration() > longestDay || max(len(s.Hosts), len(s.People), len(s.Internet)) > mostPresent {
		c.wrong("a day of %s with %d hosts is more than can be played (%s, %d)", s.Duration(), len(s.Hosts), longestDay, mostPresent)
	}
	c.checkPlaces()
	c.checkSources()
	c.checkPeople()
	c.checkWork()
	c.named = map[string][]string{}
	ids := map[string]bool{}
	for _, steps := range [][]Step{s.Routine, s.Story} {
		for i := range steps {
			c.checkStep(&steps[i], ids)
		}
	}
	for i := range s.Story {
		if !slices.Contains([]string{"intrusion", "foothold", "spread", "objective"}, s.Story[i].Phase) {
			c.wrong("step %q: phase %q is none of intrusion, foothold, spread, objective", s.Story[i].ID, s.Story[i].Phase)
		}
	}
}

func (c *checker) site(id string) bool {
	return slices.ContainsFunc(c.s.Sites, func(s Site) bool { return s.ID == id })
}

func (c *checker) host(name string) *Host {
	for i := range c.s.Hosts {
		if c.s.Hosts[i].Name == name {
			return &c.s.Hosts[i]
		}
	}
	return nil
}

// windows reports whether a host is there and keeps Windows logs.
func (c *checker) windows(name string) bool {
	h := c.host(name)
	return h != nil && h.OS == "windows"
}

func (c *checker) server(name string) bool {
	return slices.ContainsFunc(c.s.Internet, func(s Server) bool { return s.Name == name })
}

func (c *checker) place(name string) bool {
	_, err := netip.ParseAddr(name)
	return err == nil || c.server(name) || c.host(name) != nil
}

func (c *checker) checkPlaces() {
	seen := map[string]bool{}
	for _, h := range c.s.Hosts {
		if _, err := netip.ParseAddr(h.IP); err != nil {
			c.wrong("host %q: address %q: %w", h.Name, h.IP, err)
		}
		if !plainName(h.Name) {
			c.wrong("host %q: want letters, digits, dots and dashes", h.Name)
		}
		if seen[h.Name] || seen[h.IP] {
			c.wrong("host %q (%s) is there twice", h.Name, h.IP)
		}
		seen[h.Name], seen[h.IP] = true, true
		if !c.site(h.Site) {
			c.wrong("host %q: no site %q", h.Name, h.Site)
		}
		if !slices.Contains([]string{"windows", "linux", "device"}, h.OS) {
			c.wrong("host %q: os %q is none of windows, linux, device", h.Name, h.OS)
		}
	}
	for _, s := range c.s.Sites {
		if c.host(s.Resolver) == nil || !c.windows(s.Directory) {
			c.wrong("site %q: resolver %q and directory %q must be hosts, the latter one of Windows", s.ID, s.Resolver, s.Directory)
		}
	}
	for _, s := range c.s.Internet {
		if _, err := netip.ParseAddr(s.IP); err != nil {
			c.wrong("server %q: address %q: %w", s.Name, s.IP, err)
		}
	}
}

var shapes = map[string][]string{
	"windows": {"winlogbeat", "nxlog"}, "zeek": {"json", "tsv"}, "suricata": {""}, "syslog": {"rfc3164", "rfc5424"},
}

func (c *checker) checkSources() {
	seen := map[string]bool{}
	for _, src := range c.s.Sources {
		if seen[src.Name] {
			c.wrong("source %q is there twice", src.Name)
		}
		seen[src.Name] = true
		if !c.site(src.Site) {
			c.wrong("source %q: no site %q", src.Name, src.Site)
		}
		known, ok := shapes[src.Format]
		if !ok || !slices.Contains(known, src.Shape) {
			c.wrong("source %q: format %q with shape %q is not one that can be written", src.Name, src.Format, src.Shape)
		}
		if _, ok := zeekSchemas[src.Log]; src.Shape == "tsv" && !ok || src.Shape != "tsv" && src.Log != "" {
			c.wrong("source %q: log %q: tsv needs the name of a Zeek log, all others need none", src.Name, src.Log)
		}
		if _, err := time.LoadLocation(src.Zone); err != nil {
			c.wrong("source %q: zone: %w", src.Name, err)
		}
	}
}

func (c *checker) checkPeople() {
	seated := map[string]string{}
	for _, p := range c.s.People {
		if other := seated[p.Host]; other != "" || !plainName(p.ID) {
			c.wrong("person %q: id is no name, or %q has the host %q already", p.ID, other, p.Host)
		}
		seated[p.Host] = p.ID
		if !c.windows(p.Host) {
			c.wrong("person %q: no Windows host %q", p.ID, p.Host)
		}
		if !c.windows(p.Share) {
			c.wrong("person %q: no Windows host %q to share files", p.ID, p.Share)
		}
		if p.Leaves <= p.Arrives || p.Arrives < c.s.From {
			c.wrong("person %q: arrives %s and leaves %s do not fit the day", p.ID, p.Arrives, p.Leaves)
		}
	}
}
