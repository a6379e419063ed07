package event_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/internal/event"
)

func TestIDText(t *testing.T) {
	f := func(id event.ID, want string) {
		t.Helper()
		if got := id.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
		back, err := event.ParseID(want)
		if err != nil || back != id {
			t.Errorf("ParseID(%q) = %v, %v", want, back, err)
		}
	}
	f(event.ID{Epoch: 7, Partition: 3, Seq: 18446744073709551615, Pos: 12}, "7-3-18446744073709551615-12")
	f(event.ID{}, "0-0-0-0")
	for _, bad := range []string{"", "1-2-3", "1-2-3-4-5", "1-70000-3-4", "a-2-3-4", "1-2-3--4"} {
		if _, err := event.ParseID(bad); err == nil {
			t.Errorf("ParseID(%q) accepted", bad)
		}
	}
}

func TestIDOrder(t *testing.T) {
	a, b := event.ID{Epoch: 1, Seq: 9, Pos: 3}, event.ID{Epoch: 1, Seq: 10}
	if a.Compare(b) >= 0 || b.Compare(a) <= 0 || a.Compare(a) != 0 {
		t.Error("ids do not sort by arrival")
	}
}

func TestFieldsKeepTypes(t *testing.T) {
	in := event.Fields{
		{Name: "big", Value: event.Num("12345678901234567890.10")},
		{Name: "text", Value: event.Str("日本\t\"q\" \\ \x01")},
		{Name: "none", Value: event.Value{Kind: event.Null}},
		{Name: "yes", Value: event.Value{Kind: event.Bool, Text: "true"}},
		{Name: "list", Value: event.Value{Kind: event.List, List: []event.Value{event.Num("1"), event.Str("1")}}},
	}
	out, err := event.ParseFields(in.AppendJSON(nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, out); diff != "" {
		t.Error(diff)
	}
	if out.Get("missing").Kind != event.Absent || out.Get("none").Kind != event.Null {
		t.Error("absent and null are not told apart")
	}
}

func TestColumnsHaveNames(t *testing.T) {
	for c, info := range event.AllColumns() {
		got, ok := event.ColumnByName(info.Name)
		if info.Name == "" || !ok || int(got) != c {
			t.Errorf("column %d %q is found as %d", c, info.Name, got)
		}
	}
}
