package sigma

import (
	"fmt"
	"regexp"
)

var uuidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// Warnings lists what is odd about a rule, although it is applied in full: a
// missing or strange id, no level, a status that says not to use it, texts so short that they are
// found nearly everywhere.
func (r *Rule) Warnings() []Problem {
	out := r.Meta.Warnings()
	told := map[*item]bool{}
	var walk func(e *expr)
	walk = func(e *expr) {
		if e.op == opItem && !told[e.item] {
			told[e.item] = true
			out = append(out, r.shortTexts(e.item)...)
		}
		for _, kid := range e.kids {
			walk(kid)
		}
	}
	if r.condition != nil {
		walk(r.condition)
	}
	return out
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

// shortTexts finds texts of one or two characters that may stand anywhere. With
// all, one that is longer makes up for them.
func (r *Rule) shortTexts(it *item) []Problem {
	var out []Problem
	for i := range it.values {
		v := &it.values[i]
		t, ok := v.tests[0].(*globTest)
		if !ok || !t.openStart || !t.openEnd {
			continue
		}
		longest := 0
		for _, s := range t.segments {
			for _, text := range s {
				longest = max(longest, len([]rune(string(text))))
			}
		}
		if longest >= shortText && it.all {
			return nil
		}
		if longest < shortText && longest > 0 {
			field := it.field
			if it.how != "" {
				field += "|" + it.how
			}
			out = append(out, Problem{
				File: r.File, Line: v.line, Rule: r.label(), Field: field,
				Reason: fmt.Sprintf("the text %q is so short that it is found nearly everywhere", v.source),
			})
		}
	}
	return out
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
