package sigma

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// LogSource says which logs a rule reads. An empty part stands for any.
type LogSource struct {
	Category string
	Product  string
	Service  string
}

// String joins the parts with slashes, "-" standing for an empty one.
func (s LogSource) String() string {
	part := func(p string) string {
		if p == "" {
			return "-"
		}
		return p
	}
	return part(s.Category) + "/" + part(s.Product) + "/" + part(s.Service)
}

// Related ties a rule to another one by its id. Type is correlation, derived,
// obsolete, merged, renamed or similar. The engine evaluates what it is given:
// whether an obsolete rule runs is up to the host.
type Related struct {
	ID   string
	Type string
}

// Meta is what every kind of Sigma document tells of itself.
type Meta struct {
	ID, Title, Description, Author, License string

	// Status is stable, test, experimental, deprecated, unsupported or empty.
	Status string

	// Date and Modified are as written, YYYY-MM-DD or YYYY/MM/DD.
	Date, Modified string

	// Name is the short name by which correlations and filters may call a
	// rule, empty if it has none.
	Name string

	// Level is LevelMedium where the document names none, so that a rule
	// whose author forgot the level does not pass as mere information.
	Level Level

	Tags, References, FalsePositives, Fields, Scope []string
	Related                                         []Related

	// File is the name given to Parse, Line the document's first line in
	// it counted from 1, Document its position in it counted from 0.
	File     string
	Line     int
	Document int

	noLevel bool // the document names none
	digest  [sha256.Size]byte
}

// Rule is one Sigma rule that was read and understood in full. Rules come
// from Parse and Load only and must not be changed afterwards.
type Rule struct {
	Meta
	LogSource LogSource

	// Definition tells people what the log source needs to have configured.
	Definition string

	condition *expr     // nil as long as placeholders wait for values
	pending   pending   // values of placeholders
	filters   []*Filter // that were applied
}

// label is how a message calls the document.
func (m *Meta) label() string {
	if m.ID != "" {
		return m.ID
	}
	return m.Title
}

// Problem is something that was refused, and why. Line counts from 1 and is
// 0 where no line can be named; Rule is the rule's id, else its title; Field
// is the path in the rule, such as detection.selection.Image|contains.
type Problem struct {
	File   string
	Line   int
	Rule   string
	Field  string
	Reason string
}

// Error puts the parts that are known into one line.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if p.Rule != "" {
		fmt.Fprintf(&b, ": rule %q", p.Rule)
	}
	if p.Field != "" {
		b.WriteString(": " + p.Field)
	}
	return strings.TrimPrefix(b.String()+": "+p.Reason, ": ")
}

// fault is a refusal before it is known which file and rule it belongs to.
type fault struct {
	line   int
	field  string
	reason string
}

func (f *fault) Error() string { return f.reason }

func refuse(line int, field, format string, args ...any) *fault {
	return &fault{line: line, field: field, reason: fmt.Sprintf(format, args...)}
}
