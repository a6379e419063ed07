package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// signs are what the techniques of the alerts point at; each names the items that it rests on, "#1, #4". Empty: nothing points there.
type signs struct {
	Mail        string // it began with a mail or a file that somebody opened
	Remote      string // somebody outside steers a host
	Credentials string // credentials may be in wrong hands
	Spread      string // it went from host to host
	Objective   string // data may have left, or been damaged
	Intrusion   string // how it came in was seen
	Succeeded   string // people judged that the attack succeeded
}

// comma stands between the members of a list.
var comma = words{"、", ", "}

var signTechniques = map[string][]string{
	"mail":        {"T1566", "T1204"},
	"remote":      {"T1071", "T1571", "T1573", "T1105", "T1219", "T1095"},
	"credentials": {"T1003", "T1110", "T1558", "T1550", "T1552", "T1555"},
	"spread":      {"T1021", "T1570", "T1569", "T1550"},
}

func (w writer) signs(told []alert.ItemView, of map[string][]alert.Alert) signs {
	rests := func(holds func(item *alert.ItemView) bool) string {
		var numbers []string
		for i := range told {
			if holds(&told[i]) {
				numbers = append(numbers, fmt.Sprintf("#%d", told[i].Number))
			}
		}
		return strings.Join(numbers, comma.in(w.lang))
	}
	technique := func(name string) string {
		return rests(func(item *alert.ItemView) bool { return uses(of[item.ID], signTechniques[name]) })
	}
	reached := func(phase alert.Phase) string {
		return rests(func(item *alert.ItemView) bool { return item.Phase == phase })
	}
	return signs{
		Mail: technique("mail"), Remote: technique("remote"), Credentials: technique("credentials"), Spread: technique("spread"),
		Objective: reached(alert.Objective), Intrusion: reached(alert.Intrusion),
		Succeeded: rests(func(item *alert.ItemView) bool {
			return item.Judgement != nil && item.Judgement.Verdict == alert.Level4
		}),
	}
}

func uses(alerts []alert.Alert, techniques []string) bool {
	for i := range alerts {
		for _, technique := range alerts[i].Techniques {
			parent, _, _ := strings.Cut(technique, ".")
			if slices.Contains(techniques, parent) {
				return true
			}
		}
	}
	return false
}

// harmless reports whether somebody judged the item to be no attack, and nothing came after.
func harmless(item *alert.ItemView) bool {
	if item.Judgement == nil || item.Reopened {
		return false
	}
	switch item.Judgement.Verdict {
	case alert.FalsePositive, alert.OverDetection, alert.Test:
		return true
	}
	return false
}

func byTime(items []alert.ItemView) []alert.ItemView {
	out := slices.Clone(items)
	slices.SortStableFunc(out, func(x, y alert.ItemView) int { return x.First.Compare(y.First) })
	return out
}

func latest(items []alert.ItemView) time.Time {
	last := items[0].Last
	for i := range items {
		if items[i].Last.After(last) {
			last = items[i].Last
		}
	}
	return last
}

// people gathers hosts, accounts and what lies outside, from the alerts of the items that stand.
func (w writer) people(d *draft, told []alert.ItemView, of map[string][]alert.Alert) {
	for i := range told {
		for _, a := range of[told[i].ID] {
			add(&d.Hosts, code(a.Host()))
			add(&d.Users, code(a.User()))
			for _, e := range a.Entities {
				if (Teller{}).Part(e) == "attacker" {
					add(&d.Outside, code(defang(e.Value)))
				}
				if e.Kind == event.KindUser && e.Role == event.RoleTarget {
					add(&d.Users, code(e.Value))
				}
			}
		}
	}
}

func (w writer) sites(d *draft, told []alert.ItemView, of tenant.Tenant) {
	for i := range told {
		for _, site := range of.Sites {
			if site.ID == told[i].Site {
				add(&d.Sites, escape(site.Name))
			}
		}
	}
}

func add(to *[]string, s string) {
	if s != "" && !slices.Contains(*to, s) {
		*to = append(*to, s)
	}
}
