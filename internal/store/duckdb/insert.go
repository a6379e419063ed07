package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/noroshi-soc/noroshi/internal/store"
)

// Insert commits rows and mark in one transaction. All rows must be of the partition and epoch of mark, and none beyond it.
// After an error nothing of it is stored, or (when the error came after the commit) all; a repeat is right in both cases.
func (s *Store) Insert(ctx context.Context, rows []store.Row, mark store.Mark) error {
	if err := checkRows(rows, mark); err != nil {
		return fmt.Errorf("insert up to %s: %w", markText(mark), err)
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.use(ctx, func(db *sql.DB) error { return s.insert(ctx, db, rows, mark) }); err != nil {
		return fmt.Errorf("insert %d rows up to %s: %w", len(rows), markText(mark), err)
	}
	return nil
}

func checkRows(rows []store.Row, mark store.Mark) error {
	for i := range rows {
		id := rows[i].ID
		switch {
		case rows[i].Tenant.IsZero():
			return fmt.Errorf("row %s has no tenant", id)
		case id.Epoch != mark.Epoch || id.Partition != mark.Partition || id.Seq > mark.Seq:
			return fmt.Errorf("row %s is not of this partition, or beyond the mark", id)
		}
	}
	return nil
}

func markText(m store.Mark) string { return fmt.Sprintf("%d-%d-%d", m.Epoch, m.Partition, m.Seq) }

func (s *Store) insert(ctx context.Context, db *sql.DB, rows []store.Row, mark store.Mark) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// A statement that is interrupted leaves the transaction in doubt; a batch is short, so it is carried through.
	ctx, done := context.WithoutCancel(ctx), ctx
	if _, err := conn.ExecContext(ctx, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	err = s.fill(ctx, conn, rows, mark)
	if err == nil {
		err = done.Err()
	}
	if err != nil {
		if _, undo := conn.ExecContext(ctx, "ROLLBACK"); undo != nil && !isFatal(undo) {
			err = errors.Join(err, undo)
		}
		return err
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return err
}

func (s *Store) fill(ctx context.Context, conn *sql.Conn, rows []store.Row, mark store.Mark) error {
	stored, err := watermark(ctx, conn, mark.Epoch, mark.Partition)
	if err != nil || mark.Seq <= stored.Seq {
		return err
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(r store.Row) bool { return r.ID.Seq <= stored.Seq })
	if err := conn.Raw(func(dc any) error { return s.append(dc.(driver.Conn), rows) }); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `INSERT INTO watermark VALUES ($1, $2, $3::UBIGINT, $4) ON CONFLICT DO UPDATE SET seq = excluded.seq, rule_set = excluded.rule_set`,
		mark.Epoch, mark.Partition, unsigned(mark.Seq), valid(mark.RuleSet))
	return err
}

func (s *Store) append(conn driver.Conn, rows []store.Row) (err error) {
	if len(rows) == 0 {
		return nil
	}
	appender, err := duckdb.NewAppenderWithColumns(conn, "", "", "events", insertColumns)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, appender.Close()) }()
	buffer := make([]driver.Value, 0, len(insertColumns))
	total := 0
	for i := range rows {
		row, odd, err := values(buffer[:0], &rows[i])
		if err != nil {
			return fmt.Errorf("row %s: %w", rows[i].ID, err)
		}
		if err := appender.AppendRow(row...); err != nil {
			return fmt.Errorf("row %s: %w", rows[i].ID, err)
		}
		total += odd
	}
	if total > 0 {
		s.log.Warn("ECS values that are not of their column's type are kept in the event's own fields alone", "values", total, "first", rows[0].ID)
	}
	return nil
}

// Watermark returns how far the partition of the log is stored; Seq 0 when nothing is.
func (s *Store) Watermark(ctx context.Context, epoch uint32, partition uint16) (store.Mark, error) {
	var mark store.Mark
	err := s.use(ctx, func(db *sql.DB) (err error) {
		mark, err = watermark(ctx, db, epoch, partition)
		return err
	})
	if err != nil {
		return store.Mark{}, fmt.Errorf("watermark of partition %d-%d: %w", epoch, partition, err)
	}
	return mark, nil
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func watermark(ctx context.Context, q querier, epoch uint32, partition uint16) (store.Mark, error) {
	mark := store.Mark{Epoch: epoch, Partition: partition}
	err := q.QueryRowContext(ctx, `SELECT seq, coalesce(rule_set, '') FROM watermark WHERE epoch = $1 AND "partition" = $2`, epoch, partition).Scan(&mark.Seq, &mark.RuleSet)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return mark, err
}
