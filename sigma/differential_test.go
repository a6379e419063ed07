package sigma_test

import (
	"archive/zip"
	"io"
	"os"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

// pair is a rule as both sides see it.
type pair struct {
	text   string
	engine *sigma.Rule
	plain  *plainRule
}

// pair generates a rule, half of the time under a filter. It is nil where the
// engine refuses the text.
func (g generator) pair(t testing.TB) *pair {
	t.Helper()
	text, filters := g.rule(), []string{}
	if g.oneIn(2) {
		filters = append(filters, g.filter())
	}
	all := text
	for _, f := range filters {
		all += "---\n" + f
	}
	c := sigma.Parse("generated.yml", []byte(all))
	if len(c.Problems) > 0 {
		return nil
	}
	rules, problems := c.Prepare(generatedValues)
	if len(problems) > 0 || len(rules) != 1 {
		t.Fatalf("loaded, but not ready: %v\n%s", problems, all)
	}
	return &pair{text: all, engine: rules[0], plain: newPlainRule(t, text, generatedValues, filters...)}
}

// compareWithPlain gives events to the engine and to the plain evaluator and
// returns the number of matches.
func compareWithPlain(t testing.TB, pairs []*pair, events []event) int {
	t.Helper()
	var rules []*sigma.Rule
	for _, p := range pairs {
		rules = append(rules, p.engine)
	}
	e := compile(t, rules)
	held := 0
	for _, ev := range events {
		held += compareEvent(t, e, pairs, ev)
	}
	return held
}

func compareEvent(t testing.TB, e *sigma.Engine, pairs []*pair, ev event) int {
	t.Helper()
	got := map[*sigma.Rule]bool{}
	for _, m := range match(e, ev) {
		got[m.Rule] = true
	}
	for _, p := range pairs {
		if want := p.plain.matches(ev); want != got[p.engine] {
			t.Fatalf("engine says %v, plain evaluator %v\n%s %s\nevent %+v", got[p.engine], want, p.engine.ID, p.text, ev)
		}
	}
	return len(got)
}

func TestEngineEqualsPlainEvaluatorOnGeneratedRules(t *testing.T) {
	seeds := []uint64{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41}
	if testing.Short() {
		seeds = seeds[:3]
	}
	if long() {
		for seed := range uint64(1000) {
			seeds = append(seeds, 1000+seed)
		}
	}
	compared, held, refused := 0, 0, 0
	for _, seed := range seeds {
		g := newGenerator(seed)
		var events []event
		for range 80 {
			events = append(events, g.event())
		}
		var pairs []*pair
		for len(pairs) < 100 {
			if p := g.pair(t); p != nil {
				pairs = append(pairs, p)
			} else {
				refused++
			}
		}
		held += compareWithPlain(t, pairs, events)
		compared += len(pairs) * len(events)
	}
	t.Logf("%d decisions, %d of them matches, %d rules refused", compared, held, refused)
	if held < compared/20 || held > compared*19/20 || refused > compared/100 {
		t.Error("the generated rules prove too little")
	}
}

// FuzzDifferential looks for a seed on which the two sides differ.
func FuzzDifferential(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		g := newGenerator(seed)
		var pairs []*pair
		for range 4 {
			if p := g.pair(t); p != nil {
				pairs = append(pairs, p)
			}
		}
		compareWithPlain(t, pairs, []event{g.event(), g.event(), g.event(), g.event(), {}})
	})
}

// long reports whether tests may take their time.
func long() bool { return os.Getenv("NOROSHI_TEST_LONG") == "1" }

func zipTexts(t testing.TB, path string) map[string]string {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	out := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[path+"/"+f.Name] = string(data)
	}
	return out
}
