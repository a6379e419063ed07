package detect

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/sigma"
)

// Routes is the table that ties Sigma's log sources to our datasets. It is immutable.
type Routes struct{ entries []routeEntry }

type routeEntry struct {
	Product  string       `yaml:"product"`
	Category string       `yaml:"category"`
	Service  string       `yaml:"service"`
	Where    []routeWhere `yaml:"where"`
}

// routeWhere holds for an event whose attributes stand in every list that is given.
type routeWhere struct {
	Dataset  string            `yaml:"dataset"` // exact, or a prefix that ends in ".*"
	Channel  []string          `yaml:"channel"`
	Provider []string          `yaml:"provider"`
	Code     []string          `yaml:"code"`
	Rename   map[string]string `yaml:"rename"` // Sigma's name: the log's own name
}

// RoutesFile is where the table lies in content.FS.
const RoutesFile = "mappings/logsources.yml"

// LoadRoutes reads the table.
func LoadRoutes(fsys fs.FS) (*Routes, error) {
	data, err := fs.ReadFile(fsys, RoutesFile)
	if err != nil {
		return nil, fmt.Errorf("log source table: %w", err)
	}
	var r Routes
	if err := yaml.UnmarshalWithOptions(data, &r.entries, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("log source table %s: %w", RoutesFile, err)
	}
	for i, e := range r.entries {
		if e.Product == "" && e.Category == "" && e.Service == "" {
			return nil, fmt.Errorf("log source table %s: entry %d names no log source", RoutesFile, i+1)
		}
		for _, w := range e.Where {
			if w.Dataset == "" {
				return nil, fmt.Errorf("log source table %s: entry %d (%s/%s/%s): where without dataset", RoutesFile, i+1, e.Product, e.Category, e.Service)
			}
		}
	}
	return &r, nil
}

// kind is all of an event that routing looks at.
type kind struct{ dataset, channel, provider, code string }

func kindOf(ev *event.Event) kind {
	k := kind{dataset: ev.Dataset, code: ev.Columns[event.EventCode], provider: ev.Columns[event.EventProvider]}
	if strings.HasPrefix(ev.Dataset, "windows.") {
		k.channel = ev.Own("Channel").Text
	}
	return k
}

// clone holds no memory of the event.
func (k kind) clone() kind {
	return kind{strings.Clone(k.dataset), strings.Clone(k.channel), strings.Clone(k.provider), strings.Clone(k.code)}
}

func (w *routeWhere) fits(k kind) bool {
	if prefix, ok := strings.CutSuffix(w.Dataset, "*"); ok {
		if !strings.HasPrefix(k.dataset, prefix) {
			return false
		}
	} else if w.Dataset != k.dataset {
		return false
	}
	return in(w.Channel, k.channel) && in(w.Provider, k.provider) && in(w.Code, k.code)
}

func in(list []string, value string) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, value) })
}

// route is what routing finds for one kind of event: the log sources of the loaded rules that it belongs to, and where Sigma's names lie.
type route struct {
	sigma  *sigma.Route // nil for none
	rename map[string]string
}

// router remembers the route of each kind of event that it has seen. It is safe for concurrent use.
type router struct {
	routes *Routes
	engine *sigma.Engine
	mu     sync.RWMutex
	seen   map[kind]*route
}

// maxKinds bounds the memory against logs that write something new into every code.
const maxKinds = 10_000

func (r *router) of(ev *event.Event) *route {
	k := kindOf(ev)
	r.mu.RLock()
	found := r.seen[k]
	r.mu.RUnlock()
	if found != nil {
		return found
	}
	found = r.find(k)
	r.mu.Lock()
	if len(r.seen) >= maxKinds {
		clear(r.seen)
	}
	r.seen[k.clone()] = found
	r.mu.Unlock()
	return found
}

func (r *router) find(k kind) *route {
	var fitting []sigma.LogSource
	out := &route{}
	for i := range r.routes.entries {
		e := &r.routes.entries[i]
		for j := range e.Where {
			w := &e.Where[j]
			if !w.fits(k) {
				continue
			}
			fitting = append(fitting, sigma.LogSource{Product: e.Product, Category: e.Category, Service: e.Service})
			for name, own := range w.Rename {
				if out.rename == nil {
					out.rename = map[string]string{}
				}
				out.rename[name] = own
			}
		}
	}
	out.sigma = r.engine.Route(func(ls sigma.LogSource) bool { return belongs(ls, fitting) })
	return out
}

// belongs reports whether an event that fits these entries is one of the log source: every part that the log source names is named by an entry
// whose product does not contradict it (Sigma specification, log sources: an absent part stands for any).
func belongs(ls sigma.LogSource, fitting []sigma.LogSource) bool {
	has := func(part func(sigma.LogSource) string) bool {
		want := part(ls)
		return want == "" || slices.ContainsFunc(fitting, func(f sigma.LogSource) bool {
			return strings.EqualFold(part(f), want) && (ls.Product == "" || f.Product == "" || strings.EqualFold(f.Product, ls.Product))
		})
	}
	return len(fitting) > 0 &&
		has(func(s sigma.LogSource) string { return s.Product }) &&
		has(func(s sigma.LogSource) string { return s.Category }) &&
		has(func(s sigma.LogSource) string { return s.Service })
}
