package sigma

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// nodeKind says what a YAML node is, as far as Sigma tells them apart.
type nodeKind uint8

const (
	nodeNull nodeKind = iota
	nodeString
	nodeNumber
	nodeBool
	nodeMap
	nodeList
)

func (k nodeKind) String() string {
	return [...]string{"null", "a text", "a number", "a boolean", "a map", "a list"}[k]
}

// node is a YAML node with its line; pairs are a map's, list a list's.
type node struct {
	kind    nodeKind
	text    string
	written string // of a number with leading zeros or a plus sign, else empty
	line    int
	pairs   []pair
	list    []*node
}

type pair struct {
	key   string
	line  int
	value *node
}

// get returns the value of a key of a map, nil if there is none.
func (n *node) get(key string) *node {
	for i := range n.pairs {
		if n.pairs[i].key == key {
			return n.pairs[i].value
		}
	}
	return nil
}

// parseYAML reads one document. Lines count from the document's place in its
// file. A panic of the YAML library is a refusal of this document only.
func parseYAML(doc document) (root *node, err error) {
	if len(doc.text) > maxDocument {
		return nil, refuse(doc.line, "", "document of %d bytes, more than %d", len(doc.text), maxDocument)
	}
	if tooDeep(doc.text) {
		return nil, refuse(doc.line, "", "nested deeper than %d levels", maxNesting)
	}
	if what, limit := tooMany(doc.text); what != "" {
		return nil, refuse(doc.line, "", "more than %d %s in one document", limit, what)
	}
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, refuse(doc.line, "", "not readable as YAML: %v", r)
		}
	}()
	file, err := parser.ParseBytes(doc.text, 0)
	if err != nil {
		return nil, yamlFault(doc, err)
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, refuse(doc.line, "", "empty document")
	}
	c := converter{first: doc.line - 1, anchors: map[string]*node{}}
	return c.convert(file.Docs[0].Body, 0)
}

func yamlFault(doc document, err error) *fault {
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) && syntax.Token != nil && syntax.Token.Position != nil {
		return refuse(doc.line-1+syntax.Token.Position.Line, "", "not valid YAML: %s", syntax.Message)
	}
	message, _, _ := strings.Cut(err.Error(), "\n")
	return refuse(doc.line, "", "not valid YAML: %s", message)
}

// converter turns the library's tree into nodes. An alias shares its anchor's
// node, so no document can grow by repeating one.
type converter struct {
	first   int
	anchors map[string]*node
}

func (c *converter) line(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return c.first + t.Position.Line
	}
	return c.first + 1
}

func (c *converter) convert(n ast.Node, depth int) (*node, error) {
	if n == nil {
		return &node{line: c.first + 1}, nil
	}
	if depth > maxNesting {
		return nil, refuse(c.line(n), "", "nested deeper than %d levels", maxNesting)
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return c.mapping(n, n.Values, depth)
	case *ast.MappingValueNode:
		return c.mapping(n, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		return c.sequence(n, depth)
	case *ast.AnchorNode:
		value, err := c.convert(n.Value, depth+1)
		if err == nil && n.Name != nil {
			c.anchors[n.Name.String()] = value
		}
		return value, err
	case *ast.TagNode:
		return c.tagged(n, depth)
	case *ast.AliasNode:
		if value := c.anchors[n.Value.String()]; value != nil {
			return value, nil
		}
		return nil, refuse(c.line(n), "", "alias *%s names no anchor above it", n.Value)
	}
	return c.scalar(n)
}

func (c *converter) mapping(at ast.Node, values []*ast.MappingValueNode, depth int) (*node, error) {
	out := &node{kind: nodeMap, line: c.line(at), pairs: make([]pair, 0, len(values))}
	given := make(map[string]bool, len(values))
	for i, v := range values {
		key, err := c.scalar(v.Key)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			// The library's own position of a map is that of a colon.
			out.line = key.line
		}
		value, err := c.convert(v.Value, depth+1)
		if err != nil {
			return nil, err
		}
		if given[key.text] {
			return nil, refuse(key.line, "", "key %q is given twice", key.text)
		}
		given[key.text] = true
		out.pairs = append(out.pairs, pair{key: key.text, line: key.line, value: value})
	}
	return out, nil
}

func (c *converter) sequence(n *ast.SequenceNode, depth int) (*node, error) {
	out := &node{kind: nodeList, line: c.line(n), list: make([]*node, 0, len(n.Values))}
	for _, v := range n.Values {
		value, err := c.convert(v, depth+1)
		if err != nil {
			return nil, err
		}
		out.list = append(out.list, value)
	}
	return out, nil
}

func (c *converter) scalar(n ast.Node) (*node, error) {
	line := c.line(n)
	switch n := n.(type) {
	case *ast.StringNode:
		if n.Token.Type == token.SingleQuoteType || n.Token.Type == token.DoubleQuoteType {
			return &node{kind: nodeString, text: n.Value, line: line}, nil
		}
		return plainScalar(n.Value, line), nil
	case *ast.LiteralNode:
		return &node{kind: nodeString, text: n.Value.Value, line: line}, nil
	case *ast.IntegerNode:
		return plainScalar(n.Token.Value, line), nil
	case *ast.FloatNode:
		return plainScalar(n.Token.Value, line), nil
	case *ast.BoolNode:
		return &node{kind: nodeBool, text: fmt.Sprint(n.Value), line: line}, nil
	case *ast.NullNode:
		return &node{kind: nodeNull, text: "null", line: line}, nil
	}
	return nil, refuse(line, "", "YAML %s is not used in Sigma rules", strings.ToLower(n.Type().YAMLName()))
}
