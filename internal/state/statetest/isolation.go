package statetest

import (
	"errors"
	"reflect"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// isolation makes every call that takes a Scope with one that holds nothing, and with one that holds only the other tenant.
// All that there is belongs to aoi: each call must give nothing, and change nothing. With aoi's scope it must give something, or this would prove nothing.
func isolation(w *World) {
	ctx := w.Context()
	w.ok(w.CreateSource(ctx, w.source(w.Aoi, "fw-1", 0), [32]byte{1}))
	it := w.Add(w.Aoi, "r", "a", Noon)
	judged := w.Add(w.Aoi, "r", "b", Noon)
	w.Judge(judged, alert.Test)
	w.Add(w.Aoi, "r", "c", Noon)
	in := w.incident(it, judged)
	w.tie(in)

	calls := w.scoped(it, judged, in)
	for name, call := range calls {
		for which, scope := range map[string]tenant.Scope{"no tenant": {}, "another tenant": tenant.NewScope(w.Beni)} {
			got, err := call(scope)
			refused := errors.Is(err, alert.ErrNotFound) || errors.Is(err, incident.ErrNotFound) || errors.Is(err, source.ErrNotFound)
			if err != nil && !refused {
				w.Errorf("%s with %s: %v", name, which, err)
			}
			if err == nil && !nothing(got) {
				w.Errorf("%s with %s tells %+v", name, which, got)
			}
		}
	}
	v := w.view(in.ID)
	w.same("status afterwards", v.Status, incident.Open)
	w.same("state afterwards", w.state(it), "open")
	for name, call := range calls {
		if got, err := call(tenant.NewScope(w.Aoi)); err != nil || nothing(got) {
			w.Errorf("%s with its own tenant: %+v, %v", name, got, err)
		}
	}
}

type scopedCall func(tenant.Scope) (any, error)

func (w *World) scoped(it, judged alert.Item, in incident.Incident) map[string]scopedCall {
	ctx, from, to := w.Context(), Noon, Noon.Add(24*time.Hour)
	return map[string]scopedCall{
		"Tenants": func(s tenant.Scope) (any, error) {
			got, err := w.Tenants(ctx, s)
			for _, t := range got {
				if t.ID == w.Aoi {
					return got, err
				}
			}
			return nil, err
		},
		"Sources": func(s tenant.Scope) (any, error) { return w.Sources(ctx, s) },
		"UpdateSource": func(s tenant.Scope) (any, error) {
			return "changed", w.UpdateSource(ctx, s, w.source(w.Aoi, "fw-1", 0))
		},
		"SetToken": func(s tenant.Scope) (any, error) { return "changed", w.SetToken(ctx, s, "fw-1", [32]byte{2}) },
		"Items": func(s tenant.Scope) (any, error) {
			list, total, err := w.Items(ctx, s, alert.Filter{})
			return []any{list, total}, err
		},
		"Items by incident": func(s tenant.Scope) (any, error) {
			list, total, err := w.Items(ctx, s, alert.Filter{Incident: in.ID})
			return []any{list, total}, err
		},
		"Item":   func(s tenant.Scope) (any, error) { return w.Item(ctx, s, it.ID) },
		"Alerts": func(s tenant.Scope) (any, error) { return w.Alerts(ctx, s, it.ID, 0) },
		"Judge": func(s tenant.Scope) (any, error) {
			return w.Records.Judge(ctx, s, alert.Judgement{Item: it.ID, Verdict: alert.Test, By: "p", At: Noon})
		},
		"Judgements": func(s tenant.Scope) (any, error) { return w.Judgements(ctx, s, judged.ID) },
		"Incidents": func(s tenant.Scope) (any, error) {
			list, total, err := w.Incidents(ctx, s, incident.Filter{})
			return []any{list, total}, err
		},
		"Incident":         func(s tenant.Scope) (any, error) { return w.Incident(ctx, s, in.ID) },
		"Incident by name": func(s tenant.Scope) (any, error) { return w.Incident(ctx, s, "INC-2026-0001") },
		"SetStatus": func(s tenant.Scope) (any, error) {
			return "changed", w.SetStatus(ctx, s, in.ID, incident.InProgress, "p", Noon)
		},
		"RuleStats": func(s tenant.Scope) (any, error) { return w.RuleStats(ctx, s, Noon) },
		"HitsByDay": func(s tenant.Scope) (any, error) {
			days, err := w.HitsByDay(ctx, s, "r", from, to, time.UTC)
			n := 0
			for _, d := range days {
				n += d.Alerts
			}
			return n, err
		},
		"Backlog": func(s tenant.Scope) (any, error) {
			b, err := w.Backlog(ctx, s, alert.TrendFilter{Site: "tokyo"})
			return []any{b.Open, b.Oldest}, err
		},
		"ItemsByHour": func(s tenant.Scope) (any, error) { return w.ItemsByHour(ctx, s, alert.TrendFilter{}) },
		"Judged": func(s tenant.Scope) (any, error) {
			j, err := w.Judged(ctx, s, alert.TrendFilter{})
			return j.Verdicts, err
		},
		"Techniques": func(s tenant.Scope) (any, error) { return w.Techniques(ctx, s, alert.TrendFilter{}) },
		"Phases":     func(s tenant.Scope) (any, error) { return w.Phases(ctx, s, alert.TrendFilter{Site: "tokyo"}) },
	}
}

// nothing reports whether an answer tells of nothing: zero, empty, or a list of such.
func nothing(v any) bool {
	if list, ok := v.([]any); ok {
		for _, e := range list {
			if !nothing(e) {
				return false
			}
		}
		return true
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Slice, reflect.Map:
		return r.Len() == 0
	}
	return r.IsZero()
}
