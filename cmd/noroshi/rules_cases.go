package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/ruletest"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// caseOptions are the flags of `noroshi rules test`.
type caseOptions struct {
	rules  ruleChoice
	format string
	exact  bool
	quiet  bool
}

func rulesTestCommand() *cobra.Command {
	var o caseOptions
	cmd := &cobra.Command{
		Use: "test PATH...", Short: "Run the tests that stand beside rules, and SigmaHQ's regression data", Args: cobra.MinimumNArgs(1),
		Long: `Runs every test file x.test.yml below PATH against the rule in x.yml beside it, and every folder with an info.yml in the layout of
SigmaHQ's regression data against the rule that it names (--rules). Events go through the same stages as in the server: they are
read, brought into the log's own names, led to the rules of their log source, and matched.

  match:
    - {Channel: Security, EventID: 4720, TargetUserName: tmp01}
  no_match:
    - {Channel: Security, EventID: 4738, TargetUserName: h.shirase}

Exits 1 when a case failed or a test file could not be read. docs/rules.md tells all that a test file may hold.`,
		RunE: func(cmd *cobra.Command, args []string) error { return runCases(cmd, args, o) },
	}
	o.rules.flags(cmd, "those below PATH")
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "table", "table, or json: one object a line, the summary last")
	completeFlag(cmd, "format", "table", "json")
	f.BoolVar(&o.exact, "exact", false, "more matches than an info.yml's match_count says are a failure too")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "show failures only")
	return cmd
}

func runCases(cmd *cobra.Command, paths []string, o caseOptions) error {
	if err := oneOf("format", o.format, "table", "json"); err != nil {
		return err
	}
	found, err := findCases(paths)
	if err != nil {
		return err
	}
	runner, err := newRunner(o.rules, found.rules)
	if err != nil {
		return err
	}
	runner.Exact = o.exact
	out := &caseOutput{w: cmd.OutOrStdout(), format: o.format, quiet: o.quiet}
	for _, name := range found.tests {
		file, err := ruletest.Read(name)
		if err != nil {
			out.broken = append(out.broken, err)
			continue
		}
		out.results = append(out.results, runner.Run(file)...)
	}
	for _, name := range found.infos {
		g, err := ruletest.ReadRegression(name)
		if err != nil {
			out.broken = append(out.broken, err)
			continue
		}
		out.results = append(out.results, runner.RunRegression(g)...)
	}
	if err := out.print(); err != nil {
		return err
	}
	if out.failed() > 0 || len(out.broken) > 0 {
		return &exitError{1}
	}
	return nil
}

// newRunner makes an engine of the rules beside the tests and one of those of --rules, so that the same rule may be in both.
func newRunner(choice ruleChoice, beside []string) (*ruletest.Runner, error) {
	s, err := newStages()
	if err != nil {
		return nil, err
	}
	owner, err := tenant.ParseID("test")
	if err != nil {
		return nil, err
	}
	runner := &ruletest.Runner{Normalizer: s.normalizer, Tenant: owner, Now: s.now}
	for _, paths := range [][]string{beside, choice.paths} {
		if len(paths) == 0 {
			continue
		}
		set, err := choice.read(rule.Files{}, paths)
		if err != nil {
			return nil, err
		}
		engine, problems := detect.New(set, s.routes)
		runner.Engines = append(runner.Engines, engine)
		runner.Problems = slices.Concat(runner.Problems, set.Problems, set.Waiting, problems)
	}
	return runner, nil
}

// foundCases are the files that a test run is about.
type foundCases struct {
	tests, infos []string
	rules        []string // files beside tests
}

func findCases(paths []string) (*foundCases, error) {
	out := &foundCases{}
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && !info.IsDir() && !strings.HasSuffix(path, ruletest.Suffix) && filepath.Base(path) != ruletest.InfoName {
			return nil, fmt.Errorf("%s is neither a folder nor a test (*%s, %s)", path, ruletest.Suffix, ruletest.InfoName)
		}
		err := filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				out.add(name, name == path)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("rule tests: %w", err)
		}
	}
	if len(out.tests)+len(out.infos) == 0 {
		return nil, fmt.Errorf("no test (*%s, %s) below %s", ruletest.Suffix, ruletest.InfoName, strings.Join(paths, ", "))
	}
	slices.Sort(out.rules)
	out.rules = slices.Compact(out.rules)
	return out, nil
}

// add sorts a file; of a test that was named itself the rule beside it is taken too.
func (c *foundCases) add(name string, alone bool) {
	ext := strings.ToLower(filepath.Ext(name))
	switch {
	case strings.HasSuffix(name, ruletest.Suffix):
		c.tests = append(c.tests, name)
		for _, ext := range []string{".yml", ".yaml"} {
			rule := strings.TrimSuffix(name, ruletest.Suffix) + ext
			if _, err := os.Stat(rule); alone && err == nil {
				c.rules = append(c.rules, rule)
			}
		}
	case filepath.Base(name) == ruletest.InfoName:
		c.infos = append(c.infos, name)
	case (ext == ".yml" || ext == ".yaml") && !strings.HasPrefix(filepath.Base(name), "."):
		c.rules = append(c.rules, name)
	}
}

// caseOutput tells what a run came to.
type caseOutput struct {
	w       io.Writer
	format  string
	quiet   bool
	results []ruletest.Result
	broken  []error // test files that could not be read
}

func (o *caseOutput) failed() (n int) {
	for i := range o.results {
		if !o.results[i].Passed {
			n++
		}
	}
	return n
}

func (o *caseOutput) print() error {
	if o.format == "json" {
		return o.json()
	}
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"", "rule", "case", "wanted", "found", "test"})
	shown := 0
	for i := range o.results {
		r := &o.results[i]
		if o.quiet && r.Passed {
			continue
		}
		mark := "ok"
		if !r.Passed {
			mark = "FAIL"
		}
		shown++
		t.AppendRow(table.Row{mark, printable(cut(firstOf(r.Title, r.Rule), 50)), printable(r.Name), r.Wanted, r.Found, fmt.Sprintf("%s:%d", r.File, r.Line)})
	}
	if shown > 0 {
		if _, err := fmt.Fprintln(o.w, t.Render()); err != nil {
			return err
		}
	}
	return o.tail()
}

// tail tells why cases failed, what is odd about others, and the sum.
func (o *caseOutput) tail() error {
	var b strings.Builder
	for i := range o.results {
		r := &o.results[i]
		if r.Note != "" && !o.quiet {
			fmt.Fprintf(&b, "\nnote %s:%d %s: %s\n", r.File, r.Line, r.Name, printable(r.Note))
		}
		if r.Passed {
			continue
		}
		fmt.Fprintf(&b, "\nFAIL %s:%d %s: %s, wanted %s, found %d of %d\n", r.File, r.Line, r.Name, printable(firstOf(r.Title, r.Rule)), r.Wanted, r.Found, r.Events)
		for _, why := range r.Why {
			fmt.Fprintf(&b, "  %s\n", printable(why))
		}
	}
	for _, err := range o.broken {
		fmt.Fprintf(&b, "\nBROKEN %s\n", printable(err.Error()))
	}
	failed := o.failed()
	fmt.Fprintf(&b, "\n%d cases: %d passed, %d failed; %d test files could not be read\n", len(o.results), len(o.results)-failed, failed, len(o.broken))
	_, err := io.WriteString(o.w, b.String())
	return err
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func (o *caseOutput) json() error {
	enc := jsonLines(o.w)
	for i := range o.results {
		r := &o.results[i]
		if o.quiet && r.Passed {
			continue
		}
		line := map[string]any{
			"kind": "case", "passed": r.Passed, "rule": r.Rule, "title": r.Title, "case": r.Name, "wanted": r.Wanted,
			"found": r.Found, "events": r.Events, "file": r.File, "line": r.Line, "why": r.Why, "note": r.Note,
		}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	for _, err := range o.broken {
		var at *ruletest.TestFileError
		line := map[string]any{"kind": "broken", "reason": err.Error()}
		if errors.As(err, &at) {
			line["file"], line["line"], line["reason"] = at.File, at.Line, at.Reason
		}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	failed := o.failed()
	return enc.Encode(struct {
		Kind   string `json:"kind"`
		Cases  int    `json:"cases"`
		Passed int    `json:"passed"`
		Failed int    `json:"failed"`
		Broken int    `json:"broken"`
	}{"summary", len(o.results), len(o.results) - failed, failed, len(o.broken)})
}
