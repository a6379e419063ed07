package grouping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// title names an incident by its gravest finding and its hosts, in both languages.
func (r *reach) title(o *open) {
	var top *node
	var hosts, addresses []string
	for _, item := range o.Nodes {
		n := r.byItem[item]
		if n == nil {
			continue
		}
		if top == nil || n.Item.Level > top.Item.Level || n.Item.Level == top.Item.Level && earlierItem(n, top) {
			top = n
		}
		switch {
		case n.Item.Subject.Kind == event.KindHost:
			hosts = append(hosts, n.Host)
		case n.Host != "":
			addresses = append(addresses, n.Host)
		}
	}
	if top == nil {
		return // its items are out of reach: the title stays as it was
	}
	ja := top.Item.TitleJA
	if ja == "" {
		ja = top.Item.Title
	}
	if len(hosts) == 0 {
		hosts = addresses // sensors of the network know no names
	}
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	o.Incident.Title, o.Incident.TitleJA = top.Item.Title, ja
	if len(hosts) == 0 {
		return
	}
	shown := hosts[:min(len(hosts), maxTitleHosts)]
	o.Incident.Title += " (" + strings.Join(shown, ", ")
	o.Incident.TitleJA += "(" + strings.Join(shown, "、")
	if more := len(hosts) - len(shown); more > 0 {
		o.Incident.Title += fmt.Sprintf(" and %d more", more)
		o.Incident.TitleJA += fmt.Sprintf("ほか%d台", more)
	}
	o.Incident.Title += ")"
	o.Incident.TitleJA += ")"
}
