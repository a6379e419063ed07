package query_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/query"
)

// text writes a tree in one line.
func text(n query.Node) string {
	list := func(name string, nodes []query.Node) string {
		parts := make([]string, len(nodes))
		for i := range nodes {
			parts[i] = text(nodes[i])
		}
		return name + "(" + strings.Join(parts, " ") + ")"
	}
	switch n := n.(type) {
	case query.All:
		return "all"
	case query.And:
		return list("and", n.Nodes)
	case query.Or:
		return list("or", n.Nodes)
	case query.Not:
		return list("not", []query.Node{n.Node})
	case query.Word:
		return fmt.Sprintf("%q", n.Text)
	case query.Match:
		op := [...]string{"=", "~", "<", "<=", ">", ">=", " in ", " exists"}[n.Op]
		return fmt.Sprintf("[%s%s%s]", n.Field, op, n.Value)
	}
	return fmt.Sprintf("%T?", n)
}

func TestParse(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		n, err := query.Parse(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			return
		}
		if got := text(n); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
	f("", "all")
	f("  ", "all")
	f("*", "all")
	f("mimikatz", `"mimikatz"`)
	f("*mimikatz*", `"mimikatz"`)
	f(`a\*`, `"a*"`)
	f("what?", `"what?"`)
	f("不審な 「添付」", `and("不審な" "「添付」")`)
	f("不審な　添付", `and("不審な" "添付")`)
	f(`"in two words"`, `"in two words"`)
	f(`"say \"hi\" C:\Temp\\"`, `"say \"hi\" C:\\Temp\\"`)
	f("a b or c", `or(and("a" "b") "c")`)
	f("a OR b And c", `or("a" and("b" "c"))`)
	f("not a b", `and(not("a") "b")`)
	f("not not a", `not(not("a"))`)
	f("not (a or b)", `not(or("a" "b"))`)
	f("((a))(b)", `and("a" "b")`)
	f("notable", `"notable"`)
	f("and:x", "[and=x]")

	f("user.name:Tanaka", "[user.name=Tanaka]")
	f(`user.name:"a b:c*"`, "[user.name=a b:c*]")
	f("user.name:*", "[user.name exists]")
	f(`user.name:"*"`, "[user.name=*]")
	f("user.name:svc_*", "[user.name~svc_*]")
	f(`user.name:a\*b`, "[user.name=a*b]")
	f(`cmd:*\ -enc\ ?`, "[process.command_line~* -enc ?]")
	f(`file.path:C:\Windows\\*\cmd.exe`, `[file.path~C:\\Windows\\*\\cmd.exe]`)
	f(`file.path:C:\Temp\x`, `[file.path=C:\Temp\x]`)
	f("source.port:>1024", "[source.port>1024]")
	f("source.port:<=-1.5", "[source.port<=-1.5]")
	f("source.port:44*", "[source.port~44*]")
	f("event.code:(4624 or 4625)", "or([event.code=4624] [event.code=4625])")
	f(`user.name:( a* or "b c" or * )`, "or([user.name~a*] [user.name=b c] [user.name exists])")
	f("source.port:(<10 or >=60000) x", `and(or([source.port<10] [source.port>=60000]) "x")`)

	f("src:10.1.2.3/8", "[source.ip in 10.0.0.0/8]")
	f("src:::ffff:10.1.2.3/104", "[source.ip in 10.0.0.0/8]")
	f("src:2001:DB8::0001", "[source.ip=2001:db8::1]")
	f("dst:10.0.*", "[destination.ip~10.0.*]")
	f("id.orig_h:10.0.0.1", "[id.orig_h=10.0.0.1]")
	f("id.orig_h:10.0.0.0/24", "[id.orig_h in 10.0.0.0/24]")
	f(`id.orig_h:"10.0.0.0/24"`, "[id.orig_h=10.0.0.0/24]")
	f("entity:10.0.0.0/24", "[entity in 10.0.0.0/24]")
	f("user.name:10.0.0.0/24", "[user.name=10.0.0.0/24]")

	f("EventID:1", "[EventID=1]")
	f("EventID:>=4000", "[EventID>=4000]")
	f(`"Event ID":1`, "[Event ID=1]")
	f(`"user":root`, "[user=root]")
	f(`a\:b:c:d`, "[a:b=c:d]")
	f("ログ名:セキュリティ", "[ログ名=セキュリティ]")
	f("user:tanaka host:ws01 rule:x hash:ab", "and([user.name=tanaka] or([host.name=ws01] [host.name~ws01.*]) [rule.id=x] [file.hash.sha256=ab])")
	f("domain:a.example b", `and(or([destination.domain=a.example] [dns.question.name=a.example] [url.domain=a.example] [tls.client.server_name=a.example]) "b")`)

	f("id:1-0-42-7", "[id=1-0-42-7]")
	f("time:2026-04-01", "and([time>=2026-04-01T00:00:00Z] [time<2026-04-02T00:00:00Z])")
	f("time:>2026-04-01T09:00:00+09:00", "[time>=2026-04-01T00:00:01Z]")
	f(`time:<="2026/04/01 09:30"`, "[time<2026-04-01T09:31:00Z]")
	f("received:>=2026-04-01T00:00:00.5Z", "[received>=2026-04-01T00:00:00.5Z]")
	f("time:<2026-04-01", "[time<2026-04-01T00:00:00Z]")

	f("2001:db8::1", `"2001:db8::1"`)
	f("fe80::1", `"fe80::1"`)
	f("00:0c:29:aa:bb:cc", `"00:0c:29:aa:bb:cc"`)
	f("aa:bb:cc:dd:ee:ff", `"aa:bb:cc:dd:ee:ff"`)
	f("12:34:56", `"12:34:56"`)
	f("http://evil.example/a?b=c", `"http://evil.example/a?b=c"`)
	f(`C:\Users\Public`, `"C:\\Users\\Public"`)
}

func TestParseErrors(t *testing.T) {
	f := func(in string, pos int, expected, found string) {
		t.Helper()
		n, err := query.Parse(in)
		var e *query.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: got %v, %v, want an Error", in, n, err)
			return
		}
		if e.Pos != pos || !strings.Contains(e.Expected, expected) || e.Found != found {
			t.Errorf("%s: at %d: %v\nwant at %d: %s, found %s", in, e.Pos, e, pos, expected, found)
		}
	}
	f("a and", 5, "a word, a phrase or field:value", "the end")
	f("and a", 0, "a word", `"and"`)
	f("a or or b", 5, "a word", `"or"`)
	f("not", 3, "a word", "the end")
	f("(a", 2, `")"`, "the end")
	f("a)", 1, "the end", `")"`)
	f("()", 1, "a word", `")"`)
	f(`say "hello`, 4, `closing "`, "the end")
	f("user.name:", 10, "a value", "the end")
	f("user.name: x", 10, "a value", "a space")
	f(":x", 0, "a field's name", `":x"`)
	f("us*r:x", 0, "without wildcards", `"us*r:x"`)
	f("a*b", 0, "field:value", `"a*b"`)
	f(`""`, 0, "at least one", `""""`)
	f(`user.name:"a"b`, 13, "a space", `"b"`)
	f("cmd:foo(bar)", 7, "a space", `"(bar)"`)
	f("event.code:(1 2)", 14, `"or" or ")"`, `"2)"`)
	f("event.code:(1", 13, `"or" or ")"`, "the end")
	f("event.code:()", 12, "a value", `")"`)
	f("source.port:http", 12, "a number", `"http"`)
	f("source.port:>x", 13, "a number", `"x"`)
	f("src:10.0.0", 4, "an address", `"10.0.0"`)
	f("src:>10.0.0.1", 5, "an address", `"10.0.0.1"`)
	f("日本 src:x", 11, "an address", `"x"`)
	f("time:yesterday", 5, "a date", `"yesterday"`)
	f("id:7", 3, "an event's id", `"7"`)
	f("a\xffb", 1, "UTF-8", "byte 0xff")
	f(strings.Repeat("(", 100), query.MaxDepth+1, "levels", `"((((((((((((((((((((((((…"`)
	f(strings.Repeat("not ", 100)+"a", 4*(query.MaxDepth+1), "levels", `"not"`)
	f(strings.Repeat("a ", query.MaxTerms+1), 2*query.MaxTerms, "terms", `"a"`)
	f(strings.Repeat("a", query.MaxBytes+1), query.MaxBytes, "bytes", "65537 bytes")
}

func TestParts(t *testing.T) {
	f := func(pattern, want string) {
		t.Helper()
		if got := fmt.Sprintf("%q", query.Parts(pattern)); got != want {
			t.Errorf("Parts(%s) = %s, want %s", pattern, got, want)
		}
	}
	f(`a*\*?\\b\`, `[{"a" '\x00'} {"" '*'} {"*" '\x00'} {"" '?'} {"\\b\\" '\x00'}]`)
	f("", "[]")
	if got := query.Parts(query.Literal(`a*?\b`)); len(got) != 1 || got[0].Text != `a*?\b` {
		t.Errorf("Literal is not literal: %q", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "a and not (b or c:d*)", `x:"q\"" y:>=1`, "src:10.0.0.0/8", "time:2026-04-01 or id:1-2-3-4", "host:(a or b)", "domain:x　日本", `a\:b:c\ d`, "((", "not not",
	} {
		f.Add(s, len(s)/2)
	}
	f.Fuzz(func(t *testing.T, s string, cursor int) {
		n, err := query.Parse(s)
		var e *query.Error
		switch {
		case err != nil && !errors.As(err, &e):
			t.Fatalf("%q: %T is not an Error", s, err)
		case e != nil && (e.Pos < 0 || e.Pos > len(s) || e.Expected == "" || e.Found == ""):
			t.Fatalf("%q: %+v", s, e)
		case err == nil:
			again, err := query.Parse("(" + s + ")")
			if err == nil && strings.TrimSpace(s) != "" && text(again) != text(n) {
				t.Fatalf("%q: %s, in parentheses %s", s, text(n), text(again))
			}
		}
		for _, c := range query.Complete(s, cursor) {
			if c.From < 0 || c.From > c.To || c.To > len(s) || c.Text == "" {
				t.Fatalf("%q at %d: %+v", s, cursor, c)
			}
		}
	})
}
