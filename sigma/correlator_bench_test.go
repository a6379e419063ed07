package sigma_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/sigma"
)

// benchSections are one correlation of each way to decide.
var benchSections = map[string]string{
	"event_count":      "type: event_count\nrules: [a]\ngroup-by: [G]\ntimespan: 10m\ncondition: {gte: 20}",
	"event_count_lt":   "type: event_count\nrules: [a]\ngroup-by: [G]\ntimespan: 10m\ncondition: {lt: 20}",
	"value_count":      "type: value_count\nrules: [a]\ngroup-by: [G]\ntimespan: 10m\ncondition: {gte: 20, field: V}",
	"value_sum":        "type: value_sum\nrules: [a]\ngroup-by: [G]\ntimespan: 10m\ncondition: {gte: 2000, field: V}",
	"temporal":         "type: temporal\nrules: [a, b, c]\ngroup-by: [G]\ntimespan: 10m",
	"temporal_ordered": "type: temporal_ordered\nrules: [a, b, c]\ngroup-by: [G]\ntimespan: 10m",
	"temporal_not":     "type: temporal\nrules: [a, b, c]\ngroup-by: [G]\ntimespan: 10m\ncondition: a and b and not c",
}

// streams are in what ways observations come.
var streams = map[string]func(r *rand.Rand, i int) (group, at int){
	"in order, 1000 groups":    func(r *rand.Rand, i int) (int, int) { return r.IntN(1000), i * 10 },
	"a tenth up to 5 m late":   func(r *rand.Rand, i int) (int, int) { return r.IntN(1000), i*10 - r.IntN(10)/9*r.IntN(300_000) },
	"one group, all at once":   func(*rand.Rand, int) (int, int) { return 0, 1000 },
	"one group, backwards":     func(_ *rand.Rand, i int) (int, int) { return 0, 600_000 - i%600_000 },
	"one group, shuffled":      func(r *rand.Rand, _ int) (int, int) { return 0, r.IntN(600_000) },
	"every group a new one":    func(_ *rand.Rand, i int) (int, int) { return i, i * 10 },
	"every group far ahead":    func(_ *rand.Rand, i int) (int, int) { return i, 1 << 50 },
	"every group, all at once": func(_ *rand.Rand, i int) (int, int) { return i, 1000 },
}

func BenchmarkCorrelator(b *testing.B) {
	for name, section := range benchSections {
		for stream, next := range streams {
			b.Run(name+"/"+stream, func(b *testing.B) {
				c := newBench(b, sigma.Limits{}, correlationText("x", section))
				c.Advance(time.UnixMilli(0))
				r := rand.New(rand.NewPCG(1, 1))
				rules := []*sigma.Rule{c.rules["a"], c.rules["b"], c.rules["c"]}
				observations := make([]sigma.Observation, 1<<16)
				for i := range observations {
					observations[i].Event = fmt.Sprint("event-", i)
				}
				values := make([]sigma.Value, 2)
				runtime.GC()
				b.ReportAllocs()
				b.ResetTimer()
				for i := range b.N {
					group, at := next(r, i)
					o := &observations[i&0xffff]
					o.Rule, o.Time = rules[i%len(rules)], time.UnixMilli(int64(at))
					if !c.Watches(o.Rule) {
						o.Rule = rules[0]
					}
					values[0] = sigma.Value{Kind: sigma.String, Text: fmt.Sprint("group-", group)}
					values[1] = sigma.Value{Kind: sigma.Number, Text: fmt.Sprint(i % 50)}
					o.Values = values
					c.Observe(*o)
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "observations/s")
			})
		}
	}
}

func BenchmarkCorrelatorSnapshot(b *testing.B) {
	c := newBench(b, sigma.Limits{}, correlationText("x", benchSections["temporal"]))
	c.Advance(time.UnixMilli(0))
	for i := range 100_000 {
		rule := c.rules[string("ab"[i%2])]
		c.Observe(sigma.Observation{Rule: rule, Time: time.UnixMilli(int64(i)), Event: fmt.Sprint("event-", i), Values: []sigma.Value{
			{Kind: sigma.String, Text: fmt.Sprint("group-", i%9973)},
		}})
	}
	b.ReportAllocs()
	for b.Loop() {
		data, err := c.Snapshot()
		if err == nil {
			err = c.Restore(data)
		}
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(data)))
	}
	b.ReportMetric(float64(c.Stats()[0].Held), "observations")
}
