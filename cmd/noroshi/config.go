package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"github.com/noroshi-soc/noroshi/internal/config"
)

// settings are the flags that every verb with a configuration has.
type settings struct {
	file, data, listen string
}

func (s *settings) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.file, "config", os.Getenv("NOROSHI_CONFIG"), "configuration file (YAML); also NOROSHI_CONFIG")
	cmd.Flags().StringVar(&s.data, "data", "", "folder of everything that is kept (default \"data\")")
}

func (s *settings) load() (config.Config, error) {
	c, err := config.Load(s.file, os.Environ())
	if err != nil {
		return c, err
	}
	if s.data != "" {
		c.Data = s.data
	}
	if s.listen != "" {
		c.Listen = s.listen
	}
	if err := c.Check(); err != nil {
		return c, fmt.Errorf("configuration:\n%w", err)
	}
	return c, nil
}

func configCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Look at the configuration"}
	var s settings
	check := &cobra.Command{
		Use: "check", Short: "Check file and environment, and print what is in force", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := s.load()
			if err != nil {
				return err
			}
			text, err := yaml.Marshal(c)
			if err != nil {
				return fmt.Errorf("print configuration: %w", err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s", text)
			return err
		},
	}
	s.flags(check)
	cmd.AddCommand(check)
	return cmd
}

func newLogger(c config.Log) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Level)) // checked by config
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}
