package statetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// incident ties items into one.
func (w *World) incident(its ...alert.Item) incident.Incident {
	in := incident.Incident{
		ID: "n" + its[0].ID[1:], Tenant: its[0].Tenant, Level: its[0].Level, Phase: its[0].Phase, First: its[0].First, Last: its[len(its)-1].Last,
		Title: "Trouble on " + its[0].Subject.Value, TitleJA: "異常", Status: incident.Open,
	}
	for i, it := range its {
		why := incident.Reason{Code: incident.ReasonFirst, Entity: event.Entity{Kind: event.KindHost, Value: it.Subject.Value}}
		if i > 0 {
			why.Code, why.With, why.GapSec = incident.ReasonSameHost, its[0].ID, 60
		}
		in.Members = append(in.Members, incident.Member{Item: it.ID, Reason: why})
	}
	return in
}

func incidentsOf(list ...incident.Incident) []incident.Incident { return list }

func (w *World) tie(list ...incident.Incident) pipeline.Change {
	w.Helper()
	return w.Commit(pipeline.Commit{Incidents: list})
}

func (w *World) view(id string) incident.View {
	w.Helper()
	v, err := w.Incident(w.Context(), w.All, id)
	w.ok(err)
	return v
}

func incidents(w *World) {
	one, two := w.Add(w.Aoi, "ps", "h1", Noon), w.Add(w.Aoi, "ps", "h2", Noon.Add(time.Minute))
	in := w.incident(two, one) // the order of members is theirs, not that of the items
	w.same("change", w.tie(in), pipeline.Change{{Tenant: w.Aoi, NewIncidents: 1}})
	in.Year, in.Number = 2026, 1
	want := incident.View{
		Incident: in, Items: []alert.ItemView{w.item(two.ID), w.item(one.ID)}, Hosts: []string{"h1", "h2"}, Users: []string{"hanako"},
	}
	w.same("by id", w.view(in.ID), want)
	w.same("by name", w.view("INC-2026-0001"), want)
	w.same("item tied", []any{want.Items[0].Incident, want.Items[0].IncidentNumber}, []any{in.ID, int64(1)})

	list, total, err := w.Incidents(w.Context(), w.All, incident.Filter{})
	w.ok(err)
	want.Items = nil
	w.same("listed", list, []incident.View{want})
	w.same("total", total, 1)
	for _, id := range []string{"n0", "INC-2026-0002", "INC-2025-0001", "INC-x"} {
		_, err = w.Incident(w.Context(), w.All, id)
		w.is(err, incident.ErrNotFound)
	}
}

func (w *World) incidentNames(f incident.Filter) string {
	w.Helper()
	list, _, err := w.Incidents(w.Context(), w.All, f)
	w.ok(err)
	var names []string
	for _, v := range list {
		names = append(names, strings.TrimPrefix(v.Title, "Trouble on "))
	}
	return strings.Join(names, " ")
}

func incidentOrder(w *World) {
	made := func(of tenant.ID, host string, minute int, l alert.Level) incident.Incident {
		in := w.incident(w.Add(of, "r", host, Noon.Add(time.Duration(minute)*time.Minute), level(l)))
		w.tie(in)
		return in
	}
	done := made(w.Aoi, "done", 50, alert.Critical)
	made(w.Aoi, "old", 10, alert.High)
	made(w.Beni, "new", 20, alert.High)
	made(w.Beni, "critical", 0, alert.Critical)
	w.ok(w.SetStatus(w.Context(), w.All, done.ID, incident.Closed, "p1", Noon))
	other := w.Add(w.Aoi, "r", "branch", Noon, func(_ *alert.Alert, it *alert.Item) { it.Site = "osaka" })
	w.tie(w.incident(other))

	for _, c := range []struct {
		f    incident.Filter
		want string
	}{
		{incident.Filter{}, "critical new old branch done"},
		{incident.Filter{Status: incident.Closed}, "done"},
		{incident.Filter{Site: "osaka"}, "branch"},
		{incident.Filter{From: Noon.Add(20 * time.Minute)}, "new done"},
		{incident.Filter{To: Noon.Add(10 * time.Minute)}, "critical branch"},
		{incident.Filter{Offset: 1, Limit: 2}, "new old"},
	} {
		w.same(fmt.Sprintf("%+v", c.f), w.incidentNames(c.f), c.want)
	}
}

func incidentNumbers(w *World) {
	newYear := time.Date(2026, 12, 31, 23, 59, 0, 0, time.UTC)
	var list []incident.Incident
	for i := range 4 {
		list = append(list, w.incident(w.Add(w.Aoi, "r", fmt.Sprintf("h%d", i), newYear.Add(time.Duration(i)*30*time.Second))))
	}
	w.tie(list[0])
	w.tie(list...)
	w.tie(w.incident(w.Add(w.Beni, "r", "h", Noon)))
	var got []string
	for _, in := range list {
		v := w.view(in.ID)
		got = append(got, v.Name())
	}
	w.same("names", got, []string{"INC-2026-0001", "INC-2026-0002", "INC-2027-0001", "INC-2027-0002"})

	// Two tenants have an INC-2026-0001: a name alone does not tell whose is meant.
	_, err := w.Incident(w.Context(), w.All, "INC-2026-0001")
	w.is(err, incident.ErrNotFound)
	v, err := w.Incident(w.Context(), tenant.NewScope(w.Beni), "INC-2026-0001")
	w.ok(err)
	w.same("tenant", v.Tenant, w.Beni)
}

func incidentStatus(w *World) {
	ctx := w.Context()
	it := w.Add(w.Aoi, "r", "h", Noon)
	in := w.incident(it)
	w.tie(in)
	w.is(w.SetStatus(ctx, tenant.NewScope(w.Beni), in.ID, incident.Closed, "p1", Noon), incident.ErrNotFound)
	if w.SetStatus(ctx, w.All, in.ID, "sleeping", "p1", Noon) == nil {
		w.Error("a status that there is not was taken")
	}
	w.ok(w.SetStatus(ctx, w.All, "INC-2026-0001", incident.InProgress, "p1", Noon.Add(time.Hour)))
	in.Title, in.Level, in.Last = "Trouble on more", alert.Critical, Noon.Add(time.Minute)
	w.same("change", w.tie(in), pipeline.Change{{Tenant: w.Aoi, ChangedIncidents: 1}})
	v := w.view(in.ID)
	w.same("what people said stays", []any{v.Status, v.UpdatedBy, v.UpdatedAt}, []any{incident.InProgress, "p1", Noon.Add(time.Hour)})
	w.same("what grouping says is new", []any{v.Title, v.Level, v.Last}, []any{in.Title, in.Level, in.Last})
}

func incidentsMerged(w *World) {
	a, b, c := w.Add(w.Aoi, "r", "a", Noon), w.Add(w.Aoi, "r", "b", Noon.Add(time.Second)), w.Add(w.Aoi, "r", "c", Noon.Add(2*time.Second))
	one, two, three := w.incident(a), w.incident(b), w.incident(c)
	w.tie(one, two, three)

	// Two is taken over by one, which names all members.
	two.MergedTo, two.Members = one.ID, nil
	one.Members = append(one.Members, incident.Member{Item: b.ID, Reason: incident.Reason{Code: incident.ReasonMerged, With: a.ID}})
	w.tie(two, one)
	v := w.view(two.ID)
	w.same("one instead of two", []any{v.ID, v.Members}, []any{one.ID, one.Members})
	w.same("b", w.item(b.ID).Incident, one.ID)

	// One is taken over by three, which is not told of: its members go over all the same.
	one.MergedTo, one.Members = three.ID, nil
	w.tie(one)
	v = w.view("INC-2026-0002")
	var members []string
	for _, m := range v.Members {
		members = append(members, m.Item)
	}
	w.same("three instead of all", members, []string{c.ID, a.ID, b.ID})
	w.same("listed", w.incidentNames(incident.Filter{}), "c")
	w.ok(w.SetStatus(w.Context(), w.All, two.ID, incident.Closed, "p1", Noon))
	w.same("status of the one that stands", w.view(three.ID).Status, incident.Closed)
}

// mergedStatus holds that work which one of the two still needs is not hidden in a closed incident.
func mergedStatus(w *World) {
	for i, c := range []struct{ from, into, want incident.Status }{
		{incident.Open, incident.Closed, incident.Open},
		{incident.Closed, incident.Open, incident.Open},
		{incident.InProgress, incident.Closed, incident.InProgress},
		{incident.Open, incident.InProgress, incident.InProgress},
		{incident.Closed, incident.Closed, incident.Closed},
	} {
		at := Noon.Add(time.Duration(i) * time.Minute)
		from, into := w.incident(w.Add(w.Aoi, "r", "x", at)), w.incident(w.Add(w.Aoi, "r", "y", at.Add(time.Second)))
		w.tie(from, into)
		w.ok(w.SetStatus(w.Context(), w.All, from.ID, c.from, "p1", Noon))
		w.ok(w.SetStatus(w.Context(), w.All, into.ID, c.into, "p1", Noon))
		from.MergedTo = into.ID
		w.tie(from)
		w.same(fmt.Sprintf("%s into %s", c.from, c.into), w.view(into.ID).Status, c.want)
	}
}

// mergedInChain holds that takeovers in one commit come to the same in whatever order they stand.
func mergedInChain(w *World) {
	for i, order := range [][]int{{0, 1}, {1, 0}} {
		at := Noon.Add(time.Duration(i) * time.Hour)
		var made []incident.Incident
		for k, host := range []string{"x", "y", "z"} {
			made = append(made, w.incident(w.Add(w.Aoi, "r", host, at.Add(time.Duration(k)*time.Second))))
		}
		w.tie(made...)
		w.ok(w.SetStatus(w.Context(), w.All, made[0].ID, incident.InProgress, "p1", Noon))
		made[0].MergedTo, made[1].MergedTo = made[1].ID, made[2].ID
		w.tie(made[order[0]], made[order[1]])
		for _, gone := range made {
			v := w.view(gone.ID)
			w.same(fmt.Sprintf("order %v: stands, status, members", order), []any{v.ID, v.Status, len(v.Members)}, []any{made[2].ID, incident.InProgress, 3})
		}
	}
}
