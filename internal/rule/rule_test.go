package rule_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/rule"
)

const one = `title: One
title_ja: 一
id: 11111111-1111-4111-8111-111111111111
logsource: {product: windows}
level: high
detection: {selection: {EventID: 1}, condition: selection}
`

func files(more ...string) rule.Files {
	out := rule.Files{"a/one.yml": []byte(one)}
	for i, text := range more {
		out[string(rune('b'+i))+".yml"] = []byte(text)
	}
	return out
}

func TestSetRefusesSecondOfAnID(t *testing.T) {
	set := rule.NewSet(files(one))
	if len(set.Rules) != 1 || len(set.Problems) != 1 || set.Problems[0].Field != "id" {
		t.Fatalf("rules %d, problems %v", len(set.Rules), set.Problems)
	}
}

func TestSetKeepsJapaneseAndSource(t *testing.T) {
	r := rule.NewSet(files()).ByID("11111111-1111-4111-8111-111111111111")
	if r == nil || r.TitleJA != "一" || r.Source != one {
		t.Fatalf("got %+v", r)
	}
}

func TestRulesWithoutAnIDAreKeptApart(t *testing.T) {
	bare := "title: B\nlogsource: {product: x}\ndetection: {s: {a: 1}, condition: s}\n"
	set := rule.NewSet(files(bare, bare+"---\n"+bare))
	ids := map[string]bool{}
	for _, r := range set.Rules {
		ids[r.ID] = set.ByID(r.ID) == r && r.ID != ""
	}
	if len(ids) != 4 || len(set.Problems) != 0 {
		t.Errorf("%d rules of 4 can be told apart: %v, problems %v", len(ids), ids, set.Problems)
	}
}

func TestVersionNamesTheContent(t *testing.T) {
	set := rule.NewSet(files("title: Bad\ndetection: {condition: nothing}\n"))
	again := rule.NewSet(set.Files())
	if again.Version != set.Version || len(again.Rules) != len(set.Rules) || len(again.Problems) != len(set.Problems) {
		t.Errorf("got %s %d %d, want %s %d %d", again.Version, len(again.Rules), len(again.Problems), set.Version, len(set.Rules), len(set.Problems))
	}
	if other := rule.NewSet(files()); other.Version == set.Version {
		t.Error("different files, same version")
	}
}

func TestReadFolderAndZip(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("rules/x/one.yml", one)
	write("rules/x/one.test.yml", "not: a rule")
	write("rules/readme.md", "text")
	got, err := rule.Read(filepath.Join(dir, "rules"))
	if err != nil || len(got) != 1 {
		t.Fatalf("folder: %v, %v", got, err)
	}
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	f, err := w.Create("rules/x/one.yml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(one)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	write("r.zip", buf.String())
	zipped, err := rule.Read(filepath.Join(dir, "r.zip"))
	if err != nil || len(zipped) != 1 {
		t.Fatalf("zip: %v, %v", zipped, err)
	}
	if _, err := rule.Read(filepath.Join(dir, "absent")); err == nil {
		t.Error("absent path accepted")
	}
}

func TestSetFillsPlaceholdersAndAppliesFilters(t *testing.T) {
	const waits = "title: Known hosts\nid: 0c6d2f1b-0000-4000-8000-000000000001\nlogsource: {product: windows}\ndetection:\n  s: {Computer|expand: '%hosts%'}\n  condition: s\n"
	const filter = "title: Not the admin\nid: 0c6d2f1b-0000-4000-8000-000000000002\nlogsource: {product: windows}\nfilter:\n  rules: [0c6d2f1b-0000-4000-8000-000000000001]\n  admin: {User: admin}\n  condition: not admin\n"
	files := rule.Files{"a.yml": []byte(waits), "f.yml": []byte(filter)}
	s := rule.NewSet(files)
	if len(s.Rules) != 0 || len(s.Waiting) != 1 || len(s.Problems) != 0 || s.Waiting[0].File != "a.yml" || len(s.Filters) != 1 {
		t.Errorf("without values: %d rules, waiting %v, problems %v", len(s.Rules), s.Waiting, s.Problems)
	}
	files["x/values.yml"] = []byte("hosts: [a, b]\n")
	s = rule.NewSet(files)
	if len(s.Rules) != 1 || len(s.Waiting)+len(s.Problems) != 0 || s.ByID("0c6d2f1b-0000-4000-8000-000000000001") == nil {
		t.Fatalf("with values: %d rules, waiting %v, problems %v", len(s.Rules), s.Waiting, s.Problems)
	}
	if got := s.Rules[0].Filters(); len(got) != 1 || s.Rules[0].Source != waits {
		t.Errorf("filters %v, source %q", got, s.Rules[0].Source)
	}
	files["y/values.yml"] = []byte("hosts: [c]\nfoo: {}\n")
	if s = rule.NewSet(files); len(s.Problems) != 2 {
		t.Errorf("two values of one name and a broken one: %v", s.Problems)
	}
	files["f.yml"] = []byte(filter[:len("title: Not the admin\nid: 0c6d2f1b-0000-4000-8000-00000000000")] + "1" + filter[len("title: Not the admin\nid: 0c6d2f1b-0000-4000-8000-000000000002"):])
	if s = rule.NewSet(files); len(s.Filters) != 0 {
		t.Errorf("a filter with a rule's id: %v", s.Problems)
	}
}
