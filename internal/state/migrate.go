package state

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
)

// Errors of Open.
var (
	ErrNewer   = errors.New("written by a newer program")
	ErrForeign = errors.New("is another program's database")
)

//go:embed sqlite/*.sql
var migrations embed.FS

// migrate brings the file up to date, each step in a transaction of its own. The steps are the embedded files in order of their names.
func migrate(ctx context.Context, db *sql.DB, log *slog.Logger) error {
	steps, err := fs.Glob(migrations, "sqlite/*.sql")
	if err != nil {
		return err
	}
	at, err := schemaVersion(ctx, db)
	if err != nil {
		return err
	}
	if at > len(steps) {
		return fmt.Errorf("%w: its schema is %d and this program knows %d; start the newer program, or restore a backup from before it", ErrNewer, at, len(steps))
	}
	// Only now, since a file that is refused shall stay as it is. The file remembers it.
	if _, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	for i, name := range steps[at:] {
		version := at + i + 1
		if err := migrateStep(ctx, db, name, version); err != nil {
			return fmt.Errorf("migrate to schema %d (%s): %w", version, name, err)
		}
		log.Info("records migrated", "schema", version, "step", name)
	}
	return nil
}

func migrateStep(ctx context.Context, db *sql.DB, name string, version int) error {
	text, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	if _, err := tx.ExecContext(ctx, string(text)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("INSERT INTO schema_versions (version) VALUES (%d)", version)); err != nil {
		return err
	}
	return tx.Commit()
}

// schemaVersion returns how many steps the file has seen. An empty file gets the table that counts them.
func schemaVersion(ctx context.Context, db *sql.DB) (int, error) {
	var ours, others int
	err := db.QueryRowContext(ctx, "SELECT COALESCE(SUM(name = 'schema_versions'), 0), COUNT(*) FROM sqlite_master WHERE type = 'table'").Scan(&ours, &others)
	if err != nil {
		return 0, err
	}
	if ours == 0 && others > 0 {
		return 0, ErrForeign
	}
	if ours == 0 {
		_, err := db.ExecContext(ctx, "CREATE TABLE schema_versions (version INTEGER PRIMARY KEY)")
		return 0, err
	}
	var at int
	err = db.QueryRowContext(ctx, "SELECT COALESCE(MAX(version), 0) FROM schema_versions").Scan(&at)
	return at, err
}
