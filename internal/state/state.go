// Package state keeps records at rest in SQLite: tenants, people, sources, alerts, items, judgements, incidents, the audit log, and how far the pipeline is.
//
// What enters: calls of the contracts that stand with the nouns (tenant.Store, auth.Store, source.Store, source.Changes, alert.Store, alert.Trends, incident.Store,
// pipeline.Records, rule.Statistics, rule.Sets).
// What leaves: the nouns, read back, for the tenants of the Scope alone.
// What it never does: keep events, decide who may see what, or say that something is kept before it is on disk.
package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/uptrace/bun"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

var (
	_ tenant.Store     = (*State)(nil)
	_ auth.Store       = (*State)(nil)
	_ source.Store     = (*State)(nil)
	_ source.Changes   = (*State)(nil)
	_ alert.Store      = (*State)(nil)
	_ alert.Trends     = (*State)(nil)
	_ incident.Store   = (*State)(nil)
	_ pipeline.Records = (*State)(nil)
	_ rule.Statistics  = (*State)(nil)
	_ rule.Sets        = (*State)(nil)
)

// readers is how many queries run beside the one writer. Their page caches together with its own stay below 8 MB.
const (
	readers       = 4
	readerCacheKB = 1024
	writerCacheKB = 4096
)

// State is one SQLite file with its connections. It is safe for concurrent use, by one process at a time.
type State struct {
	write *bun.DB // one connection: writers wait for each other here and not in SQLite
	read  *bun.DB
}

// Options of Open.
type Options struct {
	Log *slog.Logger // nil: nothing is logged
}

// Open opens the file, makes it when it is not there (for the owner's eyes alone), and brings an older one up to date.
// A file that a newer program has written, or that is none of ours, is refused and left as it is: ErrNewer, ErrForeign.
func Open(ctx context.Context, path string, opts Options) (*State, error) {
	log := opts.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open records: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("open records: %w", err)
	}
	s := &State{}
	if err := s.connect(ctx, path, log); err != nil {
		return nil, errors.Join(fmt.Errorf("open records %s: %w", path, err), s.Close())
	}
	return s, nil
}

func (s *State) connect(ctx context.Context, path string, log *slog.Logger) error {
	writer, err := sql.Open("sqlite", dsn(path, writerCacheKB, "synchronous(FULL)", "foreign_keys(1)", "journal_size_limit(16777216)"))
	if err != nil {
		return err
	}
	writer.SetMaxOpenConns(1)
	s.write = bun.NewDB(writer, newDialect())
	if err := migrate(ctx, writer, log); err != nil {
		return err
	}
	reader, err := sql.Open("sqlite", dsn(path, readerCacheKB, "query_only(1)"))
	if err != nil {
		return err
	}
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	reader.SetConnMaxIdleTime(5 * time.Minute)
	s.read = bun.NewDB(reader, newDialect())
	return nil
}

// dsn is the driver's name of the file. Transactions are immediate, so that a writer never finds in the middle that it may not write.
func dsn(path string, cacheKB int, pragmas ...string) string {
	q := url.Values{"_txlock": {"immediate"}}
	q.Add("_pragma", "busy_timeout(10000)")
	q.Add("_pragma", fmt.Sprintf("cache_size(-%d)", cacheKB))
	for _, p := range pragmas {
		q.Add("_pragma", p)
	}
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	return "file:" + escaped + "?" + q.Encode()
}

// Close ends the connections. What was committed stays.
func (s *State) Close() error {
	var errs []error
	for _, db := range []*bun.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// change runs f in a transaction of the one writer: all of it is kept, durably, or nothing.
func (s *State) change(ctx context.Context, f func(ctx context.Context, tx bun.Tx) error) error {
	return s.write.RunInTx(ctx, nil, f)
}
