package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/bus"
	"github.com/noroshi-soc/noroshi/internal/config"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/state"
	"github.com/noroshi-soc/noroshi/internal/store/duckdb"
)

func rebuildCommand() *cobra.Command {
	var s settings
	var into string
	cmd := &cobra.Command{
		Use: "rebuild --into DIR", Short: "Evaluate the durable log again, from its beginning, into empty stores", Args: cobra.NoArgs,
		Long: `Reads the log of a stopped server's data folder from the oldest batch that is kept and fills a new folder with the events, alerts,
items and incidents that it gives: to get back a damaged event store, or to see what other rules (rules.path) would have found.
The data folder itself is only read. Without a change of rules the new folder holds the same events, alerts and items with the same ids.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := s.load()
			if err != nil {
				return err
			}
			stats, err := rebuild(cmd.Context(), c, into)
			if err != nil {
				return fmt.Errorf("rebuild: %w", err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d batches, %d events (%d not parsed), %d alerts\n",
				stats.Batches.Load(), stats.Events.Load(), stats.Unparsed.Load(), stats.Alerts.Load())
			return err
		},
	}
	s.flags(cmd)
	cmd.Flags().StringVar(&into, "into", "", "new folder for the stores")
	_ = cmd.MarkFlagRequired("into")
	return cmd
}

func rebuild(ctx context.Context, c config.Config, into string) (_ *pipeline.Stats, err error) {
	if _, err := os.Stat(filepath.Join(logDir(c), "log.json")); err != nil {
		return nil, fmt.Errorf("no log in the data folder: %w", err)
	}
	target := c
	target.Data = into
	if err := os.MkdirAll(into, 0o700); err != nil {
		return nil, err
	}
	for _, name := range []string{recordsFile(target), eventsFile(target)} {
		if _, err := os.Stat(name); err == nil {
			return nil, fmt.Errorf("%s exists already: give a new folder", name)
		}
	}
	log := newLogger(c.Log)
	journal, err := bus.Open(ctx, bus.Options{Dir: logDir(c), Logger: log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, journal.Close(context.WithoutCancel(ctx))) }()
	records, err := state.Open(ctx, recordsFile(target), state.Options{Log: log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	events, err := duckdb.Open(ctx, eventsFile(target), duckdb.Options{MemoryLimit: c.Store.MemoryLimit, Threads: c.Store.Threads, Logger: log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, events.Close()) }()
	return replay(ctx, c, pipeline.Deps{
		Log: untrimmed{busLog{journal}}, Store: events, Records: records, RuleSets: records, Damaged: damagedIn(into), Logger: log,
		MaxEvaluation: c.Rules.EvaluationBound(),
	})
}

// replay runs the pipeline until everything that the log holds is done.
func replay(ctx context.Context, c config.Config, deps pipeline.Deps) (*pipeline.Stats, error) {
	var err error
	if deps.Normalizer, err = normalize.New(content.FS); err != nil {
		return nil, err
	}
	if deps.Routes, err = detect.LoadRoutes(content.FS); err != nil {
		return nil, err
	}
	if deps.Rules, err = loadRules(c.Rules.Starter, c.Rules.Path); err != nil {
		return nil, err
	}
	p, err := pipeline.New(ctx, deps)
	if err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- p.Run(running) }()
	for done := false; !done; {
		select {
		case err := <-ended:
			return nil, errors.Join(err, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
		if done, err = p.CaughtUp(ctx); err != nil {
			return nil, err
		}
	}
	stop()
	return p.Stats(), <-ended
}

// untrimmed keeps the log as it is.
type untrimmed struct{ busLog }

// Trim does nothing: a rebuild only reads.
func (untrimmed) Trim(context.Context, uint16, uint64) error { return nil }
