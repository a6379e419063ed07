package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/normalize"
)

// scanOptions are the flags of `noroshi scan`.
type scanOptions struct {
	rules, format, zone, level string
	quiet                      bool
}

func scanCommand() *cobra.Command {
	var o scanOptions
	cmd := &cobra.Command{
		Use: "scan PATH...", Short: "Look into log files, folders, zips, gzip and zstd on this machine, without a server", Args: cobra.MinimumNArgs(1),
		Long: `Reads every file with the same normalize, detect and group stages as the server, finds out each file's format, and prints incidents and alerts.
Files that cannot be read are named on standard error and the rest is done; the exit code is 0 when the scan ran.

--format table  incidents and alerts to read (default)
--format json   one object a line: kind is match, alert, incident or summary
--format csv    the alerts`,
		RunE: func(cmd *cobra.Command, args []string) error { return runScan(cmd, args, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.rules, "rules", "", "Sigma rules: folder, file or SigmaHQ zip (default: the starter rules)")
	f.StringVar(&o.format, "format", "table", "table, json or csv")
	f.StringVar(&o.zone, "zone", "UTC", "IANA zone for local times without zone")
	f.StringVar(&o.level, "level", "low", "lowest level of alerts to print: low, medium, high, critical (matches are not narrowed)")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress on standard error")
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
	set, err := loadRules(o.rules == "", o.rules)
	if err != nil {
		return err
	}
	engine, problems := detect.New(set, routes)
	problems = append(set.Problems, problems...)
	if len(set.Rules) == 0 {
		return fmt.Errorf("--rules %s: no rule could be loaded, %d refused: %w", o.rules, len(problems), problems[0])
	}
	s, err := newScanner(normalizer, engine, o.zone, out)
	if err != nil {
		return err
	}
	s.refused = problems
	if err := s.run(cmd.Context(), paths, progress(cmd.ErrOrStderr(), o.quiet)); err != nil {
		return err
	}
	for _, p := range s.unreadable {
		_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "not read: %s: %s\n", printable(p.file), printable(p.reason))
	}
	if s.files == 0 && len(s.unreadable) > 0 {
		return errors.New("nothing could be read")
	}
	return out.finish(s)
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
	s.group()
	return nil
}
