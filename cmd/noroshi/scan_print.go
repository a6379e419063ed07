package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/incident"
)

// scanPrinter writes what a scan finds: matches as they come, the rest at the end.
type scanPrinter struct {
	w      *bufio.Writer
	format string
	level  alert.Level
}

func newScanPrinter(w io.Writer, format, level string) (*scanPrinter, error) {
	if format != "table" && format != "json" && format != "csv" {
		return nil, fmt.Errorf("--format %q: want table, json or csv", format)
	}
	least, err := alert.ParseLevel(level)
	if err != nil {
		return nil, fmt.Errorf("--level: %w", err)
	}
	return &scanPrinter{bufio.NewWriter(w), format, least}, nil
}

type matchLine struct {
	Kind   string `json:"kind"`
	RuleID string `json:"rule_id"`
	Title  string `json:"title"`
	Level  string `json:"level"`
	File   string `json:"file"`
	Record int    `json:"record"`
	Time   string `json:"time"`
}

// match writes one match at once; only JSON shows them.
func (p *scanPrinter) match(m matchLine) error {
	if p.format != "json" {
		return nil
	}
	m.Kind = "match"
	return json.NewEncoder(p.w).Encode(m)
}

// finish writes incidents, alerts and the summary.
func (p *scanPrinter) finish(s *scanner) error {
	var err error
	switch p.format {
	case "json":
		err = p.json(s)
	case "csv":
		err = p.csv(s)
	default:
		err = p.table(s)
	}
	if err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return p.w.Flush()
}

func (p *scanPrinter) shown(s *scanner) []*found {
	var out []*found
	for i := range s.alerts {
		if s.alerts[i].alert.Level >= p.level {
			out = append(out, &s.alerts[i])
		}
	}
	return out
}

func (p *scanPrinter) json(s *scanner) error {
	enc := json.NewEncoder(p.w)
	for _, f := range p.shown(s) {
		a := &f.alert
		if err := enc.Encode(map[string]any{
			"kind": "alert", "id": a.ID, "item": a.Item, "incident": s.incidentOf[a.Item], "rule_id": a.Rule, "title": a.Title, "level": a.Level,
			"phase": a.Phase, "techniques": a.Techniques, "time": a.Time, "host": a.Host(), "user": a.User(), "source_ip": a.SourceIP(),
			"matched": a.Matched, "entities": a.Entities, "summary": a.Summary, "file": f.file, "record": f.record,
		}); err != nil {
			return err
		}
	}
	for _, in := range s.incidents {
		items := make([]map[string]any, 0, len(in.Members))
		for _, m := range in.Members {
			items = append(items, map[string]any{"item": m.Item, "reason": m.Reason})
		}
		if err := enc.Encode(map[string]any{
			"kind": "incident", "id": in.ID, "title": in.Title, "title_ja": in.TitleJA, "level": in.Level, "phase": in.Phase,
			"first": in.First, "last": in.Last, "items": items,
		}); err != nil {
			return err
		}
	}
	return enc.Encode(s.summary())
}

func (p *scanPrinter) csv(s *scanner) error {
	w := csv.NewWriter(p.w)
	rows := [][]string{{"time", "level", "rule_id", "title", "phase", "techniques", "host", "user", "source_ip", "summary", "file", "record", "incident"}}
	for _, f := range p.shown(s) {
		a := &f.alert
		rows = append(rows, []string{
			a.Time.Format(time.RFC3339Nano), a.Level.String(), a.Rule, a.Title, a.Phase.String(), strings.Join(a.Techniques, " "),
			cell(a.Host()), cell(a.User()), cell(a.SourceIP()), cell(a.Summary), cell(f.file), fmt.Sprint(f.record), s.incidentOf[a.Item],
		})
	}
	return w.WriteAll(rows)
}

func (p *scanPrinter) table(s *scanner) error {
	for n, in := range s.incidents {
		if _, err := fmt.Fprintf(p.w, "\nIncident %d  %s  %s\n%s – %s UTC, reached: %s, %d items\n", n+1, strings.ToUpper(in.Level.String()), printable(in.Title),
			in.First.Format(time.DateTime), in.Last.Format(time.DateTime), in.Phase, len(in.Members)); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(p.w, printable(p.members(s, in))); err != nil {
			return err
		}
	}
	if shown := p.shown(s); len(shown) > 0 {
		if _, err := fmt.Fprintln(p.w, "\nAlerts by item"); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(p.w, printable(p.items(s))); err != nil {
			return err
		}
	}
	return p.closing(s)
}

func (p *scanPrinter) members(s *scanner, in incident.Incident) string {
	t := newScanTable("time", "level", "phase", "rule", "subject", "alerts", "why")
	for _, m := range in.Members {
		i := s.items[m.Item]
		t.AppendRow(table.Row{i.item.First.Format(time.DateTime), i.item.Level, i.item.Phase, i.item.Title, i.item.Subject.Value, i.alerts, why(m.Reason)})
	}
	return t.Render()
}

func why(r incident.Reason) string {
	switch r.Code {
	case incident.ReasonFirst:
		return "first"
	case incident.ReasonSameHost:
		return fmt.Sprintf("same host, %s apart", time.Duration(r.GapSec)*time.Second)
	default:
		return fmt.Sprintf("shares %s %s, %s apart", r.Entity.Kind, r.Entity.Value, time.Duration(r.GapSec)*time.Second)
	}
}

func (p *scanPrinter) items(s *scanner) string {
	t := newScanTable("first", "level", "rule", "subject", "alerts", "evidence", "file")
	for _, id := range s.itemOrder {
		i := s.items[id]
		if i.item.Level >= p.level {
			t.AppendRow(table.Row{i.item.First.Format(time.DateTime), i.item.Level, i.item.Title, i.item.Subject.Value, i.alerts, i.summary, i.file})
		}
	}
	return t.Render()
}

func newScanTable(header ...any) table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row(header))
	t.SetColumnConfigs([]table.ColumnConfig{
		{Name: "evidence", WidthMax: 60, WidthMaxEnforcer: text.WrapHard},
		{Name: "rule", WidthMax: 44, WidthMaxEnforcer: text.WrapSoft},
		{Name: "file", WidthMax: 40, WidthMaxEnforcer: text.WrapHard},
		{Name: "why", WidthMax: 44, WidthMaxEnforcer: text.WrapSoft},
	})
	return t
}

func (p *scanPrinter) closing(s *scanner) error {
	sum := s.summary()
	if sum.Damaged > 0 {
		if _, err := fmt.Fprintf(p.w, "\n%d files are damaged: what is whole in them was read", sum.Damaged); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(p.w, "\n%d files, %d records (%d not parsed), %d matches, %d alerts in %d items, %d incidents; %d rules, %d refused, %d waiting for values (`noroshi rules check` lists them)\n",
		sum.Files, sum.Records, sum.Unparsed, sum.Matches, sum.Alerts, sum.Items, sum.Incidents, sum.Rules, sum.RulesRefused, sum.RulesWaiting)
	return err
}

// printable shows control characters as what they are, so that log text cannot steer the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' {
			return '\u2400' + r // the pictures of control characters
		}
		if r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '\ufffd'
		}
		return r
	}, s)
}

// cell keeps spreadsheets from taking log text for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
