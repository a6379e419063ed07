package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/ruletest"
	"github.com/noroshi-soc/noroshi/sigma"
)

// explainText writes the explanation for people.
func explainText(w *bufio.Writer, r *rule.Rule, x *detect.Explanation) {
	verdict := "MATCH"
	switch {
	case !x.Routed:
		verdict = "no match: the rule is not asked about such events"
		if x.Sigma.Matched {
			verdict += ", though it would hold"
		}
	case !x.Sigma.Matched:
		verdict = "no match"
	}
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) } // Flush tells
	say("rule     %s (%s, %s)\n         %s:%d\n", printable(r.Title), printable(r.ID), r.Level, r.File, r.Line)
	say("event    %s\n", printable(ruletest.Route(x)))
	say("verdict  %s\n\n", verdict)
	explainPart(say, x.Sigma.Root, 0, r.File)
}

// maxMissed bounds the values told of a field of which none holds.
const maxMissed = 10

func explainPart(say func(string, ...any), p sigma.Part, depth int, file string) {
	mark := "-"
	if p.Held {
		mark = "+"
	}
	line := "    "
	if p.Line > 0 {
		line = fmt.Sprintf("%4d", p.Line)
	}
	text := partText(p)
	if p.Kind == sigma.PartCondition && p.File != file {
		text = p.Text // a filter, by its name
	}
	say("%s %s%s %s", line, strings.Repeat("  ", depth), mark, printable(text))
	if p.Kind == sigma.PartField {
		if !strings.HasPrefix(p.Text, "|") && p.Text != "" {
			say("    event: %s", printable(ruletest.Shown(p.Event)))
		}
	}
	if p.Kind == sigma.PartValue && p.Event.Kind != sigma.Absent {
		say("    on %s", printable(ruletest.Shown(p.Event)))
	}
	if p.File != file && p.File != "" {
		say("    (%s)", printable(p.File))
	}
	say("\n")
	missed := 0
	for _, kid := range p.Parts {
		if kid.Kind == sigma.PartValue && !kid.Held {
			if missed++; missed > maxMissed {
				continue
			}
		}
		explainPart(say, kid, depth+1, firstOf(p.File, file))
	}
	if missed > maxMissed {
		say("     %s- %d more values, none of which holds\n", strings.Repeat("  ", depth+1), missed-maxMissed)
	}
}

// partText is how a part is called.
func partText(p sigma.Part) string {
	switch p.Kind {
	case sigma.PartAll:
		return firstOf(p.Text, "all of these")
	case sigma.PartAny:
		return firstOf(p.Text, "one of these")
	case sigma.PartNot:
		return "not"
	case sigma.PartCondition:
		return "condition: " + strings.Join(strings.Fields(p.Text), " ")
	case sigma.PartSearch:
		if len(p.Parts) == 0 {
			return p.Text + " (told above)"
		}
		return p.Text
	case sigma.PartField:
		if p.Text == "" || strings.HasPrefix(p.Text, "|") {
			return "keywords" + p.Text
		}
	case sigma.PartValue:
		return ruletest.Quote(p.Text)
	}
	return p.Text
}

// explainedPart is a part in JSON.
type explainedPart struct {
	Kind  sigma.PartKind  `json:"kind"`
	Text  string          `json:"text"`
	File  string          `json:"file,omitempty"`
	Line  int             `json:"line,omitempty"`
	Held  bool            `json:"held"`
	Event any             `json:"event,omitempty"` // what the event has; null and absent are told apart by has
	Has   *bool           `json:"has,omitempty"`   // of a field: the event has it
	Parts []explainedPart `json:"parts,omitempty"`
}

func explainJSON(w io.Writer, r *rule.Rule, x *detect.Explanation) error {
	has := make([]string, 0, len(x.Has))
	for _, ls := range x.Has {
		has = append(has, ls.String())
	}
	return jsonLines(w).Encode(map[string]any{
		"rule": map[string]any{"id": r.ID, "title": r.Title, "level": r.Level, "file": r.File, "line": r.Line, "logsource": r.LogSource.String()},
		"event": map[string]any{
			"dataset": x.Dataset, "channel": x.Channel, "code": x.Code, "logsources": has,
		},
		"routed": x.Routed, "holds": x.Sigma.Matched, "match": x.Matched(), "explanation": partJSON(x.Sigma.Root),
	})
}

func partJSON(p sigma.Part) explainedPart {
	out := explainedPart{Kind: p.Kind, Text: p.Text, File: p.File, Line: p.Line, Held: p.Held, Event: valueJSON(p.Event)}
	if p.Kind == sigma.PartField && p.Text != "" && p.Text[0] != '|' {
		has := p.Event.Kind != sigma.Absent
		out.Has = &has
	}
	for _, kid := range p.Parts {
		out.Parts = append(out.Parts, partJSON(kid))
	}
	return out
}

func valueJSON(v sigma.Value) any {
	switch v.Kind {
	case sigma.Absent, sigma.Null:
		return nil
	case sigma.List:
		list := make([]any, 0, len(v.List))
		for _, e := range v.List {
			list = append(list, valueJSON(e))
		}
		return list
	}
	return v.Text
}
