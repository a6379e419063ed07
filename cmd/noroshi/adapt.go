package main

import (
	"context"
	"iter"

	"github.com/noroshi-soc/noroshi/internal/api"
	"github.com/noroshi-soc/noroshi/internal/bus"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/sigma"
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

// ruleList shows the running rules to the API.
type ruleList struct {
	set     *rule.Set
	refused []sigma.Problem
}

// Version implements api.Rules.
func (l *ruleList) Version() string { return l.set.Version }

// Problems implements api.Rules.
func (l *ruleList) Problems() []api.RuleProblem {
	out := make([]api.RuleProblem, 0, len(l.refused))
	for _, p := range l.refused {
		out = append(out, api.RuleProblem{File: p.File, Line: p.Line, Rule: p.Rule, Field: p.Field, Reason: p.Reason})
	}
	return out
}

// All implements api.Rules.
func (l *ruleList) All() []api.RuleInfo {
	out := make([]api.RuleInfo, 0, len(l.set.Rules))
	for _, r := range l.set.Rules {
		out = append(out, api.RuleInfo{
			ID: r.ID, Title: r.Title, TitleJA: r.TitleJA, Description: r.Description, DescriptionJA: r.DescriptionJA,
			Level: r.Level.String(), Status: r.Status, File: r.File,
			Product: r.LogSource.Product, Category: r.LogSource.Category, Service: r.LogSource.Service,
			Tags: r.Tags, FalsePositives: r.FalsePositives, References: r.References, Source: r.Source,
		})
	}
	return out
}
