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

// randomNot is a correlation that wants rules that do not occur.
func randomNot(r *rand.Rand) (string, *plainCorrelation) {
	p := &plainCorrelation{kind: allKinds[2+r.IntN(2)], span: 1 + r.IntN(30), lateness: 1 + r.IntN(40), groups: map[string]*plainGroup{}}
	p.rules = strings.Split("abcd", "")[:2+r.IntN(3)]
	for p.want == nil || !p.want.negative() {
		p.want = randomWant(r, slices.Clone(p.rules), true)
	}
	return correlationText("x", fmt.Sprintf("type: %s\nrules: [%s]\ngroup-by: [G]\ntimespan: %ds\ncondition: %s",
		p.kind, strings.Join(p.rules, ", "), p.span, p.want)), p
}

// What must not occur is found missing just where the plain evaluator says so,
// in whatever order events arrive, with a restart now and then.
func TestNotAgainstPlainEvaluator(t *testing.T) {
	found := map[string]int{}
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 5))
		text, p := randomNot(r)
		limits := sigma.Limits{Lateness: time.Duration(p.lateness) * time.Second}
		b := newBench(t, limits, text)
		b.Advance(time.Unix(1, 0))
		p.advance(1)
		sparse := 1 + r.IntN(8)
		for i := range 120 {
			e := plainEvent{at: max(1, i*sparse/2), rule: p.rules[r.IntN(len(p.rules))], ref: fmt.Sprint("e", i)}
			if r.IntN(3) == 0 {
				e.at = max(1, e.at-r.IntN(p.lateness+5))
			}
			if r.IntN(2) == 0 {
				e.rule = "a"
			}
			want, got := p.see("g", e), briefs(p, b.observe("g", e))
			if r.IntN(5) == 0 {
				now := max(1, i*sparse/2+r.IntN(5))
				want = append(want, p.advance(now)...)
				got = append(got, briefs(p, b.Advance(time.Unix(int64(now), 0)))...)
			}
			slices.Sort(want)
			slices.Sort(got)
			found[p.kind] += len(want)
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, event %d %v: got %q, want %q\n%s\n%+v", seed, i, e, got, want, text, b.Stats())
			}
			if r.IntN(20) == 0 {
				b = restarted(t, b, limits, text)
			}
		}
	}
	if found["temporal"] < 500 || found["temporal_ordered"] < 200 {
		t.Errorf("only %v findings", found)
	}
}

func restarted(t *testing.T, b *bench, limits sigma.Limits, text string) *bench {
	t.Helper()
	data, err := b.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	again := newBench(t, limits, text)
	if err := again.Restore(data); err != nil {
		t.Fatal(err)
	}
	return again
}

// In any order of arrival that is in time, the same findings are told.
func TestNotMindsNoArrival(t *testing.T) {
	found := 0
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 6))
		text, p := randomNot(r)
		var events []plainEvent
		for i := range 80 {
			events = append(events, plainEvent{at: i, rule: p.rules[r.IntN(len(p.rules))], ref: fmt.Sprint("e", i)})
		}
		want := ""
		for turn := range 4 {
			b := newBench(t, sigma.Limits{Lateness: time.Duration(p.lateness) * time.Second}, text)
			b.Advance(time.Unix(1, 0))
			var all []string
			for _, i := range arrival(r, events, p.lateness, turn > 0) {
				for _, f := range b.observe("g", events[i]) {
					all = append(all, f.ID+fmt.Sprint(f.Events))
				}
			}
			for _, f := range b.Advance(time.Unix(1000, 0)) {
				all = append(all, f.ID+fmt.Sprint(f.Events))
			}
			if found += len(all); turn == 0 {
				want = fmt.Sprint(all)
			} else if got := fmt.Sprint(all); got != want {
				t.Fatalf("seed %d: in order %s, else %s\n%s", seed, want, got, text)
			}
		}
	}
	if found < 300 {
		t.Errorf("only %d findings", found)
	}
}

// Noise of a rule that must occur blinds nothing, and noise of one that must
// not is remembered, in little room.
func TestNoiseBlindsNoNot(t *testing.T) {
	text := correlationText("x", "type: temporal\nrules: [a, b, c]\ngroup-by: []\ntimespan: 60s\ncondition: a and b and not c")
	for stream, want := range map[string]int{"b 9040": 1, "b 9040|c 9062": 1, "c 9020|b 9040": 0, "c 8979|b 9040": 1} {
		b := newBench(t, sigma.Limits{Observations: 100}, text)
		found := 0
		for i := range 1800 {
			found += len(b.see(t, fmt.Sprintf("a %d.5 @%d", 5+i*5, i)))
			if s := b.Stats()[0]; s.Held > 210 {
				t.Fatalf("%+v", s)
			}
		}
		for _, line := range strings.Split(stream, "|") {
			found += len(b.see(t, line))
		}
		if found += len(b.see(t, "now 20000")); found != want {
			t.Errorf("%s: %d found", stream, found)
		}
	}
	b := newBench(t, sigma.Limits{Observations: 100}, text)
	for i := range 5000 {
		b.see(t, fmt.Sprintf("c %d.5 @%d", i/10, i))
		if s := b.Stats()[0]; s.Held > 110 || s.Dropped > 0 {
			t.Fatalf("%+v", s)
		}
	}
	b.see(t, "a 100")
	b.see(t, "b 101")
	if found := b.see(t, "now 20000"); len(found) != 0 {
		t.Errorf("%q", told(found))
	}
}
