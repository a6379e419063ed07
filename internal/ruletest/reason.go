package ruletest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/sigma"
)

// maxReasons bounds what is told of one case.
const maxReasons = 6

// Difference tells, a line each, what kept a rule from finding an event (wanted) or what made it find one (not wanted).
func Difference(x *detect.Explanation, wanted bool) []string {
	if wanted && !x.Routed {
		return []string{Route(x)}
	}
	d := &difference{seen: map[string]bool{}}
	d.tell(x.Sigma.Root, wanted)
	return d.lines
}

// Route tells which log sources an event is of and which one the rule reads.
func Route(x *detect.Explanation) string {
	is := "the event is of dataset " + x.Dataset
	if x.Code != "" {
		is += ", event code " + x.Code
	}
	if x.Channel != "" {
		is += ", channel " + Quote(x.Channel)
	}
	has := make([]string, 0, len(x.Has))
	for _, ls := range x.Has {
		has = append(has, Source(ls))
	}
	slices.Sort(has)
	have := strings.Join(slices.Compact(has), "; ")
	if have == "" {
		have = "none that is known"
	}
	if x.Routed {
		return fmt.Sprintf("%s: the log source %s leads to the rule", is, Source(x.Wants))
	}
	return fmt.Sprintf("%s, which is log source %s; the rule reads %s", is, have, Source(x.Wants))
}

// Source writes a log source as a rule does: "product windows, category process_creation".
func Source(ls sigma.LogSource) string {
	var parts []string
	for _, p := range [...][2]string{{"product", ls.Product}, {"category", ls.Category}, {"service", ls.Service}} {
		if p[1] != "" {
			parts = append(parts, p[0]+" "+p[1])
		}
	}
	return strings.Join(parts, ", ")
}

// difference walks to the parts that decided.
type difference struct {
	lines []string
	seen  map[string]bool
}

func (d *difference) add(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	if len(d.lines) < maxReasons && !d.seen[line] {
		d.lines = append(d.lines, line)
		d.seen[line] = true
	}
}

// tell says why a part did not hold although wanted, or held although not.
func (d *difference) tell(p sigma.Part, wanted bool) {
	if p.Held == wanted {
		return
	}
	all := p.Kind == sigma.PartAll || p.Kind == sigma.PartCondition || p.Kind == sigma.PartSearch
	switch {
	case p.Kind == sigma.PartField:
		d.add("%s", Field(p))
	case p.Kind == sigma.PartNot:
		d.tell(p.Parts[0], !wanted)
	case all && wanted: // the first that fails is the first difference
		for _, kid := range p.Parts {
			if !kid.Held {
				d.tell(kid, true)
				return
			}
		}
	default:
		for _, kid := range p.Parts {
			d.tell(kid, wanted)
			if p.Kind == sigma.PartAny && !wanted && kid.Held {
				return
			}
		}
	}
}

// maxShown bounds the values of a field that are told, and the length of each.
const maxShown = 3

// Field tells a field's line in a rule, what the event has in it, and what of it held.
func Field(p sigma.Part) string {
	var held, missed []string
	for _, v := range p.Parts {
		if v.Held {
			held = append(held, Quote(v.Text))
		} else {
			missed = append(missed, Quote(v.Text))
		}
	}
	name := p.Text
	if name == "" || strings.HasPrefix(name, "|") {
		name = "keywords" + name
	}
	line := fmt.Sprintf("line %d, %s: ", p.Line, name)
	modifiers := strings.Split(p.Text, "|")[1:]
	switch {
	case slices.Contains(modifiers, "neq") && p.Held:
		line += "none of " + some(missed)
	case slices.Contains(modifiers, "neq") && len(held) == 0:
		line += "a value is needed" // neq needs one to compare
	case p.Held || len(held) > 0 && !slices.Contains(modifiers, "all"):
		line += "found " + some(held)
	case slices.Contains(modifiers, "all"):
		line += "missing " + some(missed)
	default:
		line += "not " + some(missed)
	}
	if name == p.Text {
		line += "; the event has " + Shown(p.Event)
	}
	return line
}

func some(texts []string) string {
	if len(texts) > maxShown {
		return fmt.Sprintf("%s and %d more", strings.Join(texts[:maxShown], ", "), len(texts)-maxShown)
	}
	return strings.Join(texts, ", ")
}

// Shown tells an event's value: its text in quotes, a list in brackets, null, or that there is no such field.
func Shown(v sigma.Value) string {
	switch v.Kind {
	case sigma.Absent:
		return "no such field"
	case sigma.Null:
		return "null"
	case sigma.List:
		var parts []string
		for _, e := range v.List {
			parts = append(parts, Shown(e))
		}
		return "[" + some(parts) + "]"
	}
	return Quote(v.Text)
}

// Quote puts a text into quotes as it is, so that paths can be read, and shortens a long one.
func Quote(s string) string {
	const most = 300
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return `"` + s + `"`
}
