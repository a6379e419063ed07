// Package report puts facts into words that people send to each other: the draft of a first report 第1報 and the sentences of an incident's story.
//
// What enters: an incident with its items, their alerts, and the tenant whose report it is.
// What leaves: text in Japanese ("ja") or English ("en"), with facts, inference and what is unknown kept apart.
// What it never does: look anything up, send anything, or claim what no alert shows.
package report

import (
	"net/netip"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// Teller tells. It holds nothing and is safe for concurrent use.
type Teller struct{}

// Part says which part an entity of an alert plays: victim, attacker, account or tool. Private addresses are victims, since they are the organisation's own;
// what lies outside is the attacker's until somebody says otherwise.
func (Teller) Part(e event.Entity) string {
	switch e.Kind {
	case event.KindUser:
		return "account"
	case event.KindProcess, event.KindFile, event.KindHash:
		return "tool"
	case event.KindDomain, event.KindURL:
		return "attacker"
	case event.KindIP:
		if outside(e.Value) {
			return "attacker"
		}
	}
	return "victim"
}

// outside reports whether an address is reached over the internet.
func outside(address string) bool {
	a, err := netip.ParseAddr(address)
	return err == nil && a.IsGlobalUnicast() && !a.IsPrivate() && !carrier.Contains(a)
}

// carrier is the space of carrier-grade NAT (RFC 6598), which is nobody's outside.
var carrier = netip.MustParsePrefix("100.64.0.0/10")

// words are a text in both languages.
type words struct{ ja, en string }

func (w words) in(lang string) string {
	if lang == "ja" {
		return w.ja
	}
	return w.en
}
