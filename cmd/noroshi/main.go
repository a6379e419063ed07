// Command noroshi is the whole SOC platform: server, scanner and command line in one binary.
//
// What enters: a verb with its flags; `noroshi help` lists them.
// What leaves: a running server, or the verb's output on stdout and its errors on stderr.
// What it never does: hold logic of its own beyond building the parts and wiring them together; app.go does that in reading order.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := root().ExecuteContext(ctx)
	stop()
	var quiet *exitError
	switch {
	case err == nil:
	case errors.As(err, &quiet):
		os.Exit(quiet.code)
	default:
		fmt.Fprintln(os.Stderr, "noroshi:", err)
		os.Exit(1)
	}
}

// exitError ends the program with a code after its message has been told already.
type exitError struct{ code int }

func (e *exitError) Error() string { return fmt.Sprintf("exit %d", e.code) }

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "noroshi",
		Short: "Noroshi 狼煙: an open, self-hosted SOC platform",
		Long: `Noroshi 狼煙 takes in an organisation's telemetry, finds attacks, tells analysts which alerts deserve them
and helps them prove what happened.

Start with:
  noroshi serve --demo         a server that plays a working day with an intrusion
  noroshi scan PATH            look into log files, without a server`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	cmd.AddCommand(
		serveCommand(), scanCommand(), runningRules(rulesCommand()), configCommand(), adminCommand(), rebuildCommand(),
		loginCommand(), tenantCommand(), siteCommand(), personCommand(), sourceCommand(), tokenCommand(), auditCommand(),
		openapiCommand(), versionCommand(),
	)
	return cmd
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "noroshi", version)
			return err
		},
	}
}
