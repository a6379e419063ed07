package api

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/query"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Overview answers at a glance: do we cry wolf, do we miss, what is going on.
type Overview struct {
	ItemsOpenByLevel  map[string]int   `json:"items_open_by_level"`
	ItemsByHour       []HourCount      `json:"items_by_hour" doc:"By event time, hours without item too"`
	OldestOpen        Time             `json:"oldest_open,omitzero"`
	Judged            map[string]int   `json:"judged_24h" doc:"Verdicts given in the span"`
	FalsePositiveRate *float64         `json:"false_positive_rate" doc:"Share of false positives and over-detections; null when nothing was judged"`
	TopRules          []RuleCount      `json:"top_rules"`
	IncidentsOpen     []Incident       `json:"incidents_open" doc:"Open or in progress, at most 20"`
	IncidentsByPhase  map[string]int   `json:"incidents_by_phase" doc:"Not closed ones, by the furthest phase"`
	Techniques        []TechniqueCount `json:"techniques"`
	Sources           []SourceState    `json:"sources"`
	EventsTotal       int64            `json:"events_total_24h" doc:"Received in the last 24 hours"`
	Unparsed          int64            `json:"unparsed_24h" doc:"Of them, those that could not be read"`
	ReceivedPerMinute []Bucket         `json:"received_per_minute" doc:"The last hour"`
}

// HourCount is how many items began in an hour.
type HourCount struct {
	Start  Time           `json:"start"`
	Levels map[string]int `json:"levels"`
}

// RuleCount is what a rule told in the span.
type RuleCount struct {
	Rule           string `json:"rule"`
	Title          string `json:"title"`
	TitleJA        string `json:"title_ja"`
	Alerts         int    `json:"alerts"`
	Judged         int    `json:"judged"`
	FalsePositives int    `json:"false_positives" doc:"With over-detections"`
}

// TechniqueCount is how often an ATT&CK technique was seen.
type TechniqueCount struct {
	Technique string `json:"technique"`
	Tactic    string `json:"tactic" doc:"As the rules that know the technique say; empty when none does"`
	Phase     string `json:"phase" enum:"before,intrusion,foothold,spread,objective,"`
	Items     int    `json:"items"`
	Last      Time   `json:"last"`
}

// SourceState is how a source does.
type SourceState struct {
	ID           string `json:"id"`
	Tenant       string `json:"tenant"`
	Name         string `json:"name"`
	Site         string `json:"site"`
	LastReceived Time   `json:"last_received,omitzero"`
	Events1h     int64  `json:"events_1h"`
	Unparsed1h   int64  `json:"unparsed_1h"`
	SilentS      *int64 `json:"silent_s" doc:"Seconds since it was last heard; null when it never was"`
}

type overviewInput struct {
	Narrow
	At
	Hours int `query:"hours" minimum:"1" maximum:"720" default:"24" doc:"The span, up to now"`
}

const (
	topRules      = 10
	openIncidents = 20
)

func (a *api) overview() {
	register(a, people, route(http.MethodGet, "/overview", "get-overview", "The situation at a glance", "overview"), a.getOverview)
}

// glance is one request for the overview: whose, of which site, in which span.
type glance struct {
	*api
	scope  tenant.Scope
	site   string
	from   time.Time
	now    time.Time
	answer *Overview
}

func (a *api) getOverview(ctx context.Context, c *auth.Caller, in *overviewInput) (*reply[Overview], error) {
	scope, err := in.scope(c)
	if err != nil {
		return nil, err
	}
	now := a.Now().UTC()
	g := glance{a, scope, in.Site, now.Add(-time.Duration(in.Hours) * time.Hour), now, &Overview{}}
	for _, part := range []func(context.Context) error{g.queue, g.verdicts, g.told, g.cases, g.seen, g.senders, g.volume} {
		if err := part(ctx); err != nil {
			return nil, err
		}
	}
	return &reply[Overview]{*g.answer}, nil
}

func (g *glance) filter() alert.TrendFilter {
	return alert.TrendFilter{Site: g.site, From: g.from, To: g.now}
}

func (g *glance) queue(ctx context.Context) error {
	log, err := g.Trends.Backlog(ctx, g.scope, g.filter())
	if err != nil {
		return err
	}
	g.answer.ItemsOpenByLevel, g.answer.OldestOpen = levelsOf(log.Open), Time(log.Oldest)
	f := g.filter()
	f.From = g.from.Truncate(time.Hour)
	hours, err := g.Trends.ItemsByHour(ctx, g.scope, f)
	if err != nil {
		return err
	}
	byHour := map[int64]map[alert.Level]int{}
	for _, h := range hours {
		byHour[h.Hour.Unix()] = h.Levels
	}
	for at := f.From; at.Before(g.now); at = at.Add(time.Hour) {
		g.answer.ItemsByHour = append(g.answer.ItemsByHour, HourCount{Time(at), levelsOf(byHour[at.Unix()])})
	}
	return nil
}

// levelsOf names every level, also those without any.
func levelsOf(counts map[alert.Level]int) map[string]int {
	out := map[string]int{}
	for level := alert.Informational; level <= alert.Critical; level++ {
		out[level.String()] = counts[level]
	}
	return out
}

func (g *glance) verdicts(ctx context.Context) error {
	judged, err := g.Trends.Judged(ctx, g.scope, g.filter())
	if err != nil {
		return err
	}
	g.answer.Judged = verdictsOf(judged.Verdicts)
	if rate, ok := judged.FalseRate(); ok {
		g.answer.FalsePositiveRate = &rate
	}
	return nil
}

func (g *glance) told(ctx context.Context) error {
	stats, err := g.RuleStats.RuleStats(ctx, g.scope, g.from)
	if err != nil {
		return err
	}
	infos := map[string]RuleInfo{}
	for _, r := range g.Rules.InForce().Rules {
		infos[r.ID] = r
	}
	out := []RuleCount{}
	for id, s := range stats {
		rc := RuleCount{Rule: id, Title: cmp.Or(infos[id].Title, id), TitleJA: infos[id].TitleJA, Alerts: s.Alerts}
		for v, n := range s.Verdicts {
			rc.Judged += n
			if v == alert.FalsePositive || v == alert.OverDetection {
				rc.FalsePositives += n
			}
		}
		out = append(out, rc)
	}
	slices.SortFunc(out, func(x, y RuleCount) int { return cmp.Or(cmp.Compare(y.Alerts, x.Alerts), cmp.Compare(x.Rule, y.Rule)) })
	g.answer.TopRules = out[:min(len(out), topRules)]
	return nil
}

func (g *glance) cases(ctx context.Context) error {
	g.answer.IncidentsOpen = []Incident{}
	for _, status := range []incident.Status{incident.Open, incident.InProgress} {
		left := openIncidents - len(g.answer.IncidentsOpen)
		if left == 0 {
			break
		}
		list, _, err := g.Incidents.Incidents(ctx, g.scope, incident.Filter{Status: status, Site: g.site, Limit: left})
		if err != nil {
			return err
		}
		if err := g.fill(ctx, g.scope, list); err != nil {
			return err
		}
		g.answer.IncidentsOpen = append(g.answer.IncidentsOpen, mapped(list, incidentOf)...)
	}
	phases, err := g.Trends.Phases(ctx, g.scope, g.filter())
	if err != nil {
		return err
	}
	g.answer.IncidentsByPhase = map[string]int{}
	for _, p := range phases {
		g.answer.IncidentsByPhase[p.Phase.String()] = p.Incidents
	}
	return nil
}

func (g *glance) seen(ctx context.Context) error {
	list, err := g.Trends.Techniques(ctx, g.scope, g.filter())
	if err != nil {
		return err
	}
	tactics := tacticsOf(g.Rules.InForce().Rules)
	g.answer.Techniques = mapped(list, func(t alert.TechniqueCount) TechniqueCount {
		tactic := tactics[t.Technique]
		return TechniqueCount{t.Technique, tactic, alert.PhaseOf([]string{tactic}).String(), t.Items, Time(t.Last)}
	})
	return nil
}

// tacticsOf reads from the rules' tags under which tactic each technique is told: the one that most of them name.
func tacticsOf(rules []RuleInfo) map[string]string {
	votes := map[string]map[string]int{}
	for i := range rules {
		var tactics, techniques []string
		for _, tag := range rules[i].Tags {
			name, ok := strings.CutPrefix(tag, "attack.")
			switch {
			case !ok:
			case len(name) > 4 && name[0] == 't' && name[1] >= '0' && name[1] <= '9':
				techniques = append(techniques, strings.ToUpper(name))
			case alert.PhaseOf([]string{dashed(name)}) != alert.NoPhase:
				tactics = append(tactics, dashed(name))
			}
		}
		for _, technique := range techniques {
			if votes[technique] == nil {
				votes[technique] = map[string]int{}
			}
			for _, tactic := range tactics {
				votes[technique][tactic]++
			}
		}
	}
	out := map[string]string{}
	for technique, counts := range votes {
		for _, tactic := range slices.Sorted(maps.Keys(counts)) {
			if counts[tactic] > counts[out[technique]] {
				out[technique] = tactic
			}
		}
	}
	return out
}

func dashed(tactic string) string { return strings.ReplaceAll(tactic, "_", "-") }

func (g *glance) senders(ctx context.Context) error {
	list, err := g.Sources.Sources(ctx, g.scope)
	if err != nil {
		return err
	}
	health, err := g.Health.Health(ctx, g.scope)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(s source.Source) bool { return s.Off || g.site != "" && s.Site != g.site })
	g.answer.Sources = mapped(list, func(s source.Source) SourceState {
		h := health[s.ID]
		out := SourceState{
			ID: s.ID, Tenant: s.Tenant.String(), Name: s.Name, Site: s.Site,
			LastReceived: Time(h.LastReceived), Events1h: h.Events, Unparsed1h: h.Unparsed,
		}
		if !h.LastReceived.IsZero() {
			silent := max(0, int64(g.now.Sub(h.LastReceived).Seconds()))
			out.SilentS = &silent
		}
		return out
	})
	return nil
}

func (g *glance) volume(ctx context.Context) (err error) {
	var nodes []query.Node
	if g.site != "" {
		nodes = append(nodes, query.Match{Field: "site", Op: query.Equal, Value: g.site})
	}
	day := store.Search{Scope: g.scope, From: g.now.Add(-24 * time.Hour), ByReceipt: true, Query: query.And{Nodes: nodes}}
	if g.answer.EventsTotal, err = g.Events.Count(ctx, day); err != nil {
		return err
	}
	day.Query = query.And{Nodes: append(nodes, query.Match{Field: "dataset", Op: query.Equal, Value: event.DatasetUnparsed})}
	if g.answer.Unparsed, err = g.Events.Count(ctx, day); err != nil {
		return err
	}
	minute := g.now.Truncate(time.Minute)
	buckets, err := g.Health.Received(ctx, g.scope, minute.Add(-time.Hour), minute, time.Minute)
	g.answer.ReceivedPerMinute = mapped(buckets, bucketOf)
	return err
}
