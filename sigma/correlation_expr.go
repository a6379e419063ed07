package sigma

import (
	"math/bits"
	"slices"
	"strings"
)

// maxWays bounds the ways in which an expression over rules can hold.
const maxWays = 256

// ruleExpr is an expression over the rules of a temporal correlation: the ways
// in which it can hold.
type ruleExpr struct{ ways []way }

// way is a set of rules that must occur and one of those that must not, bit
// by bit in the order of listing.
type way struct{ present, absent uint64 }

// allRules is the expression that wants every one of n rules.
func allRules(n int) *ruleExpr {
	return &ruleExpr{ways: []way{{present: ^uint64(0) >> (64 - n)}}}
}

// holds reports whether the expression is true where these rules occurred.
func (e *ruleExpr) holds(occurred uint64) bool {
	for _, w := range e.ways {
		if w.present&^occurred == 0 && w.absent&occurred == 0 {
			return true
		}
	}
	return false
}

// rising is true where a further occurrence cannot make it false again.
func (e *ruleExpr) rising() bool {
	return !slices.ContainsFunc(e.ways, func(w way) bool { return w.absent != 0 })
}

// wants reports whether the rule must occur in one of the ways.
func (e *ruleExpr) wants(rule int) bool {
	return slices.ContainsFunc(e.ways, func(w way) bool { return w.present&(1<<rule) != 0 })
}

// spares reports whether the rule must not occur in one of the ways.
func (e *ruleExpr) spares(rule int) bool {
	return slices.ContainsFunc(e.ways, func(w way) bool { return w.absent&(1<<rule) != 0 })
}

// expression reads a condition such as "a and (b or not c)".
func (r *correlationReader) expression(n *node) error {
	const at = "correlation.condition"
	tokens := conditionTokens(n.text)
	if len(tokens) > maxConditionTokens {
		return refuse(n.line, at, "longer than %d words", maxConditionTokens)
	}
	p := &ruleParser{tokens: tokens, rules: r.c.Rules}
	ways, f := p.or(false)
	if f == nil && len(p.tokens) > 0 {
		f = refuse(0, "", "%q stands where and, or, or the end should", p.tokens[0])
	}
	if f != nil {
		f.line, f.field = n.line, at
		return f
	}
	if r.err != nil {
		return r.err
	}
	for i, name := range r.c.Rules {
		if p.used&(1<<i) == 0 {
			return refuse(n.line, at, "does not speak of the rule %q", name)
		}
	}
	e := &ruleExpr{ways: ways}
	switch {
	case len(ways) == 0:
		return refuse(n.line, at, "can never hold")
	case e.holds(0):
		return refuse(n.line, at, "holds where nothing happens, which no event can tell")
	}
	r.c.condition.rules = e
	return nil
}

// ruleParser reads an expression by recursive descent straight into the ways
// in which it, or where negated its opposite, can hold.
type ruleParser struct {
	tokens []string
	rules  []string
	used   uint64
	depth  int
}

func (p *ruleParser) is(word string) bool {
	return len(p.tokens) > 0 && strings.EqualFold(p.tokens[0], word)
}

func (p *ruleParser) or(negated bool) ([]way, *fault) { return p.chain("or", negated, p.and) }

func (p *ruleParser) and(negated bool) ([]way, *fault) { return p.chain("and", negated, p.not) }

// chain joins parts; of a negated one, and turns into or and back (De Morgan).
func (p *ruleParser) chain(word string, negated bool, part func(bool) ([]way, *fault)) ([]way, *fault) {
	ways, f := part(negated)
	for f == nil && p.is(word) {
		p.tokens = p.tokens[1:]
		var more []way
		if more, f = part(negated); f != nil {
			break
		}
		switch {
		case (word == "or") != negated:
			ways = append(ways, more...)
		case len(ways)*len(more) <= 16*maxWays:
			ways = bothWays(ways, more)
		default:
			return nil, refuse(0, "", "can hold in more than %d ways", maxWays)
		}
		if ways = fewestWays(ways); len(ways) > maxWays {
			f = refuse(0, "", "can hold in more than %d ways", maxWays)
		}
	}
	return ways, f
}

func (p *ruleParser) not(negated bool) ([]way, *fault) {
	for p.is("not") {
		p.tokens, negated = p.tokens[1:], !negated
	}
	switch {
	case len(p.tokens) == 0:
		return nil, refuse(0, "", "ends where the name of a rule should follow")
	case p.is("("):
		return p.parenthesis(negated)
	}
	name := p.tokens[0]
	i := slices.Index(p.rules, name)
	switch {
	case len(p.tokens) > 1 && strings.EqualFold(p.tokens[1], "of"):
		return nil, refuse(0, "", "%q: of is not defined for rules, write them out", name+" of")
	case i < 0:
		return nil, refuse(0, "", "%q is not one of the rules", name)
	}
	p.tokens = p.tokens[1:]
	p.used |= 1 << i
	if negated {
		return []way{{absent: 1 << i}}, nil
	}
	return []way{{present: 1 << i}}, nil
}

func (p *ruleParser) parenthesis(negated bool) ([]way, *fault) {
	if p.depth++; p.depth > maxConditionDepth {
		return nil, refuse(0, "", "nested deeper than %d levels", maxConditionDepth)
	}
	p.tokens = p.tokens[1:]
	ways, f := p.or(negated)
	if f != nil {
		return nil, f
	}
	if !p.is(")") {
		return nil, refuse(0, "", "a parenthesis is not closed")
	}
	p.tokens = p.tokens[1:]
	p.depth--
	return ways, nil
}

// bothWays holds where one of each does.
func bothWays(some, others []way) []way {
	var out []way
	for _, s := range some {
		for _, o := range others {
			w := way{present: s.present | o.present, absent: s.absent | o.absent}
			if w.present&w.absent == 0 {
				out = append(out, w)
			}
		}
	}
	return out
}

// fewestWays leaves out every way that another one makes needless.
func fewestWays(ways []way) []way {
	size := func(w way) int { return bits.OnesCount64(w.present) + bits.OnesCount64(w.absent) }
	slices.SortStableFunc(ways, func(a, b way) int { return size(a) - size(b) })
	var out []way
	for _, w := range ways {
		if !slices.ContainsFunc(out, func(o way) bool { return o.present&^w.present == 0 && o.absent&^w.absent == 0 }) {
			out = append(out, w)
		}
	}
	return out
}
