package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/sigma"
)

// Rules are the rules that evaluate live events, compiled. They are immutable: a change of rules makes new ones.
type Rules struct {
	Engine  *detect.Engine
	Refused []sigma.Problem // rules and files that were left out, with the reason
	Since   time.Time       // when they came into force
}

// Set returns the set that was compiled.
func (r *Rules) Set() *rule.Set { return r.Engine.Set() }

// Rules returns the rules in force.
func (p *Pipeline) Rules() *Rules { return p.rules.Load() }

// SetRules puts another set in force while events come in. It is compiled aside and kept durably first; batches that are being evaluated finish under
// the rules that they began with, and each batch is noted under its own, so that a replay repeats it. The stages keep their memory, and what was switched off stays
// off unless its text is another. An error leaves the
// rules as they are: rule.ErrNoRules for a set of which nothing can be run. It is safe for concurrent use.
func (p *Pipeline) SetRules(ctx context.Context, set *rule.Set) (*Rules, error) {
	p.changing.Lock()
	defer p.changing.Unlock()
	return p.setRules(ctx, set.SwitchOff(p.Rules().Set().Offs()...))
}

// withSwitchedOff is the set without what was switched off before the start.
func (p *Pipeline) withSwitchedOff(ctx context.Context, set *rule.Set) (*rule.Set, error) {
	last, err := p.deps.RuleSets.InForce(ctx)
	if errors.Is(err, rule.ErrNoSet) {
		return set, nil
	}
	if err != nil {
		return nil, err
	}
	files, err := p.deps.RuleSets.RuleSet(ctx, last.Version)
	if err != nil {
		return nil, fmt.Errorf("rules in force before the start: %w", err)
	}
	offs, err := rule.OffsOf(files)
	if err != nil {
		return nil, fmt.Errorf("what was switched off before the start: %w", err)
	}
	return set.SwitchOff(offs...), nil
}

func (p *Pipeline) setRules(ctx context.Context, set *rule.Set) (*Rules, error) {
	if len(set.Rules) == 0 {
		return nil, rule.ErrNoRules
	}
	if before := p.Rules(); before.Set().Version == set.Version {
		return before, nil
	}
	next, err := p.compile(ctx, set)
	if err != nil {
		return nil, err
	}
	p.rules.Store(next)
	return next, nil
}

// compile makes a set ready and keeps it, so that whatever it evaluates can be replayed.
func (p *Pipeline) compile(ctx context.Context, set *rule.Set) (*Rules, error) {
	engine, refused := detect.New(set, p.deps.Routes)
	if err := p.deps.RuleSets.SaveRuleSet(ctx, set.Version, set.Files()); err != nil {
		return nil, fmt.Errorf("keep rule set: %w", err)
	}
	if err := p.deps.RuleSets.SetInForce(ctx, rule.InForce{Version: set.Version, Since: p.deps.Now().UTC()}); err != nil {
		return nil, err
	}
	in, err := p.deps.RuleSets.InForce(ctx)
	if err != nil {
		return nil, err
	}
	return &Rules{Engine: engine, Refused: append(slices.Clone(set.Problems), refused...), Since: in.Since}, nil
}

// engineOf compiles a rule set of history.
func (p *Pipeline) engineOf(ctx context.Context, version string) (*detect.Engine, error) {
	if now := p.Rules().Engine; version == now.Set().Version {
		return now, nil
	}
	files, err := p.deps.RuleSets.RuleSet(ctx, version)
	if err != nil {
		return nil, fmt.Errorf("rule set %s: %w", version, err)
	}
	engine, _ := detect.New(rule.NewSet(files), p.deps.Routes)
	return engine, nil
}

// engines tells which engine evaluates a sequence. It is asked in rising order by one goroutine.
type engines func(seq uint64) (*detect.Engine, error)

// enginesAfter returns the engines for what comes after the cursor: today's, but for batches whose events are stored already, which keep the rules
// that their rows tell of.
func (p *Pipeline) enginesAfter(ctx context.Context, at place) (engines, error) {
	var then *detect.Engine
	if at.mark.Seq > at.cursor.Seq && at.mark.RuleSet != "" {
		var err error
		if then, err = p.engineOf(ctx, at.mark.RuleSet); err != nil {
			return nil, err
		}
	}
	return func(seq uint64) (*detect.Engine, error) {
		if seq <= at.mark.Seq && then != nil {
			return then, nil
		}
		return p.Rules().Engine, nil
	}, nil
}

// enginesOf returns which engine evaluated which sequence of history. However often the rules were changed, one engine is made at a time.
func (p *Pipeline) enginesOf(ctx context.Context, part uint16, after uint64) (engines, error) {
	spans, err := p.deps.Records.RuleSets(ctx, p.deps.Log.Epoch(), part, after)
	if err != nil {
		return nil, fmt.Errorf("rule sets of history: %w", err)
	}
	last := p.Rules().Engine
	return func(seq uint64) (engine *detect.Engine, err error) {
		for _, span := range spans {
			if seq >= span.From && seq <= span.To {
				if last.Set().Version != span.RuleSet {
					last, err = p.engineOf(ctx, span.RuleSet)
				}
				return last, err
			}
		}
		return nil, errors.New("no rule set is known for it")
	}, nil
}
