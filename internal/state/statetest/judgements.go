package statetest

import (
	"sync"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// state says what the queue says of an item: open or judged, its verdict in force, and whether it was reopened.
func (w *World) state(it alert.Item) string {
	w.Helper()
	judged := true
	list, _, err := w.Items(w.Context(), w.All, alert.Filter{Judged: &judged})
	w.ok(err)
	s := "open"
	for _, v := range list {
		if v.ID == it.ID {
			s = "judged"
		}
	}
	v := w.item(it.ID)
	if v.Judgement != nil {
		s += " " + string(v.Judgement.Verdict)
	}
	if v.Reopened {
		s += " reopened"
	}
	return s
}

func judgements(w *World) {
	it := w.Add(w.Aoi, "ps", "h1", Noon)
	w.same("new", w.state(it), "open")
	first := w.Judge(it, alert.FalsePositive)
	w.same("judged", w.state(it), "judged false_positive")
	w.same("judgement in force", w.item(it.ID).Judgement, &first)
	w.same("alerts when judged", first.Alerts, 1)

	it = w.More(it, Noon.Add(time.Minute))
	w.same("more alerts", w.state(it), "open false_positive reopened")
	second := w.Judge(it, alert.Level3)
	w.same("judged again", w.state(it), "judged level_3")
	undo := w.Judge(it, "")
	w.same("undone", w.state(it), "open")
	it = w.More(it, Noon.Add(2*time.Minute))
	w.same("undone, more alerts", w.state(it), "open")
	third := w.Judge(it, alert.Hold)
	w.same("judged after undo", w.state(it), "judged hold")

	got, err := w.Judgements(w.Context(), w.All, it.ID)
	w.ok(err)
	w.same("history", got, []alert.Judgement{first, second, undo, third})
}

// judgementOfThePast holds that a judgement reaches as far as its person saw, and not further than there is.
func judgementOfThePast(w *World) {
	ctx := w.Context()
	it := w.Add(w.Aoi, "ps", "h1", Noon)
	it = w.More(it, Noon.Add(time.Minute))
	j := alert.Judgement{Item: it.ID, Verdict: alert.Test, Alerts: 1, By: "p1", At: Noon}
	_, err := w.Records.Judge(ctx, w.All, j)
	w.ok(err)
	w.same("one of two seen", w.state(it), "open test reopened")

	j.Alerts = 99
	got, err := w.Records.Judge(ctx, w.All, j)
	w.ok(err)
	w.same("alerts", got.Alerts, 2)
	it = w.More(it, Noon.Add(2*time.Minute))
	w.same("future alerts are nobody's", w.state(it), "open test reopened")

	j.Verdict = "level_9"
	if _, err := w.Records.Judge(ctx, w.All, j); err == nil {
		w.Error("a verdict that there is not was taken")
	}
	j.Verdict = alert.Test
	_, err = w.Records.Judge(ctx, tenant.NewScope(w.Beni), j)
	w.is(err, alert.ErrNotFound)
	got2, err := w.Judgements(ctx, w.All, it.ID)
	w.ok(err)
	w.same("judgements", len(got2), 2)
}

// judgeWhileAlertsCome holds that no alert which nobody saw is ever covered by a judgement made at the same time.
func judgeWhileAlertsCome(w *World) {
	const n = 40
	it := w.Add(w.Aoi, "ps", "h1", Noon)
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range n {
			a, _ := w.Finding(w.Aoi, "ps", "h1", Noon.Add(time.Duration(i+1)*time.Second))
			a.Item = it.ID
			c := pipeline.Commit{Cursor: pipeline.Cursor{Epoch: 1, Seq: 100 + uint64(i)}, Alerts: []alert.Alert{a}, Items: []alert.Item{it}}
			if _, err := w.CommitStep(w.Context(), c); err != nil {
				w.Error(err)
			}
		}
	})
	wg.Go(func() {
		for range n {
			j, err := w.Records.Judge(w.Context(), w.All, alert.Judgement{Item: it.ID, Verdict: alert.Test, By: "p", At: Noon})
			if err != nil {
				w.Error(err)
			}
			v, err := w.Item(w.Context(), w.All, it.ID)
			if err != nil || v.Alerts < j.Alerts || v.Judgement == nil || v.Reopened != (v.Alerts > v.Judgement.Alerts) {
				w.Errorf("judged %d alerts, item %+v, error %v", j.Alerts, v, err)
			}
		}
	})
	wg.Wait()
	v := w.item(it.ID)
	w.same("alerts", v.Alerts, n+1)
	w.same("reopened", v.Reopened, v.Judgement.Alerts < n+1)
}
