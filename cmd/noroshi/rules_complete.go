package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// completeFlag offers the words that a flag takes to the shell.
func completeFlag(cmd *cobra.Command, flag string, words ...string) {
	// The flag is the caller's own, so that it cannot be missing.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// completeRule offers the names and ids of the chosen rules for the first argument, and files for the rest.
func completeRule(choice *ruleChoice) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		set, err := choice.set()
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		var out []string
		for _, r := range set.Rules {
			for _, word := range []string{r.Name, r.ID} {
				if word != "" && strings.HasPrefix(word, begun) {
					out = append(out, cobra.CompletionWithDesc(word, r.Title))
				}
			}
		}
		return out, cobra.ShellCompDirectiveDefault
	}
}
