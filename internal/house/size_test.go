package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// Sizes that the house keeps, in lines.
const (
	maxFile      = 600
	medianFile   = 150
	maxFunction  = 100
	medianFunc   = 14
	maxComponent = 300
	medianOfTSX  = 100
)

func sources(t *testing.T, ext ...string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && slices.Contains([]string{"node_modules", ".git", "dist", "testdata", "data", "bin"}, entry.Name()) {
			return filepath.SkipDir
		}
		if slices.Contains(ext, filepath.Ext(path)) && !strings.HasSuffix(path, ".d.ts") {
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func median(n []int) int {
	if len(n) == 0 {
		return 0
	}
	slices.Sort(n)
	return n[len(n)/2]
}

func lines(t *testing.T, path string) int {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(data), "\n")
}

func TestFileSize(t *testing.T) {
	f := func(ext string, most, middle int) {
		t.Helper()
		var all []int
		for _, path := range sources(t, ext) {
			n := lines(t, path)
			all = append(all, n)
			if n > most {
				t.Errorf("%s has %d lines, more than %d", path, n, most)
			}
		}
		if m := median(all); m > middle {
			t.Errorf("the median of *%s is %d lines, more than %d", ext, m, middle)
		}
	}
	f(".go", maxFile, medianFile)
	f(".tsx", maxComponent, medianOfTSX)
	f(".ts", maxFile, medianFile)
}

func TestFunctionSize(t *testing.T) {
	var all []int
	for _, path := range sources(t, ".go") {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1
			all = append(all, n)
			if n > maxFunction {
				t.Errorf("%s: %s has %d lines, more than %d", path, fn.Name.Name, n, maxFunction)
			}
		}
	}
	if m := median(all); m > medianFunc {
		t.Errorf("the median function has %d lines, more than %d", m, medianFunc)
	}
}
