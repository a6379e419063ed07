package ruletest_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/ruletest"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

const officeShell = `title: Office starts a shell
name: office_shell
id: 3f7c9a52-8d51-4c1a-9a63-0c6d2f1be001
level: high
logsource: {category: process_creation, product: windows}
detection:
  parent:
    ParentImage|endswith: ['\winword.exe', '\excel.exe']
  child:
    Image|endswith: '\cmd.exe'
  admin:
    User: CORP\admin
  condition: parent and child and not admin
`

const wellKnown = `common: {Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1}
match:
  - {Image: 'C:\Windows\cmd.exe', ParentImage: 'C:\Office\EXCEL.EXE', User: 'CORP\aoi'}
no_match:
  - {Image: 'C:\Windows\cmd.exe', ParentImage: 'C:\Office\EXCEL.EXE', User: 'corp\ADMIN'}
  - {EventID: 3, Image: 'C:\Windows\cmd.exe', ParentImage: 'C:\Office\EXCEL.EXE'}
`

// write makes a folder of files.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// runner loads the rules of a folder or a zip under names that begin with its path.
func runner(t *testing.T, path string) *ruletest.Runner {
	t.Helper()
	read, err := rule.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	files := rule.Files{}
	for name, data := range read {
		files[filepath.Join(path, name)] = data
	}
	routes, err := detect.LoadRoutes(content.FS)
	if err != nil {
		t.Fatal(err)
	}
	engine, problems := detect.New(rule.NewSet(files), routes)
	for _, p := range problems {
		if !strings.Contains(p.Reason, "waits for values") {
			t.Fatal(p)
		}
	}
	n, err := normalize.New(content.FS)
	if err != nil {
		t.Fatal(err)
	}
	owner, err := tenant.ParseID("test")
	if err != nil {
		t.Fatal(err)
	}
	return &ruletest.Runner{
		Engines: []*detect.Engine{engine}, Normalizer: n, Tenant: owner,
		Now: func() time.Time { return time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC) },
	}
}

func runFile(t *testing.T, dir, name string) []ruletest.Result {
	t.Helper()
	f, err := ruletest.Read(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return runner(t, dir).Run(f)
}

func TestCasesPassThroughTheRealWay(t *testing.T) {
	dir := write(t, map[string]string{
		"a.yml": officeShell, "a.test.yml": wellKnown,
		"ssh.yml":      "title: Root by ssh\nid: 3f7c9a52-8d51-4c1a-9a63-0c6d2f1be002\nlogsource: {product: linux, service: sshd}\ndetection:\n  s: {user: root, outcome: success}\n  condition: s\n",
		"ssh.test.yml": "match:\n  - 'Nov 18 08:00:00 web-1 sshd[7]: Accepted password for root from 203.0.113.9 port 50110 ssh2'\nno_match:\n  - 'Nov 18 08:00:00 web-1 sshd[7]: Failed password for root from 203.0.113.9 port 50110 ssh2'\n",
		"by-id.test.yml": `rule: 3f7c9a52-8d51-4c1a-9a63-0c6d2f1be001
match:
  - {file: two.ndjson, record: 1}
  - {file: two.ndjson, count: 1}
no_match:
  - {file: two.ndjson, record: 2}
`,
		"by-name.test.yml": "rule: office_shell\nformat: windows\nno_match: [{EventID: 1, Channel: Security}]\n",
		"two.ndjson": `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"C:\\cmd.exe","ParentImage":"C:\\winword.exe"}
{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"C:\\cmd.exe"}
`,
	})
	for name, want := range map[string]int{"a.test.yml": 3, "ssh.test.yml": 2, "by-id.test.yml": 3, "by-name.test.yml": 1} {
		results := runFile(t, dir, name)
		if len(results) != want {
			t.Errorf("%s: %d cases, want %d", name, len(results), want)
		}
		for _, r := range results {
			if !r.Passed || r.Line == 0 || r.Rule == "" || r.Title == "" {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
}

// TestFailuresSayWhatDiffers: each case fails for one reason, which is told with the rule's line and the event's value.
func TestFailuresSayWhatDiffers(t *testing.T) {
	f := func(cases string, want ...string) {
		t.Helper()
		dir := write(t, map[string]string{"a.yml": officeShell, "a.test.yml": "common: {Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1}\n" + cases})
		results := runFile(t, dir, "a.test.yml")
		if len(results) != 1 || results[0].Passed {
			t.Fatalf("%s: %+v", cases, results)
		}
		if got := strings.Join(results[0].Why, "\n"); got != strings.Join(want, "\n") {
			t.Errorf("%s\ngot  %s\nwant %s", cases, got, strings.Join(want, "\n"))
		}
	}
	f(`match: [{Image: 'C:\cmd.exe', ParentImage: 'C:\x.exe'}]`, `line 8, ParentImage|endswith: not "\winword.exe", "\excel.exe"; the event has "C:\x.exe"`)
	f(`match: [{Image: 'C:\cmd.exe'}]`, `line 8, ParentImage|endswith: not "\winword.exe", "\excel.exe"; the event has no such field`)
	f(`match: [{Image: 'C:\cmd.exe', ParentImage: 'C:\excel.exe', User: 'CORP\ADMIN'}]`, `line 12, User: found "CORP\admin"; the event has "CORP\ADMIN"`)
	f(`no_match: [{Image: 'C:\cmd.exe', ParentImage: 'C:\excel.exe', User: x}]`,
		`line 8, ParentImage|endswith: found "\excel.exe"; the event has "C:\excel.exe"`,
		`line 10, Image|endswith: found "\cmd.exe"; the event has "C:\cmd.exe"`,
		`line 12, User: not "CORP\admin"; the event has "x"`)
	f(`match: [{EventID: 3, Image: 'C:\cmd.exe', ParentImage: 'C:\excel.exe'}]`,
		`the event is of dataset windows.sysmon, event code 3, channel "Microsoft-Windows-Sysmon/Operational", which is log source product windows; product windows, category network_connection; product windows, service sysmon; the rule reads product windows, category process_creation`)
	f(`match: ['no log line']`, `the event could not be read: no format is known that looks so`)
	f("rule: absent\nmatch: [{Image: x}]", `no rule "absent" is loaded (--rules)`)
}

// TestEveryRecordOfAFileMustMatch: one of two is not enough, unless the test says how many.
func TestEveryRecordOfAFileMustMatch(t *testing.T) {
	dir := write(t, map[string]string{
		"a.yml": officeShell, "a.test.yml": "match:\n  - {file: two.ndjson}\n  - {file: two.ndjson, count: 2}\n  - {file: two.ndjson, count: 1}\nno_match:\n  - {file: two.ndjson}\n",
		"two.ndjson": `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"C:\\cmd.exe","ParentImage":"C:\\winword.exe"}
{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"C:\\cmd.exe"}
`,
	})
	var passed []bool
	for _, r := range runFile(t, dir, "a.test.yml") {
		passed = append(passed, r.Passed)
	}
	if !slices.Equal(passed, []bool{false, false, true, false}) {
		t.Errorf("passed: %v", passed)
	}
}

// TestBrokenTestFilesAreRefused: with the line.
func TestBrokenTestFilesAreRefused(t *testing.T) {
	f := func(text string, line int, want string) {
		t.Helper()
		dir := write(t, map[string]string{"a.test.yml": text, "empty.log": ""})
		_, err := ruletest.Read(filepath.Join(dir, "a.test.yml"))
		var broken *ruletest.TestFileError
		if !errors.As(err, &broken) || broken.Line != line || !strings.Contains(broken.Reason, want) || !strings.Contains(err.Error(), "a.test.yml") {
			t.Errorf("%q: got %v, want line %d, %q", text, err, line, want)
		}
	}
	f("match:\n  - {a: [}\n", 2, "not valid YAML")
	f("", 0, "empty")
	f("- a\n", 1, "want a map")
	f("rule: x\n", 0, "no case")
	f("rule: x\nmatsch: []\n", 2, `unknown key "matsch"`)
	f("format: cef\nmatch: [{a: 1}]\n", 1, "want auto")
	f("zone: Mars\nmatch: [{a: 1}]\n", 1, "zone")
	f("common: 5\nmatch: [{a: 1}]\n", 1, "want a map of fields")
	f("match: []\n", 1, "want a list of events")
	f("match:\n  - {a: 1}\n  - null\n", 3, "an empty event")
	f("match:\n  - [1]\n", 2, "want an event")
	f("match:\n  - {file: absent.json}\n", 2, "absent.json")
	f("match:\n  - {file: empty.log}\n", 2, "no record")
	f("match:\n  - {file: x, record: 0}\n", 2, "count from 1")
	f("match: [{a: 1}]\n---\nmatch: [{a: 1}]\n", 3, "more than one document")
	f("match: [{a: .inf}]\n", 1, ".inf")
	f("streams: [{events: [{a: 1}]}]\n", 1, "findings")
	f("streams:\n  - findings: 1\n    events:\n      - {at: soon, event: {a: 1}}\n", 4, "want a duration")
	f("streams:\n  - findings: 1\n    events:\n      - {at: 0s, repeat: 0, event: {a: 1}}\n", 4, "repeat")
	f("streams:\n  - findings: 1\n    foo: 1\n", 3, "unknown key")
	f("no_match: [{file: a.test.yml, count: 1}]\n", 1, "no meaning")
	f("match: [{a: 1, a: 2}]\n", 1, "")
	if _, err := ruletest.Read(filepath.Join(t.TempDir(), "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestStreamsCountFindings(t *testing.T) {
	stream := "streams:\n  - name: three\n    findings: %d\n    events:\n      - {at: 0s, every: 10s, repeat: 2, event: {Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1, Image: 'C:\\cmd.exe', ParentImage: 'C:\\excel.exe'}}\n" +
		"      - {Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1, Image: 'C:\\cmd.exe', ParentImage: 'C:\\excel.exe'}\n"
	for count, want := range map[int]bool{2: false, 3: true, 4: false} {
		dir := write(t, map[string]string{"a.yml": officeShell, "a.test.yml": fmt.Sprintf(stream, count)})
		if results := runFile(t, dir, "a.test.yml"); len(results) != 1 || results[0].Passed != want || results[0].Name != "three" || results[0].Events != 3 || results[0].Found != 3 {
			t.Errorf("%d findings wanted: %+v", count, results)
		}
	}
}

const bruteForce = `title: Failed logon
id: 3f7c9a52-8d51-4c1a-9a63-0c6d2f1be003
name: failed
logsource: {product: windows, service: security}
detection:
  s: {EventID: 4625}
  condition: s
---
title: Many failed logons
id: 3f7c9a52-8d51-4c1a-9a63-0c6d2f1be004
correlation:
  type: event_count
  rules: failed
  group-by: TargetUserName
  timespan: 5m
  condition: {gte: 3}
`

// TestStreamsReachCorrelations: the correlation in the file is what a stream is about, the rule what match and no_match are about.
func TestStreamsReachCorrelations(t *testing.T) {
	const head = "common: {Channel: Security}\n"
	f := func(cases string, passed bool, why string) {
		t.Helper()
		dir := write(t, map[string]string{"a.yml": bruteForce, "a.test.yml": head + cases})
		for _, r := range runFile(t, dir, "a.test.yml") {
			if r.Passed != passed || !strings.Contains(strings.Join(r.Why, "; "), why) {
				t.Errorf("%s\n%+v, want passed %v, %q", cases, r, passed, why)
			}
		}
	}
	f("match: [{EventID: 4625}]\nno_match: [{EventID: 4624}]\n", true, "")
	stream := func(findings int, events string) string {
		return fmt.Sprintf("streams:\n  - findings: %d\n    events:\n%s", findings, events)
	}
	f(stream(1, "      - {at: 0s, every: 1m, repeat: 3, event: {EventID: 4625, TargetUserName: aoi}}\n"), true, "")
	f(stream(0, "      - {at: 0s, every: 3m, repeat: 3, event: {EventID: 4625, TargetUserName: aoi}}\n"), true, "")
	f(stream(0, "      - {at: 0s, every: 1m, repeat: 2, event: {EventID: 4625, TargetUserName: aoi}}\n      - {at: 2m, event: {EventID: 4625, TargetUserName: ren}}\n"), true, "")
	f(stream(1, "      - {at: 0s, every: 1m, repeat: 2, event: {EventID: 4625, TargetUserName: aoi}}\n"), false, "0 found, in 2 events; 2 matches of rules were counted")
	f(stream(1, "      - {at: 0s, every: 1m, repeat: 3, event: {EventID: 4625}}\n"), false, "3 without a field of group-by")
	f("rule: 3f7c9a52-8d51-4c1a-9a63-0c6d2f1be004\nmatch: [{EventID: 4625}]\n", false, "write streams")
	own := func(at string) string {
		return "      - {EventID: 4625, TargetUserName: aoi, TimeCreated: '" + at + "'}\n"
	}
	f(stream(1, own("2027-01-01T00:00:00Z")+own("2027-01-01T00:00:30Z")+own("2027-01-01T00:01:00Z")), true, "")
	f(stream(0, own("2027-01-01T00:00:00Z")+own("2027-01-01T01:00:00Z")+own("2027-01-01T02:00:00Z")), true, "")
}

// TestStreamsWaitForWhatIsDecidedLater: a condition with an upper bound holds only when no more can come.
func TestStreamsWaitForWhatIsDecidedLater(t *testing.T) {
	few := strings.Replace(bruteForce, "condition: {gte: 3}", "condition: {lte: 2}", 1)
	dir := write(t, map[string]string{"a.yml": few, "a.test.yml": `common: {Channel: Security, EventID: 4625, TargetUserName: aoi}
streams:
  - {name: few, findings: 1, events: [{at: 0s, every: 1m, repeat: 2, event: {}}]}
  - {name: many, findings: 0, events: [{at: 0s, every: 1m, repeat: 3, event: {}}]}
`})
	for _, r := range runFile(t, dir, "a.test.yml") {
		if !r.Passed {
			t.Errorf("%s: %v", r.Name, r.Why)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{wellKnown, "streams: [{findings: 1, events: [{at: 1s, event: 'x'}]}]", "match: [{a: [1, null, {b: 0x1F}]}]", "&a match: [*a]", "match: [? ]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		name := filepath.Join(t.TempDir(), "x.test.yml")
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := ruletest.Read(name)
		if (file == nil) == (err == nil) || file != nil && file.Cases() == 0 {
			t.Errorf("got %+v, %v", file, err)
		}
	})
}
