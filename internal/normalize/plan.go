package normalize

import (
	"fmt"
	"slices"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// plan is what to derive from an event of one dataset and code.
type plan struct {
	targets  map[string][]target // own field's plain name → what it may fill
	uses     [][]target          // the same, the first of them empty
	byName   []uint16            // knownName → its place in uses; shorter where the last names say nothing
	set      []constant
	entities []entityRule
	gathers  int // own fields that entity rules read
}

// target is one use of an own field: for a column, or gathered for an entity.
type target struct {
	column  event.Column
	convert converter
	prefer  uint8 // 1 is the column's first choice
	gather  int   // index of the gathered value, -1 for a column
}

type constant struct {
	column event.Column
	text   string
}

// compile joins sections into a plan. A later section's choice of a column replaces an earlier one's; entities add up.
func compile(sections []section) (*plan, error) {
	p := &plan{targets: map[string][]target{}}
	choices, set := map[string]string{}, map[string]string{}
	for _, s := range sections {
		for column, text := range s.Set {
			set[column] = text
		}
		for column, choice := range s.Columns {
			choices[column] = choice
		}
		for _, rule := range s.Entities {
			if err := p.addEntity(rule); err != nil {
				return nil, err
			}
		}
	}
	for name, text := range set {
		column, ok := event.ColumnByName(name)
		if !ok {
			return nil, fmt.Errorf("set %s: no such column", name)
		}
		p.set = append(p.set, constant{column, text})
	}
	for name, choice := range choices {
		if err := p.addColumn(name, choice); err != nil {
			return nil, fmt.Errorf("column %s: %w", name, err)
		}
	}
	return p, nil
}

func (p *plan) addColumn(name, choice string) error {
	column, ok := event.ColumnByName(name)
	if !ok {
		return fmt.Errorf("no such column")
	}
	word, fields := "text", choice
	if head, inner, ok := strings.Cut(choice, "("); ok {
		word, fields = head, strings.TrimSuffix(inner, ")")
	}
	convert := converters[word]
	if convert == nil {
		return fmt.Errorf("no converter %q", word)
	}
	for i, field := range strings.Split(fields, ",") {
		if field = strings.TrimSpace(field); field == "" || i > 200 {
			return fmt.Errorf("%q: a field is missing, or there are too many", choice)
		}
		p.targets[field] = append(p.targets[field], target{column: column, convert: convert, prefer: uint8(i + 1), gather: -1})
	}
	return nil
}

// index lets the targets be found by the numbers of names.
func (p *plan) index(known map[string]knownName) {
	p.uses = make([][]target, 1, 1+len(p.targets))
	for name, targets := range p.targets {
		for n := int(known[name]); len(p.byName) <= n; {
			p.byName = append(p.byName, 0)
		}
		p.byName[known[name]] = uint16(len(p.uses)) //nolint:gosec // a table has hundreds
		p.uses = append(p.uses, targets)
	}
}

// addEntity reads "kind role column" or "kind role field(Name)".
func (p *plan) addEntity(text string) error {
	words := strings.SplitN(text, " ", 3)
	if len(words) != 3 {
		return fmt.Errorf("entity %q: want kind, role and column", text)
	}
	rule := entityRule{kind: event.EntityKind(words[0]), role: event.Role(words[1]), gather: -1}
	if rule.form = normalForms[rule.kind]; rule.form == nil {
		return fmt.Errorf("entity %q: no such kind", text)
	}
	if !slices.Contains([]event.Role{event.RoleSubject, event.RoleTarget, event.RoleSource, event.RoleDestination}, rule.role) {
		return fmt.Errorf("entity %q: no such role", text)
	}
	if field, ok := strings.CutPrefix(words[2], "field("); ok {
		rule.gather = p.gathers
		p.gathers++
		field = strings.TrimSuffix(field, ")")
		p.targets[field] = append(p.targets[field], target{gather: rule.gather})
	} else if rule.column, ok = event.ColumnByName(words[2]); !ok {
		return fmt.Errorf("entity %q: no such column", text)
	}
	p.entities = append(p.entities, rule)
	return nil
}

// derive fills columns and entities of an event from its own fields.
func (r *reader) derive(ev *event.Event) {
	p := r.n.tables.plan(ev)
	if p == nil {
		return
	}
	f := filler{plan: p, memory: &r.json.memory, ev: ev, gathered: r.room(p.gathers)}
	f.columns(r.marksOf(ev), strings.HasPrefix(ev.Dataset, windowsFamily))
	for _, c := range p.set {
		ev.Columns[c.column] = c.text
	}
	completeURL(ev)
	r.entities.fill(ev, p.entities, f.gathered)
}

// marksOf gives the marks of the event's fields.
func (r *reader) marksOf(ev *event.Event) []mark {
	if !r.marked {
		r.found = r.json.names.marks(r.found[:0], ev.Fields)
		r.marks, r.marked = r.found, true
	}
	return r.marks
}

// room gives n values that are nil.
func (r *reader) room(n int) []*event.Value {
	r.gathered = slices.Grow(r.gathered[:0], n)[:n]
	clear(r.gathered)
	return r.gathered
}

// filler fills the columns of one event.
type filler struct {
	*plan
	memory   *memory
	ev       *event.Event
	chosen   [len(event.Columns{})]uint8 // by column, which choice filled it; 0 for none
	gathered []*event.Value
}

// columns takes the fields in the order of event.EachOwn: under their own names, then, where a shipper may have wrapped them, under their plain names.
func (f *filler) columns(marks []mark, wrapped bool) {
	plain := false
	for i := range marks {
		m := &marks[i]
		plain = plain || m.plain != 0
		if int(m.known) < len(f.byName) && f.byName[m.known] != 0 {
			f.use(m.known, &f.ev.Fields[i].Value)
		}
	}
	if !plain || !wrapped {
		return
	}
	for place := range event.Places {
		for i := range marks {
			if m := &marks[i]; m.place == place && int(m.plain) < len(f.byName) {
				f.use(m.plain, &f.ev.Fields[i].Value)
			}
		}
	}
}

func (f *filler) use(name knownName, v *event.Value) {
	targets := f.uses[f.byName[name]]
	for i := range targets {
		to := &targets[i]
		if to.gather >= 0 {
			if f.gathered[to.gather] == nil {
				f.gathered[to.gather] = v
			}
			continue
		}
		if best := f.chosen[to.column]; best != 0 && best <= to.prefer || v.Kind == event.Null {
			continue
		}
		if text := to.convert(f.memory, scalar(*v)); text != "" {
			f.ev.Columns[to.column], f.chosen[to.column] = text, to.prefer
		}
	}
}

// completeURL puts the scheme and the host as sent, with its port, before a bare path, so that the whole address can be searched and matched.
func completeURL(ev *event.Event) {
	if !strings.HasPrefix(ev.Columns[event.URLFull], "/") {
		return
	}
	host := ""
	switch {
	case strings.HasPrefix(ev.Dataset, "zeek."):
		host = ev.Fields.Text("host")
	case strings.HasPrefix(ev.Dataset, "suricata."): // takes the port off the host
		host = ev.Fields.Text("http.hostname")
		if port := ev.Fields.Text("http.http_port"); host != "" && port != "" && port != "80" {
			host += ":" + port
		}
	}
	if host != "" {
		ev.Columns[event.URLFull] = "http://" + host + ev.Columns[event.URLFull]
	}
}
