package sigma_test

var keywordClauses = []clause{
	{
		says:      "a list of texts is looked for in the whole event, joined with or",
		detection: "sel: [evil, 'a*c']",
		match:     []string{`{"X":"an EVIL thing"}`, `{"Y":["x","abbbc"]}`},
		reject:    []string{`{"X":"ev il"}`, `{"evil":"x"}`, `{}`},
	},
	{
		says:      "a lone text is a keyword",
		detection: "sel: evil",
		match:     []string{`{"X":"evil"}`},
		reject:    []string{`{"X":"good"}`},
	},
	{
		says:      "|all joins them with and, wherever each stands",
		detection: "sel:\n  '|all': [one, ' two ']",
		match:     []string{`{"X":"one two three"}`, `{"X":"one","Y":"a two b"}`},
		reject:    []string{`{"X":"one"}`, `{"X":"a two b"}`},
	},
	{
		says:      "a number stands alone",
		detection: "sel:\n  '|all': [init, 6]",
		match:     []string{`{"X":"init 6"}`, `{"X":"init","Y":"6"}`, `{"X":"init (6)"}`},
		reject:    []string{`{"X":"init 60"}`, `{"X":"init x6"}`, `{"X":"init"}`},
	},
	{
		says:      "|re on keywords",
		detection: "sel:\n  '|re': 'e+vil$'",
		match:     []string{`{"X":"so eeevil"}`},
		reject:    []string{`{"X":"evil not"}`},
	},
	{
		says:      "|cased on keywords",
		detection: "sel:\n  '|cased': Evil",
		match:     []string{`{"X":"Evil"}`},
		reject:    []string{`{"X":"evil"}`},
	},
	{
		says:      "wildcards and escapes in keywords",
		detection: `sel: ['ev?l*x', 'a\*b']`,
		match:     []string{`{"X":"an evil thing, X."}`, `{"X":"1 a*b 2"}`},
		reject:    []string{`{"X":"evl x"}`, `{"X":"acb"}`},
	},
	{
		says:      "keywords have no field to compare",
		detection: "sel:\n  '|contains': evil",
		match:     []string{`{"X":"some evil"}`},
		refused: []refused{
			{"sel: {'|startswith': a}", "needs a field"},
			{"sel: {'|endswith': a}", "needs a field"},
			{"sel: {'|cidr': 10.0.0.0/8}", "needs a field"},
			{"sel: {'|exists': true}", "needs a field"},
			{"sel: {'|hour': 3}", "needs a field"},
			{"sel: {'|gt': 3}", "needs a field"},
			{"sel: {'|fieldref': A}", "needs a field"},
			{"sel: {'|neq': a}", "needs a field"},
			{"sel: [null]", "no keyword"},
		},
	},
	{
		says:      "keywords beside maps in a list",
		detection: "sel: [evil, {A: x}]",
		match:     []string{`{"B":"evil"}`, `{"A":"x"}`},
		reject:    []string{`{"A":"y"}`},
	},
	{
		says:      "keywords beside fields in a map",
		detection: "sel:\n  A: x\n  '|contains': evil",
		match:     []string{`{"A":"x","B":"evil"}`},
		reject:    []string{`{"A":"x"}`, `{"B":"evil"}`},
	},
}

const abc = "sa: {A: x}\nsb: {B: x}\nsc: {C: x}\n_d: {D: x}\ncondition: "

var conditionClauses = []clause{
	{
		says: "and", detection: abc + "sa and sb",
		match: []string{`{"A":"x","B":"x"}`}, reject: []string{`{"A":"x"}`, `{"B":"x"}`},
	},
	{
		says: "or", detection: abc + "sa or sb",
		match: []string{`{"A":"x"}`, `{"B":"x"}`}, reject: []string{`{"C":"x"}`},
	},
	{
		says: "not", detection: abc + "sa and not sb",
		match: []string{`{"A":"x"}`}, reject: []string{`{"A":"x","B":"x"}`, `{}`},
	},
	{
		says: "not not", detection: abc + "not not sa",
		match: []string{`{"A":"x"}`}, reject: []string{`{}`},
	},
	{
		says: "not alone", detection: abc + "not sa",
		match: []string{`{}`, `{"B":"x"}`}, reject: []string{`{"A":"x"}`},
	},
	{
		says: "and binds more than or", detection: abc + "sa or sb and sc",
		match: []string{`{"A":"x"}`, `{"B":"x","C":"x"}`}, reject: []string{`{"B":"x"}`, `{"C":"x"}`},
	},
	{
		says: "not binds more than and", detection: abc + "not sa and sb",
		match: []string{`{"B":"x"}`}, reject: []string{`{}`, `{"A":"x","B":"x"}`},
	},
	{
		says: "parentheses", detection: abc + "(sa or sb)and(sc)",
		match: []string{`{"A":"x","C":"x"}`, `{"B":"x","C":"x"}`}, reject: []string{`{"A":"x"}`, `{"C":"x"}`},
	},
	{
		says: "not before parentheses", detection: abc + "sc and not (sa or sb)",
		match: []string{`{"C":"x"}`}, reject: []string{`{"A":"x","C":"x"}`, `{}`},
	},
	{
		says: "1 of them leaves out what starts with an underscore", detection: abc + "1 of them",
		match: []string{`{"A":"x"}`, `{"C":"x"}`}, reject: []string{`{"D":"x"}`, `{}`},
	},
	{
		says: "any of them", detection: abc + "any of them",
		match: []string{`{"B":"x"}`}, reject: []string{`{"D":"x"}`},
	},
	{
		says: "all of them", detection: abc + "all of them",
		match: []string{`{"A":"x","B":"x","C":"x"}`}, reject: []string{`{"A":"x","B":"x"}`, `{"A":"x","B":"x","D":"x"}`},
	},
	{
		says: "1 of a pattern", detection: abc + "1 of s*",
		match: []string{`{"B":"x"}`}, reject: []string{`{"D":"x"}`},
	},
	{
		says: "a pattern with * anywhere", detection: "sel_a_1: {A: x}\nsel_b_2: {B: x}\nsel_c_1: {C: x}\ncondition: all of *_*_1",
		match: []string{`{"A":"x","C":"x"}`}, reject: []string{`{"A":"x","B":"x"}`},
	},
	{
		says: "a pattern without * is one name", detection: abc + "1 of sa",
		match: []string{`{"A":"x"}`}, reject: []string{`{"B":"x"}`},
	},
	{
		says: "all of a pattern", detection: abc + "all of s*",
		match: []string{`{"A":"x","B":"x","C":"x"}`}, reject: []string{`{"A":"x","C":"x"}`},
	},
	{
		says: "a pattern may name what starts with an underscore", detection: abc + "1 of _*",
		match: []string{`{"D":"x"}`}, reject: []string{`{"A":"x"}`},
	},
	{
		says: "a number of them", detection: abc + "2 of them",
		match: []string{`{"A":"x","C":"x"}`, `{"A":"x","B":"x","C":"x"}`}, reject: []string{`{"B":"x"}`, `{"B":"x","D":"x"}`},
	},
	{
		says: "not 1 of a pattern", detection: abc + "_d and not 1 of s*",
		match: []string{`{"D":"x"}`}, reject: []string{`{"D":"x","B":"x"}`},
	},
	{
		says: "words in capitals", detection: abc + "sa AND NOT sb OR 1 OF sc",
		match: []string{`{"A":"x"}`, `{"C":"x"}`}, reject: []string{`{"A":"x","B":"x"}`},
	},
	{
		says: "a list of conditions is joined with or", detection: "sa: {A: x}\nsb: {B: x}\ncondition: [sa, not sb]",
		match: []string{`{"A":"x","B":"x"}`, `{}`}, reject: []string{`{"B":"x"}`},
	},
	{
		says: "a list inside a search is joined with or, also under all of", detection: "sa: [{A: x}, {B: x}]\nsb: {C: x}\ncondition: all of them",
		match: []string{`{"B":"x","C":"x"}`}, reject: []string{`{"A":"x","B":"x"}`},
	},
	{
		says: "precedence: or, and, not, x of, brackets", detection: abc + "not 1 of s* and _d or sa and not (sb or sc)",
		match:  []string{`{"D":"x"}`, `{"A":"x"}`, `{"A":"x","D":"x"}`},
		reject: []string{`{}`, `{"B":"x"}`, `{"A":"x","B":"x"}`, `{"A":"x","C":"x","D":"x"}`},
	},
	{
		says: "patterns mind case and take no ?", detection: "Sa: {A: x}\nsab: {B: x}\ncondition: 1 of s*b",
		match: []string{`{"B":"x"}`}, reject: []string{`{"A":"x"}`},
		refused: []refused{{"sab: {A: x}\ncondition: 1 of s?b", "matches"}, {"sa: {A: x}\ncondition: Sa", "no search identifier"}},
	},
	{
		says: "what is referred to has to be there", detection: abc + "sa",
		match: []string{`{"A":"x"}`},
		refused: []refused{
			{"sel: {A: b}\ncondition: other", "no search identifier"},
			{"sel: {A: b}\ncondition: 1 of other*", "no search identifier matches"},
			{"_a: {A: b}\ncondition: 1 of them", "no search identifier matches"},
			{"sel: {A: b}\ncondition: 2 of sel*", "can never hold"},
			{"sel: {A: b}\ncondition: sel |count() > 5", "aggregations"},
			{"sel: {A: b}\ntimeframe: 5m\ncondition: sel", "correlation rules"},
		},
	},
	{
		says: "any search identifier may be left unused", detection: "sa: {A: x}\nsb: {B: x}\ncondition: sb",
		match: []string{`{"B":"x"}`}, reject: []string{`{"A":"x"}`},
	},
}
