package sigma

import (
	"regexp"
	"slices"
	"strings"
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

// filled reports whether a placeholder's value is in it.
func (p pieces) filled() bool {
	return slices.ContainsFunc(p, func(part piece) bool { return part.filled })
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
// pieces to fill, and says whether a percent sign was left that is none of
// one. A backslash makes the percent sign after it a plain one; in front of
// anything else it is left to what reads the text.
func cutPlaceholders(text string) (out pieces, loose bool) {
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
		loose = loose || text[0] == '%'
		plain.WriteByte(text[0])
		text = text[1:]
	}
	flush()
	if len(out) == 0 {
		out = pieces{{}}
	}
	return out, loose
}

// placeholderAt returns the name of the placeholder that a text begins with:
// all up to the next percent sign that no backslash makes a plain one. A name
// may be anything but empty, broken into lines or set off by white space, as
// in "50 % of 70 %".
func placeholderAt(text string) string {
	if text[0] != '%' {
		return ""
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '\n', '\r':
			return ""
		case '%':
			if name := text[1:i]; strings.TrimSpace(name) == name {
				return name
			}
			return ""
		}
	}
	return ""
}

// isPlaceholder reports whether a placeholder can have this name.
func isPlaceholder(name string) bool { return placeholderAt("%"+name+"%") == name && name != "" }

// maxPlaceholders bounds the placeholders in one value.
const maxPlaceholders = 100

// expand gives the texts that a value stands for, none if a placeholder in it
// waits for values.
func (r *detectionReader) expand(key string, n *node) ([]pieces, *fault) {
	cut, _ := cutPlaceholders(n.text)
	texts := make([][]string, len(cut))
	placeholders, waits := 0, false
	for i, part := range cut {
		if texts[i] = []string{part.text}; !part.filled {
			continue
		}
		if placeholders++; placeholders > maxPlaceholders {
			return nil, refuse(n.line, "", "more than %d placeholders in one value", maxPlaceholders)
		}
		if texts[i] = r.values[part.text]; len(texts[i]) == 0 {
			r.wait(part.text, key, n.line)
			waits = true
		}
	}
	if waits {
		return nil, nil
	}
	if !fits(texts) {
		return nil, refuse(n.line, "", "its placeholders stand for more than %d values, or fewer but too long", maxValues)
	}
	return combined(cut, texts), nil
}

// fits reports whether the combinations of texts are few and short enough.
func fits(texts [][]string) bool {
	count, length := 1, 0
	for _, alternatives := range texts {
		if count *= len(alternatives); count > maxValues {
			return false
		}
	}
	for _, alternatives := range texts {
		for _, text := range alternatives {
			length += len(text) * (count / len(alternatives))
		}
	}
	return length/100 <= maxValues && count*len(texts)/20 <= maxValues
}

// combined joins every text of a piece with every one of those after it.
func combined(cut pieces, texts [][]string) []pieces {
	count := 1
	for _, alternatives := range texts {
		count *= len(alternatives)
	}
	out := make([]pieces, count)
	for n := range out {
		made, rest := slices.Clone(cut), n
		for i := len(cut) - 1; i >= 0; i-- {
			made[i].text = texts[i][rest%len(texts[i])]
			rest /= len(texts[i])
		}
		out[n] = made
	}
	return out
}

// remark notes what is odd about the values of a key with expand: a percent
// sign of no placeholder, and that there is no placeholder at all.
func (r *detectionReader) remark(key pair, nodes []*node) {
	field := joinPath(r.at, key.key)
	loose, found := (*node)(nil), false
	for _, n := range nodes {
		cut, left := cutPlaceholders(n.text)
		found = found || cut.filled()
		if left && loose == nil {
			loose = n
		}
	}
	if loose != nil {
		r.remarks = append(r.remarks, refuse(loose.line, field, "a percent sign of %q begins no placeholder and stands for itself: a backslash before it says so", loose.text))
	}
	if !found {
		r.remarks = append(r.remarks, refuse(key.line, field, "no placeholder in what expand stands at"))
	}
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

// warnings tells what is odd about values with the modifier expand.
func (p *pending) warnings(meta *Meta) []Problem {
	var out []Problem
	for _, f := range p.remarks {
		out = append(out, problemOf(meta, f))
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
	out.condition, out.pending, out.filters = condition, pending{remarks: r.pending.remarks}, nil
	expanded, _ := out.Filtered(r.filters)
	return expanded, nil
}
