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
		says:      "neq with another modifier",
		detection: "sel: {A|contains|neq: x}",
		match:     []string{`{"A":"abc"}`},
		reject:    []string{`{"A":"axc"}`},
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
		says:      "cidr of one address",
		detection: "sel: {A|cidr: 192.0.2.7}",
		match:     []string{`{"A":"192.0.2.7"}`},
		reject:    []string{`{"A":"192.0.2.8"}`},
	},
	{
		says:      "exists: true looks at presence only",
		detection: "sel: {A|exists: true}",
		match:     []string{`{"A":"x"}`, `{"A":""}`, `{"A":null}`, `{"A":[]}`},
		reject:    []string{`{}`, `{"B":"x"}`},
	},
	{
		says:      "exists: false",
		detection: "sel: {A|exists: false, B: x}",
		match:     []string{`{"B":"x"}`},
		reject:    []string{`{"A":null,"B":"x"}`, `{"A":"x","B":"x"}`},
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
}
