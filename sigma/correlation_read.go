package sigma

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// maxTimespan bounds how long a correlation looks back.
	maxTimespan = 366 * 24 * time.Hour
	// maxReferences bounds the rules of one correlation, and its fields.
	maxReferences = 64
)

// correlationReader reads the correlation section and keeps the first fault.
type correlationReader struct {
	c       *Correlation
	section *node
	err     error
}

func readCorrelation(meta *Meta, root *node) (*Correlation, error) {
	section := root.get("correlation")
	if section.kind != nodeMap {
		return nil, refuse(section.line, "correlation", "want a map, got %s", section.kind)
	}
	for _, other := range []string{"detection", "filter", "logsource"} {
		if n := root.get(other); n != nil {
			return nil, refuse(n.line, other, "does not belong into a correlation")
		}
	}
	if n := root.get("taxonomy"); n != nil && !strings.EqualFold(n.text, "sigma") {
		return nil, refuse(n.line, "taxonomy", "only the default taxonomy is known, sigma")
	}
	r := &correlationReader{c: &Correlation{Meta: *meta}, section: section}
	r.keys()
	r.kind()
	r.rules()
	r.groupBy()
	r.timespan()
	r.generate(root)
	r.aliases()
	if r.err == nil {
		r.err = r.condition()
	}
	if r.err != nil {
		return nil, r.err
	}
	return r.c, nil
}

func (r *correlationReader) fail(n *node, key, format string, args ...any) {
	if r.err == nil {
		r.err = refuse(n.line, "correlation."+key, format, args...)
	}
}

// need returns what stands under a key, nil after a fault.
func (r *correlationReader) need(key string) *node {
	n := r.section.get(key)
	if n == nil || n.kind == nodeNull {
		r.fail(r.section, key, "missing")
		return nil
	}
	return n
}

func (r *correlationReader) keys() {
	known := []string{"type", "rules", "group-by", "timespan", "condition", "aliases", "generate"}
	for i := range r.section.pairs {
		p := &r.section.pairs[i]
		if !slices.Contains(known, p.key) {
			r.fail(&node{line: p.line}, p.key, "unknown, want one of %s", strings.Join(known, ", "))
		}
	}
}

func (r *correlationReader) kind() {
	n := r.need("type")
	if n == nil {
		return
	}
	switch t := CorrelationType(n.text); t {
	case EventCount, ValueCount, Temporal, TemporalOrdered, ValueSum, ValueAvg, ValuePercentile:
		r.c.Type = t
	case "value_median":
		r.fail(n, "type", "value_median is not part of Sigma 2.1, write value_percentile with percentile: 50")
	default:
		r.fail(n, "type", "unknown correlation type %q", n.text)
	}
}

// names reads a list of different texts; a lone one counts as a list.
func (r *correlationReader) names(n *node, key string) []string {
	nodes := []*node{n}
	if n.kind == nodeList {
		nodes = n.list
	}
	if len(nodes) > maxReferences {
		r.fail(n, key, "%d entries, more than %d", len(nodes), maxReferences)
		return nil
	}
	out := make([]string, 0, len(nodes))
	for _, e := range nodes {
		switch {
		case e.kind == nodeMap || e.kind == nodeList || e.kind == nodeNull:
			r.fail(e, key, "want a text, got %s", e.kind)
		case e.text == "":
			r.fail(e, key, "an empty text")
		case slices.Contains(out, e.text):
			r.fail(e, key, "%q is given twice", e.text)
		}
		out = append(out, e.text)
	}
	return out
}

func (r *correlationReader) rules() {
	n := r.need("rules")
	if n == nil {
		return
	}
	r.c.Rules, r.c.lines.rules = r.names(n, "rules"), n.line
	if len(r.c.Rules) == 0 {
		r.fail(n, "rules", "an empty list")
	}
}

// groupBy must be there but may name no field: the attribute is mandatory,
// what it defines is not.
func (r *correlationReader) groupBy() {
	n := r.section.get("group-by")
	if n == nil || n.kind == nodeNull {
		r.fail(r.section, "group-by", "missing; write [] to take all events for one group")
		return
	}
	r.c.GroupBy, r.c.lines.groupBy = r.names(n, "group-by"), n.line
}

func (r *correlationReader) timespan() {
	n := r.need("timespan")
	if n == nil {
		return
	}
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}
	const want = "want a number and s, m, h or d, such as 90m"
	if len(n.text) < 2 || n.kind == nodeMap || n.kind == nodeList {
		r.fail(n, "timespan", want)
		return
	}
	digits, unit := n.text[:len(n.text)-1], units[n.text[len(n.text)-1]]
	count, err := strconv.ParseUint(digits, 10, 32)
	switch {
	case unit == 0 || err != nil:
		r.fail(n, "timespan", "%q: "+want, n.text)
	case count == 0:
		r.fail(n, "timespan", "%q holds no time", n.text)
	case time.Duration(count) > maxTimespan/unit:
		r.fail(n, "timespan", "%q is longer than %d days", n.text, maxTimespan/(24*time.Hour))
	default:
		r.c.Timespan = time.Duration(count) * unit
	}
}

// generate stands beside the section or, as often written, in it.
func (r *correlationReader) generate(root *node) {
	beside, inside := root.get("generate"), r.section.get("generate")
	for _, n := range []*node{beside, inside} {
		if n == nil {
			continue
		}
		if n.kind != nodeBool {
			r.fail(n, "generate", "want true or false, got %s", n.kind)
		}
		r.c.Generate = n.text == "true"
	}
	if beside != nil && inside != nil && beside.text != inside.text {
		r.fail(inside, "generate", "given twice, and differently")
	}
}

func (r *correlationReader) aliases() {
	n := r.section.get("aliases")
	if n == nil || n.kind == nodeNull {
		return
	}
	if n.kind != nodeMap || len(n.pairs) > maxReferences {
		r.fail(n, "aliases", "want a map of at most %d aliases", maxReferences)
		return
	}
	r.c.lines.aliases = n.line
	for i := range n.pairs {
		p := &n.pairs[i]
		key := "aliases." + p.key
		if p.value.kind != nodeMap || len(p.value.pairs) == 0 || p.key == "" {
			r.fail(p.value, key, "want a map of rules and fields, got %s", p.value.kind)
			return
		}
		a := alias{name: p.key}
		for j := range p.value.pairs {
			f := &p.value.pairs[j]
			if f.value.kind != nodeString || f.value.text == "" {
				r.fail(f.value, key+"."+f.key, "want the name of a field, got %s", f.value.kind)
				return
			}
			a.fields = append(a.fields, aliasField{rule: f.key, field: f.value.text})
		}
		r.c.aliases = append(r.c.aliases, a)
	}
}
