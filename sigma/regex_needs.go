package sigma

import (
	"bytes"
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// A need is a set of folded texts of which one stands in every text that an
// expression matches. An expression's needs stand one after the other, none
// overlapping the next. Looking for them is far cheaper than the expression.
type need [][]byte

// Bounds on what is looked for before an expression is tried.
const (
	maxNeeds        = 8
	maxAlternatives = 32
)

// needsOf finds the needs of an expression in the order of reading.
func needsOf(re *syntax.Regexp) []need {
	switch re.Op {
	case syntax.OpLiteral:
		if n := literalNeed(re.Rune); n != nil {
			return []need{n}
		}
	case syntax.OpCharClass:
		if n := classNeed(re.Rune); n != nil {
			return []need{n}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return needsOf(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needsOf(re.Sub[0])
		}
	case syntax.OpConcat:
		var out []need
		for _, sub := range re.Sub {
			out = append(out, needsOf(sub)...)
		}
		return out
	case syntax.OpAlternate:
		if n := alternativeNeed(re.Sub); n != nil {
			return []need{n}
		}
	}
	return nil
}

func literalNeed(text []rune) need {
	if slices.Contains(text, utf8.RuneError) {
		return nil // also matches bytes that are no text
	}
	// Folding takes characters one by one, so what contains the literal in
	// any case contains its folded form when folded.
	return need{folded(string(text))}
}

// classNeed is for classes of few characters.
func classNeed(ranges []rune) need {
	var n need
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i+1]-ranges[i] > 3 || len(n) > 4 {
			return nil
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if r == utf8.RuneError {
				return nil
			}
			n = n.with(folded(string(r)))
		}
	}
	return n
}

func (n need) with(text []byte) need {
	if slices.ContainsFunc(n, func(have []byte) bool { return bytes.Equal(have, text) }) {
		return n
	}
	return append(n, text)
}

// alternativeNeed takes the best need of each alternative.
func alternativeNeed(subs []*syntax.Regexp) need {
	var out need
	for _, sub := range subs {
		needs := needsOf(sub)
		if len(needs) == 0 {
			return nil
		}
		best := slices.MaxFunc(needs, func(a, b need) int { return a.shortest() - b.shortest() })
		for _, text := range best {
			out = out.with(text)
		}
		if len(out) > maxAlternatives {
			return nil
		}
	}
	return out
}

// shortest is the length of the set's shortest text: what it is worth.
func (n need) shortest() int {
	least := len(n[0])
	for _, text := range n {
		least = min(least, len(text))
	}
	return least
}

// mostUseful keeps as many needs as are worth looking for, in their order.
func mostUseful(needs []need) []need {
	for len(needs) > maxNeeds {
		worst := 0
		for i := range needs {
			if needs[i].shortest() < needs[worst].shortest() {
				worst = i
			}
		}
		needs = slices.Delete(needs, worst, worst+1)
	}
	return needs
}

// satisfied reports whether the needs stand in a folded text in their order.
// Ending each as early as it can leaves the most room for those that follow.
func satisfied(needs []need, text []byte) bool {
	for _, n := range needs {
		end := -1
		for _, alternative := range n {
			at := bytes.Index(text, alternative)
			if at >= 0 && (end < 0 || at+len(alternative) < end) {
				end = at + len(alternative)
			}
		}
		if end < 0 {
			return false
		}
		text = text[end:]
	}
	return true
}
