package duckdb_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/query"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/store/duckdb"
	"github.com/noroshi-soc/noroshi/internal/store/storetest"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// alter runs statements on the file behind the store's back.
func alter(t *testing.T, dir string, statements ...string) {
	t.Helper()
	db, err := sql.Open("duckdb", filepath.Join(dir, "events.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func TestNewerFormatIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	alter(t, dir, "INSERT INTO format VALUES (99, '2030-01-01')")
	_, err := duckdb.Open(context.Background(), filepath.Join(dir, "events.duckdb"), duckdb.Options{})
	if err == nil || !strings.Contains(err.Error(), "format 99") {
		t.Errorf("opened: %v", err)
	}
}

func TestNewColumnsAreAdded(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	row := batch(1, 1)[0]
	if err := s.Insert(context.Background(), []store.Row{row}, store.Mark{Epoch: 1, Partition: 2, Seq: 1}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	alter(t, dir, `ALTER TABLE events DROP COLUMN "user.name"`, `ALTER TABLE events DROP COLUMN "source.ip_key"`)
	s = open(t, dir)
	if err := s.Insert(context.Background(), batch(2, 1), store.Mark{Epoch: 1, Partition: 2, Seq: 2}); err != nil {
		t.Fatal(err)
	}
	got := find(t, s, query.Match{Field: "user.name", Op: query.Exists})
	if len(got) != 1 || got[0].ID.Seq != 2 || got[0].Columns[event.HostName] != row.Columns[event.HostName] {
		t.Errorf("%d rows have the new column", len(got))
	}
}

func TestOpenedTwiceIsRefused(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	if s, err := duckdb.Open(context.Background(), filepath.Join(dir, "events.duckdb"), duckdb.Options{}); err == nil {
		t.Error("the file is open twice")
		_ = s.Close()
	}
}

func TestOpenFails(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"", "a\x00b", dir, garbage, filepath.Join(dir, "nowhere", "x.duckdb")} {
		if s, err := duckdb.Open(context.Background(), path, duckdb.Options{}); err == nil {
			t.Errorf("%q is opened", path)
			_ = s.Close()
		}
	}
	odd := filepath.Join(dir, "it's ?a=b %41.duckdb")
	s, err := duckdb.Open(context.Background(), odd, duckdb.Options{MemoryLimit: "300MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(odd); err != nil {
		t.Error(err)
	}
}

// A query that would take minutes ends soon after its context.
func TestCancelStopsTheQuery(t *testing.T) {
	s := open(t, t.TempDir())
	if err := s.Insert(context.Background(), batch(1, 20000), store.Mark{Epoch: 1, Partition: 2, Seq: 1}); err != nil {
		t.Fatal(err)
	}
	var slow query.Or
	for i := range 3000 {
		slow.Nodes = append(slow.Nodes, query.Match{Field: "CommandLine", Op: query.Wildcard, Value: "*a*" + strings.Repeat("b*", i%7) + "q?q*"})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	begun := time.Now()
	rows, err := s.Search(ctx, store.Search{Scope: tenant.NewScope(batch(1, 1)[0].Tenant), Query: slow})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("ended after %s", took)
	}
	if got := find(t, s, query.Match{Field: "ProcessId", Op: query.Equal, Value: "4"}); len(got) != 1 {
		t.Errorf("after that a query finds %d rows", len(got))
	}
}

// batch is a batch of the log with this many believable events.
func batch(seq uint64, size int) []store.Row {
	rows := make([]store.Row, size)
	for i := range rows {
		rows[i] = storetest.Process(seq, uint32(i))
	}
	return rows
}

func find(t *testing.T, s store.Store, q query.Node) []store.Row {
	t.Helper()
	rows, err := s.Search(context.Background(), store.Search{Scope: tenant.NewScope(batch(1, 1)[0].Tenant), Query: q})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
