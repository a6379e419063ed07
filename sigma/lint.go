package sigma

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

var uuidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// Warnings lists what is odd about a rule, although it is applied in full: a
// missing or strange id, no level, a status that says not to use it, values
// with expand that have no placeholder, a text so short that it is found
// nearly everywhere while nothing else is asked.
func (r *Rule) Warnings() []Problem {
	out := append(r.Meta.Warnings(), r.pending.warnings(&r.Meta)...)
	if r.condition == nil {
		return out
	}
	w := weakness{rule: r, told: map[*item]bool{}}
	w.weak(r.condition)
	return append(out, w.found...)
}

// Warnings lists what is odd about what a document tells of itself.
func (m *Meta) Warnings() []Problem {
	var out []Problem
	warn := func(field, reason string) {
		out = append(out, Problem{File: m.File, Line: m.Line, Rule: m.label(), Field: field, Reason: reason})
	}
	switch {
	case m.ID == "":
		warn("id", "missing: other rules, tests and exclusions call a rule by it")
	case !uuidPattern.MatchString(m.ID):
		warn("id", "not a UUID")
	}
	if m.Status == "deprecated" || m.Status == "unsupported" {
		warn("status", "the author says "+m.Status)
	}
	if m.noLevel {
		warn("level", "missing, medium is taken")
	}
	return out
}

// shortText is the length below which a text stands in nearly every event.
const shortText = 3

// weakness looks for short texts that are enough to make a rule hold.
type weakness struct {
	rule  *Rule
	told  map[*item]bool
	found []Problem
}

// weak reports whether an expression may hold by short texts alone, and notes
// them. What is negated asks for nothing.
func (w *weakness) weak(e *expr) bool {
	before := len(w.found)
	weak := 0
	for _, kid := range e.kids {
		if w.weak(kid) {
			weak++
		}
	}
	switch e.op {
	case opItem:
		return w.shortTexts(e.item)
	case opNot:
		w.found = w.found[:before]
		return true
	case opAnd:
		if weak < len(e.kids) {
			w.found = w.found[:before]
			return false
		}
		return true
	case opAtLeast:
		return weak >= e.least
	}
	return weak > 0
}

// shortTexts notes texts of one or two characters that may stand anywhere.
// With all, one that is longer makes up for them.
func (w *weakness) shortTexts(it *item) bool {
	short := 0
	for i := range it.values {
		if !it.values[i].short() {
			continue
		}
		if short++; it.all || short > 1 || w.told[it] {
			continue
		}
		w.found = append(w.found, Problem{
			File: w.rule.File, Line: it.values[i].line, Rule: w.rule.label(), Field: it.key(),
			Reason: fmt.Sprintf("the text %q is so short that it is found nearly everywhere", it.values[i].source),
		})
	}
	w.told[it] = true
	return short > 0 && (!it.all || short == len(it.values))
}

// key is the item's line as it was written.
func (it *item) key() string {
	if it.how == "" {
		return it.field
	}
	return it.field + "|" + it.how
}

// short reports whether a value is a short text with anything around it.
func (v *value) short() bool {
	t, ok := v.tests[0].(*globTest)
	if !ok || !t.openStart || !t.openEnd {
		return false
	}
	longest := 0
	for _, s := range t.segments {
		for _, text := range s {
			longest = max(longest, len(text)) // a character beyond ASCII is rare enough by itself
		}
	}
	return longest > 0 && longest < shortText && !strings.ContainsFunc(v.source, func(r rune) bool { return r > unicode.MaxASCII })
}

// Unindexed lists the rules that the engine has to evaluate on every event of
// their log source, because nothing that they need is quick to look for. They
// are slow.
func (e *Engine) Unindexed() []*Rule {
	var out []*Rule
	for i, w := range e.witnesses {
		if w == nil {
			out = append(out, e.rules[i])
		}
	}
	return out
}
