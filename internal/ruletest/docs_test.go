package ruletest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/ruletest"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n# (\\S+)\n(.*?)```")

// TestTheManualsExamplesPass: what docs/rules.md shows loads, and its tests pass. A filter that the manual shows changes nothing that they hold to.
func TestTheManualsExamplesPass(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "rules.md"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, block := range yamlBlock.FindAllStringSubmatch(string(text), -1) {
		files[block[1]] = block[2]
	}
	if len(files) != 5 {
		t.Fatalf("%d examples with a file name, want 5", len(files))
	}
	dir := write(t, files)
	r := runner(t, dir)
	set := r.Engines[0].Set()
	if len(set.Problems)+len(set.Waiting) > 0 || len(set.Rules) != 2 || len(set.Correlations) != 1 || len(set.Filters) != 1 || len(set.ByID("8f4f7b52-6f0a-4f0e-9a34-1d2c3b4a5f60").Filters()) != 1 {
		t.Fatalf("%d rules, %v", len(set.Rules), set.Problems)
	}
	cases := 0
	for name := range files {
		if !strings.HasSuffix(name, ruletest.Suffix) {
			continue
		}
		f, err := ruletest.Read(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, res := range r.Run(f) {
			cases++
			if !res.Passed {
				t.Errorf("%s:%d %s: %v", name, res.Line, res.Name, res.Why)
			}
		}
	}
	if cases != 6 {
		t.Errorf("%d cases, want 6", cases)
	}
}
