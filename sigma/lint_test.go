package sigma_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

const lintHead = "title: T\nid: 6f0e1c5a-2f8b-4f6e-9d57-3a1b2c4d5e6f\nlogsource: {product: windows}\nlevel: high\n"

func TestWarningsNameWhatIsOdd(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		c := sigma.Parse("x.yml", []byte(text))
		if len(c.Problems) > 0 {
			t.Fatal(c.Problems)
		}
		var got []string
		for _, p := range c.Rules[0].Warnings() {
			got = append(got, fmt.Sprintf("%d %s %s", p.Line, p.Field, strings.Fields(p.Reason)[0]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\ngot %q, want %q", text, got, want)
		}
	}
	detection := func(lines string) string { return "detection:\n  s:\n" + lines + "  condition: s\n" }
	f(lintHead + detection("    A: b\n"))
	f("title: T\nlevel: low\nlogsource: {product: windows}\n"+detection("    A: b\n"), "1 id missing:")
	f("id: 7\ntitle: T\nlevel: low\nlogsource: {product: windows}\n"+detection("    A: b\n"), "1 id not")
	f(strings.Replace(lintHead, "level: high\n", "", 1)+detection("    A: b\n"), "1 level missing,")
	f(lintHead+"status: deprecated\n"+detection("    A: b\n"), "1 status the")
	f(lintHead+detection("    A|contains:\n      - abc\n      - ab\n"), "9 A|contains the")
	f(lintHead + detection("    A|contains|all:\n      - abc\n      - ab\n"))
	f(lintHead+detection("    A: '*x*'\n"), "7 A the")
	f(lintHead + detection("    A|contains: x\n    B: long\n"))
	f(lintHead+"detection:\n  s: {A|contains: x}\n  t: {B: long}\n  condition: s and not t\n", "6 A|contains the")
	f(lintHead + "detection:\n  s: {A|contains: x}\n  t: {B: long}\n  condition: t and not s\n")
	f(lintHead+"detection:\n  s: {A|contains: x}\n  t: {B: long}\n  condition: t or s\n", "6 A|contains the")
	f(lintHead + "detection:\n  s: {A|contains: x}\n  t: {B: long}\n  condition: all of them\n")
	f(lintHead + detection("    A|contains: ㊙\n"))
	f(lintHead + detection("    A: ['*', '', 'ab', 'ab*']\n"))
}

func TestUnindexedRulesAreThoseWithoutWitness(t *testing.T) {
	rules := func(lines string) string {
		return lintHead + "detection:\n  s:\n    " + lines + "\n  condition: s\n---\n" +
			strings.Replace(lintHead, "6f0e", "7f0e", 1) + "detection:\n  s: {A: b}\n  condition: not s\n"
	}
	c := sigma.Parse("x.yml", []byte(rules("A|contains: mimikatz")))
	e := compile(t, c.Rules)
	if got := e.Unindexed(); len(got) != 1 || got[0] != c.Rules[1] {
		t.Errorf("got %v", got)
	}
}
