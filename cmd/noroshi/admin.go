package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/config"
	"github.com/noroshi-soc/noroshi/internal/state"
)

func adminCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "admin", Short: "Work on a data folder without a server"}
	var s settings
	var display string
	create := &cobra.Command{
		Use: "create NAME", Short: "Make an administrator of all tenants; prints a generated password once", Args: cobra.ExactArgs(1),
		Long: "Makes the first administrator, before or beside a running server. Whoever can write the data folder may do this.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withGate(cmd.Context(), &s, func(gate *auth.Gate) error {
				p := auth.Person{Name: args[0], DisplayName: orElse(display, args[0]), Role: auth.Administrator, AllTenants: true}
				p, password, err := gate.CreatePerson(cmd.Context(), auth.Local(), p, "", "local")
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "administrator %s made; password: %s\n", p.Name, password)
				return err
			})
		},
	}
	create.Flags().StringVar(&display, "display-name", "", "as colleagues write it (default: the name)")
	reset := &cobra.Command{
		Use: "reset-password NAME", Short: "Give a person a new password; their sign-ins and tokens end", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withGate(cmd.Context(), &s, func(gate *auth.Gate) error {
				return resetPassword(cmd, gate, args[0])
			})
		},
	}
	s.flags(create)
	s.flags(reset)
	cmd.AddCommand(create, reset)
	return cmd
}

func resetPassword(cmd *cobra.Command, gate *auth.Gate, name string) error {
	people, err := gate.People(cmd.Context(), auth.Local())
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Name != name {
			continue
		}
		password, err := gate.ResetPassword(cmd.Context(), auth.Local(), p.ID, "local")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "new password of %s: %s\n", name, password)
		return err
	}
	return fmt.Errorf("%w: %s", auth.ErrNotFound, name)
}

// withGate opens the records of a data folder for people's sake alone.
func withGate(ctx context.Context, s *settings, f func(*auth.Gate) error) error {
	c, err := s.load()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	records, err := state.Open(ctx, recordsFile(c), state.Options{})
	if err != nil {
		return err
	}
	err = f(auth.NewGate(records, records, time.Now, newLogger(c.Log)))
	return errors.Join(err, records.Close())
}

func recordsFile(c config.Config) string { return filepath.Join(c.Data, "records.db") }
func eventsFile(c config.Config) string  { return filepath.Join(c.Data, "events.duckdb") }
func logDir(c config.Config) string      { return filepath.Join(c.Data, "log") }
