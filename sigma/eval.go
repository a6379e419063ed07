package sigma

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
	if p.texts != nil {
		return s.evalTexts(p)
	}
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

// evalTexts is evalItem for a field whose values are all texts to compare.
func (s *scratch) evalTexts(p *plan) bool {
	cells := s.record.cells(s.field(p.slot))
	for i := range cells {
		if p.texts.match(&cells[i]) {
			return !p.item.neq
		}
	}
	return len(cells) > 0 && p.item.neq
}

// hasText reports whether a field has a value that can be compared.
func (s *scratch) hasText(slot int) bool { return len(s.record.cells(s.field(slot))) > 0 }

// evalValue decides about one value of an item and returns the text of the
// event that satisfied it.
func (s *scratch) evalValue(p *plan, i int) (bool, string) {
	v := &p.item.values[i]
	if p.slot == keywordSlot {
		return s.evalKeyword(v)
	}
	f := s.field(p.slot)
	switch t := v.tests[0].(type) {
	case nullTest:
		return f == nil || f.value.Kind == Null, ""
	case existsTest:
		return (f != nil) == t.want, ""
	case *refTest:
		return evalRef(s.record.cells(f), s.record.cells(s.field(p.refs[i])), t)
	}
	return v.matchAny(s.record.cells(f))
}

// evalKeyword looks for a value in every text, number and boolean of the
// event.
func (s *scratch) evalKeyword(v *value) (bool, string) {
	for i := range s.record.fields {
		if held, text := v.matchAny(s.record.cells(&s.record.fields[i])); held {
			return true, text
		}
	}
	return false, ""
}

func (v *value) matchAny(cells []cell) (bool, string) {
	for i := range cells {
		if v.match(&cells[i]) {
			return true, cells[i].text
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
func evalRef(own, other []cell, t *refTest) (bool, string) {
	for i := range own {
		for j := range other {
			if t.compare(own[i].normal(t.cased, false), other[j].normal(t.cased, false)) {
				return true, own[i].text
			}
		}
	}
	return false, ""
}
