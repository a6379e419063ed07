package sigma

import (
	"slices"
	"strings"
)

// eval decides whether an expression holds for the current event.
func (s *scratch) eval(p *plan) bool {
	switch p.op {
	case opItem:
		return s.evalItem(p)
	case opNot:
		return !s.eval(p.kids[0])
	case opAnd:
		for _, kid := range p.order {
			if !s.eval(kid) {
				return false
			}
		}
		return true
	}
	left := 1
	if p.op == opAtLeast {
		left = p.least
	}
	for _, kid := range p.order {
		if s.eval(kid) {
			if left--; left == 0 {
				return true
			}
		}
	}
	return false
}

func (s *scratch) evalItem(p *plan) bool {
	if p.item.neq && !s.hasText(p.slot) {
		return false
	}
	for i := range p.item.values {
		held, _ := s.evalValue(p, i)
		if held != p.item.all {
			return held != p.item.neq
		}
	}
	return p.item.all != p.item.neq
}

// hasText reports whether a field has a value that can be compared.
func (s *scratch) hasText(slot int) bool {
	v := s.value(slot)
	for i := range v.size() {
		if v.element(i).scalar() {
			return true
		}
	}
	return false
}

// evalValue decides about one value of an item and returns the text of the
// event that satisfied it.
func (s *scratch) evalValue(p *plan, i int) (bool, string) {
	v := &p.item.values[i]
	if p.slot == keywordSlot {
		cells := s.keywords()
		for c := range cells {
			if v.match(&cells[c]) {
				return true, cells[c].text
			}
		}
		return false, ""
	}
	field := s.value(p.slot)
	switch t := v.tests[0].(type) {
	case nullTest:
		return field.Kind == Absent || field.Kind == Null, ""
	case existsTest:
		return (field.Kind != Absent) == t.want, ""
	case *refTest:
		return s.evalRef(field, s.value(p.refs[i]), t)
	}
	if field.scalar() {
		return v.match(s.cell(p.slot, field)), field.Text
	}
	for e := range field.List {
		if element := &field.List[e]; element.scalar() {
			s.element = cell{text: element.Text, s: s}
			if v.match(&s.element) {
				return true, element.Text
			}
		}
	}
	return false, ""
}

func (v *value) match(c *cell) bool {
	for _, t := range v.tests {
		if t.match(c) {
			return true
		}
	}
	return false
}

// evalRef compares every element of one field with every one of the other.
func (s *scratch) evalRef(own, other *Value, t *refTest) (bool, string) {
	for i := range own.size() {
		a := own.element(i)
		for j := range other.size() {
			b := other.element(j)
			if a.scalar() && b.scalar() && t.compare(s.form(a.Text, t.cased), s.form(b.Text, t.cased)) {
				return true, a.Text
			}
		}
	}
	return false, ""
}

// form returns the text as it compares, in memory of the current event.
func (s *scratch) form(text string, cased bool) []byte {
	if !cased {
		return s.fold(text)
	}
	start := len(s.arena)
	s.arena = append(s.arena, text...)
	return s.arena[start:len(s.arena):len(s.arena)]
}

// hits lists what made an expression hold, leaving out what is negated.
func (s *scratch) hits(p *plan, out []Hit) []Hit {
	switch p.op {
	case opItem:
		return s.itemHits(p, out)
	case opNot:
		return out
	}
	for _, kid := range p.kids {
		if s.eval(kid) {
			out = s.hits(kid, out)
		}
	}
	return out
}

func (s *scratch) itemHits(p *plan, out []Hit) []Hit {
	if p.item.neq {
		v := s.value(p.slot)
		return addHit(out, p.item, v.Text, &p.item.values[0])
	}
	for i := range p.item.values {
		held, text := s.evalValue(p, i)
		if !held {
			continue
		}
		out = addHit(out, p.item, text, &p.item.values[i])
		if !p.item.all {
			break
		}
	}
	return out
}

// addHit appends a hit that is not there yet: a condition may name the same
// search more than once.
func addHit(out []Hit, it *item, text string, v *value) []Hit {
	pattern := v.source
	if it.how != "" {
		pattern = it.how + ": " + pattern
	}
	hit := Hit{Field: it.field, Value: strings.Clone(text), Pattern: pattern}
	if slices.Contains(out, hit) {
		return out
	}
	return append(out, hit)
}
