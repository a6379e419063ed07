package api

import (
	"context"
	"fmt"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// RulesReloaded tells what a reload came to.
type RulesReloaded struct {
	Loaded        int           `json:"loaded"`
	Refused       []RuleProblem `json:"refused"`
	Waiting       []RuleProblem `json:"waiting" doc:"Rules and filters that wait for the values of their placeholders"`
	VersionBefore string        `json:"version_before"`
	VersionAfter  string        `json:"version_after" doc:"The same as before when nothing has changed"`
	Since         Time          `json:"since" doc:"When this version came into force"`
}

// reloadRules is for administrators of all tenants, as the rules are common to them.
func (a *api) reloadRules(ctx context.Context, c *auth.Caller, _ *nothing) (*reply[RulesReloaded], error) {
	if !c.Person.AllTenants {
		return nil, forbidden()
	}
	before, after, err := a.Rules.Reload(ctx)
	if err != nil {
		return nil, err
	}
	a.Broker.Publish(Change{Of: RulesChanged, Changed: 1})
	out := RulesReloaded{
		Loaded: len(after.Rules), Refused: listed(after.Problems), Waiting: listed(after.Waiting), VersionBefore: before.Version, VersionAfter: after.Version, Since: Time(after.Since),
	}
	detail := fmt.Sprintf("%d loaded, %d refused, version before %s", out.Loaded, len(out.Refused), out.VersionBefore)
	if err := a.note(ctx, c, "rules.reload", after.Version, tenant.ID{}, detail); err != nil {
		return nil, err
	}
	return &reply[RulesReloaded]{out}, nil
}

type ruleIDInput struct {
	ID string `path:"id"`
}

// switchOnRule is for administrators of all tenants, too.
func (a *api) switchOnRule(ctx context.Context, c *auth.Caller, in *ruleIDInput) (*reply[RuleText], error) {
	if !c.Person.AllTenants {
		return nil, forbidden()
	}
	if err := a.Rules.SwitchOn(ctx, in.ID); err != nil {
		return nil, err
	}
	a.Broker.Publish(Change{Of: RulesChanged, Changed: 1})
	text := a.ruleText(in.ID)
	if text == nil {
		return nil, notFound() // a reload has taken it away meanwhile
	}
	if err := a.note(ctx, c, "rule.on", in.ID, tenant.ID{}, text.Title); err != nil {
		return nil, err
	}
	return &reply[RuleText]{*text}, nil
}
