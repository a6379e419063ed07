package sigma

import "slices"

// Prepare makes of a collection's rules what can be compiled: placeholders
// stand for their values and filters are applied. Rules that wait for values
// are left out and filters that do are not applied; each has a problem, and so
// has every rule that a filter names in vain. Correlations stay as they are:
// a filter applies to the rules that they count.
func (c *Collection) Prepare(v Values) ([]*Rule, []Problem) {
	var problems []Problem
	var filters []*Filter
	known := c.targets()
	for _, f := range c.Filters {
		filled, faults := f.Expand(v)
		problems = append(problems, faults...)
		problems = append(problems, c.misses(f, known)...)
		if filled != nil {
			filters = append(filters, filled)
		}
	}
	rules := make([]*Rule, 0, len(c.Rules))
	for _, r := range c.Rules {
		filled, faults := r.Expand(v)
		problems = append(problems, faults...)
		if filled == nil {
			continue
		}
		filtered, _ := filled.Filtered(filters)
		rules = append(rules, filtered)
	}
	return rules, problems
}

// misses tells what a filter is meant for and does not reach.
func (c *Collection) misses(f *Filter, known map[string]target) []Problem {
	var out []Problem
	miss := func(line int, format string, args ...any) {
		out = append(out, problemOf(&f.Meta, refuse(line, "filter.rules", format, args...)))
	}
	if f.any && !slices.ContainsFunc(c.Rules, f.Applies) {
		miss(f.Line, "applies to no rule: none has the log source %s", f.LogSource)
	}
	for _, ref := range f.rules {
		m, ok := known[idKey(ref.text)]
		if !ok {
			m, ok = known[nameKey(ref.text)]
		}
		switch {
		case !ok:
			miss(ref.line, "names %q, which is no rule of the collection", ref.text)
		case m.correlation:
			miss(ref.line, "names %q, which is a correlation: filter the rules that it counts", ref.text)
		case !f.within(m.source):
			miss(ref.line, "does not apply to %q: that rule reads %s and the filter %s", ref.text, m.source, f.LogSource)
		}
	}
	return out
}

// target is what a reference of a filter may name.
type target struct {
	source      LogSource
	correlation bool
}

func (c *Collection) targets() map[string]target {
	out := map[string]target{}
	add := func(m *Meta, t target) {
		if m.ID != "" {
			out[idKey(m.ID)] = t
		}
		if m.Name != "" {
			out[nameKey(m.Name)] = t
		}
	}
	for _, correlation := range c.Correlations {
		add(&correlation.Meta, target{correlation: true})
	}
	for _, r := range c.Rules {
		add(&r.Meta, target{source: r.LogSource})
	}
	return out
}
