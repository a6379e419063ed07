package state_test

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/state"
	"github.com/noroshi-soc/noroshi/internal/state/statetest"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// raw opens the file as anybody could who has it.
func raw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestReopenKeepsAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.db")
	w := statetest.NewWorld(t, open(t, path))
	it := w.Add(w.Aoi, "r", "h", statetest.Noon)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, path)
	v, err := again.Item(t.Context(), w.All, it.ID)
	if err != nil || v.Alerts != 1 || v.Number != 1 {
		t.Errorf("after reopening: %+v, %v", v, err)
	}
	at, err := again.Cursor(t.Context(), 1, 0)
	if err != nil || at.Seq != 1 {
		t.Errorf("cursor after reopening: %+v, %v", at, err)
	}
}

func TestFileIsForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd name %41?#&.db")
	s := open(t, path)
	if err := s.AddEntry(t.Context(), auth.Entry{At: statetest.Noon, Action: "a"}); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("files: %v, %v", files, err)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil || info.Mode().Perm() != 0o600 || !strings.HasPrefix(f, path) {
			t.Errorf("%s: %v, %v", f, info.Mode(), err)
		}
	}
}

func TestAuditLogIsAppendOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.db")
	s := open(t, path)
	for _, action := range []string{"one", "two"} {
		if err := s.AddEntry(t.Context(), auth.Entry{At: statetest.Noon, Action: action}); err != nil {
			t.Fatal(err)
		}
	}
	db := raw(t, path)
	for _, stmt := range []string{
		"UPDATE audit SET action = 'nothing'",
		"UPDATE audit SET by_name = 'x' WHERE id = 1",
		"DELETE FROM audit WHERE id = 2",
		"DELETE FROM audit",
		"INSERT OR REPLACE INTO audit SELECT id, at, by_id, by_name, 'nothing', target, tenant, detail, address FROM audit WHERE id = 1",
	} {
		if _, err := db.ExecContext(t.Context(), stmt); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", stmt, err)
		}
	}
	got, total, err := s.Entries(t.Context(), 0, 10)
	if err != nil || total != 2 || got[0].Action != "two" || got[1].Action != "one" {
		t.Errorf("afterwards: %v, %v", got, err)
	}
}

func TestNewerFileIsRefusedAndLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	db := raw(t, path)
	if _, err := db.ExecContext(t.Context(), "INSERT INTO schema_versions (version) VALUES (9999)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	_, err := state.Open(t.Context(), path, state.Options{})
	if !errors.Is(err, state.ErrNewer) || !strings.Contains(err.Error(), "9999") {
		t.Errorf("newer file: %v", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(after, before) {
		t.Error("newer file was changed")
	}
}

func TestForeignFilesAreRefusedAndLeft(t *testing.T) {
	dir := t.TempDir()
	foreign := filepath.Join(dir, "foreign.db")
	db := raw(t, foreign)
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE songs (name TEXT)"); err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, bytes.Repeat([]byte("no database\n"), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{foreign, text} {
		before, _ := os.ReadFile(path)
		_, err := state.Open(t.Context(), path, state.Options{})
		if err == nil || path == foreign && !errors.Is(err, state.ErrForeign) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
		after, _ := os.ReadFile(path)
		if !bytes.Equal(after, before) {
			t.Errorf("%s was changed", path)
		}
	}
	if _, err := state.Open(t.Context(), filepath.Join(dir, "no", "such", "folder", "x.db"), state.Options{}); err == nil {
		t.Error("a file in no folder was opened")
	}
}

// TestEmptyScopeIsNoWildcard holds that no scope at all reads as no tenant, even when there is a record of nobody.
func TestEmptyScopeIsNoWildcard(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.db")
	s := open(t, path)
	if _, err := raw(t, path).ExecContext(t.Context(), "INSERT INTO tenants (id, name, zone) VALUES ('', '', '')"); err != nil {
		t.Fatal(err)
	}
	got, err := s.Tenants(t.Context(), tenant.Scope{})
	if err != nil || len(got) != 0 {
		t.Errorf("tenants of no scope: %v, %v", got, err)
	}
	if _, err := s.AllIDs(t.Context()); !errors.Is(err, tenant.ErrInvalid) {
		t.Errorf("a record of nobody was read: %v", err)
	}
}
