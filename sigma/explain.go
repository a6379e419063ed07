package sigma

import "strconv"

// Explanation says, part by part, why a rule holds on an event or does not.
type Explanation struct {
	Rule    *Rule
	Matched bool
	Root    Part
}

// Part is one part of a rule, whether it held, and on what.
type Part struct {
	Kind PartKind
	// Text is the part as the rule's author wrote it: a condition, the name
	// of a search identifier, a field with its modifiers, a value.
	Text string
	Line int    // in File, 0 if none can be named
	File string // the rule's; a filter's from where one was applied
	// Held tells whether the part itself holds; what stands around it, such
	// as a PartNot, may still want the contrary.
	Held bool
	// Event is what the event has in the field of a PartField, of Kind
	// Absent for none and for keywords. Of a PartValue that held it is the
	// text that satisfied it, where a text did.
	Event Value
	// Parts are what the part is made of. They are empty for a search
	// identifier that was told before in the same explanation.
	Parts []Part
}

// PartKind says what a Part of an explanation is.
type PartKind uint8

// The kinds of parts. PartSearch and PartCondition hold if all of their parts
// do, a PartNot if its one part does not. A PartField holds if one of its
// values does, or all with the modifier all, or none with neq.
const (
	PartAll       PartKind = iota // all of its parts must hold
	PartAny                       // one of them
	PartAtLeast                   // as many as the text says
	PartNot                       // not the one
	PartCondition                 // one condition of the rule
	PartSearch                    // a search identifier
	PartField                     // a field, or keywords
	PartValue                     // one value of a field or one keyword
)

var partKinds = [...]string{"all", "any", "at least", "not", "condition", "search", "field", "value"}

// String names the kind, such as "search".
func (k PartKind) String() string {
	if int(k) < len(partKinds) {
		return partKinds[k]
	}
	return "part " + strconv.Itoa(int(k))
}

// MarshalText gives the kind's name, so that JSON shows "search".
func (k PartKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Explain takes the rule apart and tests every part of it on the record, with
// the same tests that Match makes. The rule must be one of the engine's, and
// the record filled for it: where the record's route leaves the rule out, the
// answer tells what would have been. It is nil for a rule that Match could
// not evaluate either. It is made for people: it costs as much as a small
// Compile.
func (e *Engine) Explain(rule *Rule, r *Record) *Explanation {
	if rule == nil || rule.condition == nil {
		return nil
	}
	x := &explainer{rules: map[any]*Rule{}, matches: map[*Rule]Match{}, told: map[*expr]bool{}}
	x.ask(rule.condition)
	x.evaluate(e, r)
	x.file = rule.File
	return &Explanation{Rule: rule, Matched: x.held(rule.condition), Root: x.part(rule.condition)}
}

// explainer makes a rule of every part of a rule, by expr or by value, so that
// an engine answers about each.
type explainer struct {
	asked   []*Rule
	rules   map[any]*Rule
	matches map[*Rule]Match
	told    map[*expr]bool
	file    string  // that the current part stands in
	record  *Record // holds what the event has
	engine  *Engine
}

func (x *explainer) ask(e *expr) {
	if x.rules[e] != nil {
		return
	}
	x.add(e, e)
	for _, kid := range e.kids {
		x.ask(kid)
	}
	if e.op != opItem {
		return
	}
	for i := range e.item.values {
		// neq is about all values together; each alone says what it finds.
		alone := *e.item
		alone.values, alone.neq, alone.all = e.item.values[i:i+1], false, false
		x.add(&e.item.values[i], &expr{op: opItem, item: &alone})
	}
}

func (x *explainer) add(key any, e *expr) {
	x.rules[key] = &Rule{condition: e}
	x.asked = append(x.asked, x.rules[key])
}

// evaluate puts the same event before an engine of the parts.
func (x *explainer) evaluate(e *Engine, r *Record) {
	x.engine, _ = Compile(x.asked)
	x.record = x.engine.NewRecord()
	x.record.Reset(x.engine.Route(func(LogSource) bool { return true }))
	for i := range r.fields {
		x.record.Add(r.fields[i].value)
	}
	for slot, field := range x.engine.Fields() {
		if from, ok := e.Slot(field); ok && r.names[from] != 0 {
			x.record.Name(slot, int(r.names[from])-1)
		}
	}
	for _, m := range x.engine.Match(x.record, nil) {
		x.matches[m.Rule] = m
	}
}

func (x *explainer) held(key any) bool {
	_, ok := x.matches[x.rules[key]]
	return ok
}

func (x *explainer) part(e *expr) Part {
	if e.at.file != "" {
		defer func(before string) { x.file = before }(x.file)
		x.file = e.at.file
	}
	if e.at.name == "" {
		return x.unnamed(e)
	}
	p := Part{Kind: PartSearch, Text: e.at.name, File: x.file, Line: e.at.line, Held: x.held(e)}
	if x.told[e] {
		return p
	}
	x.told[e] = true
	inner := x.unnamed(e)
	p.Parts = []Part{inner}
	if inner.Kind == PartAll {
		p.Parts = inner.Parts
	}
	return p
}

// unnamed tells of an expression by what it does.
func (x *explainer) unnamed(e *expr) Part {
	if e.op == opItem {
		return x.field(e)
	}
	p := Part{Text: e.at.text, File: x.file, Line: e.at.line, Held: x.held(e)}
	switch {
	case e.op == opNot:
		p.Kind = PartNot
	case e.op == opOr:
		p.Kind = PartAny
	case e.op == opAtLeast:
		p.Kind = PartAtLeast
	case e.at.text != "" && e.at.line > 0:
		p.Kind = PartCondition
	}
	if e.at.name != "" {
		p.Line = 0
	}
	for _, kid := range e.kids {
		p.Parts = append(p.Parts, x.part(kid))
	}
	if p.Kind == PartCondition && p.Parts[0].Kind == PartAll && p.Parts[0].Text == "" {
		p.Parts = p.Parts[0].Parts // a condition's parts must all hold anyway
	}
	return p
}

func (x *explainer) field(e *expr) Part {
	it := e.item
	p := Part{Kind: PartField, Text: it.key(), File: x.file, Line: it.line, Held: x.held(e)}
	if slot, ok := x.engine.Slot(it.field); ok && it.field != "" {
		if number := x.record.names[slot]; number != 0 {
			p.Event = x.record.fields[number-1].value.clone()
		}
	}
	for i := range it.values {
		v := &it.values[i]
		part := Part{Kind: PartValue, Text: v.source, File: x.file, Line: v.line, Held: x.held(v)}
		if hits := x.matches[x.rules[v]].Fields; part.Held && len(hits) > 0 && hits[0].Value != "" {
			part.Event = Value{Kind: String, Text: hits[0].Value}
		}
		p.Parts = append(p.Parts, part)
	}
	return p
}
