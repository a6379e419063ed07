package sigma_test

import (
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/sigma"
)

// field is a value of an event with its slot, -1 if no rule asks for it.
type field struct {
	slot  int
	value sigma.Value
}

// decoded is an event that waits to be matched.
type decoded struct {
	route  *sigma.Route
	fields []field
}

func decodeAll(b *testing.B, e *sigma.Engine) []decoded {
	router := &router{engine: e, known: map[string]*sigma.Route{}}
	var out []decoded
	for _, ev := range windowsEvents(b) {
		d := decoded{route: router.route(ev)}
		for name, v := range ev {
			slot, ok := e.Slot(name)
			if !ok {
				slot = -1
			}
			d.fields = append(d.fields, field{slot, v})
		}
		out = append(out, d)
	}
	return out
}

// BenchmarkMatch measures decoded events: values are in memory before the
// clock runs, as plain texts, and nothing is remembered of an event from one
// round to the next.
func BenchmarkMatch(b *testing.B) {
	e := compile(b, loadZip(b, "rules/windows/").Rules)
	all := decodeAll(b, e)
	r := e.NewRecord()
	var out []sigma.Match
	matches, events := 0, 0
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		out = all[events%len(all)].match(e, r, out[:0])
		matches += len(out)
		events++
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(matches)/float64(events)*1000, "matches/1000")
}

// BenchmarkPlain measures the plain evaluator of the tests on some of the
// events, and tells how many times faster the engine is on the same ones.
func BenchmarkPlain(b *testing.B) {
	const every = 400
	rules := loadZip(b, "rules/windows/").Rules
	texts := zipTexts(b, sharedFile(b, "sigma", "sigma_all_rules.zip"))
	plain := map[*sigma.Rule]*plainRule{}
	for _, rule := range rules {
		plain[rule] = newPlainRule(b, texts[rule.File], nil)
	}
	e := compile(b, rules)
	all, events := decodeAll(b, e), windowsEvents(b)
	var some []decoded
	asked := map[int][]*plainRule{}
	for i := 0; i < len(events); i += every {
		some = append(some, all[i])
		fits := accepts(events[i])
		for _, rule := range rules {
			if fits(rule.LogSource) {
				asked[i] = append(asked[i], plain[rule])
			}
		}
	}
	b.ResetTimer()
	passes := 0
	for b.Loop() {
		for i := 0; i < len(events); i += every {
			for _, rule := range asked[i] {
				rule.matches(events[i])
			}
		}
		passes++
	}
	plainEach := b.Elapsed().Seconds() / float64(passes*len(some))
	b.StopTimer()
	const rounds = 500
	r := e.NewRecord()
	var out []sigma.Match
	begin := time.Now()
	for range rounds {
		for i := range some {
			out = some[i].match(e, r, out[:0])
		}
	}
	engineEach := time.Since(begin).Seconds() / float64(rounds*len(some))
	b.ReportMetric(1/plainEach, "events/s")
	b.ReportMetric(plainEach/engineEach, "engine-times-faster")
}

// match fills a record with the event and matches it.
func (d *decoded) match(e *sigma.Engine, r *sigma.Record, out []sigma.Match) []sigma.Match {
	r.Reset(d.route)
	for i := range d.fields {
		f := &d.fields[i]
		if number := r.Add(f.value); f.slot >= 0 {
			r.Name(f.slot, number)
		}
	}
	return e.Match(r, out)
}

// BenchmarkLoad measures reading and compiling every rule of a release.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		// Rules that wait for values are not compiled.
		if e, _ := sigma.Compile(loadZip(b, "").Rules); len(e.Fields()) == 0 {
			b.Fatal("nothing was compiled")
		}
	}
}
