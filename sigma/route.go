package sigma

import (
	"slices"
	"strings"
	"sync"
)

// Route is the way of one kind of log through an engine: the rules of the
// log sources that it belongs to, and how those are found that an event may
// match. It never changes.
type Route struct {
	engine *Engine
	rules  []int32 // numbers of the engine's rules, rising
	always []uint64
	slots  []*slotIndex // by slot, nil where no rule is found by it
	texts  *gramIndex   // finds rules by keywords, nil if there are none
}

// slotIndex finds rules of a route by the value of one field. Rules are
// numbered as in the route.
type slotIndex struct {
	present  []int32
	nonASCII []int32 // rules that want a character beyond ASCII
	exact    map[string][]int32
	lengths  uint64 // of the exact texts, modulo 64
	grams    *gramIndex
	anchored []anchoredRule
}

// anchoredRule is for literals too short for a gram.
type anchoredRule struct {
	text string
	end  bool // at the end, else at the start
	rule int32
}

// routes keeps those that were asked for: many kinds of log share one.
type routes struct {
	mu    sync.Mutex
	known map[string]*Route
}

// Route prepares, once per kind of log, which rules are asked: those of the
// log sources that match accepts. A source with empty parts is wider than one
// without. It is nil where no rule is left.
func (e *Engine) Route(match func(LogSource) bool) *Route {
	var sources []int
	var key strings.Builder
	for i, source := range e.sources {
		if match(source) {
			sources = append(sources, i)
			key.WriteByte(1)
		} else {
			key.WriteByte(0)
		}
	}
	if len(sources) == 0 {
		return nil
	}
	e.routes.mu.Lock()
	defer e.routes.mu.Unlock()
	r := e.routes.known[key.String()]
	if r == nil {
		r = e.newRoute(sources)
		e.routes.known[key.String()] = r
	}
	return r
}

func (e *Engine) newRoute(sources []int) *Route {
	r := &Route{engine: e, slots: make([]*slotIndex, len(e.slots.names))}
	for _, source := range sources {
		r.rules = append(r.rules, e.bySource[source]...)
	}
	slices.Sort(r.rules)
	r.always = make([]uint64, (len(r.rules)+63)/64)
	builders := map[int]*slotBuilder{}
	for number, rule := range r.rules {
		number := int32(number) //nolint:gosec // fewer than rules
		w := e.witnesses[rule]
		if w == nil {
			r.always[number/64] |= 1 << (number % 64)
			continue
		}
		for _, a := range w.atoms {
			if builders[a.slot] == nil {
				builders[a.slot] = &slotBuilder{}
			}
			builders[a.slot].add(a, number)
		}
	}
	if b := builders[keywordSlot]; b != nil {
		r.texts = newGramIndex(b.literals)
		delete(builders, keywordSlot)
	}
	for slot, b := range builders {
		b.index.grams = newGramIndex(b.literals)
		if b.index.grams != nil && r.texts != nil {
			b.index.grams.widen(r.texts)
		}
		r.slots[slot] = &b.index
	}
	return r
}

type slotBuilder struct {
	index    slotIndex
	literals []literal
}

func (b *slotBuilder) add(a atom, rule int32) {
	switch {
	case a.kind == atomPresent:
		b.index.present = append(b.index.present, rule)
	case a.kind == atomNonASCII:
		b.index.nonASCII = append(b.index.nonASCII, rule)
	case a.kind == atomExact:
		if b.index.exact == nil {
			b.index.exact = map[string][]int32{}
		}
		b.index.exact[a.text] = append(b.index.exact[a.text], rule)
		b.index.lengths |= 1 << (len(a.text) % 64)
	case len(a.text) < gramSize:
		b.index.anchored = append(b.index.anchored, anchoredRule{text: a.text, end: a.anchor == anchorEnd, rule: rule})
	default:
		b.literals = append(b.literals, literal{text: a.text, anchor: a.anchor, owner: rule})
	}
}

// collect marks the candidates for the current event.
func (r *Route) collect(s *scratch) {
	for _, slot := range s.record.named {
		x := r.slots[slot]
		if x == nil {
			continue
		}
		f := s.field(int(slot))
		s.mark(x.present)
		cells := s.record.cells(f)
		for i := range cells {
			x.collect(s, &cells[i])
		}
		f.scanned = x.grams != nil // for keywords too
	}
	if r.texts == nil {
		return
	}
	for i := range s.record.fields {
		f := &s.record.fields[i]
		if f.scanned {
			continue
		}
		cells := s.record.cells(f)
		for j := range cells {
			r.texts.collect(s, cells[j].normal(false, false))
		}
	}
}

func (x *slotIndex) collect(s *scratch, c *cell) {
	text := c.normal(false, false)
	if c.state&cellNonASCII != 0 {
		s.mark(x.nonASCII)
	}
	if x.lengths>>(len(text)%64)&1 != 0 {
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
	if x.grams != nil {
		x.grams.collect(s, text)
	}
}

// collect marks the owners of the literals that stand in a text.
func (x *gramIndex) collect(s *scratch, text []byte) {
	for i := x.filter.next(text, x.start(text)); i >= 0; i = x.filter.next(text, i+1) {
		x.mark(s, text, i)
		if x.wider != nil {
			x.wider.mark(s, text, i)
		}
	}
}

// mark marks the owners of the literals whose window stands at i.
func (x *gramIndex) mark(s *scratch, text []byte, i int) {
	places := x.at(text, i)
	for p := range places {
		if l := &places[p]; l.stands(text, i) {
			s.markOne(l.owner)
		}
	}
}

func (s *scratch) mark(rules []int32) {
	for _, rule := range rules {
		s.markOne(rule)
	}
}

func (s *scratch) markOne(rule int32) { s.candidates[rule/64] |= 1 << (rule % 64) }
