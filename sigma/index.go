package sigma

import "slices"

// sourceIndex finds the rules of one log source that an event may match.
type sourceIndex struct {
	always []int // rules without a witness
	// keywords tells that a rule looks for them, whether the index does or not.
	keywords bool
	slots    []slotIndex
	texts    *gramIndex // keywords, nil if there are none
}

// slotIndex finds rules by the value of one field.
type slotIndex struct {
	slot     int
	present  []int
	exact    map[string][]int
	grams    *gramIndex
	anchored []anchoredRule
}

// anchoredRule is for literals too short for a gram.
type anchoredRule struct {
	text string
	end  bool // at the end, else at the start
	rule int
}

// newSourceIndex indexes the rules with these numbers.
func newSourceIndex(e *Engine, rules []int) *sourceIndex {
	x := &sourceIndex{}
	slots := map[int]*slotBuilder{}
	for _, rule := range rules {
		x.keywords = x.keywords || e.roots[rule].asksTexts()
		w := witnessOf(e.roots[rule])
		if w == nil {
			x.always = append(x.always, rule)
			continue
		}
		for _, a := range w.atoms {
			if slots[a.slot] == nil {
				slots[a.slot] = &slotBuilder{index: slotIndex{slot: a.slot, exact: map[string][]int{}}}
			}
			slots[a.slot].add(a, rule)
		}
	}
	for slot, b := range slots {
		b.index.grams = newGramIndex(b.literals)
		if slot == keywordSlot {
			x.texts = b.index.grams
			continue
		}
		x.slots = append(x.slots, b.index)
	}
	slices.SortFunc(x.slots, func(a, b slotIndex) int { return a.slot - b.slot })
	return x
}

type slotBuilder struct {
	index    slotIndex
	literals []literal
}

func (b *slotBuilder) add(a atom, rule int) {
	switch {
	case a.kind == atomPresent:
		b.index.present = append(b.index.present, rule)
	case a.kind == atomExact:
		b.index.exact[a.text] = append(b.index.exact[a.text], rule)
	case len(a.text) < gramSize:
		b.index.anchored = append(b.index.anchored, anchoredRule{text: a.text, end: a.anchor == anchorEnd, rule: rule})
	default:
		b.literals = append(b.literals, literal{text: a.text, anchor: a.anchor, rule: rule})
	}
}

// collect marks the candidates for the current event.
func (x *sourceIndex) collect(s *scratch) {
	s.mark(x.always)
	for i := range x.slots {
		index := &x.slots[i]
		v := s.value(index.slot)
		switch {
		case v.Kind == Absent:
			continue
		case v.scalar():
			index.collect(s, s.cell(index.slot, v).normal(false, false))
		}
		s.mark(index.present)
		for e := range v.List {
			if element := &v.List[e]; element.scalar() {
				index.collect(s, s.fold(element.Text))
			}
		}
	}
	if x.texts != nil {
		cells := s.keywords()
		for i := range cells {
			x.texts.collect(s, cells[i].normal(false, false))
		}
	}
}

func (x *slotIndex) collect(s *scratch, text []byte) {
	if len(x.exact) > 0 {
		s.mark(x.exact[string(text)])
	}
	for i := range x.anchored {
		a := &x.anchored[i]
		if len(text) < len(a.text) {
			continue
		}
		part := text[:len(a.text)]
		if a.end {
			part = text[len(text)-len(a.text):]
		}
		if string(part) == a.text {
			s.markOne(a.rule)
		}
	}
	x.grams.collect(s, text)
}

func (s *scratch) mark(rules []int) {
	for _, rule := range rules {
		s.markOne(rule)
	}
}

func (s *scratch) markOne(rule int) { s.candidates[rule/64] |= 1 << (rule % 64) }
