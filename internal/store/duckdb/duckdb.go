// Package duckdb keeps events in one DuckDB file.
//
// What enters: batches of rows with their watermark; questions as query trees, bound to a tenant.Scope.
// What leaves: rows with the original bytes as they came, counts, histograms, values.
// What it never does: put a value into the text of a statement, load an extension from outside, or answer for a tenant outside the scope.
package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/noroshi-soc/noroshi/internal/store"
)

// Options of a Store; the zero value is good.
type Options struct {
	MemoryLimit string       // what DuckDB may hold, "1GB" unless set
	Threads     int          // that answer one query, 2 unless set
	Logger      *slog.Logger // silent unless set
}

var (
	_ store.Store   = (*Store)(nil)
	_ store.Counter = (*Store)(nil)
)

// ErrClosed is returned by every call after Close.
var ErrClosed = errors.New("event store is closed")

// maxReaders is how many queries run at once; more wait for their turn.
const maxReaders = 8

// Store is a store.Store and store.Counter over one DuckDB file. It is safe for concurrent use; writers wait for each other.
type Store struct {
	path    string
	options Options
	log     *slog.Logger

	release func() // of the claim on the file

	writing sync.Mutex // DuckDB has one writer at a time

	mu     sync.RWMutex // held for reading while db is in use
	db     *sql.DB
	broken bool // DuckDB has given up this instance; the file is whole
	closed bool
}

// Open opens the file, or makes it with the schema of this version. A file of a newer version is refused.
// Only one process at a time can have the file open.
func Open(ctx context.Context, path string, opts Options) (*Store, error) {
	if path == "" || strings.ContainsRune(path, 0) {
		return nil, fmt.Errorf("open event store: %q is no file name", path)
	}
	if opts.MemoryLimit == "" {
		opts.MemoryLimit = "1GB"
	}
	if opts.Threads <= 0 {
		opts.Threads = 2
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Store{path: path, options: opts, log: opts.Logger}
	var err error
	if s.release, err = claim(path); err != nil {
		return nil, fmt.Errorf("open event store %s: %w", path, err)
	}
	if s.db, err = s.connect(ctx); err != nil {
		s.release()
		return nil, fmt.Errorf("open event store %s: %w", path, err)
	}
	return s, nil
}

// rowGroup is how many events DuckDB compresses together. A checkpoint writes the last group anew, so its default of 122880 costs a third more
// time and space when events come in small batches.
const rowGroup = 30720

func (s *Store) connect(ctx context.Context) (*sql.DB, error) {
	settings := url.Values{
		"threads":                      {strconv.Itoa(s.options.Threads)},
		"memory_limit":                 {s.options.MemoryLimit},
		"checkpoint_threshold":         {"64MB"}, // more makes the start after a crash slow, less makes inserts slow
		"temp_directory":               {s.path + ".tmp"},
		"autoinstall_known_extensions": {"false"},
		"autoload_known_extensions":    {"false"},
		"preserve_insertion_order":     {"false"},
	}
	attach := fmt.Sprintf("ATTACH IF NOT EXISTS '%s' AS noroshi (TYPE duckdb, ROW_GROUP_SIZE %d)", strings.ReplaceAll(s.path, "'", "''"), rowGroup)
	connector, err := duckdb.NewConnector("?"+settings.Encode(), func(conn driver.ExecerContext) error {
		for _, statement := range []string{attach, "USE noroshi", "SET late_materialization_max_rows = 10000"} {
			if _, err := conn.ExecContext(context.Background(), statement, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(maxReaders + 1)
	db.SetMaxIdleConns(maxReaders + 1)
	if err := prepare(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func prepare(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := registerAddress(conn); err != nil {
		return err
	}
	return migrate(ctx, conn)
}

// use runs f with the database. When DuckDB has given up its instance (a full disk at a checkpoint does that), the file is opened anew first.
func (s *Store) use(ctx context.Context, f func(*sql.DB) error) error {
	if err := s.heal(ctx); err != nil {
		return err
	}
	s.mu.RLock()
	err := ErrClosed
	switch {
	case s.closed:
	case s.db == nil: // another call could not open it again
		err = fmt.Errorf("event store %s is broken", s.path)
	default:
		err = f(s.db)
	}
	s.mu.RUnlock()
	if err != nil && isFatal(err) {
		s.mu.Lock()
		s.broken = true
		s.mu.Unlock()
	}
	return err
}

func (s *Store) heal(ctx context.Context) error {
	s.mu.RLock()
	broken := s.broken && !s.closed
	s.mu.RUnlock()
	if !broken {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.broken || s.closed {
		return nil
	}
	if s.db != nil {
		if err := s.db.Close(); err != nil {
			s.log.Warn("close broken event store", "error", err)
		}
		s.db = nil
	}
	db, err := s.connect(ctx)
	if err != nil {
		return fmt.Errorf("open event store %s again: %w", s.path, err)
	}
	s.db, s.broken = db, false
	s.log.Info("event store opened again", "path", s.path)
	return nil
}

func isFatal(err error) bool {
	var e *duckdb.Error
	return errors.As(err, &e) && e.Type == duckdb.ErrorTypeFatal || strings.Contains(err.Error(), "database has been invalidated")
}

// Close waits for running calls, writes a checkpoint and closes the file. A second Close does nothing.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	defer s.release()
	if s.db == nil {
		return nil
	}
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close event store %s: %w", s.path, err)
	}
	return nil
}
