package sigma

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// An atom is a fact about an event that is cheap to see. A witness is a set
// of atoms of which at least one holds whenever the expression does: the
// index asks a rule only when an atom of its witness was seen. A witness may
// hold too often, never too seldom.
type atom struct {
	kind   atomKind
	slot   int
	text   string // folded
	anchor anchor
}

type atomKind uint8

const (
	atomPresent  atomKind = iota // the field is not absent
	atomExact                    // the folded text is this
	atomLiteral                  // the folded text contains this
	atomNonASCII                 // the text has a character beyond ASCII
)

// anchor says where a literal stands in the text.
type anchor uint8

const (
	anchorNone anchor = iota
	anchorStart
	anchorEnd
)

// witness is nil where nothing cheap must hold. cost estimates how often it
// holds, 1 being always.
type witness struct {
	atoms []atom
	cost  float64
}

// maxAtoms bounds a witness; beyond it, looking is dearer than asking, but for
// whole texts, of which one look-up finds any number.
const maxAtoms = 2000

func witnessOf(p *plan) *witness {
	switch p.op {
	case opItem:
		return itemWitness(p)
	case opAnd:
		return cheapest(p.kids, 1)
	case opOr:
		return cheapest(p.kids, len(p.kids))
	case opAtLeast:
		// Of any kids-least+1 kids at least one holds.
		return cheapest(p.kids, len(p.kids)-p.least+1)
	}
	return nil
}

// cheapest unites the witnesses of those n kids where that costs least.
func cheapest(kids []*plan, n int) *witness {
	var all []*witness
	for _, kid := range kids {
		if w := witnessOf(kid); w != nil {
			all = append(all, w)
		}
	}
	return unite(all, n)
}

func unite(all []*witness, n int) *witness {
	if len(all) < n || n == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b *witness) int {
		switch {
		case a.cost < b.cost:
			return -1
		case a.cost > b.cost:
			return 1
		}
		return 0
	})
	if n == 1 {
		return all[0]
	}
	out := &witness{}
	for _, w := range all[:n] {
		out.atoms = append(out.atoms, w.atoms...)
		out.cost = 1 - (1-out.cost)*(1-w.cost) // as if they were independent
	}
	if len(out.atoms) > maxAtoms && !out.exact() {
		return nil
	}
	return out
}

func itemWitness(p *plan) *witness {
	if p.item.neq {
		return present(p.slot)
	}
	n := len(p.item.values)
	if p.item.all {
		n = 1
	}
	var all []*witness
	for i := range p.item.values {
		if w := valueWitness(&p.item.values[i], p.slot); w != nil {
			all = append(all, w)
		}
	}
	w := unite(all, n)
	if w == nil && len(all) == len(p.item.values) {
		w = present(p.slot)
	}
	if w == nil || w.cost > nonASCIICost {
		if other := nonASCIIWitness(p); other != nil {
			return other
		}
	}
	if w != nil && w.cost >= presentCost && p.slot != keywordSlot && !w.exact() {
		return present(p.slot)
	}
	return w
}

// exact reports whether one look-up finds out about all of the witness.
func (w *witness) exact() bool {
	return !slices.ContainsFunc(w.atoms, func(a atom) bool { return a.kind != atomExact })
}

// nonASCIIWitness is for an item of which every value has a character beyond
// ASCII, such as lists of emoji.
func nonASCIIWitness(p *plan) *witness {
	if p.slot == keywordSlot {
		return nil
	}
	for i := range p.item.values {
		for _, t := range p.item.values[i].tests {
			g, ok := t.(*globTest)
			if !ok || !g.nonASCII() {
				return nil
			}
		}
	}
	return &witness{atoms: []atom{{kind: atomNonASCII, slot: p.slot}}, cost: nonASCIICost}
}

// nonASCII reports whether only texts with a character beyond ASCII match.
// The dashes that windash takes for "-" are plain in the segments already.
func (t *globTest) nonASCII() bool {
	return slices.ContainsFunc(t.segments, func(s segment) bool {
		return slices.ContainsFunc(s, func(text []byte) bool {
			return slices.ContainsFunc(text, func(c byte) bool { return c >= utf8.RuneSelf })
		})
	})
}

const (
	presentCost  = 0.9
	nonASCIICost = 0.05
)

// present is the witness of a comparison that needs some value.
func present(slot int) *witness {
	if slot == keywordSlot {
		return nil
	}
	return &witness{atoms: []atom{{kind: atomPresent, slot: slot}}, cost: presentCost}
}

func valueWitness(v *value, slot int) *witness {
	var all []*witness
	for _, t := range v.tests {
		w := testWitness(t, slot)
		if w == nil {
			return nil
		}
		all = append(all, w)
	}
	return unite(all, len(all))
}

func testWitness(t test, slot int) *witness {
	switch t := t.(type) {
	case nullTest:
		return nil
	case existsTest:
		if !t.want {
			return nil
		}
	case *globTest:
		if w := globWitness(t, slot); w != nil {
			return w
		}
	case *regexTest:
		if w := regexWitness(t, slot); w != nil {
			return w
		}
	case wordTest:
		return literalWitness(atom{kind: atomLiteral, slot: slot, text: string(t)})
	}
	return present(slot)
}

// globWitness picks the pattern's rarest literal.
func globWitness(t *globTest, slot int) *witness {
	if text, ok := t.whole(); ok && !t.dash {
		a := atom{kind: atomExact, slot: slot, text: string(refold(text, t.cased))}
		return &witness{atoms: []atom{a}, cost: exactCost(a.text)}
	}
	var best *witness
	for i, s := range t.segments {
		for j, text := range s {
			a := atom{kind: atomLiteral, slot: slot, text: string(refold(text, t.cased))}
			if i == 0 && j == 0 && !t.openStart {
				a.anchor = anchorStart
			}
			if i == len(t.segments)-1 && j == len(s)-1 && !t.openEnd {
				a.anchor = anchorEnd
			}
			if t.dash {
				a.text, a.anchor = longestWithoutDash(text), anchorNone
			}
			if w := literalWitness(a); w != nil && (best == nil || w.cost < best.cost) {
				best = w
			}
		}
	}
	return best
}

func refold(text []byte, cased bool) []byte {
	if cased {
		return folded(string(text))
	}
	return text
}

// longestWithoutDash cuts a text that windash has brought to "-".
func longestWithoutDash(text []byte) string {
	var best []byte
	for part := range bytes.SplitSeq(text, []byte("-")) {
		if len(part) > len(best) {
			best = part
		}
	}
	return string(folded(string(best)))
}

// literalWitness is nil for a text that is too short to be worth looking for,
// unless an end of the field says where to look.
func literalWitness(a atom) *witness {
	if len(a.text) < gramSize && (a.anchor == anchorNone || a.text == "") {
		return nil
	}
	cost := literalCost(a.text)
	if a.anchor != anchorNone {
		cost /= 2
	}
	return &witness{atoms: []atom{a}, cost: cost}
}

func exactCost(text string) float64 {
	switch {
	case len(text) <= 5: // event ids, kinds and flags
		return 0.25
	case len(text) <= 8:
		return 0.1
	}
	return literalCost(text) / 2
}

// literalCost guesses how often a literal is met: the longer the rarer, but
// for what stands in very many texts.
func literalCost(text string) float64 {
	cost := math.Pow(0.6, float64(min(len(text), 16)))
	for _, common := range commonTexts {
		if strings.Contains(common, text) {
			cost += 0.2
		}
	}
	return min(cost, 0.89)
}

// commonTexts are what the fields of healthy systems are full of.
var commonTexts = []string{
	`c:\windows\system32\`, `c:\windows\syswow64\`, `c:\program files (x86)\`, `c:\program files\`,
	`c:\windows\system32\svchost.exe`, `c:\windows\explorer.exe`, `c:\windows\system32\lsass.exe`,
	`\windows\system32\windowspowershell\v1.0\powershell.exe`, `c:\windows\system32\cmd.exe`,
	`hklm\system\currentcontrolset\services\`, `hkey_local_machine\software\microsoft\windows\currentversion\`,
	`hku\s-1-5-21-`, `\registry\machine\software\classes\`, `c:\users\administrator\appdata\local\temp\`,
	`c:\programdata\microsoft\`, `nt authority\system`, `microsoft-windows-`, `microsoft corporation`,
	`commandinvocation(`, `parameterbinding(`, `name="`, `value="`, `http://`, `https://`, `.local`, `.dll`, `.com`,
	`sha256=`, `imphash=`, `/usr/bin/`, `/usr/sbin/`, `/bin/bash`, `get-`, `set-`, `system.`,
}
