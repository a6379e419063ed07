package ruletest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// InfoName is the name of the file that describes a folder of SigmaHQ's regression data.
const InfoName = "info.yml"

// Regression is a folder of SigmaHQ's regression data that was read.
type Regression struct {
	Name  string // path of its info.yml
	Rule  string // id of the rule
	tests []regressionTest
}

type regressionTest struct {
	line  int
	name  string
	count int // -1 where match_count is absent: at least once
	files []string
}

// ReadRegression reads an info.yml. Beside the log that it names it takes the same events as JSON (the log's name with .json), which make a case of their own.
func ReadRegression(name string) (*Regression, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	pairs, err := document(name, data)
	if err != nil {
		return nil, err
	}
	out := &Regression{Name: name}
	fail := func(n ast.Node, reason string) error {
		return &TestFileError{File: name, Line: lineOf(n), Reason: reason}
	}
	for _, p := range pairs {
		switch keyOf(p) {
		case "rule_metadata":
			for _, rule := range items(p.Value) {
				if id := scalarAt(rule, "id"); id != "" && out.Rule == "" {
					out.Rule = id
				}
			}
		case "regression_tests_info":
			for _, n := range items(p.Value) {
				t, err := readRegressionTest(name, n)
				if err != nil {
					return nil, fail(n, err.Error())
				}
				out.tests = append(out.tests, t)
			}
		}
	}
	if out.Rule == "" || len(out.tests) == 0 {
		return nil, &TestFileError{File: name, Reason: "want rule_metadata with an id and regression_tests_info with a test"}
	}
	return out, nil
}

func items(n ast.Node) []ast.Node {
	if list, ok := n.(*ast.SequenceNode); ok {
		return list.Values
	}
	return nil
}

func scalarAt(n ast.Node, key string) string {
	pairs, _ := pairsOf(n)
	for _, p := range pairs {
		if keyOf(p) == key {
			text, _ := scalarText(p.Value)
			return text
		}
	}
	return ""
}

func readRegressionTest(info string, n ast.Node) (regressionTest, error) {
	t := regressionTest{line: lineOf(n), name: scalarAt(n, "name"), count: -1}
	if text := scalarAt(n, "match_count"); text != "" {
		count, err := strconv.Atoi(text)
		if err != nil || count < 0 {
			return t, fmt.Errorf("match_count %q: want a number from 0", text)
		}
		t.count = count
	}
	path := scalarAt(n, "path")
	if path == "" {
		return t, errors.New("a test without path")
	}
	// The path counts from the root of a SigmaHQ checkout; the files lie beside info.yml.
	beside := filepath.Join(filepath.Dir(info), filepath.Base(filepath.FromSlash(path)))
	for _, file := range []string{beside, strings.TrimSuffix(beside, filepath.Ext(beside)) + ".json"} {
		if _, err := os.Stat(file); err == nil && !slices.Contains(t.files, file) {
			t.files = append(t.files, file)
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return t, err
		}
	}
	if len(t.files) == 0 {
		return t, fmt.Errorf("neither %s nor the same as .json lies beside", filepath.Base(beside))
	}
	return t, nil
}

// RunRegression runs the tests of a folder, one case for each of its files of events.
func (r *Runner) RunRegression(g *Regression) []Result {
	who, err := r.byName(g.Rule)
	var out []Result
	for _, t := range g.tests {
		for _, file := range t.files {
			res := Result{File: g.Name, Line: t.line, Rule: g.Rule, Name: strings.TrimPrefix(t.name+" "+filepath.Ext(file), " "), Wanted: "at least 1 match"}
			if t.count >= 0 {
				res.Wanted = plural(t.count, "match")
			}
			if err != nil {
				res.Why = []string{err.Error()}
			} else {
				res.Title = who.meta.Title
				r.regression(who, t, file, &res)
			}
			out = append(out, res)
		}
	}
	return out
}

func (r *Runner) regression(who asked, t regressionTest, file string, res *Result) {
	records, err := readRecords(file)
	if err != nil {
		res.Why = []string{err.Error()}
		return
	}
	how := &source.Batch{Source: filepath.Base(file), Format: source.FormatAuto, Zone: "UTC"}
	c := &testCase{kind: mustFind, count: t.count, events: []timedEvent{{records: records}}}
	r.run(who, how, c, res)
	switch {
	case t.count < 0:
		res.Passed = res.Found > 0
	case res.Found > t.count && !r.Exact:
		// SigmaHQ's own runner asks only whether the rule matches at all, and three of its files hold more than the number told.
		res.Passed = true
	}
	if res.Passed {
		res.Why = nil
		if t.count >= 0 && res.Found > t.count {
			res.Note = fmt.Sprintf("%s, more than match_count %d", plural(res.Found, "match"), t.count)
		}
	}
}
