package sigma_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/sigma"
)

// correlationText puts a correlation section into a whole document.
func correlationText(name, section string) string {
	return "title: " + name + "\nname: " + name + "\nid: id-" + name + "\ncorrelation:\n  " +
		strings.ReplaceAll(strings.TrimSpace(section), "\n", "\n  ") + "\n"
}

// bench is a correlator under test with its rules by name.
type bench struct {
	*sigma.Correlator
	rules        map[string]*sigma.Rule
	correlations []*sigma.Correlation
}

// lettered are rules called a, b, c, ...
var lettered = sync.OnceValue(func() []*sigma.Rule {
	var rules []*sigma.Rule
	for _, name := range strings.Split("abcdef", "") {
		rules = append(rules, sigma.Parse(name+".yml", []byte("name: "+name+"\nid: id-"+name+"\n"+ruleText("sel: {A: x}"))).Rules...)
	}
	return rules
})

// newBench links correlations over the rules a, b, c, ...
func newBench(t testing.TB, limits sigma.Limits, texts ...string) *bench {
	t.Helper()
	b := tryBench(t, limits, texts...)
	if b == nil {
		t.Fatalf("refused:\n%s", strings.Join(texts, "---\n"))
	}
	return b
}

// tryBench is newBench for texts that may be refused when read.
func tryBench(t testing.TB, limits sigma.Limits, texts ...string) *bench {
	t.Helper()
	b := &bench{rules: map[string]*sigma.Rule{}}
	for _, r := range lettered() {
		b.rules[r.Name] = r
	}
	parsed := sigma.Parse("correlations.yml", []byte(strings.Join(texts, "---\n")))
	if len(parsed.Problems) > 0 {
		return nil
	}
	var problems []sigma.Problem
	b.correlations = parsed.Correlations
	b.Correlator, problems = sigma.NewCorrelator(parsed.Correlations, lettered(), limits)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return b
}

// see observes an event: "a 12 User=x @e" is a match of rule a at second 12 by
// the event @e, and "now 12" tells the time.
func (b *bench) see(t testing.TB, text string) []sigma.Finding {
	t.Helper()
	words := strings.Fields(text)
	at, err := time.ParseDuration(words[1] + "s")
	if err != nil {
		t.Fatal(err)
	}
	if words[0] == "now" {
		return b.Advance(time.Unix(0, 0).Add(at))
	}
	fields := map[string]string{}
	o := sigma.Observation{Rule: b.rules[words[0]], Time: time.Unix(0, 0).Add(at), Event: strings.ReplaceAll(text, " ", "_")}
	for _, word := range words[2:] {
		name, value, _ := strings.Cut(word, "=")
		if fields[name] = value; strings.HasPrefix(word, "@") {
			o.Event = word
		}
	}
	for _, name := range b.Fields(o.Rule) {
		v := sigma.Value{}
		if text, ok := fields[name]; ok {
			v = sigma.Value{Kind: sigma.String, Text: text}
		}
		o.Values = append(o.Values, v)
	}
	return b.Observe(o)
}

// told writes findings in short: name, group, value, first and last second.
func told(findings []sigma.Finding) string {
	var out []string
	for _, f := range findings {
		text := f.Correlation.Name
		for _, v := range f.Group {
			text += " " + v.Value
		}
		out = append(out, fmt.Sprintf("%s %s %d-%d", text, f.Value, f.First.Unix(), f.Last.Unix()))
	}
	return strings.Join(out, "; ")
}

// play observes events and wants what each makes known, written after ->.
func (b *bench) play(t testing.TB, lines string) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(lines), "\n") {
		event, want, _ := strings.Cut(line, "->")
		if got := told(b.see(t, event)); got != strings.TrimSpace(want) {
			t.Errorf("%s: got %q, want %q", strings.TrimSpace(line), got, strings.TrimSpace(want))
		}
	}
}

func TestOneBurstIsOneFinding(t *testing.T) {
	newBench(t, sigma.Limits{}, correlationText("many", "type: event_count\nrules: [a]\ngroup-by: [User]\ntimespan: 1m\ncondition: {gte: 3}")).play(t, `
		a 0 User=x
		a 10 User=X
		a 20 User=y
		a 60 User=x -> many x 3 0-60
		a 61 User=x
		a 119 User=x
		a 120 User=x
		a 121 User=x -> many x 3 119-121`)
}
