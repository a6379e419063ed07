package sigma

import (
	"math/bits"
	"slices"
)

// Engine holds compiled rules. It never changes and may be used by any
// number of goroutines, each with a record of its own.
type Engine struct {
	rules   []*Rule
	roots   []*plan
	fields  []string
	slots   map[string]int
	sources []LogSource
	indexes []*sourceIndex
}

// Match is a rule that matched, and why.
type Match struct {
	Rule   *Rule
	Fields []Hit
}

// Hit is one part of a rule that held on an event: the field (empty for a
// keyword), its value and what the rule asks of it, such as "endswith:
// \cmd.exe". Parts that a condition negates are not listed.
type Hit struct {
	Field, Value, Pattern string
}

// Compile builds an engine. Rules that cannot be compiled come back as
// problems and the others are in the engine all the same.
func Compile(rules []*Rule) (*Engine, []Problem) {
	e := &Engine{slots: map[string]int{}}
	b := &builder{engine: e, sources: map[LogSource]int{}}
	var problems []Problem
	for _, rule := range rules {
		switch {
		case rule == nil:
			problems = append(problems, Problem{Reason: "no rule given"})
		case rule.condition == nil:
			problems = append(problems, Problem{
				File: rule.File, Line: rule.Line, Rule: rule.label(), Field: "detection",
				Reason: "not made by Parse, so it has nothing to evaluate",
			})
		default:
			b.add(rule)
		}
	}
	b.finish()
	return e, problems
}

// Fields lists the fields that rules ask for; a field's index is its slot.
func (e *Engine) Fields() []string { return slices.Clone(e.fields) }

// Slot returns the slot of a field, false if no rule asks for it.
func (e *Engine) Slot(field string) (int, bool) {
	slot, ok := e.slots[field]
	return slot, ok
}

// Sources lists the distinct log sources of the rules.
func (e *Engine) Sources() []LogSource { return slices.Clone(e.sources) }

// Route is the way of one kind of log through an engine: the rules of the
// log sources that it belongs to.
type Route struct {
	engine  *Engine
	sources []int
}

// Route prepares, once per kind of log, which rules are asked: those of the
// log sources that match accepts. A source with empty parts is wider than one
// without. It is nil where no rule is left.
func (e *Engine) Route(match func(LogSource) bool) *Route {
	r := &Route{engine: e}
	for i, source := range e.sources {
		if match(source) {
			r.sources = append(r.sources, i)
		}
	}
	if len(r.sources) == 0 {
		return nil
	}
	return r
}

// WantsTexts reports whether a rule of the route looks for keywords.
func (r *Route) WantsTexts() bool {
	for _, source := range r.sources {
		if r.engine.indexes[source].texts != nil || r.engine.indexes[source].keywords {
			return true
		}
	}
	return false
}

// Match appends the rules that match the record to out, in the order in which
// Compile was given them. It allocates nothing for a record that matches
// nothing, once the record's memory has grown to its events. What is appended
// holds no memory of the record.
func (e *Engine) Match(r *Record, out []Match) []Match {
	s := r.scratch
	if r.route == nil || s.engine != e || r.route.engine != e {
		return out
	}
	s.begin(r)
	for _, source := range r.route.sources {
		e.indexes[source].collect(s)
	}
	for word, set := range s.candidates {
		if set == 0 {
			continue
		}
		s.candidates[word] = 0
		for ; set != 0; set &= set - 1 {
			rule := word*64 + bits.TrailingZeros64(set)
			if s.eval(e.roots[rule]) {
				out = append(out, Match{Rule: e.rules[rule], Fields: s.hits(e.roots[rule], nil)})
			}
		}
	}
	return out
}
