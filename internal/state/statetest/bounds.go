package statetest

import (
	"fmt"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// whole is a step that has something of everything, all at that time.
func (w *World) whole(of tenant.ID, host string, at time.Time) pipeline.Commit {
	a, it := w.Finding(of, "r", host, at)
	a.ID = alert.NewID(host, event.ID{Epoch: 1, Seq: w.seq}) // times beyond what a sequence can hold give no id
	it.ID = "i" + a.ID[1:]
	a.Item = it.ID
	return pipeline.Commit{Alerts: []alert.Alert{a}, Items: []alert.Item{it}, Incidents: incidentsOf(w.incident(it))}
}

// anyTime holds that every time can be committed and comes back as the same instant: no record's idea of time can stop a partition.
func anyTime(w *World) {
	for i, at := range []time.Time{
		{},
		time.Date(1, 1, 1, 0, 0, 0, 1000, time.FixedZone("", 18*3600)), time.Date(-5000, 2, 3, 4, 5, 6, 7000, time.UTC),
		time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(0, 0), time.Unix(-1, 999_999_000), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(290_000, 1, 1, 0, 0, 0, 1000, time.UTC),
	} {
		c := w.whole(w.Aoi, fmt.Sprintf("h%d", i), at)
		w.Commit(c)
		w.Commit(c) // and is brought up to date
		it, v := w.item(c.Items[0].ID), w.view(c.Incidents[0].ID)
		list, err := w.Alerts(w.Context(), w.All, it.ID, 0)
		w.ok(err)
		for _, got := range []time.Time{it.First, it.Last, v.First, v.Last, list[0].Time} {
			if !got.Equal(at) {
				w.Errorf("%s came back as %s", at, got)
			}
		}
		if _, err = w.Records.Judge(w.Context(), w.All, alert.Judgement{Item: it.ID, Verdict: alert.Test, At: at}); err != nil {
			w.Errorf("judged at %s: %v", at, err)
		}
	}
	for _, at := range []time.Time{time.Unix(1<<60, 0), time.Unix(-1<<60, 0)} { // nearer, but not on the other side and not refused
		c := w.whole(w.Aoi, at.String(), at)
		w.Commit(c)
		if got := w.item(c.Items[0].ID).First; got.After(Noon) != at.After(Noon) {
			w.Errorf("%s came back as %s", at, got)
		}
	}
}

// anyText holds that no text from outside, in whatever place, can stop a commit.
func anyText(w *World) {
	for i, text := range hostileTexts() {
		c := w.whole(w.Aoi, fmt.Sprintf("h%d", i), Noon)
		a, it, in := &c.Alerts[0], &c.Items[0], &c.Incidents[0]
		en := event.Entity{Kind: event.EntityKind(text), Role: event.Role(text), Value: text}
		for _, to := range []*string{
			&a.Site, &a.Rule, &a.Title, &a.TitleJA, &a.Detector, &a.DeviceSeverity, &a.Dataset, &a.Source, &a.Summary,
			&it.Site, &it.Rule, &it.Title, &it.TitleJA, &it.Subject.Value, &in.Title, &in.TitleJA,
		} {
			*to = text
		}
		it.Subject.Kind = event.EntityKind(text)
		a.Tactics, a.Techniques, a.Matched = []string{text}, []string{text}, []alert.Matched{{Field: text, Value: text, Pattern: text}}
		a.Entities = []event.Entity{en, {Kind: event.KindHost, Value: text, Role: event.RoleSubject}}
		a.Level, a.Phase, it.Level, it.Phase, in.Level, in.Phase = 255, 255, 255, 255, 255, 255
		in.Members[0].Reason = incident.Reason{Code: incident.ReasonCode(text), Entity: en, With: text}
		c.Snapshots = []pipeline.Snapshot{{Stage: text, Epoch: 1, Seq: w.seq + 1}}
		w.Commit(c)
		w.same("kept", []int{w.item(it.ID).Alerts, len(w.view(in.ID).Items)}, []int{1, 1})
	}
}

// tenantUnknown holds that a log may speak of a tenant that these records do not know: when they are made anew from it, or are older than it.
func tenantUnknown(w *World) {
	of := ID(w, "nobody-knows")
	c := w.whole(of, "h", Noon)
	w.Commit(c)
	v, err := w.Item(w.Context(), tenant.NewScope(of), c.Items[0].ID)
	w.ok(err)
	w.same("alerts", v.Alerts, 1)
}

// saidTwice holds that a commit that names a thing twice, or again after another partition did, is no conflict.
func saidTwice(w *World) {
	c := w.whole(w.Aoi, "h", Noon)
	c.Alerts = append(c.Alerts, c.Alerts[0])
	c.Items = append(c.Items, c.Items[0])
	c.Incidents[0].Members = append(c.Incidents[0].Members, c.Incidents[0].Members[0])
	c.Incidents = append(c.Incidents, c.Incidents[0])
	w.Commit(c)
	c.Cursor = pipeline.Cursor{Epoch: 2, Partition: 7, Seq: 1, RuleSet: "r1"}
	_, err := w.CommitStep(w.Context(), c)
	w.ok(err)
	w.same("kept", []int{w.item(c.Items[0].ID).Alerts, len(w.view(c.Incidents[0].ID).Members)}, []int{1, 1})
}
