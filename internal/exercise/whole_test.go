package exercise_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/exercise"
	"github.com/noroshi-soc/noroshi/internal/grouping"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// soc is the chain of stages that the product sends an event through.
type soc struct {
	t         *testing.T
	sources   map[string]exercise.Source
	headers   map[string]string
	normalize *normalize.Normalizer
	detect    *detect.Engine
	tracker   *alert.Tracker
	grouper   *grouping.Grouper
	tenant    tenant.ID
	seq       uint64

	items     map[string]alert.Item
	stepOf    map[string]map[string]bool // by item
	incidents map[string]incident.Incident
}

func newSOC(t *testing.T, s *exercise.Scenario) *soc {
	t.Helper()
	id, err := tenant.ParseID("seiran")
	if err != nil {
		t.Fatal(err)
	}
	n, err := normalize.New(content.FS)
	if err != nil {
		t.Fatal(err)
	}
	routes, err := detect.LoadRoutes(content.FS)
	if err != nil {
		t.Fatal(err)
	}
	files, err := rule.ReadFS(content.FS, "rules")
	if err != nil {
		t.Fatal(err)
	}
	set := rule.NewSet(files)
	engine, problems := detect.New(set, routes)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if lost := engine.Unrouted(); len(lost) > 0 {
		t.Errorf("%d starter rules name a log source that no dataset is of, %s first", len(lost), lost[0].Title)
	}
	out := &soc{
		t: t, sources: map[string]exercise.Source{}, headers: map[string]string{}, normalize: n, detect: engine, tracker: alert.NewTracker(),
		grouper: grouping.New(), tenant: id, items: map[string]alert.Item{}, stepOf: map[string]map[string]bool{}, incidents: map[string]incident.Incident{},
	}
	for _, src := range s.Sources {
		out.sources[src.Name] = src
	}
	return out
}

// take sends one line through all stages.
func (s *soc) take(line exercise.Line) {
	src := s.sources[line.Source]
	s.seq++
	batch := &source.Batch{
		Tenant: s.tenant, Site: line.Site, Source: line.Source, Format: source.Format(src.Format), Zone: src.Zone, Header: s.headers[line.Source],
		Received: line.At, Records: []source.Record{{Bytes: line.Bytes, Size: len(line.Bytes)}},
	}
	if text := string(line.Bytes); src.Shape == "tsv" && strings.HasPrefix(text, "#") {
		s.headers[line.Source] += text + "\n"
	}
	for _, ev := range s.normalize.Batch(batch, 1, 0, s.seq) {
		if !ev.Parsed() || ev.Problem != "" {
			s.t.Errorf("%s: dataset %s, problem %q: %s", line.Source, ev.Dataset, ev.Problem, line.Bytes)
		}
		if d := ev.Time.Sub(line.At); ev.Dataset != "zeek.meta" && (d > 1e9 || d < -10*60*1e9) {
			s.t.Errorf("%s: the line of %s is taken for one of %s", line.Source, line.At, ev.Time)
		}
		s.find(&ev, line.Step)
	}
}

func (s *soc) find(ev *event.Event, step string) {
	s.grouper.See(ev)
	found, err := s.detect.Match(ev)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := range found.Alerts {
		a := &found.Alerts[i]
		item, _ := s.tracker.Add(a, ev.Received)
		s.items[item.ID] = item
		if s.stepOf[item.ID] == nil {
			s.stepOf[item.ID] = map[string]bool{}
		}
		s.stepOf[item.ID][step] = true
		s.grouper.Tie(item, a, ev.Received)
		for _, in := range s.grouper.Changed() {
			s.incidents[in.ID] = in
		}
	}
}

func TestTheStoryIsOneIncident(t *testing.T) {
	s, lines := day()
	played := map[uint64][]exercise.Line{1: lines, 9: slices.Collect(s.Generate(start, 9))}
	for seed, lines := range played {
		stages := newSOC(t, s)
		for _, line := range lines {
			if stages.take(line); t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
		checkIncidents(t, s, stages)
	}
}

// checkIncidents wants one incident that holds every loud item of the story
// and nothing of a routine.
func checkIncidents(t *testing.T, s *exercise.Scenario, stages *soc) {
	t.Helper()
	member := map[string]string{}
	for id, in := range stages.incidents {
		for _, m := range in.Members {
			member[m.Item] = id
		}
	}
	story, seen, ids := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, step := range s.Story {
		story[step.ID] = true
	}
	for id, item := range stages.items {
		steps := stages.stepOf[id]
		for step := range steps {
			switch {
			case story[step] && member[id] != "":
				ids[member[id]], seen[step] = true, true
			case story[step] && item.Level >= alert.Medium:
				t.Errorf("item %q of step %s at %s is in no incident", item.Title, step, item.First)
			case member[id] != "":
				t.Errorf("item %q of %q at %s is in an incident", item.Title, step, item.First)
			}
		}
	}
	if len(ids) != 1 || len(seen) < len(s.Story)-2 { // the mail and the wrong passwords alone raise no alert
		t.Errorf("%d incidents hold %d of %d steps, want one", len(ids), len(seen), len(s.Story))
	}
	for id := range ids {
		if in := stages.incidents[id]; in.Phase != alert.Objective || in.Level != alert.Critical || len(in.Members) < 25 {
			t.Errorf("incident %q: phase %v, level %v, %d members", in.Title, in.Phase, in.Level, len(in.Members))
		}
	}
}
