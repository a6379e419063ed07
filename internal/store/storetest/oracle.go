package storetest

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/query"
	"github.com/noroshi-soc/noroshi/internal/store"
)

// holds is the meaning of a query, as plainly as it can be said. Stores are compared with it.
func holds(n query.Node, r *store.Row) bool {
	switch n := n.(type) {
	case query.All:
		return true
	case query.And:
		for _, inner := range n.Nodes {
			if !holds(inner, r) {
				return false
			}
		}
		return true
	case query.Or:
		for _, inner := range n.Nodes {
			if holds(inner, r) {
				return true
			}
		}
		return false
	case query.Not:
		return !holds(n.Node, r)
	case query.Word:
		return wordHolds(n.Text, r)
	case query.Match:
		return matchHolds(n, r)
	}
	return false
}

func wordHolds(word string, r *store.Row) bool {
	word = strings.ToLower(word)
	if strings.Contains(strings.ToLower(string(r.Raw)), word) {
		return true
	}
	for _, f := range r.Fields {
		for _, text := range texts(f.Value) {
			if strings.Contains(strings.ToLower(text), word) {
				return true
			}
		}
	}
	return false
}

// texts are the values that a field has: itself, or the elements of its list.
func texts(v event.Value) []string {
	switch v.Kind {
	case event.Absent, event.Null:
		return nil
	case event.List:
		var out []string
		for _, e := range v.List {
			if e.Kind == event.List {
				out = append(out, string(e.AppendJSON(nil)))
			} else {
				out = append(out, texts(e)...)
			}
		}
		return out
	}
	return []string{v.Text}
}

func matchHolds(m query.Match, r *store.Row) bool {
	switch m.Field {
	case "id":
		return m.Op == query.Exists || r.ID.String() == m.Value
	case "time":
		return instantHolds(m, r.Time)
	case "received":
		return instantHolds(m, r.Received)
	}
	values, there := fieldTexts(m.Field, r)
	if m.Op == query.Exists {
		return there
	}
	for _, v := range values {
		if textHolds(m, v) {
			return true
		}
	}
	return false
}

func fieldTexts(field string, r *store.Row) (values []string, there bool) {
	one := func(text string) ([]string, bool) {
		if text == "" {
			return nil, false
		}
		return []string{text}, true
	}
	switch field {
	case "tenant":
		return one(r.Tenant.String())
	case "site":
		return one(r.Site)
	case "source":
		return one(r.Source)
	case "dataset":
		return one(r.Dataset)
	case "problem":
		return one(r.Problem)
	case "rule.id":
		return r.Rules, len(r.Rules) > 0
	case "entity":
		for _, e := range r.Entities {
			values = append(values, e.Value)
		}
		return values, len(values) > 0
	}
	if c, ok := event.ColumnByName(field); ok {
		return one(r.Columns[c])
	}
	v := r.Fields.Get(field)
	return texts(v), v.Kind != event.Absent && v.Kind != event.Null
}

func textHolds(m query.Match, text string) bool {
	kind := query.KindOf(m.Field)
	switch m.Op {
	case query.Equal:
		if strings.EqualFold(text, m.Value) {
			return true
		}
		return (kind == query.Number || kind == query.Own && query.IsNumber(text)) && numberHolds(m, text)
	case query.Wildcard:
		return like([]rune(strings.ToLower(text)), query.Parts(strings.ToLower(m.Value)))
	case query.Network:
		addr, err := netip.ParseAddr(text)
		network := netip.MustParsePrefix(m.Value)
		return err == nil && network.Contains(addr.Unmap())
	}
	return numberHolds(m, text)
}

func numberHolds(m query.Match, text string) bool {
	a, err := strconv.ParseFloat(text, 64)
	b, err2 := strconv.ParseFloat(m.Value, 64)
	if err != nil || err2 != nil {
		return false
	}
	switch m.Op {
	case query.Less:
		return a < b
	case query.LessEqual:
		return a <= b
	case query.Greater:
		return a > b
	case query.GreaterEqual:
		return a >= b
	}
	return a == b
}

func like(text []rune, parts []query.Part) bool {
	if len(parts) == 0 {
		return len(text) == 0
	}
	switch p := parts[0]; p.Wild {
	case '*':
		for i := range len(text) + 1 {
			if like(text[i:], parts[1:]) {
				return true
			}
		}
		return false
	case '?':
		return len(text) > 0 && like(text[1:], parts[1:])
	default:
		rest, ok := strings.CutPrefix(string(text), p.Text)
		return ok && like([]rune(rest), parts[1:])
	}
}

func instantHolds(m query.Match, t time.Time) bool {
	if m.Op == query.Exists {
		return true
	}
	v, err := time.Parse(time.RFC3339Nano, m.Value)
	if err != nil {
		return false
	}
	switch m.Op {
	case query.Less:
		return t.Before(v)
	case query.LessEqual:
		return !t.After(v)
	case query.Greater:
		return t.After(v)
	case query.GreaterEqual:
		return !t.Before(v)
	}
	return t.Equal(v)
}
