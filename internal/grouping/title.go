package grouping

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
)

// finding is what names an incident: the gravest of its items, of equal ones the first.
type finding struct {
	Item, Title, TitleJA string
	Level                alert.Level
	First                time.Time
}

func (f finding) graver(than finding) bool {
	return than.Item == "" || cmp.Or(cmp.Compare(than.Level, f.Level), f.First.Compare(than.First), cmp.Compare(f.Item, than.Item)) < 0
}

// name takes note of what an item gives to the incident's title.
func (o *open) name(n *node) {
	f := finding{Item: n.Item.ID, Title: n.Item.Title, TitleJA: cmp.Or(n.Item.TitleJA, n.Item.Title), Level: n.Item.Level, First: n.Item.First}
	if f.Item == o.top.Item || f.graver(o.top) {
		o.top = f
	}
	switch {
	case n.Item.Subject.Kind == event.KindHost:
		o.hosts[n.Host] = struct{}{}
	case n.Host != "":
		o.others[n.Host] = struct{}{}
	}
}

// title names an incident by its gravest finding and its hosts, in both languages.
func (o *open) title() {
	o.Incident.Title, o.Incident.TitleJA = o.top.Title, o.top.TitleJA
	hosts := o.hosts
	if len(hosts) == 0 {
		hosts = o.others // sensors of the network know no names
	}
	if len(hosts) == 0 {
		return
	}
	shown := smallest(hosts, maxTitleHosts)
	o.Incident.Title += " (" + strings.Join(shown, ", ")
	o.Incident.TitleJA += "(" + strings.Join(shown, "、")
	if more := len(hosts) - len(shown); more > 0 {
		o.Incident.Title += fmt.Sprintf(" and %d more", more)
		o.Incident.TitleJA += fmt.Sprintf("ほか%d台", more)
	}
	o.Incident.Title += ")"
	o.Incident.TitleJA += ")"
}

// smallest gives the first n in order, without sorting all of them.
func smallest(all map[string]struct{}, n int) (out []string) {
	for s := range all {
		if len(out) == n && s > out[n-1] {
			continue
		}
		at, _ := slices.BinarySearch(out, s)
		out = slices.Insert(out, at, s)
		out = out[:min(len(out), n)]
	}
	return out
}
