package sigma_test

var modifierClauses = []clause{
	{
		says:      "all joins the values with and",
		detection: "sel: {A|contains|all: [x, y]}",
		match:     []string{`{"A":"x y"}`, `{"A":"yx"}`},
		reject:    []string{`{"A":"x"}`, `{"A":"y"}`, `{}`},
	},
	{
		says:      "all asks for every pattern, not for every element",
		detection: "sel: {A|contains|all: [x, y]}",
		match:     []string{`{"A":["x","y","z"]}`},
		reject:    []string{`{"A":["x","z"]}`},
	},
	{
		says:      "all without another modifier",
		detection: "sel: {A|all: ['*a*', '*b*']}",
		match:     []string{`{"A":"ab"}`},
		reject:    []string{`{"A":"a"}`},
	},
	{
		says:      "single values are not allowed to have all",
		detection: "sel: {A|all: [x, x]}",
		match:     []string{`{"A":"x"}`},
		refused: []refused{
			{"sel: {A|contains|all: x}", "needs several values"},
			{"sel: {A|contains|all: [x]}", "needs several values"},
			{"sel: {'|all': [x]}", "needs several values"},
		},
	},
	{
		says:      "all works with every kind of value",
		detection: "sel: {A|cidr|all: [10.0.0.0/8, 10.1.0.0/16], B|re|all: [a, b], C|fieldref|contains|all: [D, E], F|gte|all: [1, 2]}",
		match:     []string{`{"A":"10.1.0.1","B":"ba","C":"xde","D":"d","E":"e","F":2}`},
		reject:    []string{`{"A":"10.2.0.1","B":"ba","C":"xde","D":"d","E":"e","F":2}`, `{"A":"10.1.0.1","B":"b","C":"xde","D":"d","E":"e","F":2}`},
	},
	{
		says:      "startswith, endswith and contains on numbers",
		detection: "sel: {A|startswith: 46, B|endswith: 0, C|contains: 5}",
		match:     []string{`{"A":4688,"B":10,"C":"152"}`},
		reject:    []string{`{"A":1468,"B":10,"C":5}`, `{"A":46,"B":1,"C":5}`},
	},
	{
		says:      "exists looks at the field's presence, not at its value",
		detection: "sel: {A|exists: true}",
		match:     []string{`{"A":"x"}`, `{"A":""}`, `{"A":null}`, `{"A":[]}`},
		reject:    []string{`{}`, `{"B":"x"}`},
		refused: []refused{
			{"sel: {A|exists: 'true'}", "true or false"},
			{"sel: {A|exists: x}", "true or false"},
			{"sel: {A|contains|exists: true}", "exclude each other"},
			{"sel: {A|exists|contains: true}", "exclude each other"},
		},
	},
	{
		says:      "exists: false",
		detection: "sel: {A|exists: false, B: x}",
		match:     []string{`{"B":"x"}`},
		reject:    []string{`{"A":null,"B":"x"}`, `{"A":"x","B":"x"}`},
	},
	{
		says:      "cased minds case, wildcards and all",
		detection: "sel: {A|cased: 'Ab*ß'}",
		match:     []string{`{"A":"Abxß"}`, `{"A":"Abß"}`},
		reject:    []string{`{"A":"abxß"}`, `{"A":"AbxSS"}`},
	},
	{
		says:      "neq on a text",
		detection: "sel: {A|neq: x}",
		match:     []string{`{"A":"y"}`, `{"A":""}`, `{"A":7}`},
		reject:    []string{`{"A":"x"}`, `{"A":"X"}`, `{}`, `{"A":null}`},
	},
	{
		says:      "neq on several values is none of them",
		detection: "sel: {A|neq: [1, 2]}",
		match:     []string{`{"A":3}`},
		reject:    []string{`{"A":1}`, `{"A":"2"}`, `{"A":[3,2]}`},
	},
	{
		says:      "neq on numbers compares as equality does",
		detection: "sel: {A|neq: 5}",
		match:     []string{`{"A":6}`, `{"A":"x"}`, `{"A":5.0}`},
		reject:    []string{`{"A":5}`, `{"A":"5"}`, `{"A":[6,5]}`, `{"A":[]}`},
		refused:   []refused{{"sel: {A|gt|neq: 5}", "exclude each other"}, {"sel: {A|neq: null}", "null takes no modifier"}},
	},
	{
		says:      "neq with another modifier",
		detection: "sel: {A|contains|neq: x}",
		match:     []string{`{"A":"abc"}`},
		reject:    []string{`{"A":"axc"}`},
	},
}

var numericClauses = []clause{
	{
		says:      "gt and lte",
		detection: "sel: {A|gt: 10, B|lte: -1.5}",
		match:     []string{`{"A":11,"B":-1.5}`, `{"A":"10.5","B":"-2"}`, `{"A":1e3,"B":-2}`},
		reject:    []string{`{"A":10,"B":-2}`, `{"A":11,"B":-1}`, `{"A":"many","B":-2}`, `{"A":"0xFF","B":-2}`, `{"B":-2}`},
	},
	{
		says:      "gte and lt",
		detection: "sel: {A|gte: 10, B|lt: 5}",
		match:     []string{`{"A":10,"B":4}`, `{"A":"11","B":4.99}`},
		reject:    []string{`{"A":9,"B":4}`, `{"A":10,"B":5}`, `{"A":"","B":4}`},
	},
	{
		says:      "large whole numbers compare exactly",
		detection: "sel: {A|gt: 9223372036854775806}",
		match:     []string{`{"A":9223372036854775807}`},
		reject:    []string{`{"A":9223372036854775806}`},
	},
	{
		says:      "numbers of any length compare exactly",
		detection: "sel: {A|gt: 18446744073709551614, B|lt: -123456789012345678901234567890.5}",
		match: []string{
			`{"A":18446744073709551615,"B":-123456789012345678901234567891}`,
			`{"A":"018446744073709551614.1","B":"-123456789012345678901234567890.51"}`, `{"A":1e20,"B":-1e30}`,
		},
		reject: []string{
			`{"A":18446744073709551614,"B":-123456789012345678901234567891}`, `{"A":18446744073709551613,"B":-1e30}`,
			`{"A":18446744073709551615,"B":"-123456789012345678901234567890.50"}`, `{"A":-18446744073709551615,"B":-1e30}`,
			`{"A":18446744073709551615,"B":123456789012345678901234567891}`,
		},
	},
	{
		says:      "zero has no sign, and a fraction no end",
		detection: "sel: {A|gte: -0.0, B|lt: 0.1}",
		match:     []string{`{"A":0,"B":0.0999999999999999999999}`, `{"A":"+.0","B":"-.1"}`},
		reject:    []string{`{"A":"-.00000000000000000000001","B":0}`, `{"A":0,"B":"0.10000"}`, `{"A":".","B":0}`, `{"A":"-","B":0}`, `{"A":"1.2.3","B":0}`},
	},
	{
		says:      "a number stands without quotes, only a placeholder's value may be a text",
		detection: "sel: {A|gt|expand: '%n%', B|hour|expand: '%h%'}",
		values:    "n: '5'\nh: '07'",
		match:     []string{`{"A":6,"B":"2024-01-01 07:00"}`},
		reject:    []string{`{"A":5,"B":"2024-01-01 07:00"}`},
		refused: []refused{
			{"sel: {A|gt: '5'}", "write it without quotes"},
			{"sel: {A|lte: [5, '6']}", "write it without quotes"},
			{"sel: {A|gt|expand: '5'}", "write it without quotes"},
			{"sel: {A|hour: '5'}", "write it without quotes"},
		},
	},
	{
		says:      "each comparison at its bound, and beside it",
		detection: "sel: {A|lt: 5, B|lte: 5, C|gt: 5, D|gte: 5}",
		match:     []string{`{"A":4,"B":5,"C":6,"D":5}`, `{"A":"4.9","B":"5.0","C":5.1,"D":"+5"}`},
		reject:    []string{`{"A":5,"B":5,"C":6,"D":5}`, `{"A":4,"B":5.1,"C":6,"D":5}`, `{"A":4,"B":5,"C":5,"D":5}`, `{"A":4,"B":5,"C":6,"D":4.9}`},
		refused: []refused{
			{"sel: {A|lt: ''}", "takes a number"},
			{"sel: {A|lt: true}", "takes a number"},
			{"sel: {A|lt: null}", "null takes no modifier"},
			{"sel: {A|lt|gt: 3}", "exclude each other"},
		},
	},
	{
		says:      "only numbers compare; a list holds where one of its numbers does",
		detection: "sel: {A|gt: 5}",
		match:     []string{`{"A":[1,6]}`, `{"A":["x","7"]}`},
		reject:    []string{`{"A":"6x"}`, `{"A":true}`, `{"A":null}`, `{"A":" 6"}`, `{"A":"Inf"}`, `{"A":"NaN"}`, `{"A":"0x10"}`, `{"A":"1_0"}`, `{"A":[1,5]}`},
	},
}

var regexClauses = []clause{
	{
		says:      "re is found anywhere and minds case",
		detection: `sel: {A|re: 'f[o0]{2}\d'}`,
		match:     []string{`{"A":"a foo1 b"}`, `{"A":"f007"}`},
		reject:    []string{`{"A":"FOO1"}`, `{"A":"foo"}`, `{}`},
	},
	{
		says:      "re with anchors, groups and alternation",
		detection: `sel: {A|re: '^(abc|de+)$'}`,
		match:     []string{`{"A":"abc"}`, `{"A":"deee"}`, `{"A":"abc\n"}`},
		reject:    []string{`{"A":"abcd"}`, `{"A":"x\nabc"}`, `{"A":"abc\n\n"}`},
	},
	{
		says:      "re does not read wildcards or their escapes",
		detection: `sel: {A|re: 'a\*b?'}`,
		match:     []string{`{"A":"a*"}`},
		reject:    []string{`{"A":"axb"}`},
	},
	{
		says:      "re on a number",
		detection: `sel: {A|re: '^46..$'}`,
		match:     []string{`{"A":4688}`},
		reject:    []string{`{"A":46}`},
	},
	{
		says:      "re|i minds no case",
		detection: "sel: {A|re|i: 'ski+'}",
		match:     []string{`{"A":"SKIII"}`, `{"A":"ſKi"}`},
		reject:    []string{`{"A":"s i"}`},
	},
	{
		says:      "re|m lets ^ and $ match at lines",
		detection: "sel: {A|re|m: '^b$'}",
		match:     []string{`{"A":"a\nb\nc"}`},
		reject:    []string{`{"A":"a\nbb\nc"}`},
	},
	{
		says:      "re|s lets . match a newline",
		detection: "sel: {A|re|s: 'a.b'}",
		match:     []string{`{"A":"a\nb"}`},
		reject:    []string{`{"A":"ab"}`},
	},
	{
		says:      "re without s keeps . on its line",
		detection: "sel: {A|re: 'a.b'}",
		match:     []string{`{"A":"axb"}`},
		reject:    []string{`{"A":"a\nb"}`},
	},
	{
		says:      "re with several flags and all",
		detection: "sel: {A|re|i|s|all: ['a.b', 'c']}",
		match:     []string{`{"A":"A\nBC"}`},
		reject:    []string{`{"A":"A\nB"}`},
	},
	{
		says:      "the metacharacters that the specification lists",
		detection: `sel: {A|re: '^(ab|c.)+[x-z]?[^0-9]{2,3}d*$'}`,
		match:     []string{`{"A":"abc_y__ddd"}`, `{"A":"c1--"}`},
		reject:    []string{`{"A":"ab1--"}`, `{"A":"ab12"}`, `{"A":"c"}`},
	},
	{
		says:      "what cannot be honoured as PCRE does is refused",
		detection: `sel: {A|re: '(?:a)\d'}`,
		match:     []string{`{"A":"a1"}`},
		refused: []refused{
			{"sel: {A|re: 'a(?!b)'}", "look-ahead"},
			{"sel: {A|re: '(?<=a)b'}", "look-behind"},
			{"sel: {A|re: '(?>a)b'}", "atomic group"},
			{`sel: {A|re: '(a)\1'}`, "invalid escape"},
			{"sel: {A|re: 'a*+'}", "nested repetition"},
			{"sel: {A|re: '[a'}", "missing closing ]"},
			{"sel: {A|re: 12}", "put it into quotes"},
			{"sel: {A|re: true}", "put it into quotes"},
		},
	},
	{
		says:      "startswith, endswith and contains on an expression",
		detection: "sel: {A|re|startswith: 'a|b', B|re|endswith: 'a|b', C|re|contains: 'a|b'}",
		match:     []string{`{"A":"bx","B":"xb","C":"xax"}`, `{"A":"a","B":"a","C":"a"}`},
		reject:    []string{`{"A":"xb","B":"b","C":"b"}`, `{"A":"b","B":"bx","C":"b"}`, `{"A":"b","B":"b","C":"x"}`},
	},
	{
		says:      "the start and end are those of the text, not of a line",
		detection: "sel: {A|re|m|startswith: 'a', B|re|m|endswith: 'b'}",
		match:     []string{`{"A":"ax\ny","B":"y\nb"}`},
		reject:    []string{`{"A":"x\na","B":"b"}`, `{"A":"a","B":"b\nx"}`, `{"A":"a","B":"b\n"}`},
	},
	{
		says:      "flags in any order, each once",
		detection: "sel: {A|re|s|m|i: '^a.b$'}",
		match:     []string{`{"A":"x\nA\nB\ny"}`},
		reject:    []string{`{"A":"xA\nB"}`},
		refused:   []refused{{"sel: {A|re|i|i: x}", "given twice"}, {"sel: {A|i|re: x}", "only for re"}, {"sel: {A|m: x}", "only for re"}},
	},
}

var orderClauses = []clause{
	{
		says:      "modifiers apply in the order written",
		detection: "sel: {A|base64|contains: foo, B|windash|base64: -f}",
		match:     []string{`{"A":"xZm9vx","B":"L2Y="}`},
		reject:    []string{`{"A":"foo","B":"L2Y="}`, `{"A":"xZm9vx","B":"/f"}`},
		refused: []refused{
			{"sel: {A|contains|base64: foo}", "wildcards cannot be encoded"},
			{"sel: {A|base64|windash: foo}", "cannot follow an encoding"},
			{"sel: {A|contains|re: foo}", "in this order"},
			{"sel: {A|startswith|fieldref: B}", "in this order"},
			{"sel: {A|contains|cidr: 10.0.0.0/8}", "in this order"},
			{"sel: {A|windash|gt: 1}", "in this order"},
		},
	},
	{
		says:      "startswith and endswith one after the other are contains",
		detection: "sel: {A|startswith|endswith: b}",
		match:     []string{`{"A":"abc"}`, `{"A":"b"}`},
		reject:    []string{`{"A":"ac"}`},
	},
	{
		says:      "modifiers that only say how to compare stand anywhere",
		detection: "sel: {A|all|contains|cased: [x, y], B|cased|neq|startswith: x}",
		match:     []string{`{"A":"xy","B":"X"}`},
		reject:    []string{`{"A":"Xy","B":"X"}`, `{"A":"xy","B":"xx"}`, `{"A":"xy"}`},
	},
	{
		says:      "modifiers for texts take no numbers",
		detection: "sel: {A|base64: '12', B|windash: '-1'}",
		match:     []string{`{"A":"MTI=","B":"/1"}`},
		refused: []refused{
			{"sel: {A|base64: 12}", "put it into quotes"},
			{"sel: {A|windash: -1}", "put it into quotes"},
			{"sel: {A|wide: true}", "put it into quotes"},
			{"sel: {A|utf16be|base64offset: 12}", "put it into quotes"},
		},
	},
	{
		says:      "a modifier that nobody knows, or twice the same",
		detection: "sel: {A|contains: x}",
		match:     []string{`{"A":"x"}`},
		refused: []refused{
			{"sel: {A|Contains: x}", `unknown modifier "Contains"`},
			{"sel: {A|: x}", `unknown modifier ""`},
			{"sel: {A|contains|contains: x}", "given twice"},
			{"sel: {A|ignorecase: x}", "unknown modifier"},
		},
	},
}

// base64 of "hello world" is aGVsbG8gd29ybGQ=; shifted by one and two bytes
// its inner parts are hlbGxvIHdvcmxk and oZWxsbyB3b3JsZ.
var encodingClauses = []clause{
	{
		says:      "base64",
		detection: "sel: {A|base64: hello world}",
		match:     []string{`{"A":"aGVsbG8gd29ybGQ="}`},
		reject:    []string{`{"A":"hello world"}`, `{"A":"xaGVsbG8gd29ybGQ="}`},
	},
	{
		says:      "base64|contains",
		detection: "sel: {A|base64|contains: foo}",
		match:     []string{`{"A":"..Zm9v.."}`},
		reject:    []string{`{"A":"foo"}`, `{"A":"Zm8v"}`},
	},
	{
		says:      "base64 keeps a case only if cased",
		detection: "sel: {A|base64|cased|contains: foo}",
		match:     []string{`{"A":"Zm9v"}`},
		reject:    []string{`{"A":"zm9v"}`},
	},
	{
		says:      "base64offset finds all three alignments",
		detection: "sel: {A|base64offset|contains: hello world}",
		match:     []string{`{"A":"aGVsbG8gd29ybGQh"}`, `{"A":"IWhlbGxvIHdvcmxkIQ=="}`, `{"A":"ISFoZWxsbyB3b3JsZCE="}`},
		reject:    []string{`{"A":"hello world"}`, `{"A":"aGVsbG8gd2"}`},
	},
	{
		says:      "base64offset with all needs each text in some alignment",
		detection: "sel: {A|base64offset|contains|all: [foobar, quux99]}",
		match:     []string{`{"A":"Zm9vYmFy IXF1dXg5OQ=="}`},
		reject:    []string{`{"A":"Zm9vYmFy"}`},
	},
	{
		says:      "wide and utf16le are UTF-16 in little endian",
		detection: "sel: {A|wide|base64: cmd, B|utf16le|base64: cmd}",
		match:     []string{`{"A":"YwBtAGQA","B":"YwBtAGQA"}`},
		reject:    []string{`{"A":"Y21k","B":"YwBtAGQA"}`, `{"A":"AGMAbQBk","B":"YwBtAGQA"}`},
	},
	{
		says:      "utf16be is UTF-16 in big endian",
		detection: "sel: {A|utf16be|base64: cmd}",
		match:     []string{`{"A":"AGMAbQBk"}`},
		reject:    []string{`{"A":"YwBtAGQA"}`},
	},
	{
		says:      "utf16 begins with the byte order mark",
		detection: "sel: {A|utf16|base64: cmd}",
		match:     []string{`{"A":"//5jAG0AZAA="}`},
		reject:    []string{`{"A":"YwBtAGQA"}`},
	},
	{
		says:      "characters beyond the first plane take two units",
		detection: "sel: {A|wide|base64: '𝄞'}",
		match:     []string{`{"A":"NNge3Q=="}`},
		reject:    []string{`{"A":"HtE="}`},
	},
	{
		says:      "an encoding that is not encoded again",
		detection: "sel: {A|wide|contains: cmd}",
		match:     []string{`{"A":"x c\u0000m\u0000d\u0000"}`},
		reject:    []string{`{"A":"cmd"}`},
	},
	{
		says:      "wide before base64offset",
		detection: "sel: {A|wide|base64offset|contains: IEX}",
		match:     []string{`{"A":"SQBFAFgA"}`, `{"A":"IUkARQBYACE="}`},
		reject:    []string{`{"A":"SUVY"}`},
	},
	{
		says:      "windash before an encoding",
		detection: "sel: {A|windash|base64|contains: -f}",
		match:     []string{`{"A":"LWY="}`, `{"A":"L2Y="}`, `{"A":"4oCTZg=="}`},
		reject:    []string{`{"A":"Zg=="}`},
	},
	{
		says:      "texts outside ASCII are encoded as UTF-8, or UTF-16 where asked",
		detection: "sel: {A|base64: 日本, B|utf16le|base64: 日本}",
		match:     []string{`{"A":"5pel5pys","B":"5WUsZw=="}`},
		reject:    []string{`{"A":"5WUsZw==","B":"5WUsZw=="}`, `{"A":"5pel5pys","B":"5pel5pys"}`},
	},
	{
		says:      "wide takes every part of the text, also at the start of a field",
		detection: "sel: {A|wide|startswith: ab}",
		match:     []string{`{"A":"a\u0000b\u0000c\u0000"}`},
		reject:    []string{`{"A":"ab"}`, `{"A":"xa\u0000b\u0000"}`},
	},
	{
		says:      "a text too short to leave a stable part is refused",
		detection: "sel: {A|base64offset|contains: abc}",
		match:     []string{`{"A":"YWJj"}`, `{"A":"IGFiYyA="}`},
		refused:   []refused{{"sel: {A|base64offset|contains: ''}", "too short"}, {"sel: {A|base64: 'a*'}", "wildcards cannot be encoded"}},
	},
	{
		says:      "an escape is not part of what is encoded",
		detection: `sel: {A|base64: 'a\*b'}`,
		match:     []string{`{"A":"YSpi"}`},
		reject:    []string{`{"A":"YVwqYg=="}`},
	},
}

var typeClauses = []clause{
	{
		says:      "cidr of IPv4",
		detection: "sel: {A|cidr: 10.0.0.0/8}",
		match:     []string{`{"A":"10.1.2.3"}`, `{"A":"::ffff:10.1.2.3"}`},
		reject:    []string{`{"A":"11.0.0.1"}`, `{"A":"10.1.2"}`, `{"A":""}`, `{}`},
	},
	{
		says:      "cidr of IPv6",
		detection: "sel: {A|cidr: ['fe80::/10', '::1/128']}",
		match:     []string{`{"A":"fe80::1%eth0"}`, `{"A":"::1"}`, `{"A":"FE80:0:0::2"}`},
		reject:    []string{`{"A":"2001:db8::1"}`, `{"A":"127.0.0.1"}`},
	},
	{
		says:      "cidr of IPv4 written as IPv6",
		detection: "sel: {A|cidr: '::ffff:10.0.0.0/104'}",
		match:     []string{`{"A":"10.1.2.3"}`, `{"A":"::ffff:10.1.2.3"}`},
		reject:    []string{`{"A":"11.1.2.3"}`, `{"A":"::ffff:11.1.2.3"}`},
	},
	{
		says:      "cidr applies to addresses alone",
		detection: "sel: {A|cidr: 0.0.0.0/0}",
		match:     []string{`{"A":"1.2.3.4"}`, `{"A":["x","1.2.3.4"]}`},
		reject:    []string{`{"A":"1.2.3.4:80"}`, `{"A":"1.2.3.0/24"}`, `{"A":"host"}`, `{"A":"::1"}`, `{"A":16909060}`},
		refused: []refused{
			{"sel: {A|cidr: 10.0.0.1/8}", "want 10.0.0.0/8"},
			{"sel: {A|cidr: 10.0.0.0/33}", "not a network"},
			{"sel: {A|cidr: 10.0.0.*}", "not a network"},
			{"sel: {A|cidr: 167772160}", "put it into quotes"},
		},
	},
	{
		says:      "cidr of one address",
		detection: "sel: {A|cidr: 192.0.2.7}",
		match:     []string{`{"A":"192.0.2.7"}`},
		reject:    []string{`{"A":"192.0.2.8"}`},
	},
	{
		says:      "fieldref equals another field",
		detection: "sel: {A|fieldref: B}",
		match:     []string{`{"A":"x","B":"X"}`, `{"A":1,"B":"1"}`, `{"A":["y","x"],"B":["x","z"]}`},
		reject:    []string{`{"A":"x","B":"y"}`, `{"A":"x"}`, `{"B":"x"}`, `{}`, `{"A":null,"B":null}`},
	},
	{
		says:      "fieldref with cased",
		detection: "sel: {A|fieldref|cased: B}",
		match:     []string{`{"A":"x","B":"x"}`},
		reject:    []string{`{"A":"x","B":"X"}`},
	},
	{
		says:      "fieldref with startswith, endswith, contains",
		detection: "sel: {A|fieldref|startswith: B, C|fieldref|endswith: B, D|fieldref|contains: B}",
		match:     []string{`{"A":"bx","B":"b","C":"xb","D":"xbx"}`},
		reject:    []string{`{"A":"xb","B":"b","C":"xb","D":"xbx"}`, `{"A":"bx","B":"b","C":"bx","D":"xbx"}`, `{"A":"bx","B":"b","C":"xb","D":"x"}`},
	},
	{
		says:      "fieldref with neq",
		detection: "sel: {A|fieldref|neq: B}",
		match:     []string{`{"A":"x","B":"y"}`, `{"A":"x"}`},
		reject:    []string{`{"A":"x","B":"X"}`, `{}`, `{"B":"y"}`},
	},
}
