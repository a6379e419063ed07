package sigma_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/noroshi-soc/noroshi/sigma"
)

const (
	ruleOne = "title: One\nid: 11111111-0000-4000-8000-000000000001\nlevel: high\nlogsource: {category: test}\n" +
		"detection: {sel: {A: x}, condition: sel}\n"
	ruleTwo = "title: Two\nid: 11111111-0000-4000-8000-000000000002\nlogsource: {service: test}\n" +
		"detection: {sel: {A: y}, condition: sel}\n"
	ruleBad = "title: Bad\nid: 11111111-0000-4000-8000-000000000003\nlogsource: {service: test}\n" +
		"detection:\n  sel:\n    A|wrong: y\n  condition: sel\n"
)

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, path string) *sigma.Collection {
	t.Helper()
	c, err := sigma.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLoadReadsFolders(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "b/two.yaml", ruleTwo)
	write(t, dir, "a/one.yml", ruleOne)
	write(t, dir, "a/bad.yml", ruleBad)
	write(t, dir, "a/readme.md", "not a rule")
	write(t, dir, "c/empty.yml", "# nothing\n")
	c := load(t, dir)
	if len(c.Rules) != 2 || c.Rules[0].Title != "One" || c.Rules[1].Title != "Two" {
		t.Fatalf("rules %v", c.Rules)
	}
	if want := filepath.Join(dir, "a", "one.yml"); c.Rules[0].File != want {
		t.Errorf("file %q, want %q", c.Rules[0].File, want)
	}
	if len(c.Problems) != 2 {
		t.Fatalf("problems %v", c.Problems)
	}
	want := filepath.Join(dir, "a", "bad.yml") + `:6: rule "11111111-0000-4000-8000-000000000003": ` +
		`detection.sel.A|wrong: unknown modifier "wrong"`
	if got := c.Problems[0].Error(); got != want {
		t.Errorf("problem %s\nwant    %s", got, want)
	}
	if !strings.HasSuffix(c.Problems[1].Error(), "empty.yml: no document in the file") {
		t.Errorf("problem %s", c.Problems[1])
	}
}

func TestLoadReadsOneFileOfAnyName(t *testing.T) {
	path := write(t, t.TempDir(), "rule.txt", ruleOne+"---\n"+ruleBad+"---\n"+ruleTwo)
	c := load(t, path)
	if len(c.Rules) != 2 || len(c.Problems) != 1 {
		t.Fatalf("%d rules, problems %v", len(c.Rules), c.Problems)
	}
	if two := c.Rules[1]; two.Document != 2 || two.Line != 15 || two.File != path {
		t.Errorf("second rule stands at %s:%d, document %d", two.File, two.Line, two.Document)
	}
	if c.Problems[0].Line != 12 {
		t.Errorf("problem at line %d, want 12", c.Problems[0].Line)
	}
}

func TestLoadReadsZips(t *testing.T) {
	path := filepath.Join(t.TempDir(), "release.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for name, text := range map[string]string{"rules/a/one.yml": ruleOne, "version.txt": "r1", "rules/two.yml": ruleTwo} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	c := load(t, path)
	if len(c.Rules) != 2 || len(c.Problems) != 0 || c.Rules[0].File != path+"/rules/a/one.yml" {
		t.Errorf("rules %v, problems %v", c.Rules, c.Problems)
	}
}

func TestLoadKeepsTheFirstOfEqualIDs(t *testing.T) {
	fsys := fstest.MapFS{
		"r/a.yml": {Data: []byte(ruleOne)},
		"r/b.yml": {Data: []byte(strings.Replace(ruleOne, "title: One", "title: Copy", 1))},
		"x/c.yml": {Data: []byte(ruleTwo)},
	}
	c, err := sigma.LoadFS(fsys, "r")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Rules) != 1 || c.Rules[0].Title != "One" {
		t.Errorf("rules %v", c.Rules)
	}
	if len(c.Problems) != 1 || c.Problems[0].File != "r/b.yml" || c.Problems[0].Reason != "the same id as r/a.yml:1" {
		t.Errorf("problems %v", c.Problems)
	}
}

func TestLoadKeepsTheFirstOfEqualsAcrossKinds(t *testing.T) {
	named := strings.Replace(ruleOne, "level: high", "name: one", 1)
	filter := "title: F\nid: 11111111-0000-4000-8000-00000000000F\nname: one\nlogsource: {category: test}\n" +
		"filter: {rules: any, s: {A: x}, condition: s}\n"
	other := "title: G\nid: 11111111-0000-4000-8000-00000000000f\nlogsource: {category: test}\n" +
		"filter: {rules: any, s: {A: x}, condition: s}\n"
	c, err := sigma.LoadFS(fstest.MapFS{
		"a.yml": {Data: []byte(named)}, "b.yml": {Data: []byte(filter + "---\n" + other + "---\n" + other)},
	}, ".")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Rules) != 1 || len(c.Filters) != 1 || c.Filters[0].Title != "G" || len(c.Problems) != 2 {
		t.Fatalf("rules %v, filters %v, problems %v", c.Rules, c.Filters, c.Problems)
	}
	if c.Problems[0].Reason != "the same name as a.yml:1" || c.Problems[1].Reason != "the same id as b.yml:7" {
		t.Errorf("problems %v", c.Problems)
	}
}

func TestLoadFailsOnlyForThePathItself(t *testing.T) {
	dir := t.TempDir()
	for name, path := range map[string]string{
		"missing": filepath.Join(dir, "none"),
		"not zip": write(t, dir, "rules.zip", "no zip"),
	} {
		if _, err := sigma.Load(path); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := sigma.LoadFS(fstest.MapFS{}, "none"); err == nil {
		t.Error("missing folder of a file system: no error")
	}
}

func TestVersionTellsTheContent(t *testing.T) {
	version := func(files map[string]string) string {
		fsys := fstest.MapFS{}
		for name, text := range files {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
		c, err := sigma.LoadFS(fsys, ".")
		if err != nil {
			t.Fatal(err)
		}
		return c.Version()
	}
	first := version(map[string]string{"a.yml": ruleOne, "b.yml": ruleTwo})
	if again := version(map[string]string{"z/a.yml": ruleTwo, "c.yml": ruleOne}); again != first {
		t.Error("names of files change the version")
	}
	if fewer := version(map[string]string{"a.yml": ruleOne}); fewer == first {
		t.Error("a missing rule does not change the version")
	}
	filter := "title: F\nlogsource: {category: test}\nfilter: {rules: any, s: {A: x}, condition: s}\n"
	if other := version(map[string]string{"a.yml": ruleOne, "b.yml": ruleTwo, "c.yml": filter}); other == first {
		t.Error("a filter does not change the version")
	}
	edited := strings.Replace(ruleTwo, "A: y", "A: z", 1)
	if other := version(map[string]string{"a.yml": ruleOne, "b.yml": edited}); other == first {
		t.Error("an edited rule does not change the version")
	}
}
