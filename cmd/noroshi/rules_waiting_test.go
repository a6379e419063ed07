package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRulesThatDoNotRunSayWhy: a test or an explanation of a rule that waits for values, or was refused, tells so instead of missing the rule.
func TestRulesThatDoNotRunSayWhy(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"admin_logon.yml":      "title: Admin\nid: 7d9c2a10-1111-4000-8000-000000000001\nlevel: low\nlogsource: {product: windows}\ndetection:\n  s: {User|expand: '%admins%'}\n  condition: s\n",
		"admin_logon.test.yml": "match:\n  - {Channel: Security, EventID: 4624, User: x}\n",
		"typo.yml":             "title: Typo\nid: 7d9c2a10-1111-4000-8000-000000000002\nlevel: low\nlogsource: {product: windows}\ndetection:\n  s: {User|contians: x}\n  condition: s\n",
		"event.json":           `{"Channel":"Security","EventID":4624,"User":"x"}` + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, stderr := cli(t, true, nil, "rules", "test", dir); !strings.Contains(out+stderr, "waits for values of placeholder %admins%") {
		t.Errorf("rules test:\n%s%s", out, stderr)
	}
	for name, reason := range map[string]string{"admin_logon": "waits for values of placeholder %admins%", "typo": `unknown modifier "contians"`} {
		if out, stderr := cli(t, true, nil, "rules", "explain", name, filepath.Join(dir, "event.json"), "--rules", dir); !strings.Contains(out+stderr, reason) {
			t.Errorf("rules explain %s:\n%s%s", name, out, stderr)
		}
	}
}
