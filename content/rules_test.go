package content_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/ruletest"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

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

// TestRulesMatchWhatTheirTestsSay runs the tests beside the rules, as `noroshi rules test` does.
func TestRulesMatchWhatTheirTestsSay(t *testing.T) {
	r := runner(t)
	for _, name := range ruleFiles(t) {
		file, err := ruletest.Read(filepath.Join("rules", strings.TrimSuffix(name, ".yml")+ruletest.Suffix))
		if err != nil {
			t.Error(err)
			continue
		}
		kinds := map[string]int{}
		for _, res := range r.Run(file) {
			kinds[res.Wanted]++
			if !res.Passed {
				t.Errorf("%s:%d %s: %v", res.File, res.Line, res.Name, res.Why)
			}
		}
		events, streams := kinds["match"] > 0 && kinds["no match"] > 0, kinds["1 finding"] > 0 && kinds["0 findings"] > 0
		if !events && !streams {
			t.Errorf("%s: what it must find and what it must not: %v, want one of each at least", name, kinds)
		}
	}
}

// runner runs tests with the starter rules, under the names of their files.
func runner(t *testing.T) *ruletest.Runner {
	t.Helper()
	files, err := rule.ReadFS(content.FS, "rules")
	if err != nil {
		t.Fatal(err)
	}
	set := rule.NewSet(files)
	routes, err := detect.LoadRoutes(content.FS)
	if err != nil {
		t.Fatal(err)
	}
	engine, problems := detect.New(set, routes)
	if len(set.Problems)+len(problems) > 0 {
		t.Fatal(set.Problems, problems)
	}
	n, err := normalize.New(content.FS)
	if err != nil {
		t.Fatal(err)
	}
	owner, err := tenant.ParseID("test")
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC) }
	return &ruletest.Runner{Engines: []*detect.Engine{engine}, Normalizer: n, Tenant: owner, Now: now}
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
