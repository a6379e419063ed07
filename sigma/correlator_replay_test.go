package sigma_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/sigma"
)

// tower is a correlation of each type with others on top of them.
func tower(r *rand.Rand) []string {
	var texts []string
	for i, kind := range allKinds {
		text, _ := randomCorrelation(r, kind)
		texts = append(texts, strings.ReplaceAll(strings.ReplaceAll(text, " x\n", fmt.Sprintf(" low%d\n", i)), "-x\n", fmt.Sprintf("-low%d\n", i)))
	}
	return append(
		texts,
		correlationText("pair", "type: temporal\nrules: [low0, low1, a]\ngroup-by: [G]\ntimespan: 50s\ngenerate: true\ncondition: {gte: 2}"),
		correlationText("after", "type: temporal_ordered\nrules: [low4, low5]\ngroup-by: [G]\ntimespan: 90s"),
		correlationText("users", "type: value_count\nrules: [low2, low3]\ngroup-by: []\ntimespan: 60s\ncondition: {gte: 2, field: G}\ngenerate: true"),
		correlationText("top", "type: event_count\nrules: [pair, after, users]\ngroup-by: []\ntimespan: 100s\ncondition: {gte: 2}"),
	)
}

// After a restart at any place, all goes on as if there had been none.
func TestRestoreAnywhere(t *testing.T) {
	restored := 0
	for seed := range uint64(120) {
		r := rand.New(rand.NewPCG(seed, 2))
		limits := sigma.Limits{Lateness: 20 * time.Second, Groups: 1 + r.IntN(3), Observations: 8 + r.IntN(40), Bytes: 4000 + r.IntN(100_000)}
		texts := tower(r)
		b := tryBench(t, limits, texts...)
		if b == nil {
			continue
		}
		again := newBench(t, limits, texts...)
		for i := range 200 {
			if r.IntN(12) == 0 {
				restored++
				data, err := again.Snapshot()
				if err != nil {
					t.Fatal(err)
				}
				again = newBench(t, limits, texts...)
				if err := again.Restore(data); err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				if more, _ := again.Snapshot(); !bytes.Equal(data, more) {
					t.Fatalf("seed %d: a snapshot of what was restored differs", seed)
				}
			}
			p := &plainCorrelation{rules: strings.Split("abcd", ""), lateness: 20}
			group, e := randomEvent(r, p, i*2)
			if r.IntN(40) == 0 {
				e.at += 200_000
			}
			want, got := b.observe(group, e), again.observe(group, e)
			if r.IntN(30) == 0 {
				want, got = b.Advance(time.Unix(int64(i), 0)), again.Advance(time.Unix(int64(i), 0))
			}
			if !equalFindings(want, got) {
				t.Fatalf("seed %d, event %d:\n%+v\nafter a restart\n%+v\n%s", seed, i, want, got, strings.Join(texts, "---\n"))
			}
		}
		for i, s := range b.Stats() {
			o := again.Stats()[i]
			s.Correlation, o.Correlation = nil, nil
			if s != o {
				t.Fatalf("seed %d: %+v, after a restart %+v", seed, s, o)
			}
		}
		b.Advance(time.Unix(1<<32, 0))
		for _, s := range b.Stats() {
			if s.Groups != 0 || s.Held != 0 || s.Bytes != 0 {
				t.Fatalf("seed %d: held for ever: %+v", seed, s)
			}
		}
	}
	if restored < 500 {
		t.Errorf("only %d restarts", restored)
	}
}

// equalFindings compares what people see; the correlations themselves were
// read twice.
func equalFindings(a, b []sigma.Finding) bool {
	return slices.EqualFunc(a, b, func(a, b sigma.Finding) bool {
		same := a.Correlation.ID == b.Correlation.ID && len(a.Rules) == len(b.Rules)
		a.Correlation, b.Correlation, a.Rules, b.Rules = nil, nil, nil, nil
		return same && reflect.DeepEqual(a, b)
	})
}

// Whatever the order in which they arrive, if none is late the same
// correlations find the same groups.
func TestArrivalDoesNotMatter(t *testing.T) {
	for _, kind := range allKinds {
		t.Run(kind, func(t *testing.T) {
			found := 0
			for seed := range uint64(150) {
				r := rand.New(rand.NewPCG(seed, 3))
				text, p := randomCorrelation(r, kind)
				limits := sigma.Limits{Lateness: time.Duration(p.lateness) * time.Second}
				if tryBench(t, limits, text) == nil {
					continue
				}
				var groups []string
				var events []plainEvent
				for i := range 100 {
					group, e := randomEvent(r, p, i)
					e.at, e.ref = i/3, fmt.Sprint("e", i)
					groups, events = append(groups, group), append(events, e)
				}
				want := ""
				for turn := range 4 {
					b := newBench(t, limits, text)
					b.Advance(time.Unix(1, 0))
					got := map[string]bool{}
					for _, i := range arrival(r, events, p.lateness, turn > 0) {
						for _, f := range b.observe(groups[i], events[i]) {
							got[fmt.Sprint(f.Group)] = true
						}
					}
					for _, f := range b.Advance(time.Unix(1000, 0)) {
						got[fmt.Sprint(f.Group)] = true
					}
					found += len(got)
					switch {
					case b.Stats()[0].Late > 0:
						t.Fatal("the test itself came late")
					case turn == 0:
						want = fmt.Sprint(got)
					case fmt.Sprint(got) != want:
						t.Fatalf("seed %d: in order %s, else %v\n%s", seed, want, got, text)
					}
				}
			}
			if found < 150 {
				t.Errorf("only %d findings", found)
			}
		})
	}
}

// arrival is an order of events in which none comes too late.
func arrival(r *rand.Rand, events []plainEvent, lateness int, mixed bool) []int {
	order := make([]int, len(events))
	delay := make([]int, len(events))
	for i := range order {
		order[i] = i
		if mixed {
			delay[i] = r.IntN(lateness + 1)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return events[a].at + delay[a] - events[b].at - delay[b] })
	return order
}
