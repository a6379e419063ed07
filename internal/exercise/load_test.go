package exercise_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/noroshi-soc/noroshi/internal/exercise"
)

func shipped(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("../../content/scenarios/emotet_day.yml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestLoadNamesWhatIsWrong(t *testing.T) {
	text := shipped(t)
	f := func(old, with, want string) {
		t.Helper()
		broken := strings.Replace(text, old, with, 1)
		if broken == text {
			t.Fatalf("%q is not in the scenario", old)
		}
		_, err := exercise.Load([]byte(broken))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q for %q: error %v, want %q in it", with, old, err, want)
		}
	}
	f("title_ja:", "titel_ja:", "unknown field")
	f("zone: Asia/Tokyo", "zone: Asia/Edo", `zone "Asia/Edo"`)
	f(`from: "08:30"`, `from: "8 o'clock"`, `clock time "8 o'clock"`)
	f(`until: "20:30"`, `until: "20:75"`, `part "75"`)
	f(`until: "20:30"`, `until: "07:00"`, "until 07:00:00 is not after from 08:30:00")
	f("directory: OSK-DC-01", "directory: OSK-WEB-01", `site "osaka"`)
	f("ip: 10.10.10.5,", "ip: 10.10.10.500,", `host "TYO-DC-01": address`)
	f("ip: 10.10.10.5,", "ip: 10.10.10.11,", "is there twice")
	f("ip: 10.10.10.11, site: tokyo, os: windows", "ip: 10.10.10.11, site: nagoya, os: windows", `no site "nagoya"`)
	f("ip: 10.10.10.11, site: tokyo, os: windows", "ip: 10.10.10.11, site: tokyo, os: beos", `os "beos"`)
	f("shape: winlogbeat", "shape: stonetablet", `shape "stonetablet"`)
	f("shape: tsv, log: conn", "shape: tsv", "tsv needs the name of a Zeek log")
	f("shape: tsv, log: dns", "shape: tsv, log: gossip", `log "gossip"`)
	f("{name: osaka-linux", "{name: tokyo-linux", `source "tokyo-linux" is there twice`)
	f("host: TYO-PC-0201", "host: TYO-GW-01", `person "y.inohara": no Windows host`)
	f(`arrives: "08:41"`, `arrives: "19:41"`, `person "y.inohara": arrives`)
	f("pace: 8m", "pace: 0s", "pace")
	f("server: defs.mado.example", "server: defs.nowhere.example", `no server "defs.nowhere.example"`)
	f("targets: [TYO-FS-01, OSK-FS-01]", "targets: [OSK-WEB-01]", `backup target "OSK-WEB-01"`)
	f("- id: elevation", "- id: discovery", `step "discovery": id missing or there twice`)
	f(`at: "17:38:10"`, `at: "07:38:10"`, `step "attachment_opened": at`)
	f("phase: objective", "phase: finale", `phase "finale"`)
	f("by: excel\n", "by: word\n", `step "macro_runs": no process "word" on TYO-PC-0217`)
	f("to: files.harborlight.example, port: 80", "to: files.elsewhere.example, port: 80", `to "files.elsewhere.example": no such place`)
	f("to: files.harborlight.example, port: 80", "to: files.harborlight.example, port: 0", "connect to port 0")
	f("- wait: 95s", "- {wait: 95s, mail: {from: a@b.example}}", "has 2 kinds")
	f("every: 61s", "every: 61ms", "beacon every 61ms")
	f("first: 1, last: 40", "first: 1, last: 400", "scan from 1 to 400")
	f("tries: 44", "tries: 44000", "44000 tries")
	f("lasts: 192s, parallel: 4", "lasts: 192s, parallel: 400", "400 at once")
	f("lasts: 1400ms", "lasts: -1400ms", "for -1.4s")
	f("{name: TYO-DC-01", "{name: TYO DC 01", `host "TYO DC 01"`)
	f("command: /usr/bin/apt-get update", `command: "/bin/a\nb"`, "cannot hold a line break")
	f("host: TYO-PC-0204, arrives", "host: TYO-PC-0201, arrives", `"y.inohara" has the host`)
	f(`until: "20:30"`, `until: "44:30"`, "more than can be played")
	f("service: {on: OSK-FS-01", "service: {on: OSK-WEB-01", `service on: "OSK-WEB-01"`)
}

func TestLoadFileNamesTheFile(t *testing.T) {
	fsys := fstest.MapFS{"a/b.yml": {Data: []byte("id: [")}}
	if _, err := exercise.LoadFile(fsys, "a/b.yml"); err == nil || !strings.Contains(err.Error(), "a/b.yml") {
		t.Errorf("error %v does not name the file", err)
	}
	if _, err := exercise.LoadFile(fsys, "c.yml"); err == nil || !strings.Contains(err.Error(), "c.yml") {
		t.Errorf("error %v does not name the missing file", err)
	}
}

func TestClockIsWrittenAsItIsRead(t *testing.T) {
	s, _ := day()
	if s.From.String() != "08:30:00" || s.Until.String() != "20:30:00" || s.Duration() != 12*time.Hour {
		t.Errorf("from %s until %s, %s", s.From, s.Until, s.Duration())
	}
}

// FuzzLoad holds that any text is either refused or can be played.
func FuzzLoad(f *testing.F) {
	data, err := os.ReadFile("testdata/small/scenario.yml")
	if err != nil {
		f.Fatal(err)
	}
	text := string(data)
	f.Add(text)
	f.Add("id: x\nzone: UTC\n")
	f.Add(strings.Replace(text, "every: 20m", "every: 1s", 2))
	f.Add(strings.ReplaceAll(text, "os: windows", "os: linux"))
	f.Add(strings.ReplaceAll(text, "host: PC", "host: WEB"))
	f.Add(strings.Replace(text, "kind: web", "kind: web, weight: -8", 1))
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<18 {
			return
		}
		s, err := exercise.Load([]byte(text))
		if err != nil {
			return
		}
		n := 0
		for range s.Generate(start, 1) {
			if n++; n == 3000 {
				break
			}
		}
	})
}
