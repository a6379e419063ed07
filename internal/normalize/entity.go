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
	form   normalForm
	column event.Column
	gather int // index of the gathered own field, -1 for a column
}

// normalForm appends an entity's normal form of a text; nothing when the text is no entity of that kind, or one that says nothing.
type normalForm func(to []byte, text string) []byte

// normalForms are the kinds of entities.
//
// A host is its name in lower case without the domain behind it, so that WORKSTATION6.example.local and workstation6 are one host (an address as a name
// stays whole). A user is the account without domain, in lower case; accounts of the system itself and of machines are none. Loopback, unspecified,
// multicast and broadcast addresses are none. A process and a file are their path in lower case.
var normalForms = map[event.EntityKind]normalForm{
	event.KindHost:    hostEntity,
	event.KindIP:      ipEntity,
	event.KindUser:    userEntity,
	event.KindDomain:  domainEntity,
	event.KindURL:     urlEntity,
	event.KindHash:    hashEntity,
	event.KindProcess: pathEntity,
	event.KindFile:    pathEntity,
}

// entityList gathers the entities of one event. Their text stands in memory of its own in the end: it is kept longer than the event's.
type entityList struct {
	found []foundEntity
	text  []byte
	room  []event.Entity // for the next events
}

// entityPiece is how many entities a few events share memory for.
const entityPiece = 32

type foundEntity struct {
	rule       *entityRule
	begin, end int // in text
}

func (l *entityList) fill(ev *event.Event, rules []entityRule, gathered []*event.Value) {
	l.found, l.text = l.found[:0], l.text[:0]
	for i := range rules {
		rule := &rules[i]
		if rule.gather < 0 {
			l.add(rule, ev.Columns[rule.column])
			continue
		}
		v := gathered[rule.gather]
		if v == nil {
			continue
		}
		if v.Kind != event.List {
			l.add(rule, v.Text)
			continue
		}
		for _, el := range v.List[:min(len(v.List), maxListed)] {
			l.add(rule, scalar(el))
		}
	}
	if len(l.found) == 0 {
		return
	}
	text := string(l.text)
	if n := len(l.found); n > len(l.room) {
		l.room = make([]event.Entity, max(n, entityPiece))
	}
	ev.Entities, l.room = l.room[:len(l.found):len(l.found)], l.room[len(l.found):]
	for i, f := range l.found {
		ev.Entities[i] = event.Entity{Kind: f.rule.kind, Value: text[f.begin:f.end], Role: f.rule.role}
	}
}

func (l *entityList) add(rule *entityRule, text string) {
	if text == "" {
		return
	}
	if rule.kind == event.KindHash && strings.IndexByte(text, '=') >= 0 {
		for part := range strings.SplitSeq(text, ",") {
			if name, value, _ := strings.Cut(part, "="); !strings.EqualFold(name, "IMPHASH") {
				l.addForm(rule, value)
			}
		}
		return
	}
	l.addForm(rule, text)
}

func (l *entityList) addForm(rule *entityRule, text string) {
	begin := len(l.text)
	l.text = rule.form(l.text, text)
	if len(l.text) == begin {
		return
	}
	if len(l.found) >= maxEntities || l.has(rule, l.text[begin:]) {
		l.text = l.text[:begin]
		return
	}
	l.found = append(l.found, foundEntity{rule: rule, begin: begin, end: len(l.text)})
}

func (l *entityList) has(rule *entityRule, value []byte) bool {
	for _, f := range l.found {
		if f.end-f.begin == len(value) && f.rule.kind == rule.kind && f.rule.role == rule.role && string(l.text[f.begin:f.end]) == string(value) {
			return true
		}
	}
	return false
}

func hostEntity(to []byte, s string) []byte {
	name := bareHost(s)
	if a, ok := parseAddress(name); ok {
		return a.AppendTo(to)
	}
	name, _, _ = strings.Cut(name, ".")
	begin := len(to)
	if to = appendLower(to, name); string(to[begin:]) == "localhost" {
		return to[:begin]
	}
	return to
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

func ipEntity(to []byte, s string) []byte {
	a, ok := parseAddress(s)
	if !ok || a.IsLoopback() || a.IsUnspecified() || a.IsMulticast() || a == broadcast {
		return to
	}
	return a.AppendTo(to)
}

func userEntity(to []byte, s string) []byte {
	begin := len(to)
	to = appendLower(to, strings.TrimSpace(accountName(s)))
	name := view(to[begin:])
	switch name {
	case "system", "local service", "network service", "anonymous logon", "localsystem", "iusr", "n/a", "(unknown)":
		return to[:begin]
	}
	if strings.HasSuffix(name, "$") || strings.HasPrefix(name, "dwm-") || strings.HasPrefix(name, "umfd-") {
		return to[:begin]
	}
	return to
}

// domainEntity keeps full names only: a bare word is a host of one's own network, an address has a kind of its own, a reverse zone is an address asked for.
func domainEntity(to []byte, s string) []byte {
	begin := len(to)
	to = appendLower(to, withoutPort(bareHost(s)))
	name := view(to[begin:])
	if strings.IndexByte(name, '.') < 0 || strings.ContainsAny(name, " /\\") || strings.HasSuffix(name, ".arpa") {
		return to[:begin]
	}
	if _, ok := parseAddress(name); ok {
		return to[:begin]
	}
	return to
}

// urlEntity keeps whole addresses only.
func urlEntity(to []byte, s string) []byte {
	if strings.HasPrefix(s, "/") {
		return to
	}
	return appendLower(to, plainValue(s))
}

func hashEntity(to []byte, s string) []byte {
	s = strings.TrimSpace(s)
	if n := len(s); n != 32 && n != 40 && n != 64 || !isHex(s) || strings.Trim(s, "0") == "" {
		return to
	}
	return appendLower(to, s)
}

func pathEntity(to []byte, s string) []byte {
	begin := len(to)
	to = appendLower(to, plainValue(s))
	switch string(to[begin:]) {
	case "system", "registry", "memcompression", "<unknown process>":
		return to[:begin]
	}
	return to
}
