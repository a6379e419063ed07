package main

import (
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/noroshi-soc/noroshi/internal/api"
)

// runningRules adds the verbs on a running server's rules to those on rule files.
func runningRules(cmd *cobra.Command) *cobra.Command {
	cmd.AddCommand(reloadCommand())
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
		told := "nothing has changed"
		if out.VersionBefore != out.VersionAfter {
			told = "before " + out.VersionBefore
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "%d rules in force, %d refused, version %s (%s)\n", out.Loaded, len(out.Refused), out.VersionAfter, told)
		return err
	})
	return r.alone(cmd)
}

// alone gives a verb the flags that its group would give it.
func (r *remote) alone(cmd *cobra.Command) *cobra.Command {
	r.flags(cmd)
	cmd.Flags().BoolVar(&r.json, "json", false, "print the server's answer as JSON")
	return cmd
}
