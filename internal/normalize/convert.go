package normalize

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// converter turns the text of one of the log's own fields into a column's; "" when it says nothing.
type converter func(text string) string

// converters are the words that mapping tables may use.
var converters = map[string]converter{
	"text":      plainValue,
	"lower":     func(s string) string { return strings.ToLower(plainValue(s)) },
	"basename":  basename,
	"host":      hostName,
	"domain":    domainName,
	"user":      accountName,
	"account":   accountDomain,
	"ip":        address,
	"number":    number,
	"seconds":   seconds,
	"guid":      guid,
	"sha256":    func(s string) string { return hashOf(s, "SHA256", 64) },
	"audit":     auditOutcome,
	"status":    statusOutcome,
	"truth":     truthOutcome,
	"rcode":     rcodeOutcome,
	"protocol":  protocolName,
	"direction": direction,
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
func hostName(s string) string {
	return strings.ToLower(strings.TrimSuffix(plainValue(strings.TrimSpace(s)), "."))
}

// domainName is hostName without a port behind it.
func domainName(s string) string {
	name := hostName(s)
	if host, port, ok := strings.Cut(name, ":"); ok && !strings.Contains(port, ":") {
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
func address(s string) string {
	a, err := netip.ParseAddr(strings.TrimSpace(s))
	if err != nil {
		return ""
	}
	if a.Is4() {
		return a.String()
	}
	return a.Unmap().WithZone("").String()
}

// number gives a decimal integer; hexadecimal is read, a fraction of zeros dropped, anything else is nothing.
func number(s string) string {
	s = strings.TrimSpace(s)
	if digits, ok := strings.CutPrefix(strings.ToLower(s), "0x"); ok {
		n, err := strconv.ParseUint(digits, 16, 63)
		if err != nil {
			return ""
		}
		return strconv.FormatUint(n, 10)
	}
	if whole, part, ok := strings.Cut(s, "."); ok && strings.Trim(part, "0") == "" {
		s = whole
	}
	if _, err := strconv.ParseInt(s, 10, 64); err != nil {
		return ""
	}
	return s
}

func seconds(s string) string {
	if f, err := strconv.ParseFloat(s, 64); err != nil || f != f || f-f != 0 { // neither NaN nor infinite
		return ""
	}
	return s
}

func guid(s string) string {
	return strings.ToLower(strings.Trim(plainValue(s), "{}"))
}

// hashOf takes one hash out of "SHA1=…,SHA256=…", or the text itself when it is bare and of that length; lower-case.
func hashOf(s, kind string, length int) string {
	for part := range strings.SplitSeq(s, ",") {
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			name, value = kind, part
		}
		if strings.EqualFold(strings.TrimSpace(name), kind) && len(value) == length && isHex(value) {
			return strings.ToLower(value)
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
func statusOutcome(s string) string {
	n := number(s)
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

func protocolName(s string) string {
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
	return strings.ToLower(plainValue(s))
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
func severityNumber(s string) string {
	for i, name := range severities {
		if s == name {
			return strconv.Itoa(i)
		}
	}
	return number(s)
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
