package api_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/api"
)

var update = flag.Bool("update", false, "write console/src/api/openapi.json instead of comparing with it")

// The console's client is generated from the document, so it must be the one that the server gives.
func TestDocumentIsTheConsoles(t *testing.T) {
	got, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	again, err := api.Document()
	if err != nil || !bytes.Equal(got, again) {
		t.Fatalf("the document differs from call to call (%v)", err)
	}
	path := filepath.Join("..", "..", "console", "src", "api", "openapi.json")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is out of date: run `go test ./internal/api -run TestDocumentIsTheConsoles -update`", path)
	}
}
