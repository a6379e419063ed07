package api

// Kinds of a rule.
const (
	KindRule        = "rule"        // looks at one event
	KindCorrelation = "correlation" // counts what rules find
)

// RuleRef names another rule.
type RuleRef struct {
	ID      string `json:"id" doc:"Empty for one that is not loaded"`
	Title   string `json:"title"`
	TitleJA string `json:"title_ja"`
}

// Correlation is what a correlation counts, and how.
type Correlation struct {
	Type     string    `json:"type" enum:"event_count,value_count,temporal,temporal_ordered,value_sum,value_avg,value_percentile"`
	Rules    []RuleRef `json:"rules" doc:"Whose findings it counts"`
	GroupBy  []string  `json:"group_by" doc:"Fields that keep occurrences apart"`
	Timespan int       `json:"timespan_seconds"`
	Generate bool      `json:"generate" doc:"The rules that it counts tell on their own, too"`
}
