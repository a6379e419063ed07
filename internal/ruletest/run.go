package ruletest

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/sigma"
)

// batchSize is how many records go through normalize at once.
const batchSize = 500

// asked is the rule or correlation of a test and the engine that has it.
type asked struct {
	engine *detect.Engine
	meta   *sigma.Meta
	counts *sigma.Correlation // nil for a rule
}

// Run runs all cases of a test file. A rule that cannot be found fails each of them.
func (r *Runner) Run(f *File) []Result {
	out := make([]Result, 0, len(f.cases))
	for i := range f.cases {
		c := &f.cases[i]
		who, err := r.find(f, c.kind == mustFind)
		res := Result{File: f.Name, Line: c.line, Name: c.name, Rule: f.Rule, Wanted: c.wanted()}
		switch {
		case err != nil:
			res.Why = []string{err.Error()}
		case who.counts != nil && c.kind != mustFind:
			res.Why = []string{"a correlation finds nothing in one event: write streams"}
		default:
			res.Rule, res.Title = who.meta.ID, who.meta.Title
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

// find returns the rule that a test file is about: the one that it names, else the one in the file beside it. Of a file with rules and one correlation,
// that correlation is what a stream is about.
func (r *Runner) find(f *File, stream bool) (asked, error) {
	if f.Rule != "" {
		return r.byName(f.Rule)
	}
	stem := strings.TrimSuffix(f.Name, Suffix)
	beside := func(file string) bool {
		return filepath.Clean(file) == filepath.Clean(stem+".yml") || filepath.Clean(file) == filepath.Clean(stem+".yaml")
	}
	var rules, correlations []asked
	for _, who := range r.all() {
		switch {
		case !beside(who.meta.File):
		case who.counts != nil:
			correlations = append(correlations, who)
		default:
			rules = append(rules, who)
		}
	}
	found := rules
	if stream && len(correlations) > 0 || len(rules) == 0 {
		found = correlations
	}
	name := filepath.Base(stem) + ".yml"
	switch {
	case len(found) > 0 && (len(found) == 1 || found[1].engine != found[0].engine):
		return found[0], nil
	case len(found) > 0:
		return asked{}, fmt.Errorf("%s holds %d rules: write `rule: ID`", name, len(found))
	}
	for _, p := range r.Problems {
		if beside(p.File) {
			return asked{}, fmt.Errorf("the rule does not run: %w", p)
		}
	}
	return asked{}, fmt.Errorf("no rule was loaded from %s: write `rule: ID` or put the test beside its rule", name)
}

// all lists every rule and correlation, those of the first engine first.
func (r *Runner) all() (out []asked) {
	for _, e := range r.Engines {
		for _, of := range e.Set().Rules {
			out = append(out, asked{engine: e, meta: &of.Meta})
		}
		for _, of := range e.Running() {
			out = append(out, asked{engine: e, meta: &of.Meta, counts: of})
		}
	}
	return out
}

// byName finds a rule or correlation by its id or its name.
func (r *Runner) byName(name string) (asked, error) {
	all := r.all()
	for _, who := range all {
		if strings.EqualFold(who.meta.ID, name) {
			return who, nil
		}
	}
	for _, who := range all {
		if who.meta.Name == name {
			return who, nil
		}
	}
	for _, p := range r.Problems {
		if strings.EqualFold(p.Rule, name) {
			return asked{}, fmt.Errorf("the rule does not run: %w", p)
		}
	}
	return asked{}, fmt.Errorf("no rule %q is loaded (--rules)", name)
}

// run asks the rule about every event of a case.
func (r *Runner) run(who asked, how *source.Batch, c *testCase, res *Result) {
	t := &tally{runner: r, who: who, res: res, unwanted: c.kind == mustNotMatch}
	if who.counts != nil {
		t.correlator = who.engine.NewCorrelator()
	}
	begin := r.Now().UTC()
	seq := uint64(0)
	for i := range c.events {
		for ev := range r.normalized(how, c.events[i].records, &seq) {
			if c.events[i].timed {
				ev.Time = begin.Add(c.events[i].at)
			}
			if !t.see(&ev) {
				return
			}
		}
	}
	t.end()
	switch {
	case c.kind == mustNotMatch:
		res.Passed = res.Found == 0
	case c.kind == mustFind || c.count >= 0:
		res.Passed = res.Found == c.count
	default:
		res.Passed = res.Found == res.Events
	}
	if res.Passed {
		return
	}
	if c.count >= 0 {
		res.Why = append(res.Why, fmt.Sprintf("%d found, in %d events", res.Found, res.Events))
	}
	res.Why = append(res.Why, t.why()...)
}

// normalized sends records through normalize and yields the events. seq goes on over all records of a case, so that no two events have the same id.
func (r *Runner) normalized(how *source.Batch, records []source.Record, seq *uint64) func(yield func(event.Event) bool) {
	return func(yield func(event.Event) bool) {
		for len(records) > 0 {
			n := min(batchSize, len(records))
			b := *how
			b.Tenant, b.Received, b.Records = r.Tenant, r.Now(), records[:n]
			records = records[n:]
			*seq++
			for _, ev := range r.Normalizer.Batch(&b, 1, 0, *seq) {
				if !yield(ev) {
					return
				}
			}
		}
	}
}
