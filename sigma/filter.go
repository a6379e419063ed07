package sigma

import (
	"slices"
	"strings"
)

// Filter is a Sigma filter that was read and understood in full: a condition
// that matches of other rules have to fulfil as well, such as "not
// selection". Filters come from Parse and Load only and must not be changed
// afterwards.
type Filter struct {
	Meta

	// LogSource bounds the filter to rules that name all its parts.
	LogSource LogSource

	condition *expr // nil as long as placeholders wait for values
	pending   pending
	any       bool // every rule of the log source
	rules     []reference
	named     map[string]bool // the references, as ids and as names
}

// reference is the id or name of a rule and where a filter names it.
type reference struct {
	text string
	line int
}

// idKey and nameKey tell ids, which mind no case, from names, which do.
func idKey(id string) string { return "id " + strings.ToLower(id) }

func nameKey(name string) string { return "name " + name }

// filterRules is the key of a filter that is no search identifier.
const filterRules = "rules"

func readFilter(meta *Meta, root *node) (*Filter, error) {
	filter := &Filter{Meta: *meta}
	var err error
	if filter.LogSource, _, err = readLogSource(root); err != nil {
		return nil, err
	}
	body := root.get("filter")
	if body.kind != nodeMap {
		return nil, refuse(body.line, "filter", "want a map, got %s", body.kind)
	}
	if f := filter.readRules(body); f != nil {
		return nil, f
	}
	if condition := body.get("condition"); condition != nil && condition.kind == nodeList {
		return nil, refuse(condition.line, "filter.condition", "want one condition, got a list")
	}
	filter.condition, filter.pending, err = readLogic("filter", body, nil, filterRules)
	return filter, err
}

func (f *Filter) readRules(body *node) *fault {
	n := body.get(filterRules)
	if n == nil {
		return refuse(body.line, "filter.rules", "missing: name rules by id or name, or write any")
	}
	nodes := []*node{n}
	if n.kind == nodeList {
		nodes = n.list
	} else if isAny(n.text) {
		f.any = true
		return nil
	}
	if len(nodes) == 0 {
		return refuse(n.line, "filter.rules", "an empty list: name rules by id or name, or write any")
	}
	f.named = map[string]bool{}
	for _, e := range nodes {
		if e.kind == nodeMap || e.kind == nodeList || e.kind == nodeNull || e.text == "" {
			return refuse(e.line, "filter.rules", "want ids or names of rules, got %s", e.kind)
		}
		f.rules = append(f.rules, reference{text: e.text, line: e.line})
		f.named[idKey(e.text)], f.named[nameKey(e.text)] = true, true
	}
	return nil
}

// isAny reports a word for every rule.
func isAny(text string) bool { return strings.EqualFold(text, "any") || strings.EqualFold(text, "all") }

// Placeholders lists the names that the filter needs values for, as those of
// a rule. A filter that has any is not applied; Expand makes one that is.
func (f *Filter) Placeholders() []string { return f.pending.names() }

// Expand fills the filter's placeholders as Rule.Expand does.
func (f *Filter) Expand(v Values) (*Filter, []Problem) {
	if len(f.pending.waits) == 0 {
		return f, nil
	}
	condition, problems := f.pending.fill(&f.Meta, v, filterRules)
	if len(problems) > 0 {
		return nil, problems
	}
	out := *f
	out.condition, out.pending = condition, pending{remarks: f.pending.remarks}
	return &out, nil
}

// Applies reports whether the filter is meant for the rule: it names the
// rule's id or name, or any, and the rule's log source has every part that
// the filter's has.
func (f *Filter) Applies(r *Rule) bool {
	return f.within(r.LogSource) && (f.any || f.named[idKey(r.ID)] || f.named[nameKey(r.Name)])
}

func (f *Filter) within(s LogSource) bool {
	covers := func(own, other string) bool { return own == "" || own == other }
	return covers(f.LogSource.Category, s.Category) && covers(f.LogSource.Product, s.Product) &&
		covers(f.LogSource.Service, s.Service)
}

// Filtered gives a copy of the rule that matches where the rule does and the
// condition of every filter holds that applies to it, and those filters. It
// is the rule itself if none applies that it does not have already.
func (r *Rule) Filtered(filters []*Filter) (*Rule, []*Filter) {
	var applied []*Filter
	for _, f := range filters {
		if f.condition != nil && f.Applies(r) && !slices.Contains(r.filters, f) && !slices.Contains(applied, f) {
			applied = append(applied, f)
		}
	}
	if len(applied) == 0 {
		return r, nil
	}
	out := *r
	out.filters = append(slices.Clone(r.filters), applied...)
	if r.condition == nil {
		return &out, applied
	}
	kids := []*expr{r.condition}
	for _, f := range applied {
		at := origin{text: "filter " + f.Title, line: f.Line, file: f.File}
		kids = append(kids, &expr{op: opAnd, kids: []*expr{f.condition}, at: at})
	}
	out.condition = &expr{op: opAnd, kids: kids}
	return &out, applied
}

// Filters lists the filters that were applied to the rule.
func (r *Rule) Filters() []*Filter { return slices.Clone(r.filters) }

// Warnings lists what is odd about a filter, although it is applied in full:
// any or all in a list, where it is the name of a rule, and above all a
// condition that excludes nothing and so lets only matches through that it
// selects.
func (f *Filter) Warnings() []Problem {
	out := slices.DeleteFunc(f.Meta.Warnings(), func(p Problem) bool { return p.Field == "level" })
	out = append(out, f.pending.warnings(&f.Meta)...)
	for _, ref := range f.rules {
		if isAny(ref.text) {
			out = append(out, problemOf(&f.Meta, refuse(ref.line, "filter.rules", "%q in a list is a rule of that name: to mean every rule, write it alone", ref.text)))
		}
	}
	if f.condition == nil || f.condition.excludes() {
		return out
	}
	return append(out, Problem{
		File: f.File, Line: f.Line, Rule: f.label(), Field: "filter.condition",
		Reason: "excludes nothing: only matches that it selects are left, write not to take them away",
	})
}

// excludes reports whether an expression negates anything.
func (e *expr) excludes() bool {
	if e.op == opItem {
		return e.item.neq || slices.ContainsFunc(e.item.values, func(v value) bool { return v.tests[0] == test(existsTest{}) })
	}
	return e.op == opNot || slices.ContainsFunc(e.kids, (*expr).excludes)
}
