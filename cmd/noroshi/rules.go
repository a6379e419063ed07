package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/sigma"
)

// loadRules reads the starter rules, the rules of a path ("" for none), or both.
func loadRules(starter bool, path string) (*rule.Set, error) {
	files := rule.Files{}
	if starter {
		if err := addStarter(files); err != nil {
			return nil, err
		}
	}
	if path != "" {
		own, err := rule.Read(path)
		if err != nil {
			return nil, err
		}
		for name, data := range own {
			files["own/"+name] = data
		}
	}
	return rule.NewSet(files), nil
}

func addStarter(files rule.Files) error {
	shipped, err := rule.ReadFS(content.FS, "rules")
	if err != nil {
		return fmt.Errorf("starter rules: %w", err)
	}
	for name, data := range shipped {
		files[name] = data
	}
	return nil
}

func rulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "rules", Short: "Check, test, explain, list, measure and import detection rules",
		Long: `Detection rules are Sigma rules: YAML files with one or more rules, correlations and filters each.

  noroshi rules check my-rules           is every rule understood? what is odd about it?
  noroshi rules test my-rules            does every rule find what its tests say?
  noroshi rules explain RULE EVENT       which part of a rule held on an event, and on what
  noroshi rules list --level high        which rules are there
  noroshi rules bench events.ndjson      how fast are they, and which ones are slow
  noroshi rules import sigma.zip --to my-rules

docs/rules.md tells how rules and their tests are written.`,
	}
	cmd.AddCommand(rulesCheckCommand(), rulesTestCommand(), rulesExplainCommand(), rulesListCommand(), rulesBenchCommand(), rulesImportCommand())
	return cmd
}

// ruleChoice are the flags by which a verb is told which rules to take.
type ruleChoice struct {
	paths  []string
	values string
}

func (c *ruleChoice) flags(cmd *cobra.Command, absent string) {
	cmd.Flags().StringArrayVar(&c.paths, "rules", nil, "Sigma rules: folder, file or SigmaHQ zip; may be given again (default: "+absent+")")
	c.valuesFlag(cmd)
}

func (c *ruleChoice) valuesFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.values, "values", "", "values of placeholders (%name% with the modifier expand): a YAML map of names to lists")
}

// set reads the chosen rules; those that come with the program where none are chosen.
func (c *ruleChoice) set() (*rule.Set, error) {
	files := rule.Files{}
	if len(c.paths) == 0 {
		if err := addStarter(files); err != nil {
			return nil, err
		}
	}
	return c.read(files, c.paths)
}

func (c *ruleChoice) read(files rule.Files, paths []string) (*rule.Set, error) {
	for _, path := range paths {
		if err := addFiles(files, path); err != nil {
			return nil, err
		}
	}
	if c.values != "" {
		data, err := os.ReadFile(c.values)
		if err != nil {
			return nil, fmt.Errorf("--values: %w", err)
		}
		files[filepath.Join(filepath.Dir(c.values), rule.ValuesFile)] = data
	}
	return rule.NewSet(files), nil
}

// addFiles adds the rule files of a path under the names by which people find them.
func addFiles(files rule.Files, path string) error {
	read, err := rule.Read(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	single := !info.IsDir() && !strings.EqualFold(filepath.Ext(path), ".zip")
	for name, data := range read {
		if single {
			files[filepath.Clean(path)] = data
			continue
		}
		files[filepath.Join(path, filepath.FromSlash(name))] = data
	}
	return nil
}

// stages are what an event goes through offline.
type stages struct {
	normalizer *normalize.Normalizer
	routes     *detect.Routes
	now        func() time.Time
}

func newStages() (stages, error) {
	normalizer, err := normalize.New(content.FS)
	if err != nil {
		return stages{}, err
	}
	routes, err := detect.LoadRoutes(content.FS)
	return stages{normalizer, routes, time.Now}, err
}

// findRule finds a rule by its id or its name.
func findRule(set *rule.Set, name string) (*rule.Rule, error) {
	if r := set.ByID(name); r != nil {
		return r, nil
	}
	at := slices.IndexFunc(set.Rules, func(r *rule.Rule) bool { return strings.EqualFold(r.ID, name) || r.Name == name && name != "" })
	if at >= 0 {
		return set.Rules[at], nil
	}
	for _, c := range set.Correlations {
		if strings.EqualFold(c.ID, name) || c.Name == name {
			return nil, fmt.Errorf("%q is a correlation: explain the rules that it counts: %s", name, strings.Join(c.Rules, ", "))
		}
	}
	for _, p := range slices.Concat(set.Problems, set.Waiting) {
		file := path.Base(p.File)
		if strings.EqualFold(p.Rule, name) || strings.TrimSuffix(file, path.Ext(file)) == name {
			return nil, fmt.Errorf("rule %q does not run: %w", name, p)
		}
	}
	return nil, fmt.Errorf("no rule %q is loaded", name)
}

// oneOf checks a flag of a few words.
func oneOf(flag, got string, words ...string) error {
	if slices.Contains(words, got) {
		return nil
	}
	last := len(words) - 1
	return fmt.Errorf("--%s %q: want %s or %s", flag, got, strings.Join(words[:last], ", "), words[last])
}

// ruleFilter are the flags that narrow rules down.
type ruleFilter struct {
	level, status                    string
	product, category, service, tags []string
	least                            sigma.Level
	statuses                         []string
}

func (f *ruleFilter) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.level, "level", "", "lowest level: informational, low, medium, high, critical")
	flags.StringVar(&f.status, "status", "", "only rules of these statuses, comma between: stable,test,experimental,deprecated,unsupported")
	flags.StringSliceVar(&f.product, "product", nil, "only rules of log sources of this product")
	flags.StringSliceVar(&f.category, "category", nil, "only rules of log sources of this category")
	flags.StringSliceVar(&f.service, "service", nil, "only rules of log sources of this service")
	flags.StringSliceVar(&f.tags, "tag", nil, "only rules with a tag that begins so: attack.t1059, attack.execution")
	completeFlag(cmd, "level", "informational", "low", "medium", "high", "critical")
	completeFlag(cmd, "status", "stable", "test", "experimental", "deprecated", "unsupported")
}

// check reads the flags; it comes before keeps.
func (f *ruleFilter) check() error {
	if f.level != "" {
		least, err := sigma.ParseLevel(f.level)
		if err != nil {
			return fmt.Errorf("--level: %w", err)
		}
		f.least = least
	}
	if f.status == "" {
		return nil
	}
	for status := range strings.SplitSeq(f.status, ",") {
		if err := oneOf("status", status, "stable", "test", "experimental", "deprecated", "unsupported"); err != nil {
			return err
		}
		f.statuses = append(f.statuses, status)
	}
	return nil
}

// keeps reports whether a document passes all that was asked for. A document without log source, which is a correlation, passes only where none is asked for.
func (f *ruleFilter) keeps(m *sigma.Meta, ls sigma.LogSource) bool {
	among := func(asked []string, got string) bool {
		return len(asked) == 0 || slices.ContainsFunc(asked, func(a string) bool { return strings.EqualFold(a, got) })
	}
	return m.Level >= f.least && among(f.statuses, m.Status) && among(f.product, ls.Product) && among(f.category, ls.Category) && among(f.service, ls.Service) &&
		(len(f.tags) == 0 || slices.ContainsFunc(m.Tags, func(tag string) bool {
			return slices.ContainsFunc(f.tags, func(begin string) bool { return strings.HasPrefix(strings.ToLower(tag), strings.ToLower(begin)) })
		}))
}

// jsonLines writes one object a line, marks of HTML as they are.
func jsonLines(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}
