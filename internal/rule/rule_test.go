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
