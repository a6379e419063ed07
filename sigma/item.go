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
	line   int
	tests  []test
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

// newItem reads a detection's key and its value or values.
func newItem(key pair, budget *int) (*item, *fault) {
	parts := strings.Split(key.key, "|")
	m, f := parseModifiers(parts[1:], parts[0] == "")
	if f != nil {
		f.line, f.field = key.line, key.key
		return nil, f
	}
	values := []*node{key.value}
	if key.value.kind == nodeList {
		values = key.value.list
	}
	it := &item{field: parts[0], how: strings.Join(m.names, "|"), all: m.all, neq: m.neq, line: key.line}
	if len(values) == 0 {
		return nil, refuse(key.line, key.key, "an empty list of values")
	}
	for _, n := range values {
		v, f := m.newValue(n, it.field == "")
		if f != nil {
			f.field = key.key
			return nil, f
		}
		if *budget -= v.weight(); *budget < 0 {
			return nil, refuse(key.line, key.key, "more than %d values in one rule, or fewer but too long", maxValues)
		}
		it.values = append(it.values, v)
	}
	if m.kind == modExists && len(values) > 1 {
		return nil, refuse(key.line, key.key, "exists takes one boolean, not a list")
	}
	return it, nil
}

func (m *modifiers) newValue(n *node, keyword bool) (value, *fault) {
	v := value{source: n.text, line: n.line}
	var f *fault
	switch {
	case n.kind == nodeMap || n.kind == nodeList:
		f = refuse(n.line, "", "want a value, got %s", n.kind)
	case n.kind == nodeNull && (keyword || m.kind != "" || len(m.steps) > 0 || m.cased):
		f = refuse(n.line, "", "null takes no modifier and is no keyword")
	case n.kind == nodeNull:
		v.tests = []test{nullTest{}}
	case m.kind != "":
		v.tests, f = m.kindTest(n)
	case keyword && n.kind == nodeNumber && len(m.steps) == 0:
		v.tests = []test{wordTest(n.text)}
	default:
		v.tests, f = m.textTests(n, keyword)
	}
	return v, f
}

// textTests makes the tests of a value that is compared as a text.
func (m *modifiers) textTests(n *node, keyword bool) ([]test, *fault) {
	globs, f := m.transform(n.text, n.line)
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
		return nil, refuse(n.line, "", "too short to be found in an encoded text")
	}
	return tests, nil
}
