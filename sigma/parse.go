package sigma

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"unicode/utf8"
)

// Parse reads all documents of one YAML file. Documents that are Sigma rules
// which this engine can honour in full come back as rules, all others as
// problems; a document never gives both. The name file is only used to say
// where something stands.
func Parse(file string, data []byte) ([]*Rule, []Problem) {
	if !utf8.Valid(data) {
		return nil, []Problem{{File: file, Reason: "not valid UTF-8"}}
	}
	docs := splitDocuments(data)
	if len(docs) == 0 {
		return nil, []Problem{{File: file, Reason: "no document in the file"}}
	}
	var rules []*Rule
	var problems []Problem
	for i, doc := range docs {
		rule, err := parseDocument(doc)
		if err != nil {
			problems = append(problems, problemOf(file, rule, err))
			continue
		}
		rule.File, rule.Document = file, i
		rule.digest = digestOf(doc.text, i)
		rules = append(rules, rule)
	}
	return rules, problems
}

// parseDocument returns the rule as far as it was read also with an error.
func parseDocument(doc document) (*Rule, error) {
	root, err := parseYAML(doc)
	if err != nil {
		return nil, err
	}
	if root.kind != nodeMap {
		return nil, refuse(root.line, "", "not a Sigma rule: want a map, got %s", root.kind)
	}
	rule := &Rule{Line: root.line}
	if err := readMeta(rule, root); err != nil {
		return rule, err
	}
	rule.condition, err = readDetection(root.get("detection"))
	return rule, err
}

func digestOf(text []byte, document int) [sha256.Size]byte {
	h := sha256.New()
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(document)))
	h.Write(text)
	return [sha256.Size]byte(h.Sum(nil))
}

func problemOf(file string, rule *Rule, err error) Problem {
	p := Problem{File: file, Reason: err.Error()}
	var f *fault
	if errors.As(err, &f) {
		p.Line, p.Field = f.line, f.field
	}
	if rule != nil {
		p.Rule = rule.name()
	}
	return p
}
