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

func TestSigmaHQRulesLoad(t *testing.T) {
	c := loadZip(t, "")
	t.Logf("%d rules loaded, %d refused, version %s", len(c.Rules), len(c.Problems), c.Version())
	for _, p := range c.Problems {
		t.Log(p)
	}
	if len(c.Rules) != 3755 || len(c.Problems) != 2 {
		t.Errorf("loaded %d and refused %d, want 3755 and the 2 with placeholders", len(c.Rules), len(c.Problems))
	}
	for _, p := range c.Problems {
		if !strings.Contains(p.Reason, "expand") || p.Line == 0 || p.Rule == "" {
			t.Errorf("refused for another reason, or without saying where: %v", p)
		}
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
