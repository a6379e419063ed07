package sigma

import (
	"slices"
	"strings"
	"time"
)

// The words of the specification.
var (
	statuses  = []string{"stable", "test", "experimental", "deprecated", "unsupported"}
	relations = []string{"correlation", "derived", "obsolete", "merged", "renamed", "similar"}
)

// metaReader reads the descriptive keys of a document and keeps the first fault.
type metaReader struct {
	root *node
	err  error
}

// readMeta fills what all kinds of documents have.
func readMeta(meta *Meta, root *node) error {
	m := &metaReader{root: root}
	// Name first, so that every later fault can say which rule it is in.
	meta.ID, meta.Title, meta.Name = m.text("id"), m.text("title"), m.text("name")
	meta.Status, meta.Description, meta.Author = m.word("status", statuses), m.text("description"), m.text("author")
	meta.Date, meta.Modified, meta.License = m.date("date"), m.date("modified"), m.text("license")
	meta.Tags, meta.References = m.texts("tags"), m.texts("references")
	meta.FalsePositives, meta.Fields = m.texts("falsepositives"), m.texts("fields")
	meta.Scope, meta.Level, meta.Related = m.texts("scope"), m.level(), m.related()
	meta.noLevel = m.text("level") == ""
	m.word("taxonomy", []string{"sigma"})
	if m.err == nil && strings.TrimSpace(meta.Title) == "" {
		return refuse(root.line, "title", "missing, every rule needs a title")
	}
	return m.err
}

// readLogSource reads the log source that rules and filters name, and what
// it says about itself for people.
func readLogSource(root *node) (LogSource, string, error) {
	m := &metaReader{root: root}
	source, definition := m.logSource()
	return source, definition, m.err
}

func (m *metaReader) fail(err error) {
	if m.err == nil && err != nil {
		m.err = err
	}
}

// text reads an optional scalar.
func (m *metaReader) text(key string) string {
	n := m.root.get(key)
	if n == nil || n.kind == nodeNull {
		return ""
	}
	if n.kind == nodeMap || n.kind == nodeList {
		m.fail(refuse(n.line, key, "want a text, got %s", n.kind))
		return ""
	}
	return n.text
}

// texts reads an optional list of scalars; a lone scalar counts as a list.
func (m *metaReader) texts(key string) []string {
	n := m.root.get(key)
	if n == nil || n.kind == nodeNull {
		return nil
	}
	if n.kind != nodeList {
		return []string{m.text(key)}
	}
	out := make([]string, 0, len(n.list))
	for _, e := range n.list {
		if e.kind == nodeMap || e.kind == nodeList {
			m.fail(refuse(e.line, key, "want a list of texts, got %s in it", e.kind))
			return nil
		}
		out = append(out, e.text)
	}
	return out
}

// word reads an optional text that must be one of these, in any case.
func (m *metaReader) word(key string, words []string) string {
	text := strings.ToLower(m.text(key))
	if text != "" && !slices.Contains(words, text) {
		m.fail(refuse(m.root.get(key).line, key, "%q is not known, want %s", text, strings.Join(words, ", ")))
	}
	return text
}

// date reads an optional date, as written: with hyphens, or with the slashes
// that came before them.
func (m *metaReader) date(key string) string {
	text := m.text(key)
	if text == "" {
		return ""
	}
	for _, layout := range []string{time.DateOnly, "2006/1/2"} {
		if _, err := time.Parse(layout, text); err == nil {
			return text
		}
	}
	m.fail(refuse(m.root.get(key).line, key, "%q is not a date such as 2024-01-31", text))
	return text
}

func (m *metaReader) level() Level {
	text := m.text("level")
	if text == "" {
		return LevelMedium
	}
	level, err := ParseLevel(strings.ToLower(text))
	if err != nil {
		m.fail(refuse(m.root.get("level").line, "level", "%s", err))
	}
	return level
}

func (m *metaReader) logSource() (LogSource, string) {
	n := m.root.get("logsource")
	if n == nil || n.kind != nodeMap {
		m.fail(refuse(m.root.line, "logsource", "missing or not a map"))
		return LogSource{}, ""
	}
	sub := &metaReader{root: n}
	source := LogSource{
		Category: strings.ToLower(sub.text("category")),
		Product:  strings.ToLower(sub.text("product")),
		Service:  strings.ToLower(sub.text("service")),
	}
	definition := sub.text("definition")
	switch {
	case sub.err != nil:
		m.fail(sub.err)
	case source == LogSource{}:
		m.fail(refuse(n.line, "logsource", "needs a category, product or service"))
	}
	return source, definition
}

func (m *metaReader) related() []Related {
	n := m.root.get("related")
	if n == nil || n.kind == nodeNull {
		return nil
	}
	if n.kind != nodeList {
		m.fail(refuse(n.line, "related", "want a list, got %s", n.kind))
		return nil
	}
	out := make([]Related, 0, len(n.list))
	for _, e := range n.list {
		if e.kind != nodeMap {
			m.fail(refuse(e.line, "related", "want maps with id and type, got %s", e.kind))
			return nil
		}
		sub := &metaReader{root: e}
		related := Related{ID: sub.text("id"), Type: sub.word("type", relations)}
		if sub.err == nil && (related.ID == "" || related.Type == "") {
			sub.err = refuse(e.line, "related", "needs an id and a type")
		}
		m.fail(sub.err)
		out = append(out, related)
	}
	return out
}
