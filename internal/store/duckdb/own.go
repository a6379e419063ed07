package duckdb

import (
	"strconv"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/query"
)

// own is one of the log's own fields within the JSON of attributes.
type own struct {
	key     string // what the JSON has when the field is there, to pass the other rows by without reading their JSON
	isList  string
	list    string // the elements as text
	text    string // the value as text
	present string // there, and not null
}

func (c *compiler) own(name string) own {
	pointer := c.arg("/"+pointerEscaper.Replace(valid(name))) + "::VARCHAR"
	text := "(attributes->>" + pointer + ")"
	return own{
		key:     "contains(attributes, " + c.arg(keyText(name)) + "::VARCHAR)",
		isList:  "(starts_with(" + text + ", '[') AND json_type(attributes, " + pointer + ") = 'ARRAY')",
		list:    "from_json(json_extract(attributes, " + pointer + `), '["VARCHAR"]')`,
		text:    text,
		present: "(" + text + " IS NOT NULL)",
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
		return "(" + f.key + " AND " + f.present + ")", nil
	}
	scalar, err := c.ownCompare(f.text, m)
	if err != nil {
		return "", err
	}
	element, err := c.ownCompare("x", m)
	if err != nil {
		return "", err
	}
	return "(" + f.key + " AND CASE WHEN " + f.isList + " THEN " + anyElement(f.list, element) + " ELSE " + scalar + " END)", nil
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
	fits := text + " OR (regexp_full_match(" + expr + `, '-?[0-9]+\.[0-9]+') AND try_cast(` + expr + " AS DOUBLE) = " + c.arg(number) + "::DOUBLE)"
	if whole := strconv.FormatFloat(number, 'f', -1, 64); whole != m.Value {
		fits += " OR " + expr + " = " + c.arg(whole) + "::VARCHAR"
	}
	return "(" + fits + ")", nil
}
