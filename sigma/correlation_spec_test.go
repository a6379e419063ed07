package sigma_test

import (
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

// correlationClause is one statement of the specification of correlations, a
// stream that shows it and one that differs just so far that nothing is found.
// A line is a rule, a second and fields, and what is found after ->.
type correlationClause struct {
	says   string
	texts  []string
	found  string
	silent string
}

// section is a correlation called x with one group per User.
func section(lines ...string) []string {
	return []string{correlationText("x", "group-by: [User]\ntimespan: 1m\n"+strings.Join(lines, "\n"))}
}

var countClauses = []correlationClause{
	{
		says: "event_count counts the events of a rule within the timespan", texts: section("type: event_count", "rules: [a]", "condition: {gte: 3}"),
		found:  "a 1 User=u\na 2 User=u\na 3 User=u -> x u 3 1-3",
		silent: "a 1 User=u\na 2 User=u\nb 3 User=u",
	},
	{
		says: "the events of all rules that are listed count", texts: section("type: event_count", "rules: [a, b]", "condition: {gte: 3}"),
		found:  "a 1 User=u\nb 2 User=u\na 3 User=u -> x u 3 1-3",
		silent: "a 1 User=u\nb 2 User=u\nc 3 User=u",
	},
	{
		says: "an event that several rules match is one event", texts: section("type: event_count", "rules: [a, b]", "condition: {gte: 2}"),
		found:  "a 1 User=u @e1\nb 1 User=u @e2 -> x u 2 1-1",
		silent: "a 1 User=u @e1\nb 1 User=u @e1",
	},
	{
		says: "the timespan holds both its ends", texts: section("type: event_count", "rules: [a]", "condition: {gte: 2}"),
		found:  "a 1 User=u\na 61 User=u -> x u 2 1-61",
		silent: "a 1 User=u\na 61.001 User=u",
	},
	{
		says: "a time frame is not bound to full minutes or hours", texts: section("type: event_count", "rules: [a]", "condition: {gte: 2}"),
		found:  "a 59 User=u\na 61 User=u -> x u 2 59-61",
		silent: "a 1 User=u\na 100 User=u",
	},
	{
		says: "gt is more than the number", texts: section("type: event_count", "rules: [a]", "condition: {gt: 2}"),
		found:  "a 1 User=u\na 2 User=u\na 3 User=u -> x u 3 1-3",
		silent: "a 1 User=u\na 2 User=u",
	},
	{
		says: "gte is the number or more", texts: section("type: event_count", "rules: [a]", "condition: {gte: 2}"),
		found:  "a 1 User=u\na 2 User=u -> x u 2 1-2",
		silent: "a 1 User=u",
	},
	{
		says: "lt is less than the number, in the frame that the first event opens", texts: section("type: event_count", "rules: [a]", "condition: {lt: 3}"),
		found:  "a 1 User=u\na 2 User=u\nnow 661\nnow 661.1 -> x u 2 1-2",
		silent: "a 1 User=u\na 2 User=u\na 3 User=u\nnow 2000",
	},
	{
		says: "lte is the number or less", texts: section("type: event_count", "rules: [a]", "condition: {lte: 2}"),
		found:  "a 1 User=u\na 61 User=u\nnow 2000 -> x u 2 1-61",
		silent: "a 1 User=u\na 2 User=u\na 61 User=u\nnow 2000",
	},
	{
		says: "eq is just the number", texts: section("type: event_count", "rules: [a]", "condition: {eq: 2}"),
		found:  "a 1 User=u\na 2 User=u\nnow 2000 -> x u 2 1-2",
		silent: "a 1 User=u\na 2 User=u\na 3 User=u\nb 3 User=u\nnow 2000\na 3000 User=u\nnow 4000",
	},
	{
		says: "neq is any other number", texts: section("type: event_count", "rules: [a]", "condition: {neq: 2}"),
		found:  "a 1 User=u\na 2 User=u\na 3 User=u\nnow 2000 -> x u 3 1-3",
		silent: "a 1 User=u\na 2 User=u\nnow 2000",
	},
	{
		says: "two bounds are a range", texts: section("type: event_count", "rules: [a]", "condition: {gt: 1, lte: 3}"),
		found:  "a 1 User=u\na 2 User=u\na 3 User=u\nnow 2000 -> x u 3 1-3",
		silent: "a 1 User=u\na 2 User=u\na 3 User=u\na 4 User=u\nnow 2000\na 3000 User=u\nnow 4000",
	},
	{
		says: "value_count counts different values, not events", texts: section("type: value_count", "rules: [a]", "condition: {field: F, gte: 2}"),
		found:  "a 1 User=u F=1\na 2 User=u F=1\na 3 User=u F=2 -> x u 2 2-3",
		silent: "a 1 User=u F=1\na 2 User=u F=1\na 3 User=u F=1",
	},
	{
		says: "several fields of value_count are one value together", texts: section("type: value_count", "rules: [a]", "condition: {field: [F, G], gte: 2}"),
		found:  "a 1 User=u F=1 G=1\na 2 User=u F=1 G=2 -> x u 2 1-2",
		silent: "a 1 User=u F=1 G=2\na 2 User=u F=1 G=2\na 3 User=u F=3",
	},
	{
		says: "value_count with an upper bound", texts: section("type: value_count", "rules: [a]", "condition: {field: F, lt: 2}"),
		found:  "a 1 User=u F=1\na 2 User=u F=1\nnow 2000 -> x u 1 1-2",
		silent: "a 1 User=u F=1\na 2 User=u F=2\nnow 2000",
	},
	{
		says: "values that differ by case only are the same", texts: section("type: value_count", "rules: [a]", "condition: {field: F, gte: 2}"),
		found:  "a 1 User=u F=Adm\na 2 User=u F=Bdm -> x u 2 1-2",
		silent: "a 1 User=u F=Adm\na 2 User=u F=aDM",
	},
}

var groupClauses = []correlationClause{
	{
		says: "each group counts for itself", texts: section("type: event_count", "rules: [a]", "condition: {gte: 2}"),
		found:  "a 1 User=u\na 2 User=v\na 3 User=u -> x u 2 1-3",
		silent: "a 1 User=u\na 2 User=v",
	},
	{
		says: "several fields of group-by all have to agree", texts: []string{correlationText("x", "type: event_count\nrules: [a]\ngroup-by: [Name, Domain]\ntimespan: 1m\ncondition: {gte: 2}")},
		found:  "a 1 Name=n Domain=d\na 2 Name=n Domain=d -> x n d 2 1-2",
		silent: "a 1 Name=n Domain=d\na 2 Name=n Domain=e\na 3 Name=m Domain=d\na 4 Name=nd Domain=\na 5 Name= Domain=nd",
	},
	{
		says: "an event without a field of group-by is in no group", texts: section("type: event_count", "rules: [a]", "condition: {gte: 2}"),
		found:  "a 1 User=u\na 2\na 3 User=u -> x u 2 1-3",
		silent: "a 1\na 2\na 3 User=u",
	},
	{
		says: "group-by may define nothing, then all is one group", texts: []string{correlationText("x", "type: event_count\nrules: [a]\ngroup-by: []\ntimespan: 1m\ncondition: {gte: 2}")},
		found:  "a 1 User=u\na 2 User=v -> x 2 1-2",
		silent: "a 1 User=u\nb 2 User=v",
	},
	{
		says: "values of group-by that differ by case only are the same group", texts: section("type: event_count", "rules: [a]", "condition: {gte: 2}"),
		found:  "a 1 User=Ürs\na 2 User=üRS -> x Ürs 2 1-2",
		silent: "a 1 User=Urs\na 2 User=üRS",
	},
	{
		says: "an alias stands for another field in each rule", texts: []string{correlationText("x", "type: temporal\nrules: [a, b]\ngroup-by: [internal, remote]\ntimespan: 10s\naliases:\n  internal: {a: Dst, b: Src}\n  remote: {a: Src, b: Dst}")},
		found:  "a 1 Src=r Dst=i\nb 2 Src=i Dst=r -> x i r 2 1-2",
		silent: "a 1 Src=r Dst=i\nb 2 Src=r Dst=i",
	},
	{
		says: "where a rule has no alias, its field has the name itself", texts: []string{correlationText("x", "type: temporal\nrules: [a, b]\ngroup-by: [Host]\ntimespan: 10s\naliases:\n  Host: {a: Computer}")},
		found:  "a 1 Computer=h\nb 2 Host=h -> x h 2 1-2",
		silent: "a 1 Host=h\nb 2 Host=h",
	},
	{
		says: "an alias may be the field of a condition", texts: section("type: value_count", "rules: [a, b]", "aliases:", "  Peer: {a: Src, b: Dst}", "condition: {field: Peer, gte: 2}"),
		found:  "a 1 User=u Src=1\nb 2 User=u Dst=2 -> x u 2 1-2",
		silent: "a 1 User=u Src=1\nb 2 User=u Dst=1 Src=2",
	},
}

var spanClauses = []correlationClause{
	{
		says: "Xs is seconds", texts: []string{correlationText("x", "type: event_count\nrules: [a]\ngroup-by: []\ntimespan: 90s\ncondition: {gte: 2}")},
		found: "a 1\na 91 -> x 2 1-91", silent: "a 1\na 92",
	},
	{
		says: "Xm is minutes", texts: []string{correlationText("x", "type: event_count\nrules: [a]\ngroup-by: []\ntimespan: 2m\ncondition: {gte: 2}")},
		found: "a 1\na 121 -> x 2 1-121", silent: "a 1\na 122",
	},
	{
		says: "Xh is hours", texts: []string{correlationText("x", "type: event_count\nrules: [a]\ngroup-by: []\ntimespan: 2h\ncondition: {gte: 2}")},
		found: "a 1\na 7201 -> x 2 1-7201", silent: "a 1\na 7202",
	},
	{
		says: "Xd is days", texts: []string{correlationText("x", "type: event_count\nrules: [a]\ngroup-by: []\ntimespan: 1d\ncondition: {gte: 2}")},
		found: "a 1\na 86401 -> x 2 1-86401", silent: "a 1\na 86402",
	},
}

var temporalClauses = []correlationClause{
	{
		says: "temporal wants events of all rules, in any order", texts: section("type: temporal", "rules: [a, b, c]"),
		found:  "c 1 User=u\na 2 User=u\nb 3 User=u -> x u 3 1-3",
		silent: "c 1 User=u\na 2 User=u\na 3 User=u",
	},
	{
		says: "within the timespan", texts: section("type: temporal", "rules: [a, b]"),
		found:  "b 1 User=u\na 61 User=u -> x u 2 1-61",
		silent: "b 1 User=u\na 62 User=u",
	},
	{
		says: "with the same values of group-by", texts: section("type: temporal", "rules: [a, b]"),
		found:  "b 1 User=u\na 2 User=u -> x u 2 1-2",
		silent: "b 1 User=u\na 2 User=v",
	},
	{
		says: "a condition counts the different rules", texts: section("type: temporal", "rules: [a, b, c]", "condition: {gte: 2}"),
		found:  "a 1 User=u\nc 3 User=u -> x u 2 1-3",
		silent: "a 1 User=u\na 3 User=u",
	},
	{
		says: "and may have an upper bound", texts: section("type: temporal", "rules: [a, b, c]", "condition: {lt: 2}"),
		found:  "a 1 User=u\na 2 User=u\nnow 2000 -> x u 1 1-2",
		silent: "a 1 User=u\nb 3 User=u\nnow 2000",
	},
	{
		says: "temporal_ordered wants the order of listing", texts: section("type: temporal_ordered", "rules: [a, b, c]"),
		found:  "b 1 User=u\na 2 User=u\nb 3 User=u\nc 4 User=u -> x u 3 2-4",
		silent: "b 1 User=u\na 2 User=u\nc 3 User=u\na 4 User=u\nb 5 User=u",
	},
	{
		says: "by the events' time, not by arrival", texts: section("type: temporal_ordered", "rules: [a, b]"),
		found:  "b 5 User=u\na 2 User=u -> x u 2 2-5",
		silent: "a 5 User=u\nb 2 User=u",
	},
	{
		says: "within the timespan, and in the group", texts: section("type: temporal_ordered", "rules: [a, b]"),
		found:  "a 1 User=u\nb 61 User=u -> x u 2 1-61",
		silent: "a 1 User=u\nb 62 User=u\na 63 User=u\nb 64 User=v",
	},
	{
		says: "temporal_ordered may count, if it wants all", texts: section("type: temporal_ordered", "rules: [a, b]", "condition: {gte: 2}"),
		found:  "a 1 User=u\nb 2 User=u -> x u 2 1-2",
		silent: "b 1 User=u\na 2 User=u",
	},
	{
		says: "an expression joins rules by and, or", texts: section("type: temporal", "rules: [a, b, c]", "condition: a and (b or c)"),
		found:  "c 1 User=u\na 2 User=u -> x u 2 1-2",
		silent: "b 1 User=u\nc 2 User=u",
	},
	{
		says: "and binds more than or, in any case of letters", texts: section("type: temporal", "rules: [a, b, c]", "condition: a OR b AND c"),
		found:  "a 1 User=u -> x u 1 1-1",
		silent: "b 1 User=u\nb 2 User=u",
	},
	{
		says: "not: the rule did not match in any window of the timespan with the others", texts: section("type: temporal", "rules: [a, b, c]", "condition: a and b and not c"),
		found:  "a 0 User=u\na 59 User=u\nb 70 User=u\nnow 719\nnow 719.1 -> x u 2 59-70",
		silent: "c 1 User=u\na 2 User=u\nb 3 User=u\nnow 2000",
	},
	{
		says: "not: also where it comes after, or wherever else it arrives", texts: section("type: temporal", "rules: [a, b, c]", "condition: a and b and not c"),
		found:  "a 1 User=u\nb 2 User=u\nc 62 User=u\nnow 2000 -> x u 2 1-2",
		silent: "a 1 User=u\nb 2 User=u\nnow 660\nc 61 User=u\nnow 2000",
	},
	{
		says: "not: a burst tells once in each timespan", texts: section("type: temporal", "rules: [a, b]", "condition: a and not b"),
		found:  "a 1 User=u\na 2 User=u\na 61 User=u\na 62 User=u\nnow 2000 -> x u 1 1-1; x u 1 62-62",
		silent: "a 1 User=u\nb 2 User=u\na 3 User=u\nnow 2000",
	},
	{
		says: "not: of one rule alone", texts: section("type: temporal", "rules: [a, b]", "condition: a and not b"),
		found:  "a 1 User=u\nb 62 User=u\nnow 2000 -> x u 1 1-1",
		silent: "a 1 User=u\nb 61 User=u\nnow 2000",
	},
	{
		says: "not of an expression", texts: section("type: temporal", "rules: [a, b, c]", "condition: a and not (b or not c)"),
		found:  "a 1 User=u\nc 2 User=u\nnow 2000 -> x u 2 1-2",
		silent: "a 1 User=u\nnow 1000\na 1001 User=u\nb 1002 User=u\nc 1003 User=u\nnow 2000",
	},
	{
		says: "an expression over an order", texts: section("type: temporal_ordered", "rules: [a, b, c]", "condition: a and (b or c)"),
		found:  "a 1 User=u\nc 2 User=u -> x u 2 1-2",
		silent: "c 1 User=u\nb 2 User=u\na 3 User=u",
	},
	{
		says: "an order, and not a rule", texts: section("type: temporal_ordered", "rules: [a, b, c]", "condition: a and b and not c"),
		found:  "a 1 User=u\nb 2 User=u\nnow 2000 -> x u 2 1-2",
		silent: "b 1 User=u\na 2 User=u\nnow 1000\na 1001 User=u\nc 1002 User=u\nb 1003 User=u\nnow 3000",
	},
}

var metricClauses = []correlationClause{
	{
		says: "value_sum adds the numbers of a field", texts: section("type: value_sum", "rules: [a]", "condition: {field: N, gt: 10}"),
		found:  "a 1 User=u N=6\na 2 User=u N=4.1\nnow 602.1 -> x u 10.1 1-2",
		silent: "a 1 User=u N=6\na 2 User=u N=4\na 63 User=u N=6\nnow 2000",
	},
	{
		says: "numbers below zero count too", texts: section("type: value_sum", "rules: [a]", "condition: {field: N, lt: 0}"),
		found:  "a 1 User=u N=5\na 2 User=u N=-6\nnow 2000 -> x u -1 1-2",
		silent: "a 1 User=u N=6\na 2 User=u N=-6\nnow 2000",
	},
	{
		says: "what is no number has no sum", texts: section("type: value_sum", "rules: [a]", "condition: {field: N, gte: 10}"),
		found:  "a 1 User=u N=x\na 2 User=u N=10\nnow 2000 -> x u 10 2-2",
		silent: "a 1 User=u N=0x10\na 2 User=u N=1e\na 3 User=u\nnow 2000",
	},
	{
		says: "value_avg compares the average of the frame", texts: section("type: value_avg", "rules: [a]", "condition: {field: N, gt: 500}"),
		found:  "a 1 User=u N=2\na 2 User=u N=1000\nnow 2000 -> x u 501 1-2",
		silent: "a 1 User=u N=0\na 2 User=u N=1000\nnow 2000",
	},
	{
		says: "with a threshold that may have a fraction", texts: section("type: value_avg", "rules: [a]", "condition: {field: N, gte: 0.5}"),
		found:  "a 1 User=u N=0\na 2 User=u N=1\nnow 2000 -> x u 0.5 1-2",
		silent: "a 1 User=u N=0\na 2 User=u N=0.9999999999\nnow 2000",
	},
	{
		says: "value_percentile compares a percentile; 50 is the median", texts: section("type: value_percentile", "rules: [a]", "condition: {field: N, percentile: 50, gte: 5}"),
		found:  "a 1 User=u N=1\na 2 User=u N=5\na 3 User=u N=9\nnow 2000 -> x u 5 1-3",
		silent: "a 1 User=u N=1\na 2 User=u N=4\na 3 User=u N=99\nnow 2000",
	},
	{
		says: "the nearest rank is always one of the numbers", texts: section("type: value_percentile", "rules: [a]", "condition: {field: N, percentile: 75, eq: 3}"),
		found:  "a 1 User=u N=1\na 2 User=u N=2\na 3 User=u N=3\na 4 User=u N=4\nnow 2000 -> x u 3 1-4",
		silent: "a 1 User=u N=1\na 2 User=u N=2\na 3 User=u N=3\na 4 User=u N=4\na 5 User=u N=5\nnow 1000\na 1001 User=u N=3\na 1002 User=u N=4\nnow 2000",
	},
	{
		says: "without percentile, the percentage of the values observed that a value makes up", texts: section("type: value_percentile", "rules: [a]", "condition: {field: F, lte: 25}"),
		found:  "a 1 User=u F=p\na 2 User=u F=p\na 3 User=u F=p\na 4 User=u F=q\nnow 2000 -> x u q 25 4-4",
		silent: "a 1 User=u F=p\na 2 User=u F=p\na 3 User=u F=q\nnow 2000",
	},
}

const lower = "type: event_count\nrules: [a]\ngroup-by: [User]\ntimespan: 10m\ncondition: {gte: 2}"

var chainClauses = []correlationClause{
	{
		says:   "correlations may refer to correlations",
		texts:  []string{correlationText("many", lower), correlationText("x", "type: temporal_ordered\nrules: [many, b]\ngroup-by: [User]\ntimespan: 10m")},
		found:  "a 1 User=u\na 2 User=u\nb 3 User=u -> x u 2 1-3",
		silent: "a 1 User=u\nb 2 User=u\na 3 User=u",
	},
	{
		says: "also where they stand later in the file, and three deep",
		texts: []string{
			correlationText("x", "type: event_count\nrules: [two]\ngroup-by: []\ntimespan: 10m\ncondition: {gte: 2}"),
			correlationText("two", "type: temporal\nrules: [many, b]\ngroup-by: [User]\ntimespan: 10m"), correlationText("many", lower),
		},
		found:  "a 1 User=u\na 2 User=u\nb 3 User=u\nb 4 User=v\na 5 User=v\na 6 User=v -> x 2 1-6",
		silent: "a 1 User=u\na 2 User=u\nb 3 User=u\nb 4 User=v\na 5 User=v",
	},
	{
		says:   "the one above groups by its own fields, whatever the one below groups by",
		texts:  []string{correlationText("many", strings.Replace(lower, "User", "Host", 1)), correlationText("x", "type: temporal_ordered\nrules: [many, b]\ngroup-by: [User]\ntimespan: 10m")},
		found:  "a 1 Host=h User=u\na 2 Host=h User=v\nb 3 Host=k User=v -> x v 2 1-3",
		silent: "a 1 Host=h User=u\na 2 Host=h User=v\nb 3 Host=h User=w",
	},
	{
		says:   "the one above may count what the one below groups by",
		texts:  []string{correlationText("many", lower), correlationText("x", "type: value_count\nrules: [many]\ngroup-by: []\ntimespan: 10m\ncondition: {field: User, gte: 2}")},
		found:  "a 1 User=u\na 2 User=u\na 3 User=v\na 4 User=v -> x 2 1-4",
		silent: "a 1 User=u\na 2 User=u\na 700 User=u\na 701 User=u",
	},
	{
		says:   "aliases speak of correlations too",
		texts:  []string{correlationText("many", lower), correlationText("x", "type: temporal\nrules: [many, b]\ngroup-by: [Who]\ntimespan: 10m\naliases:\n  Who: {many: User, b: Account}")},
		found:  "a 1 User=u\na 2 User=u\nb 3 Account=u -> x u 2 1-3",
		silent: "a 1 User=u\na 2 User=u\nb 3 Who=u User=u",
	},
	{
		says:   "what is decided late below is in time above",
		texts:  []string{correlationText("few", strings.Replace(lower, "gte", "lt", 1)), correlationText("x", "type: temporal_ordered\nrules: [few, b]\ngroup-by: [User]\ntimespan: 10m")},
		found:  "a 1 User=u\nb 2 User=u\nnow 1201\nnow 1202 -> x u 2 1-2",
		silent: "a 1 User=u\nb 2 User=u\na 3 User=u\nnow 3000",
	},
	{
		says:   "with generate a correlation below tells also on its own",
		texts:  []string{correlationText("many", lower), correlationText("x", "type: temporal_ordered\nrules: [many, b]\ngroup-by: [User]\ntimespan: 10m\ngenerate: true")},
		found:  "a 1 User=u\na 2 User=u -> many u 2 1-2\nb 3 User=u -> x u 2 1-3",
		silent: "a 1 User=u",
	},
}

func TestCorrelationSpecification(t *testing.T) {
	for _, clauses := range [][]correlationClause{countClauses, groupClauses, spanClauses, temporalClauses, metricClauses, chainClauses} {
		for _, c := range clauses {
			t.Run(c.says, func(t *testing.T) {
				if !strings.Contains(c.found, "->") || strings.Contains(c.silent, "->") {
					t.Fatal("shows nothing")
				}
				newBench(t, sigma.Limits{}, c.texts...).play(t, c.found)
				newBench(t, sigma.Limits{}, c.texts...).play(t, c.silent)
			})
		}
	}
}
