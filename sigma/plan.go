package sigma

import "slices"

// plan is an expr with fields resolved to the slots of one engine.
type plan struct {
	op    op
	least int
	kids  []*plan // as written
	order []*plan // the kids, cheapest first
	cost  int     // of evaluation, only to be compared
	item  *item
	slot  int      // of the item's field, keywordSlot for keywords
	refs  []int    // slot of each value's other field, for fieldref only
	texts *textSet // the item's values, if they are all texts to compare
}

const keywordSlot = -1

// builder collects what an engine is made of.
type builder struct {
	engine  *Engine
	sources map[LogSource]int
}

func (b *builder) add(rule *Rule) {
	number := int32(len(b.engine.rules)) //nolint:gosec // fewer than a release has bytes
	b.engine.rules = append(b.engine.rules, rule)
	root := b.plan(rule.condition, map[*expr]*plan{})
	b.engine.roots = append(b.engine.roots, root)
	b.engine.witnesses = append(b.engine.witnesses, witnessOf(root))
	source, ok := b.sources[rule.LogSource]
	if !ok {
		source = len(b.engine.sources)
		b.sources[rule.LogSource] = source
		b.engine.sources = append(b.engine.sources, rule.LogSource)
		b.engine.bySource = append(b.engine.bySource, nil)
	}
	b.engine.bySource[source] = append(b.engine.bySource[source], number)
}

// plan resolves an expression; searches that a condition names several times
// are resolved once.
func (b *builder) plan(e *expr, done map[*expr]*plan) *plan {
	for len(e.kids) == 1 && (e.op == opAnd || e.op == opOr) {
		e = e.kids[0]
	}
	if p := done[e]; p != nil {
		return p
	}
	p := &plan{op: e.op, least: e.least, item: e.item}
	for _, kid := range e.kids {
		p.kids = append(p.kids, b.plan(kid, done))
	}
	if e.op == opItem {
		b.resolve(p)
		p.texts = newTextSet(p.item)
		p.cost = itemCost(p.item)
	}
	for _, kid := range p.kids {
		p.cost += kid.cost
	}
	p.order = slices.Clone(p.kids)
	slices.SortStableFunc(p.order, func(a, b *plan) int { return a.cost - b.cost })
	done[e] = p
	return p
}

// itemCost is a rough guess: what stands at an end of a text is cheaper to
// compare than what must be looked for, and a regular expression is dear.
func itemCost(it *item) int {
	cost := 0
	for _, v := range it.values {
		for _, t := range v.tests {
			switch t := t.(type) {
			case *regexTest:
				cost += 50
			case *globTest:
				cost += 1
				if t.openStart && t.openEnd {
					cost += 4
				}
			default:
				cost += 2
			}
		}
	}
	if it.field == "" {
		cost *= 20
	}
	return cost
}

func (b *builder) resolve(p *plan) {
	p.slot = keywordSlot
	if p.item.field != "" {
		p.slot = b.engine.slots.add(p.item.field)
	}
	for _, v := range p.item.values {
		if ref, ok := v.tests[0].(*refTest); ok {
			p.refs = append(p.refs, b.engine.slots.add(ref.field))
		}
	}
}
