package event

import "strings"

// Own returns the value of one of the log's own fields by the plain name that its documentation and Sigma use, whatever wrapping a shipper put around it:
// for the datasets "windows.*" the name "Image" is also found as "winlog.event_data.Image", "Event.EventData.Image" or "EventData.Image", and "EventID", "Channel",
// "Computer", "Provider_Name" under the shipper's names for them. An exact name wins over a stripped one, the event's head (System) over its data.
// The Kind is Absent when there is none. Own depends on Fields and Dataset alone, so that an event read back from a store answers as the live one did.
func (e *Event) Own(name string) Value {
	if v := e.Fields.Get(name); v.Kind != Absent || !e.wrapped() {
		return v
	}
	best, found := rankNone, -1
	for i := range e.Fields {
		if plain, r := plainWindows(e.Fields[i].Name); r < best && plain == name {
			best, found = r, i
		}
	}
	if found < 0 {
		return Value{}
	}
	return e.Fields[found].Value
}

// EachOwn calls yield with every field under its own name, then again under its plain name where that is another one, in the order of precedence of Own:
// the first call with a name carries the value that Own answers. It is the fast way to fill many slots at once. It stops when yield answers false.
func (e *Event) EachOwn(yield func(name string, v Value) bool) {
	e.EachName(func(name string, field int) bool { return yield(name, e.Fields[field].Value) })
}

// EachName is EachOwn that tells of each name which of Fields has it. All fields come in their order first, each under its own name.
func (e *Event) EachName(yield func(name string, field int) bool) {
	for i := range e.Fields {
		if !yield(e.Fields[i].Name, i) {
			return
		}
	}
	if e.wrapped() {
		e.eachPlain(yield)
	}
}

// eachPlain goes over the fields once for each rank that is there: that is the head's for nearly all that shippers do not wrap.
func (e *Event) eachPlain(yield func(name string, field int) bool) {
	var later [rankNone]bool
	for i := range e.Fields {
		name := e.Fields[i].Name
		if surelyPlain(name) {
			continue
		}
		switch plain, r := plainWindows(name); r {
		case rankNone:
		case rankHead:
			if !yield(plain, i) {
				return
			}
		default:
			later[r] = true
		}
	}
	for want := rankHead + 1; want < rankNone; want++ {
		if later[want] && !e.eachOfRank(want, yield) {
			return
		}
	}
}

func (e *Event) eachOfRank(want rank, yield func(name string, field int) bool) bool {
	for i := range e.Fields {
		name := e.Fields[i].Name
		if surelyPlain(name) {
			continue
		}
		if plain, r := plainWindows(name); r == want && !yield(plain, i) {
			return false
		}
	}
	return true
}

func (e *Event) wrapped() bool { return strings.HasPrefix(e.Dataset, "windows.") }

// PlainName gives the name that Windows itself uses for a field as a shipper named it, and its place in Own's order of precedence: the lower place wins.
// ok is false where a name has no plain name beside it.
func PlainName(name string) (plain string, place uint8, ok bool) {
	plain, r := plainWindows(name)
	return plain, uint8(r), r != rankNone
}

// Places is how many places PlainName tells apart.
const Places = uint8(rankNone)

// rank orders the places where a plain Windows name may come from; lower wins.
type rank uint8

const (
	rankHead rank = iota // the event's System part
	rankData             // EventData, UserData
	rankWeak             // a shipper's word for the head that providers also use in their data
	rankNone             // the name is plain already, or not Windows' own
)

// headNames are shippers' wrapped names for the fields of an event's System part.
var headNames = map[string]string{
	"winlog.event_id": "EventID", "winlog.channel": "Channel", "winlog.provider_name": "Provider_Name", "winlog.provider_guid": "ProviderGuid",
	"winlog.computer_name": "Computer", "winlog.record_id": "EventRecordID", "winlog.task": "Task", "winlog.opcode": "Opcode",
	"winlog.keywords": "Keywords", "winlog.level": "Level", "winlog.version": "Version", "winlog.activity_id": "ActivityID",
	"winlog.process.pid": "ExecutionProcessID", "winlog.process.thread.id": "ThreadID", "winlog.user.identifier": "UserID",
	"winlog.user.name": "AccountName", "winlog.user.domain": "Domain", "winlog.user.type": "AccountType",
	"System.EventID": "EventID", "System.EventID.Qualifiers": "Qualifiers", "System.Provider.Name": "Provider_Name", "System.Provider.Guid": "ProviderGuid",
	"System.Provider.EventSourceName": "EventSourceName", "System.TimeCreated.SystemTime": "SystemTime",
	"System.Correlation.ActivityID": "ActivityID", "System.Correlation.RelatedActivityID": "RelatedActivityID",
	"System.Execution.ProcessID": "ExecutionProcessID", "System.Execution.ThreadID": "ThreadID", "System.Security.UserID": "UserID",
}

// surelyPlain tells most names that have no plain name beside them by a glance: what plainWindows unwraps begins with five words,
// and what plainFlat knows has a length and a first letter.
func surelyPlain(name string) bool {
	if name == "" {
		return true
	}
	switch first := name[0]; first {
	case 'w':
		return !strings.HasPrefix(name, "winlog.")
	case 'E':
		return len(name) != 7 && !strings.HasPrefix(name, "Event.") && !strings.HasPrefix(name, "EventData.")
	case 'S':
		return len(name) != 6 && len(name) != 10 && !strings.HasPrefix(name, "System.")
	case 'U':
		return !strings.HasPrefix(name, "UserData.")
	case 'H':
		return len(name) != 8
	case 'R', 'C', 'P':
		return len(name) != 12
	case 'M':
		return len(name) != 11
	case 'm', 'L':
		return len(name) != 7
	case 'I':
		return len(name) != 2
	}
	return true
}

// plainWindows gives the name that Windows itself uses for a field as a shipper named it, and where it came from.
func plainWindows(name string) (string, rank) {
	if strings.HasPrefix(name, "winlog.") {
		if data, ok := strings.CutPrefix(name, "winlog.event_data."); ok {
			return data, rankData
		}
		if data, ok := strings.CutPrefix(name, "winlog.user_data."); ok {
			return data, rankData
		}
		if plain, ok := headNames[name]; ok {
			return plain, rankHead
		}
		return name, rankNone
	}
	if strings.IndexByte(name, '.') < 0 {
		return plainFlat(name)
	}
	rest := strings.TrimPrefix(name, "Event.")
	if head, ok := strings.CutPrefix(rest, "System."); ok {
		return plainHead(head), rankHead
	}
	if data, ok := strings.CutPrefix(rest, "EventData."); ok {
		return unwrapText(data), rankData
	}
	if data, ok := strings.CutPrefix(rest, "UserData."); ok {
		if _, inner, ok := strings.Cut(data, "."); ok { // below one element of the provider's own
			data = inner
		}
		return unwrapText(data), rankData
	}
	return name, rankNone
}

// plainFlat names a field that stands beside all others, as NXLog, PowerShell and others write it.
func plainFlat(name string) (string, rank) {
	switch name {
	case "Hostname":
		return "Computer", rankHead
	case "SourceName":
		return "Provider_Name", rankHead
	case "RecordNumber":
		return "EventRecordID", rankHead
	case "message":
		return "Message", rankHead
	case "ComputerName", "MachineName":
		return "Computer", rankWeak
	case "ProviderName", "Source":
		return "Provider_Name", rankWeak
	case "LogName":
		return "Channel", rankWeak
	case "EventId", "Id":
		return "EventID", rankWeak
	}
	return name, rankNone
}

// plainHead names a field of System: attributes may stand in an object of their own ("#attributes", "Provider_attributes") or have an "@" before them.
func plainHead(head string) string {
	element, attribute, ok := strings.Cut(unwrapText(head), ".")
	if !ok {
		return element
	}
	attribute = strings.TrimPrefix(strings.TrimPrefix(attribute, "#attributes."), "@")
	if plain, ok := headNames["System."+strings.TrimSuffix(element, "_attributes")+"."+attribute]; ok {
		return plain
	}
	return head
}

// unwrapText drops the name that a converter from XML gives to an element's text.
func unwrapText(name string) string {
	for _, suffix := range [...]string{".#text", ".Value", ".$"} {
		if text, ok := strings.CutSuffix(name, suffix); ok {
			return text
		}
	}
	return name
}
