package sigma

import "time"

// CorrelationType says what a correlation looks for.
type CorrelationType string

// The correlation types of the Sigma specification.
const (
	EventCount      CorrelationType = "event_count"
	ValueCount      CorrelationType = "value_count"
	Temporal        CorrelationType = "temporal"
	TemporalOrdered CorrelationType = "temporal_ordered"
	ValueSum        CorrelationType = "value_sum"
	ValueAvg        CorrelationType = "value_avg"
	ValuePercentile CorrelationType = "value_percentile"
)

// Correlation is a Sigma correlation rule that was read and understood in
// full. Correlations come from Parse and Load only and must not be changed
// afterwards. What they refer to is looked up by NewCorrelator.
type Correlation struct {
	Meta
	Type CorrelationType

	// Rules are the ids or names of the rules and correlations it refers to.
	Rules []string

	// GroupBy are the fields, or aliases, that keep occurrences apart. It may
	// be empty: then all of them are one group.
	GroupBy []string

	// Timespan is the longest time from the first to the last event.
	Timespan time.Duration

	// Generate is true where the rules referred to shall also tell on their own.
	Generate bool

	aliases   []alias
	condition condition
	lines     correlationLines
}

// correlationLines is where the parts stand, for faults found when linking.
type correlationLines struct{ rules, groupBy, aliases, condition int }

// alias is a name for fields that are called differently by different rules.
type alias struct {
	name   string
	fields []aliasField
}

type aliasField struct{ rule, field string }

// condition is when a correlation matches: the bounds of a figure, or for
// temporal types an expression over the rules.
type condition struct {
	bounds
	fields     []string // of the values to count or add up
	percentile *decimal // nil where the share of a value is meant
	rules      *ruleExpr
}

// counts is true where the figure is a number of things.
func (t CorrelationType) counts() bool {
	return t == EventCount || t == ValueCount || t.temporal()
}

func (t CorrelationType) temporal() bool { return t == Temporal || t == TemporalOrdered }

func (t CorrelationType) values() bool { return t != EventCount && !t.temporal() }
