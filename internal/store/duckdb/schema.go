package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// The table of events: the tenant and the key, what every event has, the ECS columns, the rest. The original bytes stand in text when they are UTF-8;
// else they stand in raw, and text is what can be read of them. entity holds the entities' values for searching.
var (
	headColumns = []string{
		"tenant VARCHAR NOT NULL", "epoch UINTEGER NOT NULL", `"partition" USMALLINT NOT NULL`, "seq UBIGINT NOT NULL", "pos UINTEGER NOT NULL",
		`"time" TIMESTAMP NOT NULL`, "received TIMESTAMP NOT NULL", "time_from UTINYINT NOT NULL", "site VARCHAR NOT NULL", "source VARCHAR NOT NULL",
		"dataset VARCHAR NOT NULL", "problem VARCHAR NOT NULL", "size BIGINT NOT NULL",
		"attributes VARCHAR NOT NULL", "entities VARCHAR NOT NULL", "rules VARCHAR[] NOT NULL", "text VARCHAR NOT NULL", "raw BLOB",
	}
	columnTypes = map[event.ColumnType]string{
		event.Keyword: "VARCHAR", event.Text: "VARCHAR", event.IP: "VARCHAR", event.Long: "BIGINT", event.Double: "DOUBLE",
	}
	// ecsColumns are the ECS columns in the order of event.AllColumns.
	ecsColumns = func() []string {
		var out []string
		for _, c := range event.AllColumns() {
			out = append(out, quoted(c.Name)+" "+columnTypes[c.Type])
		}
		return out
	}()
	// keyColumns are derived from others, and never read back.
	keyColumns = func() []string {
		out := []string{"entity VARCHAR[] NOT NULL"}
		for _, c := range addressColumns {
			out = append(out, keyColumn(c.Info().Name)+" VARCHAR")
		}
		return out
	}()
	addressColumns = func() []event.Column {
		var out []event.Column
		for c, info := range event.AllColumns() {
			if info.Type == event.IP {
				out = append(out, event.Column(c))
			}
		}
		return out
	}()
)

// quoted writes a name of ours as an identifier.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func keyColumn(name string) string { return quoted(name + "_key") }

// names takes the names of column definitions.
func names(definitions ...[]string) []string {
	var out []string
	for _, list := range definitions {
		for _, d := range list {
			name, _, _ := strings.Cut(d, " ")
			out = append(out, strings.Trim(name, `"`))
		}
	}
	return out
}

// migrations bring a file from the version of their index to the next. They are never changed once released.
var migrations = []func(ctx context.Context, conn *sql.Conn) error{createTables, addRuleSet}

func createTables(ctx context.Context, conn *sql.Conn) error {
	columns := append(append(append([]string{}, headColumns...), ecsColumns...), keyColumns...)
	for _, ddl := range []string{
		"CREATE TABLE events (" + strings.Join(columns, ", ") + ")",
		`CREATE TABLE watermark (epoch UINTEGER NOT NULL, "partition" USMALLINT NOT NULL, seq UBIGINT NOT NULL, PRIMARY KEY (epoch, "partition"))`,
	} {
		if _, err := conn.ExecContext(ctx, ddl); err != nil {
			return err
		}
	}
	return nil
}

func addRuleSet(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "ALTER TABLE watermark ADD COLUMN rule_set VARCHAR")
	return err
}

// migrate brings the file to the version of this program, in one transaction.
func migrate(ctx context.Context, conn *sql.Conn) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := migrateIn(ctx, conn); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func migrateIn(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS format (version INTEGER NOT NULL, since TIMESTAMP NOT NULL)"); err != nil {
		return err
	}
	var version int
	if err := conn.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) FROM format").Scan(&version); err != nil {
		return err
	}
	if version > len(migrations) {
		return fmt.Errorf("the file has format %d, and this program knows formats up to %d: it was written by a newer Noroshi", version, len(migrations))
	}
	for ; version < len(migrations); version++ {
		if err := migrations[version](ctx, conn); err != nil {
			return fmt.Errorf("migrate to format %d: %w", version+1, err)
		}
		if _, err := conn.ExecContext(ctx, "INSERT INTO format VALUES ($1, timezone('UTC', now()))", version+1); err != nil {
			return err
		}
	}
	return addColumns(ctx, conn)
}

// addColumns adds the ECS columns that came to event.AllColumns after the file was made; older events have none of their values.
func addColumns(ctx context.Context, conn *sql.Conn) error {
	have := map[string]bool{}
	rows, err := conn.QueryContext(ctx, "SELECT column_name FROM duckdb_columns() WHERE table_name = 'events'")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		have[name] = true
	}
	if err := rows.Err(); err != nil {
		return err
	}
	definitions := append(append([]string{}, ecsColumns...), keyColumns...)
	for i, name := range names(definitions) {
		if have[name] {
			continue
		}
		if _, err := conn.ExecContext(ctx, "ALTER TABLE events ADD COLUMN "+definitions[i]); err != nil {
			return fmt.Errorf("add column %s: %w", name, err)
		}
	}
	return nil
}
