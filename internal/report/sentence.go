package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
)

const (
	maxRecord = 160 // characters of a record's line that are quoted
	maxNamed  = 3   // values that are named in a sentence
)

// ink says how values are written: bare in a line of the story, as code in Markdown.
type ink struct {
	value  func(string) string // a host, an account, an address
	far    func(string) string // the other end of a connection
	record func(lang, s string) string
}

var plain = ink{
	value: func(s string) string { return s },
	far:   func(s string) string { return s },
	record: func(lang, s string) string {
		if lang == "ja" {
			return "「" + s + "」"
		}
		return "“" + s + "”"
	},
}

// Sentence tells what an item's alerts show.
func (Teller) Sentence(item alert.ItemView, alerts []alert.Alert, lang string) string {
	return sentence(&item, alerts, lang, plain)
}

// sentence says what was seen where, then quotes the first record that shows it and names where it went.
func sentence(item *alert.ItemView, alerts []alert.Alert, lang string, with ink) string {
	where := place(item, alerts, lang, with)
	what := whatWas(item, alerts).in(lang)
	record := ""
	if summary := firstSummary(item, alerts); summary != "" {
		record = with.record(lang, clip(summary, maxRecord))
	}
	targets := named(targetsOf(item, alerts), lang, with.far)
	if record != "" {
		label := words{"記録:", " Record: "}
		if counted(alerts) {
			label = words{"内訳:", " Counted: "}
		}
		record = label.in(lang) + record
	}
	if lang == "ja" {
		return sentenceJA(where, what, record, targets, item.Alerts)
	}
	return sentenceEN(where, what, record, targets, item.Alerts)
}

func sentenceJA(where, what, record, targets string, alerts int) string {
	var b strings.Builder
	b.WriteString(where + what + "を検知")
	if alerts > 1 {
		fmt.Fprintf(&b, "(%d件)", alerts)
	}
	b.WriteString("。")
	if record != "" {
		b.WriteString(record + "。")
	}
	if targets != "" {
		b.WriteString("相手先:" + targets + "。")
	}
	return b.String()
}

func sentenceEN(where, what, record, targets string, alerts int) string {
	var b strings.Builder
	b.WriteString(what + where)
	if alerts > 1 {
		fmt.Fprintf(&b, ", %d alerts", alerts)
	}
	b.WriteString(".")
	if record != "" {
		b.WriteString(record + ".")
	}
	if targets != "" {
		b.WriteString(" Other end: " + targets + ".")
	}
	return b.String()
}

// place names the host and who used it, with the word that ties it to what was seen; else the person or the address that the item is about.
func place(item *alert.ItemView, alerts []alert.Alert, lang string, with ink) string {
	subject := with.value(item.Subject.Value)
	switch {
	case item.Subject.Value == "":
		return ""
	case item.Subject.Kind == event.KindUser:
		return words{"アカウント" + subject + "による", " by account " + subject}.in(lang)
	case item.Subject.Kind == event.KindIP:
		return words{"送信元" + subject + "による", " from " + subject}.in(lang)
	}
	var users []string
	for i := range alerts {
		if u := alerts[i].User(); u != "" && !slices.Contains(users, u) {
			users = append(users, u)
		}
	}
	if len(users) == 0 {
		return words{subject + "で、", " on " + subject}.in(lang)
	}
	who := named(users, lang, with.value)
	return words{subject + "(アカウント" + who + ")で、", " on " + subject + " (account " + who + ")"}.in(lang)
}

func firstSummary(item *alert.ItemView, alerts []alert.Alert) string {
	for i := range alerts {
		if alerts[i].Summary != "" {
			return alerts[i].Summary
		}
	}
	return item.Summary
}

// targetsOf lists where the alerts' connections went, names before addresses, but not the subject itself.
func targetsOf(item *alert.ItemView, alerts []alert.Alert) []string {
	var out []string
	for _, kind := range []event.EntityKind{event.KindDomain, event.KindHost, event.KindIP} {
		for i := range alerts {
			for _, e := range alerts[i].Entities {
				far := e.Role == event.RoleDestination || kind == event.KindHost && e.Role == event.RoleTarget
				if e.Kind == kind && far && e.Value != item.Subject.Value && !slices.Contains(out, e.Value) {
					out = append(out, e.Value)
				}
			}
		}
	}
	return out
}

// named joins values, the first few by name and the others by number.
func named(values []string, lang string, write func(string) string) string {
	shown := make([]string, 0, maxNamed)
	for _, v := range values[:min(len(values), maxNamed)] {
		shown = append(shown, write(v))
	}
	text := strings.Join(shown, comma.in(lang))
	if more := len(values) - len(shown); more > 0 {
		text += fmt.Sprintf(words{"ほか%d件", " and %d more"}.in(lang), more)
	}
	return text
}

// clip cuts a text to n characters.
func clip(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n]) + "…"
}
