package normalize

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
)

var facilities = [...]string{
	"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
	"ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
}

var severities = [...]string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

var errNoSyslog = errors.New("no syslog: begins with neither <priority> nor a time")

// syslogLine is a syslog message in parts.
type syslogLine struct {
	priority                         int // -1 when not sent
	stamp, host, program, pid, msgID string
	data                             event.Fields // structured data
	message                          string
	yearless                         bool
}

// syslog reads RFC 5424, RFC 3164, and lines of log files, which have no priority and an RFC 3164 or ISO 8601 time. sshd and sudo are read deeper.
func (r *reader) syslog(ev *event.Event, text string) error {
	text = strings.TrimRight(text, "\r\n\x00")
	if strings.TrimSpace(text) == "" {
		return errEmpty
	}
	if text[0] == '{' {
		fields, err := r.object(text)
		if err != nil {
			return err
		}
		if inner, ok := r.wrappedText(fields); ok {
			return r.wrapped(ev, fields, inner, r.syslog)
		}
		return errNoSyslog
	}
	line, err := splitSyslog(r.json.keep(text))
	if err != nil {
		return err
	}
	ev.Dataset, ev.Fields = "syslog", line.fields()
	r.syslogTime(ev, line)
	switch line.program {
	case "sshd", "sshd-session", "sshd-auth":
		ev.Dataset = "linux.sshd"
		ev.Fields = append(ev.Fields, readSSHD(&r.json.memory, line.message)...)
	case "sudo":
		ev.Dataset = "linux.sudo"
		ev.Fields = append(ev.Fields, readSudo(&r.json.memory, line.message)...)
	}
	return nil
}

func (l *syslogLine) fields() event.Fields {
	out := make(event.Fields, 0, 8+len(l.data)+6)
	add := func(name, text string) {
		if text != "" {
			out = append(out, event.Field{Name: name, Value: event.Str(text)})
		}
	}
	add("timestamp", l.stamp)
	add("hostname", l.host)
	add("program", l.program)
	add("pid", l.pid)
	add("msgid", l.msgID)
	if l.priority >= 0 {
		add("facility", facilities[l.priority/8])
		add("severity", severities[l.priority%8])
	}
	out = append(out, l.data...)
	return append(out, event.Field{Name: "message", Value: event.Str(l.message)})
}

func (r *reader) syslogTime(ev *event.Event, l *syslogLine) {
	if !l.yearless {
		written := event.Str(l.stamp)
		r.setTime(ev, stamp{name: "timestamp", value: &written})
		return
	}
	t, ok := nearestYear(l.stamp, ev.Received, r.zone)
	if !ok {
		r.note("time in timestamp cannot be read: %.64q", l.stamp)
		r.timeOfReceipt(ev)
		return
	}
	r.localTime(ev, t, event.TimeYearFilled)
}

// nearestYear reads "Nov 18 20:53:12" in the year that brings it nearest to receipt and can be true.
func nearestYear(stamp string, received time.Time, loc *time.Location) (best time.Time, ok bool) {
	month, day, clock, ok := splitStamp(stamp)
	if !ok {
		return best, false
	}
	here := received.In(loc)
	for year := here.Year() - 1; year <= here.Year()+1; year++ {
		t := time.Date(year, month, day, clock[0], clock[1], clock[2], 0, loc)
		if d := time.Date(year, month, day, 0, 0, 0, 0, time.UTC); d.Day() != day {
			continue // 29 February in a common year
		}
		if doubt(t, true, received) != "" {
			continue
		}
		if best.IsZero() || t.Sub(received).Abs() < best.Sub(received).Abs() {
			best = t
		}
	}
	return best, !best.IsZero()
}

const months = "JanFebMarAprMayJunJulAugSepOctNovDec"

func splitStamp(stamp string) (month time.Month, day int, clock [3]int, ok bool) {
	parts := strings.Fields(stamp)
	if len(parts) != 3 || len(parts[0]) != 3 {
		return 0, 0, clock, false
	}
	at := strings.Index(months, parts[0])
	day, okDay := decimal(parts[1])
	clock, okClock := parseClock(parts[2])
	if at < 0 || at%3 != 0 || !okDay || !okClock || day < 1 || day > 31 || len(parts[1]) > 2 {
		return 0, 0, clock, false
	}
	return time.Month(at/3 + 1), day, clock, true
}

func splitSyslog(text string) (*syslogLine, error) {
	l := &syslogLine{priority: -1}
	rest := text
	if n, after, ok := cutPriority(text); ok {
		l.priority, rest = n, after
		if body, ok := strings.CutPrefix(rest, "1 "); ok {
			return l, l.split5424(body)
		}
	}
	return l, l.split3164(rest)
}

func cutPriority(text string) (n int, rest string, ok bool) {
	if text[0] != '<' {
		return 0, text, false
	}
	end := strings.IndexByte(text, '>')
	if end < 2 || end > 4 {
		return 0, text, false
	}
	n, err := strconv.Atoi(text[1:end])
	if err != nil || n < 0 || n > 191 || text[1] == '+' {
		return 0, text, false
	}
	return n, text[end+1:], true
}

// split3164 reads "time host program[pid]: message". Without a time, everything behind the priority is the message (RFC 3164, 4.3.3).
func (l *syslogLine) split3164(rest string) error {
	after, ok := l.cutStamp(rest)
	if !ok {
		if l.priority < 0 {
			return errNoSyslog
		}
		l.message = rest
		return nil
	}
	host, after, _ := strings.Cut(strings.TrimLeft(after, " "), " ")
	if program, pid, ok := cutTag(host + " "); ok { // no host was sent, as by syslog(3) to a local socket
		l.program, l.pid, l.message = program, pid, after
		return nil
	}
	l.host = host
	after = strings.TrimLeft(after, " ")
	tag, message, ok := strings.Cut(after, ": ")
	if !ok {
		tag, message = strings.TrimSuffix(after, ":"), ""
		ok = tag != after
	}
	if program, pid, isTag := cutTag(tag + ": "); ok && isTag {
		l.program, l.pid, l.message = program, pid, message
		return nil
	}
	l.message = after
	return nil
}

// cutStamp takes the time off the front: "Nov 18 20:53:12" or "Nov  8 …", perhaps with a year behind the day, or ISO 8601.
func (l *syslogLine) cutStamp(text string) (rest string, ok bool) {
	if len(text) > 19 && text[4] == '-' {
		stamp, rest, _ := strings.Cut(text, " ")
		if len(stamp) == 10 { // a blank instead of 'T'
			clock, after, _ := strings.Cut(rest, " ")
			stamp, rest = stamp+" "+clock, after
		}
		if _, _, ok := parseISO(stamp, time.UTC); ok {
			l.stamp = stamp
			return rest, true
		}
		return text, false
	}
	if len(text) < 14 {
		return text, false
	}
	end := strings.IndexByte(text[min(6, len(text)):], ':') + 6 // of the hour
	if end < 6 || len(text) < end+6 || end > 12 {
		return text, false
	}
	l.stamp = text[:end+6]
	if _, _, _, ok := splitStamp(l.stamp); !ok {
		l.stamp = ""
		return text, false
	}
	l.yearless = true
	return strings.TrimPrefix(text[end+6:], " "), true
}

// cutTag reads "program[pid]: ".
func cutTag(text string) (program, pid string, ok bool) {
	tag, ok := strings.CutSuffix(text, ": ")
	if !ok || tag == "" || strings.ContainsAny(tag, " \t\"=") {
		return "", "", false
	}
	if head, inner, found := strings.Cut(tag, "["); found && strings.HasSuffix(inner, "]") {
		return programName(head), strings.TrimSuffix(inner, "]"), head != ""
	}
	return programName(tag), "", true
}

// programName drops the folder of a program's path.
func programName(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }
