package detect

import (
	"fmt"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/sigma"
)

// Explanation says why a rule holds on an event or does not, the way of the event to the rule included.
type Explanation struct {
	Dataset, Channel, Code string            // what routing sees of the event
	Wants                  sigma.LogSource   // the rule's log source
	Has                    []sigma.LogSource // the log sources that the event is of, none if the tables know none
	Routed                 bool              // the rule is asked about the event
	Sigma                  *sigma.Explanation
}

// Matched reports whether the rule finds the event: it is asked about it and holds.
func (x *Explanation) Matched() bool { return x.Routed && x.Sigma.Matched }

// Explain tests every part of the loaded rule with this id on the event, whether the event's log source leads to the rule or not.
func (e *Engine) Explain(id string, ev *event.Event) (*Explanation, error) {
	r := e.set.ByID(id)
	if r == nil {
		return nil, fmt.Errorf("explain: no rule %q is loaded", id)
	}
	k := kindOf(ev)
	out := &Explanation{Dataset: k.dataset, Channel: k.channel, Code: k.code, Wants: r.LogSource, Has: e.router.routes.of(k)}
	out.Routed = belongs(r.LogSource, out.Has)
	way := *e.router.of(ev)
	way.sigma = e.sigma.Route(func(ls sigma.LogSource) bool { return ls == r.LogSource })
	record := e.sigma.NewRecord()
	e.fill(record, ev, &way)
	if out.Sigma = e.sigma.Explain(r.Rule, record); out.Sigma == nil {
		return nil, fmt.Errorf("explain: rule %q could not be compiled", id)
	}
	return out, nil
}

// of lists the log sources that events of this kind belong to.
func (r *Routes) of(k kind) []sigma.LogSource {
	var out []sigma.LogSource
	for i := range r.entries {
		e := &r.entries[i]
		for j := range e.Where {
			if e.Where[j].fits(k) {
				out = append(out, sigma.LogSource{Product: e.Product, Category: e.Category, Service: e.Service})
				break
			}
		}
	}
	return out
}

// Unindexed lists the rules that have to be evaluated on every event of their log source: they are slow.
func (e *Engine) Unindexed() []*sigma.Rule { return e.sigma.Unindexed() }

// Costs lists what evaluating rules took, sampled from the events so far. It may be called while events are matched.
func (e *Engine) Costs() []sigma.Cost { return e.sigma.Costs() }
