package report

import (
	"net/netip"
	"regexp"
	"strings"
)

// markdown writes values as code, defanged where they lie outside, so that neither a log's content can become markup nor a click lead to an attacker.
var markdown = ink{
	value:  code,
	far:    func(s string) string { return code(defang(s)) },
	record: func(_, s string) string { return code(defangText(s)) },
}

// code makes a code span of any text.
func code(s string) string {
	if s == "" {
		return ""
	}
	s = strings.Join(strings.Fields(s), " ")
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

var escaper = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "#", `\#`, "|", `\|`, "!", `\!`, "\n", " ", "\r", " ",
)

// escape makes text of any text.
func escape(s string) string { return escaper.Replace(s) }

// schemes keep a mail program from making a link of an address in a record.
var schemes = strings.NewReplacer("http://", "hxxp://", "https://", "hxxps://")

// defang takes the life out of an address, domain or URL outside: 203.0.113[.]5, hxxp://a[.]example/.
func defang(s string) string {
	if a, err := netip.ParseAddr(s); err == nil {
		if !outside(s) {
			return s
		}
		if a.Is6() {
			return strings.Replace(s, ":", "[:]", 1)
		}
		return lastDot(s)
	}
	scheme, rest, ok := strings.Cut(schemes.Replace(s), "://")
	if !ok {
		return lastDot(s)
	}
	host, path, _ := strings.Cut(rest, "/")
	return scheme + "://" + lastDot(host) + "/" + path
}

func lastDot(s string) string {
	at := strings.LastIndex(s, ".")
	if at < 0 {
		return s
	}
	return s[:at] + "[.]" + s[at+1:]
}

var (
	addressInText = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)
	hostInText    = regexp.MustCompile(`(hxxps?://)([^/\s:"']+\.[^/\s:"']+)`)
)

// defangText takes the life out of the addresses and links outside that stand in a record.
func defangText(s string) string {
	s = hostInText.ReplaceAllStringFunc(schemes.Replace(s), func(link string) string {
		scheme, host, _ := strings.Cut(link, "://")
		return scheme + "://" + lastDot(host)
	})
	return addressInText.ReplaceAllStringFunc(s, func(address string) string {
		if !outside(address) {
			return address
		}
		return lastDot(address)
	})
}
