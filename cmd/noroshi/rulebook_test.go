package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/api"
)

const (
	quietRule = `title: Notepad
id: 0a000000-0000-4000-8000-000000000001
level: low
logsource: {product: windows, category: process_creation}
detection: {s: {Image|endswith: '\notepad.exe', CommandLine|endswith: '7.txt'}, condition: s}
`
	slowRule = `title: Slow
id: 0a000000-0000-4000-8000-000000000002
level: low
logsource: {product: windows, category: process_creation}
detection: {keywords: {'|re': ['(?:[a-z]*[0-9]*){6}[^!-~]$']}, condition: keywords}
`
)

// writeRule replaces the rules of a folder by one file.
func writeRule(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "rule.yml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// withRules starts a server with the rules of a folder besides the starter ones.
func withRules(t *testing.T, more string) (s *server, rules, data string) {
	t.Helper()
	dir := t.TempDir()
	rules, data = filepath.Join(dir, "rules"), filepath.Join(dir, "data")
	if err := os.Mkdir(rules, 0o700); err != nil {
		t.Fatal(err)
	}
	writeRule(t, rules, quietRule)
	config := filepath.Join(dir, "noroshi.yml")
	if err := os.WriteFile(config, fmt.Appendf(nil, "rules: {path: %s%s}\n", rules, more), 0o600); err != nil {
		t.Fatal(err)
	}
	s = start(t, data, "--config", config)
	s.administrator()
	s.verb("tenant", "create", "aoi")
	return s, rules, data
}

// TestReloadUnderLoad reloads the rules of a real server twenty times while records come in, kills it in between, and finds every acknowledged record
// stored once, with the matches of the rules that its batch was evaluated under.
func TestReloadUnderLoad(t *testing.T) {
	s, rules, data := withRules(t, "")
	c := &sender{source: "aoi-win", token: s.source("aoi", "aoi-win", "windows"), host: "aoi"}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var wg sync.WaitGroup
	address := s.url
	wg.Go(func() { c.run(ctx, func() string { return address }, time.Now().UTC().Add(-2*time.Hour)) })
	versions := map[string]bool{}
	for i := range 20 {
		writeRule(t, rules, strings.Replace(quietRule, "7.txt", fmt.Sprint(6+i%2)+".txt", 1))
		var out api.RulesReloaded
		s.post("/rules/reload", &out)
		if out.VersionBefore == out.VersionAfter && i > 0 {
			t.Errorf("reload %d changed nothing", i)
		}
		versions[out.VersionAfter] = true
		if i == 10 {
			s.kill()
			s.again()
		}
	}
	cancel()
	wg.Wait()
	if len(versions) != 2 {
		t.Errorf("%d versions of two rule sets", len(versions))
	}
	s.caughtUp(c.acknowledged)
	if got := s.count(""); got != c.acknowledged {
		t.Errorf("%d events stored, %d acknowledged", got, c.acknowledged)
	}
	if sixes, sevens := s.count("q=rule.id:0a000000-0000-4000-8000-000000000001+and+process.command_line:*6.txt"),
		s.count("q=rule.id:0a000000-0000-4000-8000-000000000001+and+process.command_line:*7.txt"); sixes == 0 || sevens == 0 || sixes+sevens > c.acknowledged/5 {
		t.Errorf("%d matches under one set, %d under the other, of %d records", sixes, sevens, c.acknowledged)
	}
	s.stop()
	first := kept(t, data)
	s.again()
	s.stop()
	if again := kept(t, data); fmt.Sprint(first) != fmt.Sprint(again) {
		t.Error("a restart tells something else")
	}
}

// TestHangupReloads: SIGHUP reloads too, and rules that cannot be read leave those before in force.
func TestHangupReloads(t *testing.T) {
	s, rules, _ := withRules(t, "")
	var before, after api.RuleList
	s.get("/rules", &before)
	writeRule(t, rules, strings.Replace(quietRule, "title: Notepad", "title: Editor", 1))
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	s.eventually("the rules are reloaded", func() bool { s.get("/rules", &after); return after.Version != before.Version })
	if out := s.verb("rules", "running"); !strings.Contains(out, "Editor") || strings.Contains(out, "Notepad") {
		t.Error("the rule is not the one of the file")
	}
	if err := os.RemoveAll(rules); err != nil {
		t.Fatal(err)
	}
	_, told := cli(t, true, []string{"NOROSHI_SERVER=" + s.url, "NOROSHI_TOKEN=" + s.token}, "rules", "reload")
	if !strings.Contains(told, rules) || !strings.Contains(told, "stay as they are") {
		t.Errorf("told: %s", told)
	}
	var still api.RuleList
	if s.get("/rules", &still); still.Version != after.Version {
		t.Error("rules that cannot be read are in force")
	}
}

// TestSlowRuleOfAServer: a rule that takes too long on long texts is switched off with its reason while the others go on, stays off over a restart,
// and is on again when somebody says so.
func TestSlowRuleOfAServer(t *testing.T) {
	s, rules, _ := withRules(t, ", max_evaluation: 50us")
	token := s.source("aoi", "aoi-win", "windows")
	writeRule(t, rules, quietRule+"---\n"+slowRule)
	s.verb("rules", "reload")
	long := strings.Repeat("abc123", 200)
	sent := 0
	off := func() *api.Rule {
		var list api.RuleList
		s.get("/rules", &list)
		for _, r := range list.Rules {
			if r.State == api.RuleOff {
				return &r
			}
		}
		return nil
	}
	s.eventually("the slow rule is off", func() bool {
		var b strings.Builder
		for range 200 {
			fmt.Fprintf(&b, `{"UtcTime":"2026-04-01 10:00:00.000","Channel":"Microsoft-Windows-Sysmon/Operational","Provider_Name":"Microsoft-Windows-Sysmon",`+
				`"EventID":1,"Computer":"a.example","Image":"C:\\notepad.exe","CommandLine":"%s7.txt","RecordNumber":%d}`+"\n", long, sent)
			sent++
		}
		if _, status, err := s.send("aoi-win", token, "application/x-ndjson", "", strings.NewReader(b.String())); err != nil || status != http.StatusOK {
			t.Fatal(status, err)
		}
		s.caughtUp(sent)
		return off() != nil
	})
	if r := off(); r.Title != "Slow" || !strings.HasPrefix(r.StateReason, "too slow: ") {
		t.Errorf("%+v", r)
	}
	if got := s.metrics(); !strings.Contains(got, `noroshi_rules{state="off"} 1`) || !strings.Contains(got, "noroshi_rules_switched_off_total 1") {
		t.Errorf("the metrics do not tell of it:\n%s", got)
	}
	if got := s.count("q=rule.id:0a000000-0000-4000-8000-000000000001"); got != sent {
		t.Errorf("the rule beside it matched %d of %d events", got, sent)
	}
	s.kill()
	s.again()
	if out := s.verb("rules", "running", "--off"); !strings.Contains(out, "Slow") || !strings.Contains(out, "too slow") {
		t.Errorf("after a restart: %s", out)
	}
	s.verb("rules", "on", "0a000000-0000-4000-8000-000000000002")
	if r := off(); r != nil {
		t.Errorf("still off: %+v", r)
	}
	if log := s.verb("audit", "list"); !strings.Contains(log, "rule.on") || !strings.Contains(log, "rules.reload") {
		t.Errorf("the audit log lacks what was done:\n%s", log)
	}
}

// metrics are the lines about rules.
func (s *server) metrics() (out string) {
	s.t.Helper()
	resp, err := http.Get(s.url + "/metrics")
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	for line := range strings.Lines(string(all)) {
		if strings.HasPrefix(line, "noroshi_rule") || strings.HasPrefix(line, "noroshi_correlation") {
			out += line
		}
	}
	return out
}

// post calls the API as the administrator.
func (s *server) post(path string, out any) {
	s.t.Helper()
	c := client{server: s.url, token: s.token}
	if err := c.call(context.Background(), http.MethodPost, path, nil, out); err != nil {
		s.t.Fatal(err)
	}
}
