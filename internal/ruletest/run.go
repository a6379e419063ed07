package ruletest

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/source"
)

// batchSize is how many records go through normalize at once.
const batchSize = 500

// asked is the rule of a test and the engine that has it.
type asked struct {
	engine *detect.Engine
	rule   *rule.Rule
}

// Run runs all cases of a test file. A rule that cannot be found fails each of them.
func (r *Runner) Run(f *File) []Result {
	who, err := r.find(f)
	out := make([]Result, 0, len(f.cases))
	for i := range f.cases {
		c := &f.cases[i]
		res := Result{File: f.Name, Line: c.line, Name: c.name, Rule: f.Rule, Wanted: c.wanted()}
		if err != nil {
			res.Why = []string{err.Error()}
		} else {
			res.Rule, res.Title = who.rule.ID, who.rule.Title
			r.run(who, &f.batch, c, &res)
		}
		out = append(out, res)
	}
	return out
}

func (c *testCase) wanted() string {
	switch {
	case c.kind == mustNotMatch:
		return "no match"
	case c.kind == mustFind:
		return plural(c.count, "finding")
	case c.count >= 0:
		return plural(c.count, "match")
	}
	return "match"
}

func plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "h"):
		return fmt.Sprint(n, " ", noun, "es")
	}
	return fmt.Sprint(n, " ", noun, "s")
}

// find returns the rule that a test file is about.
func (r *Runner) find(f *File) (asked, error) {
	if f.Rule != "" {
		return r.byName(f.Rule)
	}
	stem := strings.TrimSuffix(f.Name, Suffix)
	var found []asked
	for _, e := range r.Engines {
		for _, rule := range e.Set().Rules {
			if name := filepath.Clean(rule.File); name == filepath.Clean(stem+".yml") || name == filepath.Clean(stem+".yaml") {
				found = append(found, asked{e, rule})
			}
		}
		if len(found) > 0 {
			break
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		for _, p := range r.Problems {
			if filepath.Clean(p.File) == filepath.Clean(stem+".yml") || filepath.Clean(p.File) == filepath.Clean(stem+".yaml") {
				return asked{}, fmt.Errorf("the rule was refused: %w", p)
			}
		}
		return asked{}, fmt.Errorf("no rule was loaded from %s.yml: write `rule: ID` or put the test beside its rule", filepath.Base(stem))
	}
	return asked{}, fmt.Errorf("%s.yml holds %d rules: write `rule: ID`", filepath.Base(stem), len(found))
}

// byName finds a rule by its id or its name.
func (r *Runner) byName(name string) (asked, error) {
	for _, e := range r.Engines {
		if rule := e.Set().ByID(name); rule != nil {
			return asked{e, rule}, nil
		}
		for _, rule := range e.Set().Rules {
			if strings.EqualFold(rule.ID, name) || rule.Name == name {
				return asked{e, rule}, nil
			}
		}
	}
	for _, p := range r.Problems {
		if strings.EqualFold(p.Rule, name) {
			return asked{}, fmt.Errorf("the rule was refused: %w", p)
		}
	}
	return asked{}, fmt.Errorf("no rule %q is loaded (--rules)", name)
}

// run asks the rule about every event of a case.
func (r *Runner) run(who asked, how *source.Batch, c *testCase, res *Result) {
	var differs []event.Event // the events that are not as wanted
	for _, e := range c.events {
		for ev := range r.normalized(how, e.records) {
			res.Events++
			matched, err := matches(who, &ev)
			if err != nil || !ev.Parsed() {
				res.Why = append(res.Why, unreadable(&ev, err))
				return
			}
			if matched {
				res.Found++
			}
			if matched == (c.kind == mustNotMatch) {
				differs = append(differs, ev)
			}
		}
	}
	switch c.kind {
	case mustNotMatch:
		res.Passed = res.Found == 0
	case mustFind:
		res.Passed = res.Found == c.count
	default:
		res.Passed = res.Found == c.count || c.count < 0 && res.Found == res.Events
	}
	if res.Passed {
		return
	}
	if c.count >= 0 {
		res.Why = append(res.Why, fmt.Sprintf("%s, of %d events", plural(res.Found, "match"), res.Events))
	}
	if len(differs) > 0 {
		res.Why = append(res.Why, why(who, &differs[0], c.kind != mustNotMatch)...)
	}
}

func unreadable(ev *event.Event, err error) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("the event could not be read: %s", ev.Problem)
}

func matches(who asked, ev *event.Event) (bool, error) {
	found, err := who.engine.Match(ev)
	if err != nil {
		return false, err
	}
	for _, id := range found.Rules {
		if id == who.rule.ID {
			return true, nil
		}
	}
	return false, nil
}

// normalized sends records through normalize and yields the events.
func (r *Runner) normalized(how *source.Batch, records []source.Record) func(yield func(event.Event) bool) {
	return func(yield func(event.Event) bool) {
		for seq := uint64(1); len(records) > 0; seq++ {
			n := min(batchSize, len(records))
			b := *how
			b.Tenant, b.Received, b.Records = r.Tenant, r.Now(), records[:n]
			records = records[n:]
			for _, ev := range r.Normalizer.Batch(&b, 1, 0, seq) {
				if !yield(ev) {
					return
				}
			}
		}
	}
}

// why tells the first difference of an event that the rule should have found, or should not.
func why(who asked, ev *event.Event, wanted bool) []string {
	x, err := who.engine.Explain(who.rule.ID, ev)
	if err != nil {
		return []string{err.Error()}
	}
	return Difference(x, wanted)
}
