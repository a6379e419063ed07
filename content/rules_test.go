package content_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/noroshi-soc/noroshi/sigma"
)

// ruleTest is what stands beside each rule: events that it must find and
// events that it must leave alone, as JSON objects would hold them.
type ruleTest struct {
	Match   []map[string]any `yaml:"match"`
	NoMatch []map[string]any `yaml:"no_match"`
}

// ruleFile is a rule with what our own house adds to Sigma's keys.
type ruleFile struct {
	Title          string   `yaml:"title"`
	TitleJA        string   `yaml:"title_ja"`
	ID             string   `yaml:"id"`
	Name           string   `yaml:"name"`
	Description    string   `yaml:"description"`
	DescriptionJA  string   `yaml:"description_ja"`
	Author         string   `yaml:"author"`
	Level          string   `yaml:"level"`
	Tags           []string `yaml:"tags"`
	FalsePositives []string `yaml:"falsepositives"`
}

var rulesFS = os.DirFS("rules")

// ruleFiles lists the rules, without the tests beside them.
func ruleFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := fs.WalkDir(rulesFS, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && path.Ext(name) == ".yml" && !strings.HasSuffix(name, ".test.yml") {
			files = append(files, name)
		}
		return err
	})
	if err != nil || len(files) < 40 {
		t.Fatalf("walk rules: %d files, error %v", len(files), err)
	}
	return files
}

func readYAML(t *testing.T, name string, into any) []byte {
	t.Helper()
	data, err := fs.ReadFile(rulesFS, name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return data
}

func TestRulesMatchWhatTheirTestsSay(t *testing.T) {
	for _, name := range ruleFiles(t) {
		t.Run(name, func(t *testing.T) {
			data, err := fs.ReadFile(rulesFS, name)
			if err != nil {
				t.Fatal(err)
			}
			parsed := sigma.Parse(name, data)
			if len(parsed.Problems) > 0 || len(parsed.Rules) != 1 {
				t.Fatalf("parse: %d rules, problems %v", len(parsed.Rules), parsed.Problems)
			}
			engine, problems := sigma.Compile(parsed.Rules)
			if len(problems) > 0 {
				t.Fatalf("compile: %v", problems)
			}
			var test ruleTest
			readYAML(t, strings.TrimSuffix(name, ".yml")+".test.yml", &test)
			if len(test.Match) == 0 || len(test.NoMatch) == 0 {
				t.Fatalf("%d events to match and %d not to, want one of each at least", len(test.Match), len(test.NoMatch))
			}
			for i, event := range test.Match {
				if !matches(engine, event) {
					t.Errorf("event %d must match and does not: %v", i+1, event)
				}
			}
			for i, event := range test.NoMatch {
				if matches(engine, event) {
					t.Errorf("event %d must not match and does: %v", i+1, event)
				}
			}
		})
	}
}

// matches asks an engine of one rule about an event of the rule's log source.
func matches(engine *sigma.Engine, event map[string]any) bool {
	record := engine.NewRecord()
	record.Reset(engine.Route(func(sigma.LogSource) bool { return true }))
	for field, value := range event {
		number := record.Add(valueOf(value))
		if slot, ok := engine.Slot(field); ok {
			record.Name(slot, number)
		}
	}
	return len(engine.Match(record, nil)) > 0
}

func valueOf(value any) sigma.Value {
	switch v := value.(type) {
	case nil:
		return sigma.Value{Kind: sigma.Null}
	case string:
		return sigma.Value{Kind: sigma.String, Text: v}
	case bool:
		return sigma.Value{Kind: sigma.Bool, Text: fmt.Sprint(v)}
	case []any:
		list := sigma.Value{Kind: sigma.List}
		for _, element := range v {
			list.List = append(list.List, valueOf(element))
		}
		return list
	}
	return sigma.Value{Kind: sigma.Number, Text: fmt.Sprint(value)}
}

func TestRulesTellWhatAnalystsNeed(t *testing.T) {
	ids, names := map[string]string{}, map[string]string{}
	tactics := []string{
		"attack.reconnaissance", "attack.initial-access", "attack.execution", "attack.persistence", "attack.privilege-escalation", "attack.defense-evasion",
		"attack.credential-access", "attack.discovery", "attack.lateral-movement", "attack.collection", "attack.command-and-control", "attack.exfiltration", "attack.impact",
	}
	for _, name := range ruleFiles(t) {
		var r ruleFile
		readYAML(t, name, &r)
		if r.Title == "" || r.TitleJA == "" || r.Description == "" || r.DescriptionJA == "" || r.Author == "" || len(r.FalsePositives) == 0 {
			t.Errorf("%s: title, title_ja, description, description_ja, author or falsepositives missing", name)
		}
		if want := strings.TrimSuffix(path.Base(name), ".yml"); r.Name != want {
			t.Errorf("%s: name %q, want the file's own name %q", name, r.Name, want)
		}
		if other := ids[r.ID]; len(r.ID) != 36 || other != "" {
			t.Errorf("%s: id %q is no UUID or that of %q", name, r.ID, other)
		}
		if other := names[r.Name]; other != "" {
			t.Errorf("%s: name is that of %s too", name, other)
		}
		ids[r.ID], names[r.Name] = name, name
		if len(r.Tags) == 0 || !slices.Contains(tactics, r.Tags[0]) {
			t.Errorf("%s: the first tag of %v is no tactic", name, r.Tags)
		}
		if !slices.ContainsFunc(r.Tags, func(tag string) bool { return strings.HasPrefix(tag, "attack.t1") }) {
			t.Errorf("%s: no technique among %v", name, r.Tags)
		}
		if !slices.Contains([]string{"informational", "low", "medium", "high", "critical"}, r.Level) {
			t.Errorf("%s: level %q", name, r.Level)
		}
	}
}
