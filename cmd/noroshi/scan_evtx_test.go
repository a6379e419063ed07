package main

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// regressionLog returns a Windows event log file of SigmaHQ's data, and the id of the rule that it is about.
func regressionLog(t *testing.T) (data []byte, rule string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(sharedData(t), "sigma", "regression", "rules", "windows", "process_creation", "proc_creation_win_renamed_curl", "*.evtx"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	return readFile(t, files[0]), strings.TrimSuffix(filepath.Base(files[0]), ".evtx")
}

// TestScanReadsEventLogs: as a file, out of a zip, and with a damaged part, which is told and counted.
func TestScanReadsEventLogs(t *testing.T) {
	data, want := regressionLog(t)
	dir := t.TempDir()
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Create(filepath.Join(dir, "b.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	member, err := z.Create("logs/Sysmon.evtx")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := member.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write("a.evtx", data)
	write("c.evtx", append(append([]byte{}, data...), "bytes that are no chunk"...))
	write("d.evtx", []byte(evtxMagic+"and nothing more"))
	found := map[string]int{}
	summary, stderr := scanJSON(t, func(l scanLine) {
		if l.Kind == "match" && l.RuleID == want {
			name, _ := filepath.Rel(dir, l.File)
			found[name]++
		}
	}, dir, "--rules", filepath.Join(sharedData(t), "sigma", "sigma_all_rules.zip"))
	if found["a.evtx"] != 1 || found["b.zip/logs/Sysmon.evtx"] != 1 || found["c.evtx"] != 1 {
		t.Errorf("matches %v", found)
	}
	if summary.Damaged != 2 || !strings.Contains(stderr, "damaged: "+filepath.Join(dir, "c.evtx")) || !strings.Contains(stderr, filepath.Join(dir, "d.evtx")) || strings.Contains(stderr, "a.evtx") {
		t.Errorf("%d damaged, standard error:\n%s", summary.Damaged, stderr)
	}
}

const counting = `title: Failed logon
id: 5a0d1f3e-6c1b-4f0a-8a55-2a60f3b1c001
name: failed
level: low
logsource: {product: windows, service: security}
detection:
  s: {EventID: 4625}
  condition: s
---
title: Many failed logons
id: 5a0d1f3e-6c1b-4f0a-8a55-2a60f3b1c002
level: high
correlation:
  type: event_count
  rules: failed
  group-by: TargetUserName
  timespan: 5m
  condition: {gte: 3}
`

// TestScanCorrelates: over files, in the order of the events' times, whichever file comes first.
func TestScanCorrelates(t *testing.T) {
	dir := t.TempDir()
	logon := func(at, user string) string {
		return `{"EventID":4625,"Channel":"Security","Computer":"PC-1","TargetUserName":"` + user + `","TimeCreated":"2026-11-18T` + at + `Z"}` + "\n"
	}
	others := "" // enough of them, hours later, that what comes after them would be late
	for n := range 20 {
		others += logon("14:00:00", fmt.Sprint("other", n))
	}
	for name, text := range map[string]string{
		"rules.yml": counting,
		"c.json":    others,
		"a.json":    logon("08:04:00", "aoi") + logon("08:00:00", "aoi") + logon("08:01:00", "ren"),
		"b.json":    logon("08:02:00", "aoi") + logon("09:00:00", "ren") + logon("10:00:00", "ren"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var alerts []scanLine
	summary, _ := scanJSON(t, func(l scanLine) {
		if l.Kind == "alert" {
			alerts = append(alerts, l)
		}
	}, filepath.Join(dir, "c.json"), filepath.Join(dir, "b.json"), filepath.Join(dir, "a.json"), "--rules", filepath.Join(dir, "rules.yml"))
	if len(alerts) != 1 || alerts[0].RuleID != "5a0d1f3e-6c1b-4f0a-8a55-2a60f3b1c002" || alerts[0].File != filepath.Join(dir, "a.json") || alerts[0].Record != 0 {
		t.Errorf("alerts %+v", alerts)
	}
	if summary.Correlations != 1 || summary.Records != 26 {
		t.Errorf("summary %+v", summary)
	}
	few := filepath.Join(dir, "few.yml") // what is decided only when no more can come
	if err := os.WriteFile(few, []byte(strings.Replace(counting, "{gte: 3}", "{lte: 2}", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	alerts = nil
	scanJSON(t, func(l scanLine) {
		if l.Kind == "alert" {
			alerts = append(alerts, l)
		}
	}, filepath.Join(dir, "a.json"), filepath.Join(dir, "b.json"), "--rules", few)
	if len(alerts) != 3 { // ren at 08, 09 and 10 o'clock
		t.Errorf("alerts of lte: %+v", alerts)
	}
}

// TestScanTakesValuesAndFilters: placeholders from --values, and a filter among the rules.
func TestScanTakesValuesAndFilters(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"rules/r.yml":   "title: Known bad\nid: 5a0d1f3e-6c1b-4f0a-8a55-2a60f3b1c003\nlevel: high\nlogsource: {product: windows}\ndetection:\n  s: {User|expand: '%bad%'}\n  condition: s\n",
		"rules/f.yml":   "title: Not the test host\nid: 5a0d1f3e-6c1b-4f0a-8a55-2a60f3b1c004\nlogsource: {product: windows}\nfilter:\n  rules: any\n  host: {Computer: TEST-1}\n  condition: not host\n",
		"bad.yml":       "bad: [mallory]\n",
		"logs/log.json": `{"EventID":1,"Channel":"x","Computer":"PC-1","User":"mallory"}{"EventID":1,"Channel":"x","Computer":"TEST-1","User":"mallory"}{"EventID":1,"Channel":"x","Computer":"PC-1","User":"aoi"}`,
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var records []int
	args := []string{filepath.Join(dir, "logs"), "--rules", filepath.Join(dir, "rules")}
	scanJSON(t, func(l scanLine) {
		if l.Kind == "match" {
			records = append(records, l.Record)
		}
	}, append(args, "--values", filepath.Join(dir, "bad.yml"))...)
	if len(records) != 1 || records[0] != 0 {
		t.Errorf("matches at %v, want the first record alone", records)
	}
	if _, stderr := verb(t, true, append([]string{"scan"}, args...)...); !strings.Contains(stderr, "%bad%") {
		t.Errorf("without values: %s", stderr)
	}
}
