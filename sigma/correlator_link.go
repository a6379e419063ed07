package sigma

import (
	"crypto/sha256"
	"slices"
	"strings"
	"time"
)

// maxLag bounds how long correlations below may take to decide, all together.
const maxLag = int64(10 * 366 * 24 * time.Hour)

// watched is a rule whose matches are counted.
type watched struct {
	fields   []string
	feeds    []feed
	generate bool
}

// referent is one thing that correlations may refer to.
type referent struct {
	rule *Rule
	link *link
}

func (r referent) meta() *Meta {
	if r.rule != nil {
		return &r.rule.Meta
	}
	return &r.link.corr.Meta
}

// link is a correlation while it is being linked.
type link struct {
	corr   *Correlation
	inputs []referent
	// fields holds for each input the alias fields that stand for others.
	fields []map[string]string
	state  linkState
	lag    int64 // how long after the fact those below may decide
	node   *correlated
}

type linkState uint8

const (
	linkNew linkState = iota
	linkOpen
	linkDone
	linkRefused
)

type linker struct {
	links    []*link
	names    map[string][]referent
	sorted   []*link
	problems []Problem
}

func newLinker(correlations []*Correlation, rules []*Rule) *linker {
	l := &linker{names: map[string][]referent{}}
	for _, r := range rules {
		l.name(&r.Meta, referent{rule: r})
	}
	ids := map[string]bool{}
	for _, c := range correlations {
		k := &link{corr: c}
		id := idKey(c.ID)
		if c.ID != "" && ids[id] {
			l.refuse(k, refuse(c.Line, "id", "another correlation has the same id"))
			continue
		}
		ids[id] = true
		l.links = append(l.links, k)
		l.name(&c.Meta, referent{link: k})
	}
	return l
}

func (l *linker) name(m *Meta, r referent) {
	if m.ID != "" {
		l.names[idKey(m.ID)] = append(l.names[idKey(m.ID)], r)
	}
	if m.Name != "" {
		l.names[nameKey(m.Name)] = append(l.names[nameKey(m.Name)], r)
	}
}

// called is what has a name, or an id in any case of letters.
func (l *linker) called(name string) []referent {
	out := slices.Clone(l.names[nameKey(name)])
	for _, r := range l.names[idKey(name)] {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

func (l *linker) refuse(k *link, f *fault) {
	k.state = linkRefused
	l.problems = append(l.problems, problemOf(&k.corr.Meta, f))
}

func (l *linker) link(c *Correlator) []*correlated {
	for _, k := range l.links {
		if k.state == linkNew {
			l.resolve(k)
		}
	}
	for _, k := range l.links {
		l.sort(k, nil)
	}
	var nodes []*correlated
	for _, k := range l.sorted {
		k.node = newCorrelated(c, k)
		nodes = append(nodes, k.node)
	}
	// From above to below, as those above may want more fields from below.
	for _, k := range slices.Backward(l.sorted) {
		k.connect(c)
	}
	for _, w := range c.rules {
		slices.Reverse(w.feeds)
	}
	same := map[[sha256.Size]byte]int{}
	for _, n := range nodes {
		slices.Reverse(n.feeds)
		digest := n.fingerprint(0)
		n.digest = n.fingerprint(same[digest])
		same[digest]++
	}
	return nodes
}

// resolve looks up what a correlation refers to.
func (l *linker) resolve(k *link) {
	at := k.corr.lines
	for _, name := range k.corr.Rules {
		known := l.called(name)
		switch {
		case len(known) == 0:
			l.refuse(k, refuse(at.rules, "correlation.rules", "no rule or correlation is called %q", name))
			return
		case len(known) > 1:
			l.refuse(k, refuse(at.rules, "correlation.rules", "%d rules or correlations are called %q", len(known), name))
			return
		case slices.Contains(k.inputs, known[0]):
			l.refuse(k, refuse(at.rules, "correlation.rules", "%q is a rule that was given already", name))
			return
		}
		k.inputs = append(k.inputs, known[0])
		k.fields = append(k.fields, map[string]string{})
	}
	for _, a := range k.corr.aliases {
		if f := l.alias(k, a); f != nil {
			l.refuse(k, f)
			return
		}
	}
}

func (l *linker) alias(k *link, a alias) *fault {
	for _, f := range a.fields {
		at := -1
		if known := l.called(f.rule); len(known) == 1 {
			at = slices.Index(k.inputs, known[0])
		}
		path := "correlation.aliases." + a.name
		switch {
		case at < 0:
			return refuse(k.corr.lines.aliases, path, "%q is not one of the rules", f.rule)
		case k.fields[at][a.name] != "":
			return refuse(k.corr.lines.aliases, path, "%q is a rule that was given already", f.rule)
		}
		k.fields[at][a.name] = f.field
	}
	return nil
}

// sort brings those below before those above and refuses circles, and what
// stands above something refused.
func (l *linker) sort(k *link, above []*link) {
	switch k.state {
	case linkOpen:
		circle := above[slices.Index(above, k):]
		names := make([]string, 0, len(circle)+1)
		for _, o := range append(slices.Clone(circle), k) {
			names = append(names, o.corr.label())
		}
		for _, o := range circle {
			if o.state != linkRefused {
				l.refuse(o, refuse(o.corr.lines.rules, "correlation.rules", "refers to itself: %s", strings.Join(names, " → ")))
			}
		}
		return
	case linkDone, linkRefused:
		return
	}
	k.state = linkOpen
	for _, in := range k.inputs {
		if in.link != nil {
			l.sort(in.link, append(above, k))
		}
	}
	if k.state == linkRefused {
		return
	}
	for _, in := range k.inputs {
		if in.link != nil && in.link.state == linkRefused {
			l.refuse(k, refuse(k.corr.lines.rules, "correlation.rules", "refers to %q, which was refused", in.link.corr.label()))
			return
		}
	}
	for _, in := range k.inputs {
		if in.link != nil {
			k.lag = max(k.lag, in.link.lag+in.link.corr.delay())
		}
	}
	if k.lag > maxLag {
		l.refuse(k, refuse(k.corr.lines.rules, "correlation.rules", "looks back more than ten years, with all correlations below it"))
		return
	}
	k.state = linkDone
	l.sorted = append(l.sorted, k)
}

// connect tells every input where its values go.
func (k *link) connect(c *Correlator) {
	n := k.node
	for i, in := range k.inputs {
		f := feed{node: n, input: int32(i)}
		index := func(names []string) []int {
			out := make([]int, 0, len(names))
			for _, name := range names {
				if field, ok := k.fields[i][name]; ok {
					name = field
				}
				out = append(out, in.index(c, name))
			}
			return out
		}
		f.group, f.values, f.carry = index(n.corr.GroupBy), index(n.corr.condition.fields), index(n.carry)
		if in.rule != nil {
			w := c.watch(in.rule)
			w.feeds = append(w.feeds, f)
			w.generate = w.generate || n.corr.Generate
		} else {
			below := in.link.node
			below.feeds = append(below.feeds, f)
			below.generate = below.generate || n.corr.Generate
		}
	}
}

// index is where an input has the value of a field.
func (r referent) index(c *Correlator, field string) int {
	if r.rule != nil {
		w := c.watch(r.rule)
		if i := slices.Index(w.fields, field); i >= 0 {
			return i
		}
		w.fields = append(w.fields, field)
		return len(w.fields) - 1
	}
	below := r.link.node
	if i := slices.Index(below.corr.GroupBy, field); i >= 0 {
		return i
	}
	i := slices.Index(below.carry, field)
	if i < 0 {
		i = len(below.carry)
		below.carry = append(below.carry, field)
	}
	return len(below.corr.GroupBy) + i
}

func (c *Correlator) watch(r *Rule) *watched {
	w := c.rules[r]
	if w == nil {
		w = &watched{}
		c.rules[r] = w
	}
	return w
}

// fingerprint tells apart what a group's memory depends on: the correlation's
// text, what it refers to, and the fields carried for others. Those that are
// the same in all of that are numbered.
func (n *correlated) fingerprint(number int) [sha256.Size]byte {
	h := sha256.New()
	h.Write([]byte{byte(number), byte(number >> 8), byte(number >> 16)})
	h.Write(n.corr.digest[:])
	part := func(s string) {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	for _, m := range n.inputs {
		part(m.ID)
		part(m.Name)
		part(m.Title)
	}
	for _, field := range n.carry {
		part(field)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
