package sigma

import (
	"strconv"
	"strings"
)

const (
	maxConditionTokens = 10_000
	maxConditionDepth  = 200
	maxConditionParts  = 100_000
)

// conditionBudget is what all conditions of one document may still take, an
// alias counted each time.
type conditionBudget struct{ bytes, words, parts int }

// readConditions reads one condition or a list of them, of which one must hold.
func readConditions(n *node, path string, s searches) (*expr, error) {
	nodes := []*node{n}
	if n.kind == nodeList {
		nodes = n.list
	}
	left := &conditionBudget{bytes: maxDocument, words: maxConditionTokens, parts: maxConditionParts}
	var kids []*expr
	for _, c := range nodes {
		if c.kind == nodeMap || c.kind == nodeList || c.kind == nodeNull {
			return nil, refuse(c.line, path, "want a text, got %s", c.kind)
		}
		kid, f := parseCondition(c.text, s, left)
		if f != nil {
			f.line, f.field = c.line, path
			return nil, f
		}
		// The condition may be a search identifier and no more, which keeps its own name.
		kids = append(kids, &expr{op: opAnd, kids: []*expr{kid}, at: origin{text: c.text, line: c.line}})
	}
	if len(kids) == 0 {
		return nil, refuse(n.line, path, "an empty list")
	}
	return joined(opOr, kids), nil
}

// conditionParser reads a condition by recursive descent: or binds least,
// then and, then not, then the quantifiers and parentheses.
type conditionParser struct {
	tokens []string
	depth  int
	left   *conditionBudget
	s      searches
}

func parseCondition(text string, s searches, left *conditionBudget) (*expr, *fault) {
	if left.bytes -= len(text); left.bytes < 0 {
		return nil, refuse(0, "", "longer than %d bytes", maxDocument)
	}
	p := &conditionParser{tokens: conditionTokens(text), s: s, left: left}
	if left.words -= len(p.tokens); left.words < 0 {
		return nil, refuse(0, "", "longer than %d words", maxConditionTokens)
	}
	e, f := p.or()
	if f == nil && len(p.tokens) > 0 {
		f = p.unexpected("and, or, or the end")
	}
	return e, f
}

// conditionTokens cuts at white space and makes ( ) and | words of their own.
func conditionTokens(text string) []string {
	spaced := strings.NewReplacer("(", " ( ", ")", " ) ", "|", " | ").Replace(text)
	return strings.Fields(spaced)
}

func reservedWord(word string) bool {
	switch strings.ToLower(word) {
	case "and", "or", "not", "of", "them", "all", "any", "1":
		return true
	}
	return false
}

// is reports whether the next word is this one, in any case.
func (p *conditionParser) is(word string) bool {
	return len(p.tokens) > 0 && strings.EqualFold(p.tokens[0], word)
}

func (p *conditionParser) next() string {
	token := p.tokens[0]
	p.tokens = p.tokens[1:]
	return token
}

func (p *conditionParser) unexpected(want string) *fault {
	switch {
	case len(p.tokens) == 0:
		return refuse(0, "", "ends where %s should follow", want)
	case p.tokens[0] == "|":
		return refuse(0, "", "aggregations (|) are not part of Sigma 2, correlation rules replaced them")
	}
	return refuse(0, "", "%q stands where %s should", p.tokens[0], want)
}

func (p *conditionParser) or() (*expr, *fault) { return p.chain(opOr, "or", p.and) }

func (p *conditionParser) and() (*expr, *fault) { return p.chain(opAnd, "and", p.not) }

func (p *conditionParser) chain(o op, word string, part func() (*expr, *fault)) (*expr, *fault) {
	first, f := part()
	if f != nil {
		return nil, f
	}
	kids := []*expr{first}
	for p.is(word) {
		p.next()
		kid, f := part()
		if f != nil {
			return nil, f
		}
		kids = append(kids, kid)
	}
	return joined(o, kids), nil
}

func (p *conditionParser) not() (*expr, *fault) {
	if !p.is("not") {
		return p.primary()
	}
	negative := false
	for p.is("not") {
		p.next()
		negative = !negative
	}
	kid, f := p.primary()
	if f != nil || !negative {
		return kid, f
	}
	return &expr{op: opNot, kids: []*expr{kid}}, nil
}

func (p *conditionParser) primary() (*expr, *fault) {
	const want = "a search identifier"
	switch {
	case len(p.tokens) == 0 || p.is(")") || p.is("|"):
		return nil, p.unexpected(want)
	case p.is("("):
		return p.parenthesis()
	case len(p.tokens) > 1 && strings.EqualFold(p.tokens[1], "of"):
		return p.quantified()
	case reservedWord(p.tokens[0]):
		return nil, p.unexpected(want)
	}
	name := p.next()
	if e := p.s.exprs[name]; e != nil {
		return e, nil
	}
	return nil, refuse(0, "", "no search identifier %q", name)
}

func (p *conditionParser) parenthesis() (*expr, *fault) {
	if p.depth++; p.depth > maxConditionDepth {
		return nil, refuse(0, "", "nested deeper than %d levels", maxConditionDepth)
	}
	p.next()
	e, f := p.or()
	if f != nil {
		return nil, f
	}
	if !p.is(")") {
		return nil, p.unexpected("a closing parenthesis")
	}
	p.next()
	p.depth--
	return e, nil
}

// quantified reads "1 of them", "all of selection*", "2 of filter_*".
func (p *conditionParser) quantified() (*expr, *fault) {
	count := strings.ToLower(p.next())
	p.next()
	if len(p.tokens) == 0 || p.is("(") || p.is(")") || p.is("|") {
		return nil, p.unexpected("them or a pattern of search identifiers")
	}
	pattern := p.next()
	kids := p.s.matching(pattern)
	if len(kids) == 0 {
		return nil, refuse(0, "", "no search identifier matches %q", pattern)
	}
	if p.left.parts -= len(kids); p.left.parts < 0 {
		return nil, refuse(0, "", "stands for more than %d search identifiers", maxConditionParts)
	}
	switch count {
	case "all":
		return &expr{op: opAnd, kids: kids, at: origin{text: "all of " + pattern}}, nil
	case "any":
		count = "1"
	}
	least, err := strconv.Atoi(count)
	if err != nil || least < 1 {
		return nil, refuse(0, "", "%q of: want all, any or a number from 1", count)
	}
	if least > len(kids) {
		return nil, refuse(0, "", "%d of %s can never hold, there are only %d", least, pattern, len(kids))
	}
	at := origin{text: count + " of " + pattern}
	if least == 1 {
		return &expr{op: opOr, kids: kids, at: at}, nil
	}
	return &expr{op: opAtLeast, least: least, kids: kids, at: at}, nil
}

// matching returns the searches that a pattern names; "them" is all but those
// that start with an underscore.
func (s searches) matching(pattern string) []*expr {
	them, named := strings.EqualFold(pattern, "them"), nameTest(pattern)
	var out []*expr
	for _, name := range s.names {
		if them && !strings.HasPrefix(name, "_") || !them && named.matchText([]byte(name)) {
			out = append(out, s.exprs[name])
		}
	}
	return out
}

// nameTest compares names with * as the only wildcard.
func nameTest(pattern string) *globTest {
	var g glob
	for i, part := range strings.Split(pattern, "*") {
		if i > 0 {
			g = append(g, globToken{kind: tokenMany})
		}
		if part != "" {
			g = append(g, globToken{text: part})
		}
	}
	return newGlobTest(g, true, false)
}
