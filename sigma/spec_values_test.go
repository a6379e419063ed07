package sigma_test

var valueClauses = []clause{
	{
		says:      "a map joins its lines with and",
		detection: "sel: {A: x, B: y}",
		match:     []string{`{"A":"x","B":"y"}`},
		reject:    []string{`{"A":"x"}`, `{"B":"y"}`, `{"A":"x","B":"z"}`, `{}`},
	},
	{
		says:      "a list of values joins them with or",
		detection: "sel: {A: [x, y]}",
		match:     []string{`{"A":"x"}`, `{"A":"y"}`},
		reject:    []string{`{"A":"z"}`, `{"A":"xy"}`, `{}`},
	},
	{
		says:      "a list of maps joins them with or",
		detection: "sel: [{A: x}, {B: y, C: z}]",
		match:     []string{`{"A":"x"}`, `{"B":"y","C":"z"}`},
		reject:    []string{`{"B":"y"}`, `{"A":"y"}`},
	},
	{
		says:      "a number equals the same number and the same text",
		detection: "sel: {A: 4688}",
		match:     []string{`{"A":4688}`, `{"A":"4688"}`},
		reject:    []string{`{"A":46880}`, `{"A":"04688"}`, `{"A":" 4688"}`, `{}`},
	},
	{
		says:      "a text of digits equals a number",
		detection: "sel: {A: '4688'}",
		match:     []string{`{"A":4688}`, `{"A":"4688"}`},
		reject:    []string{`{"A":468}`},
	},
	{
		says:      "a hexadecimal number of YAML is its value",
		detection: "sel: {A: 0x1F}",
		match:     []string{`{"A":31}`},
		reject:    []string{`{"A":"0x1F"}`},
	},
	{
		says:      "a boolean equals a boolean and its word",
		detection: "sel: {A: true}",
		match:     []string{`{"A":true}`, `{"A":"true"}`, `{"A":"True"}`},
		reject:    []string{`{"A":false}`, `{"A":1}`, `{}`},
	},
	{
		says:      "null is a field that is null or absent",
		detection: "sel: {A: null, B: x}",
		match:     []string{`{"B":"x"}`, `{"A":null,"B":"x"}`},
		reject:    []string{`{"A":"","B":"x"}`, `{"A":"null","B":"x"}`, `{"A":[],"B":"x"}`},
	},
	{
		says:      "not null is a negated selection",
		detection: "sel: {B: x}\nnil: {A: null}\ncondition: sel and not nil",
		match:     []string{`{"A":"v","B":"x"}`, `{"A":"","B":"x"}`},
		reject:    []string{`{"B":"x"}`, `{"A":null,"B":"x"}`},
	},
	{
		says:      "an empty text is an empty text only",
		detection: "sel: {A: ''}",
		match:     []string{`{"A":""}`},
		reject:    []string{`{}`, `{"A":null}`, `{"A":" "}`, `{"A":"x"}`},
	},
	{
		says:      "a field of several values matches by any of them",
		detection: "sel: {A|endswith: .exe}",
		match:     []string{`{"A":["a.txt","b.exe"]}`, `{"A":["c.EXE"]}`},
		reject:    []string{`{"A":["a.txt"]}`, `{"A":[]}`, `{"A":[null]}`},
	},
	{
		says:      "names of fields are exact and may hold dots, dashes and blanks",
		detection: "sel: {a.b-c d: x}",
		match:     []string{`{"a.b-c d":"x"}`},
		reject:    []string{`{"A.B-C D":"x"}`, `{"a":"x"}`},
	},
}

var stringClauses = []clause{
	{
		says:      "texts compare without regard to case",
		detection: "sel: {A: WhoAmI}",
		match:     []string{`{"A":"whoami"}`, `{"A":"WHOAMI"}`},
		reject:    []string{`{"A":"whoami "}`, `{"A":"who"}`},
	},
	{
		says:      "case also of letters outside ASCII",
		detection: "sel: {A: ÄÖ-Σ-日本}",
		match:     []string{`{"A":"äö-ς-日本"}`, `{"A":"ÄÖ-σ-日本"}`},
		reject:    []string{`{"A":"ao-σ-日本"}`},
	},
	{
		says:      "contains",
		detection: "sel: {A|contains: mid}",
		match:     []string{`{"A":"mid"}`, `{"A":"a MIDDLE b"}`},
		reject:    []string{`{"A":"mi d"}`, `{"A":""}`, `{}`},
	},
	{
		says:      "startswith",
		detection: "sel: {A|startswith: adm}",
		match:     []string{`{"A":"adm"}`, `{"A":"Administrator"}`},
		reject:    []string{`{"A":"badmin"}`, `{"A":"ad"}`},
	},
	{
		says:      "endswith",
		detection: `sel: {A|endswith: '\cmd.exe'}`,
		match:     []string{`{"A":"C:\\x\\CMD.EXE"}`, `{"A":"\\cmd.exe"}`},
		reject:    []string{`{"A":"cmd.exe"}`, `{"A":"C:\\cmd.exe.bak"}`},
	},
	{
		says:      "short texts at the ends",
		detection: "sel: {A|endswith: [.js, s], B|startswith: x}",
		match:     []string{`{"A":"a.js","B":"x"}`, `{"A":"s","B":"xyz"}`},
		reject:    []string{`{"A":"a.jse","B":"x"}`, `{"A":"a.js","B":"yx"}`, `{"A":"","B":"x"}`},
	},
	{
		says:      "cased",
		detection: "sel: {A|cased|contains: Get}",
		match:     []string{`{"A":"x Get-Item"}`},
		reject:    []string{`{"A":"x get-item"}`, `{"A":"GET"}`},
	},
	{
		says:      "windash takes all dashes for one another",
		detection: "sel: {A|windash|contains: ' -enc '}",
		match:     []string{`{"A":"a -enc b"}`, `{"A":"a /ENC b"}`, `{"A":"a –enc b"}`, `{"A":"a —enc b"}`, `{"A":"a ―enc b"}`},
		reject:    []string{`{"A":"a enc b"}`, `{"A":"a ‐enc b"}`, `{"A":"a -encb"}`},
	},
	{
		says:      "windash written with a slash, and after contains",
		detection: "sel: {A|contains|windash|all: [/f, /im]}",
		match:     []string{`{"A":"taskkill -f /im x"}`, `{"A":"/F –IM"}`},
		reject:    []string{`{"A":"taskkill -f im x"}`},
	},
	{
		says:      "windash with cased",
		detection: "sel: {A|windash|cased|contains: -E}",
		match:     []string{`{"A":"x /E"}`},
		reject:    []string{`{"A":"x /e"}`},
	},
}

var wildcardClauses = []clause{
	{
		says:      "* is any number of characters",
		detection: "sel: {A: 'a*c'}",
		match:     []string{`{"A":"ac"}`, `{"A":"abc"}`, `{"A":"a\nb\nc"}`, `{"A":"acbc"}`},
		reject:    []string{`{"A":"abcd"}`, `{"A":"xac"}`, `{"A":"a"}`},
	},
	{
		says:      "? is exactly one character",
		detection: "sel: {A: 'prog?.exe'}",
		match:     []string{`{"A":"progA.exe"}`, `{"A":"prog日.exe"}`, `{"A":"prog?.exe"}`},
		reject:    []string{`{"A":"prog.exe"}`, `{"A":"progAB.exe"}`},
	},
	{
		says:      "wildcards mixed",
		detection: "sel: {A: '?b*d?*f'}",
		match:     []string{`{"A":"abdef"}`, `{"A":"xbccdzzzf"}`, `{"A":"abdddf"}`},
		reject:    []string{`{"A":"bdef"}`, `{"A":"abdf"}`, `{"A":"abdefg"}`},
	},
	{
		says:      "a lone * needs a value",
		detection: "sel: {A: '*'}",
		match:     []string{`{"A":"x"}`, `{"A":""}`, `{"A":0}`},
		reject:    []string{`{}`, `{"A":null}`, `{"A":[]}`},
	},
	{
		says:      "a plain backslash needs no escape and takes one",
		detection: `sel: {A: ['C:\x', 'D:\\x']}`,
		match:     []string{`{"A":"C:\\x"}`, `{"A":"D:\\x"}`},
		reject:    []string{`{"A":"D:\\\\x"}`, `{"A":"C:x"}`},
	},
	{
		says:      `\* and \? are plain characters`,
		detection: `sel: {A: ['a\*b', 'c\?d']}`,
		match:     []string{`{"A":"a*b"}`, `{"A":"c?d"}`},
		reject:    []string{`{"A":"axb"}`, `{"A":"cxd"}`, `{"A":"a\\xb"}`},
	},
	{
		says:      `\\* is a backslash and a wildcard`,
		detection: `sel: {A: 'a\\*'}`,
		match:     []string{`{"A":"a\\"}`, `{"A":"a\\b"}`},
		reject:    []string{`{"A":"a"}`, `{"A":"ab"}`},
	},
	{
		says:      `\\\* is a backslash and a star`,
		detection: `sel: {A: 'a\\\*'}`,
		match:     []string{`{"A":"a\\*"}`},
		reject:    []string{`{"A":"a\\b"}`, `{"A":"a*"}`},
	},
	{
		says:      `\\\\ is two backslashes`,
		detection: `sel: {A|startswith: '\\\\srv'}`,
		match:     []string{`{"A":"\\\\srv\\share"}`},
		reject:    []string{`{"A":"\\srv\\share"}`},
	},
	{
		says:      "three backslashes are two",
		detection: `sel: {A: '\\\srv'}`,
		match:     []string{`{"A":"\\\\srv"}`},
		reject:    []string{`{"A":"\\srv"}`},
	},
	{
		says:      "wildcards inside contains",
		detection: "sel: {A|contains: 'a*b?c'}",
		match:     []string{`{"A":"__a__b_c__"}`},
		reject:    []string{`{"A":"__a__bc__"}`},
	},
}
