package sigma_test

import (
	"fmt"
	"slices"
)

// plainWay is rules that occur and rules that do not.
type plainWay struct{ occur, spared []string }

// plainWays tries every choice of rules, and keeps those that are enough and
// of which none is needless.
func (p *plainCorrelation) plainWays() []plainWay {
	var out []plainWay
	var choose func(rest []string, w plainWay)
	enough := func(w plainWay, without string) bool {
		in := func(list []string) func(string) bool {
			return func(r string) bool { return r != without && slices.Contains(list, r) }
		}
		return p.want.holds(in(w.occur), in(w.spared), false)
	}
	choose = func(rest []string, w plainWay) {
		if len(rest) > 0 {
			choose(rest[1:], w)
			choose(rest[1:], plainWay{append(slices.Clone(w.occur), rest[0]), w.spared})
			choose(rest[1:], plainWay{w.occur, append(slices.Clone(w.spared), rest[0])})
			return
		}
		if !enough(w, "") {
			return
		}
		for _, r := range slices.Concat(w.occur, w.spared) {
			if enough(w, r) {
				return
			}
		}
		out = append(out, w)
	}
	choose(p.rules, plainWay{})
	return out
}

// chosen reports whether there are events of these rules of which the first
// and the last lie at these times, in order if that is wanted.
func (p *plainCorrelation) chosen(events []plainEvent, rules []string, first, last int) bool {
	var pick func(i, least, most, before int) bool
	pick = func(i, least, most, before int) bool {
		if i == len(rules) {
			return least == first && most == last
		}
		return slices.ContainsFunc(events, func(e plainEvent) bool {
			return e.rule == rules[i] && e.at >= first && e.at <= last && (p.kind == "temporal" || e.at >= before) &&
				pick(i+1, min(least, e.at), max(most, e.at), e.at)
		})
	}
	return pick(0, 1<<60, -1, 0)
}

// nots looks at each pair of a first and a last event, once all is known that
// any window with both can hold.
func (p *plainCorrelation) nots(name string, g *plainGroup, edge int) []string {
	var out []string
	ways := p.plainWays()
	for _, f := range g.events {
		if f.at < g.frames || f.at+p.span >= edge {
			continue
		}
		g.frames = f.at + 1
		for _, l := range g.window(f.at, f.at+p.span) {
			if near(g.found, l.at, p.span) {
				continue
			}
			fewest := 0
			for _, w := range ways {
				spared := !slices.ContainsFunc(g.window(l.at-p.span, f.at+p.span), func(e plainEvent) bool { return slices.Contains(w.spared, e.rule) })
				if spared && (fewest == 0 || len(w.occur) < fewest) && p.chosen(g.window(f.at, l.at), w.occur, f.at, l.at) {
					fewest = len(w.occur)
				}
			}
			if fewest == 0 {
				continue
			}
			g.found = append(g.found, l.at)
			value := fmt.Sprint(fewest)
			if p.kind == "temporal_ordered" {
				value = ""
			}
			out = append(out, fmt.Sprintf("%s %s %d", name, value, l.at))
		}
	}
	return out
}
