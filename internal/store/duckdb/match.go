package duckdb

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/query"
)

var errOperator = errors.New("this comparison does not go with this field")

// plainColumn reports whether the field is one column of text that is null or full.
func plainColumn(field string) bool {
	c, ok := event.ColumnByName(field)
	if !ok {
		return false
	}
	switch c.Info().Type {
	case event.Keyword, event.Text, event.IP:
		return true
	}
	return false
}

// match compiles one comparison; the expression may be null where the field is absent.
func (c *compiler) match(m query.Match) (string, error) {
	switch m.Field {
	case "id":
		return c.idMatch(m)
	case "time", "received":
		return c.instantMatch(quoted(m.Field), m)
	case "tenant", "site", "source", "dataset", "problem":
		return c.textMatch("nullif("+m.Field+", '')", m)
	case "rule.id":
		return c.listMatch("rules", m)
	case "entity":
		return c.listMatch("entity", m)
	}
	column, ok := event.ColumnByName(m.Field)
	if !ok {
		return c.ownMatch(m)
	}
	switch column.Info().Type {
	case event.Long, event.Double:
		return c.numberMatch(quoted(m.Field), m)
	case event.IP:
		if m.Op == query.Network {
			return c.network(keyColumn(m.Field), m.Value)
		}
	}
	return c.textMatch(quoted(m.Field), m)
}

// textMatch compares an expression of text.
func (c *compiler) textMatch(expr string, m query.Match) (string, error) {
	switch m.Op {
	case query.Exists:
		return "(" + expr + " IS NOT NULL)", nil
	case query.Equal:
		return "(lower(" + expr + ") = " + c.lowered(m.Value) + ")", nil
	case query.Wildcard:
		return c.like("lower("+expr+")", m.Value), nil
	case query.Network:
		return c.network(addressFuncName+"("+expr+")", m.Value)
	}
	return c.textCompare(expr, m)
}

// like compares lower-case text with a wildcard pattern.
func (c *compiler) like(expr, pattern string) string {
	var b strings.Builder
	for _, part := range query.Parts(pattern) {
		switch part.Wild {
		case '*':
			b.WriteByte('%')
		case '?':
			b.WriteByte('_')
		default:
			b.WriteString(likeEscaper.Replace(part.Text))
		}
	}
	return "(" + expr + " LIKE " + c.lowered(b.String()) + ` ESCAPE '\')`
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func (c *compiler) network(expr, network string) (string, error) {
	first, last, err := networkRange(network)
	if err != nil {
		return "", err
	}
	return "(" + expr + " BETWEEN " + c.arg(first) + "::VARCHAR AND " + c.arg(last) + "::VARCHAR)", nil
}

var signs = map[query.Op]string{query.Less: "<", query.LessEqual: "<=", query.Greater: ">", query.GreaterEqual: ">=", query.Equal: "="}

// textCompare compares text that reads as a finite number.
func (c *compiler) textCompare(expr string, m query.Match) (string, error) {
	sign, number, err := comparison(m)
	if err != nil {
		return "", err
	}
	cast := "try_cast(" + expr + " AS DOUBLE)"
	return "(isfinite(" + cast + ") AND " + cast + " " + sign + " " + c.arg(number) + "::DOUBLE)", nil
}

func comparison(m query.Match) (sign string, number float64, err error) {
	sign, ok := signs[m.Op]
	if !ok {
		return "", 0, errOperator
	}
	if !query.IsNumber(m.Value) {
		return "", 0, fmt.Errorf("%q is no number", m.Value)
	}
	number, err = strconv.ParseFloat(m.Value, 64)
	return sign, number, err
}

// numberMatch compares a column of numbers.
func (c *compiler) numberMatch(column string, m query.Match) (string, error) {
	switch m.Op {
	case query.Exists:
		return "(" + column + " IS NOT NULL)", nil
	case query.Wildcard:
		return c.like(column+"::VARCHAR", m.Value), nil
	}
	sign, number, err := comparison(m)
	if err != nil {
		return "", err
	}
	if whole, err := strconv.ParseInt(m.Value, 10, 64); err == nil {
		return "(" + column + " " + sign + " " + c.arg(whole) + "::BIGINT)", nil
	}
	return "(" + column + " " + sign + " " + c.arg(number) + "::DOUBLE)", nil
}

func (c *compiler) instantMatch(column string, m query.Match) (string, error) {
	if m.Op == query.Exists {
		return "true", nil
	}
	sign, ok := signs[m.Op]
	if !ok {
		return "", errOperator
	}
	t, err := time.Parse(time.RFC3339Nano, m.Value)
	if err != nil {
		return "", fmt.Errorf("%q is no RFC 3339 time", m.Value)
	}
	return "(" + column + " " + sign + " " + c.instant(t, m.Op == query.Less || m.Op == query.GreaterEqual) + ")", nil
}

func (c *compiler) idMatch(m query.Match) (string, error) {
	switch m.Op {
	case query.Exists:
		return "true", nil
	case query.Equal:
		id, err := event.ParseID(m.Value)
		if err != nil {
			return "", err
		}
		return "(" + idTuple + " = " + c.id(id) + ")", nil
	}
	return "", errOperator
}

const idTuple = `(epoch, "partition", seq, pos)`

// id makes parameters of an id, for comparison with idTuple.
func (c *compiler) id(id event.ID) string {
	return fmt.Sprintf("(%s::UINTEGER, %s::USMALLINT, %s::UBIGINT, %s::UINTEGER)",
		c.arg(id.Epoch), c.arg(id.Partition), c.arg(unsigned(id.Seq)), c.arg(id.Pos))
}

// unsigned writes a number as database/sql lets through; it refuses a uint64 with the highest bit set.
func unsigned(n uint64) string { return strconv.FormatUint(n, 10) }

// listMatch holds when one element of a list of text fits.
func (c *compiler) listMatch(list string, m query.Match) (string, error) {
	if m.Op == query.Exists {
		return "(len(" + list + ") > 0)", nil
	}
	if list == "entity" && m.Op == query.Equal { // kept in lower case
		return "list_contains(entity, " + c.lowered(m.Value) + ")", nil
	}
	element, err := c.textMatch("x", m)
	return anyElement(list, element), err
}

func anyElement(list, condition string) string {
	return "(len(list_filter(" + list + ", lambda x: coalesce(" + condition + ", false))) > 0)"
}
