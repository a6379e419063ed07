package sigma

import (
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// maxAlternatives bounds what one regular expression adds to a witness.
const maxAlternatives = 32

// regexWitness finds texts of which any match contains at least one.
func regexWitness(t *regexTest, slot int) *witness {
	tree, err := syntax.Parse(t.re.String(), syntax.Perl)
	if err != nil {
		return nil
	}
	return requiredText(tree.Simplify(), slot)
}

func requiredText(re *syntax.Regexp, slot int) *witness {
	switch re.Op {
	case syntax.OpLiteral:
		if slices.Contains(re.Rune, utf8.RuneError) {
			return nil // also matches bytes that are no text
		}
		// Folding takes characters one by one, so what contains the literal
		// in any case contains its folded form when folded.
		text := string(folded(string(re.Rune)))
		return literalWitness(atom{kind: atomLiteral, slot: slot, text: text})
	case syntax.OpCapture, syntax.OpPlus:
		return requiredText(re.Sub[0], slot)
	case syntax.OpRepeat:
		if re.Min > 0 {
			return requiredText(re.Sub[0], slot)
		}
	case syntax.OpConcat:
		return unite(requiredTexts(re.Sub, slot), 1)
	case syntax.OpAlternate:
		if len(re.Sub) <= maxAlternatives {
			return unite(requiredTexts(re.Sub, slot), len(re.Sub))
		}
	}
	return nil
}

func requiredTexts(subs []*syntax.Regexp, slot int) []*witness {
	var out []*witness
	for _, sub := range subs {
		if w := requiredText(sub, slot); w != nil {
			out = append(out, w)
		}
	}
	return out
}
