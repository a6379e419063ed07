package main

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/grouping"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
	"github.com/noroshi-soc/noroshi/sigma"
)

// scanner runs the stages over files and keeps what was found.
type scanner struct {
	normalizer *normalize.Normalizer
	engine     *detect.Engine
	zone       string
	out        *scanPrinter
	owner      tenant.ID
	tracker    *alert.Tracker
	grouper    *grouping.Grouper
	refused    []sigma.Problem
	seq        uint64

	files, records, unparsed, matches int
	damaged                           int // files with damage of which what is whole was read
	unreadable, damage                []unread
	alerts                            []found
	observed                          []sigma.Observation // what correlations count
	places                            map[uint64]place    // where the events of batches with observations stand
	items                             map[string]*scanItem
	itemOrder                         []string
	incidents                         []incident.Incident
	incidentOf                        map[string]string // item → incident
}

type unread struct{ file, reason string }

// found is an alert and where its event stands.
type found struct {
	alert  alert.Alert
	file   string
	record int
}

// place is where a batch begins.
type place struct {
	file string
	base int
}

type scanItem struct {
	item          alert.Item
	alerts        int
	summary, file string
}

func newScanner(n *normalize.Normalizer, e *detect.Engine, zone string, out *scanPrinter) (*scanner, error) {
	if _, err := time.LoadLocation(zone); err != nil {
		return nil, fmt.Errorf("--zone: %w", err)
	}
	owner, err := tenant.ParseID("scan")
	if err != nil {
		return nil, err
	}
	return &scanner{
		normalizer: n, engine: e, zone: zone, out: out, owner: owner, tracker: alert.NewTracker(), grouper: grouping.New(),
		items: map[string]*scanItem{}, incidentOf: map[string]string{}, places: map[uint64]place{},
	}, nil
}

func (s *scanner) skip(file, reason string) {
	s.unreadable = append(s.unreadable, unread{file, reason})
}

// headBytes is how much of a file is looked at to find out its format.
const headBytes = 64 << 10

// scanBatch is how many records go through the stages at once.
const scanBatch = 1000

// file reads one file. Only an error of the output ends the scan; a file that breaks off is told and what was read of it counts.
func (s *scanner) file(in input, r io.Reader) error {
	buffered := bufio.NewReaderSize(r, headBytes)
	head, err := buffered.Peek(headBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		s.skip(in.name, err.Error())
		return nil
	}
	if len(head) == 0 {
		s.files++
		return nil // an empty file holds no record
	}
	reader := &scanReader{scanner: s, name: in.name, batch: source.Batch{Tenant: s.owner, Source: in.name, Zone: s.zone, Received: time.Now().UTC()}}
	if bytes.HasPrefix(head, []byte(evtxMagic)) {
		return reader.eventLog(buffered)
	}
	return reader.records(buffered, head)
}

func (s *scanner) batch(b *source.Batch, file string, base int) error {
	s.seq++
	events := s.normalizer.Batch(b, 1, 0, s.seq)
	for i := range events {
		ev := &events[i]
		s.records++
		if !ev.Parsed() {
			s.unparsed++
			continue
		}
		s.grouper.See(ev)
		got, err := s.engine.Match(ev)
		if err != nil {
			s.skip(fmt.Sprintf("%s record %d", file, base+i), err.Error())
			continue
		}
		for _, id := range got.Rules {
			s.matches++
			r := s.engine.Set().ByID(id)
			err := s.out.match(matchLine{RuleID: id, Title: r.Title, Level: r.Level.String(), File: file, Record: base + i, Time: ev.Time.Format(time.RFC3339Nano)})
			if err != nil {
				return fmt.Errorf("print: %w", err)
			}
		}
		for _, a := range got.Alerts {
			s.alerts = append(s.alerts, found{a, file, base + i})
		}
		if len(got.Observed) > 0 {
			s.observed = append(s.observed, got.Observed...)
			s.places[s.seq] = place{file, base}
		}
	}
	return nil
}

// correlate lets correlations see what they count, in order of event time, and adds what they find to the alerts.
func (s *scanner) correlate() {
	if len(s.observed) == 0 {
		return
	}
	slices.SortStableFunc(s.observed, func(a, b sigma.Observation) int { return a.Time.Compare(b.Time) })
	c := s.engine.NewCorrelator()
	for _, o := range s.observed {
		s.told(c.Observe(o))
	}
	s.told(c.Advance(afterAll(s.engine, s.observed[len(s.observed)-1].Time)))
}

// afterAll is a time after the last event at which nothing is undecided any more.
func afterAll(e *detect.Engine, last time.Time) time.Time {
	end := last.Add(24 * time.Hour) // more than what lateness is given
	for _, c := range e.Running() {
		end = end.Add(c.Timespan)
	}
	return end
}

func (s *scanner) told(findings []sigma.Finding) {
	for i := range findings {
		a, ok := s.engine.Told(&findings[i])
		if !ok {
			continue
		}
		a.Tenant = s.owner
		f := found{alert: a}
		if n := len(a.Events); n > 0 {
			last := a.Events[n-1]
			f.file, f.record = s.places[last.Seq].file, s.places[last.Seq].base+int(last.Pos)
		}
		s.alerts = append(s.alerts, f)
	}
}

// group puts the alerts, in order of event time, into items and incidents.
func (s *scanner) group() {
	slices.SortStableFunc(s.alerts, func(a, b found) int {
		return cmp.Or(a.alert.Time.Compare(b.alert.Time), a.alert.Events[0].Compare(b.alert.Events[0]))
	})
	for i := range s.alerts {
		f := &s.alerts[i]
		item, isNew := s.tracker.Add(&f.alert, f.alert.Time)
		if isNew {
			s.itemOrder = append(s.itemOrder, item.ID)
			s.items[item.ID] = &scanItem{summary: f.alert.Summary, file: f.file}
		}
		kept := s.items[item.ID]
		kept.item = item
		kept.alerts++
		s.grouper.Tie(item, &f.alert, f.alert.Time) // history has no receipt to doubt its time by
	}
	for _, in := range s.grouper.Changed() {
		if in.MergedTo != "" {
			continue
		}
		s.incidents = append(s.incidents, in)
		for _, m := range in.Members {
			s.incidentOf[m.Item] = in.ID
		}
	}
	slices.SortFunc(s.incidents, func(a, b incident.Incident) int {
		return cmp.Or(cmp.Compare(b.Level, a.Level), a.First.Compare(b.First), cmp.Compare(a.ID, b.ID))
	})
}

// scanSummary closes a scan's output.
type scanSummary struct {
	Kind         string         `json:"kind"`
	Files        int            `json:"files"`
	Unreadable   int            `json:"unreadable"`
	Records      int            `json:"records"`
	Unparsed     int            `json:"unparsed"`
	Damaged      int            `json:"damaged"` // files of which a part is damaged
	Matches      int            `json:"matches"`
	Alerts       int            `json:"alerts"`
	Items        int            `json:"items"`
	Incidents    int            `json:"incidents"`
	Correlations int            `json:"correlations"`
	Rules        int            `json:"rules"`
	RulesRefused int            `json:"rules_refused"`
	RulesWaiting int            `json:"rules_waiting"`     // for values of their placeholders
	Refused      map[string]int `json:"refused,omitempty"` // reason → rules
}

func (s *scanner) summary() scanSummary {
	sum := scanSummary{
		Kind: "summary", Files: s.files, Unreadable: len(s.unreadable), Records: s.records, Unparsed: s.unparsed, Damaged: s.damaged, Matches: s.matches,
		Alerts: len(s.alerts), Items: len(s.itemOrder), Incidents: len(s.incidents), Rules: len(s.engine.Set().Rules), Correlations: len(s.engine.Running()), RulesRefused: len(s.refused), RulesWaiting: len(s.engine.Set().Waiting),
	}
	for _, p := range s.refused {
		if sum.Refused == nil {
			sum.Refused = map[string]int{}
		}
		sum.Refused[p.Reason]++
	}
	return sum
}
