package normalize

import (
	"net/netip"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// Bounds on the entities of one event.
const (
	maxEntities = 64
	maxListed   = 16 // of one field
)

type entityRule struct {
	kind   event.EntityKind
	role   event.Role
	column event.Column
	gather int // index of the gathered own field, -1 for a column
}

// normalForms give an entity's normal form of a text; "" when the text is no entity of that kind, or one that says nothing.
//
// A host is its name in lower case without the domain behind it, so that WORKSTATION6.example.local and workstation6 are one host (an address as a name
// stays whole). A user is the account without domain, in lower case; accounts of the system itself and of machines are none. Loopback, unspecified,
// multicast and broadcast addresses are none. A process and a file are their path in lower case.
var normalForms = map[event.EntityKind]func(string) string{
	event.KindHost:    hostEntity,
	event.KindIP:      ipEntity,
	event.KindUser:    userEntity,
	event.KindDomain:  domainEntity,
	event.KindURL:     urlEntity,
	event.KindHash:    hashEntity,
	event.KindProcess: pathEntity,
	event.KindFile:    pathEntity,
}

func (p *plan) fillEntities(ev *event.Event, gathered []event.Value) {
	for _, rule := range p.entities {
		if rule.gather < 0 {
			addEntity(ev, rule, ev.Columns[rule.column])
			continue
		}
		v := gathered[rule.gather]
		if v.Kind != event.List {
			addEntity(ev, rule, v.Text)
			continue
		}
		for _, el := range v.List[:min(len(v.List), maxListed)] {
			addEntity(ev, rule, scalar(el))
		}
	}
}

func addEntity(ev *event.Event, rule entityRule, text string) {
	if text == "" {
		return
	}
	if rule.kind == event.KindHash && strings.ContainsRune(text, '=') {
		for part := range strings.SplitSeq(text, ",") {
			if name, value, _ := strings.Cut(part, "="); !strings.EqualFold(name, "IMPHASH") {
				appendEntity(ev, rule, hashEntity(value))
			}
		}
		return
	}
	appendEntity(ev, rule, normalForms[rule.kind](text))
}

func appendEntity(ev *event.Event, rule entityRule, value string) {
	if value == "" || len(ev.Entities) >= maxEntities {
		return
	}
	en := event.Entity{Kind: rule.kind, Value: value, Role: rule.role}
	for i := range ev.Entities {
		if ev.Entities[i] == en {
			return
		}
	}
	if ev.Entities == nil {
		ev.Entities = make([]event.Entity, 0, 6)
	}
	ev.Entities = append(ev.Entities, en)
}

func hostEntity(s string) string {
	name := hostName(s)
	if _, err := netip.ParseAddr(name); err == nil {
		return address(name)
	}
	short, _, _ := strings.Cut(name, ".")
	if short == "localhost" {
		return ""
	}
	return short
}

func ipEntity(s string) string {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return ""
	}
	a = a.Unmap().WithZone("")
	if a.IsLoopback() || a.IsUnspecified() || a.IsMulticast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return ""
	}
	return a.String()
}

var systemAccounts = map[string]bool{
	"system": true, "local service": true, "network service": true, "anonymous logon": true, "localsystem": true, "iusr": true, "n/a": true, "(unknown)": true,
}

func userEntity(s string) string {
	name := strings.ToLower(strings.TrimSpace(accountName(s)))
	if systemAccounts[name] || strings.HasSuffix(name, "$") || strings.HasPrefix(name, "dwm-") || strings.HasPrefix(name, "umfd-") {
		return ""
	}
	return name
}

// domainEntity keeps full names only: a bare word is a host of one's own network, an address has a kind of its own, a reverse zone is an address asked for.
func domainEntity(s string) string {
	name := domainName(s)
	if !strings.Contains(name, ".") || strings.ContainsAny(name, " /\\") || strings.HasSuffix(name, ".arpa") {
		return ""
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return ""
	}
	return name
}

// urlEntity keeps whole addresses only.
func urlEntity(s string) string {
	if strings.HasPrefix(s, "/") {
		return ""
	}
	return strings.ToLower(plainValue(s))
}

func hashEntity(s string) string {
	s = strings.TrimSpace(s)
	if n := len(s); n != 32 && n != 40 && n != 64 || !isHex(s) || strings.Trim(s, "0") == "" {
		return ""
	}
	return strings.ToLower(s)
}

func pathEntity(s string) string {
	switch s = strings.ToLower(plainValue(s)); s {
	case "system", "registry", "memcompression", "<unknown process>":
		return ""
	}
	return s
}
