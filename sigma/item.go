package sigma

import "strings"

// item is one line of a detection: a field (none for keywords), how to
// compare, and the values.
type item struct {
	field  string
	how    string // the modifiers as written, for the analyst
	values []value
	all    bool // every value must hold, not just one
	neq    bool // the field must have a value and none of these
	line   int
}

// value is one value of an item: it holds when one of its tests does.
type value struct {
	source string
	tests  []test
	line   int
}

// weight is how much of a rule's allowance of values this one takes: an
// alias may repeat a long text, or a costly expression, very often.
func (v *value) weight() int {
	weight := len(v.tests) * (1 + len(v.source)/100)
	if t, ok := v.tests[0].(*regexTest); ok {
		weight += t.size / 20
	}
	return weight
}

// test decides about one scalar of an event. nullTest, existsTest and
// refTest look at the whole field instead and are asked by evalValue.
type test interface {
	match(c *cell) bool
}

// line reads a detection's key and its value or values.
func (r *detectionReader) line(key pair) (*expr, *fault) {
	parts := strings.Split(key.key, "|")
	m, f := parseModifiers(parts[1:], parts[0] == "")
	if f != nil {
		f.line, f.field = key.line, key.key
		return nil, f
	}
	nodes := []*node{key.value}
	if key.value.kind == nodeList {
		nodes = key.value.list
	}
	it := &item{field: parts[0], how: strings.Join(m.names, "|"), all: m.all, neq: m.neq, line: key.line}
	if f = m.checkList(key, nodes, it.field == ""); f != nil {
		f.field = key.key
		return nil, f
	}
	groups := make([][]value, len(nodes))
	for i, n := range nodes {
		if groups[i], f = r.group(m, key.key, n); f != nil {
			f.field = key.key
			return nil, f
		}
	}
	if m.expand {
		r.remark(key, nodes)
	}
	return m.joinGroups(it, groups), nil
}

// checkList refuses lists that the specification does not allow.
func (m *modifiers) checkList(key pair, nodes []*node, keyword bool) *fault {
	switch {
	case len(nodes) == 0:
		return refuse(key.line, "", "an empty list of values")
	case m.kind == modExists && len(nodes) > 1:
		return refuse(key.line, "", "exists takes one boolean, not a list")
	case m.all && len(nodes) == 1 && !m.expand:
		return refuse(key.line, "", "modifier all needs several values")
	}
	for _, n := range nodes {
		if n.kind == nodeNull && key.value.kind == nodeList && !keyword {
			return refuse(n.line, "", "null cannot be part of a list, give it a search identifier of its own")
		}
	}
	return nil
}

// group reads one value as written. What its placeholders stand for makes
// several of it; without values for them it makes none.
func (r *detectionReader) group(m *modifiers, key string, n *node) ([]value, *fault) {
	texts := []pieces{{{text: n.text}}}
	if n.written != "" && len(m.steps) > 0 {
		texts[0][0].text = n.written // a part of a text, such as 00000429, is no number
	}
	keyword := key == "" || key[0] == '|'
	if m.expand {
		var f *fault
		if texts, f = r.expand(key, n); f != nil {
			return nil, f
		}
	}
	var out []value
	for _, text := range texts {
		v, f := m.newValue(n, text, keyword)
		if f != nil {
			return nil, f
		}
		if r.budget -= v.weight(); r.budget < 0 {
			return nil, refuse(n.line, "", "more than %d values in one rule, or fewer but too long", maxValues)
		}
		out = append(out, v)
	}
	return out, nil
}

// joinGroups makes one expression of an item's values. What a placeholder
// stands for is joined with or, also where all joins the values as written.
func (m *modifiers) joinGroups(it *item, groups [][]value) *expr {
	at := origin{line: it.line}
	if m.all && m.expand {
		var kids []*expr
		for _, group := range groups {
			part := *it
			part.all, part.values = false, group
			kids = append(kids, &expr{item: &part, at: at})
		}
		return joined(opAnd, kids)
	}
	for _, group := range groups {
		it.values = append(it.values, group...)
	}
	e := &expr{item: it, at: at}
	if m.part != "" && it.neq && len(it.values) > 0 {
		// A text that is no time differs from every number, and yet holds never.
		e = &expr{op: opAnd, kids: []*expr{{item: m.isTime(it), at: at}, e}, at: at}
	}
	return e
}

// newValue makes the value that a node means when its text is this one.
func (m *modifiers) newValue(n *node, text pieces, keyword bool) (value, *fault) {
	v := value{source: text.String(), line: n.line}
	var f *fault
	switch {
	case n.kind == nodeMap || n.kind == nodeList:
		f = refuse(n.line, "", "want a value, got %s", n.kind)
	case n.kind == nodeNull && (keyword || len(m.names) > 0):
		f = refuse(n.line, "", "null takes no modifier and is no keyword")
	case n.kind == nodeNull:
		v.tests = []test{nullTest{}}
	case n.kind != nodeString && m.wantsText() != "":
		f = refuse(n.line, "", "modifier %s takes a text, got %s: put it into quotes", m.wantsText(), n.kind)
	case m.part != "":
		v.tests, f = m.partTest(n, text)
	case m.kind != "":
		v.tests, f = m.kindTest(n, text)
	case keyword && n.kind == nodeNumber && len(m.steps) == 0:
		v.tests = []test{wordTest(folded(n.text))}
		if n.written != "" {
			v.tests = append(v.tests, wordTest(folded(n.written)))
		}
	default:
		v.tests, f = m.textTests(text, n.line, keyword)
		if n.written != "" && len(m.steps) == 0 {
			v.tests = append(v.tests, newGlobTest(literalGlob(n.written), m.cased, false))
		}
	}
	return v, f
}

// textTests makes the tests of a value that is compared as a text.
func (m *modifiers) textTests(text pieces, line int, keyword bool) ([]test, *fault) {
	globs, f := m.transform(text.glob(), line)
	if f != nil {
		return nil, f
	}
	var tests []test
	for _, g := range globs {
		if keyword {
			g = append(append(glob{{kind: tokenMany}}, g...), globToken{kind: tokenMany})
		}
		tests = append(tests, newGlobTest(g, m.cased, m.windash && !m.encodes()))
	}
	if len(tests) == 0 {
		return nil, refuse(line, "", "too short to be found in an encoded text")
	}
	return tests, nil
}
