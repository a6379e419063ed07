package query

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Suggestion is a text that may stand in a query instead of the bytes From to To of it.
type Suggestion struct {
	Text     string
	From, To int
	Kind     string // "field" or "operator"
}

const maxSuggestions = 50

// Complete suggests what may be written at the cursor (a byte offset): names of fields, what may follow a colon, and the words between terms.
// Inside of a phrase it suggests nothing. It never fails: a broken query has suggestions too.
func Complete(s string, cursor int) []Suggestion {
	cursor = max(0, min(cursor, len(s), MaxBytes))
	for cursor > 0 && cursor < len(s) && !utf8.RuneStart(s[cursor]) {
		cursor--
	}
	begin, afterTerm, ok := scan(s[:cursor])
	if !ok {
		return nil
	}
	written := s[begin:cursor]
	if colon := unescapedColon(written); colon >= 0 {
		return operators(written[:colon], written[colon+1:], begin+colon+1, cursor)
	}
	out := between(written, begin, cursor, afterTerm)
	return append(out, fieldNames(written, begin, cursor)...)
}

// scan finds where the bare text before the end begins and whether a whole term stands before it; it is not ok inside of a phrase.
func scan(s string) (begin int, afterTerm, ok bool) {
	p := &parser{in: s}
	for {
		p.skipSpace()
		begin = p.pos
		switch {
		case p.pos == len(s):
			return begin, afterTerm, true
		case p.at("(") || p.at(")"):
			afterTerm = p.at(")")
			p.pos++
			continue
		}
		word := p.keyword()
		if !p.skipTerm() {
			return 0, false, false
		}
		if p.pos == len(s) {
			return begin, afterTerm, !strings.HasSuffix(s, `"`)
		}
		afterTerm = word == ""
	}
}

// skipTerm goes past bare text and phrases; it reports false when a phrase has no end.
func (p *parser) skipTerm() bool {
	for p.pos < len(p.in) {
		if p.at(`"`) {
			if _, err := p.quotedToken(); err != nil {
				return false
			}
			continue
		}
		at := p.pos
		p.bareToken(true)
		if p.at(":") {
			p.pos++
		}
		if p.pos == at {
			return true
		}
	}
	return true
}

func between(written string, from, to int, afterTerm bool) []Suggestion {
	words := []string{"not "}
	if afterTerm {
		words = []string{"and ", "or ", "not "}
	}
	var out []Suggestion
	for _, w := range words {
		if strings.HasPrefix(w, strings.ToLower(written)) {
			out = append(out, Suggestion{w, from, to, "operator"})
		}
	}
	return out
}

func operators(field, value string, from, to int) []Suggestion {
	signs := []string{"*", "("}
	switch KindOf(Resolve(field)[0]) {
	case Number, Instant, Own:
		signs = []string{"*", ">", ">=", "<", "<=", "("}
	case ID:
		signs = nil
	case Text, Address:
	}
	var out []Suggestion
	for _, sign := range signs {
		if strings.HasPrefix(sign, value) {
			out = append(out, Suggestion{sign, from, to, "operator"})
		}
	}
	return out
}

// fieldNames are the names that begin with what is written, then those that have it inside.
func fieldNames(written string, from, to int) []Suggestion {
	written = strings.ToLower(written)
	candidates := Names()
	for alias := range aliases {
		candidates = append(candidates, alias)
	}
	slices.Sort(candidates)
	var first, then []Suggestion
	for _, name := range candidates {
		s := Suggestion{name + ":", from, to, "field"}
		switch {
		case strings.HasPrefix(name, written):
			first = append(first, s)
		case strings.Contains(name, written):
			then = append(then, s)
		}
	}
	first = append(first, then...)
	return first[:min(len(first), maxSuggestions)]
}
