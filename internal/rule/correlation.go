package rule

import (
	"slices"

	"github.com/noroshi-soc/noroshi/sigma"
)

// Correlation is a Sigma correlation with what Noroshi knows of it beyond Sigma.
type Correlation struct {
	*sigma.Correlation
	TitleJA       string
	DescriptionJA string
	Source        string // the text of its file
}

// Correlation returns the correlation with this id; nil when the set has none.
func (s *Set) Correlation(id string) *Correlation {
	at := slices.IndexFunc(s.Correlations, func(c *sigma.Correlation) bool { return c.ID == id })
	if at < 0 {
		return nil
	}
	c := s.Correlations[at]
	data := s.files[c.File]
	out := &Correlation{Correlation: c, Source: string(data)}
	out.TitleJA, out.DescriptionJA = japanese(data, c.Document)
	return out
}

// Counting returns the correlations that are not switched off, as the engine takes them.
func (s *Set) Counting() []*sigma.Correlation {
	return slices.DeleteFunc(slices.Clone(s.Correlations), func(c *sigma.Correlation) bool {
		_, off := s.off[c.ID]
		return off
	})
}

// All returns the rules also where they are switched off.
func (s *Set) All() []*sigma.Rule {
	out := make([]*sigma.Rule, len(s.Rules))
	for i, r := range s.Rules {
		out[i] = r.Rule
	}
	return out
}
