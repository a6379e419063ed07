package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/query"
	"github.com/noroshi-soc/noroshi/internal/store"
)

// Event is one record of a log, normalised.
type Event struct {
	ID        string         `json:"id"`
	Tenant    string         `json:"tenant"`
	Site      string         `json:"site"`
	Source    string         `json:"source"`
	Dataset   string         `json:"dataset"`
	Time      Time           `json:"time"`
	TimeFrom  string         `json:"time_from" enum:"record,source_zone,received,year_filled,neighbour" doc:"How the time was found"`
	Received  Time           `json:"received"`
	Problem   string         `json:"problem" doc:"Why the record could not be read, or what was wrong with it"`
	Size      int            `json:"size" doc:"Bytes as sent"`
	ECS       map[string]any `json:"ecs" doc:"Values by ECS name; numbers where the name is of a number"`
	Fields    Object         `json:"fields" doc:"The log's own fields, flat, in the order of the log"`
	Entities  []Entity       `json:"entities"`
	Rules     []string       `json:"rules" doc:"Ids of the rules that matched it"`
	Raw       string         `json:"raw" doc:"The original bytes, when they are UTF-8"`
	RawBase64 string         `json:"raw_base64,omitempty" doc:"The original bytes, when they are not"`
}

// EventList is a page of events.
type EventList struct {
	Events []Event `json:"events"`
	Next   string  `json:"next,omitempty" doc:"Give it as after for the next page; absent at the end"`
	TookMS int64   `json:"took_ms"`
}

// EventCount is how many events a query finds.
type EventCount struct {
	Count int64 `json:"count"`
}

// Histogram is how many events a query finds over time.
type Histogram struct {
	WidthS  int64    `json:"width_s" doc:"Width of a bucket in seconds"`
	Buckets []Bucket `json:"buckets"`
}

// Bucket is one bar of a histogram.
type Bucket struct {
	Start Time  `json:"start"`
	Count int64 `json:"count"`
}

// FieldValues is the most frequent values of a field.
type FieldValues struct {
	Field string       `json:"field"`
	With  int64        `json:"with" doc:"How many events have the field"`
	Top   []ValueCount `json:"top"`
}

// ValueCount is how often one value occurs.
type ValueCount struct {
	Value string `json:"value"`
	Count int64  `json:"count"`
}

// Ask is what every question to the event store may say.
type Ask struct {
	Narrow
	At
	Span
	Q string `query:"q" maxLength:"10000" doc:"In the query language; empty for all events" example:"source.ip:10.0.0.0/8 and not user.name:svc_*"`
}

type searchInput struct {
	Ask
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
	After  string `query:"after" doc:"The next of the page before"`
	Oldest bool   `query:"oldest" doc:"Oldest first"`
}

type histogramInput struct {
	Ask
	Buckets int `query:"buckets" minimum:"1" maximum:"500" default:"60" doc:"About how many; the width is a round one"`
}

type valuesInput struct {
	Ask
	Field string `query:"field" required:"true" minLength:"1" maxLength:"500"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"10"`
}

type eventInput struct {
	ID string `path:"id"`
}

func (a *api) events() {
	register(a, people, route(http.MethodGet, "/events", "search-events", "Events, newest first", "search"), a.searchEvents)
	register(a, people, route(http.MethodGet, "/events/count", "count-events", "How many events there are", "search"), a.countEvents)
	register(a, people, route(http.MethodGet, "/events/histogram", "event-histogram", "Events over time; the last 24 hours unless from and to are given", "search"), a.eventHistogram)
	register(a, people, route(http.MethodGet, "/events/values", "event-values", "The most frequent values of a field", "search"), a.eventValues)
	register(a, people, route(http.MethodGet, "/events/{id}", "get-event", "One event", "search"), a.getEvent)
	register(a, people, route(http.MethodGet, "/fields", "list-fields", "Names that a query may use, for completion", "search"), a.listFields)
}

func eventOf(r store.Row) Event {
	out := Event{
		ID: r.ID.String(), Tenant: r.Tenant.String(), Site: r.Site, Source: r.Source, Dataset: r.Dataset,
		Time: Time(r.Time), TimeFrom: r.TimeFrom.String(), Received: Time(r.Received), Problem: r.Problem, Size: r.Size,
		ECS: ecsOf(&r.Columns), Fields: Object(r.Fields.AppendJSON(nil)), Entities: mapped(r.Entities, entityOf), Rules: listed(r.Rules),
	}
	if utf8.Valid(r.Raw) {
		out.Raw = string(r.Raw)
	} else {
		out.RawBase64 = base64.StdEncoding.EncodeToString(r.Raw)
	}
	return out
}

func ecsOf(columns *event.Columns) map[string]any {
	out := map[string]any{}
	for c, info := range event.AllColumns() {
		text := columns[c]
		switch {
		case text == "":
		case (info.Type == event.Long || info.Type == event.Double) && json.Valid([]byte(text)):
			out[info.Name] = json.Number(text)
		default:
			out[info.Name] = text
		}
	}
	return out
}

// search makes the store's question of the caller's. The site is bound outside the query's reach, as the scope is.
func (in *Ask) search(c *auth.Caller) (store.Search, error) {
	scope, err := in.scope(c)
	if err != nil {
		return store.Search{}, err
	}
	if !in.From.IsZero() && !in.To.IsZero() && !in.From.Before(in.To) {
		return store.Search{}, invalid("query.to", "the span of time is empty: to must be after from")
	}
	tree, err := query.Parse(in.Q)
	if err != nil {
		return store.Search{}, err
	}
	if in.Site != "" {
		tree = query.And{Nodes: []query.Node{query.Match{Field: "site", Op: query.Equal, Value: in.Site}, tree}}
	}
	return store.Search{Scope: scope, Query: tree, From: in.From, To: in.To}, nil
}

func (a *api) searchEvents(ctx context.Context, c *auth.Caller, in *searchInput) (*reply[EventList], error) {
	s, err := in.search(c)
	if err != nil {
		return nil, err
	}
	s.Limit, s.Oldest = in.Limit, in.Oldest
	if in.After != "" {
		if s.After, err = parsePlace(in.After); err != nil {
			return nil, err
		}
	}
	began := a.Now()
	rows, err := a.Events.Search(ctx, s)
	if err != nil {
		return nil, err
	}
	out := EventList{Events: mapped(rows, eventOf), TookMS: a.Now().Sub(began).Milliseconds()}
	if len(rows) == in.Limit {
		out.Next = formatPlace(rows[len(rows)-1])
	}
	return &reply[EventList]{out}, nil
}

// A cursor is the time and id of the last row.
func formatPlace(r store.Row) string {
	return base64.RawURLEncoding.EncodeToString([]byte(r.Time.UTC().Format(time.RFC3339Nano) + " " + r.ID.String()))
}

func parsePlace(cursor string) (*store.Place, error) {
	bad := invalid("query.after", "want the next of an earlier answer")
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, bad
	}
	at, name, _ := strings.Cut(string(text), " ")
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return nil, bad
	}
	id, err := event.ParseID(name)
	if err != nil {
		return nil, bad
	}
	return &store.Place{Time: t, ID: id}, nil
}

func (a *api) countEvents(ctx context.Context, c *auth.Caller, in *Ask) (*reply[EventCount], error) {
	s, err := in.search(c)
	if err != nil {
		return nil, err
	}
	n, err := a.Events.Count(ctx, s)
	if err != nil {
		return nil, err
	}
	return &reply[EventCount]{EventCount{n}}, nil
}

func (a *api) eventHistogram(ctx context.Context, c *auth.Caller, in *histogramInput) (*reply[Histogram], error) {
	if in.To.IsZero() {
		in.To = a.Now().UTC()
	}
	if in.From.IsZero() {
		in.From = in.To.Add(-24 * time.Hour)
	}
	s, err := in.search(c)
	if err != nil {
		return nil, err
	}
	width := roundWidth(in.To.Sub(in.From), in.Buckets)
	buckets, err := a.Events.Histogram(ctx, s, width)
	if err != nil {
		return nil, err
	}
	return &reply[Histogram]{Histogram{int64(width / time.Second), mapped(buckets, bucketOf)}}, nil
}

func bucketOf(b store.Bucket) Bucket { return Bucket{Time(b.Start), b.Count} }

var widths = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// roundWidth is the least round width that needs no more than about n buckets for the span.
func roundWidth(span time.Duration, n int) time.Duration {
	for _, w := range widths {
		if span <= w*time.Duration(n) {
			return w
		}
	}
	const day = 24 * time.Hour
	return (span/time.Duration(n) + day - 1).Truncate(day)
}

func (a *api) eventValues(ctx context.Context, c *auth.Caller, in *valuesInput) (*reply[FieldValues], error) {
	fields := query.Resolve(in.Field)
	if kind := query.KindOf(fields[0]); len(fields) > 1 || kind == query.ID || kind == query.Instant {
		return nil, invalid("query.field", "want one field whose values repeat; not an id, a time or an alias of several")
	}
	s, err := in.search(c)
	if err != nil {
		return nil, err
	}
	top, with, err := a.Events.Values(ctx, s, fields[0], in.Limit)
	if err != nil {
		return nil, err
	}
	return &reply[FieldValues]{FieldValues{in.Field, with, mapped(top, func(v store.ValueCount) ValueCount { return ValueCount(v) })}}, nil
}

func (a *api) getEvent(ctx context.Context, c *auth.Caller, in *eventInput) (*reply[Event], error) {
	id, err := event.ParseID(in.ID)
	if err != nil {
		return nil, notFound()
	}
	row, err := a.Events.Event(ctx, c.Scope, id)
	if err != nil {
		return nil, err
	}
	return &reply[Event]{eventOf(row)}, nil
}
