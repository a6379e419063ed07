package exercise_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/exercise"
	"github.com/noroshi-soc/noroshi/sigma"
)

// decoded is a line as a rule sees it: the log's own fields and the log
// sources that it belongs to.
type decoded struct {
	fields  map[string]any
	sources []sigma.LogSource
}

// decoder reads the lines of all sources. It is only as clever as the rules
// need it to be, so that it shares no mistakes with the product's own.
type decoder struct {
	sources map[string]exercise.Source
	columns map[string][]string
}

func newDecoder(s *exercise.Scenario) *decoder {
	d := &decoder{sources: map[string]exercise.Source{}, columns: map[string][]string{}}
	for _, src := range s.Sources {
		d.sources[src.Name] = src
	}
	return d
}

// read decodes a line; a header or a line that no rule reads gives false.
func (d *decoder) read(t *testing.T, line exercise.Line) (decoded, bool) {
	t.Helper()
	src := d.sources[line.Source]
	switch src.Format {
	case "windows":
		return readWindows(t, src, line.Bytes), true
	case "suricata":
		o := parse(t, line.Bytes)
		return decoded{fields: flatten("", o, map[string]any{}), sources: []sigma.LogSource{{Product: "suricata"}, {Product: "suricata", Service: fmt.Sprint(o["event_type"])}}}, true
	case "syslog":
		return readSyslog(string(line.Bytes))
	}
	if src.Shape == "json" {
		o := parse(t, line.Bytes)
		return decoded{fields: o, sources: []sigma.LogSource{{Product: "zeek", Service: fmt.Sprint(o["_path"])}}}, true
	}
	return d.readTSV(src, string(line.Bytes))
}

func parse(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var o map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	if err := decoder.Decode(&o); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return o
}

func flatten(prefix string, o, into map[string]any) map[string]any {
	for key, value := range o {
		if inner, ok := value.(map[string]any); ok {
			flatten(prefix+key+".", inner, into)
			continue
		}
		into[prefix+key] = value
	}
	return into
}

var sysmonCategories = map[string]string{
	"1": "process_creation", "3": "network_connection", "7": "image_load", "8": "create_remote_thread", "10": "process_access", "11": "file_event",
	"13": "registry_set", "17": "pipe_created", "22": "dns_query",
}

func readWindows(t *testing.T, src exercise.Source, data []byte) decoded {
	t.Helper()
	o := parse(t, data)
	fields, channel, id := o, fmt.Sprint(o["Channel"]), fmt.Sprint(o["EventID"])
	if src.Shape == "winlogbeat" {
		winlog := o["winlog"].(map[string]any)
		fields = winlog["event_data"].(map[string]any)
		channel, id = fmt.Sprint(winlog["channel"]), fmt.Sprint(winlog["event_id"])
		fields["EventID"] = id
	}
	d := decoded{fields: fields}
	switch channel {
	case "Microsoft-Windows-Sysmon/Operational":
		d.sources = append(d.sources, sigma.LogSource{Product: "windows", Category: sysmonCategories[id]})
	case "Microsoft-Windows-PowerShell/Operational":
		d.sources = append(d.sources, sigma.LogSource{Product: "windows", Category: "ps_script"})
	default:
		d.sources = append(d.sources, sigma.LogSource{Product: "windows", Service: strings.ToLower(channel)})
	}
	return d
}

func (d *decoder) readTSV(src exercise.Source, text string) (decoded, bool) {
	parts := strings.Split(text, "\t")
	if strings.HasPrefix(text, "#") {
		if parts[0] == "#fields" {
			d.columns[src.Name] = parts[1:]
		}
		return decoded{}, false
	}
	fields := map[string]any{}
	for i, name := range d.columns[src.Name] {
		if parts[i] != "-" {
			fields[name] = strings.ReplaceAll(parts[i], `\\`, `\`)
		}
	}
	return decoded{fields: fields, sources: []sigma.LogSource{{Product: "zeek", Service: src.Log}}}, true
}

var (
	sshAccepted = regexp.MustCompile(`sshd.*(?:: | - - )Accepted (\S+) for (\S+) from (\S+) port (\d+)`)
	sshFailed   = regexp.MustCompile(`sshd.*(?:: | - - )Failed (\S+) for (invalid user )?(\S+) from (\S+) port (\d+)`)
	sudoRan     = regexp.MustCompile(`sudo(?:: | - - - )\s*(\S+) : (?:(user NOT in sudoers) ; )?TTY=(\S+) ; PWD=(\S+) ; USER=(\S+) ; COMMAND=(.*)`)
)

func readSyslog(text string) (decoded, bool) {
	ssh, sudo := []sigma.LogSource{{Product: "linux", Service: "sshd"}}, []sigma.LogSource{{Product: "linux", Service: "sudo"}}
	if m := sshAccepted.FindStringSubmatch(text); m != nil {
		return decoded{map[string]any{"outcome": "success", "method": m[1], "user": m[2], "source_ip": m[3]}, ssh}, true
	}
	if m := sshFailed.FindStringSubmatch(text); m != nil {
		return decoded{map[string]any{"outcome": "failure", "method": m[1], "user": m[3], "source_ip": m[4]}, ssh}, true
	}
	if m := sudoRan.FindStringSubmatch(text); m != nil {
		outcome := "success"
		if m[2] != "" {
			outcome = "failure"
		}
		return decoded{map[string]any{"outcome": outcome, "user": m[1], "tty": m[3], "pwd": m[4], "target_user": m[5], "command": m[6]}, sudo}, true
	}
	return decoded{}, false
}

// record fills a record of the engine.
func (d decoded) record(engine *sigma.Engine) *sigma.Record {
	record := engine.NewRecord()
	record.Reset(engine.Route(func(ls sigma.LogSource) bool { return slices.Contains(d.sources, ls) }))
	for name, value := range d.fields {
		number := record.Add(valueOf(value))
		if slot, ok := engine.Slot(name); ok {
			record.Name(slot, number)
		}
	}
	return record
}

func valueOf(value any) sigma.Value {
	switch v := value.(type) {
	case nil:
		return sigma.Value{Kind: sigma.Null}
	case string:
		return sigma.Value{Kind: sigma.String, Text: v}
	case bool:
		return sigma.Value{Kind: sigma.Bool, Text: fmt.Sprint(v)}
	case json.Number:
		return sigma.Value{Kind: sigma.Number, Text: v.String()}
	case []any:
		list := sigma.Value{Kind: sigma.List}
		for _, element := range v {
			list.List = append(list.List, valueOf(element))
		}
		return list
	}
	return sigma.Value{}
}
