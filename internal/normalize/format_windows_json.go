package normalize

import (
	"errors"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// windowsFamily begins the datasets of Windows' own logs.
const windowsFamily = "windows."

// windowsHead is what a Windows event says of itself, whichever shape a shipper gave it. event.Own tells the shapes apart by name.
type windowsHead struct {
	code, channel, provider                    string
	utc, system, created, eventTime, timestamp *event.Value // nil when they are not there
}

var errNoEventID = errors.New("no Windows event: neither EventID nor winlog.event_id nor Event.System.EventID is there")

// windows reads Windows and Sysmon events as JSON: flat (NXLog, PowerShell, and others), Winlogbeat's, and nested as the XML is.
func (r *reader) windows(ev *event.Event, text string) error {
	fields, err := r.object(text)
	if err != nil {
		return err
	}
	return r.windowsFields(ev, fields)
}

func (r *reader) windowsFields(ev *event.Event, fields event.Fields) error {
	ev.Dataset, ev.Fields = windowsFamily+"unknown", fields
	r.foldNamedData(ev)
	var head windowsHead
	head.read(ev.Fields, r.marksOf(ev))
	if head.code == "" {
		return errNoEventID
	}
	ev.Columns[event.EventCode] = head.code
	ev.Dataset = r.n.tables.windowsDataset(head.channel, head.provider)
	if head.channel == "" {
		r.note("no Channel")
	}
	// The event's own clock comes first: UtcTime (Sysmon's), then the System part's time, both UTC by definition. @timestamp is the event's time
	// from some shippers and the time of sending from others, so it comes third. EventTime and TimeCreated without zone are the sender's wall
	// clock and are used, with the source's zone, only where no instant is given.
	r.setTime(ev,
		stamp{name: "UtcTime", value: head.utc, utc: true}, stamp{name: "SystemTime", value: head.system, utc: true},
		stamp{name: "TimeCreated", value: head.created}, stamp{name: "EventTime", value: head.eventTime},
		stamp{name: "@timestamp", value: head.timestamp})
	return nil
}

// read takes the fields in the order of event.EachOwn.
func (h *windowsHead) read(fields event.Fields, marks []mark) {
	plain := false
	for i := range marks {
		m := &marks[i]
		plain = plain || m.plain != 0
		if m.known != 0 && m.known < headEnd {
			h.take(m.known, &fields[i].Value)
		}
	}
	if !plain {
		return
	}
	for place := range event.Places {
		for i := range marks {
			if m := &marks[i]; m.place == place && m.plain != 0 && m.plain < headEnd {
				h.take(m.plain, &fields[i].Value)
			}
		}
	}
}

func (h *windowsHead) take(name knownName, v *event.Value) {
	switch name {
	case knownEventID:
		firstText(&h.code, v)
	case knownChannel:
		firstText(&h.channel, v)
	case knownProvider:
		firstText(&h.provider, v)
	case knownUTCTime:
		first(&h.utc, v)
	case knownSystemTime:
		first(&h.system, v)
	case knownTimeCreated:
		first(&h.created, v)
	case knownEventTime:
		first(&h.eventTime, v)
	case knownTimestamp:
		first(&h.timestamp, v)
	}
}

func firstText(to *string, v *event.Value) {
	if *to == "" && v.Kind != event.List {
		*to = strings.TrimSpace(v.Text)
	}
}

func first(to **event.Value, v *event.Value) {
	if *to == nil {
		*to = v
	}
}

// windowsDataset names the dataset of a channel: as the tables say, else by its own name. An event without channel is told by its provider.
func (t *tables) windowsDataset(channel, provider string) string {
	if channel == "" {
		if dataset, ok := lookUp(t.providers, provider); ok {
			return dataset
		}
		return windowsFamily + "unknown"
	}
	if dataset, ok := lookUp(t.channels, channel); ok {
		return dataset
	}
	short := strings.ToLower(channel)
	short = strings.TrimSuffix(strings.TrimPrefix(short, "microsoft-windows-"), "/operational")
	dataset := windowsFamily + slug(short)
	if t.datasets[dataset] { // taken by a channel of the tables
		return windowsFamily + "channel-" + slug(channel)
	}
	return dataset
}

func lookUp(table map[string]string, name string) (string, bool) {
	if v, ok := table[name]; ok {
		return v, true
	}
	v, ok := table[strings.ToLower(name)]
	return v, ok
}

var (
	dataNames = []string{".Name", ".@Name", ".#attributes.Name"}
	dataTexts = []string{".#text", ".Value", ".$", ".content", ".text"}
)

// foldNamedData turns EventData's list of {Name, #text}, as converters from XML write it, into a field for each name: EventData.Image.
func (r *reader) foldNamedData(ev *event.Event) {
	marks := r.marksOf(ev)
	for i := range marks {
		if !marks[i].named {
			continue
		}
		name := ev.Fields[i].Name
		base := name[:strings.Index(name, ".Data.")]
		for _, suffix := range dataNames {
			if name == base+".Data"+suffix {
				ev.Fields, r.marked = foldData(ev.Fields, base, ev.Fields[i].Value), false
				return
			}
		}
	}
}

func foldData(fields event.Fields, base string, names event.Value) event.Fields {
	var texts event.Value
	for _, suffix := range dataTexts {
		if texts = fields.Get(base + ".Data" + suffix); texts.Kind != event.Absent {
			break
		}
	}
	out := make(event.Fields, 0, len(fields)+len(names.List))
	folded := false
	for _, f := range fields {
		if !strings.HasPrefix(f.Name, base+".Data.") {
			out = append(out, f)
			continue
		}
		if folded {
			continue
		}
		folded = true
		for i, name := range elements(names) {
			out = append(out, event.Field{Name: dataName(base, name), Value: elementText(texts, i)})
		}
	}
	return out
}

func dataName(base string, name event.Value) string {
	if name.Text == "" {
		return base + ".Data"
	}
	return base + "." + name.Text
}

func elements(v event.Value) []event.Value {
	if v.Kind == event.List {
		return v.List
	}
	return []event.Value{v}
}

// elementText is the i-th element's text; an element without text is an empty string, as in XML.
func elementText(texts event.Value, i int) event.Value {
	all := elements(texts)
	if i >= len(all) || all[i].Kind == event.Absent || all[i].Kind == event.Null {
		return event.Str("")
	}
	return all[i]
}
