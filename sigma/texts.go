package sigma

// textSet compares one text with all values of an item at once, of which one
// has to match. It serves items whose values are all wildcard patterns that
// look at the text in the same form, which nearly all are.
type textSet struct {
	cased, dash bool
	globs       []*globTest         // one by one
	whole       map[string]struct{} // those without wildcards, nil for none
	index       *gramIndex          // finds those that are in indexed, nil for none
	indexed     []*globTest
}

// indexFrom is from how many patterns on an index pays.
const indexFrom = 10

// newTextSet returns nil for an item that is not of this kind.
func newTextSet(it *item) *textSet {
	if it.field == "" || it.all && len(it.values) > 1 {
		return nil
	}
	t := &textSet{}
	for i := range it.values {
		for _, test := range it.values[i].tests {
			g, ok := test.(*globTest)
			if !ok || len(t.globs) > 0 && (g.cased != t.cased || g.dash != t.dash) {
				return nil
			}
			t.cased, t.dash = g.cased, g.dash
			t.globs = append(t.globs, g)
		}
	}
	if len(t.globs) >= indexFrom {
		t.buildIndex()
	}
	return t
}

func (t *textSet) buildIndex() {
	var rest []*globTest
	var literals []literal
	for _, g := range t.globs {
		if text, ok := g.whole(); ok {
			if t.whole == nil {
				t.whole = map[string]struct{}{}
			}
			t.whole[string(text)] = struct{}{}
			continue
		}
		l, ok := g.longest()
		if !ok {
			rest = append(rest, g)
			continue
		}
		l.owner = int32(len(t.indexed)) //nolint:gosec // bounded by maxValues
		literals = append(literals, l)
		t.indexed = append(t.indexed, g)
	}
	t.globs, t.index = rest, newGramIndex(literals)
}

// whole returns the text of a pattern without any wildcard.
func (t *globTest) whole() (text []byte, ok bool) {
	switch {
	case t.openStart || t.openEnd:
		return nil, false
	case len(t.segments) == 0:
		return nil, true
	}
	return t.only, t.only != nil
}

// longest returns the pattern's longest literal if an index can find it.
func (t *globTest) longest() (best literal, ok bool) {
	for i, s := range t.segments {
		for j, text := range s {
			if len(text) < gramSize || len(text) <= len(best.text) {
				continue
			}
			best = literal{text: string(text)}
			if i == 0 && j == 0 && !t.openStart {
				best.anchor = anchorStart
			}
			if i == len(t.segments)-1 && j == len(s)-1 && !t.openEnd {
				best.anchor = anchorEnd
			}
		}
	}
	return best, best.text != ""
}

func (t *textSet) match(c *cell) bool {
	text := c.normal(t.cased, t.dash)
	for _, g := range t.globs {
		if g.matchText(text) {
			return true
		}
	}
	if _, ok := t.whole[string(text)]; ok {
		return true
	}
	if t.index == nil {
		return false
	}
	for i := t.index.filter.next(text, t.index.start(text)); i >= 0; i = t.index.filter.next(text, i+1) {
		places := t.index.at(text, i)
		for p := range places {
			l := &places[p]
			if l.stands(text, i) && t.indexed[l.owner].matchText(text) {
				return true
			}
		}
	}
	return false
}
