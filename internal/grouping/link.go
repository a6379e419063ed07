package grouping

import (
	"slices"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/incident"
)

// ties reports whether an entity of this kind can tie hosts together. Names of programs and files are shared by every machine of a make.
func ties(e event.Entity) bool {
	switch e.Kind {
	case event.KindIP, event.KindUser, event.KindDomain, event.KindURL, event.KindHash, event.KindHost:
		return true
	default:
		return false
	}
}

// ordinaryProgram reports whether the alert's process lies where only installers write: its hash says nothing of an attacker.
func ordinaryProgram(a *alert.Alert) bool {
	return slices.ContainsFunc(a.Entities, func(e event.Entity) bool {
		return e.Kind == event.KindProcess && e.Role == event.RoleSubject &&
			(strings.HasPrefix(e.Value, `c:\windows\system32\`) || strings.HasPrefix(e.Value, `c:\windows\syswow64\`) || strings.HasPrefix(e.Value, `c:\program files`))
	})
}

func (n *node) has(e event.Entity) bool {
	return slices.ContainsFunc(n.Entities, func(x event.Entity) bool { return x.Kind == e.Kind && x.Value == e.Value })
}

// link says why two items belong together: the same host within SameHostWithin, else a shared entity that is not common within SharedWithin.
func (r *reach) link(n, other *node) (incident.Reason, bool) {
	gap := apart(n.Item, other.Item)
	reason := incident.Reason{With: other.Item.ID, GapSec: int64(gap / time.Second)}
	if n.Host != "" && n.Host == other.Host {
		reason.Code = incident.ReasonSameHost
		reason.Entity = event.Entity{Kind: n.Item.Subject.Kind, Value: n.Host}
		return reason, gap <= SameHostWithin
	}
	if gap > SharedWithin {
		return reason, false
	}
	for _, e := range n.Entities {
		if other.has(e) && !r.common.common(e) {
			reason.Code, reason.Entity = incident.ReasonSharedItem, e
			return reason, true
		}
	}
	return reason, false
}

// apart is the event time between two items: zero when they overlap.
func apart(a, b alert.Item) time.Duration {
	switch {
	case a.First.After(b.Last):
		return a.First.Sub(b.Last)
	case b.First.After(a.Last):
		return b.First.Sub(a.Last)
	default:
		return 0
	}
}

func earlierItem(a, b *node) bool {
	if !a.Item.First.Equal(b.Item.First) {
		return a.Item.First.Before(b.Item.First)
	}
	return a.Item.ID < b.Item.ID
}

func span(a, b alert.Item) time.Duration {
	return later(a.Last, b.Last).Sub(earlier(a.First, b.First))
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
