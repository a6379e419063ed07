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
}
