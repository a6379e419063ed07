package normalize

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// converter turns the text of one of the log's own fields into a column's; "" when it says nothing. What it has to write goes into m.
type converter func(m *memory, text string) string

// asIs makes a converter of what writes nothing.
func asIs(f func(string) string) converter { return func(_ *memory, s string) string { return f(s) } }

// converters are the words that mapping tables may use.
var converters = map[string]converter{
	"text":      asIs(plainValue),
	"lower":     func(m *memory, s string) string { return m.lower(plainValue(s)) },
	"basename":  asIs(basename),
	"host":      hostName,
	"domain":    domainName,
	"user":      asIs(accountName),
	"account":   asIs(accountDomain),
	"ip":        address,
	"number":    number,
	"seconds":   asIs(seconds),
	"guid":      guid,
	"sha256":    func(m *memory, s string) string { return m.lower(hashOf(s, "SHA256", 64)) },
	"audit":     asIs(auditOutcome),
	"status":    statusOutcome,
	"truth":     asIs(truthOutcome),
	"rcode":     asIs(rcodeOutcome),
	"protocol":  protocolName,
	"direction": asIs(direction),
	"severity":  severityNumber,
}

// plainValue is the text itself; "-" is what Windows and others write for nothing.
func plainValue(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

func basename(s string) string {
	return plainValue(s[strings.LastIndexAny(s, `\/`)+1:])
}

// hostName keeps a host's name as sent, in lower case and without the root's dot.
func hostName(m *memory, s string) string { return m.lower(bareHost(s)) }

func bareHost(s string) string { return strings.TrimSuffix(plainValue(strings.TrimSpace(s)), ".") }

// domainName is hostName without a port behind it.
func domainName(m *memory, s string) string { return m.lower(withoutPort(bareHost(s))) }

func withoutPort(name string) string {
	if host, port, ok := strings.Cut(name, ":"); ok && strings.IndexByte(port, ':') < 0 {
		return host
	}
	return name
}

// accountName takes the person out of DOMAIN\person and person@domain.
func accountName(s string) string {
	s = s[strings.LastIndexByte(s, '\\')+1:]
	if i := strings.IndexByte(s, '@'); i > 0 {
		s = s[:i]
	}
	return plainValue(s)
}

func accountDomain(s string) string {
	if domain, _, ok := strings.Cut(s, `\`); ok {
		return domain
	}
	if i := strings.IndexByte(s, '@'); i > 0 {
		return s[i+1:]
	}
	return ""
}

// address gives the canonical form; IPv4 inside IPv6 becomes IPv4, an interface's name is dropped.
func address(m *memory, s string) string {
	s = strings.TrimSpace(s)
	a, ok := parseAddress(s)
	if !ok {
		return ""
	}
	room := m.room(len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255"))
	text := a.AppendTo(room[:0])
	if string(text) == s {
		return s
	}
	m.take(room, len(text))
	return view(text)
}

// parseAddress reads an IPv4 or IPv6 address as address gives it. Names of hosts are told apart by a glance: an error costs more than an address.
func parseAddress(s string) (netip.Addr, bool) {
	if !mayBeAddress(s) {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}, false
	}
	if a.Is4() {
		return a, true
	}
	return a.Unmap().WithZone(""), true
}

// mayBeAddress is false for most of what is none: an address has a colon, or is of digits and dots.
func mayBeAddress(s string) bool {
	if s == "" {
		return false
	}
	if _, hex := hexDigit(s[0]); !hex && s[0] != ':' {
		return false
	}
	if strings.IndexByte(s, ':') >= 0 {
		return true
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c-'0' > 9 && c != '.' {
			return false
		}
	}
	return true
}

// number gives a decimal integer; hexadecimal is read, a fraction of zeros dropped, anything else is nothing.
func number(m *memory, s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		n, err := strconv.ParseUint(s[2:], 16, 63)
		if err != nil {
			return ""
		}
		room := m.room(20)
		text := strconv.AppendUint(room[:0], n, 10)
		m.take(room, len(text))
		return view(text)
	}
	if whole, part, ok := strings.Cut(s, "."); ok && strings.Trim(part, "0") == "" {
		s = whole
	}
	if !isInt64(s) {
		return ""
	}
	return s
}

// isInt64 reports whether s is a decimal 64-bit integer, perhaps with a sign.
func isInt64(s string) bool {
	if _, digits := decimal(s); digits && len(s) < 19 {
		return true // it fits, whatever its digits
	}
	_, err := strconv.ParseInt(s, 10, 64)
	return err == nil
}

func seconds(s string) string {
	if f, err := strconv.ParseFloat(s, 64); err != nil || f != f || f-f != 0 { // neither NaN nor infinite
		return ""
	}
	return s
}

func guid(m *memory, s string) string {
	return m.lower(strings.Trim(plainValue(s), "{}"))
}

// hashOf takes one hash out of "SHA1=…,SHA256=…", or the text itself when it is bare and of that length.
func hashOf(s, kind string, length int) string {
	for part := range strings.SplitSeq(s, ",") {
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			name, value = kind, part
		}
		if strings.EqualFold(strings.TrimSpace(name), kind) && len(value) == length && isHex(value) {
			return value
		}
	}
	return ""
}

func isHex(s string) bool {
	for i := 0; i < len(s); i++ {
		if _, ok := hexDigit(s[i]); !ok {
			return false
		}
	}
	return s != ""
}

const (
	success = "success"
	failure = "failure"
)

// auditOutcome reads Windows' audit keywords: as a mask (hexadecimal or a signed number), in words, or as NXLog's EventType.
func auditOutcome(s string) string {
	switch s {
	case "0x8020000000000000", "-9214364837600034816", "AUDIT_SUCCESS", "Audit Success":
		return success
	case "0x8010000000000000", "-9218868437227405312", "AUDIT_FAILURE", "Audit Failure":
		return failure
	case success, failure: // Winlogbeat's event.outcome
		return s
	}
	return ""
}

// statusOutcome reads an NTSTATUS or Kerberos code: zero is success.
func statusOutcome(m *memory, s string) string {
	n := number(m, s)
	switch {
	case plainValue(s) == "":
		return ""
	case n == "0":
		return success
	}
	return failure
}

func truthOutcome(s string) string {
	switch s {
	case "true", "T", "1":
		return success
	case "false", "F", "0":
		return failure
	}
	return ""
}

func rcodeOutcome(s string) string {
	switch s {
	case "", "-":
		return ""
	case "NOERROR", "0":
		return success
	}
	return failure
}

func protocolName(m *memory, s string) string {
	switch s {
	case "1":
		return "icmp"
	case "6":
		return "tcp"
	case "17":
		return "udp"
	case "58":
		return "ipv6-icmp"
	}
	return m.lower(plainValue(s))
}

// direction reads Sysmon's Initiated and the Filtering Platform's Direction.
func direction(s string) string {
	switch s {
	case "true", "%%14593", "Outbound":
		return "egress"
	case "false", "%%14592", "Inbound":
		return "ingress"
	}
	return ""
}

// severityNumber gives the number of a syslog severity's name, or the number itself.
func severityNumber(m *memory, s string) string {
	for i, name := range severities {
		if s == name {
			return strconv.Itoa(i)
		}
	}
	return number(m, s)
}

// scalar gives the text of a value, of a list its first element's.
func scalar(v event.Value) string {
	for v.Kind == event.List {
		if len(v.List) == 0 {
			return ""
		}
		v = v.List[0]
	}
	return v.Text
}
