package normalize

import (
	"fmt"
	"strings"
	"testing"
)

// find looks a name up as the scanner does.
func find(t *nameTable, of nameID, local string) nameID {
	first, last := edges(bytesOf(local))
	return t.find(of, bytesOf(local), first, last)
}

func TestNamesAreToldApart(t *testing.T) {
	table := newNameTable(nil)
	var locals []string
	for length := range 40 {
		same := strings.Repeat("x", length)
		locals = append(locals, same)
		for at := range length {
			locals = append(locals, same[:at]+"y"+same[at+1:], same[:at]+"\x00"+same[at+1:])
		}
	}
	objects := []nameID{recordItself, find(table, recordItself, "a"), find(table, recordItself, "a.b"), find(table, recordItself, "")}
	ids := map[nameID]string{}
	for range 2 { // added, then found
		for _, of := range objects {
			for _, local := range locals {
				id := find(table, of, local)
				key := fmt.Sprintf("%d %q", of, local)
				if known, ok := ids[id]; ok && known != key {
					t.Fatalf("%s was found as %s", key, known)
				}
				ids[id] = key
				want := local
				if of != recordItself {
					want = table.list[of].text + "." + local
				}
				if table.list[id].text != want {
					t.Fatalf("%s is called %q", key, table.list[id].text)
				}
			}
		}
	}
	if want := len(objects) * len(locals); len(ids) != want {
		t.Errorf("%d names, want %d", len(ids), want)
	}
}

func TestNameTableStaysSmall(t *testing.T) {
	s := &jsonScanner{names: newNameTable(map[string]knownName{"Image": 7})}
	for i := range 20 * maxNames {
		record := fmt.Sprintf(`{"made up %d":"v","Image":{"of %d":1},"Image":"x"}`, i, i)
		fields, _, err := s.scan(record)
		if err != nil || fields[0].Name != fmt.Sprintf("made up %d", i) || fields[1].Name != fmt.Sprintf("Image.of %d", i) || fields[2].Name != "Image" || s.marks[2].known != 7 {
			t.Fatalf("record %d: %v, %v", i, fields, err)
		}
		if len(s.names.list) > maxNames+4 || len(s.names.ids) > maxNames+4 {
			t.Fatalf("%d names are kept", len(s.names.list))
		}
	}
}

func TestMarks(t *testing.T) {
	table := newNameTable(map[string]knownName{"Image": 1, "Computer": 2, "Provider_Name": 3})
	f := func(name string, want mark) {
		t.Helper()
		if got := table.list[find(table, recordItself, name)].mark; got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	f("Image", mark{known: 1})
	f("winlog.event_data.Image", mark{plain: 1, place: 1})
	f("Hostname", mark{plain: 2})
	f("Source", mark{plain: 3, place: 2})
	f("Event.EventData.Data.Name", mark{place: 1, named: true})
	f("EventData.Data.@Name", mark{place: 1, named: true})
	f("X.EventData.Data.Name", mark{})
	if id := find(table, recordItself, strings.Repeat("n", maxName-1)); id == tooLong {
		t.Error("a name of 511 bytes is refused")
	}
	if id := find(table, recordItself, strings.Repeat("n", maxName)); id != tooLong {
		t.Error("a name of 512 bytes is kept")
	}
}
