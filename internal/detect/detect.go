// Package detect finds attacks in events.
//
// What enters: normalised events, one at a time, and a rule.Set.
// What leaves: the ids of the rules that an event matches, and an alert for each that is more than informational.
// What it never does: remember an event, or move data; pipeline does.
package detect

import (
	"fmt"
	"strings"
	"sync"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/sigma"
)

// Engine runs one rule.Set. It is immutable and safe for concurrent use.
type Engine struct {
	set    *rule.Set
	sigma  *sigma.Engine
	router *router
	pool   sync.Pool

	correlating *correlating
}

// Found is what one event gave.
type Found struct {
	Rules  []string      // ids of all rules that matched, informational ones too
	Alerts []alert.Alert // one for each rule above informational that no correlation keeps silent
	Failed []Failure     // rules that could not evaluate the event; the others did

	Observed []sigma.Observation // matches that correlations count
}

// New compiles the set. Rules that cannot be compiled are left out and told as problems.
func New(set *rule.Set, routes *Routes) (*Engine, []sigma.Problem) {
	compiled, problems := sigma.Compile(set.Sigma())
	e := &Engine{set: set, sigma: compiled}
	correlating, refused := newCorrelating(set)
	e.correlating = correlating
	problems = append(problems, refused...)
	e.router = &router{routes: routes, engine: compiled, seen: map[kind]*route{}}
	e.pool.New = func() any { return &scratch{record: compiled.NewRecord()} }
	return e, problems
}

// Set returns the rules that the engine runs.
func (e *Engine) Set() *rule.Set { return e.set }

// Unrouted lists the loaded rules whose log source no dataset of ours belongs to: they can never match.
func (e *Engine) Unrouted() []*rule.Rule {
	var out []*rule.Rule
	for _, r := range e.set.Rules {
		if !e.router.routes.knows(r.LogSource) {
			out = append(out, r)
		}
	}
	return out
}

func (r *Routes) knows(ls sigma.LogSource) bool {
	all := make([]sigma.LogSource, 0, len(r.entries))
	for _, e := range r.entries {
		all = append(all, sigma.LogSource{Product: e.Product, Category: e.Category, Service: e.Service})
	}
	return belongs(ls, all)
}

type scratch struct {
	record  *sigma.Record
	matches []sigma.Match
}

// Match evaluates the event. An error says that evaluation itself failed (a fault of ours); the event is then not evaluated, and the caller accounts for it.
func (e *Engine) Match(ev *event.Event) (found Found, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("detect event %s: %v", ev.ID, r)
		}
	}()
	way := e.router.of(ev)
	if way.sigma == nil {
		return Found{}, nil
	}
	s := e.pool.Get().(*scratch)
	defer e.pool.Put(s)
	e.fill(s.record, ev, way)
	s.matches = e.sigma.Match(s.record, s.matches[:0])
	for i := range s.matches {
		m := &s.matches[i]
		found.Rules = append(found.Rules, m.Rule.ID)
		if e.correlating.model.Watches(m.Rule) {
			found.Observed = append(found.Observed, e.observe(ev, way, m.Rule))
		}
		if m.Rule.Level > sigma.LevelInformational && !e.Silent(m.Rule) {
			found.Alerts = append(found.Alerts, e.alert(ev, m))
		}
	}
	found.Failed = failures(s.record.Failures())
	return found, nil
}

func (e *Engine) fill(r *sigma.Record, ev *event.Event, way *route) {
	r.Reset(way.sigma)
	for i := range ev.Fields {
		r.Add(value(&ev.Fields[i].Value))
	}
	ev.EachName(func(name string, field int) bool {
		if slot, ok := e.sigma.Slot(name); ok {
			r.Name(slot, field)
		}
		return true
	})
	for name, own := range way.rename {
		if slot, ok := e.sigma.Slot(name); ok {
			v := ev.Own(own)
			r.Name(slot, r.Add(value(&v)))
		}
	}
}

func value(v *event.Value) sigma.Value {
	if v.Kind != event.List {
		return sigma.Value{Kind: sigma.Kind(v.Kind), Text: v.Text}
	}
	out := sigma.Value{Kind: sigma.List, List: make([]sigma.Value, len(v.List))}
	for i := range v.List {
		out.List[i] = value(&v.List[i])
	}
	return out
}

func (e *Engine) alert(ev *event.Event, m *sigma.Match) alert.Alert {
	r := e.set.ByID(m.Rule.ID)
	a := alert.Alert{
		ID: alert.NewID(r.ID, ev.ID), Tenant: ev.Tenant, Site: ev.Site, Time: ev.Time,
		Rule: r.ID, Title: r.Title, TitleJA: r.TitleJA, Detector: alert.DetectorSigma, Level: alert.Level(r.Level),
		DeviceSeverity: strings.Clone(ev.Columns[event.EventSeverity]), Events: []event.ID{ev.ID}, Dataset: ev.Dataset, Source: ev.Source,
		Entities: ev.Entities, Summary: Summary(ev),
	}
	a.Tactics, a.Techniques = attack(r.Tags)
	a.Phase = alert.PhaseOf(a.Tactics)
	for _, hit := range m.Fields {
		a.Matched = append(a.Matched, alert.Matched{Field: hit.Field, Value: hit.Value, Pattern: hit.Pattern})
	}
	return a
}

// attack reads ATT&CK tactics and techniques out of Sigma's tags ("attack.initial-access", "attack.t1059.001").
func attack(tags []string) (tactics, techniques []string) {
	for _, tag := range tags {
		name, ok := strings.CutPrefix(strings.ToLower(tag), "attack.")
		switch {
		case !ok || name == "":
		case len(name) > 1 && name[0] == 't' && name[1] >= '0' && name[1] <= '9':
			techniques = append(techniques, strings.ToUpper(name))
		case alert.PhaseOf([]string{strings.ReplaceAll(name, "_", "-")}) != alert.NoPhase:
			tactics = append(tactics, strings.ReplaceAll(name, "_", "-"))
		}
	}
	return tactics, techniques
}

// summaryColumns are the columns that tell most of an event, the best first.
var summaryColumns = []event.Column{
	event.ProcessCommandLine, event.RuleName, event.URLFull, event.DNSQuestionName, event.TLSServerName,
	event.RegistryPath, event.FilePath,
}

// Summary tells an event in a line, from its own values: at most 240 bytes, cut at a character.
func Summary(ev *event.Event) string {
	text := ""
	for _, c := range summaryColumns {
		if c == event.RuleName && ev.Dataset == "windows.sysmon" {
			continue // the label of a line of Sysmon's own configuration
		}
		if text = ev.Columns[c]; text != "" {
			break
		}
	}
	if text == "" && ev.Columns[event.DestinationIP] != "" {
		text = ev.Columns[event.SourceIP] + " → " + ev.Columns[event.DestinationIP]
		if port := ev.Columns[event.DestinationPort]; port != "" {
			text += ":" + port
		}
	}
	for _, c := range [...]event.Column{event.Message, event.ProcessExecutable} {
		if text == "" {
			text = ev.Columns[c]
		}
	}
	if text == "" && ev.Columns[event.UserName] != "" {
		text = strings.TrimSpace(ev.Columns[event.EventAction] + " " + ev.Columns[event.UserName])
	}
	return strings.Clone(cut(strings.Join(strings.Fields(text), " "), 240)) // alerts live longer than the events' memory
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}
