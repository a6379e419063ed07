package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/config"
)

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "noroshi.yml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestLaterWins(t *testing.T) {
	name := file(t, "listen: 0.0.0.0:1\nbus: {keep_hours: 48}\nlog: {level: warn}\n")
	c, err := config.Load(name, []string{"NOROSHI_LISTEN=127.0.0.1:2", "NOROSHI_INGEST_MAX_BODY_BYTES=5", "NOROSHI_RULES_STARTER=false", "HOME=/x"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:2" || c.Bus.KeepHours != 48 || c.Log.Level != "warn" || c.Ingest.MaxBodyBytes != 5 || c.Rules.Starter {
		t.Errorf("got %+v", c)
	}
	if c.Rules.EvaluationBound() != time.Millisecond {
		t.Errorf("rules.max_evaluation is %v", c.Rules.EvaluationBound())
	}
	if c.Bus.Partitions != config.Default().Bus.Partitions {
		t.Error("a default was lost")
	}
	if err := c.Check(); err != nil {
		t.Error(err)
	}
}

func TestWrongIsNamed(t *testing.T) {
	f := func(text, environ, want string) {
		t.Helper()
		c, err := config.Load(file(t, text), []string{environ})
		if err == nil {
			err = c.Check()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q %q: got %v, want %q in it", text, environ, err, want)
		}
	}
	f("lisen: x\n", "", "lisen")
	f("listen: nowhere\n", "", "listen")
	f("bus: {keep_hours: soon}\n", "", "keep_hours: soon")
	f("bus: {partitions: 99}\n", "", "bus.partitions")
	f("log: {level: loud}\n", "", "log.level")
	f("tls: {cert: /does/not/exist.pem}\n", "", "tls")
	f("listen: 127.0.0.1:99999\n", "", "listen")
	f("url: ftp://x\n", "", "url")
	f("rules: {max_evaluation: soon}\n", "", "rules.max_evaluation")
	f("rules: {max_evaluation: -1ms}\n", "", "rules.max_evaluation")
	f("store: {memory_limit: 1XB}\n", "", "store.memory_limit")
	f("tls: {cert: /etc/hostname, key: /etc/hostname}\n", "", "tls")
	f("{}\n", "NOROSHI_LISTTEN=1", "NOROSHI_LISTTEN")
	f("{}\n", "NOROSHI_STORE_THREADS=two", "NOROSHI_STORE_THREADS")
	f("{}\n", "NOROSHI_STORE_THREADS=0", "store.threads")
	if _, err := config.Load("/does/not/exist.yml", nil); err == nil {
		t.Error("absent file accepted")
	}
}
