package duckdb

import (
	"strconv"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/query"
)

// own is one of the log's own fields within the JSON of attributes.
type own struct {
	key     string // what the JSON has when the field is there; the JSON of other rows need not be read
	present string // there, and not null
	values  string // the value as text in a list of one, or the elements of the list as text
}

func (c *compiler) own(name string) own {
	pointer := c.arg("/"+pointerEscaper.Replace(valid(name))) + "::VARCHAR"
	key := "contains(attributes, " + c.arg(keyText(name)) + "::VARCHAR)"
	// The lambda names the value, which is thus looked for once a row.
	value := "list_transform([json_extract(attributes, " + pointer + `)], lambda j: CASE WHEN starts_with(j, '[') THEN from_json(j, '["VARCHAR"]') ELSE [j->>'$'] END)[1]`
	return own{
		key:     key,
		present: "CASE WHEN " + key + " THEN (attributes->>" + pointer + ") IS NOT NULL ELSE false END",
		values:  "CASE WHEN " + key + " THEN " + value + " END",
	}
}

// pointerEscaper is RFC 6901 section 3.
var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

// keyText is how event.Fields writes the name, with the colon.
func keyText(name string) string {
	b := event.Fields{{Name: valid(name), Value: event.Value{Kind: event.Null}}}.AppendJSON(nil)
	return strings.TrimSuffix(string(b[1:]), "null}")
}

// jsonText is how event.Fields writes text, without the quotes.
func jsonText(text string) string {
	b := event.Str(valid(text)).AppendJSON(nil)
	return string(b[1 : len(b)-1])
}

// ownMatch compares one of the log's own fields; of a list one element must fit.
func (c *compiler) ownMatch(m query.Match) (string, error) {
	f := c.own(m.Field)
	if m.Op == query.Exists {
		return f.present, nil
	}
	element, err := c.ownCompare("x", m)
	return "(" + f.key + " AND " + anyElement(f.values, element) + ")", err
}

// ownCompare is textMatch, but that a number fits a number of the same value: 1 is 1.0.
func (c *compiler) ownCompare(expr string, m query.Match) (string, error) {
	text, err := c.textMatch(expr, m)
	if err != nil || m.Op != query.Equal || !query.IsNumber(m.Value) {
		return text, err
	}
	number, err := strconv.ParseFloat(m.Value, 64)
	if err != nil {
		return "", err
	}
	fits := text + " OR CASE WHEN contains(" + expr + ", '.') THEN regexp_full_match(" + expr + `, '-?[0-9]+\.[0-9]+') AND try_cast(` + expr + " AS DOUBLE) = " + c.arg(number) + "::DOUBLE ELSE false END"
	if whole := strconv.FormatFloat(number, 'f', -1, 64); whole != m.Value {
		fits += " OR " + expr + " = " + c.arg(whole) + "::VARCHAR"
	}
	return "(" + fits + ")", nil
}
