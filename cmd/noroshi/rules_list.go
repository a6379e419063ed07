package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/sigma"
)

func rulesListCommand() *cobra.Command {
	var choice ruleChoice
	var filter ruleFilter
	var format string
	cmd := &cobra.Command{
		Use: "list", Short: "List rules, correlations and filters, narrowed by level, status, log source or tag", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf("format", format, "table", "json", "csv"); err != nil {
				return err
			}
			if err := filter.check(); err != nil {
				return err
			}
			set, err := choice.set()
			if err != nil {
				return err
			}
			return printList(cmd.OutOrStdout(), format, listed(set, &filter), len(set.Waiting))
		},
	}
	choice.flags(cmd, "the starter rules")
	filter.flags(cmd)
	cmd.Flags().StringVar(&format, "format", "table", "table, json (one object a line) or csv")
	completeFlag(cmd, "format", "table", "json", "csv")
	return cmd
}

// listedRule is a line of the list.
type listedRule struct {
	Kind     string   `json:"kind"` // rule, correlation, filter
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	TitleJA  string   `json:"title_ja,omitempty"`
	Level    string   `json:"level"`
	Status   string   `json:"status"`
	Product  string   `json:"product"`
	Category string   `json:"category"`
	Service  string   `json:"service"`
	Tags     []string `json:"tags"`
	File     string   `json:"file"`
	Line     int      `json:"line"`
}

func listed(set *rule.Set, filter *ruleFilter) []listedRule {
	var out []listedRule
	add := func(kind, titleJA string, m *sigma.Meta, ls sigma.LogSource) {
		if !filter.keeps(m, ls) {
			return
		}
		line := listedRule{
			Kind: kind, ID: m.ID, Name: m.Name, Title: m.Title, TitleJA: titleJA, Level: m.Level.String(), Status: m.Status,
			Product: ls.Product, Category: ls.Category, Service: ls.Service, Tags: m.Tags, File: m.File, Line: m.Line,
		}
		if kind == "filter" {
			line.Level = ""
		}
		out = append(out, line)
	}
	for _, r := range set.Rules {
		add("rule", r.TitleJA, &r.Meta, r.LogSource)
	}
	for _, c := range set.Correlations {
		add("correlation", "", &c.Meta, sigma.LogSource{})
	}
	for _, f := range set.Filters {
		if filter.level == "" { // a filter has no level
			add("filter", "", &f.Meta, f.LogSource)
		}
	}
	return out
}

func printList(w io.Writer, format string, lines []listedRule, waiting int) error {
	switch format {
	case "json":
		enc := jsonLines(w)
		for i := range lines {
			if err := enc.Encode(&lines[i]); err != nil {
				return err
			}
		}
		return nil
	case "csv":
		return csvList(w, lines)
	}
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"level", "title", "log source", "status", "id"})
	kinds := map[string]int{}
	for i := range lines {
		l := &lines[i]
		kinds[l.Kind]++
		level, source := l.Level, sigma.LogSource{Category: l.Category, Product: l.Product, Service: l.Service}.String()
		if l.Kind == "filter" {
			level = "filter"
		}
		if l.Kind == "correlation" {
			source = "correlation"
		}
		t.AppendRow(table.Row{level, printable(cut(l.Title, 70)), printable(source), l.Status, printable(l.ID)})
	}
	if len(lines) > 0 {
		if _, err := fmt.Fprintln(w, t.Render()); err != nil {
			return err
		}
	}
	note := ""
	if waiting > 0 {
		note = fmt.Sprintf("; %d wait for values and are not listed (`noroshi rules check` tells which)", waiting)
	}
	_, err := fmt.Fprintf(w, "%d rules, %d correlations, %d filters%s\n", kinds["rule"], kinds["correlation"], kinds["filter"], note)
	return err
}

func csvList(w io.Writer, lines []listedRule) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"kind", "id", "name", "title", "level", "status", "product", "category", "service", "tags", "file", "line"}) // Error tells below
	for i := range lines {
		l := &lines[i]
		row := []string{l.Kind, l.ID, l.Name, l.Title, l.Level, l.Status, l.Product, l.Category, l.Service, strings.Join(l.Tags, " "), l.File, fmt.Sprint(l.Line)}
		for i := range row {
			row[i] = cell(row[i])
		}
		_ = out.Write(row) // Error tells below
	}
	out.Flush()
	return out.Error()
}
