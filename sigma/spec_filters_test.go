package sigma_test

import (
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

// filterClause is a statement of the filters' specification. The rule is
// named by its id "r-1" and name "rule_one", reads windows/process_creation
// and matches where A is x.
type filterClause struct {
	says    string
	filter  string // what stands in the document after the title
	match   []string
	reject  []string
	refused []refusedKey
}

const filteredRule = "title: r\nid: r-1\nname: rule_one\nlogsource: {category: process_creation, product: windows}\n" +
	"detection: {selection: {A: x}, condition: selection}\n"

func TestSpecificationOfFilters(t *testing.T) {
	for _, c := range filterClauses {
		t.Run(c.says, func(t *testing.T) {
			if len(c.match) == 0 || len(c.reject)+len(c.refused) == 0 {
				t.Fatal("a clause needs both sides")
			}
			all := sigma.Parse("f.yml", []byte(filteredRule+"---\ntitle: f\n"+c.filter))
			if len(all.Problems) > 0 || len(all.Filters) != 1 {
				t.Fatalf("%d filters, problems %v", len(all.Filters), all.Problems)
			}
			rules, _ := all.Prepare(sigma.Values{"admins": {"adm_*", "root"}})
			e := compile(t, rules)
			for _, text := range c.match {
				if len(matches(t, e, text)) != 1 {
					t.Errorf("does not match %s", text)
				}
			}
			for _, text := range c.reject {
				if len(matches(t, e, text)) != 0 {
					t.Errorf("matches %s", text)
				}
			}
			for _, r := range c.refused {
				got := sigma.Parse("f.yml", []byte(r.text))
				if len(got.Filters) != 0 || len(got.Problems) != 1 || got.Problems[0].Field != r.field {
					t.Errorf("%q: problems %v, want one at %s", r.text, got.Problems, r.field)
				}
			}
		})
	}
}

const (
	windowsProcess = "logsource: {category: process_creation, product: windows}\n"
	notAdmin       = ", selection: {User|startswith: adm_}, condition: not selection}\n"
)

var filterClauses = []filterClause{
	{
		says:   "Introduction: matches of the rule are suppressed",
		filter: windowsProcess + "filter: {rules: [r-1]" + notAdmin,
		match:  []string{`{"A":"x","User":"bob"}`, `{"A":"x"}`},
		reject: []string{`{"A":"x","User":"adm_bob"}`, `{"User":"bob"}`},
	},
	{
		says:   "filter condition: taken as written, matches have to fulfil it",
		filter: windowsProcess + "filter: {rules: [r-1], selection: {User|startswith: adm_}, condition: selection}\n",
		match:  []string{`{"A":"x","User":"adm_bob"}`},
		reject: []string{`{"A":"x","User":"bob"}`, `{"A":"x"}`, `{"User":"adm_bob"}`},
	},
	{
		says:    "Syntax: a title is mandatory, level and status have no effect",
		filter:  "level: high\nstatus: test\n" + windowsProcess + "filter: {rules: [r-1]" + notAdmin,
		match:   []string{`{"A":"x"}`},
		refused: []refusedKey{{windowsProcess + "filter: {rules: [r-1]" + notAdmin, "title", ""}},
	},
	{
		says:   "Identification, Description, Date, Modified, Taxonomy: as in rules",
		filter: "id: f\ndescription: d\ndate: 2024-01-01\nmodified: 2024-01-02\ntaxonomy: sigma\n" + windowsProcess + "filter: {rules: [r-1]" + notAdmin,
		match:  []string{`{"A":"x"}`},
		refused: []refusedKey{
			{"title: f\ndate: soon\n" + windowsProcess + "filter: {rules: [r-1]" + notAdmin, "date", ""},
			{"title: f\ntaxonomy: mine\n" + windowsProcess + "filter: {rules: [r-1]" + notAdmin, "taxonomy", ""},
		},
	},
	{
		says:    "Log source: mandatory, and the rule's has every part of it",
		filter:  "logsource: {product: windows}\nfilter: {rules: [r-1]" + notAdmin,
		match:   []string{`{"A":"x"}`},
		reject:  []string{`{"A":"x","User":"adm_bob"}`},
		refused: []refusedKey{{"title: f\nfilter: {rules: [r-1]" + notAdmin, "logsource", ""}},
	},
	{
		says:   "Log source: another one leaves the rule alone",
		filter: "logsource: {product: windows, service: security}\nfilter: {rules: [r-1]" + notAdmin,
		match:  []string{`{"A":"x"}`, `{"A":"x","User":"adm_bob"}`},
		reject: []string{`{}`},
	},
	{
		says:    "Relative rules: mandatory, by id in any case",
		filter:  windowsProcess + "filter: {rules: [other, R-1]" + notAdmin,
		match:   []string{`{"A":"x"}`},
		reject:  []string{`{"A":"x","User":"adm_bob"}`},
		refused: []refusedKey{{"title: f\n" + windowsProcess + "filter: {selection: {A: x}, condition: selection}", "filter.rules", ""}},
	},
	{
		says:   "Relative rules: by name, also one alone",
		filter: windowsProcess + "filter: {rules: rule_one" + notAdmin,
		match:  []string{`{"A":"x"}`},
		reject: []string{`{"A":"x","User":"adm_bob"}`},
		refused: []refusedKey{
			{"title: f\n" + windowsProcess + "filter: {rules: []" + notAdmin, "filter.rules", ""},
			{"title: f\n" + windowsProcess + "filter: {rules: {r-1: x}" + notAdmin, "filter.rules", ""},
		},
	},
	{
		says:   "Relative rules: any rule of the log source",
		filter: windowsProcess + "filter: {rules: any" + notAdmin,
		match:  []string{`{"A":"x"}`},
		reject: []string{`{"A":"x","User":"adm_bob"}`},
	},
	{
		says:   "Relative rules: a rule that is not named is left alone",
		filter: windowsProcess + "filter: {rules: [r-2, Rule_One]" + notAdmin,
		match:  []string{`{"A":"x"}`, `{"A":"x","User":"adm_bob"}`},
		reject: []string{`{}`},
	},
	{
		says: "filter selection: the whole language of detections, under its own names",
		filter: windowsProcess + "filter:\n  rules: any\n  selection: {User|expand: '%admins%'}\n  other: [word, {B|re: '^z+$'}]\n" +
			"  condition: not 1 of them\n",
		match:  []string{`{"A":"x"}`, `{"A":"x","User":"bob","B":"zy"}`},
		reject: []string{`{"A":"x","User":"root"}`, `{"A":"x","User":"adm_1"}`, `{"A":"x","C":"a word"}`, `{"A":"x","B":"zz"}`},
		refused: []refusedKey{
			{"title: f\n" + windowsProcess + "filter: {rules: any, selection: {}, condition: selection}", "filter.selection", ""},
			{"title: f\n" + windowsProcess + "filter: {rules: any, selection: {A|foo: x}, condition: selection}", "filter.selection.A|foo", ""},
		},
	},
	{
		says:   "filter condition: mandatory, one text, of the filter's own identifiers",
		filter: windowsProcess + "filter: {rules: any, a: {B: x}, b: {C: x}, condition: not (a or b)}",
		match:  []string{`{"A":"x"}`},
		reject: []string{`{"A":"x","B":"x"}`, `{"A":"x","C":"x"}`},
		refused: []refusedKey{
			{"title: f\n" + windowsProcess + "filter: {rules: any, selection: {A: x}}", "filter.condition", ""},
			{"title: f\n" + windowsProcess + "filter: {rules: any, a: {A: x}, condition: selection}", "filter.condition", ""},
			{"title: f\n" + windowsProcess + "filter: {rules: any, a: {A: x}, condition: [a]}", "filter.condition", ""},
			{"title: f\n" + windowsProcess + "filter: {rules: any, condition: not a}", "filter.condition", ""},
		},
	},
}
