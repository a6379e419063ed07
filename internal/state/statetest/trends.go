package statetest

import (
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/incident"
)

func atOsaka(_ *alert.Alert, it *alert.Item) { it.Site = "osaka" }

func backlog(w *World) {
	ctx := w.Context()
	empty, err := w.Backlog(ctx, w.All, alert.TrendFilter{})
	w.ok(err)
	w.same("empty", empty, alert.Backlog{Open: map[alert.Level]int{}})

	w.Judge(w.Add(w.Aoi, "r", "judged", Noon), alert.Test)
	w.Add(w.Aoi, "r", "a", Noon.Add(2*time.Minute), level(alert.Low))
	w.Add(w.Beni, "r", "b", Noon.Add(time.Minute), atOsaka)
	reopened := w.Add(w.Aoi, "r", "c", Noon.Add(3*time.Minute))
	w.Judge(reopened, alert.Test)
	w.More(reopened, Noon.Add(4*time.Minute))
	got, err := w.Backlog(ctx, w.All, alert.TrendFilter{})
	w.ok(err)
	w.same("backlog", got, alert.Backlog{Open: map[alert.Level]int{alert.Low: 1, alert.High: 2}, Reopened: 1, Oldest: Noon.Add(time.Minute)})
	got, err = w.Backlog(ctx, w.All, alert.TrendFilter{Site: "osaka"})
	w.ok(err)
	w.same("of a site", got, alert.Backlog{Open: map[alert.Level]int{alert.High: 1}, Oldest: Noon.Add(time.Minute)})
}

func itemsByHour(w *World) {
	hour := Noon.Truncate(time.Hour)
	it := w.Add(w.Aoi, "r", "a", hour)
	w.More(it, hour.Add(90*time.Minute))
	w.Add(w.Aoi, "r", "b", hour.Add(59*time.Minute), level(alert.Low))
	w.Add(w.Beni, "r", "c", hour.Add(2*time.Hour), atOsaka)
	got, err := w.ItemsByHour(w.Context(), w.All, alert.TrendFilter{From: hour, To: hour.Add(3 * time.Hour)})
	w.ok(err)
	w.same("by hour", got, []alert.HourCount{
		{Hour: hour, Levels: map[alert.Level]int{alert.High: 1, alert.Low: 1}},
		{Hour: hour.Add(2 * time.Hour), Levels: map[alert.Level]int{alert.High: 1}},
	})
	for _, f := range []alert.TrendFilter{{From: hour.Add(time.Hour)}, {Site: "osaka"}} {
		got, err = w.ItemsByHour(w.Context(), w.All, f)
		w.ok(err)
		w.same("narrowed", got, []alert.HourCount{{Hour: hour.Add(2 * time.Hour), Levels: map[alert.Level]int{alert.High: 1}}})
	}
}

func judged(w *World) {
	w.Judge(w.Add(w.Aoi, "r", "a", Noon), alert.FalsePositive)
	w.Judge(w.Add(w.Aoi, "r", "b", Noon, atOsaka), alert.FalsePositive)
	w.Judge(w.Add(w.Beni, "r", "c", Noon), alert.Level3)
	again := w.Add(w.Aoi, "r", "d", Noon)
	w.Judge(again, alert.OverDetection)
	w.Judge(again, "")
	reopened := w.Add(w.Aoi, "r", "e", Noon)
	w.Judge(reopened, alert.Test)
	w.More(reopened, Noon.Add(time.Minute))
	for _, c := range []struct {
		f    alert.TrendFilter
		want map[alert.Verdict]int
	}{
		{alert.TrendFilter{}, map[alert.Verdict]int{alert.FalsePositive: 2, alert.Level3: 1}},
		{alert.TrendFilter{From: Noon.Add(time.Hour), To: Noon.Add(time.Hour + 1000)}, map[alert.Verdict]int{alert.FalsePositive: 2, alert.Level3: 1}},
		{alert.TrendFilter{To: Noon.Add(time.Hour)}, map[alert.Verdict]int{}},
		{alert.TrendFilter{Site: "osaka"}, map[alert.Verdict]int{alert.FalsePositive: 1}},
	} {
		got, err := w.Judged(w.Context(), w.All, c.f)
		w.ok(err)
		w.same("judged", got.Verdicts, c.want)
	}
}

func techniques(w *World) {
	with := func(names ...string) func(*alert.Alert, *alert.Item) {
		return func(a *alert.Alert, _ *alert.Item) { a.Techniques = names }
	}
	w.Add(w.Aoi, "r1", "a", Noon, with("T1059.001", "T1105"))
	w.Add(w.Aoi, "r1", "b", Noon.Add(time.Hour), with("T1059.001", "T1105"))
	w.Add(w.Beni, "r2", "c", Noon.Add(2*time.Hour), with("T1105"))
	w.Add(w.Aoi, "r3", "d", Noon, with())
	got, err := w.Techniques(w.Context(), w.All, alert.TrendFilter{})
	w.ok(err)
	w.same("techniques", got, []alert.TechniqueCount{
		{Technique: "T1105", Items: 3, Last: Noon.Add(2 * time.Hour)},
		{Technique: "T1059.001", Items: 2, Last: Noon.Add(time.Hour)},
	})
	got, err = w.Techniques(w.Context(), w.All, alert.TrendFilter{From: Noon.Add(2 * time.Hour)})
	w.ok(err)
	w.same("since", got, []alert.TechniqueCount{{Technique: "T1105", Items: 1, Last: Noon.Add(2 * time.Hour)}})
}

func phases(w *World) {
	reached := func(host string, p alert.Phase, edit ...func(*alert.Alert, *alert.Item)) incident.Incident {
		in := w.incident(w.Add(w.Aoi, "r", host, Noon, edit...))
		in.Phase = p
		w.tie(in)
		return in
	}
	reached("a", alert.Spread)
	reached("b", alert.Intrusion, atOsaka)
	reached("c", alert.Spread)
	w.ok(w.SetStatus(w.Context(), w.All, reached("d", alert.Objective).ID, incident.Closed, "p1", Noon))
	gone := reached("e", alert.Objective)
	gone.MergedTo = reached("f", alert.Before).ID
	w.tie(gone)
	got, err := w.Phases(w.Context(), w.All, alert.TrendFilter{})
	w.ok(err)
	w.same("phases", got, []alert.PhaseCount{{Phase: alert.Before, Incidents: 1}, {Phase: alert.Intrusion, Incidents: 1}, {Phase: alert.Spread, Incidents: 2}})
	got, err = w.Phases(w.Context(), w.All, alert.TrendFilter{Site: "osaka"})
	w.ok(err)
	w.same("of a site", got, []alert.PhaseCount{{Phase: alert.Intrusion, Incidents: 1}})
}
