package sigma

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Hit is one part of a rule that held on an event: the field (empty for a
// keyword), its value and what the rule asks of it, such as "endswith:
// \cmd.exe". Parts that a condition negates are not listed. A value is cut
// after 4 KB, and ends with … then.
type Hit struct {
	Field, Value, Pattern string
}

// hits lists what made an expression hold, leaving out what is negated.
func (s *scratch) hits(p *plan, out []Hit) []Hit {
	switch p.op {
	case opItem:
		return s.itemHits(p, out)
	case opNot:
		return out
	}
	for _, kid := range p.kids {
		if s.eval(kid) {
			out = s.hits(kid, out)
		}
	}
	return out
}

func (s *scratch) itemHits(p *plan, out []Hit) []Hit {
	if p.item.neq {
		return addHit(out, p.item, s.field(p.slot).value.Text, &p.item.values[0])
	}
	for i := range p.item.values {
		held, text := s.evalValue(p, i)
		if !held {
			continue
		}
		out = addHit(out, p.item, text, &p.item.values[i])
		if !p.item.all {
			break
		}
	}
	return out
}

// maxHit bounds a hit's value, in bytes.
const maxHit = 4 << 10

// shortened copies a text, at most maxHit bytes and the sign that tells.
func shortened(text string) string {
	if len(text) <= maxHit {
		return strings.Clone(text)
	}
	end := maxHit
	for end > maxHit-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// addHit appends a hit that is not there yet: a condition may name the same
// search more than once.
func addHit(out []Hit, it *item, text string, v *value) []Hit {
	pattern := v.source
	if it.how != "" {
		pattern = it.how + ": " + pattern
	}
	hit := Hit{Field: it.field, Value: shortened(text), Pattern: pattern}
	if slices.Contains(out, hit) {
		return out
	}
	return append(out, hit)
}
