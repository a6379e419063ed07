package main

import (
	"time"

	"github.com/noroshi-soc/noroshi/internal/api"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/sigma"
)

// ruleSetOf puts the pipeline's rules into the API's form.
func ruleSetOf(r *pipeline.Rules) *api.RuleSet {
	set, names := r.Set(), namesOf(r.Set())
	out := &api.RuleSet{Version: set.Version, Since: r.Since, Problems: ruleProblems(r.Refused), Waiting: ruleProblems(set.Waiting)}
	for _, of := range set.Rules {
		info := ruleInfo(set, &of.Meta)
		info.Kind, info.TitleJA, info.DescriptionJA, info.Source = api.KindRule, of.TitleJA, of.DescriptionJA, of.Source
		info.Product, info.Category, info.Service = of.LogSource.Product, of.LogSource.Category, of.LogSource.Service
		info.Silent, info.CountedBy = r.Engine.Silent(of.Rule), names.all(r.Engine.Counting(of.Rule))
		for _, f := range of.Filters() {
			info.Filters = append(info.Filters, api.RuleRef{ID: f.ID, Title: f.Title})
		}
		out.Rules = append(out.Rules, info)
	}
	for _, c := range set.Correlations {
		out.Rules = append(out.Rules, correlationInfo(r, set.Correlation(c.ID), names))
	}
	return out
}

func correlationInfo(r *pipeline.Rules, c *rule.Correlation, names ruleNames) api.RuleInfo {
	info := ruleInfo(r.Set(), &c.Meta)
	info.Kind, info.TitleJA, info.DescriptionJA, info.Source = api.KindCorrelation, c.TitleJA, c.DescriptionJA, c.Source
	info.Correlation = &api.Correlation{
		Type: string(c.Type), Rules: names.all(c.Rules), GroupBy: append([]string{}, c.GroupBy...), Timespan: int(c.Timespan / time.Second), Generate: c.Generate,
	}
	if why := r.Engine.Idle(c.ID); why != "" && info.State == api.RuleOn {
		info.State, info.StateReason = api.RuleWaiting, why
	}
	return info
}

// ruleInfo is what rules and correlations have in common.
func ruleInfo(set *rule.Set, m *sigma.Meta) api.RuleInfo {
	out := api.RuleInfo{
		ID: m.ID, Title: m.Title, Description: m.Description, Level: m.Level.String(), Status: m.Status, File: m.File,
		Tags: m.Tags, FalsePositives: m.FalsePositives, References: m.References, State: api.RuleOn,
	}
	if off, is := set.Off(m.ID); is {
		out.State, out.StateReason, out.StateSince = api.RuleOff, off.Reason, off.Since
	}
	return out
}

func ruleProblems(of []sigma.Problem) (out []api.RuleProblem) {
	for _, p := range of {
		out = append(out, api.RuleProblem{File: p.File, Line: p.Line, Rule: p.Rule, Field: p.Field, Reason: p.Reason})
	}
	return out
}

// ruleNames finds rules and correlations by id and by name.
type ruleNames map[string]api.RuleRef

func namesOf(set *rule.Set) ruleNames {
	out := ruleNames{}
	add := func(m *sigma.Meta, titleJA string) {
		ref := api.RuleRef{ID: m.ID, Title: m.Title, TitleJA: titleJA}
		out[m.ID] = ref
		if m.Name != "" {
			out[m.Name] = ref
		}
	}
	for _, r := range set.Rules {
		add(&r.Meta, r.TitleJA)
	}
	for _, c := range set.Correlations {
		add(&c.Meta, set.Correlation(c.ID).TitleJA)
	}
	return out
}

// all names those; what is not loaded is shown by the word that stands for it.
func (n ruleNames) all(words []string) []api.RuleRef {
	out := make([]api.RuleRef, 0, len(words))
	for _, word := range words {
		ref, ok := n[word]
		if !ok {
			ref = api.RuleRef{Title: word}
		}
		out = append(out, ref)
	}
	return out
}
