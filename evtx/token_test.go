package evtx_test

import (
	"strings"
	"testing"
)

// TestTokens has each construct of binary XML, in an element that stands by itself or in a template.
func TestTokens(t *testing.T) {
	event1 := func(content ...piece) []piece { return attrs(el("Event", nil, content...)) }
	cases := []struct {
		name      string
		file      []byte
		xml, json string
	}{
		{"an empty element", event(el("Event", nil)), `<Event/>`, `{"Event":null}`},
		{"attributes of an empty element", event(el("Event", attrs(attr("a", str("1")), attr("b")))), `<Event a="1" b=""/>`, `{"Event":{"#attributes":{"a":"1","b":""}}}`},
		{"text", event(el("Event", nil, str("abc"))), `<Event>abc</Event>`, `{"Event":"abc"}`},
		{"text in pieces", event(el("Event", nil, str("abc"), str("def"))), `<Event>abcdef</Event>`, `{"Event":"abcdef"}`},
		{"text beside an attribute", event(el("Event", attrs(attr("a", str("1"))), str("abc"))), `<Event a="1">abc</Event>`, `{"Event":{"#attributes":{"a":"1"},"#text":"abc"}}`},
		{"text beside an element", event(el("Event", nil, str("abc"), el("A", nil))), `<Event>abc<A/></Event>`, `{"Event":{"#text":"abc","A":null}}`},
		{"white space beside an element", event(el("Event", nil, str("\n  "), el("A", nil))), "<Event>\n  <A/></Event>", `{"Event":{"A":null}}`},
		{"CDATA", event(el("Event", nil, section("a<b&c"))), `<Event><![CDATA[a<b&c]]></Event>`, `{"Event":"a<b&c"}`},
		{"CDATA that holds its own end", event(el("Event", nil, section("a]]>b"))), `<Event><![CDATA[a]]]]><![CDATA[>b]]></Event>`, `{"Event":"a]]>b"}`},
		{"characters by number", event(el("Event", attrs(attr("a", char(34))), char(38), char(0x72fc), char(0))), `<Event a="&#34;">&#38;&#29436;&#65533;</Event>`, "{\"Event\":{\"#attributes\":{\"a\":\"\\\"\"},\"#text\":\"&狼\uFFFD\"}}"},
		{
			"entities", event(el("Event", attrs(attr("a", entity("quot"))), entity("lt"), entity("gt"), entity("amp"), entity("apos"), entity("nbsp"))),
			`<Event a="&quot;">&lt;&gt;&amp;&apos;&amp;nbsp;</Event>`, `{"Event":{"#attributes":{"a":"\""},"#text":"<>&'&nbsp;"}}`,
		},
		{"instructions", event(instruction("t", "a?>b"), el("Event", nil, instruction("u", ""))), `<?t a? >b?><Event><?u?></Event>`, `{"Event":null}`},
		{"several roots", event(el("A", nil), el("B", nil, str("x"))), `<A/><B>x</B>`, `{"A":null,"B":"x"}`},
		{"a substitution", event(instance(1, event1(hole(0, 1)), text("x"))), `<Event>x</Event>`, `{"Event":"x"}`},
		{"text around a substitution", event(instance(1, event1(str("<"), hole(0, 8), str(">")), val{kind: 8, data: u32(7)})), `<Event>&lt;7&gt;</Event>`, `{"Event":"<7>"}`},
		{"a number in an attribute", event(instance(1, attrs(el("Event", attrs(attr("a", hole(0, 8))))), val{kind: 8, data: u32(7)})), `<Event a="7"/>`, `{"Event":{"#attributes":{"a":7}}}`},
		{"a substitution without value", event(instance(1, event1(el("A", nil, hole(0, 1))), val{})), `<Event><A/></Event>`, `{"Event":{"A":null}}`},
		{"an optional element without value", event(instance(1, event1(el("A", nil, opt(0, 1)), el("B", nil, opt(1, 1))), val{}, text("b"))), `<Event><B>b</B></Event>`, `{"Event":{"B":"b"}}`},
		{"an optional attribute without value", event(instance(1, event1(el("A", attrs(attr("x", opt(0, 1)), attr("y", opt(1, 1))))), val{}, text("b"))), `<Event><A y="b"/></Event>`, `{"Event":{"A":{"#attributes":{"y":"b"}}}}`},
		{"an optional value that is an empty string", event(instance(1, event1(el("A", nil, opt(0, 1))), text(""))), `<Event><A/></Event>`, `{"Event":{"A":null}}`},
		{"all attributes left out", event(instance(1, event1(el("A", attrs(attr("x", opt(0, 1))), hole(1, 8))), val{}, val{kind: 8, data: u32(9)})), `<Event><A>9</A></Event>`, `{"Event":{"A":9}}`},
		{"an optional value among elements", event(instance(1, event1(el("A", nil), opt(0, 0x21)), val{})), `<Event><A/></Event>`, `{"Event":{"A":null}}`},
		{"all children left out", event(instance(1, event1(el("A", nil, opt(0, 1))), val{})), `<Event/>`, `{"Event":null}`},
		{"an array in an attribute", event(instance(1, attrs(el("Event", attrs(attr("a", hole(0, 0x86))))), val{kind: 0x86, data: u16(1, 2)})), `<Event a="1,2"/>`, `{"Event":{"#attributes":{"a":"1,2"}}}`},
		{"an array repeats its element", event(instance(1, event1(el("A", attrs(attr("k", str("v"))), hole(0, 0x86))), val{kind: 0x86, data: u16(1, 2)})), `<Event><A k="v">1</A><A k="v">2</A></Event>`, `{"Event":{"A":[{"#attributes":{"k":"v"},"#text":1},{"#attributes":{"k":"v"},"#text":2}]}}`},
		{"an array beside text", event(instance(1, event1(str("a"), hole(0, 0x86)), val{kind: 0x86, data: u16(1, 2)})), `<Event>a1,2</Event>`, `{"Event":"a1,2"}`},
		{"an element as value", event(instance(1, event1(el("A", nil), hole(0, 0x21)), doc(el("B", attrs(attr("c", str("d"))), str("x"))))), `<Event><A/><B c="d">x</B></Event>`, `{"Event":{"A":null,"B":{"#attributes":{"c":"d"},"#text":"x"}}}`},
		{"a template as value", event(instance(1, event1(hole(0, 0x21)), doc(instance(2, attrs(el("B", nil, hole(0, 1))), text("x"))))), `<Event><B>x</B></Event>`, `{"Event":{"B":"x"}}`},
		{
			"a template in a template in a template", event(instance(1, event1(hole(0, 0x21)), doc(instance(2, attrs(el("B", nil, hole(0, 0x21))), doc(instance(3, attrs(el("C", nil, hole(0, 1))), text("x"))))))),
			`<Event><B><C>x</C></B></Event>`, `{"Event":{"B":{"C":"x"}}}`,
		},
		{"no binary XML in its value", event(instance(1, event1(hole(0, 0x21)), val{kind: 0x21})), `<Event/>`, `{"Event":null}`},
	}
	for _, c := range cases {
		all := readSound(t, c.file)
		wantOne(t, c.name, all, c.xml, c.json)
	}
}

// TestNothing: a record without content is told, and it still has a number and a time.
func TestNothing(t *testing.T) {
	all := read(t, event())
	if len(all.json) != 1 || all.json[0] != "{}" || all.xml[0] != "" {
		t.Errorf("%q, %q", all.json, all.xml)
	}
	wantDamage(t, "nothing", all, 4096+512, 1, "the record is empty")
	refused(t, "template", event(instance(1, nil)), "is empty")
}

// TestDependencyIdentifiers: an element that stands outside of a template is read with the identifier and without it, whichever its writer chose.
func TestDependencyIdentifiers(t *testing.T) {
	for _, identified := range []bool{true, false} {
		b := newBin()
		b.wrapped = !identified
		b.record(1, el("Event", nil, el("A", attrs(attr("n", str("v"))), str("x"))))
		wantOne(t, "element", readSound(t, log(b.chunk())), `<Event><A n="v">x</A></Event>`, "")
		value := func(b *bin) {
			b.wrapped = !identified
			el("B", nil, str("y"))(b)
		}
		wantOne(t, "value", readSound(t, event(instance(1, attrs(el("Event", nil, hole(0, 0x21))), doc(value)))), `<Event><B>y</B></Event>`, "")
	}
}

// TestTemplatesAcrossRecords: a template stands in the chunk once, names do too, and each chunk begins anew.
func TestTemplatesAcrossRecords(t *testing.T) {
	other := attrs(el("Event", nil, el("Data", attrs(attr("Name", str("Text"))), hole(0, 1)), el("System", nil)))
	var chunks [][]byte
	for _, pad := range []string{"", "moves all offsets", ""} {
		b := newBin()
		if pad != "" {
			b.record(1, el("Pad", nil, str(pad)))
		}
		b.record(2, instance(7, plainTemplate, text("one"), val{kind: 0x0a, data: u64(2)}))
		b.record(3, instance(8, other, text("two")))
		b.record(4, instance(7, plainTemplate, text("three"), val{kind: 0x0a, data: u64(4)}))
		chunks = append(chunks, b.chunk())
	}
	all := readSound(t, log(chunks...))
	want := []string{
		`{"Event":{"System":{"EventRecordID":2},"EventData":{"Text":"one"}}}`, `{"Event":{"Text":"two","System":null}}`,
		`{"Event":{"System":{"EventRecordID":4},"EventData":{"Text":"three"}}}`,
	}
	want = append(append(append([]string{}, want...), `{"Pad":"moves all offsets"}`), append(want, want...)...)
	if strings.Join(all.json, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(all.json, "\n"), strings.Join(want, "\n"))
	}
}

// TestTemplatesThatLookAlike: a template of another chunk is taken for this one only where every byte and every name is the same.
func TestTemplatesThatLookAlike(t *testing.T) {
	chunk := func(child, text string) []byte {
		b := newBin()
		b.record(1, el("Pad", nil, el(child, nil))) // the name that the template refers to lies before it
		b.record(2, instance(7, attrs(el("Event", nil, el(child, nil, str(text), hole(0, 1)))), val{kind: 1, data: wide("v")}))
		return b.chunk()
	}
	all := readSound(t, log(chunk("Aa", "x"), chunk("Bb", "x"), chunk("Aa", "y"), chunk("Aa", "x")))
	var got []string
	for i := 1; i < len(all.json); i += 2 {
		got = append(got, all.json[i])
	}
	if want := `{"Event":{"Aa":"xv"}} {"Event":{"Bb":"xv"}} {"Event":{"Aa":"yv"}} {"Event":{"Aa":"xv"}}`; strings.Join(got, " ") != want {
		t.Errorf("%s, want %s", strings.Join(got, " "), want)
	}
}
