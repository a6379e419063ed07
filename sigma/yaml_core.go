package sigma

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// The numbers of YAML 1.2.2's core schema (10.3.2). What YAML 1.1 took for
// numbers besides, such as 1_000 and 0b11, is text.
var (
	coreInteger = regexp.MustCompile(`^[-+]?[0-9]+$`)
	coreOctal   = regexp.MustCompile(`^0o[0-7]+$`)
	coreHex     = regexp.MustCompile(`^0x[0-9a-fA-F]+$`)
	coreFloat   = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
)

// plainScalar reads a number or a text that stands without quotes. A whole
// number is given in decimal digits, any other as it is written.
func plainScalar(text string, line int) *node {
	if strings.IndexByte("+-.0123456789", firstByte(text)) < 0 {
		return &node{kind: nodeString, text: text, line: line}
	}
	if digits, ok := wholeNumber(text); ok {
		n := &node{kind: nodeNumber, text: digits, line: line}
		if digits != text && coreInteger.MatchString(text) {
			n.written = text
		}
		return n
	}
	if coreFloat.MatchString(text) {
		return &node{kind: nodeNumber, text: text, line: line}
	}
	return &node{kind: nodeString, text: text, line: line}
}

// maxInteger bounds the digits of a whole number in another base than ten.
const maxInteger = 1000

func wholeNumber(text string) (string, bool) {
	switch {
	case coreInteger.MatchString(text):
		sign := ""
		if text[0] == '-' {
			sign = "-"
		}
		digits := strings.TrimLeft(text, "-+0")
		if digits == "" {
			return "0", true
		}
		return sign + digits, true
	case len(text) > maxInteger || !coreOctal.MatchString(text) && !coreHex.MatchString(text):
		return "", false
	}
	number, ok := new(big.Int).SetString(text, 0)
	if !ok {
		return "", false
	}
	return number.String(), true
}

// tagged reads a value with a tag of the core schema, which says what it is
// whatever it looks like.
func (c *converter) tagged(n *ast.TagNode, depth int) (*node, error) {
	tag, line := n.Start.Value, c.line(n)
	switch n.Value.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		return nil, refuse(line, "", "YAML tag %s: want the value itself after it", tag)
	}
	value, err := c.convert(n.Value, depth+1)
	if err != nil {
		return nil, err
	}
	written := value.text
	if t := n.Value.GetToken(); t != nil && (value.kind == nodeNumber || value.kind == nodeBool) {
		written = t.Value
	}
	var out *node
	switch tag {
	case "!!map", "!!seq", "!!null":
		if value.kind == map[string]nodeKind{"!!map": nodeMap, "!!seq": nodeList, "!!null": nodeNull}[tag] {
			return value, nil
		}
	case "!!str":
		if value.kind == nodeString || value.kind == nodeNumber || value.kind == nodeBool {
			out = &node{kind: nodeString, text: written, line: value.line}
		}
	case "!!int", "!!float":
		out = plainScalar(written, value.line)
		if _, whole := wholeNumber(written); out.kind != nodeNumber || tag == "!!int" && !whole {
			out = nil
		}
	case "!!bool":
		if value.kind == nodeBool {
			return value, nil
		}
	default:
		return nil, refuse(line, "", "YAML tag %s is not used in Sigma rules", tag)
	}
	if out == nil {
		return nil, refuse(line, "", "YAML tag %s does not fit %s", tag, value.kind)
	}
	return out, nil
}
