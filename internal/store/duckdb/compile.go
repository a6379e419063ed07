package duckdb

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/query"
	"github.com/noroshi-soc/noroshi/internal/store"
)

// compiler turns a search into a predicate with numbered parameters. Text that enters the statement is our own; every value is a parameter.
type compiler struct{ args []any }

// arg makes a parameter of a value.
func (c *compiler) arg(v any) string {
	c.args = append(c.args, v)
	return "$" + strconv.Itoa(len(c.args))
}

// lowered makes a parameter of a text that is compared without case.
func (c *compiler) lowered(text string) string { return "lower(" + c.arg(valid(text)) + "::VARCHAR)" }

// where compiles scope, span and query; it must not be called for an empty scope.
func (c *compiler) where(s store.Search) (string, error) {
	tenants := make([]string, 0, 8)
	for _, name := range s.Scope.Strings() {
		tenants = append(tenants, c.arg(name))
	}
	parts := []string{"tenant IN (" + strings.Join(tenants, ", ") + ")"}
	if !s.From.IsZero() {
		parts = append(parts, clock(s)+" >= "+c.instant(s.From, true))
	}
	if !s.To.IsZero() {
		parts = append(parts, clock(s)+" < "+c.instant(s.To, true))
	}
	if s.Query != nil {
		q, err := c.node(s.Query)
		if err != nil {
			return "", fmt.Errorf("compile query: %w", err)
		}
		parts = append(parts, q)
	}
	return strings.Join(parts, " AND "), nil
}

// clock is the column that a search's span is of.
func clock(s store.Search) string {
	if s.ByReceipt {
		return "received"
	}
	return `"time"`
}

// instant makes a parameter of a time, which the table knows to the microsecond.
func (c *compiler) instant(t time.Time, up bool) string {
	t = instant(t)
	micros := t.UnixMicro()
	if up && t.Nanosecond()%1000 != 0 {
		micros++
	}
	return "make_timestamp(" + c.arg(micros) + "::BIGINT)"
}

// node compiles to an expression that is true or false, never null, so that "not" means what it says.
func (c *compiler) node(n query.Node) (string, error) {
	switch n := n.(type) {
	case query.All:
		return "true", nil
	case query.And:
		return c.join(n.Nodes, " AND ", "true")
	case query.Or:
		return c.either(n.Nodes)
	case query.Not:
		inner, err := c.node(n.Node)
		return "(NOT " + inner + ")", err
	case query.Word:
		return c.word(n), nil
	case query.Match:
		expr, err := c.match(n)
		if err != nil {
			return "", fmt.Errorf("field %q: %w", n.Field, err)
		}
		return "coalesce(" + expr + ", false)", nil
	case nil:
		return "", errors.New("a node is missing")
	}
	return "", fmt.Errorf("%T is not supported", n)
}

func (c *compiler) join(nodes []query.Node, operator, none string) (string, error) {
	if len(nodes) == 0 {
		return none, nil
	}
	parts := make([]string, len(nodes))
	for i, n := range nodes {
		var err error
		if parts[i], err = c.node(n); err != nil {
			return "", err
		}
	}
	return "(" + strings.Join(parts, operator) + ")", nil
}

// either compiles alternatives; many values of one text or address column, as a list of indicators has them, become one IN.
func (c *compiler) either(nodes []query.Node) (string, error) {
	var rest []query.Node
	byField := map[string][]string{}
	var order []string
	for _, n := range nodes {
		m, ok := n.(query.Match)
		if !ok || m.Op != query.Equal || !plainColumn(m.Field) {
			rest = append(rest, n)
			continue
		}
		if byField[m.Field] == nil {
			order = append(order, m.Field)
		}
		byField[m.Field] = append(byField[m.Field], m.Value)
	}
	var parts []string
	for _, field := range order {
		list := make([]string, len(byField[field]))
		for i, value := range byField[field] {
			list[i] = c.lowered(value)
		}
		parts = append(parts, "coalesce(lower("+quoted(field)+") IN ("+strings.Join(list, ", ")+"), false)")
	}
	if len(rest) > 0 || len(parts) == 0 {
		others, err := c.join(rest, " OR ", "false")
		if err != nil {
			return "", err
		}
		parts = append(parts, others)
	}
	return "(" + strings.Join(parts, " OR ") + ")", nil
}

// word finds text in the original bytes. Where a format may have written the text otherwise than it reads (escapes of JSON, other encodings),
// the log's own fields are searched too.
func (c *compiler) word(w query.Word) string {
	plain := "contains(lower(text), " + c.lowered(w.Text) + ")"
	if strings.IndexFunc(w.Text, escapedSomewhere) < 0 {
		return plain
	}
	return "(" + plain + " OR contains(lower(attributes), " + c.lowered(jsonText(w.Text)) + "))"
}

// escapedSomewhere tells characters that some writer of JSON escapes, and those beyond ASCII.
func escapedSomewhere(r rune) bool {
	return r < 0x20 || r > 0x7e || strings.ContainsRune(`"\/<>&'+=`+"`", r)
}
