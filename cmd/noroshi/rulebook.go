package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/noroshi-soc/noroshi/internal/api"
	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/config"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// rulebook shows the running rules to the API and changes them.
type rulebook struct {
	config   config.Rules
	pipeline *pipeline.Pipeline
	log      *slog.Logger
	reading  sync.Mutex // so that what was read first does not come into force last
	shown    atomic.Pointer[shownRules]
}

// shownRules are rules of the pipeline in the API's form, made once.
type shownRules struct {
	of *pipeline.Rules
	as *api.RuleSet
}

// InForce implements api.Rules.
func (b *rulebook) InForce() *api.RuleSet {
	now := b.pipeline.Rules()
	if shown := b.shown.Load(); shown != nil && shown.of == now {
		return shown.as
	}
	shown := &shownRules{now, ruleSetOf(now)}
	b.shown.Store(shown)
	return shown.as
}

// Reload implements api.Rules.
func (b *rulebook) Reload(ctx context.Context) (before, after *api.RuleSet, err error) {
	b.reading.Lock()
	defer b.reading.Unlock()
	before = b.InForce()
	set, err := loadRules(b.config.Starter, b.config.Path)
	if err == nil {
		_, err = b.pipeline.SetRules(ctx, set)
	}
	if err != nil {
		b.log.Error("rules were not reloaded, those before stay in force", "version", before.Version, "error", err)
		return nil, nil, fmt.Errorf("%w: %w", rule.ErrNotLoaded, err)
	}
	after = b.InForce()
	for _, refused := range b.pipeline.Rules().Refused {
		b.log.Warn("rule refused", "error", refused)
	}
	b.log.Info("rules reloaded", "rules", len(after.Rules), "refused", len(after.Problems), "before", before.Version, "version", after.Version)
	return before, after, nil
}

// SwitchOn implements api.Rules.
func (b *rulebook) SwitchOn(ctx context.Context, id string) error {
	err := b.pipeline.SwitchOn(ctx, id)
	if err == nil {
		b.log.Info("rule switched on", "rule", id, "version", b.pipeline.Rules().Set().Version)
	}
	return err
}

// reloadOnHangup reloads the rules at each SIGHUP until ctx ends.
func (a *app) reloadOnHangup(ctx context.Context) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
		}
		before, after, err := a.rulebook.Reload(ctx)
		if err != nil {
			continue // it is logged
		}
		a.broker.Publish(api.Change{Of: api.RulesChanged, Changed: 1})
		detail := fmt.Sprintf("SIGHUP: %d loaded, %d refused, version before %s", len(after.Rules), len(after.Problems), before.Version)
		_ = a.gate.Audit(ctx, auth.Local(), "rules.reload", after.Version, tenant.ID{}, detail, "") // it logs what cannot be written
	}
}
