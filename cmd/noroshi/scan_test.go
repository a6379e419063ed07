package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

type scanLine struct {
	Kind         string         `json:"kind"`
	RuleID       string         `json:"rule_id"`
	Level        string         `json:"level"`
	File         string         `json:"file"`
	Record       int            `json:"record"`
	Rules        int            `json:"rules"`
	Refused      int            `json:"rules_refused"`
	Records      int            `json:"records"`
	Damaged      int            `json:"damaged"`
	Correlations int            `json:"correlations"`
	Reasons      map[string]int `json:"refused"`
}

// scanJSON runs a scan and hands over its lines; it returns the summary and what was written to standard error.
func scanJSON(t *testing.T, each func(scanLine), args ...string) (summary scanLine, stderr string) {
	t.Helper()
	out, stderr := verb(t, false, append([]string{"scan", "--format", "json"}, args...)...)
	lines := bufio.NewScanner(strings.NewReader(out))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var l scanLine
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatalf("line %q: %v", lines.Text(), err)
		}
		if l.Kind == "summary" {
			summary = l
		}
		each(l)
	}
	if summary.Kind == "" {
		t.Fatal("no summary")
	}
	return summary, stderr
}

// TestScanFindsAttacks holds the scan with all of SigmaHQ's rules against the published attack simulations.
func TestScanFindsAttacks(t *testing.T) {
	shared := sharedData(t)
	grave := map[string]bool{}
	summary, stderr := scanJSON(t, func(l scanLine) {
		if l.Kind == "match" && (l.Level == "medium" || l.Level == "high" || l.Level == "critical") {
			grave[l.File[:strings.Index(l.File, ".zip/")+4]] = true
		}
	}, filepath.Join(shared, "windows", "otrf"), "--rules", filepath.Join(shared, "sigma", "sigma_all_rules.zip"))
	t.Logf("%d archives with a match of medium or above; %d records, %d rules, %d refused: %v", len(grave), summary.Records, summary.Rules, summary.Refused, summary.Reasons)
	if len(grave) < 24 {
		t.Errorf("%d archives with a match of medium or above, want at least 24 of 32", len(grave))
	}
	for _, ext := range []string{".cap", ".csv"} {
		if !strings.Contains(stderr, ext) {
			t.Errorf("standard error names no %s as not read:\n%s", ext, stderr)
		}
	}
}

// TestScanAgreesWithOtherEngines compares the matches on 20,000 real events with those on which two independent engines agree.
func TestScanAgreesWithOtherEngines(t *testing.T) {
	shared := sharedData(t)
	want := map[string]bool{}
	for line := range strings.Lines(string(readFile(t, filepath.Join(shared, "windows", "events-20k.matches.tsv")))) {
		record, rule, _ := strings.Cut(strings.TrimSpace(line), "\t")
		want[record+" "+rule] = true
	}
	rules := unpackRules(t, filepath.Join(shared, "sigma", "sigma_all_rules.zip"), "rules/windows/")
	got, extra := 0, 0
	summary, _ := scanJSON(t, func(l scanLine) {
		if l.Kind != "match" {
			return
		}
		if want[fmt.Sprintf("%d %s", l.Record, l.RuleID)] {
			got++
		} else {
			extra++
			t.Errorf("match that no other engine has: record %d, rule %s", l.Record, l.RuleID)
		}
	}, filepath.Join(shared, "windows", "events-20k.ndjson.zst"), "--rules", rules)
	t.Logf("%d of %d matches, %d extra; %d rules, %d refused: %v", got, len(want), extra, summary.Rules, summary.Refused, summary.Reasons)
	if got*10 < len(want)*9 {
		t.Errorf("%d of %d matches: fewer than 90 %%", got, len(want))
	}
}

func unpackRules(t *testing.T, name, below string) string {
	t.Helper()
	archive, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	dir := t.TempDir()
	for _, member := range archive.File {
		if !strings.Contains("/"+member.Name, "/"+below) || member.FileInfo().IsDir() {
			continue
		}
		f, err := member.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(member.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const macro = `{"UtcTime":"2026-11-18 08:38:00.000","Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Computer":"PC-1.example","User":"AOI\\mikage","Image":"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe","ParentImage":"C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE","CommandLine":"powershell.exe -NoP -W Hidden -Enc JABzAD0AJABlAG4AdgA6AFQARQBNAFAAKwAiAFwAcQA4AC4AZABsAGwAIgA7AGYAbwByAGUA"}` + "\n"

// TestScanReadsWhatPeopleHave: plain, zip, a damaged file and an unknown one side by side.
func TestScanReadsWhatPeopleHave(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var zipped bytes.Buffer
	z := zip.NewWriter(&zipped)
	f, err := z.Create("day/events.json")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, "{\"EventID\":5,\"Channel\":\"System\"}\n"+macro); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write("plain.json", []byte(macro))
	write("a.zip", zipped.Bytes())
	write("broken.gz", []byte("\x1f\x8bnot gzip"))
	write("picture.png", []byte("\x89PNG\r\n\x1a\n0000"))
	write("empty.log", nil)
	matches := map[string]bool{}
	_, stderr := scanJSON(t, func(l scanLine) {
		if l.Kind == "match" {
			rel, err := filepath.Rel(dir, l.File)
			if err != nil {
				t.Error(err)
			}
			matches[fmt.Sprint(rel, " ", l.Record)] = true
		}
	}, dir)
	if !matches["plain.json 0"] || !matches["a.zip/day/events.json 1"] || len(matches) != 2 {
		t.Errorf("matches %v", matches)
	}
	for _, name := range []string{"broken.gz", "picture.png"} {
		if !strings.Contains(stderr, name) {
			t.Errorf("%s is not named on standard error: %s", name, stderr)
		}
	}
	table, _ := cli(t, false, nil, "scan", dir)
	if !strings.Contains(table, "pc-1") || !strings.Contains(table, "alerts in") {
		t.Errorf("table:\n%s", table)
	}
	text, _ := cli(t, false, nil, "scan", dir, "--format", "csv")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) < 3 {
		t.Errorf("csv: %v, %v", rows, err)
	}
	cli(t, true, nil, "scan", filepath.Join(dir, "absent"))
	if _, stderr := cli(t, false, nil, "scan", filepath.Join(dir, "absent"), filepath.Join(dir, "plain.json")); !strings.Contains(stderr, "absent") {
		t.Errorf("the missing one of two paths is not named: %s", stderr)
	}
	cli(t, true, nil, "scan", dir, "--format", "xml")
	cli(t, true, nil, "scan", dir, "--rules", filepath.Join(dir, "empty.log"))
}

// TestScanOutputIsInert: log text neither steers the terminal nor becomes a formula.
func TestScanOutputIsInert(t *testing.T) {
	name := filepath.Join(t.TempDir(), "evil.json")
	evil := strings.Replace(macro, `"AOI\\mikage"`, `"=cmd|' /C calc'!A0"`, 1)
	evil = strings.Replace(evil, `-NoP -W Hidden`, `-NoP -W Hidden \u001b]52;c;eA==\u0007`, 1)
	if err := os.WriteFile(name, []byte(evil), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := cli(t, false, nil, "scan", name)
	if strings.ContainsAny(out, "\x1b\x07") || !strings.Contains(out, "␛") {
		t.Errorf("control characters reach the terminal: %q", out)
	}
	text, _ := cli(t, false, nil, "scan", name, "--format", "csv")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%v, %v", rows, err)
	}
	for _, cell := range rows[1] {
		if strings.HasPrefix(cell, "=") {
			t.Errorf("a formula: %q", cell)
		}
	}
}
