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
	part    string   // of a date: minute, hour, day, week, month or year
	steps   []string // transformations of a text, in the order they apply
	all     bool
	neq     bool
	cased   bool
	windash bool
	expand  bool
}

const (
	modRe       = "re"
	modCIDR     = "cidr"
	modExists   = "exists"
	modFieldRef = "fieldref"
)

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
	case "expand":
		return m.addExpand()
	case "windash":
		if m.encodes() {
			return refuse(0, "", "modifier windash cannot follow an encoding")
		}
		m.windash = true
		m.steps = append(m.steps, name)
	case "contains", "startswith", "endswith", "base64", "base64offset", "wide", "utf16", "utf16le", "utf16be":
		m.steps = append(m.steps, name)
	case modRe, modCIDR, modExists, modFieldRef, "gt", "gte", "lt", "lte":
		return m.addKind(name)
	case "minute", "hour", "day", "week", "month", "year":
		if other := m.other(); other != "" {
			return refuse(0, "", "modifiers %s and %s exclude each other in this order", other, name)
		}
		m.part = name
	case "i", "m", "s":
		if m.kind != modRe {
			return refuse(0, "", "modifier %q is only for re and stands after it", name)
		}
		m.flags += name
	default:
		return refuse(0, "", "unknown modifier %q", name)
	}
	return nil
}

// addExpand refuses placeholders in what was already made of them.
func (m *modifiers) addExpand() *fault {
	m.expand = true
	if m.windash || m.encodes() {
		return refuse(0, "", "modifier expand stands before windash and encodings, which apply to what it gives")
	}
	return nil
}

func (m *modifiers) addKind(name string) *fault {
	switch {
	case m.kind != "":
		return refuse(0, "", "modifiers %s and %s exclude each other", m.kind, name)
	case len(m.steps) > 0:
		return refuse(0, "", "modifiers %s and %s exclude each other in this order", m.steps[0], name)
	}
	m.kind = name
	return nil
}

// encodes reports whether a step turns the text into an encoding of it.
func (m *modifiers) encodes() bool { return slices.ContainsFunc(m.steps, isEncoding) }

func isEncoding(step string) bool {
	return strings.HasPrefix(step, "base64") || strings.HasPrefix(step, "utf16") || step == "wide"
}

func isPositional(step string) bool {
	return step == "contains" || step == "startswith" || step == "endswith"
}

func (m *modifiers) compares() bool {
	return m.kind == "gt" || m.kind == "gte" || m.kind == "lt" || m.kind == "lte"
}

// other names the modifier that makes the value something other than a text.
func (m *modifiers) other() string {
	if m.part != "" {
		return m.part
	}
	return m.kind
}

// wantsText names a modifier that the specification gives to texts alone.
func (m *modifiers) wantsText() string {
	if m.kind == modRe || m.kind == modCIDR {
		return m.kind
	}
	for _, step := range m.steps {
		if step == "windash" || isEncoding(step) {
			return step
		}
	}
	return ""
}

// contradiction refuses combinations that the specification gives no meaning.
func (m *modifiers) contradiction() *fault {
	kind := m.other()
	for _, step := range m.steps {
		if kind != "" && !(isPositional(step) && (kind == modFieldRef || kind == modRe)) {
			return refuse(0, "", "modifiers %s and %s exclude each other", kind, step)
		}
	}
	switch {
	case m.part != "" && m.kind != "" && !m.compares():
		return refuse(0, "", "modifiers %s and %s exclude each other", m.part, m.kind)
	case m.cased && kind != "" && kind != modFieldRef:
		return refuse(0, "", "modifiers %s and cased exclude each other", kind)
	case m.expand && m.kind == modExists:
		return refuse(0, "", "modifiers exists and expand exclude each other")
	case m.neq && (m.compares() || m.kind == modExists):
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
	if kind := m.other(); kind != "" && kind != modRe {
		return refuse(0, "", "modifier %s needs a field", kind)
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
