package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Item is the queue's row: alerts of one tenant, rule and subject, judged together.
type Item struct {
	ID             string     `json:"id"`
	Number         int64      `json:"number" doc:"Counts within the tenant"`
	Tenant         string     `json:"tenant"`
	Site           string     `json:"site"`
	Rule           string     `json:"rule"`
	Title          string     `json:"title"`
	TitleJA        string     `json:"title_ja"`
	Level          string     `json:"level" enum:"informational,low,medium,high,critical"`
	Phase          string     `json:"phase" enum:"before,intrusion,foothold,spread,objective,"`
	Subject        Subject    `json:"subject"`
	First          Time       `json:"first"`
	Last           Time       `json:"last"`
	Alerts         int        `json:"alerts" doc:"How many alerts it has"`
	Incident       string     `json:"incident" doc:"Id of its incident; empty for none"`
	IncidentNumber int64      `json:"incident_number"`
	Judgement      *Judgement `json:"judgement,omitempty" doc:"The one in force; absent for none"`
	Reopened       bool       `json:"reopened" doc:"Alerts came after the judgement"`
	DeviceSeverity string     `json:"device_severity" doc:"Of its latest alert, as the device said"`
	Summary        string     `json:"summary" doc:"Of its latest alert"`
}

// Subject is what an item is about.
type Subject struct {
	Kind  string `json:"kind" enum:"host,user,ip,"`
	Value string `json:"value"`
}

// Judgement is what a person said of an item up to its alerts-th alert.
type Judgement struct {
	ID      int64  `json:"id"`
	Verdict string `json:"verdict" enum:"false_positive,over_detection,test,hold,level_1,level_2,level_3,level_4," doc:"Empty: took the earlier one back"`
	Alerts  int    `json:"alerts"`
	By      string `json:"by"`
	ByName  string `json:"by_name"`
	At      Time   `json:"at"`
	Comment string `json:"comment"`
}

// Alert is one finding of a detector.
type Alert struct {
	ID             string    `json:"id"`
	Item           string    `json:"item"`
	Time           Time      `json:"time"`
	Site           string    `json:"site"`
	Rule           string    `json:"rule"`
	Title          string    `json:"title"`
	TitleJA        string    `json:"title_ja"`
	Level          string    `json:"level" enum:"informational,low,medium,high,critical"`
	Phase          string    `json:"phase" enum:"before,intrusion,foothold,spread,objective,"`
	Tactics        []string  `json:"tactics"`
	Techniques     []string  `json:"techniques"`
	DeviceSeverity string    `json:"device_severity"`
	Events         []string  `json:"events" doc:"Ids of the events that prove it"`
	Dataset        string    `json:"dataset"`
	Source         string    `json:"source"`
	Matched        []Matched `json:"matched"`
	Entities       []Entity  `json:"entities"`
	Summary        string    `json:"summary"`
}

// Matched is one condition of the rule that held.
type Matched struct {
	Field   string `json:"field"`
	Value   string `json:"value"`
	Pattern string `json:"pattern"`
}

// ItemList is a part of the queue.
type ItemList struct {
	Items  []Item `json:"items"`
	Total  int    `json:"total"`
	Counts Counts `json:"counts" doc:"With every parameter but state, level and page"`
}

// Counts is how many items are open and judged.
type Counts struct {
	Open   int `json:"open"`
	Judged int `json:"judged"`
}

// ItemDetail is an item with what is known of it.
type ItemDetail struct {
	Item
	AlertList  []Alert     `json:"alert_list" doc:"The newest 50, newest first"`
	Judgements []Judgement `json:"judgements" doc:"Oldest first, with those taken back"`
	Events     []Event     `json:"events" doc:"Of the newest alerts, at most 20"`
	RuleInfo   *RuleText   `json:"rule_info,omitempty" doc:"Absent when the rule is not loaded any more"`
}

type listItemsInput struct {
	Narrow
	At
	Span
	Page
	State    string `query:"state" enum:"open,judged,all" default:"open"`
	Level    string `query:"level" enum:"informational,low,medium,high,critical" doc:"At least"`
	Rule     string `query:"rule"`
	Subject  string `query:"subject" doc:"Value of the subject"`
	Incident string `query:"incident" doc:"Id of an incident"`
}

type itemInput struct {
	ID string `path:"id"`
}

type judgeInput struct {
	ID   string `path:"id"`
	Body struct {
		Verdict string `json:"verdict" enum:"false_positive,over_detection,test,hold,level_1,level_2,level_3,level_4"`
		Comment string `json:"comment,omitempty" maxLength:"10000"`
		Alerts  int    `json:"alerts,omitempty" minimum:"0" doc:"How many alerts the analyst saw; if there are more by now, the item stays reopened"`
	}
}

const (
	detailAlerts = 50
	detailEvents = 20
)

func (a *api) items() {
	register(a, people, route(http.MethodGet, "/items", "list-items", "The queue", "items"), a.listItems)
	register(a, people, route(http.MethodGet, "/items/{id}", "get-item", "An item with its alerts, events and judgements", "items"), a.getItem)
	register(a, people, route(http.MethodPost, "/items/{id}/judgement", "judge-item", "Judge an item", "items"), a.judgeItem)
	register(a, people, route(http.MethodDelete, "/items/{id}/judgement", "undo-judgement", "Take the newest judgement back", "items"), a.undoJudgement)
}

func itemOf(v alert.ItemView) Item {
	out := Item{
		ID: v.ID, Number: v.Number, Tenant: v.Tenant.String(), Site: v.Site, Rule: v.Rule, Title: v.Title, TitleJA: v.TitleJA,
		Level: v.Level.String(), Phase: v.Phase.String(), Subject: Subject{string(v.Subject.Kind), v.Subject.Value},
		First: Time(v.First), Last: Time(v.Last), Alerts: v.Alerts, Incident: v.Incident, IncidentNumber: v.IncidentNumber,
		Reopened: v.Reopened, DeviceSeverity: v.DeviceSeverity, Summary: v.Summary,
	}
	if v.Judgement != nil {
		j := judgementOf(*v.Judgement)
		out.Judgement = &j
	}
	return out
}

func judgementOf(j alert.Judgement) Judgement {
	return Judgement{j.ID, string(j.Verdict), j.Alerts, j.By, j.ByName, Time(j.At), j.Comment}
}

func alertOf(x alert.Alert) Alert {
	return Alert{
		ID: x.ID, Item: x.Item, Time: Time(x.Time), Site: x.Site, Rule: x.Rule, Title: x.Title, TitleJA: x.TitleJA,
		Level: x.Level.String(), Phase: x.Phase.String(), Tactics: listed(x.Tactics), Techniques: listed(x.Techniques),
		DeviceSeverity: x.DeviceSeverity, Events: mapped(x.Events, event.ID.String), Dataset: x.Dataset, Source: x.Source,
		Matched:  mapped(x.Matched, func(m alert.Matched) Matched { return Matched(m) }),
		Entities: mapped(x.Entities, entityOf), Summary: x.Summary,
	}
}

func (in *listItemsInput) filter() (alert.Filter, error) {
	f := alert.Filter{
		Rule: in.Rule, Subject: in.Subject, Site: in.Site, Incident: in.Incident,
		From: in.From, To: in.To, Offset: in.Offset, Limit: in.Limit,
	}
	if in.Level != "" {
		level, err := alert.ParseLevel(in.Level)
		if err != nil {
			return f, invalid("query.level", err.Error())
		}
		f.Level = level
	}
	if in.State != "all" {
		judged := in.State == "judged"
		f.Judged = &judged
	}
	return f, nil
}

func (a *api) listItems(ctx context.Context, c *auth.Caller, in *listItemsInput) (*reply[ItemList], error) {
	scope, err := in.scope(c)
	if err != nil {
		return nil, err
	}
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	list, total, err := a.Alerts.Items(ctx, scope, f)
	if err != nil {
		return nil, err
	}
	out := ItemList{Items: mapped(list, itemOf), Total: total}
	f.Offset, f.Limit, f.Level = 0, 1, 0
	for judged, into := range map[bool]*int{false: &out.Counts.Open, true: &out.Counts.Judged} {
		f.Judged = &judged
		if _, *into, err = a.Alerts.Items(ctx, scope, f); err != nil {
			return nil, err
		}
	}
	return &reply[ItemList]{out}, nil
}

func (a *api) getItem(ctx context.Context, c *auth.Caller, in *itemInput) (*reply[ItemDetail], error) {
	view, err := a.Alerts.Item(ctx, c.Scope, in.ID)
	if err != nil {
		return nil, err
	}
	alerts, err := a.Alerts.Alerts(ctx, c.Scope, view.ID, detailAlerts)
	if err != nil {
		return nil, err
	}
	judgements, err := a.Alerts.Judgements(ctx, c.Scope, view.ID)
	if err != nil {
		return nil, err
	}
	rows, err := a.proofs(ctx, c.Scope, alerts)
	if err != nil {
		return nil, err
	}
	return &reply[ItemDetail]{ItemDetail{
		Item: itemOf(view), AlertList: mapped(alerts, alertOf), Judgements: mapped(judgements, judgementOf),
		Events: mapped(rows, eventOf), RuleInfo: a.ruleText(view.Rule),
	}}, nil
}

// proofs finds the events of the alerts, in their order. One that is not stored yet is left out: it is committed apart from its alert.
func (a *api) proofs(ctx context.Context, scope tenant.Scope, alerts []alert.Alert) ([]store.Row, error) {
	var rows []store.Row
	seen := map[event.ID]bool{}
	for i := range alerts {
		for _, id := range alerts[i].Events {
			if seen[id] {
				continue
			}
			seen[id] = true
			row, err := a.Events.Event(ctx, scope, id)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if rows = append(rows, row); len(rows) == detailEvents {
				return rows, nil
			}
		}
	}
	return rows, nil
}

func (a *api) judgeItem(ctx context.Context, c *auth.Caller, in *judgeInput) (*reply[Item], error) {
	view, err := a.Alerts.Item(ctx, c.Scope, in.ID)
	if err != nil {
		return nil, err
	}
	verdict, err := alert.ParseVerdict(in.Body.Verdict)
	if err != nil {
		return nil, invalid("body.verdict", err.Error())
	}
	j := alert.Judgement{Verdict: verdict, Comment: in.Body.Comment, Alerts: in.Body.Alerts}
	return a.judge(ctx, c, view, j, "item.judge")
}

func (a *api) undoJudgement(ctx context.Context, c *auth.Caller, in *itemInput) (*reply[Item], error) {
	view, err := a.Alerts.Item(ctx, c.Scope, in.ID)
	if err != nil {
		return nil, err
	}
	if view.Judgement == nil {
		return nil, problem(http.StatusConflict, "nothing_to_undo", "the item has no judgement")
	}
	return a.judge(ctx, c, view, alert.Judgement{}, "item.undo")
}

// judge adds the judgement in the caller's name and answers with the item as it is then.
func (a *api) judge(ctx context.Context, c *auth.Caller, view alert.ItemView, j alert.Judgement, action string) (*reply[Item], error) {
	j.Item, j.By, j.ByName, j.At = view.ID, c.Person.ID, c.Person.DisplayName, a.Now().UTC()
	if _, err := a.Alerts.Judge(ctx, c.Scope, j); err != nil {
		return nil, err
	}
	if err := a.note(ctx, c, action, view.ID, view.Tenant, string(j.Verdict)); err != nil {
		return nil, err
	}
	a.Broker.Publish(Change{Tenant: view.Tenant, Of: ItemsChanged, Changed: 1})
	view, err := a.Alerts.Item(ctx, c.Scope, view.ID)
	if err != nil {
		return nil, err
	}
	return &reply[Item]{itemOf(view)}, nil
}
