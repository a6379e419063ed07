package normalize_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/source"
)

func TestSniff(t *testing.T) {
	f := func(head string, want source.Format) {
		t.Helper()
		got, ok := normalize.Sniff([]byte(head))
		if got != want || ok != (want != "") {
			t.Errorf("%.60q looks like %q, want %q", head, got, want)
		}
	}
	f(`{"EventID":1,"Channel":"Security"}`, source.FormatWindows)
	f("\ufeff"+`{"EventID":1,"Hostname":"x"`, source.FormatWindows)
	f(`{"@timestamp":"x","winlog":{"event_id":"1","channel":"Security"}}`, source.FormatWindows)
	f("[\n  {\n  \"Event\": {\"System\": {\"Provider\": {}, \"EventID\": 1", source.FormatWindows)
	f(`[{"timestamp":"x","event_type":"alert","src_ip":"192.0.2.1"`, source.FormatSuricata)
	f(`{"ts":1,"uid":"x","id.orig_h":"192.0.2.1"`, source.FormatZeek)
	f(`{"_path":"conn","ts":1}`, source.FormatZeek)
	f("#separator \\x09\n#fields", source.FormatZeek)
	f("<34>1 - - - - - -", source.FormatSyslog)
	f("Jun 30 10:00:00 gw app: x", source.FormatSyslog)
	f("2026-06-30T10:00:00+09:00 gw app: x", source.FormatSyslog)
	f(utf16le(`{"EventID":1,"Channel":"x"}`), source.FormatWindows)
	f("", "")
	f("hello", "")
	f("# a comment", "")
	f(`{"a":1}`, "")
	f("\x1f\x8b\x08\x00", "")
	f("Event Type,Event Name\r\n", "")
}

func TestAutoReadsEachRecord(t *testing.T) {
	f := func(record, dataset string) {
		t.Helper()
		if ev := read(t, source.FormatAuto, "", record); ev.Dataset != dataset || (ev.Problem == "") != ev.Parsed() {
			t.Errorf("%.60q is %s (%s), want %s", record, ev.Dataset, ev.Problem, dataset)
		}
	}
	f(`{"EventID":4624,"Channel":"Security"}`, "windows.security")
	f(`{"event_type":"dns","src_ip":"192.0.2.1"}`, "suricata.dns")
	f(`{"ts":1,"uid":"C1","conn_state":"S0","proto":"tcp"}`, "zeek.conn")
	f("#separator \\x09", "zeek.meta")
	f("#close\t2026-06-30-10-00-00", "zeek.meta")
	f("# a comment", event.DatasetUnparsed)
	f("#fieldsomething", event.DatasetUnparsed)
	f("Jun 30 10:00:00 gw sudo: a : TTY=x ; COMMAND=/b", "linux.sudo")
	f(`{"message":"Jun 30 10:00:00 gw sshd[1]: Invalid user x from 192.0.2.1"}`, "linux.sshd")
	f(`{"log":"{\"event_type\":\"dns\",\"flow_id\":1}"}`, "suricata.dns")
	f(`{"message":"hello"}`, event.DatasetUnparsed)
	f(`{"color":"blue"}`, event.DatasetUnparsed)
	f(`{"color":`, event.DatasetUnparsed)
	f("hello", event.DatasetUnparsed)
	f("", event.DatasetUnparsed)
}

func utf16le(s string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

func TestTextOfEveryEncoding(t *testing.T) {
	f := func(record, want, problem string) {
		t.Helper()
		ev := read(t, source.FormatWindows, "", record)
		if got := ev.Fields.Text("Image"); got != want || !ev.Parsed() || !strings.Contains(ev.Problem, problem) || (problem == "") != (ev.Problem == "") {
			t.Errorf("%q: %q, %q", record, got, ev.Problem)
		}
		if string(ev.Raw) != record {
			t.Errorf("%q: bytes changed", record)
		}
	}
	wrap := func(image string) string { return `{"EventID":1,"Channel":"System","Image":"` + image + `"}` }
	f(wrap("請求書.exe"), "請求書.exe", "")
	f("\ufeff"+wrap("x"), "x", "")
	f(utf16le(wrap("請求書")), "請求書", "")
	f("\x00"+utf16le(wrap("請求書"))[2:], "請求書", "") // a line cut out of the middle of a file
	f(wrap("\x90\xbf\x8b\x81"), "\ufffd\ufffd\ufffd\ufffd", "4 bytes from byte 41 on")
	f(wrap(`\ud83d.exe`), "\ufffd.exe", "half a surrogate")
	f(utf16le(wrap("x"))+"\x00", "x", "1 bytes left over")
}

func TestEntities(t *testing.T) {
	f := func(record, want string) {
		t.Helper()
		ev := read(t, source.FormatWindows, "", record)
		var got []string
		for _, en := range ev.Entities {
			got = append(got, string(en.Kind)+":"+en.Value)
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s\n got %s\nwant %s", record, text, want)
		}
	}
	user := func(name string) string {
		return `{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","User":"` + name + `"}`
	}
	f(user(`AOI\\Y.Tanaka`), "user:y.tanaka")
	f(user(`y.tanaka@aoi.example`), "user:y.tanaka")
	for _, name := range []string{`NT AUTHORITY\\SYSTEM`, `NT AUTHORITY\\LOCAL SERVICE`, `NETWORK SERVICE`, `ANONYMOUS LOGON`, `Window Manager\\DWM-2`, `Font Driver Host\\UMFD-0`, `AOI\\PC-041$`, "-", ""} {
		f(user(name), "")
	}
	host := func(name string) string { return `{"EventID":1,"Channel":"System","Computer":"` + name + `"}` }
	f(host("WORKSTATION6.mordor.local"), "host:workstation6")
	f(host("workstation6."), "host:workstation6")
	f(host("192.0.2.9"), "host:192.0.2.9")
	f(host("localhost"), "")
	connection := func(to string) string {
		return `{"EventID":3,"Channel":"Microsoft-Windows-Sysmon/Operational","DestinationIp":"` + to + `"}`
	}
	f(connection("203.0.113.1"), "ip:203.0.113.1")
	f(connection("2001:DB8::0:1"), "ip:2001:db8::1")
	f(connection("fe80::1%eth0"), "ip:fe80::1")
	for _, ip := range []string{"127.0.0.1", "::1", "0.0.0.0", "::", "224.0.0.251", "ff02::fb", "255.255.255.255", "::ffff:127.0.0.1", "nowhere"} {
		f(connection(ip), "")
	}
	query := func(name string) string {
		return `{"EventID":22,"Channel":"Microsoft-Windows-Sysmon/Operational","QueryName":"` + name + `"}`
	}
	f(query("CDN.bad.example."), "domain:cdn.bad.example")
	f(query("wpad"), "")
	f(query("1.2.0.192.in-addr.arpa"), "")
	f(query("192.0.2.1"), "")
}
