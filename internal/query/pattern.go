package query

import "strings"

// Part is a piece of a wildcard pattern: text to be found as it is, or one of the wildcards.
type Part struct {
	Text string
	Wild byte // '*', '?', or 0 for Text
}

// Parts takes the Value of a Wildcard match to pieces. A backslash before *, ? or \ makes it text.
func Parts(pattern string) []Part {
	var parts []Part
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			parts = append(parts, Part{Text: text.String()})
			text.Reset()
		}
	}
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '*' || c == '?':
			flush()
			parts = append(parts, Part{Wild: c})
		case c == '\\' && i+1 < len(pattern) && isWild(pattern[i+1]):
			i++
			text.WriteByte(pattern[i])
		default:
			text.WriteByte(c)
		}
	}
	flush()
	return parts
}

// Literal writes text as a pattern that matches nothing else.
func Literal(text string) string { return literalEscaper.Replace(text) }

var literalEscaper = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`)

func isWild(c byte) bool { return c == '*' || c == '?' || c == '\\' }
