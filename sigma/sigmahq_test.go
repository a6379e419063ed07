package sigma_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/noroshi-soc/noroshi/sigma"
)

// windowsEvents reads the flat events, one a line.
func windowsEvents(t testing.TB) []event {
	t.Helper()
	f, err := os.Open(sharedFile(t, "windows", "events-20k.ndjson.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var out []event
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		out = append(out, decodeEvent(t, bytes.Clone(lines.Bytes())))
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func compile(t testing.TB, rules []*sigma.Rule) *sigma.Engine {
	t.Helper()
	e, problems := sigma.Compile(rules)
	for _, p := range problems {
		t.Errorf("compile: %v", p)
	}
	return e
}

// ready gives the rules that need no values.
func ready(t testing.TB, c *sigma.Collection) []*sigma.Rule {
	t.Helper()
	rules, problems := c.Prepare(nil)
	for _, p := range problems {
		if !strings.Contains(p.Reason, "waits for values of placeholder") {
			t.Errorf("prepare: %v", p)
		}
	}
	return rules
}

func TestSigmaHQRulesLoad(t *testing.T) {
	c := loadZip(t, "")
	t.Logf("%d rules loaded, %d refused, version %s", len(c.Rules), len(c.Problems), c.Version())
	if len(c.Rules) != 3757 || len(c.Problems) != 0 {
		t.Errorf("loaded %d and refused %d, want 3757 and none: %v", len(c.Rules), len(c.Problems), c.Problems)
	}
	rules, problems := c.Prepare(nil)
	if len(rules) != 3755 || len(problems) != 2 {
		t.Errorf("%d rules are ready and %d wait, want 3755 and 2: %v", len(rules), len(problems), problems)
	}
	for _, p := range problems {
		if p.Reason != "waits for values of placeholder %known_cdcs%" || p.Line == 0 || !strings.HasSuffix(p.Field, "|contains|expand") {
			t.Errorf("waits for another reason, or without saying where: %v", p)
		}
	}
	rules, problems = c.Prepare(sigma.Values{"known_cdcs": {"DC01", "10.0.0.1"}})
	if len(rules) != 3757 || len(problems) != 0 {
		t.Errorf("with values %d rules are ready, want 3757: %v", len(rules), problems)
	}
	if _, problems := sigma.Compile(rules); len(problems) > 0 {
		t.Errorf("ready, but not compiled: %v", problems)
	}
}

func TestWindowsEventsMatchAsTwoOtherEnginesDo(t *testing.T) {
	c := loadZip(t, "rules/windows/")
	e := compile(t, c.Rules)
	want := map[string]bool{}
	data, err := os.ReadFile(sharedFile(t, "windows", "events-20k.matches.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		want[strings.TrimSpace(line)] = true
	}
	r := &router{engine: e, known: map[string]*sigma.Route{}}
	record := e.NewRecord()
	found := 0
	for i, ev := range windowsEvents(t) {
		record.Reset(r.route(ev))
		fill(e, record, ev)
		for _, m := range e.Match(record, nil) {
			key := fmt.Sprintf("%d\t%s", i, m.Rule.ID)
			if !want[key] {
				t.Errorf("match that nobody else sees: %s %q %v", key, m.Rule.Title, m.Fields)
			}
			delete(want, key)
			found++
		}
	}
	for key := range want {
		t.Errorf("missed: %s", key)
	}
	t.Logf("%d rules, %d matches", len(c.Rules), found)
}
