package rule_test

import (
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/rule"
)

const oneID = "11111111-1111-4111-8111-111111111111"

func TestSwitchedOffIsPartOfTheVersion(t *testing.T) {
	set := rule.NewSet(files())
	off := set.SwitchOff(rule.Off{Rule: oneID, Reason: "too slow", Since: time.Unix(1_800_000_000, 0).UTC()}, rule.Off{Rule: "nobody's"})
	if off.Version == set.Version || len(off.Sigma()) != 0 || len(off.Rules) != 1 || len(off.Offs()) != 1 {
		t.Fatalf("version %s as before %s, %d run of %d, off %v", off.Version, set.Version, len(off.Sigma()), len(off.Rules), off.Offs())
	}
	again := rule.NewSet(off.Files())
	got, ok := again.Off(oneID)
	if !ok || again.Version != off.Version || got.Reason != "too slow" || !got.Since.Equal(time.Unix(1_800_000_000, 0)) || len(again.Sigma()) != 0 || len(again.Problems) != 0 {
		t.Errorf("read back: %+v, version %s, problems %v", got, again.Version, again.Problems)
	}
	if on := again.SwitchOn(oneID); on.Version != set.Version || len(on.Sigma()) != 1 {
		t.Error("switched on, it is another set than before")
	}
	if _, ok := set.Off(oneID); ok {
		t.Error("the set that it was made from has changed")
	}
	if same := off.SwitchOff(rule.Off{Rule: oneID, Reason: "again"}); same != off {
		t.Error("switching off twice makes another set")
	}
}

func TestAnotherTextIsTriedAnew(t *testing.T) {
	offs := rule.NewSet(files()).SwitchOff(rule.Off{Rule: oneID, Reason: "failed"}).Offs()
	if _, ok := rule.NewSet(files("title: Two\nlogsource: {product: x}\ndetection: {s: {a: 1}, condition: s}\n")).SwitchOff(offs...).Off(oneID); !ok {
		t.Error("a change of another file switches it on")
	}
	if _, ok := rule.NewSet(rule.Files{"a/one.yml": []byte(one + "status: test\n")}).SwitchOff(offs...).Off(oneID); ok {
		t.Error("another text of the rule stays off")
	}
}

func TestDamagedListOfSwitchedOffIsTold(t *testing.T) {
	damaged := files()
	damaged["switched-off.json"] = []byte("[{")
	if set := rule.NewSet(damaged); len(set.Problems) != 1 || len(set.Sigma()) != 1 {
		t.Errorf("problems %v, %d rules run", set.Problems, len(set.Sigma()))
	}
}
