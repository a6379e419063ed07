package main

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/noroshi-soc/noroshi/internal/pipeline"
)

// newMetrics registers the plain counters of the parts under their words: received, parsed, unparsed, detected, stored, lag.
func newMetrics(p *pipeline.Stats) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	counter(r, "noroshi_pipeline_batches_total", "Batches done.", p.Batches.Load)
	counter(r, "noroshi_events_stored_total", "Events committed to the event store.", p.Events.Load)
	counter(r, "noroshi_events_parsed_total", "Events read as their format says.", func() int64 { return p.Events.Load() - p.Unparsed.Load() })
	counter(r, "noroshi_events_unparsed_total", "Events kept without being read.", p.Unparsed.Load)
	counter(r, "noroshi_matches_total", "Rule matches, informational ones included.", p.Matches.Load)
	counter(r, "noroshi_alerts_total", "Alerts detected.", p.Alerts.Load)
	counter(r, "noroshi_events_failed_total", "Events that detection could not evaluate.", p.Failed.Load)
	counter(r, "noroshi_rule_failures_total", "Events that a rule could not evaluate, summed over rules.", p.Missed.Load)
	counter(r, "noroshi_rules_switched_off_total", "Rules switched off since start because they failed or were too slow.", p.SwitchedOff.Load)
	counter(r, "noroshi_batches_damaged_total", "Batches of the log that could not be decoded and were set aside.", p.Damaged.Load)
	counter(r, "noroshi_write_retries_total", "Writes to a store that had to be repeated.", p.Retries.Load)
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "noroshi_lag_batches", Help: "Batches durable in the log and not yet done.",
	}, func() float64 { return float64(p.Lag.Load()) }))
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "noroshi_build_info", Help: "Always 1; the version is a label.", ConstLabels: prometheus.Labels{"version": version},
	}, func() float64 { return 1 }))
	return r
}

// registerRules shows how many rules are in force, off and refused.
func registerRules(r *prometheus.Registry, rules func() *pipeline.Rules) {
	for state, read := range map[string]func(*pipeline.Rules) int{
		"on":      func(r *pipeline.Rules) int { return len(r.Set().Rules) - len(r.Set().Offs()) },
		"off":     func(r *pipeline.Rules) int { return len(r.Set().Offs()) },
		"refused": func(r *pipeline.Rules) int { return len(r.Refused) },
	} {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "noroshi_rules", Help: "Rules by state.", ConstLabels: prometheus.Labels{"state": state},
		}, func() float64 { return float64(read(rules())) }))
	}
}

// registerCorrelations shows what correlations hold, what they found, and what they could not count.
func registerCorrelations(r *prometheus.Registry, read func() pipeline.CorrelationCounts) {
	gauge := func(name, help string, of func(pipeline.CorrelationCounts) int64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(of(read())) }))
	}
	gauge("noroshi_correlation_groups", "Groups that correlations hold.", func(c pipeline.CorrelationCounts) int64 { return c.Groups })
	gauge("noroshi_correlation_held", "Observations that correlations hold.", func(c pipeline.CorrelationCounts) int64 { return c.Held })
	gauge("noroshi_correlation_bytes", "About the memory of these.", func(c pipeline.CorrelationCounts) int64 { return c.Bytes })
	counter(r, "noroshi_correlation_findings_total", "What correlations found, also where it is only counted by others.", func() int64 { return read().Findings })
	for reason, of := range map[string]func(pipeline.CorrelationCounts) int64{
		"limit":    func(c pipeline.CorrelationCounts) int64 { return c.Dropped },
		"late":     func(c pipeline.CorrelationCounts) int64 { return c.Late },
		"no_group": func(c pipeline.CorrelationCounts) int64 { return c.Missing },
		"no_value": func(c pipeline.CorrelationCounts) int64 { return c.Unusable },
	} {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "noroshi_correlation_uncounted_total", Help: "Observations that correlations did not count, by reason.", ConstLabels: prometheus.Labels{"reason": reason},
		}, func() float64 { return float64(of(read())) }))
	}
	counter(r, "noroshi_correlation_groups_evicted_total", "Groups that made room for others.", func() int64 { return read().Evicted })
}

func counter(r *prometheus.Registry, name, help string, read func() int64) {
	r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(read()) }))
}
