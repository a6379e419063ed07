package pipeline

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// guard gathers the rules that are to be switched off: those that failed, and those that are too slow.
type guard struct {
	mu     sync.Mutex
	ill    map[string]rule.Off // by rule
	wake   chan struct{}
	looked atomic.Int64 // when costs were looked at last, Unix nanoseconds
}

func newGuard() *guard { return &guard{ill: map[string]rule.Off{}, wake: make(chan struct{}, 1)} }

// lookEvery is how often the costs of rules are looked at.
const lookEvery = time.Second

// report adds rules of a set; the first reason is kept.
func (g *guard) report(set *rule.Set, at time.Time, failed []detect.Failure) {
	if len(failed) == 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range failed {
		if _, known := g.ill[f.Rule]; !known {
			g.ill[f.Rule] = set.NewOff(f.Rule, f.Reason, at)
		}
	}
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

func (g *guard) take() []rule.Off {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([]rule.Off, 0, len(g.ill))
	for _, off := range g.ill {
		out = append(out, off)
	}
	clear(g.ill)
	return out
}

// due says that costs are to be looked at, once for each span of time.
func (g *guard) due(now time.Time) bool {
	last := g.looked.Load()
	return now.Sub(time.Unix(0, last)) >= lookEvery && g.looked.CompareAndSwap(last, now.UnixNano())
}

// look reports what failed in a group that was evaluated, and now and then what was too slow.
func (p *Pipeline) look(group []read, mem *memory) {
	now := p.deps.Now().UTC()
	engine := group[0].engine
	for i := range group {
		p.guard.report(engine.Set(), now, group[i].failures())
	}
	p.guard.report(engine.Set(), now, mem.failed)
	mem.failed = nil
	if engine == p.Rules().Engine && p.guard.due(now) {
		p.guard.report(engine.Set(), now, engine.Slow(p.deps.MaxEvaluation))
	}
}

// failures are what failed in a batch, each rule once.
func (r *read) failures() (out []detect.Failure) {
	for _, failed := range r.ailing {
		for _, f := range failed {
			if !slices.ContainsFunc(out, func(o detect.Failure) bool { return o.Rule == f.Rule }) {
				out = append(out, f)
			}
		}
	}
	return out
}

// gaps counts what the rules could not evaluate, by tenant, rule and hour of event time.
func gaps(group []read) (out []rule.Gap) {
	type key struct {
		tenant tenant.ID
		rule   string
		hour   time.Time
	}
	count := map[key]int{}
	for i := range group {
		for j, failed := range group[i].ailing {
			ev := &group[i].events[j]
			for _, f := range failed {
				count[key{ev.Tenant, f.Rule, ev.Time.UTC().Truncate(time.Hour)}]++
			}
		}
	}
	for k, n := range count {
		out = append(out, rule.Gap{Tenant: k.tenant, Rule: k.rule, Hour: k.hour, Events: n})
	}
	slices.SortFunc(out, func(a, b rule.Gap) int {
		return cmp.Or(cmp.Compare(a.Tenant.String(), b.Tenant.String()), cmp.Compare(a.Rule, b.Rule), a.Hour.Compare(b.Hour))
	})
	return out
}

// keepWatch switches off what is reported until ctx ends.
func (p *Pipeline) keepWatch(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.guard.wake:
		}
		p.switchOff(ctx, p.guard.take())
	}
}

// switchOff puts a set without these rules in force. Should that fail, they are reported again by what they do next.
func (p *Pipeline) switchOff(ctx context.Context, offs []rule.Off) {
	p.changing.Lock()
	before := p.Rules().Set()
	after, err := p.setRules(ctx, before.SwitchOff(offs...))
	p.changing.Unlock()
	if err != nil {
		p.deps.Logger.Error("rules that fail or are too slow cannot be switched off", "error", err)
		return
	}
	if after.Set() == before {
		return
	}
	for _, off := range after.Set().Offs() {
		if _, already := before.Off(off.Rule); !already {
			p.stats.SwitchedOff.Add(1)
			p.deps.Logger.Error("rule switched off", "rule", off.Rule, "reason", off.Reason, "version", after.Set().Version)
		}
	}
	if p.deps.RulesChanged != nil {
		p.deps.RulesChanged()
	}
}

// SwitchOn puts a rule that was switched off in force again; rule.ErrNotFound when there is no such rule. One that is on stays so.
func (p *Pipeline) SwitchOn(ctx context.Context, id string) error {
	p.changing.Lock()
	defer p.changing.Unlock()
	set := p.Rules().Set()
	if !set.Has(id) {
		return rule.ErrNotFound
	}
	_, err := p.setRules(ctx, set.SwitchOn(id))
	return err
}
