package sigma_test

import (
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

const lintID = "title: T\nid: 6f0e1c5a-2f8b-4f6e-9d57-3a1b2c4d5e6f\nlevel: low\ncorrelation:\n  rules: [a, b]\n  timespan: 90m\n  group-by: [Host]\n"

func TestCorrelationsWarnOfWhatTheyDoNotSee(t *testing.T) {
	for text, want := range map[string]string{
		"  type: event_count\n  condition: {gte: 3}":                                "",
		"  type: value_count\n  condition: {field: F, gt: 3}":                       "",
		"  type: temporal\n  condition: a and b":                                    "",
		"  type: temporal_ordered":                                                  "",
		"  type: event_count\n  condition: {lt: 3}":                                 "consecutive spans of 1h30m,",
		"  type: temporal\n  condition: {eq: 1}":                                    "consecutive spans",
		"  type: value_avg\n  condition: {field: F, gte: 3}":                        "consecutive spans",
		"  type: value_percentile\n  condition: {field: F, gte: 3, percentile: 50}": "consecutive spans",
		"  type: value_percentile\n  condition: {field: F, gte: 3}":                 "can undo it",
		"  type: value_sum\n  condition: {field: F, gte: 3}":                        "can undo it",
		"  type: temporal\n  aliases: {Host: {a: Computer, b: Host}}":               "",
		"  type: temporal\n  aliases: {Host: {b: Computer}}":                        "speaks of 1 of 2 rules; events of the others need a field that is itself called Host",
		"  type: event_count\n  generate: true\n  condition: {gte: 3, lte: 4}":      "straddles",
		"  type: temporal\n  condition: a and not b":                                "not to occur, also up to 1h30m later",
	} {
		c := sigma.Parse("c.yml", []byte(lintID+text+"\n"))
		if len(c.Problems) > 0 {
			t.Fatal(c.Problems)
		}
		got := c.Correlations[0].Warnings()
		if want == "" && len(got) > 0 || want != "" && (len(got) != 1 || !strings.Contains(got[0].Reason, want) || got[0].Line < 9 || got[0].File != "c.yml") {
			t.Errorf("%s\ngot %v, want %q", text, got, want)
		}
	}
	c := sigma.Parse("c.yml", []byte(correlationText("x", "type: event_count\nrules: [a]\ngroup-by: []\ntimespan: 1d\ncondition: {lt: 3}")))
	if got := c.Correlations[0].Warnings(); len(got) != 3 || got[0].Field != "id" || got[1].Field != "level" || !strings.Contains(got[2].Reason, "24h,") {
		t.Errorf("got %v", got)
	}
}
