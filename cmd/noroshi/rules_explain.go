package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/ruletest"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// explainOptions are the flags of `noroshi rules explain`.
type explainOptions struct {
	rules        ruleChoice
	format, zone string
}

func rulesExplainCommand() *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use: "explain RULE EVENT", Short: "Show line by line which part of a rule holds on an event, and on what", Args: cobra.ExactArgs(2),
		Long: `RULE   a rule's id, its name, or a file with one rule
EVENT  a file with a record in any format that is read, FILE:N for its N-th record (the first is 1), or - for standard input.
       Files may be gzip, zstd, EVTX, or members of a zip: logs.zip/day/events.json:3

The event goes the way of every event: it is read, its log source is found, and the rule is asked. Each line of the rule is
marked with + where it holds and - where it does not. Of the fields it tells what the event has in them.`,
		RunE: func(cmd *cobra.Command, args []string) error { return runExplain(cmd, args[0], args[1], o) },
	}
	o.rules.flags(cmd, "the starter rules")
	cmd.Flags().StringVar(&o.format, "format", "text", "text or json")
	cmd.Flags().StringVar(&o.zone, "zone", "UTC", "IANA zone for local times without zone")
	completeFlag(cmd, "format", "text", "json")
	cmd.ValidArgsFunction = completeRule(&o.rules)
	return cmd
}

func runExplain(cmd *cobra.Command, name, where string, o explainOptions) error {
	if err := oneOf("format", o.format, "text", "json"); err != nil {
		return err
	}
	set, r, err := o.rule(name)
	if err != nil {
		return err
	}
	record, err := recordAt(cmd.InOrStdin(), where)
	if err != nil {
		return err
	}
	s, err := newStages()
	if err != nil {
		return err
	}
	ev, err := s.event(record, o.zone)
	if err != nil {
		return err
	}
	engine, _ := detect.New(set, s.routes)
	x, err := engine.Explain(r.ID, ev)
	if err != nil {
		return err
	}
	if o.format == "json" {
		return explainJSON(cmd.OutOrStdout(), r, x)
	}
	out := bufio.NewWriter(cmd.OutOrStdout())
	explainText(out, r, x)
	return out.Flush()
}

// rule finds the rule among those chosen, or in the file that it names.
func (o *explainOptions) rule(name string) (*rule.Set, *rule.Rule, error) {
	info, err := os.Stat(name)
	if err != nil || info.IsDir() {
		set, err := o.rules.set()
		if err != nil {
			return nil, nil, err
		}
		r, err := findRule(set, name)
		return set, r, err
	}
	name = filepath.Clean(name)
	set, err := o.rules.read(rule.Files{}, append(slices.Clone(o.rules.paths), name))
	if err != nil {
		return nil, nil, err
	}
	var found []*rule.Rule
	for _, r := range set.Rules {
		if r.File == name {
			found = append(found, r)
		}
	}
	switch {
	case len(found) == 1:
		return set, found[0], nil
	case len(found) > 1:
		return nil, nil, fmt.Errorf("%s holds %d rules: name one by its id, with --rules %s", name, len(found), name)
	}
	for _, p := range append(set.Problems, set.Waiting...) {
		if p.File == name {
			return nil, nil, p
		}
	}
	return nil, nil, fmt.Errorf("%s holds no rule", name)
}

// event reads one record as the server would.
func (s *stages) event(record source.Record, zone string) (*event.Event, error) {
	owner, err := tenant.ParseID("explain")
	if err != nil {
		return nil, err
	}
	b := &source.Batch{Tenant: owner, Source: "explain", Format: source.FormatAuto, Zone: zone, Received: s.now().UTC(), Records: []source.Record{record}}
	ev := &s.normalizer.Batch(b, 1, 0, 1)[0]
	if !ev.Parsed() {
		return nil, fmt.Errorf("the event could not be read: %s", ev.Problem)
	}
	return ev, nil
}

// recordAt reads the record that an argument names.
func recordAt(stdin io.Reader, where string) (source.Record, error) {
	name, n, err := splitWhere(where)
	if err != nil {
		return source.Record{}, err
	}
	if name == "-" {
		return nthRecord(stdin, n, "standard input")
	}
	var found *source.Record
	var reason error
	disk := containing(name)
	inside := inDisk(disk, name)
	err = walkInput(disk, func(in input) error {
		if found != nil || reason != nil || disk != name && in.name != inside {
			return nil
		}
		rec, err := nthRecord(in.reader, n, in.name)
		found, reason = &rec, err
		return nil
	}, func(file, why string) {
		if reason == nil {
			reason = fmt.Errorf("%s: %s", file, why)
		}
	})
	switch {
	case err != nil:
		return source.Record{}, err
	case reason != nil:
		return source.Record{}, reason
	case found != nil:
		return *found, nil
	}
	return source.Record{}, fmt.Errorf("%s: no such file", name)
}

// splitWhere cuts FILE:N. A file whose own name ends so is taken as it is.
func splitWhere(where string) (name string, n int, err error) {
	at := strings.LastIndexByte(where, ':')
	if _, statErr := os.Stat(where); statErr == nil || at < 1 {
		return where, 1, nil
	}
	n, err = strconv.Atoi(where[at+1:])
	if err != nil {
		return where, 1, nil
	}
	if n < 1 {
		return "", 0, fmt.Errorf("%s: records count from 1", where)
	}
	return where[:at], n, nil
}

// containing is the file on disk in which a name lies as scan tells it: the zip of "a.zip/b.json", "b.json.gz" of "b.json".
func containing(name string) string {
	for _, ext := range []string{"", ".gz", ".zst", ".zstd"} {
		if info, err := os.Stat(name + ext); err == nil && !info.IsDir() {
			return name + ext
		}
	}
	for part := filepath.Dir(name); part != "." && part != string(filepath.Separator); part = filepath.Dir(part) {
		if info, err := os.Stat(part); err == nil {
			if !info.IsDir() {
				return part
			}
			break
		}
	}
	return name
}

// inDisk is how walking a file on disk, whose links it follows, calls what is asked for in it.
func inDisk(disk, name string) string {
	real, err := filepath.EvalSymlinks(disk)
	switch {
	case err != nil:
		return name
	case strings.HasPrefix(name, disk):
		return real + name[len(disk):]
	}
	return strings.TrimSuffix(real, filepath.Ext(real)) // unpacked
}

func nthRecord(r io.Reader, n int, name string) (source.Record, error) {
	count := 0
	for rec, err := range ruletest.Records(r) {
		if err != nil {
			return rec, fmt.Errorf("%s: record %d: %w", name, count+1, err)
		}
		if count++; count == n {
			return rec, nil
		}
	}
	if count == 0 {
		return source.Record{}, fmt.Errorf("%s: no record in it", name)
	}
	return source.Record{}, fmt.Errorf("%s has only %d records", name, count)
}
