package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/sigma"
)

// loadRules reads the starter rules, the rules of a path ("" for none), or both.
func loadRules(starter bool, path string) (*rule.Set, error) {
	files := rule.Files{}
	if starter {
		shipped, err := rule.ReadFS(content.FS, "rules")
		if err != nil {
			return nil, fmt.Errorf("starter rules: %w", err)
		}
		for name, data := range shipped {
			files[name] = data
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

func rulesCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "rules", Short: "Look at detection rules"}
	var format string
	check := &cobra.Command{
		Use: "check [PATH...]", Short: "Load Sigma rules (folder, file or SigmaHQ zip) and list what is refused, with file, field and reason",
		Long: "Without PATH the starter rules are checked. Rules whose log source no supported format belongs to are loaded and listed as never matching.\n" +
			"Exits 1 when a rule was refused.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "table" && format != "json" {
				return fmt.Errorf("--format %q: want table or json", format)
			}
			routes, err := detect.LoadRoutes(content.FS)
			if err != nil {
				return err
			}
			sets, err := checked(args)
			if err != nil {
				return err
			}
			refused := 0
			for _, set := range sets {
				engine, problems := detect.New(set, routes)
				problems = append(append([]sigma.Problem{}, set.Problems...), problems...)
				refused += len(problems)
				if err := printCheck(cmd.OutOrStdout(), format, len(set.Rules), problems, engine.Unrouted()); err != nil {
					return err
				}
			}
			if refused > 0 {
				return &exitError{1}
			}
			return nil
		},
	}
	check.Flags().StringVar(&format, "format", "table", "table, or json: one object a line, {\"loaded\":N,\"refused\":M} last")
	cmd.AddCommand(check)
	return cmd
}

func checked(paths []string) ([]*rule.Set, error) {
	if len(paths) == 0 {
		set, err := loadRules(true, "")
		return []*rule.Set{set}, err
	}
	var out []*rule.Set
	for _, p := range paths {
		files, err := rule.Read(p)
		if err != nil {
			return nil, err
		}
		out = append(out, rule.NewSet(files))
	}
	return out, nil
}

func printCheck(w io.Writer, format string, loaded int, problems []sigma.Problem, unrouted []*rule.Rule) error {
	if format == "json" {
		enc := json.NewEncoder(w)
		for _, p := range problems {
			if err := enc.Encode(map[string]any{"kind": "refused", "file": p.File, "line": p.Line, "rule": p.Rule, "field": p.Field, "reason": p.Reason}); err != nil {
				return err
			}
		}
		for _, r := range unrouted {
			if err := enc.Encode(map[string]any{"kind": "unrouted", "file": r.File, "rule": r.ID, "logsource": r.LogSource.String()}); err != nil {
				return err
			}
		}
		return enc.Encode(map[string]int{"loaded": loaded, "refused": len(problems), "unrouted": len(unrouted)})
	}
	if len(problems) > 0 {
		t := table.NewWriter()
		t.SetStyle(table.StyleLight)
		t.AppendHeader(table.Row{"refused", "line", "rule", "field", "reason"})
		for _, p := range problems {
			t.AppendRow(table.Row{p.File, p.Line, p.Rule, p.Field, p.Reason})
		}
		if _, err := fmt.Fprintln(w, t.Render()); err != nil {
			return err
		}
	}
	sources := map[string]int{}
	for _, r := range unrouted {
		sources[r.LogSource.String()]++
	}
	names := slices.SortedFunc(maps.Keys(sources), func(a, b string) int {
		return cmp.Or(cmp.Compare(sources[b], sources[a]), cmp.Compare(a, b))
	})
	for _, name := range names {
		if _, err := fmt.Fprintf(w, "log source %s: no format that is read belongs to it, %d rules will not match\n", name, sources[name]); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d rules loaded, %d refused, %d without log source\n", loaded, len(problems), len(unrouted))
	return err
}
