package exercise_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/exercise"
)

// told is a line with its fields.
type told struct {
	exercise.Line
	decoded
}

func (e told) text(field string) string { return fmt.Sprint(e.fields[field]) }

// is tells whether the line belongs to a log source, "zeek/conn" or "windows/process_creation".
func (e told) is(name string) bool {
	for _, s := range e.sources {
		if s.Product+"/"+s.Service+s.Category == name {
			return true
		}
	}
	return false
}

func tellAll(t *testing.T) []told {
	t.Helper()
	s, lines := day()
	d := newDecoder(s)
	var out []told
	for _, line := range lines {
		if event, ok := d.read(t, line); ok {
			out = append(out, told{line, event})
		}
	}
	return out
}

// Every call of the implant must stand in the host's own log, in Zeek's and
// in Suricata's, with the same port, about a minute after the one before.
func TestOneConnectionIsToldAlikeByAllLogs(t *testing.T) {
	type seen struct{ sysmon, zeek, suricata bool }
	calls := map[string]*seen{}
	var last time.Time
	for _, e := range tellAll(t) {
		if e.Step != "control_channel" {
			continue
		}
		port := ""
		switch {
		case e.is("windows/network_connection"):
			port = e.text("SourcePort")
		case e.is("zeek/conn"):
			port = e.text("id.orig_p")
		case e.is("suricata/flow"):
			port = e.text("src_port")
		default:
			continue
		}
		c := calls[port]
		if c == nil {
			c = &seen{}
			calls[port] = c
		}
		c.zeek, c.suricata = c.zeek || e.is("zeek/conn"), c.suricata || e.is("suricata/flow")
		if e.is("windows/network_connection") {
			if gap := e.At.Sub(last); !last.IsZero() && (gap < 56*time.Second || gap > 66*time.Second) {
				t.Errorf("calls %s apart, want about 61 s", gap)
			}
			c.sysmon, last = true, e.At
		}
	}
	if len(calls) < 130 {
		t.Errorf("%d calls, want two hours of them", len(calls))
	}
	for port, c := range calls {
		if !c.sysmon || !c.zeek || !c.suricata {
			t.Errorf("call from port %s: %+v", port, *c)
		}
	}
}

func TestTheLibraryHasTheSameHashesOnBothHosts(t *testing.T) {
	hashes := map[string]string{}
	for _, e := range tellAll(t) {
		if e.is("windows/image_load") && strings.HasSuffix(e.text("ImageLoaded"), "ybtf.dll") {
			hashes[e.Site] = e.text("Hashes")
		}
	}
	if len(hashes) != 2 || hashes["tokyo"] != hashes["osaka"] || !strings.Contains(hashes["tokyo"], "SHA256=") {
		t.Errorf("hashes by site: %v", hashes)
	}
}

// A process of the story must come from one that a log has told of before, so
// that an analyst can walk from the upload back to the mail program.
func TestProcessesHaveKnownParents(t *testing.T) {
	started := map[string]string{}
	n := 0
	for _, e := range tellAll(t) {
		if !e.is("windows/process_creation") {
			continue
		}
		parent := e.text("ParentProcessGuid")
		if image := e.text("ParentImage"); started[parent] == "" && !standing(image) {
			t.Errorf("%s %q: parent %s %s was never started", e.Step, e.text("CommandLine"), image, parent)
		}
		if known := started[parent]; known != "" && known != e.text("ParentImage") {
			t.Errorf("parent %s is %q here and was %q", parent, e.text("ParentImage"), known)
		}
		if started[e.text("ProcessGuid")] != "" {
			t.Errorf("process %s is started twice", e.text("ProcessGuid"))
		}
		started[e.text("ProcessGuid")] = e.text("Image")
		n++
	}
	if n < 300 {
		t.Errorf("only %d processes", n)
	}
}

// standing are processes that were there before the day.
func standing(image string) bool {
	for _, name := range []string{"svchost.exe", "services.exe", "MsMpEng.exe", `Kumoi Inventory\agent.exe`} {
		if strings.HasSuffix(image, name) {
			return true
		}
	}
	return false
}

func TestRecordNumbersOnlyGrow(t *testing.T) {
	s, lines := day()
	shape := map[string]string{}
	for _, src := range s.Sources {
		shape[src.Name] = src.Shape
	}
	last, n := map[string]float64{}, 0
	for _, line := range lines {
		var host, channel string
		var number float64
		switch shape[line.Source] {
		case "winlogbeat":
			winlog := parse(t, line.Bytes)["winlog"].(map[string]any)
			host, channel = fmt.Sprint(winlog["computer_name"]), fmt.Sprint(winlog["channel"])
			fmt.Sscan(fmt.Sprint(winlog["record_id"]), &number)
		case "nxlog":
			o := parse(t, line.Bytes)
			host, channel = fmt.Sprint(o["Hostname"]), fmt.Sprint(o["Channel"])
			fmt.Sscan(fmt.Sprint(o["RecordNumber"]), &number)
		default:
			continue
		}
		key := host + channel
		if last[key] != 0 && number != last[key]+1 {
			t.Fatalf("%s: record %v after %v", key, number, last[key])
		}
		last[key] = number
		n++
	}
	if n < 5000 {
		t.Errorf("only %d Windows events", n)
	}
}

func TestSmallScenario(t *testing.T) {
	s, err := exercise.LoadFile(os.DirFS("testdata/small"), "scenario.yml")
	if err != nil {
		t.Fatal(err)
	}
	var conn, share, alerts, headers int
	for line := range s.Generate(start, 3) {
		text := string(line.Bytes)
		switch {
		case strings.HasPrefix(text, "#fields"):
			headers++
		case line.Source == "smb" && strings.Contains(text, `tab\x09here.exe`) && strings.Contains(text, `\\\\FS\\ADMIN$`):
			share++
		case line.Source == "conn" && strings.Contains(text, "203.0.113.7\t8080\ttcp\tssl"):
			conn++
		case line.Source == "eve" && strings.Contains(text, `"signature_id":1,"rev":3,"signature":"S","category":"C","severity":1`):
			alerts++
		}
		if line.Step != "" && line.Step != "one" {
			t.Errorf("a line of step %q", line.Step)
		}
	}
	if conn != 1 || share != 1 || alerts != 1 || headers != 4 { // two logs, opened at the start and at the full hour
		t.Errorf("%d connections, %d share files, %d alerts, %d headers", conn, share, alerts, headers)
	}
}
