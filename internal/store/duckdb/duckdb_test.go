package duckdb_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/store/duckdb"
	"github.com/noroshi-soc/noroshi/internal/store/storetest"
)

func open(t testing.TB, dir string) *duckdb.Store {
	t.Helper()
	s, err := duckdb.Open(context.Background(), filepath.Join(dir, "events.duckdb"), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T, dir string) store.Store { return open(t, dir) })
}

func BenchmarkInsert(b *testing.B) {
	storetest.BenchmarkInsert(b, func(b *testing.B, dir string) store.Store { return open(b, dir) })
}
