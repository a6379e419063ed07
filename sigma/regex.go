package sigma

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// newRegexTest compiles a regular expression of the flavour that the
// specification names (PCRE) for package regexp (RE2), or refuses it.
func (m *modifiers) newRegexTest(line int, text pieces) (test, *fault) {
	pattern := text.regex()
	if m.flags != "" {
		pattern = "(?" + m.flags + ")" + pattern
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, refuse(line, "", "regular expression: %s", regexReason(pattern, err))
	}
	size := regexSize(tree)
	if size > maxRegex {
		return nil, refuse(line, "", "regular expression: about %d states, more than %d", size, maxRegex)
	}
	needs := mostUseful(needsOf(tree))
	re, err := regexp.Compile(m.anchored(dollarBeforeNewline(tree)).String())
	if err != nil {
		return nil, refuse(line, "", "regular expression: %s", regexReason(pattern, err))
	}
	return &regexTest{re: re, needs: needs, size: size}, nil
}

// anchored ties an expression to the ends of the text that startswith and
// endswith name; contains lets it stand anywhere, as it does anyhow.
func (m *modifiers) anchored(tree *syntax.Regexp) *syntax.Regexp {
	if slices.Contains(m.steps, "contains") {
		return tree
	}
	parts := []*syntax.Regexp{tree}
	if slices.Contains(m.steps, "startswith") {
		parts = append([]*syntax.Regexp{{Op: syntax.OpBeginText}}, parts...)
	}
	if slices.Contains(m.steps, "endswith") {
		parts = append(parts, &syntax.Regexp{Op: syntax.OpEndText})
	}
	return &syntax.Regexp{Op: syntax.OpConcat, Sub: parts}
}

// maxRegex bounds the states of one expression: repetitions inside
// repetitions can make a short text as large as the memory.
const maxRegex = 50_000

func regexSize(re *syntax.Regexp) int {
	size := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		size += regexSize(sub)
	}
	if re.Op == syntax.OpRepeat {
		size *= max(1, re.Min, re.Max)
	}
	return min(size, maxRegex+1)
}

// regexReason says in plain words what RE2 lacks, else what is wrong.
func regexReason(pattern string, err error) string {
	var se *syntax.Error
	if !errors.As(err, &se) {
		return err.Error()
	}
	missing := map[string]string{
		"(?=": "look-ahead", "(?!": "look-ahead", "(?<=": "look-behind", "(?<!": "look-behind", "(?>": "an atomic group",
	}
	if se.Code == syntax.ErrInvalidPerlOp || se.Code == syntax.ErrInvalidNamedCapture || se.Code == syntax.ErrMissingRepeatArgument {
		for mark, name := range missing {
			if strings.Contains(pattern, mark) {
				return name + " " + mark + ") is not supported"
			}
		}
	}
	return se.Code.String() + ": " + se.Expr
}

// dollarBeforeNewline lets a plain $ also match before a newline that ends
// the text, as PCRE does and RE2 does not.
func dollarBeforeNewline(re *syntax.Regexp) *syntax.Regexp {
	for i, sub := range re.Sub {
		re.Sub[i] = dollarBeforeNewline(sub)
	}
	if re.Op != syntax.OpEndText || re.Flags&syntax.WasDollar == 0 {
		return re
	}
	newline := &syntax.Regexp{Op: syntax.OpLiteral, Rune: []rune{'\n'}}
	optional := &syntax.Regexp{Op: syntax.OpQuest, Sub: []*syntax.Regexp{newline}}
	// Without the flag, String writes \z.
	end := &syntax.Regexp{Op: syntax.OpEndText}
	return &syntax.Regexp{Op: syntax.OpConcat, Sub: []*syntax.Regexp{optional, end}}
}
