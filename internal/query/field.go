package query

import (
	"slices"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// Kind says how the values of a field are written and compared.
type Kind uint8

// Kinds of fields.
const (
	Own     Kind = iota // the log's own: text, numbers and lists as the log wrote them
	Text                // compared without case
	Number              // decimal literals
	Instant             // RFC 3339 in a tree; a date alone is allowed in a query
	Address             // IPv4 or IPv6
	ID                  // event.ID
)

// attributes are an event's own attributes, which are no ECS columns.
var attributes = map[string]Kind{
	"id": ID, "time": Instant, "received": Instant, "tenant": Text, "site": Text, "source": Text, "dataset": Text,
	"problem": Text, "rule.id": Text, "entity": Text,
}

var aliases = map[string][]string{
	"src": {"source.ip"}, "dst": {"destination.ip"}, "user": {"user.name"}, "host": {"host.name"},
	"domain": {"destination.domain", "dns.question.name", "url.domain", "tls.client.server_name"},
	"hash":   {"file.hash.sha256"}, "cmd": {"process.command_line"}, "rule": {"rule.id"},
}

var columnKinds = map[event.ColumnType]Kind{
	event.Keyword: Text, event.Text: Text, event.IP: Address, event.Long: Number, event.Double: Number,
}

// KindOf returns the kind of a field by its name in a tree.
func KindOf(field string) Kind {
	if k, ok := attributes[field]; ok {
		return k
	}
	if c, ok := event.ColumnByName(field); ok {
		return columnKinds[c.Info().Type]
	}
	return Own
}

// Resolve returns the fields that a name means when it is written in a query: those of an alias, else the name itself.
// A log's own field that is called like an alias can be asked for by its name in quotes, which is not resolved.
func Resolve(name string) []string {
	if fields, ok := aliases[name]; ok {
		return slices.Clone(fields)
	}
	return []string{name}
}

// Names returns every name that Noroshi knows: attributes and ECS columns, sorted, without aliases.
func Names() []string {
	names := make([]string, 0, len(attributes)+len(event.AllColumns()))
	for name := range attributes {
		names = append(names, name)
	}
	for _, c := range event.AllColumns() {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	return names
}
