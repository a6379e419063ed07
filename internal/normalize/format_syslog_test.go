package normalize_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/leodido/go-syslog/v4/rfc5424"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/source"
)

// told gives the fields of a record as "name=text" in one line, without those that every line of the table has.
func told(ev *event.Event, without ...string) string {
	var parts []string
	for _, f := range ev.Fields {
		if !strings.Contains(" "+strings.Join(without, " ")+" ", " "+f.Name+" ") {
			parts = append(parts, f.Name+"="+f.Value.Text)
		}
	}
	return strings.Join(parts, " ")
}

func TestSyslogShapes(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		ev := read(t, source.FormatSyslog, "Asia/Tokyo", in)
		if got := told(&ev, "timestamp"); got != want || ev.Problem != "" {
			t.Errorf("%q\n got %s (%s)\nwant %s", in, got, ev.Problem, want)
		}
	}
	f("<0>Jun 30 10:00:00 gw app[12]: hello", "hostname=gw program=app pid=12 facility=kern severity=emerg message=hello")
	f("<191>Jun  3 10:00:00 10.0.0.1 app: a: b\r\n", "hostname=10.0.0.1 program=app facility=local7 severity=debug message=a: b")
	f("Jun 30 10:00:00 gw app:", "hostname=gw program=app message=")
	f("Jun 30 10:00:00 gw /usr/sbin/cron[1]: run", "hostname=gw program=cron pid=1 message=run")
	f("Jun 30 10:00:00 gw just words here: and more", "hostname=gw message=just words here: and more")
	f("<13>Jun 30 10:00:00 app[7]: no host", "program=app pid=7 facility=user severity=notice message=no host")
	f("2026-06-30 10:00:00 gw app: x", "hostname=gw program=app message=x")
	f("2026-06-30T10:00:00+09:00 gw postfix/smtpd[9]: x", "hostname=gw program=smtpd pid=9 message=x")
	f("<34>1 2026-06-30T10:00:00Z gw app - ID47 - \ufeffBOM text", "hostname=gw program=app msgid=ID47 facility=auth severity=crit message=BOM text")
	f("<34>1 - - - - - -", "facility=auth severity=crit message=")
	f(`<34>1 - gw app 1 - [a x="1"][b] m`, "hostname=gw program=app pid=1 facility=auth severity=crit sd.a.x=1 sd.b= message=m")
	f(`{"@timestamp":"2026-06-30T01:00:00Z","message":"Jun 30 10:00:00 gw app: wrapped"}`, "hostname=gw program=app message=wrapped @timestamp=2026-06-30T01:00:00Z")
}

func TestSyslogRefuses(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if ev := read(t, source.FormatSyslog, "", in); ev.Parsed() || !strings.Contains(ev.Problem, want) {
			t.Errorf("%q: %s %q, want %q", in, ev.Dataset, ev.Problem, want)
		}
	}
	f("", "empty record")
	f("  \n", "empty record")
	f("hello", "neither <priority> nor a time")
	f("<192>Jun 30 10:00:00 gw app: x", "neither <priority> nor a time")
	f("<1>1 2026-06-30T10:00:00Z gw app", "header ends too early")
	f(`<1>1 - gw app - - [a x="1 m`, "does not end")
	f(`<1>1 - gw app - - [a x=1] m`, "no name=")
	f(`<1>1 - gw app - - nothing`, "neither '-' nor '['")
	f(`{"message":"{\"message\":\"x\"}"}`, "envelope inside an envelope")
}

func TestSSHD(t *testing.T) {
	f := func(message, want string) {
		t.Helper()
		ev := read(t, source.FormatSyslog, "", "<38>Jun 30 10:00:00 gw sshd[1]: "+message)
		if got := told(&ev, "timestamp", "hostname", "program", "pid", "facility", "severity", "message"); got != want || ev.Dataset != "linux.sshd" {
			t.Errorf("%s\n got %s\nwant %s", message, got, want)
		}
	}
	f("Accepted password for alice from 192.0.2.5 port 5 ssh2", "action=login outcome=success method=password invalid_user=false user=alice source_ip=192.0.2.5 source_port=5")
	f("Failed keyboard-interactive/pam for root from 2001:DB8::5 port 5 ssh2",
		"action=login outcome=failure method=keyboard-interactive/pam invalid_user=false user=root source_ip=2001:db8::5 source_port=5")
	f("Failed none for invalid user a b from 192.0.2.5 port 5 ssh2", "action=login outcome=failure method=none invalid_user=true user=a b source_ip=192.0.2.5 source_port=5")
	f("Failed password for invalid user x from 203.0.113.1 port 1 ssh2 from 192.0.2.5 port 5 ssh2",
		"action=login outcome=failure method=password invalid_user=true user=x from 203.0.113.1 port 1 ssh2 source_ip=192.0.2.5 source_port=5")
	f("Invalid user admin from 192.0.2.5 port 5", "action=login outcome=failure invalid_user=true user=admin source_ip=192.0.2.5 source_port=5")
	f("Invalid user  from 192.0.2.5", "action=login outcome=failure invalid_user=true source_ip=192.0.2.5")
	f("error: maximum authentication attempts exceeded for root from 192.0.2.5 port 5 ssh2 [preauth]",
		"action=login outcome=failure invalid_user=false user=root source_ip=192.0.2.5 source_port=5")
	f("User root from 192.0.2.5 not allowed because not listed in AllowUsers", "action=login outcome=failure invalid_user=false user=root source_ip=192.0.2.5")
	f("Connection closed by authenticating user root 192.0.2.5 port 5 [preauth]", "action=connection_closed user=root source_ip=192.0.2.5 source_port=5")
	f("Disconnected from invalid user ftp 192.0.2.5 port 5 [preauth]", "action=connection_closed invalid_user=true user=ftp source_ip=192.0.2.5 source_port=5")
	f("Received disconnect from 192.0.2.5 port 5:11: Bye Bye", "action=connection_closed source_ip=192.0.2.5 source_port=5")
	f("pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.5  user=root",
		"action=login outcome=failure source_ip=192.0.2.5 user=root")
	f("pam_unix(sshd:session): session opened for user alice(uid=1000) by (uid=0)", "action=session_opened user=alice")
	f("pam_unix(sshd:session): session closed for user alice", "action=session_closed user=alice")
	f("Unable to negotiate with 192.0.2.5 port 5: no matching key exchange method found.", "source_ip=192.0.2.5 source_port=5")
	f("fatal: Timeout before authentication for 192.0.2.5 port 5", "source_ip=192.0.2.5 source_port=5")
	f("refused connect from bad.example (::ffff:192.0.2.5)", "action=connection_refused source_ip=192.0.2.5")
	f("Server listening on 0.0.0.0 port 22.", "")
}

func TestSudo(t *testing.T) {
	f := func(message, want string) {
		t.Helper()
		ev := read(t, source.FormatSyslog, "", "<85>Jun 30 10:00:00 gw sudo: "+message)
		if got := told(&ev, "timestamp", "hostname", "program", "facility", "severity", "message"); got != want || ev.Dataset != "linux.sudo" {
			t.Errorf("%s\n got %s\nwant %s", message, got, want)
		}
	}
	f("alice : TTY=pts/0 ; PWD=/a b ; USER=root ; GROUP=adm ; COMMAND=/bin/ls -l", "action=command user=alice tty=pts/0 pwd=/a b target_user=root group=adm command=/bin/ls -l outcome=success")
	f("alice : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh",
		"action=command user=alice tty=pts/0 pwd=/ target_user=root reason=3 incorrect password attempts command=/bin/sh outcome=failure")
	f("alice : command not allowed ; TTY=unknown ; PWD=/ ; USER=root ; COMMAND=/bin/sh USER=bob",
		"action=command user=alice tty=unknown pwd=/ target_user=root reason=command not allowed command=/bin/sh USER=bob outcome=failure")
	f("pam_unix(sudo:session): session opened for user root(uid=0) by alice(uid=1000)", "action=session_opened user=alice target_user=root")
	f("pam_unix(sudo:session): session closed for user root", "action=session_closed target_user=root")
	f("pam_unix(sudo:auth): authentication failure; logname=alice uid=1000 euid=0 tty=/dev/pts/0 ruser=alice rhost=  user=alice", "action=authentication outcome=failure user=alice")
	f("unable to resolve host gw", "")
}

func FuzzSyslog(f *testing.F) {
	for _, seed := range []string{
		`<34>1 2026-06-30T10:00:00.003Z gw app 12 ID47 [a@1 x="1\"" y="2"] text`, "<13>Jun  3 10:00:00 gw app[1]: x", "Jun 30 10:00:00 gw sshd[1]: Failed password for x from 192.0.2.1 port 1 ssh2",
		"2026-06-30T10:00:00Z gw sudo: a : TTY=x ; COMMAND=/b", "<1>", "<1>1 - - - - - [a]", "Jun 30 10:00:00", "<165>1 - - - - - [a b=\"\\]\"]\xff", "<5>1 - - - - [- - - - [a b=\"\\]\"]\xff", "<5>1 - - - - - - a\xff\xffb",
	} {
		f.Add(seed)
	}
	parser := rfc5424.NewParser()
	f.Fuzz(func(t *testing.T, record string) {
		ev := read(t, source.FormatSyslog, "Asia/Tokyo", record)
		sound(t, &ev)
		want, err := parser.Parse([]byte(strings.TrimRight(record, "\r\n\x00")))
		m, ok := want.(*rfc5424.SyslogMessage)
		if err != nil || !ok || m.Version != 1 || strings.Contains(record, "\ufeff") {
			return
		}
		if !ev.Parsed() { // whatever the strict parser takes, ours takes too, and reads the same
			t.Fatalf("refused: %s", ev.Problem)
		}
		got := map[string]string{"host": ev.Fields.Text("hostname"), "message": ev.Fields.Text("message"), "pid": ev.Fields.Text("pid")}
		if diff := cmp.Diff(map[string]string{"host": text(m.Hostname), "message": string([]rune(text(m.Message))), "pid": text(m.ProcID)}, got); diff != "" {
			t.Fatal(diff)
		}
		if m.Timestamp != nil && !strings.Contains(ev.Problem, "UTF-8") && m.Timestamp.UnixMicro() != ev.Time.UnixMicro() {
			t.Fatalf("time %s, want %s", ev.Time, m.Timestamp)
		}
	})
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
