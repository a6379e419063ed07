package sigma

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"unicode/utf8"
)

// Parse reads all documents of one YAML file: rules, correlations and
// filters. What this engine can honour in full comes back as such, all else
// as a problem; a document never gives both. The name file is only used to
// say where something stands.
func Parse(file string, data []byte) *Collection {
	c := &Collection{}
	if !utf8.Valid(data) {
		c.Problems = []Problem{{File: file, Reason: "not valid UTF-8"}}
		return c
	}
	docs := splitDocuments(data)
	if len(docs) == 0 {
		c.Problems = []Problem{{File: file, Reason: "no document in the file"}}
		return c
	}
	for i, doc := range docs {
		meta := Meta{File: file, Document: i, digest: digestOf(doc.text, i)}
		if err := c.parse(doc, &meta); err != nil {
			c.Problems = append(c.Problems, problemOf(&meta, err))
		}
	}
	return c
}

// parse adds what the document is. It fills meta as far as it was read also
// with an error.
func (c *Collection) parse(doc document, meta *Meta) error {
	root, err := parseYAML(doc)
	if err != nil {
		return err
	}
	if root.kind != nodeMap {
		return refuse(root.line, "", "not a Sigma rule: want a map, got %s", root.kind)
	}
	meta.Line = root.line
	if err := readMeta(meta, root); err != nil {
		return err
	}
	switch {
	case root.get("action") != nil:
		return refuse(root.get("action").line, "action", "rule collections by action are not part of Sigma 2")
	case root.get("correlation") != nil:
		correlation, err := readCorrelation(meta, root)
		if err == nil {
			c.Correlations = append(c.Correlations, correlation)
		}
		return err
	case root.get("filter") != nil && root.get("detection") != nil:
		return refuse(root.get("detection").line, "detection", "does not belong into a filter: give each a document of its own")
	case root.get("filter") != nil:
		filter, err := readFilter(meta, root)
		if err == nil {
			c.Filters = append(c.Filters, filter)
		}
		return err
	case root.get("detection") == nil:
		return refuse(root.line, "detection", "missing, so this is not a Sigma rule")
	}
	rule, err := readRule(meta, root)
	if err == nil {
		c.Rules = append(c.Rules, rule)
	}
	return err
}

func readRule(meta *Meta, root *node) (*Rule, error) {
	rule := &Rule{Meta: *meta}
	var err error
	if rule.LogSource, rule.Definition, err = readLogSource(root); err != nil {
		return nil, err
	}
	rule.condition, rule.pending, err = readLogic("detection", root.get("detection"), nil)
	return rule, err
}

func digestOf(text []byte, document int) [sha256.Size]byte {
	h := sha256.New()
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(document)))
	h.Write(text)
	return [sha256.Size]byte(h.Sum(nil))
}

func problemOf(meta *Meta, err error) Problem {
	p := Problem{File: meta.File, Rule: meta.label(), Reason: err.Error()}
	var f *fault
	if errors.As(err, &f) {
		p.Line, p.Field = f.line, f.field
	}
	return p
}
