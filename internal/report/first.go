package report

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

//go:embed templates
var templateFiles embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"and2": func(values []string) string { return strings.Join(values, ", ") },
	"ten":  func(values []string) string { return strings.Join(values, "、") },
}).ParseFS(templateFiles, "templates/*.tmpl"))

// FirstReport drafts the first report 第1報 of an incident as Markdown: what, when, which hosts and people, which phases; facts, inference and what is
// unknown apart; and what is asked now. Times are in the tenant's zone, which it names. What lies outside is written so that nobody opens it by a click.
func (Teller) FirstReport(view incident.View, alerts []alert.Alert, lang string, of tenant.Tenant) (title, markdown string) {
	if lang != "ja" {
		lang = "en"
	}
	d := newDraft(&view, alerts, lang, of)
	var b strings.Builder
	if err := templates.ExecuteTemplate(&b, "first_report_"+lang+".md.tmpl", d); err != nil {
		// The templates are our own and every test executes them; a reader must still not take half a report for the whole.
		b.WriteString("\n\n**" + err.Error() + "**\n")
	}
	return d.Heading, b.String()
}

// draft is what the templates tell. Its texts are Markdown already.
type draft struct {
	Heading              string
	Tenant, Label, Title string
	Level, Status        string
	Zone                 string
	First, Last          string
	Sites                []string
	Hosts, Users         []string
	Outside              []string // defanged
	Phases               []step
	Furthest             string
	Facts                []fact
	Excluded             []fact
	Items, Alerts        int
	Unjudged             int
	Grave                bool // of level high or above: asks are not proposals
	signs
}

// step is a phase that was reached.
type step struct{ Name, Time, What string }

// fact is an item as the report tells it.
type fact struct{ Time, Phase, Text, Verdict, Number string }

// writer holds what the parts of a draft share.
type writer struct {
	lang string
	zone *time.Location
}

func newDraft(view *incident.View, alerts []alert.Alert, lang string, of tenant.Tenant) *draft {
	w := writer{lang: lang, zone: zoneOf(of)}
	title := view.Title
	if lang == "ja" && view.TitleJA != "" {
		title = view.TitleJA
	}
	d := &draft{
		Label: view.Name(), Title: escape(title), Tenant: escape(of.Name),
		Level: levelWords[view.Level].in(lang), Status: statusWords[view.Status].in(lang), Zone: w.zoneName(view.First),
		Grave: view.Level >= alert.High,
	}
	d.Heading = words{"第1報(案) ", "First report (draft) "}.in(lang) + d.Label + " " + title
	told, byItem := w.divide(d, view, alerts)
	w.sites(d, told, of)
	w.people(d, told, byItem)
	w.phases(d, told, byItem)
	d.signs = w.signs(told, byItem)
	return d
}

// divide tells the items that stand, and sets apart those that people judged to be no attack.
func (w writer) divide(d *draft, view *incident.View, alerts []alert.Alert) (told []alert.ItemView, of map[string][]alert.Alert) {
	of = map[string][]alert.Alert{}
	for i := range alerts {
		of[alerts[i].Item] = append(of[alerts[i].Item], alerts[i])
	}
	var excluded []alert.ItemView
	for _, item := range byTime(view.Items) {
		if harmless(&item) {
			excluded = append(excluded, item)
			continue
		}
		told = append(told, item)
		d.Items, d.Alerts = d.Items+1, d.Alerts+item.Alerts
		if item.Judgement == nil || item.Reopened {
			d.Unjudged++
		}
	}
	d.Facts, d.Excluded = w.facts(told, of), w.facts(excluded, of)
	if len(told) > 0 {
		d.First, d.Last = w.clock(told[0].First), w.clock(latest(told))
	}
	return told, of
}

// facts tells each item, those that show the same of the same subject in one line: a first report is read in a hurry.
func (w writer) facts(items []alert.ItemView, of map[string][]alert.Alert) []fact {
	type key struct{ what, subject, verdict string }
	at := map[key]int{}
	var lines []alert.ItemView
	var shown [][]alert.Alert
	var numbers []string
	for _, item := range items {
		k := key{whatWas(&item, of[item.ID]).en, item.Subject.Value, w.verdict(&item)}
		n, ok := at[k]
		if !ok {
			at[k] = len(lines)
			lines, shown, numbers = append(lines, item), append(shown, of[item.ID]), append(numbers, fmt.Sprintf("#%d", item.Number))
			continue
		}
		lines[n].Alerts += item.Alerts
		shown[n] = slices.Concat(shown[n], of[item.ID])
		numbers[n] += fmt.Sprintf("%s#%d", comma.in(w.lang), item.Number)
	}
	var out []fact
	for i := range lines {
		item := &lines[i]
		out = append(out, fact{
			Time: w.clock(item.First), Phase: phaseWords[item.Phase].in(w.lang), Number: numbers[i],
			Text: sentence(item, shown[i], w.lang, markdown), Verdict: w.verdict(item),
		})
	}
	return out
}

func (w writer) verdict(item *alert.ItemView) string {
	if item.Judgement == nil || item.Reopened {
		return ""
	}
	return verdictWords[item.Judgement.Verdict].in(w.lang)
}

// phases tells when each phase was first seen, in the order of an attack.
func (w writer) phases(d *draft, told []alert.ItemView, of map[string][]alert.Alert) {
	for phase := alert.Before; phase <= alert.Objective; phase++ {
		for i := range told {
			item := &told[i]
			if item.Phase == phase {
				name := phaseWords[phase].in(w.lang)
				d.Phases = append(d.Phases, step{name, w.clock(item.First), whatWas(item, of[item.ID]).in(w.lang)})
				d.Furthest = name
				break
			}
		}
	}
}

var statusWords = map[incident.Status]words{
	incident.Open: {"未着手", "open"}, incident.InProgress: {"対応中", "in progress"}, incident.Closed: {"クローズ", "closed"},
}

func zoneOf(t tenant.Tenant) *time.Location {
	zone, err := time.LoadLocation(t.Zone)
	if err != nil || t.Zone == "" {
		return time.UTC
	}
	return zone
}

func (w writer) clock(t time.Time) string { return t.In(w.zone).Format("2006-01-02 15:04:05") }

// zoneName names the zone so that two people on the phone read the same: "Asia/Tokyo, UTC+09:00".
func (w writer) zoneName(at time.Time) string {
	if w.zone == time.UTC {
		return "UTC"
	}
	return w.zone.String() + comma.in(w.lang) + "UTC" + at.In(w.zone).Format("-07:00")
}
