package sigma_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/sigma"
)

// What nothing is known of may be anything, so that it counts for itself.
func TestUnknownEventsCountEachForItself(t *testing.T) {
	sections := []string{
		"type: event_count\nrules: [a]\ncondition: {gte: 3}",
		"type: event_count\nrules: [a]\ncondition: {eq: 3}",
		"type: value_sum\nrules: [a]\ncondition: {field: F, gte: 6}",
		"type: value_avg\nrules: [a]\ncondition: {field: F, gte: 2}",
	}
	for _, text := range sections {
		b := newBench(t, sigma.Limits{}, correlationText("x", text+"\ngroup-by: []\ntimespan: 1m"))
		b.Advance(time.Unix(100, 0))
		o := sigma.Observation{Rule: b.rules["a"], Time: time.Unix(100, 0), Values: []sigma.Value{{Kind: sigma.Number, Text: "2"}}}
		var found []sigma.Finding
		for range 3 {
			found = append(found, b.Observe(o)...)
		}
		if found = append(found, b.Advance(time.Unix(2000, 0))...); len(found) != 1 {
			t.Errorf("%s: %q", text, told(found))
		}
	}
}

// A list that says the same twice says it once, whether or not the event is
// known.
func TestEqualValuesOfAListCountOnce(t *testing.T) {
	for _, ref := range []string{"", "e"} {
		b := newBench(t, sigma.Limits{}, correlationText("x", "type: event_count\nrules: [a]\ngroup-by: [User]\ntimespan: 1m\ncondition: {gte: 2}"))
		var users sigma.Value
		for _, name := range []string{"root", "Root", "ROOT"} {
			users.List = append(users.List, sigma.Value{Kind: sigma.String, Text: name})
		}
		users.Kind = sigma.List
		if found := b.Observe(sigma.Observation{Rule: b.rules["a"], Time: time.Unix(1, 0), Event: ref, Values: []sigma.Value{users}}); len(found) != 0 {
			t.Errorf("event %q: %q", ref, told(found))
		}
	}
}

// Ids are the same in any case of letters, names are not.
func TestIdsInAnyCase(t *testing.T) {
	rule := sigma.Parse("r.yml", []byte("name: r\nid: ABCdef\n"+ruleText("sel: {A: x}"))).Rules[0]
	for name, refused := range map[string]bool{"abcDEF": false, "r": false, "R": true} {
		c := sigma.Parse("c.yml", []byte(correlationText("x", "type: event_count\nrules: ["+name+"]\ngroup-by: [User]\ntimespan: 1m\ncondition: {gte: 2}\naliases:\n  User: {"+strings.ToUpper(name)+": Account}")))
		if name == "r" {
			c.Correlations = sigma.Parse("c.yml", []byte(correlationText("x", "type: event_count\nrules: [r]\ngroup-by: [Account]\ntimespan: 1m\ncondition: {gte: 2}"))).Correlations
		}
		linked, problems := sigma.NewCorrelator(c.Correlations, []*sigma.Rule{rule}, sigma.Limits{})
		if (len(problems) > 0) != refused {
			t.Errorf("%s: %v", name, problems)
		}
		if fields := fmt.Sprint(linked.Fields(rule)); !refused && fields != "[Account]" {
			t.Errorf("%s: the fields are %s", name, fields)
		}
	}
	once := sigma.Parse("c.yml", []byte(correlationText("x", lower))).Correlations
	again := sigma.Parse("d.yml", []byte(strings.Replace(correlationText("z", lower), "id: id-z", "id: ID-X", 1))).Correlations
	if _, problems := sigma.NewCorrelator(append(once, again...), lettered(), sigma.Limits{}); len(problems) != 1 {
		t.Errorf("one id in two cases of letters: %v", problems)
	}
}

// Correlations that are the same in all but their file go on both.
func TestRestoreKeepsTwins(t *testing.T) {
	text := []byte("title: twin\ncorrelation:\n  type: event_count\n  rules: [a]\n  group-by: []\n  timespan: 1m\n  condition: {gte: 3}\n")
	twins := func() *sigma.Correlator {
		c, problems := sigma.NewCorrelator(append(sigma.Parse("1.yml", text).Correlations, sigma.Parse("2.yml", text).Correlations...), lettered(), sigma.Limits{})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return c
	}
	c, found := twins(), 0
	for i := range int64(3) {
		snapshot, err := c.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		c = twins()
		if err := c.Restore(snapshot); err != nil {
			t.Fatal(err)
		}
		found += len(c.Observe(sigma.Observation{Rule: lettered()[0], Time: time.Unix(i, 0), Event: fmt.Sprint(i)}))
	}
	if found != 2 {
		t.Errorf("%d found, want one by each", found)
	}
}
