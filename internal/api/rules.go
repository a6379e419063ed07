package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/rule"
)

// Rules are the rules in force, and how other ones come into force. Methods are safe for concurrent use.
type Rules interface {
	// InForce returns the rules as they are at this moment.
	InForce() *RuleSet
	// Reload reads the rules again from where they came and puts them in force; before and after may be the same. A set that cannot be read as a whole
	// leaves the rules as they are and is an error, rule.ErrNotLoaded with the reason.
	Reload(ctx context.Context) (before, after *RuleSet, err error)
	// SwitchOn puts a rule that was switched off in force again; rule.ErrNotFound. One that is on stays so.
	SwitchOn(ctx context.Context, id string) error
}

// RuleSet is the rules in force at one moment. It is not changed.
type RuleSet struct {
	Version  string // names the set by its content
	Since    time.Time
	Rules    []RuleInfo // in the order of their files, correlations after the others
	Problems []RuleProblem
	Waiting  []RuleProblem // rules and filters that wait for the values of their placeholders
}

// States of a rule.
const (
	RuleOn      = "on"
	RuleOff     = "off"     // it failed or was too slow
	RuleWaiting = "waiting" // for the values of its placeholders, or for a rule that is not on
)

// RuleInfo is one loaded rule.
type RuleInfo struct {
	ID             string
	Kind           string
	Silent         bool // it makes no alerts of its own: correlations count it
	Correlation    *Correlation
	CountedBy      []RuleRef // correlations that count it
	Filters        []RuleRef // applied to it
	State          string
	StateReason    string    // why it is not on
	StateSince     time.Time // of a rule that is off
	Title          string
	TitleJA        string
	Description    string
	DescriptionJA  string
	Level          string
	Status         string
	File           string
	Product        string // of the log source
	Category       string
	Service        string
	Tags           []string
	FalsePositives []string
	References     []string
	Source         string // the text of its file
}

// RuleProblem is something that was refused at load, and why.
type RuleProblem struct {
	File   string `json:"file"`
	Line   int    `json:"line" doc:"0 where none can be named"`
	Rule   string `json:"rule"`
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// RuleText is what a rule says of itself, beside an item.
type RuleText struct {
	ID             string   `json:"id"`
	Title          string   `json:"title"`
	TitleJA        string   `json:"title_ja"`
	Description    string   `json:"description"`
	DescriptionJA  string   `json:"description_ja"`
	Level          string   `json:"level" enum:"informational,low,medium,high,critical"`
	Status         string   `json:"status"`
	File           string   `json:"file"`
	Tags           []string `json:"tags"`
	FalsePositives []string `json:"false_positives"`
	References     []string `json:"references"`
}

// Rule is a rule and what it told, of the tenants that the caller may see.
type Rule struct {
	ID          string         `json:"id"`
	Kind        string         `json:"kind" enum:"rule,correlation"`
	Title       string         `json:"title"`
	TitleJA     string         `json:"title_ja"`
	Level       string         `json:"level" enum:"informational,low,medium,high,critical"`
	Silent      bool           `json:"silent" doc:"It makes no alerts of its own: correlations count it"`
	Status      string         `json:"status"`
	State       string         `json:"state" enum:"on,off,waiting" doc:"off: it failed or was too slow and was switched off; waiting: for values or for another rule"`
	StateReason string         `json:"state_reason" doc:"Why it is not on"`
	StateSince  Time           `json:"state_since,omitzero" doc:"Since when it is off"`
	Missed      int            `json:"events_missed" doc:"Events that it could not evaluate"`
	File        string         `json:"file"`
	Product     string         `json:"product"`
	Category    string         `json:"category"`
	Service     string         `json:"service"`
	Tags        []string       `json:"tags"`
	Alerts24h   int            `json:"alerts_24h" doc:"By event time"`
	AlertsTotal int            `json:"alerts_total"`
	ItemsOpen   int            `json:"items_open"`
	Verdicts    map[string]int `json:"verdicts" doc:"Items by the verdict in force"`
	LastHit     Time           `json:"last_hit,omitzero"`
}

// RuleList is the rules in force and what was refused.
type RuleList struct {
	Rules    []Rule        `json:"rules"`
	Problems []RuleProblem `json:"problems"`
	Waiting  []RuleProblem `json:"waiting" doc:"Rules and filters that wait for the values of their placeholders"`
	Version  string        `json:"version"`
	Since    Time          `json:"since" doc:"When this version came into force"`
}

// RuleDetail is a rule with its text.
type RuleDetail struct {
	Rule
	Description    string     `json:"description"`
	DescriptionJA  string     `json:"description_ja"`
	Source         string     `json:"source" doc:"The text of its file"`
	FalsePositives []string   `json:"false_positives"`
	References     []string   `json:"references"`
	HitsByDay      []DayCount `json:"hits_by_day" doc:"The last 30 days"`
	Gaps           []RuleGap  `json:"gaps" doc:"Events that it could not evaluate by hour, newest first"`

	Correlation *Correlation `json:"correlation,omitempty"`
	CountedBy   []RuleRef    `json:"counted_by" doc:"Correlations that count it"`
	Filters     []RuleRef    `json:"filters" doc:"Sigma filters that are applied to it"`
}

// RuleGap is how many events of an hour a rule could not evaluate.
type RuleGap struct {
	Hour   Time `json:"hour"`
	Events int  `json:"events"`
}

// DayCount is a count of one day.
type DayCount struct {
	Day   string `json:"day" format:"date"`
	Count int    `json:"count"`
}

type listRulesInput struct {
	Narrow
	Q string `query:"q" maxLength:"200" doc:"Text in title, id, file or tags"`
}

type ruleInput struct {
	Narrow
	ID string `path:"id"`
}

const hitDays = 30

func (a *api) rules() {
	register(a, people, route(http.MethodGet, "/rules", "list-rules", "Rules and what they told", "rules"), a.listRules)
	register(a, people, route(http.MethodGet, "/rules/{id}", "get-rule", "A rule with its text and hits", "rules"), a.getRule)
	register(a, administrators, route(http.MethodPost, "/rules/reload", "reload-rules",
		"Read the rules again and put them in force, without losing an event; for administrators of all tenants", "rules"), a.reloadRules)
	register(a, administrators, route(http.MethodPost, "/rules/{id}/on", "switch-on-rule",
		"Put a rule that was switched off in force again; for administrators of all tenants", "rules"), a.switchOnRule)
}

// ruleStats are the statistics of all time and of the last 24 hours, and how many events each rule missed.
type ruleStats struct {
	all, day map[string]rule.Stats
	missed   map[string]int
}

func (a *api) ruleStats(ctx context.Context, c *auth.Caller, narrow Narrow) (ruleStats, error) {
	scope, err := narrow.scope(c)
	if err != nil {
		return ruleStats{}, err
	}
	all, err := a.RuleStats.RuleStats(ctx, scope, time.Time{})
	if err != nil {
		return ruleStats{}, err
	}
	day, err := a.RuleStats.RuleStats(ctx, scope, a.Now().UTC().Add(-24*time.Hour))
	if err != nil {
		return ruleStats{}, err
	}
	gaps, err := a.RuleStats.Gaps(ctx, scope, "")
	missed := map[string]int{}
	for _, g := range gaps {
		missed[g.Rule] += g.Events
	}
	return ruleStats{all, day, missed}, err
}

func (s ruleStats) of(r RuleInfo) Rule {
	all := s.all[r.ID]
	return Rule{
		ID: r.ID, Kind: r.Kind, Title: r.Title, TitleJA: r.TitleJA, Level: r.Level, Silent: r.Silent, Status: r.Status, File: r.File,
		State: r.State, StateReason: r.StateReason, StateSince: Time(r.StateSince), Missed: s.missed[r.ID],
		Product: r.Product, Category: r.Category, Service: r.Service, Tags: listed(r.Tags),
		Alerts24h: s.day[r.ID].Alerts, AlertsTotal: all.Alerts, ItemsOpen: all.Open,
		Verdicts: verdictsOf(all.Verdicts), LastHit: Time(all.LastHit),
	}
}

func verdictsOf(counts map[alert.Verdict]int) map[string]int {
	out := map[string]int{}
	for v, n := range counts {
		out[string(v)] = n
	}
	return out
}

func (r *RuleInfo) has(text string) bool {
	if text == "" {
		return true
	}
	for _, s := range append([]string{r.Title, r.TitleJA, r.ID, r.File}, r.Tags...) {
		if strings.Contains(strings.ToLower(s), text) {
			return true
		}
	}
	return false
}

func (a *api) listRules(ctx context.Context, c *auth.Caller, in *listRulesInput) (*reply[RuleList], error) {
	stats, err := a.ruleStats(ctx, c, in.Narrow)
	if err != nil {
		return nil, err
	}
	text := strings.ToLower(strings.TrimSpace(in.Q))
	set := a.Rules.InForce()
	out := RuleList{Rules: []Rule{}, Problems: listed(set.Problems), Waiting: listed(set.Waiting), Version: set.Version, Since: Time(set.Since)}
	for _, r := range set.Rules {
		if r.has(text) {
			out.Rules = append(out.Rules, stats.of(r))
		}
	}
	return &reply[RuleList]{out}, nil
}

func (a *api) ruleByID(id string) (RuleInfo, bool) {
	all := a.Rules.InForce().Rules
	at := slices.IndexFunc(all, func(r RuleInfo) bool { return r.ID == id })
	if at < 0 {
		return RuleInfo{}, false
	}
	return all[at], true
}

// ruleText is nil for a rule that is not loaded.
func (a *api) ruleText(id string) *RuleText {
	r, ok := a.ruleByID(id)
	if !ok {
		return nil
	}
	return &RuleText{
		ID: r.ID, Title: r.Title, TitleJA: r.TitleJA, Description: r.Description, DescriptionJA: r.DescriptionJA, Level: r.Level,
		Status: r.Status, File: r.File, Tags: listed(r.Tags), FalsePositives: listed(r.FalsePositives), References: listed(r.References),
	}
}

func (a *api) getRule(ctx context.Context, c *auth.Caller, in *ruleInput) (*reply[RuleDetail], error) {
	scope, err := in.scope(c)
	if err != nil {
		return nil, err
	}
	r, ok := a.ruleByID(in.ID)
	if !ok {
		return nil, notFound()
	}
	stats, err := a.ruleStats(ctx, c, in.Narrow)
	if err != nil {
		return nil, err
	}
	zone, err := a.zoneOf(ctx, scope)
	if err != nil {
		return nil, err
	}
	now := a.Now()
	hits, err := a.RuleStats.HitsByDay(ctx, scope, r.ID, now.AddDate(0, 0, 1-hitDays), now, zone)
	if err != nil {
		return nil, err
	}
	gaps, err := a.RuleStats.Gaps(ctx, scope, r.ID)
	if err != nil {
		return nil, err
	}
	return &reply[RuleDetail]{RuleDetail{
		Rule: stats.of(r), Description: r.Description, DescriptionJA: r.DescriptionJA, Source: r.Source,
		FalsePositives: listed(r.FalsePositives), References: listed(r.References),
		HitsByDay: mapped(hits, func(d rule.DayHits) DayCount { return DayCount{d.Day.Format(time.DateOnly), d.Alerts} }),
		Gaps:      mapped(gaps, func(g rule.Gap) RuleGap { return RuleGap{Time(g.Hour), g.Events} }),

		Correlation: r.Correlation, CountedBy: listed(r.CountedBy), Filters: listed(r.Filters),
	}}, nil
}
