package sigma_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// plainCorrelation evaluates a correlation straight from its definition: it
// keeps everything, looks at every window anew with every call, and shares no
// code with the correlator.
type plainCorrelation struct {
	kind     string
	rules    []string
	span     int
	low      *int // inclusive bounds, as the condition says
	high     *int
	not      *int
	percent  int // 0 where the share is meant
	want     *plainWant
	lateness int

	now    int
	groups map[string]*plainGroup
	names  []string // of the groups, sorted
}

// plainWant is an expression over rules.
type plainWant struct {
	op   string // and, or, not, or empty for a rule
	kids []*plainWant
	rule string
}

type plainEvent struct {
	at    int
	ref   string
	rule  string
	value string
}

// plainGroup is all that was ever seen of a group, and the ends of what was
// found.
type plainGroup struct {
	events []plainEvent
	found  []int
	by     map[string][]int
	frames int
}

func (w *plainWant) String() string {
	switch w.op {
	case "":
		return w.rule
	case "not":
		return "not " + w.kids[0].String()
	}
	return "(" + w.kids[0].String() + " " + w.op + " " + w.kids[1].String() + ")"
}

// holds asks for the rules that must occur in one set, for those that must
// not in another.
func (w *plainWant) holds(occur, spared func(string) bool, negated bool) bool {
	switch w.op {
	case "not":
		return w.kids[0].holds(occur, spared, !negated)
	case "":
		if negated {
			return spared(w.rule)
		}
		return occur(w.rule)
	}
	a, b := w.kids[0].holds(occur, spared, negated), w.kids[1].holds(occur, spared, negated)
	if (w.op == "and") != negated {
		return a && b
	}
	return a || b
}

func (w *plainWant) negative() bool {
	return w.op == "not" || slices.ContainsFunc(w.kids, (*plainWant).negative)
}

// keeps reports whether a fraction keeps the bounds.
func (p *plainCorrelation) keeps(part, whole int64) bool {
	figure := big.NewRat(part, whole)
	compare := func(to *int) int { return figure.Cmp(big.NewRat(int64(*to), 1)) }
	return (p.low == nil || compare(p.low) >= 0) && (p.high == nil || compare(p.high) <= 0) && (p.not == nil || compare(p.not) != 0)
}

// framed is true for what is decided when a frame ends.
func (p *plainCorrelation) framed() bool {
	return p.kind == "value_avg" || p.kind == "value_percentile" && p.percent > 0 ||
		p.kind != "value_percentile" && (p.high != nil || p.not != nil)
}

// spares is true for what wants rules that do not occur.
func (p *plainCorrelation) spares() bool { return p.want != nil && p.want.negative() }

// see takes an event and returns what is found: group, value and last second.
func (p *plainCorrelation) see(group string, e plainEvent) []string {
	if e.at < p.now-p.lateness {
		return p.decide()
	}
	p.now = max(p.now, e.at)
	out := p.decide()
	g := p.groups[group]
	if g == nil {
		g = &plainGroup{by: map[string][]int{}}
		p.groups[group] = g
		p.names = append(p.names, group)
		slices.Sort(p.names)
	}
	if p.kind == "event_count" || strings.HasPrefix(p.kind, "value") {
		for _, o := range g.events {
			if o.at == e.at && o.ref == e.ref && (p.kind == "event_count" || o.value == e.value) {
				return out
			}
		}
	}
	g.events = append(g.events, e)
	slices.SortFunc(g.events, func(a, b plainEvent) int { return a.at - b.at })
	if p.framed() || p.spares() || p.kind == "value_sum" || p.kind == "value_percentile" {
		return out
	}
	return append(out, p.atOnce(group, g)...)
}

func (p *plainCorrelation) advance(now int) []string {
	p.now = max(p.now, now)
	return p.decide()
}

// near reports whether a time lies within a span of one found before.
func near(found []int, at, span int) bool {
	return slices.ContainsFunc(found, func(f int) bool { return f-span <= at && at <= f+span })
}

func (g *plainGroup) window(from, to int) []plainEvent {
	var out []plainEvent
	for _, e := range g.events {
		if from <= e.at && e.at <= to {
			out = append(out, e)
		}
	}
	return out
}

// atOnce looks at the windows that end at each event, the earliest first.
func (p *plainCorrelation) atOnce(group string, g *plainGroup) []string {
	for _, e := range g.events {
		if near(g.found, e.at, p.span) {
			continue
		}
		if value, ok := p.windowHolds(g.window(e.at-p.span, e.at), e.at); ok {
			g.found = append(g.found, e.at)
			return []string{fmt.Sprintf("%s %s %d", group, value, e.at)}
		}
	}
	return nil
}

func (p *plainCorrelation) windowHolds(events []plainEvent, end int) (string, bool) {
	values, rules := map[string]bool{}, map[string]bool{}
	for _, e := range events {
		values[e.value], rules[e.rule] = true, true
	}
	switch {
	case p.kind == "event_count":
		return fmt.Sprint(*p.low), len(events) >= *p.low
	case p.kind == "value_count":
		return fmt.Sprint(*p.low), len(values) >= *p.low
	case p.kind == "temporal" && p.want == nil:
		return fmt.Sprint(len(rules)), len(rules) >= *p.low
	case p.kind == "temporal":
		return fmt.Sprint(len(rules)), p.want.holds(func(r string) bool { return rules[r] }, nil, false)
	}
	value, ok := p.orderHolds(events, func(e plainEvent) bool { return e.at == end }, nil)
	return value, ok
}

// orderHolds tries every choice of rules of which none is needless, and looks
// for events in their order.
func (p *plainCorrelation) orderHolds(events []plainEvent, last func(plainEvent) bool, spared func(string) bool) (string, bool) {
	for choice := 1; choice < 1<<len(p.rules); choice++ {
		var chosen []string
		for i, rule := range p.rules {
			if choice>>i&1 == 1 {
				chosen = append(chosen, rule)
			}
		}
		enough := func(without string) bool {
			return p.want.holds(func(r string) bool { return r != without && slices.Contains(chosen, r) }, spared, false)
		}
		if enough("") && !slices.ContainsFunc(chosen, enough) && inOrder(events, chosen, last, -1) {
			return "", true
		}
	}
	return "", false
}

func inOrder(events []plainEvent, rules []string, last func(plainEvent) bool, after int) bool {
	if len(rules) == 0 {
		return true
	}
	return slices.ContainsFunc(events, func(e plainEvent) bool {
		return e.rule == rules[0] && e.at >= after && (len(rules) > 1 || last == nil || last(e)) && inOrder(events, rules[1:], last, e.at)
	})
}

// decide looks at all that the watermark has passed, from the beginning.
func (p *plainCorrelation) decide() []string {
	edge := p.now - p.lateness
	var out []string
	for _, name := range p.names {
		g := p.groups[name]
		switch {
		case p.spares():
			out = append(out, p.nots(name, g, edge)...)
		case p.framed():
			out = append(out, p.frames(name, g, edge)...)
		case p.kind == "value_sum":
			out = append(out, p.sums(name, g, edge)...)
		case p.kind == "value_percentile":
			out = append(out, p.shares(name, g, edge)...)
		}
	}
	return out
}

func (p *plainCorrelation) frames(name string, g *plainGroup, edge int) []string {
	var out []string
	closed := 0
	for i := 0; i < len(g.events) && g.events[i].at+p.span < edge; {
		frame := g.window(g.events[i].at, g.events[i].at+p.span)
		i += len(frame)
		if closed++; closed <= g.frames {
			continue
		}
		if value, ok := p.frameHolds(frame); ok {
			out = append(out, fmt.Sprintf("%s %s %d", name, value, frame[len(frame)-1].at))
		}
	}
	g.frames = max(g.frames, closed)
	return out
}

func (p *plainCorrelation) frameHolds(events []plainEvent) (string, bool) {
	values, rules, sum := map[string]bool{}, map[string]bool{}, int64(0)
	var numbers []int
	for _, e := range events {
		values[e.value], rules[e.rule] = true, true
		var number int
		fmt.Sscan(e.value, &number)
		numbers, sum = append(numbers, number), sum+int64(number)
	}
	count := func(n int) (string, bool) { return fmt.Sprint(n), p.keeps(int64(n), 1) }
	switch p.kind {
	case "event_count":
		return count(len(events))
	case "value_count":
		return count(len(values))
	case "value_sum":
		return fmt.Sprint(sum), p.keeps(sum, 1)
	case "value_avg":
		return "", p.keeps(sum, int64(len(events)))
	case "value_percentile":
		slices.Sort(numbers)
		for _, number := range numbers {
			below := 0
			for _, other := range numbers {
				if other <= number {
					below++
				}
			}
			if 100*below >= p.percent*len(numbers) {
				return count(number)
			}
		}
	}
	return count(len(rules))
}

func (p *plainCorrelation) sums(name string, g *plainGroup, edge int) []string {
	var out []string
	for i, e := range g.events {
		if e.at >= edge || i > 0 && g.events[i-1].at == e.at || near(g.found, e.at, p.span) || g.frames > e.at {
			continue
		}
		sum := int64(0)
		for _, o := range g.window(e.at-p.span, e.at) {
			var number int64
			fmt.Sscan(o.value, &number)
			sum += number
		}
		if p.keeps(sum, 1) {
			g.found = append(g.found, e.at)
			out = append(out, fmt.Sprintf("%s %d %d", name, sum, e.at))
		}
	}
	g.frames = max(g.frames, edge)
	return out
}

func (p *plainCorrelation) shares(name string, g *plainGroup, edge int) []string {
	var out []string
	for i, e := range g.events {
		if e.at >= edge || g.frames > e.at || near(g.by[e.value], e.at, p.span) {
			continue
		}
		window, same := g.window(e.at-p.span, e.at), int64(0)
		for _, o := range window {
			if o.value == e.value {
				same++
			}
		}
		if p.keeps(100*same, int64(len(window))) {
			g.by[e.value] = append(g.by[e.value], e.at)
			out = append(out, fmt.Sprintf("%s|%s  %d", name, g.events[i].value, e.at))
		}
	}
	g.frames = max(g.frames, edge)
	return out
}
