package sigma

import (
	"math"
	"time"
)

// Limits bound what a Correlator keeps. A zero field stands for its default.
type Limits struct {
	// Lateness is how far an observation may lie behind the stream's time and
	// still count; 10 minutes by default.
	Lateness time.Duration

	// Ahead is how far an observation may lie before the stream's time and
	// still move it; 24 hours by default.
	Ahead time.Duration

	// Groups is the most groups of one correlation, 10,000 by default. The one
	// whose time runs out first makes room.
	Groups int

	// Observations is the most observations of one group, 10,000 by default,
	// and more for a condition that needs more.
	Observations int

	// Events is the most events that a finding names, 100 by default.
	Events int

	// Bytes is about the most memory of all groups, 256 MiB by default.
	Bytes int
}

func (l Limits) withDefaults() Limits {
	set := func(to *int, or int) {
		if *to <= 0 {
			*to = or
		}
	}
	if l.Lateness <= 0 {
		l.Lateness = 10 * time.Minute
	}
	if l.Ahead <= 0 {
		l.Ahead = 24 * time.Hour
	}
	l.Lateness, l.Ahead = min(l.Lateness, maxTimespan), min(l.Ahead, maxTimespan)
	set(&l.Groups, 10_000)
	set(&l.Observations, 10_000)
	set(&l.Events, 100)
	set(&l.Bytes, 256<<20)
	return l
}

// Observation is one match of a rule: what correlations count.
type Observation struct {
	Rule *Rule
	Time time.Time // of the event

	// Event is a reference to the event. Two observations with the same one
	// are of the same event; empty means that nothing is known of that.
	Event string

	// Values are the event's values of Correlator.Fields, in that order.
	Values []Value
}

// GroupValue is what the events of a finding have in common.
type GroupValue struct{ Field, Value string }

// Finding is a correlation that matched.
type Finding struct {
	// ID is the same whenever the same correlation finds the same first event
	// in the same group, on any machine.
	ID          string
	Correlation *Correlation
	Group       []GroupValue

	// First and Last are the times of the first and last event.
	First, Last time.Time

	// Value is the figure that the condition looked at, as a decimal number: a
	// count, sum, average, percentile or share in percent. For temporal
	// correlations it is the number of different rules. Of a count that has no
	// upper bound it is what the condition wanted at least.
	Value string

	// Saturated is true where more was observed than limits let be kept, so
	// that Value may be too small.
	Saturated bool

	// Events names the contributing events, in order of time, at most
	// Limits.Events of them.
	Events []string

	// Rules are the rules and correlations that contributed, in the order in
	// which the correlation lists them.
	Rules []*Meta
}

// CorrelationStats counts what became of one correlation's observations.
type CorrelationStats struct {
	Correlation *Correlation
	Groups      int    // held now
	Held        int    // observations held now
	Bytes       int    // about the memory of these
	Findings    uint64 // also those of correlations that do not tell on their own
	Dropped     uint64 // observations lost to limits
	Evicted     uint64 // groups lost to limits
	Late        uint64 // observations behind the lateness bound, not used
	Ahead       uint64 // observations too far before the stream's time to move it
	Missing     uint64 // observations without a group-by field, not used
	Unusable    uint64 // observations whose value is missing or no number, not used
}

// Correlator runs correlations over a stream of observations. It holds no
// clock: what it finds depends on the calls alone, in their order. It is not
// safe for concurrent use.
//
// # Groups and values
//
// Values of group-by fields and counted values are the same if their texts
// are, without regard to case. A list counts for each of its values. What
// lacks a group-by field is in no group, and what lacks a counted value or has
// none that is a number where one is wanted counts for nothing; both are
// counted in the Stats. An event that several rules match is one event, except
// to temporal correlations. Numbers are decimals, reckoned with exactly; a
// percentile is the nearest rank, always one of the numbers. value_percentile
// without percentile is the share in percent that a value has of all values.
//
// A correlation below stands for its own group-by fields and, for each of the
// events that it found, for any other field that those above group by. Events
// of the same time count as in the order that temporal_ordered wants.
//
// # Time
//
// The stream's time is the latest time that observations or Advance gave.
// What lies more than Limits.Lateness behind it is late, and not used; all
// else takes its place in time whenever it arrives. An observation more than
// Limits.Ahead before the stream's time is used but does not move that time,
// unless 16 such ones come with none in time between them. Should they have
// been wrong, it goes back as soon as 16 more come that lie near to the time
// before, more than Limits.Ahead behind the new one, than come in time by the
// new one; what is held then is lost, and counted as evicted. Before the first
// 16 observations or the first Advance there is no stream's time, and nothing
// is late.
//
// # When a finding is told
//
// What further events cannot undo is told at once: event_count and
// value_count with a lower bound alone, and temporal conditions without not.
// All sliding windows are looked at, both ends included. After a finding
// whose last event is at T, a group is silent for windows that end up to one
// timespan after T (or before it, for what arrives late). So findings of a
// group share no events, and a burst that lasts tells once in each timespan.
//
// What further events can undo is decided once the stream's time has passed
// it by Limits.Lateness. value_sum with a lower bound, and value_percentile
// without percentile, look at the sliding windows that end at an event.
//
// An expression with not holds where, for one of the fewest sets of rules that
// make it true, events of those that must occur lie within one timespan (for
// temporal_ordered, in order), and no event of one that must not lies in any
// window of that timespan that holds them: from one timespan before the last
// of them to one after the first. That is decided, by the first of them, once
// the stream's time has passed that end by Limits.Lateness.
//
// Everything else (upper bounds, eq, neq, averages, percentiles) looks at
// frames: the first event of a group opens one, it lasts one timespan, and
// the next event after it opens the next one. A group in which nothing
// happens has no frame, so that no count of zero is ever found.
//
// # Effort
//
// An observation costs about the same however high a threshold is. One that
// arrives out of order costs time with what its group holds after it, which
// the lateness bound and Limits.Observations limit.
type Correlator struct {
	limits   Limits
	nodes    []*correlated // those below before those above
	rules    map[*Rule]*watched
	clock    streamClock
	next     int64 // no watermark up to this one gives anything to do
	bytes    int
	findings []Finding
}

// NewCorrelator links correlations with each other and with the rules that
// they refer to. A correlation that cannot be linked stands in the problems
// and takes no part: one that refers to nothing known, to several documents of
// the same name, to itself by any way, or to another one that was left out.
func NewCorrelator(correlations []*Correlation, rules []*Rule, limits Limits) (*Correlator, []Problem) {
	c := &Correlator{limits: limits.withDefaults(), rules: map[*Rule]*watched{}, clock: streamClock{now: never}, next: never}
	l := newLinker(correlations, rules)
	c.nodes = l.link(c)
	return c, l.problems
}

// Watches reports whether a correlation counts matches of the rule.
func (c *Correlator) Watches(r *Rule) bool { return c.rules[r] != nil }

// Silent reports whether matches of the rule shall not tell on their own: a
// correlation counts them, and none that does says generate.
func (c *Correlator) Silent(r *Rule) bool { return c.rules[r] != nil && !c.rules[r].generate }

// Fields returns the fields whose values an observation of the rule has to
// carry, in this order. It must not be changed.
func (c *Correlator) Fields(r *Rule) []string {
	if w := c.rules[r]; w != nil {
		return w.fields
	}
	return nil
}

// Observe takes one match of a rule and returns what it makes known, also of
// other groups and correlations. Values missing at the end count as absent.
func (c *Correlator) Observe(o Observation) []Finding {
	w := c.rules[o.Rule]
	if w == nil {
		return nil
	}
	c.findings = nil
	t := nanos(o.Time)
	if c.clock.back(t, int64(c.limits.Lateness), int64(c.limits.Ahead)) {
		c.turnBack()
	}
	late := c.clock.now != never && t < c.clock.now-int64(c.limits.Lateness)
	ahead := !late && c.clock.see(t, int64(c.limits.Ahead))
	c.decide()
	for i := range w.feeds {
		f := &w.feeds[i]
		switch {
		case late:
			f.node.stats.Late++
			continue
		case ahead:
			f.node.stats.Ahead++
		}
		f.take(sighting{t: t, ref: o.Event, values: o.Values})
	}
	c.shrink()
	return c.findings
}

// turnBack goes on where the stream's time was before it leapt ahead. What was
// there has been decided then; what has come since is of a wrong time.
func (c *Correlator) turnBack() {
	for _, n := range c.nodes {
		for n.evict() {
		}
		n.watermark = never
	}
	c.next = never
}

// Advance tells the stream's time, so that what waits for it is decided also
// when no rule matches. A program calls it with the latest time of each batch
// of events, before it observes them, and never with a time that it does not
// trust. A time before the stream's own changes nothing.
func (c *Correlator) Advance(t time.Time) []Finding {
	c.findings = nil
	c.clock.advance(nanos(t))
	c.decide()
	c.shrink()
	return c.findings
}

// Now returns the stream's time, and whether it is known.
func (c *Correlator) Now() (time.Time, bool) {
	if c.clock.now == never {
		return time.Time{}, false
	}
	return timeOf(c.clock.now), true
}

// Stats counts for each linked correlation, in the order of linking: those
// below before those above.
func (c *Correlator) Stats() []CorrelationStats {
	out := make([]CorrelationStats, 0, len(c.nodes))
	for _, n := range c.nodes {
		s := n.stats
		s.Correlation, s.Groups, s.Held, s.Bytes = n.corr, len(n.groups), n.held, n.bytes
		out = append(out, s)
	}
	return out
}

// decide moves every watermark on and decides what it passes. Lower
// correlations come first, as what they find is still in time above.
func (c *Correlator) decide() {
	if c.clock.now == never {
		return
	}
	edge := c.clock.now - int64(c.limits.Lateness)
	if edge <= c.next {
		for _, n := range c.nodes {
			n.watermark = max(n.watermark, edge-n.lag)
		}
		return
	}
	for _, n := range c.nodes {
		n.watermark = max(n.watermark, edge-n.lag)
		n.advance()
	}
	c.next = math.MaxInt64
	for _, n := range c.nodes {
		if len(n.queue) > 0 {
			c.next = min(c.next, n.queue[0].due+n.lag)
		}
	}
}

// shrink lets the groups whose time runs out first go, of the correlation
// that holds most, until all fits.
func (c *Correlator) shrink() {
	for c.bytes > c.limits.Bytes {
		most := c.nodes[0]
		for _, n := range c.nodes {
			if n.bytes > most.bytes {
				most = n
			}
		}
		if !most.evict() {
			return
		}
	}
}
