package pipeline

import (
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/event"
)

// MatchBy replaces the evaluation of events, before Run.
func (p *Pipeline) MatchBy(match func(*detect.Engine, *event.Event) (detect.Found, error)) { p.match = match }
