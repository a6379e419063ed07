package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/sigma"
)

// correlationLimits bound what the correlations keep of one tenant.
var correlationLimits = sigma.Limits{Lateness: 10 * time.Minute, Bytes: 64 << 20}

// correlating is what an engine knows of the correlations of its set.
type correlating struct {
	model   *sigma.Correlator // of the linked ones; only asked, never fed
	linked  []*sigma.Correlation
	watched []*sigma.Rule
	idle    map[string]string // id → why it does not run, though nothing is wrong with it
	told    map[string]*rule.Correlation
}

// newCorrelating links the correlations that are not switched off with the rules that are not. A correlation that counts something that is off waits.
func newCorrelating(set *rule.Set) (*correlating, []sigma.Problem) {
	c := &correlating{idle: map[string]string{}, told: map[string]*rule.Correlation{}}
	whole, problems := sigma.NewCorrelator(set.Correlations, set.All(), correlationLimits)
	c.model, _ = sigma.NewCorrelator(set.Counting(), set.Sigma(), correlationLimits)
	for _, s := range c.model.Stats() {
		c.linked = append(c.linked, s.Correlation)
		c.told[s.Correlation.ID] = set.Correlation(s.Correlation.ID)
	}
	for _, s := range whole.Stats() {
		_, off := set.Off(s.Correlation.ID)
		if !off && !slices.Contains(c.linked, s.Correlation) {
			c.idle[s.Correlation.ID] = "counts a rule that is switched off"
		}
	}
	for _, r := range set.Sigma() {
		if c.model.Watches(r) {
			c.watched = append(c.watched, r)
		}
	}
	return c, problems
}

// Correlates reports whether any correlation runs.
func (e *Engine) Correlates() bool { return len(e.correlating.linked) > 0 }

// NewCorrelator returns a correlator of the set's correlations without memory, for the observations of one tenant. It is not safe for concurrent use.
func (e *Engine) NewCorrelator() *sigma.Correlator {
	c, _ := sigma.NewCorrelator(e.correlating.linked, e.correlating.watched, correlationLimits)
	return c
}

// Running lists the correlations that run.
func (e *Engine) Running() []*sigma.Correlation { return e.correlating.linked }

// Idle tells why a correlation with which nothing is wrong does not run; "" for one that does.
func (e *Engine) Idle(id string) string { return e.correlating.idle[id] }

// Silent reports whether matches of a rule make no alert of their own, since correlations count them.
func (e *Engine) Silent(r *sigma.Rule) bool { return e.correlating.model.Silent(r) }

// Counting lists the ids of the correlations that count a rule.
func (e *Engine) Counting(r *sigma.Rule) (ids []string) {
	if !e.correlating.model.Watches(r) {
		return nil
	}
	for _, c := range e.correlating.linked {
		if slices.Contains(c.Rules, r.ID) || r.Name != "" && slices.Contains(c.Rules, r.Name) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// Trusted is the time of an event as far as it is believed: one that lies well after its receipt is the fault of a clock, and receipt stands for it.
func Trusted(ev *event.Event) time.Time {
	if ev.Time.After(ev.Received.Add(correlationLimits.Lateness)) {
		return ev.Received
	}
	return ev.Time
}

// observe makes of a match what correlations count. Nothing in it shares memory with the event.
func (e *Engine) observe(ev *event.Event, way *route, r *sigma.Rule) sigma.Observation {
	fields := e.correlating.model.Fields(r)
	o := sigma.Observation{Rule: r, Time: Trusted(ev), Event: witnessOf(ev), Values: make([]sigma.Value, len(fields))}
	for i, name := range fields {
		v := named(ev, way, name)
		o.Values[i] = kept(value(&v))
	}
	return o
}

// named finds a field as rules do, by the log's own name or by the one that the table gives it, and else by the analyst's name: a correlation over
// different logs groups by host.name or source.ip.
func named(ev *event.Event, way *route, name string) event.Value {
	v := ev.Own(name)
	if own, ok := way.rename[name]; ok && v.Kind == event.Absent {
		v = ev.Own(own)
	}
	if v.Kind != event.Absent {
		return v
	}
	if column, ok := event.ColumnByName(name); ok && ev.Columns[column] != "" {
		return event.Str(ev.Columns[column])
	}
	return v
}

func kept(v sigma.Value) sigma.Value {
	v.Text = strings.Clone(v.Text)
	for i := range v.List {
		v.List[i] = kept(v.List[i])
	}
	return v
}

// witness is what is kept of an event that is counted. It travels in the reference that the correlator holds, so that it is bounded, kept and forgotten
// together with what was counted.
type witness struct {
	Event    string         `json:"-"`
	Site     string         `json:"s,omitempty"`
	Source   string         `json:"o,omitempty"`
	Dataset  string         `json:"d,omitempty"`
	Entities []event.Entity `json:"e,omitempty"`
}

// Bounds of a witness.
const (
	maxWitnessEntities = 12
	maxWitnessValue    = 256
)

func witnessOf(ev *event.Event) string {
	w := witness{Site: ev.Site, Source: ev.Source, Dataset: ev.Dataset}
	for _, en := range ev.Entities {
		if len(w.Entities) < maxWitnessEntities && len(en.Value) <= maxWitnessValue {
			w.Entities = append(w.Entities, en)
		}
	}
	data, _ := json.Marshal(w) // texts alone
	return ev.ID.String() + " " + string(data)
}

func readWitness(ref string) (w witness) {
	id, data, _ := strings.Cut(ref, " ")
	_ = json.Unmarshal([]byte(data), &w) // written by witnessOf
	w.Event = id
	return w
}

// Told makes an alert of what a correlation found; ok is false for an informational one. The tenant is left to the caller, who knows whose observations
// they were.
func (e *Engine) Told(f *sigma.Finding) (a alert.Alert, ok bool) {
	c := e.correlating.told[f.Correlation.ID]
	if c == nil || c.Level == sigma.LevelInformational {
		return a, false
	}
	a = alert.Alert{
		ID: findingID(f), Time: f.Last, Rule: c.ID, Title: c.Title, TitleJA: c.TitleJA, Detector: alert.DetectorCorrelation,
		Level: alert.Level(c.Level), Matched: matchedBy(f), Summary: summaryOf(f),
	}
	a.Tactics, a.Techniques = attack(c.Tags)
	a.Phase = alert.PhaseOf(a.Tactics)
	witnesses := make([]witness, 0, len(f.Events))
	for _, ref := range f.Events {
		w := readWitness(ref)
		if id, err := event.ParseID(w.Event); err == nil {
			a.Events = append(a.Events, id)
		}
		witnesses = append(witnesses, w)
		a.Site, a.Source, a.Dataset = w.Site, w.Source, w.Dataset
	}
	a.Entities = common(witnesses)
	return a, true
}

// findingID is the alert's id: the same finding has the same one in every replay.
func findingID(f *sigma.Finding) string {
	sum := sha256.Sum256([]byte(f.Correlation.ID + "\x00" + f.ID))
	return "a" + hex.EncodeToString(sum[:12])
}

func matchedBy(f *sigma.Finding) (out []alert.Matched) {
	for _, g := range f.Group {
		out = append(out, alert.Matched{Field: g.Field, Value: g.Value, Pattern: "group-by"})
	}
	return append(out, alert.Matched{Field: string(f.Correlation.Type), Value: f.Value, Pattern: "timespan " + f.Correlation.Timespan.String()})
}

// summaryOf tells a finding in a line without words of a language: whose, how much, within what time. What is counted of temporal types is their rules,
// which tells nothing.
func summaryOf(f *sigma.Finding) string {
	var parts []string
	for _, g := range f.Group {
		parts = append(parts, g.Field+"="+g.Value)
	}
	if t := f.Correlation.Type; t != sigma.Temporal && t != sigma.TemporalOrdered {
		parts = append(parts, "×"+f.Value)
	}
	parts = append(parts, "("+f.Last.Sub(f.First).Round(time.Second).String()+")")
	return cut(strings.Join(parts, " "), 240)
}

// maxTold bounds the entities of an alert.
const maxTold = 100

// common joins the entities of several events: those of all of them first. A host or person that acts in some of them only is not whom the finding is
// about, but one of those that it was done to.
func common(witnesses []witness) []event.Entity {
	count := map[event.Entity]int{}
	var order []event.Entity
	for _, w := range witnesses {
		seen := map[event.Entity]bool{}
		for _, en := range w.Entities {
			if seen[en] {
				continue
			}
			seen[en] = true
			if count[en]++; count[en] == 1 {
				order = append(order, en)
			}
		}
	}
	slices.SortStableFunc(order, func(a, b event.Entity) int { return count[b] - count[a] })
	var out []event.Entity
	for _, en := range order {
		if count[en] < len(witnesses) && en.Role == event.RoleSubject && (en.Kind == event.KindHost || en.Kind == event.KindUser) {
			en.Role = event.RoleTarget
		}
		if len(out) < maxTold && !slices.Contains(out, en) {
			out = append(out, en)
		}
	}
	return out
}
