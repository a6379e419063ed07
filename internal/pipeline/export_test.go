package pipeline

import (
	"time"

	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/sigma"
)

// MatchBy replaces the evaluation of events, before Run.
func (p *Pipeline) MatchBy(match func(*detect.Engine, *event.Event) (detect.Found, error)) {
	p.match = match
}

// SnapshotEvery says after how many events the memory of the stages is kept, before Run.
func (p *Pipeline) SnapshotEvery(events int) { p.snapshotEvery = events }

// FailOn brings the correlators down at a match of this rule as long as a correlation counts it, as a fault of ours would; before Run.
func (p *Pipeline) FailOn(rule string) {
	p.correlator = func(e *detect.Engine) correlator { return failing{e.NewCorrelator(), rule} }
}

type failing struct {
	*sigma.Correlator
	rule string
}

// Observe fails.
func (f failing) Observe(o sigma.Observation) []sigma.Finding {
	if o.Rule.ID == f.rule && f.Watches(o.Rule) {
		panic("index out of range")
	}
	return f.Correlator.Observe(o)
}

// Advance counts on.
func (f failing) Advance(t time.Time) []sigma.Finding { return f.Correlator.Advance(t) }
