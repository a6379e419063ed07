package main

import (
	"context"
	"time"

	"github.com/noroshi-soc/noroshi/internal/api"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/ingest"
	"github.com/noroshi-soc/noroshi/internal/query"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// health answers how sources do from the event store and the doors' counters.
type health struct {
	events  api.Events
	meter   *ingest.Meter
	sources source.Store
	now     func() time.Time
}

// maxSources bounds the counting by source.
const maxSources = 1000

// Health implements api.SourceHealth.
func (h *health) Health(ctx context.Context, scope tenant.Scope) (map[string]api.Health, error) {
	out := map[string]api.Health{}
	list, err := h.sources.Sources(ctx, scope)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		stats := h.meter.Stats(s.ID)
		if stats.LastReceived.IsZero() {
			if stats.LastReceived, err = h.lastStored(ctx, scope.Only(s.Tenant), s.ID); err != nil {
				return nil, err
			}
		}
		out[s.ID] = api.Health{LastReceived: stats.LastReceived, Refused: int64(stats.Refused)} //nolint:gosec // a count
	}
	hour := store.Search{Scope: scope, From: h.now().Add(-time.Hour), ByReceipt: true}
	all, _, err := h.events.Values(ctx, hour, "source", maxSources)
	if err != nil {
		return nil, err
	}
	hour.Query = query.Match{Field: "dataset", Op: query.Equal, Value: event.DatasetUnparsed}
	unparsed, _, err := h.events.Values(ctx, hour, "source", maxSources)
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		one := out[v.Value]
		one.Events = v.Count
		out[v.Value] = one
	}
	for _, v := range unparsed {
		one := out[v.Value]
		one.Unparsed = v.Count
		out[v.Value] = one
	}
	return out, nil
}

// lastStored is when the newest event of a source came, for sources that were silent since the start; zero when there is none.
func (h *health) lastStored(ctx context.Context, scope tenant.Scope, id string) (time.Time, error) {
	rows, err := h.events.Search(ctx, store.Search{Scope: scope, Query: query.Match{Field: "source", Op: query.Equal, Value: id}, Limit: 1})
	if err != nil || len(rows) == 0 {
		return time.Time{}, err
	}
	return rows[0].Received, nil
}

// Received implements api.SourceHealth.
func (h *health) Received(ctx context.Context, scope tenant.Scope, from, to time.Time, width time.Duration) ([]store.Bucket, error) {
	return h.events.Histogram(ctx, store.Search{Scope: scope, From: from, To: to, ByReceipt: true}, width)
}
