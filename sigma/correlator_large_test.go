package sigma_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/sigma"
)

// effort is how long so many observations take, the shortest of three runs.
func effort(t *testing.T, section string, count int, at func(i int) int64) time.Duration {
	t.Helper()
	shortest := time.Hour
	for range 3 {
		b := newBench(t, sigma.Limits{}, correlationText("x", section))
		begin := time.Now()
		for i := range count {
			text := fmt.Sprint(i)
			b.Observe(sigma.Observation{Rule: b.rules["a"], Time: time.Unix(0, at(i)), Event: text, Values: []sigma.Value{{Kind: sigma.String, Text: text}}})
		}
		shortest = min(shortest, time.Since(begin))
	}
	return shortest
}

// A threshold that is high makes no single observation dear.
func TestLargeThresholdsCostNoMore(t *testing.T) {
	inOrder := func(i int) int64 { return int64(i) * 1e6 }
	for section, at := range map[string]func(int) int64{
		"type: value_count\nrules: [a]\ngroup-by: []\ntimespan: 1d\ncondition: {field: F, gte: 100000}": inOrder,
		"type: value_count\nrules: [a]\ngroup-by: []\ntimespan: 1d\ncondition: {field: F, gte: 500}":    inOrder, // and quiet then
		"type: event_count\nrules: [a]\ngroup-by: []\ntimespan: 1d\ncondition: {gte: 100000}":           func(int) int64 { return 1 },
	} {
		few, many := effort(t, section, 3000, at), effort(t, section, 24_000, at)
		if many > 30*few {
			t.Errorf("%s: %v for 3,000 observations, %v for 24,000", section, few, many)
		}
	}
}

// However many values there are, and however they come, the windows that hold
// enough are found.
func TestManyValuesAreCountedRight(t *testing.T) {
	found := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 4))
		least, lateness := 2+r.IntN(25), 1+r.IntN(40)
		p := &plainCorrelation{kind: "value_count", rules: []string{"a"}, span: 1 + r.IntN(40), low: &least, lateness: lateness, groups: map[string]*plainGroup{}}
		b := newBench(t, sigma.Limits{Lateness: time.Duration(lateness) * time.Second}, correlationText("x",
			fmt.Sprintf("type: value_count\nrules: [a]\ngroup-by: [G]\ntimespan: %ds\ncondition: {field: V, gte: %d}", p.span, least)))
		b.Advance(time.Unix(1, 0))
		p.advance(1)
		now, late := 1, r.IntN(10)
		for i := range 250 {
			if r.IntN(3) == 0 {
				now += r.IntN(4)
			}
			e := plainEvent{at: now, rule: "a", ref: fmt.Sprint("e", i), value: fmt.Sprint(r.IntN(3 * least))}
			if r.IntN(10) < late {
				e.at = max(1, now-r.IntN(lateness+3))
			}
			want := p.see("g", e)
			if got := briefs(p, b.observe("g", e)); !slices.Equal(got, want) {
				t.Fatalf("seed %d, event %d %v: got %q, want %q; %d in %d", seed, i, e, got, want, least, p.span)
			}
			found += len(want)
		}
	}
	if found < 300 {
		t.Errorf("only %d findings", found)
	}
}
