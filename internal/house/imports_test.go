// Package house_test holds the rules of the house: who may import whom, that everything is documented, and how long a file or a function may be.
package house_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/noroshi-soc/noroshi/"

// nouns are the packages that hold what the system speaks of.
var nouns = []string{
	"internal/tenant", "internal/event", "internal/source", "internal/alert", "internal/incident", "internal/rule", "internal/auth",
}

// mayImport is the table of docs/architecture.md: package → the packages of ours that it may import.
var mayImport = map[string][]string{
	"sigma":                    {},
	"evtx":                     {},
	"content":                  {},
	"console":                  {},
	"internal/house":           {},
	"internal/tenant":          {},
	"internal/event":           {"internal/tenant"},
	"internal/bus":             {},
	"internal/config":          {},
	"internal/auth":            {"internal/tenant"},
	"internal/source":          {"internal/tenant"},
	"internal/ingest":          {"internal/source", "internal/tenant"},
	"internal/normalize":       {"internal/event", "internal/source", "internal/tenant", "content"},
	"internal/query":           {"internal/event"},
	"internal/store":           {"internal/event", "internal/query", "internal/tenant"},
	"internal/store/duckdb":    {"internal/store", "internal/event", "internal/query", "internal/tenant"},
	"internal/store/storetest": {"internal/store", "internal/event", "internal/query", "internal/tenant"},
	"internal/alert":           {"internal/event", "internal/tenant"},
	"internal/rule":            {"sigma", "content", "internal/tenant", "internal/alert"},
	"internal/detect":          {"internal/event", "internal/alert", "internal/rule", "sigma", "internal/store", "content"},
	"internal/ruletest": {
		"evtx", "sigma", "internal/detect", "internal/event", "internal/ingest", "internal/normalize", "internal/rule", "internal/source", "internal/tenant",
	},
	"internal/incident":        {"internal/alert", "internal/event", "internal/tenant"},
	"internal/grouping":        {"internal/alert", "internal/incident", "internal/event", "internal/tenant"},
	"internal/report":          {"internal/alert", "internal/incident", "internal/event", "internal/tenant", "content"},
	"internal/exercise":        {"content", "internal/source", "internal/tenant"},
	"internal/state":           append([]string{"internal/pipeline"}, nouns...),
	"internal/state/statetest": append([]string{"internal/pipeline"}, nouns...),
	"internal/pipeline":        append([]string{"internal/detect", "internal/grouping", "internal/store", "sigma"}, nouns...),
	"internal/api":             append([]string{"internal/query", "internal/store", "internal/detect", "internal/report"}, nouns...),
	"cmd/noroshi":              nil, // everything: it builds the whole
	"cmd/faults":               {},
}

type pkg struct {
	ImportPath string
	Imports    []string
	Doc        string
	Dir        string
	GoFiles    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Doc,Dir,GoFiles", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	var all []pkg
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		allowed, known := mayImport[name]
		if !known {
			t.Errorf("%s is not in the table of imports", name)
			continue
		}
		for _, imp := range p.Imports {
			ours, ok := strings.CutPrefix(imp, module)
			if ok && allowed != nil && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s, which the table does not allow", name, ours)
			}
			if ok && ours == "internal/config" && name != "cmd/noroshi" {
				t.Errorf("%s imports config: only cmd/noroshi may", name)
			}
		}
	}
}

func TestPackageDocs(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) == 0 {
			continue // tests only
		}
		for _, want := range []string{"What enters:", "What leaves:", "What it never does:"} {
			if doc := fullDoc(t, p); !strings.Contains(doc, want) {
				t.Errorf("the package comment of %s has no %q", p.ImportPath, want)
			}
		}
	}
}
