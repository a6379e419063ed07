package duckdb

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/noroshi-soc/noroshi/internal/query"
	"github.com/noroshi-soc/noroshi/internal/store"
)

// Bounds of the counts.
const (
	maxBuckets    = 10000
	defaultValues = 10
	maxValues     = 10000
)

// Count returns how many events a search finds in all.
func (s *Store) Count(ctx context.Context, search store.Search) (int64, error) {
	if search.Scope.Empty() {
		return 0, nil
	}
	var c compiler
	where, err := c.where(search)
	if err != nil {
		return 0, err
	}
	var n int64
	err = s.use(ctx, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, "SELECT count(*) FROM events WHERE "+where, c.args...).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("count: %w", err)
	}
	return n, nil
}

// Histogram counts events in buckets that begin at From, or at multiples of the width when From is open.
// With From and To every bucket is there; else those that have events. More than 10000 buckets are refused.
func (s *Store) Histogram(ctx context.Context, search store.Search, width time.Duration) ([]store.Bucket, error) {
	if width < time.Microsecond {
		return nil, fmt.Errorf("histogram: width %s is below a microsecond", width)
	}
	closed := !search.From.IsZero() && !search.To.IsZero()
	if closed && search.To.Sub(search.From)/width >= maxBuckets {
		return nil, fmt.Errorf("histogram: more than %d buckets of %s", maxBuckets, width)
	}
	counted := map[int64]int64{}
	if !search.Scope.Empty() {
		var err error
		if counted, err = s.buckets(ctx, search, width.Microseconds()); err != nil {
			return nil, fmt.Errorf("histogram: %w", err)
		}
	}
	if closed {
		for at := search.From; at.Before(search.To); at = at.Add(width.Truncate(time.Microsecond)) {
			counted[at.UnixMicro()] += 0
		}
	}
	out := make([]store.Bucket, 0, len(counted))
	for start, n := range counted {
		out = append(out, store.Bucket{Start: time.UnixMicro(start).UTC(), Count: n})
	}
	slices.SortFunc(out, func(a, b store.Bucket) int { return a.Start.Compare(b.Start) })
	return out, nil
}

// buckets counts by the microsecond at which a bucket begins.
func (s *Store) buckets(ctx context.Context, search store.Search, width int64) (map[int64]int64, error) {
	var c compiler
	where, err := c.where(search)
	if err != nil {
		return nil, err
	}
	origin := int64(0)
	if !search.From.IsZero() {
		origin = search.From.UnixMicro()
	}
	w := c.arg(width) + "::BIGINT"
	statement := fmt.Sprintf("SELECT micros - ((micros - %[1]s) %% %[2]s + %[2]s) %% %[2]s AS start, count(*) FROM (SELECT epoch_us(%[5]s) AS micros FROM events WHERE %[3]s) GROUP BY start LIMIT %[4]d",
		c.arg(origin)+"::BIGINT", w, where, maxBuckets+1, clock(search))
	out := map[int64]int64{}
	err = s.use(ctx, func(db *sql.DB) error {
		return each(ctx, db, statement, c.args, func(rows *sql.Rows) error {
			var start, n int64
			err := rows.Scan(&start, &n)
			out[start] = n
			return err
		})
	})
	if err == nil && len(out) > maxBuckets {
		err = fmt.Errorf("more than %d buckets", maxBuckets)
	}
	return out, err
}

func each(ctx context.Context, db *sql.DB, statement string, args []any, f func(*sql.Rows) error) error {
	rows, err := db.QueryContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Values counts the most frequent values of a field and the events that have it. Values that differ in case only are one value, as a search
// would find them; an event with a list counts once for each of its values. limit is 10 unless set, at most 10000.
func (s *Store) Values(ctx context.Context, search store.Search, field string, limit int) (top []store.ValueCount, with int64, err error) {
	if search.Scope.Empty() {
		return nil, 0, nil
	}
	if limit = min(limit, maxValues); limit <= 0 {
		limit = defaultValues
	}
	var c compiler
	where, err := c.where(search)
	if err != nil {
		return nil, 0, err
	}
	list, has, err := c.valuesOf(field)
	if err != nil {
		return nil, 0, fmt.Errorf("values of %q: %w", field, err)
	}
	statement := fmt.Sprintf(`WITH found AS MATERIALIZED (SELECT %s AS list, %s AS has FROM events WHERE %s),
		top AS (SELECT min(v) AS v, count(*) AS n FROM (SELECT unnest(list) AS v FROM found WHERE has) WHERE v IS NOT NULL GROUP BY lower(v) ORDER BY n DESC, v LIMIT %d)
		SELECT NULL, count(*) FROM found WHERE has UNION ALL SELECT v, n FROM top`, list, has, where, limit)
	err = s.use(ctx, func(db *sql.DB) error {
		return each(ctx, db, statement, c.args, func(rows *sql.Rows) error {
			var value sql.NullString
			var n int64
			err := rows.Scan(&value, &n)
			if value.Valid {
				top = append(top, store.ValueCount{Value: value.String, Count: n})
			} else {
				with = n
			}
			return err
		})
	})
	if err != nil {
		return nil, 0, fmt.Errorf("values of %q: %w", field, err)
	}
	slices.SortFunc(top, func(a, b store.ValueCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return top, with, nil
}

// valuesOf gives the list of a field's values, and whether the event has the field.
func (c *compiler) valuesOf(field string) (list, has string, err error) {
	has, err = c.node(query.Match{Field: field, Op: query.Exists})
	if err != nil {
		return "", "", err
	}
	switch field {
	case "id", "time", "received":
		return "", "", fmt.Errorf("this field has no values to count")
	case "rule.id":
		return "list_distinct(rules)", has, nil
	case "entity":
		return "entity", has, nil
	}
	if query.KindOf(field) != query.Own {
		return "[" + quoted(field) + "::VARCHAR]", has, nil
	}
	return "list_distinct(" + c.own(field).values + ")", has, nil
}
