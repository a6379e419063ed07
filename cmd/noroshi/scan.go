package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/sigma"
)

// scanOptions are the flags of `noroshi scan`.
type scanOptions struct {
	rules               ruleChoice
	format, zone, level string
	quiet               bool
}

func scanCommand() *cobra.Command {
	var o scanOptions
	cmd := &cobra.Command{
		Use: "scan PATH...", Short: "Look into log files, folders, zips, gzip and zstd on this machine, without a server", Args: cobra.MinimumNArgs(1),
		Long: `Reads every file with the same normalize, detect and group stages as the server, finds out each file's format, and prints incidents and alerts.
Windows event logs (EVTX) are read as they are, also out of archives; of a damaged one all that is whole is read.
Files that cannot be read, and damage, are named on standard error and the rest is done; the exit code is 0 when the scan ran.

--format table  incidents and alerts to read (default)
--format json   one object a line: kind is match, alert, incident or summary
--format csv    the alerts`,
		RunE: func(cmd *cobra.Command, args []string) error { return runScan(cmd, args, o) },
	}
	f := cmd.Flags()
	o.rules.flags(cmd, "the starter rules")
	f.StringVar(&o.format, "format", "table", "table, json or csv")
	f.StringVar(&o.zone, "zone", "UTC", "IANA zone for local times without zone")
	f.StringVar(&o.level, "level", "low", "lowest level of alerts to print: low, medium, high, critical (matches are not narrowed)")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress on standard error")
	completeFlag(cmd, "format", "table", "json", "csv")
	completeFlag(cmd, "level", "low", "medium", "high", "critical")
	return cmd
}

func runScan(cmd *cobra.Command, paths []string, o scanOptions) error {
	out, err := newScanPrinter(cmd.OutOrStdout(), o.format, o.level)
	if err != nil {
		return err
	}
	normalizer, err := normalize.New(content.FS)
	if err != nil {
		return err
	}
	routes, err := detect.LoadRoutes(content.FS)
	if err != nil {
		return err
	}
	set, err := o.rules.set()
	if err != nil {
		return err
	}
	engine, problems := detect.New(set, routes)
	problems = append(set.Problems, problems...)
	if len(set.Rules) == 0 {
		return noRules(o.rules.paths, problems, set.Waiting)
	}
	s, err := newScanner(normalizer, engine, o.zone, out)
	if err != nil {
		return err
	}
	s.refused = problems
	if err := s.run(cmd.Context(), paths, progress(cmd.ErrOrStderr(), o.quiet)); err != nil {
		return err
	}
	for _, p := range s.damage {
		_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "damaged: %s: %s\n", printable(p.file), printable(p.reason))
	}
	for _, p := range s.unreadable {
		_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "not read: %s: %s\n", printable(p.file), printable(p.reason))
	}
	if s.files == 0 && len(s.unreadable) > 0 {
		return errors.New("nothing could be read")
	}
	return out.finish(s)
}

// noRules says why there is nothing to look for.
func noRules(paths []string, refused, waiting []sigma.Problem) error {
	where := "--rules " + strings.Join(paths, ", ")
	if len(refused) == 0 && len(waiting) == 0 {
		return fmt.Errorf("%s: no rule in it", where)
	}
	return fmt.Errorf("%s: no rule could be loaded, %d refused, %d waiting for values: %w", where, len(refused), len(waiting), slices.Concat(refused, waiting)[0])
}

// progress shows bytes read on a terminal; elsewhere nothing.
func progress(w io.Writer, quiet bool) *progressbar.ProgressBar {
	f, ok := w.(*os.File)
	if quiet || !ok || !term.IsTerminal(int(f.Fd())) { //nolint:gosec // a file descriptor
		return progressbar.DefaultSilent(-1)
	}
	return progressbar.NewOptions64(-1, progressbar.OptionSetWriter(w), progressbar.OptionShowBytes(true),
		progressbar.OptionSetDescription("scanning"), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100e6))
}

// run reads all paths, then puts the alerts in order of event time into items and incidents.
func (s *scanner) run(ctx context.Context, paths []string, bar *progressbar.ProgressBar) error {
	for _, p := range paths {
		err := walkInput(p, func(in input) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			bar.Describe(in.name)
			return s.file(in, io.TeeReader(in.reader, bar))
		}, s.skip)
		if err != nil {
			return err
		}
	}
	if err := bar.Finish(); err != nil {
		return fmt.Errorf("progress: %w", err)
	}
	s.correlate()
	s.group()
	return nil
}
