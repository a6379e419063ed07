package statetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

func items(w *World) {
	it := w.Add(w.Aoi, "ps", "h1", Noon)
	it.Level = alert.Critical
	it = w.More(it, Noon.Add(10*time.Minute))
	it.Number = 1
	w.same("item", w.item(it.ID), alert.ItemView{Item: it, Alerts: 2, DeviceSeverity: "2", Summary: "again h1"})
	_, err := w.Item(w.Context(), w.All, "i0")
	w.is(err, alert.ErrNotFound)
}

// names lists what a filter finds, by host in the order of the answer.
func (w *World) names(f alert.Filter) string {
	w.Helper()
	list, total, err := w.Items(w.Context(), w.All, f)
	w.ok(err)
	if f.Limit == 0 && total != len(list) {
		w.Errorf("total %d of %d", total, len(list))
	}
	var names []string
	for _, it := range list {
		names = append(names, it.Subject.Value)
	}
	return strings.Join(names, " ")
}

func level(l alert.Level) func(*alert.Alert, *alert.Item) {
	return func(a *alert.Alert, it *alert.Item) { a.Level, it.Level = l, l }
}

func itemOrder(w *World) {
	at := func(m int) time.Time { return Noon.Add(time.Duration(m) * time.Minute) }
	w.Add(w.Aoi, "r", "high-new", at(30))
	w.Add(w.Beni, "r", "high-old", at(10))
	w.Add(w.Aoi, "r", "low", at(0), level(alert.Low))
	w.Add(w.Aoi, "r", "critical", at(40), level(alert.Critical))
	w.Judge(w.Add(w.Aoi, "r", "judged-old", at(5), level(alert.Critical)), alert.Test)
	w.Judge(w.Add(w.Beni, "r", "judged-new", at(50), level(alert.Low)), alert.Hold)

	yes, no := true, false
	w.same("open", w.names(alert.Filter{Judged: &no}), "critical high-old high-new low")
	w.same("judged", w.names(alert.Filter{Judged: &yes}), "judged-new judged-old")
	w.same("all", w.names(alert.Filter{}), "critical high-old high-new low judged-new judged-old")
	w.same("page", w.names(alert.Filter{Offset: 1, Limit: 2}), "high-old high-new")
	_, total, err := w.Items(w.Context(), w.All, alert.Filter{Offset: 1, Limit: 2})
	w.ok(err)
	w.same("total", total, 6)
}

func itemFilters(w *World) {
	a := w.Add(w.Aoi, "r1", "a", Noon)
	w.Add(w.Aoi, "r2", "b", Noon.Add(time.Hour), level(alert.Medium))
	w.Add(w.Beni, "r2", "c", Noon.Add(2*time.Hour), func(_ *alert.Alert, it *alert.Item) { it.Site = "osaka" })
	in := w.incident(a)
	w.Commit(pipeline.Commit{Incidents: incidentsOf(in)})
	for _, c := range []struct {
		f    alert.Filter
		want string
	}{
		{alert.Filter{Level: alert.High}, "a c"},
		{alert.Filter{Rule: "r2"}, "c b"},
		{alert.Filter{Subject: "b"}, "b"},
		{alert.Filter{Site: "osaka"}, "c"},
		{alert.Filter{Incident: in.ID}, "a"},
		{alert.Filter{From: Noon.Add(time.Hour)}, "c b"},
		{alert.Filter{To: Noon.Add(time.Hour)}, "a"},
		{alert.Filter{Rule: "r2", Level: alert.High}, "c"},
		{alert.Filter{Subject: "'; DROP TABLE items"}, ""},
	} {
		w.same(fmt.Sprintf("%+v", c.f), w.names(c.f), c.want)
	}
}

// itemNumbers holds that numbers follow the order of the alerts, however the log was cut into steps.
func itemNumbers(w *World) {
	var cs pipeline.Commit
	for i := range 6 {
		a, it := w.Finding([]tenant.ID{w.Aoi, w.Beni}[i%2], "r", fmt.Sprintf("h%d", i), Noon.Add(time.Duration(i)*time.Second))
		cs.Alerts, cs.Items = append(cs.Alerts, a), append(cs.Items, it)
	}
	w.Commit(pipeline.Commit{Alerts: cs.Alerts[:1], Items: cs.Items[:1]})
	// Items that are known come again among new ones.
	change := w.Commit(cs)
	w.same("change", change, pipeline.Change{{Tenant: w.Aoi, NewItems: 2, ChangedItems: 1}, {Tenant: w.Beni, NewItems: 3}})
	for i, it := range cs.Items {
		v := w.item(it.ID)
		w.same("number and alerts", []int64{v.Number, int64(v.Alerts)}, []int64{int64(i/2) + 1, 1})
	}
}

func alerts(w *World) {
	ctx := w.Context()
	first, it := w.Finding(w.Aoi, "ps", "h1", Noon)
	second, _ := w.Finding(w.Aoi, "ps", "h1", Noon.Add(time.Minute))
	second.Item, second.Tactics, second.Matched, second.Entities = it.ID, nil, nil, nil
	w.Commit(pipeline.Commit{Alerts: []alert.Alert{first, second}, Items: []alert.Item{it}})
	again := first
	again.Title = "another"
	w.Commit(pipeline.Commit{Alerts: []alert.Alert{again}, Items: []alert.Item{it}})

	got, err := w.Alerts(ctx, w.All, it.ID, 0)
	w.ok(err)
	w.same("alerts", got, []alert.Alert{second, first})
	got, err = w.Alerts(ctx, w.All, it.ID, 1)
	w.ok(err)
	w.same("newest", got, []alert.Alert{second})
	w.same("count", w.item(it.ID).Alerts, 2)
}

func hostileTexts() []string {
	return []string{
		"nul \x00 in it", "bad \xff\xfe bytes", `quotes ' '' " \' \\ \u0000`, "marks ? ?0 ?tenant $1 :x", strings.Repeat("長", 1<<16), "\x1b[31m\u202e",
	}
}

// hostileText holds that no content of a log can stop a commit or break out of its column.
func hostileText(w *World) {
	for i, text := range hostileTexts() {
		a, it := w.Finding(w.Aoi, "r", fmt.Sprintf("h%d", i), Noon.Add(time.Duration(i)*time.Second))
		it.Subject.Value, it.Title, a.Summary, a.DeviceSeverity = text, text, text, text
		a.Matched = []alert.Matched{{Field: text, Value: text}}
		a.Entities = []event.Entity{{Kind: event.KindHost, Value: text, Role: event.RoleSubject}}
		w.Commit(pipeline.Commit{Alerts: []alert.Alert{a}, Items: []alert.Item{it}})
		found, _, err := w.Items(w.Context(), w.All, alert.Filter{Subject: text})
		w.ok(err)
		if len(found) != 1 || found[0].ID != it.ID {
			w.Errorf("text %d: found %d items by it", i, len(found))
		}
		list, err := w.Alerts(w.Context(), w.All, it.ID, 0)
		w.ok(err)
		if i >= 2 && (list[0].Summary != text || list[0].Matched[0].Value != text && i != 2) {
			w.Errorf("text %d was not kept: %q", i, list[0].Matched[0].Value[:min(60, len(list[0].Matched[0].Value))])
		}
	}
}
