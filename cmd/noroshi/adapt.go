package main

import (
	"context"
	"iter"

	"github.com/noroshi-soc/noroshi/internal/api"
	"github.com/noroshi-soc/noroshi/internal/bus"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
)

// busLog shows the bus as the pipeline reads it.
type busLog struct{ *bus.Log }

// Read implements pipeline.Log.
func (l busLog) Read(ctx context.Context, partition uint16, from uint64) iter.Seq2[pipeline.Message, error] {
	return func(yield func(pipeline.Message, error) bool) {
		for m, err := range l.Log.Read(ctx, partition, from) {
			if !yield(pipeline.Message{Seq: m.Seq, Data: m.Data}, err) {
				return
			}
		}
	}
}

// publish tells the live stream what a commit changed.
func publish(b *api.Broker, change pipeline.Change) {
	for _, c := range change {
		if c.NewItems+c.ChangedItems > 0 {
			b.Publish(api.Change{Tenant: c.Tenant, Of: api.ItemsChanged, New: c.NewItems, Changed: c.ChangedItems})
		}
		if c.NewIncidents+c.ChangedIncidents > 0 {
			b.Publish(api.Change{Tenant: c.Tenant, Of: api.IncidentsChanged, New: c.NewIncidents, Changed: c.ChangedIncidents})
		}
	}
}
