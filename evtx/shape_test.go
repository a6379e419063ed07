package evtx_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func data(name, value string) piece { return el("Data", attrs(attr("Name", str(name))), str(value)) }

func eventData(content ...piece) []byte {
	return event(el("Event", nil, el("EventData", nil, content...)))
}

// TestShape: what becomes of elements in JSON, so that nothing is lost and every object has each name once.
func TestShape(t *testing.T) {
	moving := func(values ...val) []byte {
		return event(instance(1, attrs(el("Event", nil, el("EventData", nil,
			el("Data", attrs(attr("Name", hole(0, 1))), str("one")), el("Data", attrs(attr("Name", hole(1, 1))), str("two")), data("fixed", "three")))), values...))
	}
	cases := []struct {
		name string
		file []byte
		json string
	}{
		{"named data", eventData(data("Image", `C:\a.exe`), data("User", "")), `{"Image":"C:\\a.exe","User":""}`},
		{"the same name twice", eventData(data("a", "1"), data("b", "2"), data("a", "3")), `{"a":["1","3"],"b":"2"}`},
		{"data without name", eventData(el("Data", nil, str("1")), el("Data", nil, str("2")), el("Binary", nil)), `{"Data":{"#text":["1","2"]},"Binary":null}`},
		{"one data without name", eventData(el("Data", nil, str("1"))), `{"Data":{"#text":"1"}}`},
		{"empty data without name", eventData(el("Data", nil)), `{"Data":{"#text":""}}`},
		{"an array without name", event(instance(1, attrs(el("Event", nil, el("EventData", nil, el("Data", nil, hole(0, 0x81))))), val{kind: 0x81, data: wide("1\x002\x00")})), `{"Data":{"#text":["1","2"]}}`},
		{"a name that is Data", eventData(data("Data", "1"), el("Data", nil, str("2"))), `{"Data":["1","2"]}`},
		{"a name like one of ours", eventData(data("#text", "1"), data("#attributes", "2")), `{"Data":[{"#attributes":{"Name":"#text"},"#text":"1"},{"#attributes":{"Name":"#attributes"},"#text":"2"}]}`},
		{"an empty name", eventData(data("", "1")), `{"Data":{"#attributes":{"Name":""},"#text":"1"}}`},
		{"a name to be escaped", eventData(data("a\"b\\\n", "1")), `{"a\"b\\\n":"1"}`},
		{"further attributes", eventData(el("Data", attrs(attr("Name", str("a")), attr("Type", str("t"))), str("1"))), `{"a":{"#attributes":{"Type":"t"},"#text":"1"}}`},
		{"data with children", eventData(el("Data", attrs(attr("Name", str("a"))), el("B", nil, str("1")))), `{"a":{"B":"1"}}`},
		{"an element like a named one", eventData(data("Binary", "1"), el("Binary", nil, str("2"))), `{"Binary":["1","2"]}`},
		{"complex data", eventData(el("ComplexData", attrs(attr("Name", str("c"))), data("a", "1"))), `{"ComplexData":{"#attributes":{"Name":"c"},"a":"1"}}`},
		{"names out of the record", moving(text("a"), text("b")), `{"a":"one","b":"two","fixed":"three"}`},
		{"the same name out of the record", moving(text("fixed"), text("fixed")), `{"fixed":["one","two","three"]}`},
		{"no name out of the record", moving(val{}, text("")), `{"Data":["one","two"],"fixed":"three"}`},
		{"a name like one of ours out of the record", moving(text("#text"), text("#")), `{"_#text":"one","_#":"two","fixed":"three"}`},
		{"the name of the event data", event(el("Event", nil, el("EventData", attrs(attr("Name", str("n"))), data("a", "1")))), `{"#attributes":{"Name":"n"},"a":"1"}`},
	}
	for _, c := range cases {
		all := readSound(t, c.file)
		wantOne(t, c.name, all, "", `{"Event":{"EventData":`+c.json+`}}`)
		if len(all.json) == 1 && !json.Valid([]byte(all.json[0])) {
			t.Errorf("%s: no JSON", c.name)
		}
	}
}

// TestMembersAcrossTemplates: elements of one name become one list, whichever template or value they come from.
func TestMembersAcrossTemplates(t *testing.T) {
	inner := attrs(el("B", nil, hole(0, 1)))
	all := readSound(t, event(instance(1, attrs(el("Event", nil, el("A", nil), hole(0, 0x21), el("B", nil, str("x")), hole(1, 0x21))),
		doc(instance(2, inner, text("1"))), doc(instance(2, inner, text("2")), el("A", nil, str("y"))))))
	wantOne(t, "members", all, `<Event><A/><B>1</B><B>x</B><B>2</B><A>y</A></Event>`, `{"Event":{"A":[null,"y"],"B":["1","x","2"]}}`)
}

// TestManyMembers: names are told apart by comparing where they are few, and otherwise where they are many.
func TestManyMembers(t *testing.T) {
	var content []piece
	var want []string
	for i := range 100 {
		name := fmt.Sprintf("n%02d", i)
		content = append(content, data(name, "x"), el("Data", attrs(attr("Name", hole(0, 1))), str(name)))
		want = append(want, `"`+name+`":"x"`)
		if i == 0 {
			want = append(want, "")
		}
	}
	var same []string
	for i := range 100 {
		same = append(same, fmt.Sprintf(`"n%02d"`, i))
	}
	want[1] = `"same":[` + strings.Join(same, ",") + "]"
	all := readSound(t, event(instance(1, attrs(el("Event", nil, el("EventData", nil, content...))), text("same"))))
	wantOne(t, "many", all, "", `{"Event":{"EventData":{`+strings.Join(want, ",")+`}}}`)
}

// TestEscapes: every character comes through JSON as it was, and through XML what XML can hold.
func TestEscapes(t *testing.T) {
	var every []rune
	for c := rune(1); c < 0x250; c++ {
		every = append(every, c)
	}
	s := string(every) + "\u2028\uFFFE\uFFFF狼煙😀\x00" + strings.Repeat(`C:\Windows\System32\`, 5) + `"<>&'` + strings.Repeat("plain text ", 9)
	for shift := range 9 { // texts are read eight characters at a time
		value := strings.Repeat("x", shift) + s
		all := readSound(t, event(instance(1, attrs(el("Event", attrs(attr("a", hole(0, 1))), hole(0, 1))), text(value))))
		wantEscaped(t, all, value)
		fixed := readSound(t, event(el("Event", attrs(attr("a", str(value))), str(value))))
		wantEscaped(t, fixed, value)
	}
}

func wantEscaped(t *testing.T, all told, value string) {
	t.Helper()
	var object struct {
		Event struct {
			Attributes struct{ A string } `json:"#attributes"`
			Text       string             `json:"#text"`
		}
	}
	if err := json.Unmarshal([]byte(all.json[0]), &object); err != nil {
		t.Fatal(err)
	}
	if object.Event.Text != value || object.Event.Attributes.A != value {
		t.Errorf("JSON\n%q, want\n%q", object.Event.Text, value)
	}
	held := strings.Map(func(c rune) rune {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0xfffe || c == 0xffff {
			return 0xfffd
		}
		return c
	}, value)
	e := trees(t, all.xml[0])[0]
	if e.text != held || e.attributes[0].Value != held {
		t.Errorf("XML\n%q, want\n%q", e.text, held)
	}
}

// TestSurrogates: half a character is none.
func TestSurrogates(t *testing.T) {
	for _, c := range []struct {
		units []uint16
		want  string
	}{
		{[]uint16{0xd83d, 0xde00}, "😀"},
		{[]uint16{0xd83d}, "\uFFFD"},
		{[]uint16{0xde00}, "\uFFFD"},
		{[]uint16{0xd83d, 'a'}, "\uFFFDa"},
		{[]uint16{0xd83d, 0xd83d, 0xde00}, "\uFFFD😀"},
		{[]uint16{'a', 'b', 'c', 'd', 'e', 'f', 'g', 0xd83d, 0xde00, 'h'}, "abcdefg😀h"},
	} {
		all := readSound(t, event(instance(1, dataTemplate, val{kind: 1, data: u16(c.units...)})))
		wantOne(t, c.want, all, xmlData(c.want), `{"Event":{"EventData":{"v":"`+c.want+`"}}}`)
	}
}
