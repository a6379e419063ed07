package sigma

import (
	"fmt"
	"strings"
	"time"
)

// Warnings lists what is odd about a correlation, although it is applied in
// full: what Meta.Warnings tells, a way of looking that does not see all or
// that tells late, an alias that does not speak of every rule.
func (c *Correlation) Warnings() []Problem {
	out := c.Meta.Warnings()
	warn := func(line int, field, format string, args ...any) {
		out = append(out, problemOf(&c.Meta, refuse(line, field, format, args...)))
	}
	if reason := c.lateness(); reason != "" {
		line := c.lines.condition
		if line == 0 {
			line = c.Line
		}
		warn(line, "correlation.condition", "%s", reason)
	}
	for _, a := range c.aliases {
		if len(a.fields) < len(c.Rules) {
			warn(c.lines.aliases, "correlation.aliases."+a.name,
				"speaks of %d of %d rules; events of the others need a field that is itself called %s, or count for nothing", len(a.fields), len(c.Rules), a.name)
		}
	}
	return out
}

// lateness tells what is not seen or not told at once, and why.
func (c *Correlation) lateness() string {
	const after = "is told once time has passed it by the lateness that is granted"
	switch {
	case c.framed():
		return fmt.Sprintf("looks at consecutive spans of %s, so what straddles two of them is not seen; what is found in a span %s", spanText(c.Timespan), after)
	case c.negated():
		return fmt.Sprintf("wants rules not to occur, also up to %s later: a finding %s", spanText(c.Timespan), after)
	case c.Type == ValueSum || c.Type == ValuePercentile:
		return "further events can undo it: a finding " + after
	}
	return ""
}

// spanText writes a span as rules do.
func spanText(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}
