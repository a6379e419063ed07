package duckdb

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

var (
	insertColumns = names(headColumns, ecsColumns, keyColumns)
	selectColumns = func() string {
		list := names(headColumns, ecsColumns)
		for i := range list {
			list[i] = quoted(list[i])
		}
		return strings.Join(list, ", ")
	}()
)

// valid is the text itself when it is UTF-8, which DuckDB needs.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// values appends a row's values in the order of insertColumns. odd counts ECS values that are not of their column's type; those are kept in Fields alone.
func values(dst []driver.Value, r *store.Row) (out []driver.Value, odd int, err error) {
	entities, entity, err := encodeEntities(r.Entities)
	if err != nil {
		return nil, 0, err
	}
	text, raw := valid(string(r.Raw)), driver.Value(nil)
	if !utf8.Valid(r.Raw) {
		raw = r.Raw
	}
	rules := make([]string, len(r.Rules))
	for i := range r.Rules {
		rules[i] = valid(r.Rules[i])
	}
	out = append(dst,
		r.Tenant.String(), r.ID.Epoch, r.ID.Partition, r.ID.Seq, r.ID.Pos,
		instant(r.Time), instant(r.Received), uint8(r.TimeFrom), valid(r.Site), valid(r.Source),
		valid(r.Dataset), valid(r.Problem), int64(r.Size),
		encodeFields(r.Fields), entities, rules, text, raw)
	for c, info := range event.AllColumns() {
		v := columnValue(info.Type, r.Columns[c])
		if v == nil && r.Columns[c] != "" {
			odd++
		}
		out = append(out, v)
	}
	out = append(out, entity)
	for _, c := range addressColumns {
		key := driver.Value(nil)
		if k := addressKey(r.Columns[c]); k != "" {
			key = k
		}
		out = append(out, key)
	}
	return out, odd, nil
}

func columnValue(t event.ColumnType, text string) driver.Value {
	if text == "" {
		return nil
	}
	switch t {
	case event.Long:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
		return nil
	case event.Double:
		if f, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
		return nil
	default:
		return valid(text)
	}
}

// encodeEntities writes the entities for reading back, and their values in lower case for searching.
func encodeEntities(entities []event.Entity) (text string, values []string, err error) {
	values = []string{}
	if len(entities) == 0 {
		return "[]", values, nil
	}
	b, err := json.Marshal(entities)
	if err != nil {
		return "", nil, fmt.Errorf("encode entities: %w", err)
	}
	seen := make(map[string]bool, len(entities))
	for _, e := range entities {
		if v := strings.ToLower(valid(e.Value)); v != "" && !seen[v] {
			seen[v] = true
			values = append(values, v)
		}
	}
	return string(b), values, nil
}

type scanned struct {
	tenant, site, source, dataset, problem, attributes, entities, text string
	id                                                                 event.ID
	time, received                                                     time.Time
	timeFrom                                                           uint8
	size                                                               int
	rules                                                              duckdb.Composite[[]string]
	raw                                                                []byte
	columns                                                            []any
}

// scan reads one row of selectColumns.
func scan(rows *sql.Rows) (store.Row, error) {
	s := scanned{columns: make([]any, len(ecsColumns))}
	dst := []any{
		&s.tenant, &s.id.Epoch, &s.id.Partition, &s.id.Seq, &s.id.Pos, &s.time, &s.received, &s.timeFrom, &s.site, &s.source,
		&s.dataset, &s.problem, &s.size, &s.attributes, &s.entities, &s.rules, &s.text, &s.raw,
	}
	for i := range s.columns {
		dst = append(dst, &s.columns[i])
	}
	if err := rows.Scan(dst...); err != nil {
		return store.Row{}, fmt.Errorf("read event: %w", err)
	}
	row, err := s.row()
	if err != nil {
		return store.Row{}, fmt.Errorf("read event %s: %w", s.id, err)
	}
	return row, nil
}

func (s *scanned) row() (store.Row, error) {
	id, err := tenant.ParseID(s.tenant)
	if err != nil {
		return store.Row{}, err
	}
	e := event.Event{
		ID: s.id, Tenant: id, Site: s.site, Source: s.source, Dataset: s.dataset, Problem: s.problem, Size: s.size,
		Time: s.time.UTC(), Received: s.received.UTC(), TimeFrom: event.TimeOrigin(s.timeFrom), Raw: s.raw,
	}
	if s.raw == nil {
		e.Raw = []byte(s.text)
	}
	if e.Fields, err = event.ParseFields([]byte(s.attributes)); err != nil {
		return store.Row{}, fmt.Errorf("fields: %w", err)
	}
	if s.entities != "[]" {
		if err := json.Unmarshal([]byte(s.entities), &e.Entities); err != nil {
			return store.Row{}, fmt.Errorf("entities: %w", err)
		}
	}
	for c := range s.columns {
		e.Columns[c] = columnText(s.columns[c])
	}
	row := store.Row{Event: e}
	if rules := s.rules.Get(); len(rules) > 0 {
		row.Rules = rules
	}
	return row, nil
}

func columnText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return ""
	}
}

// The table holds microseconds of the years 1 to 9999.
var (
	firstInstant = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	lastInstant  = time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)
)

func instant(t time.Time) time.Time {
	switch t = t.UTC(); {
	case t.Before(firstInstant):
		return firstInstant
	case t.After(lastInstant):
		return lastInstant
	}
	return t
}
