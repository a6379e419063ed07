package sigma

import "unicode/utf8"

// Values are what placeholders stand for, by their names without the percent
// signs. Each value is a text as rules write it: * and ? are wildcards and a
// backslash escapes them, also inside a regular expression, where all else
// in it stands for itself.
type Values map[string][]string

// ParseValues reads a YAML map of names to a text, number or boolean, or to a
// list of those. What cannot be read stands in the problems, with its line;
// the other names are there all the same. The name file is only used to say
// where something stands.
func ParseValues(file string, data []byte) (Values, []Problem) {
	meta := &Meta{File: file}
	if !utf8.Valid(data) {
		return nil, []Problem{{File: file, Reason: "not valid UTF-8"}}
	}
	docs := splitDocuments(data)
	switch {
	case len(docs) == 0:
		return nil, []Problem{{File: file, Reason: "no document in the file"}}
	case len(docs) > 1:
		return nil, []Problem{{File: file, Line: docs[1].line, Reason: "a second document: values stand in one"}}
	}
	root, err := parseYAML(docs[0])
	if err != nil {
		return nil, []Problem{problemOf(meta, err)}
	}
	if root.kind != nodeMap {
		return nil, []Problem{problemOf(meta, refuse(root.line, "", "want a map of names to values, got %s", root.kind))}
	}
	values := Values{}
	var problems []Problem
	for _, p := range root.pairs {
		list, f := readValues(p)
		if f != nil {
			problems = append(problems, problemOf(meta, f))
			continue
		}
		values[p.key] = list
	}
	return values, problems
}

func readValues(p pair) ([]string, *fault) {
	if !isPlaceholder(p.key) {
		return nil, refuse(p.line, p.key, "no name of a placeholder: it stands without percent signs, in one line and with nothing blank around it")
	}
	nodes := []*node{p.value}
	if p.value.kind == nodeList {
		nodes = p.value.list
	}
	if len(nodes) == 0 {
		return nil, refuse(p.line, p.key, "an empty list of values")
	}
	if len(nodes) > maxValues {
		return nil, refuse(p.line, p.key, "more than %d values", maxValues)
	}
	out := make([]string, 0, len(nodes))
	for _, n := range nodes {
		if n.kind == nodeNull || n.kind == nodeMap || n.kind == nodeList {
			return nil, refuse(n.line, p.key, "want texts, got %s", n.kind)
		}
		out = append(out, n.text)
	}
	return out, nil
}
