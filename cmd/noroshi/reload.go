package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/noroshi-soc/noroshi/internal/api"
)

// runningRules adds the verbs on a running server's rules to those on rule files.
func runningRules(cmd *cobra.Command) *cobra.Command {
	cmd.AddCommand(reloadCommand(), runningCommand(), onCommand())
	return cmd
}

func reloadCommand() *cobra.Command {
	var r remote
	cmd := r.verb("reload", "Let the running server read its rules again, without losing an event", 0, func(cmd *cobra.Command, _ []string) error {
		var out api.RulesReloaded
		if err := r.call(cmd.Context(), http.MethodPost, "/rules/reload", nil, &out); err != nil {
			return err
		}
		if r.json {
			return r.print(cmd.OutOrStdout(), out, nil, nil)
		}
		for _, p := range out.Refused {
			if _, err := fmt.Fprintf(cmd.OutOrStdout(), "refused  %s:%d %s: %s\n", p.File, p.Line, p.Field, p.Reason); err != nil {
				return err
			}
		}
		for _, p := range out.Waiting {
			if _, err := fmt.Fprintf(cmd.OutOrStdout(), "waiting  %s:%d %s: %s\n", p.File, p.Line, p.Field, p.Reason); err != nil {
				return err
			}
		}
		told := "nothing has changed"
		if out.VersionBefore != out.VersionAfter {
			told = "before " + out.VersionBefore
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "%d rules in force, %d refused, version %s (%s)\n", out.Loaded, len(out.Refused), out.VersionAfter, told)
		return err
	})
	return r.alone(cmd)
}

func runningCommand() *cobra.Command {
	var r remote
	var off bool
	cmd := r.verb("running", "List the rules of the running server, with what is switched off and why", 0, func(cmd *cobra.Command, _ []string) error {
		var out api.RuleList
		if err := r.call(cmd.Context(), http.MethodGet, "/rules", nil, &out); err != nil {
			return err
		}
		if off {
			out.Rules = slices.DeleteFunc(out.Rules, func(x api.Rule) bool { return x.State == api.RuleOn })
		}
		return r.print(cmd.OutOrStdout(), out, table.Row{"id", "kind", "title", "level", "state", "why", "missed", "alerts 24h"}, func(t table.Writer) {
			for _, x := range out.Rules {
				t.AppendRow(table.Row{x.ID, x.Kind, x.Title, x.Level, x.State, x.StateReason, x.Missed, x.Alerts24h})
			}
		})
	})
	cmd.Flags().BoolVar(&off, "off", false, "only those that are not on")
	return r.alone(cmd)
}

func onCommand() *cobra.Command {
	var r remote
	return r.alone(r.verb("on ID", "Put a rule that the running server has switched off in force again", 1, func(cmd *cobra.Command, args []string) error {
		var out api.RuleText
		if err := r.call(cmd.Context(), http.MethodPost, "/rules/"+url.PathEscape(args[0])+"/on", nil, &out); err != nil {
			return err
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "rule %s is on: %s\n", out.ID, out.Title)
		return err
	}))
}

// alone gives a verb the flags that its group would give it.
func (r *remote) alone(cmd *cobra.Command) *cobra.Command {
	r.flags(cmd)
	cmd.Flags().BoolVar(&r.json, "json", false, "print the server's answer as JSON")
	return cmd
}
