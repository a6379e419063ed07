package ruletest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxDepth bounds nesting in a test file.
const maxDepth = 50

// document reads a file of one YAML document that must be a map.
func document(file string, data []byte) (_ []*ast.MappingValueNode, err error) {
	defer func() {
		if r := recover(); r != nil { // the library's, on input that it does not foresee
			err = &TestFileError{File: file, Reason: fmt.Sprintf("not readable as YAML: %v", r)}
		}
	}()
	parsed, err := parser.ParseBytes(data, 0)
	var syntax *yaml.SyntaxError
	switch {
	case errors.As(err, &syntax) && syntax.Token != nil && syntax.Token.Position != nil:
		return nil, &TestFileError{File: file, Line: syntax.Token.Position.Line, Reason: "not valid YAML: " + syntax.Message}
	case err != nil:
		reason, _, _ := strings.Cut(err.Error(), "\n")
		return nil, &TestFileError{File: file, Reason: "not valid YAML: " + reason}
	case len(parsed.Docs) == 0 || parsed.Docs[0].Body == nil:
		return nil, &TestFileError{File: file, Reason: "empty"}
	case len(parsed.Docs) > 1 && parsed.Docs[1].Body != nil:
		return nil, &TestFileError{File: file, Line: lineOf(parsed.Docs[1].Body), Reason: "more than one document"}
	}
	pairs, ok := pairsOf(parsed.Docs[0].Body)
	if !ok {
		return nil, &TestFileError{File: file, Line: lineOf(parsed.Docs[0].Body), Reason: "want a map of keys"}
	}
	return pairs, nil
}

func pairsOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func lineOf(n ast.Node) int {
	if n == nil {
		return 0
	}
	// The library's own position of a map is that of a colon.
	if pairs, ok := pairsOf(n); ok && len(pairs) > 0 {
		return lineOf(pairs[0].Key)
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

// keyOf is the name of a map's key.
func keyOf(p *ast.MappingValueNode) string {
	text, _ := scalarText(p.Key)
	return text
}

// scalarText is a scalar as the author wrote it, without quotes.
func scalarText(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// appendJSON writes a YAML value as the JSON that a shipper would send. Numbers keep their digits.
func appendJSON(b []byte, n ast.Node, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	if pairs, ok := pairsOf(n); ok {
		return appendObject(b, pairs, depth)
	}
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return append(b, "null"...), nil
	case *ast.StringNode, *ast.LiteralNode:
		text, _ := scalarText(n)
		return appendString(b, text), nil
	case *ast.BoolNode:
		return fmt.Appendf(b, "%t", n.Value), nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return appendNumber(b, n)
	case *ast.SequenceNode:
		b = append(b, '[')
		for i, item := range n.Values {
			if i > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = appendJSON(b, item, depth+1); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	}
	return nil, fmt.Errorf("YAML %s cannot stand in an event", strings.ToLower(n.Type().YAMLName()))
}

func appendObject(b []byte, pairs []*ast.MappingValueNode, depth int) ([]byte, error) {
	b = append(b, '{')
	for i, p := range pairs {
		if i > 0 {
			b = append(b, ',')
		}
		name, ok := scalarText(p.Key)
		if !ok {
			return nil, errors.New("a field's name is no text")
		}
		b = append(appendString(b, name), ':')
		var err error
		if b, err = appendJSON(b, p.Value, depth+1); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return append(b, '}'), nil
}

// appendNumber keeps a number that JSON can hold as it is written and gives other notations (0x1F) in decimal.
func appendNumber(b []byte, n ast.Node) ([]byte, error) {
	text := n.GetToken().Value
	if json.Valid([]byte(text)) {
		return append(b, text...), nil
	}
	if n, ok := n.(*ast.IntegerNode); ok {
		return fmt.Append(b, n.Value), nil
	}
	return nil, fmt.Errorf("%s is no number that JSON can hold", text)
}

func appendString(b []byte, text string) []byte {
	quoted, _ := json.Marshal(text) // a text always marshals
	return append(b, quoted...)
}
