package main

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// freePort finds a port that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// TestRsyslogUnchanged points a real rsyslogd at a source's own port, in both framings and formats, and counts.
func TestRsyslogUnchanged(t *testing.T) {
	rsyslogd, err := exec.LookPath("rsyslogd")
	if err != nil {
		if rsyslogd = "/usr/sbin/rsyslogd"; !exists(rsyslogd) {
			t.Skip("rsyslogd is not installed")
		}
	}
	f := func(name, protocol, framing, template string) {
		t.Run(name, func(t *testing.T) {
			s := start(t, filepath.Join(t.TempDir(), "data"))
			s.administrator()
			s.verb("tenant", "create", "aoi")
			port := freePort(t)
			s.source("aoi", "linux", "syslog", "--port", fmt.Sprint(port), "--zone", "Asia/Tokyo")
			runRsyslog(t, rsyslogd, port, protocol, framing, template)
			s.caughtUp(500)
			if got := s.count("q=" + url.QueryEscape("dataset:linux.sshd and event.outcome:failure and source.ip:203.0.113.9 and user.name:root")); got != 500 {
				t.Errorf("%d of 500 failed sign-ins are found", got)
			}
			if got := s.count(""); got != 500 {
				t.Errorf("%d events, want 500", got)
			}
		})
	}
	f("RFC 5424, octet counting", "tcp", "octet-counted", "RSYSLOG_SyslogProtocol23Format")
	f("RFC 3164, newline", "tcp", "traditional", "RSYSLOG_TraditionalForwardFormat")
	f("RFC 5424, datagrams", "udp", "traditional", "RSYSLOG_SyslogProtocol23Format")
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// runRsyslog lets rsyslogd read a file of 500 lines and forward them; it ends with the test.
func runRsyslog(t *testing.T, rsyslogd string, port int, protocol, framing, template string) {
	t.Helper()
	dir := t.TempDir()
	var lines strings.Builder
	for i := range 500 {
		fmt.Fprintf(&lines, "Failed password for root from 203.0.113.9 port %d ssh2\n", 1024+i)
	}
	input := filepath.Join(dir, "input.log")
	if err := os.WriteFile(input, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	conf := fmt.Sprintf(`global(workDirectory=%q)
module(load="imfile")
input(type="imfile" file=%q tag="sshd[4711]:" facility="auth" severity="info")
action(type="omfwd" target="127.0.0.1" port="%d" protocol=%q TCP_Framing=%q template=%q)
`, dir, input, port, protocol, framing, template)
	name := filepath.Join(dir, "rsyslog.conf")
	if err := os.WriteFile(name, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(rsyslogd, "-n", "-f", name, "-i", filepath.Join(dir, "pid"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}
