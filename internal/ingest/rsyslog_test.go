package ingest_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// TestRealRsyslog lets rsyslog carry a file to a source's own port, with both framings and by datagrams.
func TestRealRsyslog(t *testing.T) {
	bin, err := exec.LookPath("rsyslogd")
	if err != nil {
		if bin = "/usr/sbin/rsyslogd"; !exists(bin) {
			t.Skip("rsyslogd is not installed")
		}
	}
	for _, how := range []string{`protocol="tcp" tcp_framing="octet-counted"`, `protocol="tcp"`, `protocol="udp"`} {
		t.Run(how, func(t *testing.T) {
			port := freePort(t)
			d := newDesk(t, nil, nil, known(t, "own", func(k *source.Known) { k.Port = port }))
			stop := rsyslog(t, bin, fmt.Sprintf(`action(type="omfwd" target="127.0.0.1" port="%d" %s template="RSYSLOG_SyslogProtocol23Format")`, port, how))
			defer stop()
			d.tickUntil(func() bool { return d.meter.Totals().Records >= 100 })
			for i, r := range d.records()[:100] {
				if r.Problem != "" || !bytes.HasPrefix(r.Bytes, []byte("<133>1 ")) || !bytes.HasSuffix(r.Bytes, fmt.Appendf(nil, "line %d of the file", i)) {
					t.Fatalf("record %d: %q %s", i, r.Bytes, r.Problem)
				}
			}
		})
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// rsyslog starts a daemon that reads a file of 100 lines and does with them what the action says.
func rsyslog(t *testing.T, bin, action string) (stop func()) {
	t.Helper()
	dir := t.TempDir()
	var log strings.Builder
	for i := range 100 {
		fmt.Fprintf(&log, "line %d of the file\n", i)
	}
	input, conf := filepath.Join(dir, "input.log"), filepath.Join(dir, "rsyslog.conf")
	text := fmt.Sprintf("global(workDirectory=%q)\nmodule(load=\"imfile\")\ninput(type=\"imfile\" File=%q Tag=\"app\" Facility=\"local0\")\n%s\n", dir, input, action)
	for name, content := range map[string]string{input: log.String(), conf: text} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(bin, "-n", "-f", conf, "-i", filepath.Join(dir, "pid"))
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return func() {
		_ = c.Process.Kill()
		_ = c.Wait()
		if t.Failed() {
			t.Logf("rsyslogd: %s", said.String())
		}
	}
}
