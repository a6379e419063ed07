package evtx_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/evtx"
)

// shared finds real data that lies beside the project, and skips where it does not.
func shared(t testing.TB, parts ...string) string {
	t.Helper()
	root := os.Getenv("NOROSHI_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data")
	}
	name := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("shared test data is required in CI: %v", err)
		}
		t.Skipf("shared test data is not here: %v", err)
	}
	return name
}

// realLogs lists the real event logs.
func realLogs(t testing.TB) []string {
	t.Helper()
	var logs []string
	err := filepath.WalkDir(shared(t, "sigma", "regression"), func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".evtx") {
			logs = append(logs, path)
		}
		return err
	})
	if err != nil || len(logs) < 100 {
		t.Fatalf("%d event logs, %v; want 100", len(logs), err)
	}
	return logs
}

// told is all that a file gives.
type told struct {
	ids    []uint64
	chunks []int
	json   []string
	xml    []string
	damage []*evtx.Damage
}

// read takes everything out of a file.
func read(t testing.TB, file []byte) (all told) {
	t.Helper()
	for rec, err := range evtx.NewReader(bytes.NewReader(file)).Records() {
		if err != nil {
			var damage *evtx.Damage
			if !errors.As(err, &damage) {
				t.Fatalf("an error that is no damage: %v", err)
			}
			all.damage = append(all.damage, damage)
			continue
		}
		all.ids = append(all.ids, rec.ID)
		all.chunks = append(all.chunks, rec.Chunk)
		all.json = append(all.json, string(rec.AppendJSON(nil)))
		all.xml = append(all.xml, string(rec.AppendXML(nil)))
	}
	return all
}

// readSound is read for a file in which nothing may be damaged.
func readSound(t testing.TB, file []byte) told {
	t.Helper()
	all := read(t, file)
	for _, d := range all.damage {
		t.Error(d)
	}
	return all
}

func load(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
