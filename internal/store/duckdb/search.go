package duckdb

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/query"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Rows of an answer.
const (
	defaultLimit = 200
	maxLimit     = 10000
)

// Search returns rows by time and id. A cancelled ctx stops it within DuckDB.
func (s *Store) Search(ctx context.Context, search store.Search) ([]store.Row, error) {
	if search.Scope.Empty() {
		return nil, nil
	}
	var c compiler
	where, err := c.where(search)
	if err != nil {
		return nil, err
	}
	direction, beyond := "DESC", "<"
	if search.Oldest {
		direction, beyond = "ASC", ">"
	}
	if search.After != nil {
		where += " AND " + c.after(*search.After, beyond)
	}
	limit := min(search.Limit, maxLimit)
	if limit <= 0 {
		limit = defaultLimit
	}
	statement := fmt.Sprintf(`SELECT %s FROM events WHERE %s ORDER BY "time" %[3]s, epoch %[3]s, "partition" %[3]s, seq %[3]s, pos %[3]s LIMIT %d`,
		selectColumns, where, direction, limit)
	out, err := s.rows(ctx, statement, c.args)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return out, nil
}

// after is the predicate of the rows beyond a place.
func (c *compiler) after(p store.Place, beyond string) string {
	at := c.instant(p.Time, false)
	return fmt.Sprintf(`"time" %[1]s= %[2]s AND ("time" %[1]s %[2]s OR %[3]s %[1]s %[4]s)`, beyond, at, idTuple, c.id(p.ID))
}

func (s *Store) rows(ctx context.Context, statement string, args []any) ([]store.Row, error) {
	var out []store.Row
	err := s.use(ctx, func(db *sql.DB) error {
		rows, err := db.QueryContext(ctx, statement, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			row, err := scan(rows)
			if err != nil {
				return err
			}
			out = append(out, row)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Event returns one event by its id; store.ErrNotFound when there is none in the scope.
func (s *Store) Event(ctx context.Context, scope tenant.Scope, id event.ID) (store.Row, error) {
	rows, err := s.Search(ctx, store.Search{
		Scope: scope, Limit: 1, Query: query.Match{Field: "id", Op: query.Equal, Value: id.String()},
	})
	if err != nil {
		return store.Row{}, fmt.Errorf("event %s: %w", id, err)
	}
	if len(rows) == 0 {
		return store.Row{}, fmt.Errorf("event %s: %w", id, store.ErrNotFound)
	}
	return rows[0], nil
}
