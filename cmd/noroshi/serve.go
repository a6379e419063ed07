package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/noroshi-soc/noroshi/internal/auth"
)

func serveCommand() *cobra.Command {
	var s settings
	var demo bool
	cmd := &cobra.Command{
		Use: "serve", Short: "Run the server: console, API, intake and detection on this machine", Args: cobra.NoArgs,
		Long: `Runs everything on the embedded engines; no other server is needed. Without --demo it starts empty, for real use:
make the first administrator with ` + "`noroshi admin create NAME`" + `, then sign in to the console.

--demo fills a new data folder with an invented company's working day in which an intrusion happens. A folder in use is left alone.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := s.load()
			if err != nil {
				return err
			}
			log := newLogger(c.Log)
			play, err := prepareDemo(cmd.Context(), c, demo, log)
			if err != nil {
				return fmt.Errorf("demo: %w", err)
			}
			a, err := open(cmd.Context(), c, log, play != nil)
			if err != nil {
				return err
			}
			if err := a.greet(cmd.Context(), cmd.OutOrStdout(), play); err != nil {
				return err
			}
			if play != nil {
				go play.run(cmd.Context(), a)
			}
			return a.run(cmd.Context())
		},
	}
	s.flags(cmd)
	cmd.Flags().StringVar(&s.listen, "listen", "", "HOST:PORT of console, API and HTTP ingest (default \"127.0.0.1:8080\")")
	cmd.Flags().BoolVar(&demo, "demo", false, "play the demo when the data folder is new")
	return cmd
}

// greet prints the address and how to sign in.
func (a *app) greet(ctx context.Context, w io.Writer, play *demoPlay) error {
	c := a.config
	c.Listen = a.listener.Addr().String()
	if _, err := fmt.Fprintf(w, "Noroshi %s\n\n  console   %s\n", version, c.BaseURL()); err != nil {
		return err
	}
	people, err := a.gate.People(ctx, auth.Local())
	if err != nil {
		return err
	}
	switch {
	case play != nil:
		_, err = fmt.Fprintf(w, "  sign in   %s / %s\n\n%s\n", play.note.User, play.note.Password, play.describe())
	case len(people) == 0:
		_, err = fmt.Fprintf(w, "  sign in   nobody can yet: run `noroshi admin create NAME --data %s`\n\n", c.Data)
	default:
		_, err = fmt.Fprintf(w, "  sign in   as before; forgotten: `noroshi admin reset-password NAME --data %s`\n\n", c.Data)
	}
	return err
}
