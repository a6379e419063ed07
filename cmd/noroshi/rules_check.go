package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/sigma"
)

func rulesCheckCommand() *cobra.Command {
	var choice ruleChoice
	var format string
	cmd := &cobra.Command{
		Use: "check [PATH...]", Short: "Load Sigma rules (folder, file or SigmaHQ zip) and tell what is refused, what waits and what is odd, with file and line",
		Long: `Without PATH the starter rules are checked.

refused   not understood in full, and so not applied at all; the reason is told
waiting   understood, but without values for its placeholders (--values, or a values.yml among the rules)
warning   applied, but odd: no id, no level, slow, a text so short that it is found everywhere
unrouted  applied, but no format that is read gives events of its log source: it will not match

Exits 1 when something was refused.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, "table", "json"); err != nil {
				return err
			}
			choice.paths = args
			set, err := choice.set()
			if err != nil {
				return err
			}
			s, err := newStages()
			if err != nil {
				return err
			}
			found := checkSet(set, s.routes)
			if format == "json" {
				err = found.json(cmd.OutOrStdout())
			} else {
				err = found.table(cmd.OutOrStdout())
			}
			if err == nil && len(found.refused) > 0 {
				err = &exitError{1}
			}
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table, or json: one object a line, {\"loaded\":N,\"refused\":M, ...} last")
	completeFlag(cmd, "format", "table", "json")
	choice.valuesFlag(cmd)
	return cmd
}

// checked is what was found about rules.
type checked struct {
	loaded                     int // understood in full, those that wait included
	refused, waiting, warnings []sigma.Problem
	unrouted                   []*rule.Rule
}

func checkSet(set *rule.Set, routes *detect.Routes) *checked {
	engine, problems := detect.New(set, routes)
	c := &checked{
		loaded: len(set.Rules) + len(set.Filters) + len(set.Correlations), unrouted: engine.Unrouted(),
		refused: slices.Concat(set.Problems, problems), waiting: set.Waiting,
	}
	waits := map[string]bool{}
	for _, p := range set.Waiting {
		waits[p.File+" "+p.Rule] = true
	}
	c.loaded += len(waits) - waitingFilters(set, waits)
	for _, r := range set.Rules {
		c.warnings = append(c.warnings, r.Warnings()...)
	}
	for _, f := range set.Filters {
		c.warnings = append(c.warnings, withoutLevel(f.Warnings())...)
	}
	for _, correlation := range set.Correlations {
		c.warnings = append(c.warnings, correlation.Warnings()...)
	}
	for _, r := range engine.Unindexed() {
		c.warnings = append(c.warnings, sigma.Problem{
			File: r.File, Line: r.Line, Rule: r.ID, Field: "detection",
			Reason: "slow: nothing that it needs is quick to look for, so it is evaluated on every event of its log source",
		})
	}
	for _, list := range [][]sigma.Problem{c.refused, c.waiting, c.warnings} {
		slices.SortStableFunc(list, func(a, b sigma.Problem) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
	}
	return c
}

// waitingFilters counts those that are in the set's filters already.
func waitingFilters(set *rule.Set, waits map[string]bool) (n int) {
	for _, f := range set.Filters {
		if waits[f.File+" "+f.ID] || waits[f.File+" "+f.Title] {
			n++
		}
	}
	return n
}

// withoutLevel leaves out what filters need not have.
func withoutLevel(problems []sigma.Problem) []sigma.Problem {
	return slices.DeleteFunc(problems, func(p sigma.Problem) bool { return p.Field == "level" })
}

func (c *checked) json(w io.Writer) error {
	enc := jsonLines(w)
	for _, kind := range []struct {
		name string
		list []sigma.Problem
	}{{"refused", c.refused}, {"waiting", c.waiting}, {"warning", c.warnings}} {
		for _, p := range kind.list {
			if err := enc.Encode(map[string]any{"kind": kind.name, "file": p.File, "line": p.Line, "rule": p.Rule, "field": p.Field, "reason": p.Reason}); err != nil {
				return err
			}
		}
	}
	for _, r := range c.unrouted {
		if err := enc.Encode(map[string]any{"kind": "unrouted", "file": r.File, "line": r.Line, "rule": r.ID, "logsource": r.LogSource.String()}); err != nil {
			return err
		}
	}
	return enc.Encode(struct {
		Loaded   int `json:"loaded"`
		Refused  int `json:"refused"`
		Waiting  int `json:"waiting"`
		Warnings int `json:"warnings"`
		Unrouted int `json:"unrouted"`
	}{c.loaded, len(c.refused), len(c.waiting), len(c.warnings), len(c.unrouted)})
}

func (c *checked) table(w io.Writer) error {
	var b strings.Builder
	for _, kind := range []struct {
		name string
		list []sigma.Problem
	}{{"refused", c.refused}, {"waiting", c.waiting}, {"warning", c.warnings}} {
		for _, p := range kind.list {
			text := strings.TrimPrefix(p.Field+": "+p.Reason, ": ")
			if p.Rule != "" {
				text += " (" + p.Rule + ")"
			}
			fmt.Fprintf(&b, "%s  %s:%d  %s\n", kind.name, p.File, p.Line, printable(text))
		}
	}
	sources := map[string]int{}
	for _, r := range c.unrouted {
		sources[r.LogSource.String()]++
	}
	for _, name := range slices.SortedFunc(maps.Keys(sources), func(a, b string) int {
		return cmp.Or(cmp.Compare(sources[b], sources[a]), cmp.Compare(a, b))
	}) {
		fmt.Fprintf(&b, "log source %s: no format that is read belongs to it, %d rules will not match\n", printable(name), sources[name])
	}
	fmt.Fprintf(&b, "%d loaded, %d refused, %d waiting for values, %d warnings, %d without log source\n", c.loaded, len(c.refused), len(c.waiting), len(c.warnings), len(c.unrouted))
	_, err := io.WriteString(w, b.String())
	return err
}
