package main

import (
	"bufio"
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
	"github.com/noroshi-soc/noroshi/internal/ingest"
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
	unreadable                        []unread
	alerts                            []found
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
		items: map[string]*scanItem{}, incidentOf: map[string]string{},
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
	format, ok := normalize.Sniff(head)
	if !ok {
		s.skip(in.name, "format not known (readable: Windows events as JSON, Suricata EVE, Zeek, syslog)")
		return nil
	}
	s.files++
	batch := source.Batch{Tenant: s.owner, Source: in.name, Format: format, Zone: s.zone, Received: time.Now().UTC()}
	base := 0
	flush := func() error {
		err := s.batch(&batch, in.name, base)
		base += len(batch.Records)
		batch.Records = batch.Records[:0]
		return err
	}
	for rec, err := range ingest.Records(buffered, ingest.Limits{}) {
		if err != nil {
			s.skip(in.name, "breaks off: "+err.Error())
			break
		}
		batch.Records = append(batch.Records, rec)
		if len(batch.Records) < scanBatch {
			continue
		}
		if err := flush(); err != nil {
			return err
		}
	}
	return flush()
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
	}
	return nil
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
	Matches      int            `json:"matches"`
	Alerts       int            `json:"alerts"`
	Items        int            `json:"items"`
	Incidents    int            `json:"incidents"`
	Rules        int            `json:"rules"`
	RulesRefused int            `json:"rules_refused"`
	Refused      map[string]int `json:"refused,omitempty"` // reason → rules
}

func (s *scanner) summary() scanSummary {
	sum := scanSummary{
		Kind: "summary", Files: s.files, Unreadable: len(s.unreadable), Records: s.records, Unparsed: s.unparsed, Matches: s.matches,
		Alerts: len(s.alerts), Items: len(s.itemOrder), Incidents: len(s.incidents), Rules: len(s.engine.Set().Rules), RulesRefused: len(s.refused),
	}
	for _, p := range s.refused {
		if sum.Refused == nil {
			sum.Refused = map[string]int{}
		}
		sum.Refused[p.Reason]++
	}
	return sum
}
