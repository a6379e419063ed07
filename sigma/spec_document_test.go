package sigma_test

import (
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

// documentClause is a statement about the keys of a rule: with these it loads
// and tells what read finds, and these texts are refused at the given field.
// Each text stands in front of a rule that has a title, log source and
// detection, unless it brings its own.
type documentClause struct {
	says    string
	text    string
	read    func(*sigma.Rule) string
	want    string
	refused []refusedKey
}

type refusedKey struct{ text, field, reason string }

// documentText adds what a text leaves out of a rule.
func documentText(text string) string {
	for _, part := range []struct{ key, text string }{
		{"title:", "title: t"}, {"logsource:", "logsource: {category: c}"}, {"detection:", "detection: {s: {A: x}, condition: s}"},
	} {
		if !strings.Contains(strings.ToLower(text), part.key) {
			text = strings.TrimSuffix(text, "\n") + "\n" + part.text + "\n"
		}
	}
	return text
}

func TestSpecificationOfDocuments(t *testing.T) {
	for _, c := range documentClauses {
		t.Run(c.says, func(t *testing.T) {
			rules, problems := parseRules("d.yml", []byte(documentText(c.text)))
			if len(rules) != 1 || len(problems) != 0 {
				t.Fatalf("%q: %d rules, problems %v", c.text, len(rules), problems)
			}
			if got := c.read(rules[0]); got != c.want {
				t.Errorf("%q: read %q, want %q", c.text, got, c.want)
			}
			for _, r := range c.refused {
				rules, problems := parseRules("d.yml", []byte(documentText(r.text)))
				if len(rules) != 0 || len(problems) != 1 || problems[0].Field != r.field || !strings.Contains(problems[0].Reason, r.reason) {
					t.Errorf("%q: %d rules, problems %v, want %q at %q", r.text, len(rules), problems, r.reason, r.field)
				}
			}
		})
	}
}

func title(r *sigma.Rule) string { return r.Title }
func related(r *sigma.Rule) string {
	var out []string
	for _, one := range r.Related {
		out = append(out, one.Type+" "+one.ID)
	}
	return strings.Join(out, ", ")
}

var documentClauses = []documentClause{
	{
		says: "File structure: title, logsource and detection are all that is needed", text: "", read: title, want: "t",
		refused: []refusedKey{
			{"title:", "title", "missing"}, {"logsource:", "logsource", "missing"}, {"detection:", "detection", "want a map, got null"},
		},
	},
	{
		says: "YAML file: UTF-8, also with the line breaks of Windows", text: "title: 日本\r\nid: a\r\n", read: title, want: "日本",
		refused: []refusedKey{{"title: \xff", "", "not valid UTF-8"}, {"title: [x", "", "not valid YAML"}},
	},
	{
		says: "YAML file: keys are in lower case, others are custom fields", text: "title: t\nTitle: u\nmine: {a: [b]}", read: title, want: "t",
		refused: []refusedKey{{"Title: u", "title", "missing"}},
	},
	{
		says: "Title: a text", text: "title: 'Whoami: run'", read: title, want: "Whoami: run",
		refused: []refusedKey{{"title: [a]", "title", "want a text"}, {"title: ''", "title", "missing"}},
	},
	{
		says: "Identification: id, a UUID by recommendation", text: "id: 929a690e-bef0-4204-a928-ef5e620d6fcc",
		read: func(r *sigma.Rule) string { return r.ID }, want: "929a690e-bef0-4204-a928-ef5e620d6fcc",
		refused: []refusedKey{{"id: {a: b}", "id", "want a text"}},
	},
	{
		says: "Identification: related rules of every type",
		text: "related:\n" +
			"  - {id: a, type: correlation}\n  - {id: b, type: derived}\n  - {id: c, type: obsolete}\n" +
			"  - {id: d, type: merged}\n  - {id: e, type: renamed}\n  - {id: f, type: similar}\n",
		read: related, want: "correlation a, derived b, obsolete c, merged d, renamed e, similar f",
		refused: []refusedKey{
			{"related: {id: a, type: derived}", "related", "want a list"},
			{"related: [{id: a, type: child}]", "type", "not known"},
			{"related: [{id: a}]", "related", "needs an id and a type"},
			{"related: [{type: derived}]", "related", "needs an id and a type"},
		},
	},
	{
		says: "Name", text: "name: short_name", read: func(r *sigma.Rule) string { return r.Name }, want: "short_name",
		refused: []refusedKey{{"name: [a]", "name", "want a text"}},
	},
	{
		says: "Taxonomy: sigma, a custom one has to be transformed first", text: "taxonomy: sigma", read: title, want: "t",
		refused: []refusedKey{{"taxonomy: ocsf", "taxonomy", "want sigma"}},
	},
	{
		says: "Status: one of five", text: "status: unsupported", read: func(r *sigma.Rule) string { return r.Status }, want: "unsupported",
		refused: []refusedKey{{"status: final", "status", "want stable, test, experimental, deprecated, unsupported"}},
	},
	{
		says: "Description", text: "description: |\n  a\n  b\n", read: func(r *sigma.Rule) string { return r.Description }, want: "a\nb\n",
		refused: []refusedKey{{"description: [a]", "description", "want a text"}},
	},
	{
		says: "License", text: "license: MIT", read: func(r *sigma.Rule) string { return r.License }, want: "MIT",
		refused: []refusedKey{{"license: {a: b}", "license", "want a text"}},
	},
	{
		says: "Author", text: "author: a, b", read: func(r *sigma.Rule) string { return r.Author }, want: "a, b",
		refused: []refusedKey{{"author: [a, b]", "author", "want a text"}},
	},
	{
		says: "References", text: "references: [a, b]", read: func(r *sigma.Rule) string { return strings.Join(r.References, "|") }, want: "a|b",
		refused: []refusedKey{{"references: [{a: b}]", "references", "got a map in it"}},
	},
	{
		says: "Date: YYYY-MM-DD", text: "date: 2024-02-29", read: func(r *sigma.Rule) string { return r.Date }, want: "2024-02-29",
		refused: []refusedKey{{"date: 2023-02-29", "date", "not a date"}, {"date: 20240229", "date", "not a date"}, {"date: yesterday", "date", "not a date"}},
	},
	{
		says: "Modified: YYYY-MM-DD, older rules have slashes", text: "modified: 2024/02/29",
		read: func(r *sigma.Rule) string { return r.Modified }, want: "2024/02/29",
		refused: []refusedKey{{"modified: 2024-2-29", "modified", "not a date"}},
	},
	{
		says: "LogSource: category, product and service, alone or together, in lower case",
		text: "logsource: {category: Process_Creation, product: Windows, service: onelogin.events}",
		read: func(r *sigma.Rule) string { return r.LogSource.String() }, want: "process_creation/windows/onelogin.events",
		refused: []refusedKey{
			{"logsource: {}", "logsource", "needs a category"},
			{"logsource: windows", "logsource", "not a map"},
			{"logsource: {product: [a, b]}", "product", "want a text"},
		},
	},
	{
		says: "LogSource: one part alone", text: "logsource: {service: sshd}",
		read: func(r *sigma.Rule) string { return r.LogSource.String() }, want: "-/-/sshd",
		refused: []refusedKey{{"logsource: {definition: d}", "logsource", "needs a category"}},
	},
	{
		says: "LogSource: definition and elements of one's own", text: "logsource: {category: c, definition: turn it on, other: x}",
		read: func(r *sigma.Rule) string { return r.Definition }, want: "turn it on",
		refused: []refusedKey{{"logsource: {category: c, definition: [d]}", "definition", "want a text"}},
	},
	{
		says: "Detection: search identifiers and a condition", text: "detection: {s: {A: x}, condition: s}", read: title, want: "t",
		refused: []refusedKey{
			{"detection: {s: {A: x}}", "detection.condition", "missing"},
			{"detection: {condition: s}", "detection.condition", "no search identifier"},
			{"detection: {s: {A: x}, not: {A: y}, condition: s}", "detection.not", "word of conditions"},
			{"detection: [s]", "detection", "want a map"},
		},
	},
	{
		says: "Fields", text: "fields: [A, B]", read: func(r *sigma.Rule) string { return strings.Join(r.Fields, "|") }, want: "A|B",
		refused: []refusedKey{{"fields: {A: B}", "fields", "want a text"}},
	},
	{
		says: "FalsePositives: a list, or one text", text: "falsepositives: Unlikely",
		read: func(r *sigma.Rule) string { return strings.Join(r.FalsePositives, "|") }, want: "Unlikely",
		refused: []refusedKey{{"falsepositives: [[a]]", "falsepositives", "got a list in it"}},
	},
	{
		says: "Level: one of five", text: "level: critical", read: func(r *sigma.Rule) string { return r.Level.String() }, want: "critical",
		refused: []refusedKey{{"level: severe", "level", "unknown level"}},
	},
	{
		says: "Level: optional, medium is taken", text: "", read: func(r *sigma.Rule) string { return r.Level.String() }, want: "medium",
		refused: []refusedKey{{"level: [low]", "level", "want a text"}},
	},
	{
		says: "Tags", text: "tags: [attack.t1234, tlp.amber]", read: func(r *sigma.Rule) string { return strings.Join(r.Tags, "|") }, want: "attack.t1234|tlp.amber",
		refused: []refusedKey{{"tags: {a: b}", "tags", "want a text"}},
	},
	{
		says: "Scope", text: "scope: [server]", read: func(r *sigma.Rule) string { return strings.Join(r.Scope, "|") }, want: "server",
		refused: []refusedKey{{"scope: [[a]]", "scope", "got a list in it"}},
	},
	{
		says: "Sections: a document is a rule, a correlation or a filter, and one of them only", text: "Filter: {rules: any}", read: title, want: "t",
		refused: []refusedKey{
			{"filter: {rules: any, s: {A: y}, condition: not s}\ndetection: {s: {A: x}, condition: s}", "detection", "does not belong into a filter"},
			{"detection: {s: {A: x}, condition: s}\nfilter: {rules: any, s: {A: y}, condition: not s}", "detection", "does not belong into a filter"},
			{"detection: {s: {A: x}, condition: s}\nfilter:", "detection", "does not belong into a filter"},
			{"detection:\nfilter: {rules: any, s: {A: y}, condition: not s}", "detection", "does not belong into a filter"},
			{"correlation: {type: event_count}\ndetection: {s: {A: x}, condition: s}", "detection", "does not belong into a correlation"},
			{"correlation: {type: event_count}\nfilter: {rules: any}\nlogsource: {}\ndetection: ", "detection", "does not belong into a correlation"},
		},
	},
	{
		says: "Rule collections of Sigma 1 are no part of Sigma 2", text: "", read: title, want: "t",
		refused: []refusedKey{{"action: global", "action", "not part of Sigma 2"}},
	},
}

func TestScalarsAreThoseOfTheCoreSchema(t *testing.T) {
	for written, want := range map[string]string{
		"0777": "777", "-010": "-10", "+5": "5", "-0": "0", "08": "8", "0o17": "15", "0x1F": "31", "0xFFFFFFFFFFFFFFFFFF": "4722366482869645213695",
		"18446744073709551616": "18446744073709551616", "1e5": "1e5", ".5": ".5", "0.10": "0.10", "!!int '012'": "12", "!!float '1.50'": "1.50",
		"1_000": "a text", "0b11": "a text", "-0x1F": "a text", "0X1F": "a text", "0o8": "a text", "1e": "a text", "12:30": "a text", "'5'": "a text",
		"!!str 5": "a text", "!!str 0777": "a text", "!!str true": "a text", "!!str |\n      5": "a text", "True": "a boolean", "!!bool false": "a boolean",
		"null": "null takes no modifier", "!!null ~": "null takes no modifier", "!!seq [a, b]": "not a list", "!!map {a: 5}": "a map",
		"!!int 5.5": "!tag !!int does not fit a number", "!!int x": "!tag !!int does not fit a text", "!!bool 'true'": "!tag !!bool does not fit",
		"!!str ~": "!tag !!str does not fit null", "!!str &a 5": "!want the value itself", "!mine 5": "!tag !mine is not used", ".inf": "!inf is not used",
	} {
		// What takes no other kind says which kind it got, or else how the number is written.
		rules, problems := parseRules("r.yml", []byte(documentText("detection:\n  s:\n    A|exists: "+written+"\n  condition: s\n")))
		kind := "a boolean"
		if len(problems) == 1 {
			kind = problems[0].Reason
		}
		if reason, refused := strings.CutPrefix(want, "!"); refused {
			if len(rules) != 0 || !strings.Contains(kind, reason) {
				t.Errorf("%s: %q, want refused: %s", written, kind, reason)
			}
			continue
		}
		number := strings.Trim(want, "+-.0123456789e") == ""
		if number && !strings.HasSuffix(kind, "got a number") || !number && !strings.Contains(kind, want) {
			t.Errorf("%s: %q, want %s", written, kind, want)
		}
		if number {
			e := compile(t, mustParse(t, ruleText("sel:\n  A: "+written)))
			if len(matches(t, e, `{"A":"`+want+`"}`)) != 1 {
				t.Errorf("%s does not match %s", written, want)
			}
		}
	}
}
