package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Incident is items of one threat, worked on as one case.
type Incident struct {
	ID         string   `json:"id"`
	Number     int64    `json:"number"`
	Label      string   `json:"label" example:"INC-2026-0001"`
	Tenant     string   `json:"tenant"`
	Level      string   `json:"level" enum:"informational,low,medium,high,critical"`
	Phase      string   `json:"phase" enum:"before,intrusion,foothold,spread,objective," doc:"Furthest reached"`
	First      Time     `json:"first"`
	Last       Time     `json:"last"`
	Title      string   `json:"title"`
	TitleJA    string   `json:"title_ja"`
	Status     string   `json:"status" enum:"open,in_progress,closed"`
	Hosts      []string `json:"hosts"`
	Users      []string `json:"users"`
	ItemCount  int      `json:"item_count"`
	AlertCount int      `json:"alert_count"`
	UpdatedBy  string   `json:"updated_by"`
	UpdatedAt  Time     `json:"updated_at,omitzero"`
}

// IncidentList is a part of the incidents.
type IncidentList struct {
	Incidents []Incident `json:"incidents"`
	Total     int        `json:"total"`
}

// IncidentDetail is an incident with all that is known of it.
type IncidentDetail struct {
	Incident
	Items     []IncidentItem   `json:"items"`
	Alerts    []Alert          `json:"alerts" doc:"Oldest first, at most 500"`
	Narrative []Sentence       `json:"narrative"`
	Entities  []IncidentEntity `json:"entities"`
}

// IncidentItem is an item with why it belongs.
type IncidentItem struct {
	Item
	Reason Reason `json:"reason"`
}

// Reason is why an item belongs to its incident.
type Reason struct {
	Code   string `json:"code" enum:"first,same_host,shared,merged_with"`
	Entity Entity `json:"entity"`
	With   string `json:"with" doc:"Id of the item that it was tied to"`
	GapSec int64  `json:"gap_s"`
	Text   string `json:"text"`
	TextJA string `json:"text_ja"`
}

// Sentence tells one step of the story.
type Sentence struct {
	Time   Time   `json:"time"`
	Phase  string `json:"phase" enum:"before,intrusion,foothold,spread,objective,"`
	Text   string `json:"text"`
	TextJA string `json:"text_ja"`
	Item   string `json:"item"`
}

// IncidentEntity is an entity of an incident and the part that it plays.
type IncidentEntity struct {
	Kind   string `json:"kind" enum:"host,ip,user,domain,url,hash,process,file"`
	Value  string `json:"value"`
	Part   string `json:"part" enum:"victim,attacker,account,tool"`
	Alerts int    `json:"alerts" doc:"How many alerts speak of it"`
}

// FirstReport is the draft of a first report 第1報.
type FirstReport struct {
	Lang     string `json:"lang" enum:"ja,en"`
	Title    string `json:"title"`
	Markdown string `json:"markdown"`
}

type listIncidentsInput struct {
	Narrow
	At
	Span
	Page
	Status string `query:"status" enum:"open,in_progress,closed"`
}

type incidentInput struct {
	ID string `path:"id" doc:"Id or label"`
}

type statusInput struct {
	ID   string `path:"id" doc:"Id or label"`
	Body struct {
		Status string `json:"status" enum:"open,in_progress,closed"`
	}
}

type firstReportInput struct {
	ID   string `path:"id" doc:"Id or label"`
	Lang string `query:"lang" enum:"ja,en" default:"ja"`
}

const incidentAlerts = 500

func (a *api) incidents() {
	register(a, people, route(http.MethodGet, "/incidents", "list-incidents", "Incidents", "incidents"), a.listIncidents)
	register(a, people, route(http.MethodGet, "/incidents/{id}", "get-incident", "An incident with its items, alerts and story", "incidents"), a.getIncident)
	register(a, people, route(http.MethodPut, "/incidents/{id}/status", "set-incident-status", "Say where the work stands", "incidents"), a.setIncidentStatus)
	register(a, people, route(http.MethodGet, "/incidents/{id}/first-report", "get-first-report", "Draft of the first report", "incidents"), a.getFirstReport)
}

func incidentOf(v incident.View) Incident {
	out := Incident{
		ID: v.ID, Number: v.Number, Label: v.Name(), Tenant: v.Tenant.String(),
		Level: v.Level.String(), Phase: v.Phase.String(), First: Time(v.First), Last: Time(v.Last), Title: v.Title, TitleJA: v.TitleJA,
		Status: string(v.Status), Hosts: listed(v.Hosts), Users: listed(v.Users), ItemCount: len(v.Members),
		UpdatedBy: v.UpdatedBy, UpdatedAt: Time(v.UpdatedAt),
	}
	for i := range v.Items {
		out.AlertCount += v.Items[i].Alerts
	}
	return out
}

func (a *api) listIncidents(ctx context.Context, c *auth.Caller, in *listIncidentsInput) (*reply[IncidentList], error) {
	scope, err := in.scope(c)
	if err != nil {
		return nil, err
	}
	list, total, err := a.Incidents.Incidents(ctx, scope, incident.Filter{
		Status: incident.Status(in.Status), Site: in.Site, From: in.From, To: in.To, Offset: in.Offset, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	if err := a.fill(ctx, scope, list); err != nil {
		return nil, err
	}
	return &reply[IncidentList]{IncidentList{mapped(list, incidentOf), total}}, nil
}

// fill gives listed incidents their items, which a listing comes without, for the count of alerts.
func (a *api) fill(ctx context.Context, scope tenant.Scope, list []incident.View) error {
	for i := range list {
		v := &list[i]
		items, _, err := a.Alerts.Items(ctx, scope.Only(v.Tenant), alert.Filter{Incident: v.ID, Limit: 1000})
		if err != nil {
			return err
		}
		v.Items = items
	}
	return nil
}

func (a *api) getIncident(ctx context.Context, c *auth.Caller, in *incidentInput) (*reply[IncidentDetail], error) {
	view, err := a.Incidents.Incident(ctx, c.Scope, in.ID)
	if err != nil {
		return nil, err
	}
	alerts, err := a.alertsOf(ctx, c.Scope.Only(view.Tenant), view)
	if err != nil {
		return nil, err
	}
	return &reply[IncidentDetail]{IncidentDetail{
		Incident: incidentOf(view), Items: a.members(view), Alerts: mapped(alerts, alertOf),
		Narrative: a.narrative(view, alerts), Entities: a.cast(alerts),
	}}, nil
}

// alertsOf returns the alerts of an incident's items, oldest first.
func (a *api) alertsOf(ctx context.Context, scope tenant.Scope, view incident.View) ([]alert.Alert, error) {
	var out []alert.Alert
	for i := range view.Items {
		alerts, err := a.Alerts.Alerts(ctx, scope, view.Items[i].ID, incidentAlerts)
		if err != nil {
			return nil, err
		}
		out = append(out, alerts...)
	}
	slices.SortStableFunc(out, func(x, y alert.Alert) int { return cmp.Or(x.Time.Compare(y.Time), cmp.Compare(x.ID, y.ID)) })
	return out[:min(len(out), incidentAlerts)], nil
}

func (a *api) members(view incident.View) []IncidentItem {
	reasons := map[string]incident.Reason{}
	for _, m := range view.Members {
		reasons[m.Item] = m.Reason
	}
	byID := map[string]alert.ItemView{}
	for _, v := range view.Items {
		byID[v.ID] = v
	}
	return mapped(view.Items, func(v alert.ItemView) IncidentItem {
		r := reasons[v.ID]
		with := byID[r.With]
		return IncidentItem{itemOf(v), Reason{
			Code: string(r.Code), Entity: entityOf(r.Entity), With: r.With, GapSec: r.GapSec,
			Text: a.Teller.Reason(r, with.Title, "en"), TextJA: a.Teller.Reason(r, cmp.Or(with.TitleJA, with.Title), "ja"),
		}}
	})
}

func (a *api) narrative(view incident.View, alerts []alert.Alert) []Sentence {
	byItem := map[string][]alert.Alert{}
	for i := range alerts {
		byItem[alerts[i].Item] = append(byItem[alerts[i].Item], alerts[i])
	}
	out := mapped(view.Items, func(v alert.ItemView) Sentence {
		of := byItem[v.ID]
		return Sentence{
			Time: Time(v.First), Phase: v.Phase.String(), Item: v.ID,
			Text: a.Teller.Sentence(v, of, "en"), TextJA: a.Teller.Sentence(v, of, "ja"),
		}
	})
	slices.SortStableFunc(out, func(x, y Sentence) int { return time.Time(x.Time).Compare(time.Time(y.Time)) })
	return out
}

// cast says who takes part, the most spoken of first.
func (a *api) cast(alerts []alert.Alert) []IncidentEntity {
	at := map[event.Entity]int{}
	out := []IncidentEntity{}
	for i := range alerts {
		seen := map[int]bool{}
		for _, e := range alerts[i].Entities {
			if e.Kind == event.KindHash && len(e.Value) < longestHash(alerts[i].Entities) {
				continue // the same file by a weaker hash
			}
			part := a.Teller.Part(e)
			key := event.Entity{Kind: e.Kind, Value: e.Value, Role: event.Role(part)}
			n, ok := at[key]
			if !ok {
				n = len(out)
				at[key] = n
				out = append(out, IncidentEntity{Kind: string(e.Kind), Value: e.Value, Part: part})
			}
			if !seen[n] {
				seen[n] = true
				out[n].Alerts++
			}
		}
	}
	slices.SortStableFunc(out, func(x, y IncidentEntity) int { return cmp.Compare(y.Alerts, x.Alerts) })
	return out
}

func longestHash(entities []event.Entity) int {
	longest := 0
	for _, e := range entities {
		if e.Kind == event.KindHash {
			longest = max(longest, len(e.Value))
		}
	}
	return longest
}

func (a *api) setIncidentStatus(ctx context.Context, c *auth.Caller, in *statusInput) (*reply[Incident], error) {
	view, err := a.Incidents.Incident(ctx, c.Scope, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.Incidents.SetStatus(ctx, c.Scope, view.ID, incident.Status(in.Body.Status), c.Person.DisplayName, a.Now().UTC()); err != nil {
		return nil, err
	}
	if err := a.note(ctx, c, "incident.status", view.ID, view.Tenant, in.Body.Status); err != nil {
		return nil, err
	}
	a.Broker.Publish(Change{Tenant: view.Tenant, Of: IncidentsChanged, Changed: 1})
	if view, err = a.Incidents.Incident(ctx, c.Scope, view.ID); err != nil {
		return nil, err
	}
	return &reply[Incident]{incidentOf(view)}, nil
}

func (a *api) getFirstReport(ctx context.Context, c *auth.Caller, in *firstReportInput) (*reply[FirstReport], error) {
	view, err := a.Incidents.Incident(ctx, c.Scope, in.ID)
	if err != nil {
		return nil, err
	}
	of, err := a.tenantByID(ctx, c.Scope, view.Tenant)
	if err != nil {
		return nil, err
	}
	alerts, err := a.alertsOf(ctx, c.Scope.Only(view.Tenant), view)
	if err != nil {
		return nil, err
	}
	title, markdown := a.Teller.FirstReport(view, alerts, in.Lang, of)
	return &reply[FirstReport]{FirstReport{in.Lang, title, markdown}}, nil
}
