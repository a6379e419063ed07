package ruletest_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/ruletest"
)

// sharedFile returns the path of a file of the shared test data. The test is skipped where there is none, which continuous integration does not allow.
func sharedFile(t *testing.T, parts ...string) string {
	t.Helper()
	root := os.Getenv("NOROSHI_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
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

// TestSigmaHQRegressionData: all cases, from the log file and from JSON, through normalize and detect.
func TestSigmaHQRegressionData(t *testing.T) {
	r := runner(t, sharedFile(t, "sigma", "sigma_all_rules.zip"))
	folders, cases, more := 0, map[string]int{}, 0
	err := filepath.WalkDir(sharedFile(t, "sigma", "regression"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != ruletest.InfoName {
			return err
		}
		folders++
		g, err := ruletest.ReadRegression(name)
		if err != nil {
			return err
		}
		for _, res := range r.RunRegression(g) {
			cases[filepath.Ext(res.Name)]++
			if !res.Passed {
				t.Errorf("%s %s: %s: wanted %s, found %d in %d events: %v", res.File, res.Name, res.Rule, res.Wanted, res.Found, res.Events, res.Why)
			}
			if res.Note != "" {
				more++
				t.Logf("%s %s: %s", filepath.Base(filepath.Dir(res.File)), res.Name, res.Note)
			}
		}
		return nil
	})
	if err != nil || folders != 100 || cases[".json"] != 100 || cases[".evtx"] != 100 {
		t.Errorf("%d folders, cases %v, want 100 of each kind: %v", folders, cases, err)
	}
	if more != 6 { // three folders, by two kinds of file: their logs hold more of the events than their number says
		t.Errorf("%d cases with more matches than told, want 6", more)
	}
}

func TestRegressionIsStrictWhereItCanBe(t *testing.T) {
	dir := write(t, map[string]string{
		"a.yml":  officeShell,
		"x.json": strings.Repeat(`{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"C:\\cmd.exe","ParentImage":"C:\\winword.exe"}`, 2) + `{"EventID":5,"Channel":"System"}`,
	})
	run := func(count string, exact bool) ruletest.Result {
		t.Helper()
		info := "rule_metadata:\n  - id: 3f7c9a52-8d51-4c1a-9a63-0c6d2f1be001\nregression_tests_info:\n  - name: Positive\n    " + count + "\n    path: regression_data/a/x.evtx\n"
		if err := os.WriteFile(filepath.Join(dir, "info.yml"), []byte(info), 0o600); err != nil {
			t.Fatal(err)
		}
		g, err := ruletest.ReadRegression(filepath.Join(dir, "info.yml"))
		if err != nil {
			t.Fatal(err)
		}
		r := runner(t, dir)
		r.Exact = exact
		results := r.RunRegression(g)
		if len(results) != 1 || results[0].Found != 2 || results[0].Events != 3 || results[0].Line != 4 {
			t.Fatalf("%+v", results)
		}
		return results[0]
	}
	if r := run("type: evtx", false); !r.Passed || r.Note != "" {
		t.Errorf("without match_count: %+v", r)
	}
	if r := run("match_count: 2", true); !r.Passed {
		t.Errorf("as many as told: %+v", r)
	}
	if r := run("match_count: 1", false); !r.Passed || !strings.Contains(r.Note, "2 matches, more than") {
		t.Errorf("more than told: %+v", r)
	}
	if r := run("match_count: 1", true); r.Passed {
		t.Errorf("more than told, exactly: %+v", r)
	}
	if r := run("match_count: 3", false); r.Passed || len(r.Why) == 0 || !strings.Contains(r.Why[0], "2 found, in 3 events") {
		t.Errorf("fewer than told: %+v", r)
	}
}

func TestBrokenRegressionData(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		dir := write(t, map[string]string{"info.yml": text})
		if _, err := ruletest.ReadRegression(filepath.Join(dir, "info.yml")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	const meta = "rule_metadata: [{id: x}]\nregression_tests_info:\n  - "
	f("a: 1", "rule_metadata")
	f(meta+"{name: a}", "info.yml:3: a test without path")
	f(meta+"{name: a, match_count: -2, path: a.evtx}", "match_count")
	f(meta+"{name: a, path: a/b.evtx}", "neither b.evtx")
}
