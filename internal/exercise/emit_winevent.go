package exercise

import (
	"strconv"
	"strings"
	"time"
)

// winEvent is an event of a Windows log before a shipper puts it into its shape.
type winEvent struct {
	channel  string
	provider *provider
	id       int
	version  int
	task     int
	title    string // the first line of the message
	category string
	level    string
	failure  bool
	user     string // the account that the log service names, not the actor
	data     []Field
}

// provider is a writer of Windows events.
type provider struct{ name, guid string }

// set appends a field; it lets long lists of fields read like the event.
func (e *winEvent) set(name, value string) *winEvent {
	e.data = append(e.data, Field{name, value})
	return e
}

// log writes the event to the host's stream.
func (h *host) log(at time.Time, e *winEvent) {
	src := h.world.source(h.Site, "windows")
	shape := winlogbeat
	if src != nil && src.Shape == "nxlog" {
		shape = nxlog
	}
	h.world.write(at, src, func() []byte {
		if h.records[e.channel] == 0 {
			h.records[e.channel] = 20000 + int(hash64(h.Name+e.channel)%900000)
		}
		h.records[e.channel]++
		return shape(h, at, e).bytes()
	})
}

// winlogbeat is the shape of Elastic's shipper: ECS around the raw event.
func winlogbeat(h *host, at time.Time, e *winEvent) object {
	w := h.world
	data := make(object, 0, len(e.data))
	for _, f := range e.data {
		data = append(data, member{f.Name, f.Value})
	}
	winlog := object{
		{"api", "wineventlog"},
		{"channel", e.channel},
		{"computer_name", w.fqdn(h)},
		{"event_data", data},
		{"event_id", strconv.Itoa(e.id)},
		{"keywords", []string{e.keyword()}},
		{"opcode", "Info"},
		{"process", object{{"pid", h.writerPID(e)}, {"thread", object{{"id", h.writerPID(e) + 1388}}}}},
		{"provider_guid", e.provider.guid},
		{"provider_name", e.provider.name},
		{"record_id", h.records[e.channel]},
		{"task", e.category},
	}
	if e.user == system {
		winlog = append(winlog, member{"user", object{{"domain", "NT AUTHORITY"}, {"identifier", "S-1-5-18"}, {"name", "SYSTEM"}, {"type", "User"}}})
	}
	winlog = append(winlog, member{"version", e.version})
	return object{
		{"@timestamp", at.UTC().Format("2006-01-02T15:04:05.000Z")},
		{"agent", object{{"ephemeral_id", agentID(h, "run")}, {"id", agentID(h, "agent")}, {"name", h.Name}, {"type", "winlogbeat"}, {"version", "8.15.3"}}},
		{"ecs", object{{"version", "8.0.0"}}},
		{"event", object{{"action", e.category}, {"code", strconv.Itoa(e.id)}, {"created", at.Add(1300 * time.Millisecond).UTC().Format("2006-01-02T15:04:05.000Z")}, {"kind", "event"}, {"outcome", e.outcome()}, {"provider", e.provider.name}}},
		{"host", object{{"name", strings.ToLower(w.fqdn(h))}, {"hostname", h.Name}, {"ip", []string{h.IP}}, {"os", object{{"family", "windows"}, {"platform", "windows"}, {"type", "windows"}}}}},
		{"log", object{{"level", e.logLevel()}}},
		{"message", e.message()},
		{"winlog", winlog},
	}
}

// nxlog is the flat shape of NXLog's im_msvistalog with to_json: local time
// without a zone, fields beside the event's own.
func nxlog(h *host, at time.Time, e *winEvent) object {
	o := object{
		{"EventTime", at.In(h.world.s.location).Format("2006-01-02 15:04:05")},
		{"Hostname", h.world.fqdn(h)},
		{"Keywords", e.keywordNumber()},
		{"EventType", e.eventType()},
		{"SeverityValue", 2},
		{"Severity", "INFO"},
		{"EventID", e.id},
		{"SourceName", e.provider.name},
		{"ProviderGuid", e.provider.guid},
		{"Version", e.version},
		{"Task", e.task},
		{"OpcodeValue", 0},
		{"RecordNumber", h.records[e.channel]},
		{"ExecutionProcessID", h.writerPID(e)},
		{"ExecutionThreadID", h.writerPID(e) + 1388},
		{"Channel", e.channel},
		{"Category", e.category},
		{"Opcode", "Info"},
	}
	if e.user == system {
		o = append(o, member{"Domain", "NT AUTHORITY"}, member{"AccountName", "SYSTEM"}, member{"UserID", "S-1-5-18"}, member{"AccountType", "User"})
	}
	for _, f := range e.data {
		if f.Name == "EventType" { // the event's own value takes the place of NXLog's
			o[3].value = f.Value
			continue
		}
		o = append(o, member{f.Name, f.Value})
	}
	return append(o,
		member{"EventReceivedTime", at.In(h.world.s.location).Add(2 * time.Second).Format("2006-01-02 15:04:05")},
		member{"SourceModuleName", "eventlog"},
		member{"SourceModuleType", "im_msvistalog"})
}

// writerPID is the process that wrote the event: the log's own service.
func (h *host) writerPID(e *winEvent) int {
	if e.channel == "Security" {
		return h.named["lsass"].pid
	}
	return h.named["svchost"].pid
}

func (e *winEvent) keyword() string {
	switch {
	case e.failure:
		return "Audit Failure"
	case e.channel == "Security":
		return "Audit Success"
	}
	return "Classic"
}

func (e *winEvent) keywordNumber() int64 {
	switch {
	case e.failure:
		return -9218868437227405312
	case e.channel == "Security":
		return -9214364837600034816
	}
	return -9223372036854775808
}

func (e *winEvent) eventType() string {
	switch {
	case e.failure:
		return "AUDIT_FAILURE"
	case e.channel == "Security":
		return "AUDIT_SUCCESS"
	}
	return "INFO"
}

func (e *winEvent) outcome() string {
	if e.failure {
		return "failure"
	}
	return "success"
}

func (e *winEvent) logLevel() string {
	if e.level != "" {
		return e.level
	}
	return "information"
}

func (e *winEvent) message() string {
	var b strings.Builder
	b.WriteString(e.title)
	for _, f := range e.data {
		b.WriteString("\n" + f.Name + ": " + f.Value)
	}
	return b.String()
}

func agentID(h *host, what string) string {
	a, b := hash64(h.Name+what), hash64(what+h.Name)
	return uuidFrom(a, b)
}
