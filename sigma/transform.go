package sigma

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDashes bounds how many dashes windash may permute before an encoding:
// each one multiplies the texts by five.
const maxDashes = 4

// maxDashed bounds the text that is so multiplied.
const maxDashed = 1000

// transform applies the steps in order to one text. One text may become
// several alternatives.
func (m *modifiers) transform(text glob, line int) ([]glob, *fault) {
	out := []glob{text}
	for _, step := range m.steps {
		if step == "windash" && !m.encodes() {
			continue // left to the comparison, which treats all dashes alike
		}
		var next []glob
		for _, g := range out {
			made, f := applyStep(step, g, line)
			if f != nil {
				return nil, f
			}
			next = append(next, made...)
		}
		out = next
	}
	return out, nil
}

func applyStep(step string, g glob, line int) ([]glob, *fault) {
	many := globToken{kind: tokenMany}
	switch step {
	case "contains":
		return []glob{append(append(glob{many}, g...), many)}, nil
	case "startswith":
		return []glob{append(g[:len(g):len(g)], many)}, nil
	case "endswith":
		return []glob{append(glob{many}, g...)}, nil
	}
	text, ok := g.literal()
	if !ok {
		return nil, refuse(line, "", "modifier %s: a text with wildcards cannot be encoded", step)
	}
	encoded, f := encode(step, text, line)
	out := make([]glob, len(encoded))
	for i, e := range encoded {
		out[i] = literalGlob(e)
	}
	return out, f
}

func encode(step, text string, line int) ([]string, *fault) {
	switch step {
	case "windash":
		return dashPermutations(text, line)
	case "base64":
		return []string{base64.StdEncoding.EncodeToString([]byte(text))}, nil
	case "base64offset":
		return base64Offsets(text), nil
	}
	if !utf8.ValidString(text) {
		return nil, refuse(line, "", "modifier %s: only a text can be encoded, not bytes", step)
	}
	if step == "utf16" {
		return []string{"\xFF\xFE" + utf16Text(text, false)}, nil
	}
	return []string{utf16Text(text, step == "utf16be")}, nil
}

func utf16Text(s string, bigEndian bool) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(s)) {
		high, low := byte(unit>>8), byte(unit)
		if bigEndian {
			high, low = low, high
		}
		b.WriteByte(low)
		b.WriteByte(high)
	}
	return b.String()
}

// base64Offsets gives the parts of the encoded text that do not depend on
// what stands before and after it, for the three ways it may be aligned.
func base64Offsets(s string) []string {
	firstOwn := [3]int{0, 2, 3} // characters touched by the padding before
	lastOwn := [3]int{0, 3, 2}  // characters touched by what follows
	out := make([]string, 0, 3)
	for shift := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(" ", shift) + s))
		end := len(encoded) - lastOwn[(len(s)+shift)%3]
		if end > firstOwn[shift] {
			out = append(out, encoded[firstOwn[shift]:end])
		}
	}
	return out
}

// dashPermutations writes every dash of a text in every way.
func dashPermutations(s string, line int) ([]string, *fault) {
	if len(s) > maxDashed {
		return nil, refuse(line, "", "modifier windash: more than %d bytes before an encoding", maxDashed)
	}
	isDash := func(r rune) bool { return strings.ContainsRune(dashes, r) }
	var parts []string // between the dashes
	rest := s
	for i := strings.IndexFunc(rest, isDash); i >= 0; i = strings.IndexFunc(rest, isDash) {
		_, size := utf8.DecodeRuneInString(rest[i:])
		parts, rest = append(parts, rest[:i]), rest[i+size:]
	}
	if len(parts) > maxDashes {
		return nil, refuse(line, "", "modifier windash: more than %d dashes before an encoding", maxDashes)
	}
	out := []string{""}
	for _, part := range parts {
		var next []string
		for _, head := range out {
			for _, dash := range dashes {
				next = append(next, head+part+string(dash))
			}
		}
		out = next
	}
	for i := range out {
		out[i] += rest
	}
	return out, nil
}
