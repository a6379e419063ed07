package state

import (
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/schema"

	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// dialect writes NUL in text as its picture (U+2400): no SQL text can hold it, and a log that sends one must not stop the pipeline.
type dialect struct{ *sqlitedialect.Dialect }

var _ schema.Dialect = dialect{}

func newDialect() dialect { return dialect{sqlitedialect.New()} }

// AppendString writes a literal.
func (d dialect) AppendString(b []byte, s string) []byte {
	return d.Dialect.AppendString(b, strings.ReplaceAll(s, "\x00", "\u2400"))
}

// owner is the column of the tenant whose a row is.
type owner struct{ tenant.ID }

// Value writes the stored form; a row of nobody is refused.
func (o owner) Value() (driver.Value, error) {
	if o.IsZero() {
		return nil, errors.New("record of no tenant")
	}
	return o.String(), nil
}

// Scan reads the stored form.
func (o *owner) Scan(v any) error {
	s, err := text(v)
	if err != nil {
		return err
	}
	o.ID, err = tenant.ParseID(s)
	return err
}

// micros is a column with a time that may be missing, exact to the microsecond; the zero time is NULL.
type micros struct{ time.Time }

// Value writes Unix microseconds.
func (m micros) Value() (driver.Value, error) {
	if m.IsZero() {
		return nil, nil
	}
	return m.UnixMicro(), nil
}

// Scan reads Unix microseconds.
func (m *micros) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		m.Time = time.Time{}
	case int64:
		m.Time = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("time column holds %T", v)
	}
	return nil
}

// instant is a column with a time that is always there, exact to the microsecond. Every time.Time can be written and comes back as the same instant,
// the zero time too: what a log says of its time must not stop the pipeline. What lies beyond 290 thousand years is moved to there.
type instant struct{ time.Time }

// Value writes Unix microseconds.
func (at instant) Value() (driver.Value, error) {
	switch {
	case at.Before(time.UnixMicro(math.MinInt64)):
		return int64(math.MinInt64), nil
	case at.After(time.UnixMicro(math.MaxInt64)):
		return int64(math.MaxInt64), nil
	}
	return at.UnixMicro(), nil
}

// Scan reads Unix microseconds.
func (at *instant) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("time column holds %T", v)
	}
	at.Time = time.UnixMicro(n).UTC()
	return nil
}

// hash is a column with a SHA-256.
type hash [32]byte

// Value writes hexadecimal digits.
func (h hash) Value() (driver.Value, error) { return hex.EncodeToString(h[:]), nil }

// Scan reads hexadecimal digits.
func (h *hash) Scan(v any) error {
	s, err := text(v)
	if err != nil {
		return err
	}
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) {
		return fmt.Errorf("hash column holds %d bytes: %w", len(s), err)
	}
	copy(h[:], b)
	return nil
}

func text(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	}
	return "", fmt.Errorf("text column holds %T", v)
}

// within is the first condition of every query that reads for people: the row's tenant is in the scope. An empty scope finds nothing.
func within(q *bun.SelectQuery, alias string, scope tenant.Scope) *bun.SelectQuery {
	return q.Where("?.tenant IN ?", bun.Ident(alias), bun.Tuple(scope.Strings()))
}

// page bounds an answer: 100 rows unless asked, at most 1000.
func page(offset, limit int) (from, rows int64) {
	if limit <= 0 {
		limit = 100
	}
	return int64(max(offset, 0)), int64(min(limit, 1000))
}
