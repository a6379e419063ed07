package sigma_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/sigma"
)

// allKinds are the correlation types.
var allKinds = []string{
	"event_count", "value_count", "temporal", "temporal_ordered",
	"value_sum", "value_avg", "value_percentile",
}

// randomCorrelation makes a correlation of a type and its plain evaluator.
func randomCorrelation(r *rand.Rand, kind string) (string, *plainCorrelation) {
	p := &plainCorrelation{kind: kind, span: 1 + r.IntN(40), lateness: 1 + r.IntN(60), groups: map[string]*plainGroup{}}
	p.rules = strings.Split("abcd", "")[:1+r.IntN(4)]
	condition := ""
	switch {
	case strings.HasPrefix(kind, "temporal") && r.IntN(2) == 0:
		p.want = randomWant(r, slices.Clone(p.rules), r.IntN(3) == 0)
		condition = "condition: " + p.want.String()
	case kind == "temporal" && r.IntN(2) == 0:
		condition = p.randomBounds(r, len(p.rules))
	case strings.HasPrefix(kind, "temporal"):
		all := len(p.rules)
		p.low = &all
		p.want = &plainWant{rule: p.rules[0]}
		for _, rule := range p.rules[1:] {
			p.want = &plainWant{op: "and", kids: []*plainWant{p.want, {rule: rule}}}
		}
	case kind == "value_percentile" && r.IntN(2) == 0:
		p.percent = 1 + r.IntN(100)
		condition = p.randomBounds(r, 9) + fmt.Sprintf("\n  field: V\n  percentile: %d", p.percent)
	case kind == "value_percentile":
		condition = p.randomBounds(r, 100) + "\n  field: V"
	case kind == "event_count":
		condition = p.randomBounds(r, 6)
	case kind == "value_sum":
		condition = p.randomBounds(r, 25) + "\n  field: V"
	default:
		condition = p.randomBounds(r, 5) + "\n  field: V"
	}
	return correlationText("x", fmt.Sprintf("type: %s\nrules: [%s]\ngroup-by: [G]\ntimespan: %ds\n%s",
		kind, strings.Join(p.rules, ", "), p.span, condition)), p
}

func (p *plainCorrelation) randomBounds(r *rand.Rand, top int) string {
	n := 1 + r.IntN(top)
	more := n + r.IntN(3)
	less, above := n-1, n+1
	choices := []func() string{
		func() string { p.low = &n; return fmt.Sprintf("gte: %d", n) },
		func() string { p.low = &n; return fmt.Sprintf("gt: %d", less) },
		func() string { p.high = &n; return fmt.Sprintf("lte: %d", n) },
		func() string { p.high = &n; return fmt.Sprintf("lt: %d", above) },
		func() string { p.low, p.high = &n, &n; return fmt.Sprintf("eq: %d", n) },
		func() string { p.not = &n; return fmt.Sprintf("neq: %d", n) },
		func() string { p.low, p.high = &n, &more; return fmt.Sprintf("gte: %d\n  lte: %d", n, more) },
	}
	pick := r.IntN(len(choices))
	if strings.HasPrefix(p.kind, "value") && p.kind != "value_count" && (pick == 1 || pick == 3) {
		pick = 0 // between whole numbers there are others
	}
	return "condition:\n  " + choices[pick]()
}

// randomWant makes an expression that speaks of every rule.
func randomWant(r *rand.Rand, rules []string, negative bool) *plainWant {
	if len(rules) == 1 {
		return &plainWant{rule: rules[0]}
	}
	cut := 1 + r.IntN(len(rules)-1)
	w := &plainWant{op: []string{"and", "and", "or"}[r.IntN(3)], kids: []*plainWant{
		randomWant(r, rules[:cut], negative), randomWant(r, rules[cut:], negative),
	}}
	if negative && w.op == "and" && r.IntN(2) == 0 {
		w.kids[1] = &plainWant{op: "not", kids: []*plainWant{w.kids[1]}}
	}
	return w
}

// randomEvent is an event a bit before or after the time that has come.
func randomEvent(r *rand.Rand, p *plainCorrelation, i int) (group string, e plainEvent) {
	back := 0
	if r.IntN(3) == 0 {
		back = r.IntN(p.lateness + 10)
	}
	if p.span%2 == 0 {
		i *= 1 + r.IntN(2) // sparser, and more of it late
	}
	e = plainEvent{
		at: max(1, i/3-back), rule: p.rules[r.IntN(len(p.rules))], ref: fmt.Sprint("e", i),
		value: fmt.Sprint(r.IntN(8) - 1),
	}
	if r.IntN(10) == 0 {
		e.ref = fmt.Sprint("e", i-1)
	}
	return "g" + fmt.Sprint(r.IntN(2)), e
}

func (b *bench) observe(group string, e plainEvent) []sigma.Finding {
	o := sigma.Observation{Rule: b.rules[e.rule], Time: time.Unix(int64(e.at), 0), Event: e.ref}
	for _, field := range b.Fields(o.Rule) {
		v := sigma.Value{Kind: sigma.String, Text: group}
		if field == "V" {
			v = sigma.Value{Kind: sigma.Number, Text: e.value}
		}
		o.Values = append(o.Values, v)
	}
	return b.Observe(o)
}

// brief writes a finding as the plain evaluator does.
func brief(p *plainCorrelation, f sigma.Finding) string {
	group, value := f.Group[0].Value, f.Value
	switch {
	case len(f.Group) > 1:
		group, value = group+"|"+f.Group[1].Value, ""
	case p.kind == "temporal_ordered" || p.kind == "value_avg":
		value = ""
	}
	return fmt.Sprintf("%s %s %d", group, value, f.Last.Unix())
}

func briefs(p *plainCorrelation, findings []sigma.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, brief(p, f))
	}
	slices.Sort(out)
	return out
}

const randomStreams = 700

// Every type, on random conditions and streams, finds with every single
// observation exactly what the plain evaluator finds.
func TestCorrelatorAgainstPlainEvaluator(t *testing.T) {
	for _, kind := range allKinds {
		t.Run(kind, func(t *testing.T) {
			found := 0
			for seed := range uint64(randomStreams) {
				r := rand.New(rand.NewPCG(seed, 1))
				text, p := randomCorrelation(r, kind)
				b := tryBench(t, sigma.Limits{Lateness: time.Duration(p.lateness) * time.Second}, text)
				if b == nil {
					continue
				}
				b.Advance(time.Unix(1, 0))
				p.advance(1)
				for i := range 60 + r.IntN(120) {
					group, e := randomEvent(r, p, i)
					want := p.see(group, e)
					slices.Sort(want)
					got := briefs(p, b.observe(group, e))
					found += len(want)
					if !slices.Equal(got, want) {
						t.Fatalf("seed %d, event %d %v %s: got %q, want %q\n%s\n%+v", seed, i, e, group, got, want, text, b.Stats())
					}
				}
			}
			if found < randomStreams/2 {
				t.Errorf("only %d findings", found)
			}
		})
	}
}
