package sigma

import (
	"fmt"
	"math/bits"
	"slices"
)

// Engine holds compiled rules. It never changes and may be used by any
// number of goroutines, each with a record of its own.
type Engine struct {
	rules     []*Rule
	roots     []*plan
	witnesses []*witness
	slots     slotTable
	sources   []LogSource
	bySource  [][]int32 // rules
	routes    routes
	costs     []cost
}

// Match is a rule that matched, and why.
type Match struct {
	Rule   *Rule
	Fields []Hit
}

// Compile builds an engine. Rules that cannot be compiled come back as
// problems and the others are in the engine all the same.
func Compile(rules []*Rule) (*Engine, []Problem) {
	e := &Engine{routes: routes{known: map[string]*Route{}}}
	b := &builder{engine: e, sources: map[LogSource]int{}}
	var problems []Problem
	for _, rule := range rules {
		switch {
		case rule == nil:
			problems = append(problems, Problem{Reason: "no rule given"})
		case len(rule.pending.waits) > 0:
			problems = append(problems, rule.pending.waiting(&rule.Meta)...)
		case rule.condition == nil:
			problems = append(problems, Problem{
				File: rule.File, Line: rule.Line, Rule: rule.label(), Field: "detection",
				Reason: "not made by Parse, so it has nothing to evaluate",
			})
		default:
			b.add(rule)
		}
	}
	e.costs = make([]cost, len(e.rules))
	return e, problems
}

// Fields lists the fields that rules ask for; a field's index is its slot.
func (e *Engine) Fields() []string { return slices.Clone(e.slots.names) }

// Slot returns the slot of a field, false if no rule asks for it.
func (e *Engine) Slot(field string) (int, bool) {
	return e.slots.find(field)
}

// Sources lists the distinct log sources of the rules.
func (e *Engine) Sources() []LogSource { return slices.Clone(e.sources) }

// Match appends the rules of the record's route that match it to out, in the
// order in which Compile was given them. It allocates nothing for a record
// that matches nothing, once the record's memory has grown to its events.
// What is appended holds no memory of the record. A rule whose evaluation
// fails is left out and told by Record.Failures.
func (e *Engine) Match(r *Record, out []Match) []Match {
	s := r.scratch
	if r.route == nil || s == nil || s.engine != e || r.route.engine != e {
		return out
	}
	s.begin(r)
	r.route.collect(s)
	s.events++
	sample := s.events%costSample == 1
	for word, set := range s.candidates {
		for ; set != 0; set &= set - 1 {
			rule := r.route.rules[word*64+bits.TrailingZeros64(set)]
			out = s.try(rule, sample, out)
		}
	}
	return out
}

// try evaluates a rule and appends its match. A panic is a failure of this
// rule alone.
func (s *scratch) try(rule int32, sample bool, out []Match) (matches []Match) {
	defer func() {
		if fault := recover(); fault != nil {
			matches = out
			s.record.failed = append(s.record.failed, Failure{Rule: s.engine.rules[rule], Reason: fmt.Sprint(fault)})
		}
	}()
	root, held := s.engine.roots[rule], false
	if sample {
		held = s.timed(rule)
	} else {
		held = s.eval(root)
	}
	if !held {
		return out
	}
	return append(out, Match{Rule: s.engine.rules[rule], Fields: s.hits(root, nil)})
}
