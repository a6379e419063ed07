package sigma

import (
	"slices"
	"strings"
)

// modifiers is what the part of a key after the field's name asks for.
type modifiers struct {
	names []string
	// kind is the one modifier that makes the value something other than a
	// text: re, cidr, exists, fieldref, gt, gte, lt or lte.
	kind    string
	flags   string   // of re: i, m, s
	steps   []string // transformations of a text, in the order they apply
	all     bool
	neq     bool
	cased   bool
	windash bool
}

const (
	modRe       = "re"
	modCIDR     = "cidr"
	modExists   = "exists"
	modFieldRef = "fieldref"
)

// refusedModifiers are those of the specification that this engine lacks.
var refusedModifiers = map[string]string{
	"expand": "placeholders need values, which this engine does not take",
	"minute": "time modifiers are not supported", "hour": "time modifiers are not supported",
	"day": "time modifiers are not supported", "week": "time modifiers are not supported",
	"month": "time modifiers are not supported", "year": "time modifiers are not supported",
}

func parseModifiers(names []string, keyword bool) (*modifiers, *fault) {
	m := &modifiers{names: names}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return nil, refuse(0, "", "modifier %q is given twice", name)
		}
		if f := m.add(name); f != nil {
			return nil, f
		}
	}
	if f := m.contradiction(); f != nil {
		return nil, f
	}
	if keyword {
		return m, m.keywordContradiction()
	}
	return m, nil
}

func (m *modifiers) add(name string) *fault {
	switch name {
	case "all":
		m.all = true
	case "neq":
		m.neq = true
	case "cased":
		m.cased = true
	case "windash":
		if m.encodes() {
			return refuse(0, "", "modifier windash cannot follow an encoding")
		}
		m.windash = true
		m.steps = append(m.steps, name)
	case "contains", "startswith", "endswith", "base64", "base64offset", "wide", "utf16", "utf16le", "utf16be":
		m.steps = append(m.steps, name)
	case modRe, modCIDR, modExists, modFieldRef, "gt", "gte", "lt", "lte":
		if m.kind != "" {
			return refuse(0, "", "modifiers %s and %s exclude each other", m.kind, name)
		}
		m.kind = name
	case "i", "m", "s":
		if m.kind != modRe {
			return refuse(0, "", "modifier %q is only for re and stands after it", name)
		}
		m.flags += name
	default:
		if reason, ok := refusedModifiers[name]; ok {
			return refuse(0, "", "modifier %s: %s", name, reason)
		}
		return refuse(0, "", "unknown modifier %q", name)
	}
	return nil
}

// encodes reports whether a step turns the text into an encoding of it.
func (m *modifiers) encodes() bool {
	return slices.ContainsFunc(m.steps, func(s string) bool {
		return strings.HasPrefix(s, "base64") || strings.HasPrefix(s, "utf16") || s == "wide"
	})
}

// contradiction refuses combinations that the specification gives no meaning.
func (m *modifiers) contradiction() *fault {
	positional := func(s string) bool { return s == "contains" || s == "startswith" || s == "endswith" }
	for _, step := range m.steps {
		if m.kind != "" && !(m.kind == modFieldRef && positional(step)) {
			return refuse(0, "", "modifiers %s and %s exclude each other", m.kind, step)
		}
	}
	compares := m.kind == "gt" || m.kind == "gte" || m.kind == "lt" || m.kind == "lte"
	switch {
	case m.cased && m.kind != "" && m.kind != modFieldRef:
		return refuse(0, "", "modifiers %s and cased exclude each other", m.kind)
	case m.neq && (compares || m.kind == modExists):
		return refuse(0, "", "modifiers %s and neq exclude each other", m.kind)
	case m.neq && m.all:
		return refuse(0, "", "modifiers neq and all exclude each other")
	case m.all && m.kind == modExists:
		return refuse(0, "", "modifiers exists and all exclude each other")
	}
	return nil
}

// keywordContradiction refuses what only makes sense for a named field.
func (m *modifiers) keywordContradiction() *fault {
	if m.kind != "" && m.kind != modRe {
		return refuse(0, "", "modifier %s needs a field", m.kind)
	}
	if m.neq {
		return refuse(0, "", "modifier neq needs a field, negate keywords in the condition")
	}
	for _, step := range m.steps {
		if step == "startswith" || step == "endswith" {
			return refuse(0, "", "modifier %s needs a field, keywords match anywhere", step)
		}
	}
	return nil
}
