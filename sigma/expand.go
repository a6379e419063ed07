package sigma

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// placeholder is a name between percent signs that waits for values, and
// where it stands first.
type placeholder struct {
	name  string
	field string
	line  int
}

// pieces is a value's text with what its placeholders stand for filled in.
type pieces []piece

type piece struct {
	text   string
	filled bool
}

// String joins the pieces as they are written.
func (p pieces) String() string {
	if len(p) == 1 {
		return p[0].text
	}
	var b strings.Builder
	for _, part := range p {
		b.WriteString(part.text)
	}
	return b.String()
}

// glob reads each piece for itself, so that a backslash at the end of one
// escapes nothing in the next.
func (p pieces) glob() glob {
	var out glob
	for _, part := range p {
		for _, token := range parseGlob(part.text) {
			if last := len(out) - 1; last >= 0 && token.kind == tokenText && out[last].kind == tokenText {
				out[last].text += token.text
				continue
			}
			out = append(out, token)
		}
	}
	return out
}

// regex takes what was filled in for a text with wildcards, and the rest for
// a regular expression.
func (p pieces) regex() string {
	var b strings.Builder
	for _, part := range p {
		if !part.filled {
			b.WriteString(part.text)
			continue
		}
		b.WriteString("(?:")
		for _, token := range parseGlob(part.text) {
			switch token.kind {
			case tokenMany:
				b.WriteString("(?s:.*)")
			case tokenOne:
				b.WriteString("(?s:.)")
			default:
				b.WriteString(regexp.QuoteMeta(token.text))
			}
		}
		b.WriteString(")")
	}
	return b.String()
}

// cutPlaceholders takes a text apart at its placeholders, which come as
// pieces to fill. A backslash makes the percent sign after it a plain one; in
// front of anything else it is left to what reads the text.
func cutPlaceholders(text string) pieces {
	var out pieces
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			out = append(out, piece{text: plain.String()})
			plain.Reset()
		}
	}
	for text != "" {
		if text[0] == '\\' && len(text) > 1 {
			_, size := utf8.DecodeRuneInString(text[1:])
			if text[1] != '%' {
				plain.WriteByte('\\')
			}
			plain.WriteString(text[1 : 1+size])
			text = text[1+size:]
			continue
		}
		if name := placeholderAt(text); name != "" {
			flush()
			out = append(out, piece{text: name, filled: true})
			text = text[len(name)+2:]
			continue
		}
		plain.WriteByte(text[0])
		text = text[1:]
	}
	flush()
	if len(out) == 0 {
		return pieces{{}}
	}
	return out
}

// placeholderAt returns the name of the placeholder that a text begins with.
func placeholderAt(text string) string {
	if text[0] != '%' {
		return ""
	}
	name, _, closed := strings.Cut(text[1:], "%")
	if !closed || !isPlaceholder(name) {
		return ""
	}
	return name
}

func isPlaceholder(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-.", r)
	})
}

// expand gives the texts that a value stands for, none if a placeholder in it
// waits for values.
func (r *detectionReader) expand(key string, n *node) ([]pieces, *fault) {
	out := []pieces{nil}
	for _, part := range cutPlaceholders(n.text) {
		texts := []string{part.text}
		if part.filled {
			texts = r.values[part.text]
			if len(texts) == 0 {
				r.wait(part.text, key, n.line)
				out = nil
			}
		}
		if len(out)*len(texts) > maxValues {
			return nil, refuse(n.line, "", "its placeholders stand for more than %d values", maxValues)
		}
		var next []pieces
		for _, head := range out {
			for _, text := range texts {
				next = append(next, append(head[:len(head):len(head)], piece{text: text, filled: part.filled}))
			}
		}
		out = next
	}
	return out, nil
}

func (r *detectionReader) wait(name, key string, line int) {
	if _, known := r.waits[name]; !known {
		r.waits[name] = placeholder{name: name, field: joinPath(r.at, key), line: line}
	}
}

// names lists the placeholders that wait, in order.
func (p *pending) names() []string {
	var out []string
	for _, w := range p.waits {
		out = append(out, w.name)
	}
	return out
}

// waiting says for each placeholder without values where it stands.
func (p *pending) waiting(meta *Meta) []Problem {
	var out []Problem
	for _, w := range p.waits {
		out = append(out, problemOf(meta, refuse(w.line, w.field, "waits for values of placeholder %%%s%%", w.name)))
	}
	return out
}

// fill reads the detection again with values.
func (p *pending) fill(meta *Meta, v Values, others ...string) (*expr, []Problem) {
	condition, left, err := readLogic(p.path, p.source, v, others...)
	if err != nil {
		return nil, []Problem{problemOf(meta, err)}
	}
	return condition, left.waiting(meta)
}

// Placeholders lists the names that stand between percent signs in values
// with the modifier expand and have no values yet, sorted. A rule that has
// any cannot be compiled; Expand makes one that can.
func (r *Rule) Placeholders() []string { return r.pending.names() }

// Expand gives a copy of the rule in which its placeholders stand for their
// values, joined with or: the rule itself if it has none. Without values for
// all of them, or with values that the rule's modifiers refuse, it gives a
// problem for each and no rule.
func (r *Rule) Expand(v Values) (*Rule, []Problem) {
	if len(r.pending.waits) == 0 {
		return r, nil
	}
	condition, problems := r.pending.fill(&r.Meta, v)
	if len(problems) > 0 {
		return nil, problems
	}
	out := *r
	out.condition, out.pending, out.filters = condition, pending{}, nil
	expanded, _ := out.Filtered(r.filters)
	return expanded, nil
}
