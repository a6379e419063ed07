package query_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/query"
)

func TestComplete(t *testing.T) {
	f := func(in, has, hasNot string) { // the cursor stands at |
		t.Helper()
		cursor := strings.Index(in, "|")
		s := strings.Replace(in, "|", "", 1)
		var got []string
		for _, c := range query.Complete(s, cursor) {
			got = append(got, s[:c.From]+c.Text+s[c.To:])
		}
		if has != "" && !slices.Contains(got, has) {
			t.Errorf("%s: %q is not among %q", in, has, got)
		}
		if hasNot != "" && slices.Contains(got, hasNot) {
			t.Errorf("%s: %q is among %q", in, hasNot, got)
		}
	}
	f("|", "not ", "and ")
	f("sour|", "source.ip:", "")
	f("ip|", "source.ip:", "user.name:")
	f("a and (us|)", "a and (user.name:)", "a and (and )")
	f("a |", "a and ", "")
	f("a o|", "a or ", "a and ")
	f("a and |", "a and not ", "a and and ")
	f("source.port:|", "source.port:>=", "")
	f("source.port:>|", "source.port:>=", "source.port:<")
	f("user.name:|", "user.name:*", "user.name:>")
	f("id:|", "", "id:*")
	f(`"in a sour|`, "", `"in a source.ip:`)
	f(`user:"x y" an|`, `user:"x y" and `, "")
	if first := query.Complete("user.n", 6)[0].Text; first != "user.name:" {
		t.Errorf("the first suggestion is %q", first)
	}
	if got := query.Complete("日本", 4); len(got) != 0 && got[0].To == 4 {
		t.Error("a suggestion cuts a character")
	}
}

func TestNamesAreKnown(t *testing.T) {
	names := query.Names()
	for _, name := range names {
		if query.KindOf(name) == query.Own {
			t.Errorf("%s is listed and not known", name)
		}
	}
	for _, alias := range []string{"src", "dst", "user", "host", "domain", "hash", "cmd", "rule"} {
		for _, field := range query.Resolve(alias) {
			if !slices.Contains(names, field) {
				t.Errorf("%s means %s, which is not known", alias, field)
			}
		}
	}
	if got := query.Resolve("EventID"); len(got) != 1 || got[0] != "EventID" {
		t.Errorf("EventID means %v", got)
	}
}
