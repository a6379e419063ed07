package sigma_test

import (
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

// BenchmarkMatch measures decoded events: records are filled before the clock
// runs, and nothing is remembered of an event from one round to the next.
func BenchmarkMatch(b *testing.B) {
	e := compile(b, loadZip(b, "rules/windows/").Rules)
	router := &router{engine: e, known: map[string][]int{}}
	var records []*sigma.Record
	for _, ev := range windowsEvents(b) {
		record := e.NewRecord()
		fill(e, record, ev)
		record.Sources = router.sources(ev)
		records = append(records, record)
	}
	// One record serves all events, as it does in use.
	work := e.NewRecord()
	var out []sigma.Match
	matches, events := 0, 0
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		from := records[events%len(records)]
		work.Slots, work.Texts, work.Sources = from.Slots, from.Texts, from.Sources
		out = e.Match(work, out[:0])
		matches += len(out)
		events++
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(matches)/float64(events)*1000, "matches/1000")
}

// BenchmarkLoad measures reading and compiling every rule of a release.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		compile(b, loadZip(b, "").Rules)
	}
}
