package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const encoded = `title: Encoded command
id: 5a0d1f3e-6c1b-4f0a-8a55-2a60f3b1c101
name: encoded
status: stable
level: high
tags: [attack.execution, attack.t1059.001]
logsource: {category: process_creation, product: windows}
detection:
  shell:
    Image|endswith: ['\powershell.exe', '\pwsh.exe']
  option:
    CommandLine|contains: ' -enc'
  condition: shell and option
`

const encodedTest = `common: {Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1, Image: 'C:\powershell.exe'}
match:
  - {CommandLine: powershell -Enc abc}
no_match:
  - {CommandLine: powershell -File abc.ps1}
`

// folder writes files into a folder of their own.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// verb runs a verb in this process and returns what it wrote, its error behind what it wrote to standard error; a failure ends the test unless wantFail.
func verb(t testing.TB, wantFail bool, args ...string) (stdout, stderr string) {
	t.Helper()
	cmd := root()
	var out, errs bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&errs)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(t.Context())
	if (err != nil) != wantFail {
		t.Fatalf("noroshi %s: %v\n%s%s", strings.Join(args, " "), err, out.String(), errs.String())
	}
	if err != nil {
		fmt.Fprintln(&errs, err)
	}
	return out.String(), errs.String()
}

// jsonLine is a line of any of the rule verbs in JSON.
type jsonLine struct {
	Kind, File, Rule, Field, Reason, Case, ID string
	Line, Found, Events                       int
	Passed                                    any
	Why                                       []string
	Loaded, Refused, Waiting, Warnings        int
	Unrouted, Cases, Failed, Broken           int
	Added, Updated, Unchanged, Edited         int
	Skipped                                   int
}

func readLines(t *testing.T, text string) []jsonLine {
	t.Helper()
	var out []jsonLine
	for line := range strings.Lines(text) {
		var l jsonLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		out = append(out, l)
	}
	if len(out) == 0 {
		t.Fatal("no line of JSON")
	}
	return out
}

func TestRulesCheckTellsWhatIsOdd(t *testing.T) {
	dir := folder(t, map[string]string{
		"good.yml":    encoded,
		"wait.yml":    "title: W\nid: 5a0d1f3e-6c1b-4f0a-8a55-2a60f3b1c102\nlevel: low\nlogsource: {product: windows}\ndetection:\n  s: {User|expand: '%admins%'}\n  condition: s\n",
		"odd.yml":     "title: O\nlogsource: {product: windows}\ndetection:\n  s: {A|contains: x}\n  condition: not s\n",
		"macos.yml":   "title: M\nid: 5a0d1f3e-6c1b-4f0a-8a55-2a60f3b1c103\nlevel: low\nlogsource: {product: macos}\ndetection:\n  s: {A: x}\n  condition: s\n",
		"broken.yml":  "title: B\nid: 5a0d1f3e-6c1b-4f0a-8a55-2a60f3b1c104\nlogsource: {product: windows}\ndetection:\n  s: {A|nonsense: x}\n  condition: s\n",
		"twin.yml":    strings.Replace(encoded, "Encoded", "Twin", 1),
		"good/x.json": "{}",
		"few.yml":     "title: F\nid: 5a0d1f3e-6c1b-4f0a-8a55-2a60f3b1c105\nlevel: low\ncorrelation:\n  type: event_count\n  rules: 5a0d1f3e-6c1b-4f0a-8a55-2a60f3b1c103\n  group-by: []\n  timespan: 5m\n  condition: {lt: 3}\n",
	})
	out, _ := verb(t, true, "rules", "check", dir, "--format", "json")
	lines := readLines(t, out)
	last := lines[len(lines)-1]
	if last.Loaded != 5 || last.Refused != 2 || last.Waiting != 1 || last.Unrouted != 1 || !strings.HasPrefix(out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:], `{"loaded":5,"refused":2,`) {
		t.Errorf("last line: %s", out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:])
	}
	has := func(kind, file string, line int, field string) {
		t.Helper()
		for _, l := range lines {
			if l.Kind == kind && l.File == filepath.Join(dir, file) && l.Line == line && strings.HasSuffix(l.Field, field) {
				return
			}
		}
		t.Errorf("no %s of %s:%d %s in\n%s", kind, file, line, field, out)
	}
	has("refused", "broken.yml", 5, "A|nonsense")
	has("refused", "twin.yml", 1, "id")
	has("waiting", "wait.yml", 6, "User|expand")
	has("warning", "odd.yml", 1, "level")
	has("warning", "odd.yml", 1, "detection")             // not indexed
	has("warning", "few.yml", 9, "correlation.condition") // decided by frames
	has("unrouted", "macos.yml", 1, "")
	text, _ := verb(t, true, "rules", "check", dir)
	if !strings.Contains(text, "waiting  "+filepath.Join(dir, "wait.yml")+":6") || !strings.Contains(text, "5 loaded, 2 refused, 1 waiting") {
		t.Errorf("table:\n%s", text)
	}
	values := folder(t, map[string]string{"v.yml": "admins: [root]\n"})
	out, _ = verb(t, true, "rules", "check", dir, "--values", filepath.Join(values, "v.yml"), "--format", "json")
	if lines = readLines(t, out); lines[len(lines)-1].Waiting != 0 || lines[len(lines)-1].Loaded != 5 {
		t.Errorf("with values: %+v", lines[len(lines)-1])
	}
	verb(t, false, "rules", "check", filepath.Join(dir, "odd.yml"))
	verb(t, true, "rules", "check", dir, "--format", "xml")
}

// TestRulesCheckLoadsAllOfSigmaHQ: none is refused, and the two with placeholders wait.
func TestRulesCheckLoadsAllOfSigmaHQ(t *testing.T) {
	out, _ := verb(t, false, "rules", "check", filepath.Join(sharedData(t), "sigma", "sigma_all_rules.zip"), "--format", "json")
	lines := readLines(t, out)
	last := lines[len(lines)-1]
	t.Logf("%+v", last)
	if last.Loaded != 3757 || last.Refused != 0 || last.Waiting != 2 {
		t.Errorf("%d loaded, %d refused, %d waiting; want 3757, 0, 2", last.Loaded, last.Refused, last.Waiting)
	}
}

func TestRulesTestRunsWhatStandsBesideRules(t *testing.T) {
	dir := folder(t, map[string]string{"a.yml": encoded, "a.test.yml": encodedTest})
	out, _ := verb(t, false, "rules", "test", dir, "--format", "json")
	lines := readLines(t, out)
	if last := lines[len(lines)-1]; last.Cases != 2 || last.Failed != 0 || last.Passed != 2.0 || lines[0].Line != 3 {
		t.Errorf("%+v", lines)
	}
	verb(t, false, "rules", "test", filepath.Join(dir, "a.test.yml"))
	dir = folder(t, map[string]string{"a.yml": encoded, "a.test.yml": strings.ReplaceAll(encodedTest, "-Enc", "-Ecn"), "b.test.yml": "match: 7\n"})
	out, _ = verb(t, true, "rules", "test", dir)
	for _, want := range []string{
		"FAIL " + filepath.Join(dir, "a.test.yml") + ":3 match 1", `line 12, CommandLine|contains: not " -enc"; the event has "powershell -Ecn abc"`,
		"BROKEN " + filepath.Join(dir, "b.test.yml") + ":1", "2 cases: 1 passed, 1 failed; 1 test files could not be read",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	out, _ = verb(t, true, "rules", "test", dir, "--format", "json", "-q")
	if lines = readLines(t, out); len(lines) != 3 || lines[0].Passed != false || len(lines[0].Why) != 1 || lines[1].Kind != "broken" || lines[1].Line != 1 {
		t.Errorf("%+v", lines)
	}
	empty := t.TempDir()
	if _, stderr := verb(t, true, "rules", "test", empty); !strings.Contains(stderr, "no test") {
		t.Errorf("a folder without tests: %s", stderr)
	}
	verb(t, true, "rules", "test", filepath.Join(dir, "a.yml"))
}

func TestRulesTestFailsForABrokenFile(t *testing.T) {
	dir := folder(t, map[string]string{"a.yml": encoded, "a.test.yml": encodedTest, "b.test.yml": "match: 7\n"})
	if out, _ := verb(t, true, "rules", "test", dir); !strings.Contains(out, "2 passed, 0 failed; 1 test files could not be read") {
		t.Errorf("got\n%s", out)
	}
}

// TestRulesTestRunsSigmaHQsRegressionData: a hundred folders, each from EVTX and from JSON.
func TestRulesTestRunsSigmaHQsRegressionData(t *testing.T) {
	shared := filepath.Join(sharedData(t), "sigma")
	out, _ := verb(t, false, "rules", "test", filepath.Join(shared, "regression"), "--rules", filepath.Join(shared, "sigma_all_rules.zip"), "--format", "json")
	lines := readLines(t, out)
	if last := lines[len(lines)-1]; last.Cases != 200 || last.Failed != 0 || last.Broken != 0 {
		t.Errorf("%+v", last)
	}
	out, _ = verb(t, true, "rules", "test", filepath.Join(shared, "regression"), "--rules", filepath.Join(shared, "sigma_all_rules.zip"), "--exact", "-q")
	if !strings.Contains(out, "200 cases: 194 passed, 6 failed") {
		t.Errorf("--exact:\n%s", out)
	}
}

func TestRulesExplainShowsEachLine(t *testing.T) {
	sysmon := `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":%d,"Image":"C:\\powershell.exe","CommandLine":"powershell -Enc %s"}` + "\n"
	dir := folder(t, map[string]string{"a.yml": encoded, "log.json": fmt.Sprintf(sysmon, 1, "a") + fmt.Sprintf(sysmon, 3, "b")})
	rules := filepath.Join(dir, "a.yml")
	f := func(where string, wants ...string) {
		t.Helper()
		out, _ := verb(t, false, "rules", "explain", "encoded", filepath.Join(dir, where), "--rules", rules)
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q in\n%s", where, want, out)
			}
		}
	}
	f("log.json", "verdict  MATCH\n", "  13 + condition: shell and option", `  10     + Image|endswith    event: "C:\powershell.exe"`, `      - "\pwsh.exe"`, `+ " -enc"    on "powershell -Enc a"`)
	f("log.json:2", "no match: the rule is not asked about such events, though it would hold", "event code 3", "the rule reads product windows, category process_creation")
	if _, stderr := verb(t, true, "rules", "explain", "encoded", filepath.Join(dir, "log.json:3"), "--rules", rules); !strings.Contains(stderr, "has only 2 records") {
		t.Errorf("beyond the end: %s", stderr)
	}
	if _, stderr := verb(t, true, "rules", "explain", "encoded", filepath.Join(dir, "log.json:0"), "--rules", rules); !strings.Contains(stderr, "count from 1") {
		t.Errorf("record 0: %s", stderr)
	}
	verb(t, true, "rules", "explain", "absent", filepath.Join(dir, "log.json"))
	verb(t, true, "rules", "explain", rules, filepath.Join(dir, "absent.json"))
	var x struct {
		Match, Routed bool
		Explanation   struct {
			Kind  string
			Held  bool
			Parts []struct {
				Text  string
				Parts []struct {
					Event string
					Has   bool
				}
			}
		}
	}
	cmd := root()
	var out bytes.Buffer
	cmd.SetIn(strings.NewReader(fmt.Sprintf(sysmon, 1, "a")))
	cmd.SetOut(&out)
	cmd.SetArgs([]string{"rules", "explain", rules, "-", "--format", "json"})
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &x); err != nil || !x.Match || !x.Routed || !x.Explanation.Held || x.Explanation.Parts[0].Text != "shell" || x.Explanation.Parts[0].Parts[0].Event != `C:\powershell.exe` {
		t.Errorf("%s: %v", out.String(), err)
	}
}

// TestRulesExplainReadsWhatScanNames: a file that scan tells, compressed or in a zip, is found by that name.
func TestRulesExplainReadsWhatScanNames(t *testing.T) {
	shared := sharedData(t)
	zip := filepath.Join(shared, "sigma", "sigma_all_rules.zip")
	record, rule, _ := strings.Cut(string(readFile(t, filepath.Join(shared, "windows", "events-20k.matches.tsv"))), "\t")
	rule, _, _ = strings.Cut(rule, "\n")
	var n int
	if _, err := fmt.Sscan(record, &n); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"events-20k.ndjson", "events-20k.ndjson.zst"} {
		out, _ := verb(t, false, "rules", "explain", rule, fmt.Sprintf("%s:%d", filepath.Join(shared, "windows", name), n+1), "--rules", zip)
		if !strings.Contains(out, "verdict  MATCH") {
			t.Errorf("%s:\n%s", name, out)
		}
	}
	data, rule := regressionLog(t)
	name := filepath.Join(t.TempDir(), "Sysmon.evtx")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, _ := verb(t, false, "rules", "explain", rule, name, "--rules", zip); !strings.Contains(out, "verdict  MATCH") {
		t.Errorf("EVTX:\n%s", out)
	}
}

// TestRulesComplete: the shell offers rules, and the words of flags.
func TestRulesComplete(t *testing.T) {
	f := func(want string, args ...string) {
		t.Helper()
		if out, _ := cli(t, false, nil, append([]string{"__complete"}, args...)...); !strings.Contains("\n"+out, "\n"+want) {
			t.Errorf("%v: no %q in\n%s", args, want, out)
		}
	}
	f("explain\t", "rules", "e")
	f("critical\n", "rules", "list", "--level", "")
	f("encoded\tEncoded command", "rules", "explain", "--rules", folder(t, map[string]string{"a.yml": encoded}), "enc")
}

func TestRulesListNarrows(t *testing.T) {
	dir := folder(t, map[string]string{"a.yml": encoded, "c.yml": counting})
	f := func(want int, args ...string) {
		t.Helper()
		out, _ := verb(t, false, append([]string{"rules", "list", "--rules", dir, "--format", "csv"}, args...)...)
		rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if err != nil || len(rows)-1 != want {
			t.Errorf("%v: %d rows, want %d: %v\n%s", args, len(rows)-1, want, err, out)
		}
	}
	f(3)
	f(2, "--level", "high")
	f(1, "--status", "stable,test")
	f(1, "--category", "process_creation")
	f(2, "--product", "windows")
	f(1, "--service", "Security")
	f(1, "--tag", "attack.t1059")
	f(0, "--tag", "attack.t1003")
	verb(t, true, "rules", "list", "--level", "loud")
	verb(t, true, "rules", "list", "--status", "old")
	out, _ := verb(t, false, "rules", "list", "--rules", dir, "--format", "json")
	if lines := readLines(t, out); len(lines) != 3 || lines[0].ID == "" || lines[0].Line != 1 {
		t.Errorf("%s", out)
	}
	if out, _ := verb(t, false, "rules", "list"); !strings.Contains(out, " correlations, 0 filters") {
		t.Errorf("starter rules:\n%s", out)
	}
}

func TestRulesBenchMeasures(t *testing.T) {
	shared := sharedData(t)
	out, _ := verb(t, false, "rules", "bench", filepath.Join(shared, "windows", "events-20k.ndjson.zst"), "--rules", unpackRules(t, filepath.Join(shared, "sigma", "sigma_all_rules.zip"), "rules/windows/"), "--time", "10ms", "--format", "json")
	var r map[string]any
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"events_per_second_decoded", "events_per_second_bytes", "heap_bytes", "load_seconds", "events_per_cpu_second_bytes"} {
		if v, ok := r[key].(float64); !ok || v <= 0 {
			t.Errorf("%s is %v", key, r[key])
		}
	}
	lines := bytes.Count(readFile(t, filepath.Join(shared, "windows", "events-20k.matches.tsv")), []byte("\n"))
	if r["matches"] != float64(lines) || r["rules"] != 2407.0 || r["events"] != 20000.0 || r["unparsed"] != 0.0 {
		t.Errorf("%v matches (want %d) of %v rules on %v events, %v not parsed", r["matches"], lines, r["rules"], r["events"], r["unparsed"])
	}
	if slow, ok := r["slowest"].([]any); !ok || len(slow) == 0 {
		t.Errorf("slowest: %v", r["slowest"])
	}
	verb(t, true, "rules", "bench", filepath.Join(t.TempDir(), "absent"))
}

func TestRulesImportKeepsWhatPeopleEdit(t *testing.T) {
	from := folder(t, map[string]string{
		"windows/a.yml": encoded, "low.yml": counting, "broken.yml": "title: B\nlogsource: {product: x}\ndetection: {s: {A|nonsense: 1}, condition: s}\n",
		"windows/a.test.yml": encodedTest, "values.yml": "admins: [root]\n",
	})
	to := filepath.Join(t.TempDir(), "rules")
	run := func(args ...string) jsonLine {
		t.Helper()
		out, _ := verb(t, false, append([]string{"rules", "import", from, "--to", to, "--format", "json"}, args...)...)
		lines := readLines(t, out)
		return lines[len(lines)-1]
	}
	if l := run("--dry-run"); l.Added != 3 || l.Refused != 1 {
		t.Errorf("dry run: %+v", l)
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("a dry run made the folder")
	}
	if l := run("--level", "high", "--tag", "attack.execution"); l.Added != 2 || l.Skipped != 1 || l.Refused != 1 {
		t.Errorf("narrowed: %+v", l)
	}
	a := filepath.Join(to, "windows", "a.yml")
	if got := string(readFile(t, a)); got != encoded {
		t.Errorf("imported: %q", got)
	}
	if l := run(); l.Added != 1 || l.Unchanged != 2 {
		t.Errorf("again: %+v", l)
	}
	edit := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	newer := strings.Replace(encoded, "level: high", "level: critical", 1)
	edit(filepath.Join(from, "windows", "a.yml"), newer)
	if l := run(); l.Updated != 1 || l.Unchanged != 2 || string(readFile(t, a)) != newer {
		t.Errorf("a newer release: %+v", l)
	}
	mine := newer + "falsepositives: [ours]\n"
	edit(a, mine)
	edit(filepath.Join(from, "windows", "a.yml"), encoded)
	if l := run(); l.Edited != 1 || l.Updated != 0 || string(readFile(t, a)) != mine {
		t.Errorf("edited by people: %+v", l)
	}
	if l := run("--force"); l.Updated != 1 || string(readFile(t, a)) != encoded {
		t.Errorf("by force: %+v", l)
	}
	if out, _ := verb(t, false, "rules", "check", to); !strings.Contains(out, "3 loaded, 0 refused") {
		t.Errorf("what was imported:\n%s", out)
	}
	leftovers, _ := filepath.Glob(filepath.Join(to, "*", ".noroshi-import-*"))
	if len(leftovers) > 0 {
		t.Errorf("left behind: %v", leftovers)
	}
	verb(t, true, "rules", "import", from, "--to", a)
	verb(t, true, "rules", "import", from)
}
