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
	f := s.field(p.slot)
	if f == nil {
		return false
	}
	if f.value.scalar() {
		return p.texts.match(&f.cell) != p.item.neq
	}
	compared := false
	for e := range f.value.List {
		if element := &f.value.List[e]; element.scalar() {
			if p.texts.match(s.of(element)) {
				return !p.item.neq
			}
			compared = true
		}
	}
	return compared && p.item.neq
}

// hasText reports whether a field has a value that can be compared.
func (s *scratch) hasText(slot int) bool {
	f := s.field(slot)
	if f == nil {
		return false
	}
	for i := range f.value.size() {
		if f.value.element(i).scalar() {
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
		return s.evalKeyword(v)
	}
	f := s.field(p.slot)
	switch t := v.tests[0].(type) {
	case nullTest:
		return f == nil || f.value.Kind == Null, ""
	case existsTest:
		return (f != nil) == t.want, ""
	case *refTest:
		return s.evalRef(f, s.field(p.refs[i]), t)
	}
	if f == nil {
		return false, ""
	}
	if f.value.scalar() {
		return v.match(&f.cell), f.value.Text
	}
	for e := range f.value.List {
		if element := &f.value.List[e]; element.scalar() && v.match(s.of(element)) {
			return true, element.Text
		}
	}
	return false, ""
}

// evalKeyword looks for a value in every text of the event.
func (s *scratch) evalKeyword(v *value) (bool, string) {
	for i := range s.record.fields {
		f := &s.record.fields[i]
		if f.value.Kind == String && v.match(&f.cell) {
			return true, f.value.Text
		}
		for e := range f.value.List {
			if element := &f.value.List[e]; element.Kind == String && v.match(s.of(element)) {
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
func (s *scratch) evalRef(own, other *field, t *refTest) (bool, string) {
	if own == nil || other == nil {
		return false, ""
	}
	for i := range own.value.size() {
		a := own.value.element(i)
		for j := range other.value.size() {
			b := other.value.element(j)
			if a.scalar() && b.scalar() && t.compare(s.form(a.Text, t.cased), s.form(b.Text, t.cased)) {
				return true, a.Text
			}
		}
	}
	return false, ""
}
