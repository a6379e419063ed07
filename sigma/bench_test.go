package sigma_test

import (
	"testing"

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
		d := &all[events%len(all)]
		r.Reset(d.route)
		for i := range d.fields {
			f := &d.fields[i]
			if number := r.Add(f.value); f.slot >= 0 {
				r.Name(f.slot, number)
			}
		}
		out = e.Match(r, out[:0])
		matches += len(out)
		events++
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(matches)/float64(events)*1000, "matches/1000")
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
