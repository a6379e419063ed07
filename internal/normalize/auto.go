package normalize

import (
	"bytes"
	"errors"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/source"
)

var errNoFormat = errors.New("no format is known that looks so")

// auto looks at each record: JSON by the fields that only one format has, anything else by its beginning.
func (r *reader) auto(ev *event.Event, text string) error {
	trimmed := strings.TrimLeft(text, " \t\r\n")
	switch {
	case trimmed == "":
		return errEmpty
	case trimmed[0] == '{':
		return r.autoJSON(ev, text)
	case isZeekHeader(trimmed), trimmed[0] != '#' && r.zeek.inForce():
		return r.zeekRecord(ev, text)
	case looksLikeSyslog(trimmed):
		return r.syslog(ev, text)
	}
	return errNoFormat
}

func (r *reader) autoJSON(ev *event.Event, text string) error {
	fields, err := r.object(text)
	if err != nil {
		return err
	}
	has := func(name string) bool { return fields.Get(name).Kind != event.Absent }
	if has("event_type") && (has("src_ip") || has("flow_id") || has("timestamp")) {
		return r.suricataFields(ev, fields)
	}
	if has("_path") || has("ts") && (has("uid") || has("id.orig_h") || has("fuid")) {
		return r.zeekFields(ev, fields, r.zeekPath(fields))
	}
	if r.windowsFields(ev, fields) == nil {
		return nil
	}
	if inner, ok := r.wrappedText(fields); ok {
		return r.wrapped(ev, fields, inner, r.auto)
	}
	return errNoFormat
}

func looksLikeSyslog(text string) bool {
	if _, _, ok := cutPriority(text); ok {
		return true
	}
	_, ok := new(syslogLine).cutStamp(text)
	return ok
}

var zeekKeys = []string{"#separator", "#set_separator", "#empty_field", "#unset_field", "#path", "#open", "#close", "#fields", "#types"}

// isZeekHeader tells Zeek's own #-lines from other people's comments.
func isZeekHeader(text string) bool {
	if text[0] != '#' {
		return false
	}
	for _, key := range zeekKeys {
		// What follows a key is a separator, which is no letter.
		if rest, ok := strings.CutPrefix(text, key); ok && rest != "" && !(rest[0] >= 'a' && rest[0] <= 'z' || rest[0] == '_') {
			return true
		}
	}
	return false
}

// sniffed is how much of a head Sniff looks at.
const sniffed = 64 << 10

// jsonMarks tell a JSON format by names that only it has, in the order of trial. Each group needs one of its names.
var jsonMarks = []struct {
	format source.Format
	groups [][]string
}{
	{source.FormatSuricata, [][]string{{`"event_type"`}, {`"src_ip"`, `"flow_id"`, `"stats"`}}},
	{source.FormatZeek, [][]string{{`"_path"`}, {`"ts"`}}},
	{source.FormatZeek, [][]string{{`"ts"`}, {`"uid"`, `"id.orig_h"`, `"fuid"`}}},
	{source.FormatWindows, [][]string{{`"EventID"`, `"event_id"`, `"Id"`}, {`"Channel"`, `"channel"`, `"Provider_Name"`, `"SourceName"`, `"Provider"`, `"ProviderName"`, `"EventData"`, `"event_data"`}}},
	{source.FormatWindows, [][]string{{`"EventID"`}, {`"Hostname"`, `"Computer"`}}},
}

// Sniff says which format a record, or a file's head, looks like. ok is false when it looks like none. It reads at most the first 64 KB,
// which may be cut anywhere; arrays and pretty-printed objects are known too.
func Sniff(head []byte) (format source.Format, ok bool) {
	text, _ := plainText(head[:min(len(head), sniffed)])
	text = strings.TrimLeft(text, " \t\r\n")
	if text == "" {
		return "", false
	}
	switch {
	case text[0] == '{' || text[0] == '[':
		return sniffJSON([]byte(text))
	case isZeekHeader(text):
		return source.FormatZeek, true
	case looksLikeSyslog(text):
		return source.FormatSyslog, true
	}
	return "", false
}

func sniffJSON(text []byte) (source.Format, bool) {
	for _, mark := range jsonMarks {
		found := 0
		for _, group := range mark.groups {
			for _, name := range group {
				if bytes.Contains(text, []byte(name)) {
					found++
					break
				}
			}
		}
		if found == len(mark.groups) {
			return mark.format, true
		}
	}
	return "", false
}
