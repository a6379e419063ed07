package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/noroshi-soc/noroshi/sigma"
)

// benchOptions are the flags of `noroshi rules bench`.
type benchOptions struct {
	rules   ruleChoice
	format  string
	least   time.Duration
	slowest int
}

func rulesBenchCommand() *cobra.Command {
	var o benchOptions
	cmd := &cobra.Command{
		Use: "bench FILE...", Short: "Measure how many events per second the rules take on one core, and which rules cost most", Args: cobra.MinimumNArgs(1),
		Long: `Reads the events of files, folders and archives into memory and runs the rules over them on one core, again and again, at least for --time each:

bytes    from the bytes of a record to its matches: decode, normalize, match, as the server does
decoded  from normalised events in memory: fill the engine's fields and match

One pass goes before, unmeasured. Nothing is remembered of an event from one pass to the next. Figures are whole passes by the wall clock;
what the processor's own clock says stands beside them and is the better one on a machine that does other work too.`,
		RunE: func(cmd *cobra.Command, args []string) error { return runBench(cmd, args, o) },
	}
	o.rules.flags(cmd, "the starter rules")
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "table", "table or json")
	completeFlag(cmd, "format", "table", "json")
	f.DurationVar(&o.least, "time", 3*time.Second, "how long each of the two is measured at least")
	f.IntVar(&o.slowest, "slowest", 20, "how many of the costliest rules to tell")
	return cmd
}

// benchResult is what a run measured.
type benchResult struct {
	Decoded    float64     `json:"events_per_second_decoded"`
	Bytes      float64     `json:"events_per_second_bytes"`
	DecodedCPU float64     `json:"events_per_cpu_second_decoded"`
	BytesCPU   float64     `json:"events_per_cpu_second_bytes"`
	Matches    int         `json:"matches"` // of one pass
	Rules      int         `json:"rules"`
	Refused    int         `json:"refused"`
	Waiting    int         `json:"waiting"`
	HeapBytes  uint64      `json:"heap_bytes"` // what the compiled rules hold
	Load       float64     `json:"load_seconds"`
	Events     int         `json:"events"`
	Unparsed   int         `json:"unparsed"`
	InputBytes int         `json:"input_bytes"`
	Passes     [2]int      `json:"passes"` // decoded, bytes
	Slowest    []benchRule `json:"slowest"`
	Unread     []string    `json:"unread,omitempty"`
}

// benchRule is what one rule cost, sampled.
type benchRule struct {
	ID          string  `json:"id"`
	Title       string  `json:"title"`
	File        string  `json:"file"`
	Evaluations int64   `json:"sampled_evaluations"`
	Mean        float64 `json:"mean_nanoseconds"`
	Longest     float64 `json:"longest_nanoseconds"`
	Share       float64 `json:"share"` // of the time that all evaluations took
}

func runBench(cmd *cobra.Command, paths []string, o benchOptions) error {
	if err := oneOf("format", o.format, "table", "json"); err != nil {
		return err
	}
	s, err := newStages()
	if err != nil {
		return err
	}
	b := &bench{stages: s, result: &benchResult{}}
	if err := b.read(paths); err != nil {
		return err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if err := b.load(&o.rules); err != nil {
		return err
	}
	if err := b.measure(cmd, o.least); err != nil {
		return err
	}
	b.result.Slowest = b.slowest(o.slowest)
	if o.format == "json" {
		enc := json.NewEncoder(cmd.OutOrStdout())
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(b.result)
	}
	return b.result.table(cmd.OutOrStdout())
}

// slowest lists the rules that took most of the time, as sampled.
func (b *bench) slowest(most int) []benchRule {
	costs := b.engine.Costs()
	all := 1e-9
	for _, c := range costs {
		all += meanCost(c) * float64(c.Evaluations)
	}
	out := make([]benchRule, 0, len(costs))
	for _, c := range costs {
		out = append(out, benchRule{
			ID: c.Rule.ID, Title: c.Rule.Title, File: c.Rule.File, Evaluations: c.Evaluations, Mean: meanCost(c),
			Longest: float64(c.Longest), Share: meanCost(c) * float64(c.Evaluations) / all,
		})
	}
	slices.SortFunc(out, func(a, b benchRule) int { return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.ID, b.ID)) })
	return out[:min(max(most, 0), len(out))]
}

// meanCost is what an evaluation takes, in nanoseconds. The longest is left out: it may have been the machine that did something else.
func meanCost(c sigma.Cost) float64 {
	if c.Evaluations < 2 {
		return float64(c.Total)
	}
	return float64(c.Total-c.Longest) / float64(c.Evaluations-1)
}

func (r *benchResult) table(w io.Writer) error {
	var b strings.Builder
	if len(r.Slowest) > 0 {
		t := table.NewWriter()
		t.SetStyle(table.StyleLight)
		t.AppendHeader(table.Row{"share", "mean", "longest", "sampled", "rule", "id"})
		for _, s := range r.Slowest {
			t.AppendRow(table.Row{
				fmt.Sprintf("%.1f %%", 100*s.Share), time.Duration(s.Mean), time.Duration(s.Longest), s.Evaluations, printable(cut(s.Title, 60)), printable(s.ID),
			})
		}
		fmt.Fprintf(&b, "%s\n\n", t.Render())
	}
	for _, unread := range r.Unread {
		fmt.Fprintf(&b, "not read: %s\n", printable(unread))
	}
	fmt.Fprintf(&b, "from bytes  %9.0f events/s  (%.0f by processor time, %d passes)\n", r.Bytes, r.BytesCPU, r.Passes[1])
	fmt.Fprintf(&b, "decoded     %9.0f events/s  (%.0f by processor time, %d passes)\n", r.Decoded, r.DecodedCPU, r.Passes[0])
	fmt.Fprintf(&b, "%d events (%d not parsed, %.1f MB), %d matches\n", r.Events, r.Unparsed, float64(r.InputBytes)/1e6, r.Matches)
	fmt.Fprintf(&b, "%d rules (%d refused, %d waiting), loaded in %.2f s, %.1f MB in memory\n", r.Rules, r.Refused, r.Waiting, r.Load, float64(r.HeapBytes)/1e6)
	_, err := io.WriteString(w, b.String())
	return err
}
