package evtx_test

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/evtx"
)

var le = binary.LittleEndian

func u16(all ...uint16) (out []byte) {
	for _, v := range all {
		out = le.AppendUint16(out, v)
	}
	return out
}

func u32(all ...uint32) (out []byte) {
	for _, v := range all {
		out = le.AppendUint32(out, v)
	}
	return out
}

func u64(all ...uint64) (out []byte) {
	for _, v := range all {
		out = le.AppendUint64(out, v)
	}
	return out
}

func join(parts ...[]byte) (out []byte) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

var (
	guid       = []byte{0x5a, 0xd1, 0x70, 0x57, 0x2a, 0xc2, 0xe0, 0x43, 0xbf, 0x4c, 0x06, 0xf5, 0x69, 0x8f, 0xfb, 0xd9}
	system     = []byte{1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}
	everyone   = []byte{1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0}
	account    = join([]byte{1, 5, 0, 0, 0, 0, 0, 5}, u32(21, 3623811015, 3361044348, 30300820, 1013))
	systemTime = u16(2021, 3, 4, 9, 5, 6, 7, 89)
)

// valueCases has each type of value and what the description of the format says about its text. The text in XML; that in JSON where it is another one.
var valueCases = []struct {
	name      string
	kind      byte
	data      []byte
	xml, json string
	quirk     bool // evtxexport tells it otherwise than the description of the format, or not at all
}{
	{"null", 0x00, nil, "", `""`, true},
	{"string", 0x01, wide("naïve 狼煙"), "naïve 狼煙", "", false},
	{"surrogates", 0x01, wide("😀"), "😀", "", true},
	{"string, zero at its end", 0x01, wide("abc\x00"), "abc", "", false},
	{"empty string", 0x01, nil, "", `""`, true},
	{"ANSI string", 0x02, []byte("caf\xe9 \x80\x00"), "café €", "", false},
	{"8 bits signed", 0x03, []byte{0x80}, "-128", "-128", false},
	{"8 bits", 0x04, []byte{0xff}, "255", "255", false},
	{"16 bits signed", 0x05, u16(0x8000), "-32768", "-32768", false},
	{"16 bits", 0x06, u16(0xffff), "65535", "65535", false},
	{"32 bits signed", 0x07, u32(0x80000000), "-2147483648", "-2147483648", false},
	{"32 bits", 0x08, u32(0xffffffff), "4294967295", "4294967295", false},
	{"64 bits signed", 0x09, u64(1 << 63), "-9223372036854775808", "-9223372036854775808", false},
	{"64 bits", 0x0a, u64(math.MaxUint64), "18446744073709551615", "18446744073709551615", false},
	{"real of 32 bits", 0x0b, u32(math.Float32bits(0.1)), "0.1", "0.1", true},
	{"real of 64 bits", 0x0c, u64(math.Float64bits(-12.5)), "-12.5", "-12.5", true},
	{"real without fraction", 0x0c, u64(math.Float64bits(400)), "400", "400", true},
	{"zero", 0x0c, u64(0), "0", "0", true},
	{"too small", 0x0c, u64(math.Float64bits(1.5e-9)), "1.5e-09", "1.5e-09", true},
	{"infinity", 0x0b, u32(math.Float32bits(float32(math.Inf(1)))), "1.#INF", `"1.#INF"`, true},
	{"minus infinity", 0x0c, u64(math.Float64bits(math.Inf(-1))), "-1.#INF", `"-1.#INF"`, true},
	{"no number", 0x0c, u64(math.Float64bits(math.NaN())), "-1.#IND", `"-1.#IND"`, true},
	{"true", 0x0d, u32(1), "true", "true", false},
	{"false", 0x0d, u32(0), "false", "false", false},
	{"true in one byte", 0x0d, []byte{1}, "true", "true", true},
	{"binary", 0x0e, []byte{0, 0xab, 0x10}, "00AB10", "", false},
	{"GUID", 0x0f, guid, "{5770D15A-C22A-43E0-BF4C-06F5698FFBD9}", `"5770D15A-C22A-43E0-BF4C-06F5698FFBD9"`, false},
	{"size of 32 bits", 0x10, u32(0xab01), "0xab01", "", true},
	{"size of 64 bits", 0x10, u64(0xab01), "0xab01", "", true},
	{"FILETIME", 0x11, u64(written), "2021-03-04T05:06:07.123456700Z", `"2021-03-04T05:06:07.123456Z"`, false},
	{"first FILETIME", 0x11, u64(0), "1601-01-01T00:00:00.000000000Z", `"1601-01-01T00:00:00.000000Z"`, false},
	{"leap day", 0x11, u64(132274079990000000), "2020-02-28T23:59:59.000000000Z", `"2020-02-28T23:59:59.000000Z"`, false},
	{"SYSTEMTIME", 0x12, systemTime, "2021-03-09T05:06:07.089Z", `"2021-03-09T05:06:07.089000Z"`, false},
	{"SID", 0x13, account, "S-1-5-21-3623811015-3361044348-30300820-1013", "", false},
	{"hexadecimal of 32 bits", 0x14, u32(0x1f), "0x1f", "", false},
	{"hexadecimal of 64 bits", 0x15, u64(1 << 63), "0x8000000000000000", "", false},
	{"handle", 0x20, u64(0x1c4), "0x1c4", "", true},
	{"XML", 0x23, wide("<a/>"), "&lt;a/&gt;", `"<a/>"`, true},
}

// arrayCases has the types of arrays and their items.
var arrayCases = []struct {
	name string
	kind byte
	data []byte
	xml  []string
	json string
}{
	{"strings", 0x81, wide("one\x00two\x00"), []string{"one", "two"}, `["one","two"]`},
	{"strings, the last one open", 0x81, wide("one\x00two"), []string{"one", "two"}, `["one","two"]`},
	{"empty strings among them", 0x81, wide("a\x00\x00b\x00\x00"), []string{"a", "", "b", ""}, `["a","","b",""]`},
	{"one string", 0x81, wide("one\x00"), []string{"one"}, `"one"`},
	{"ANSI strings", 0x82, []byte("caf\xe9\x00b\x00"), []string{"café", "b"}, `["café","b"]`},
	{"8 bits signed", 0x83, []byte{0xff, 1}, []string{"-1", "1"}, "[-1,1]"},
	{"8 bits", 0x84, []byte{0xff, 1}, []string{"255", "1"}, "[255,1]"},
	{"16 bits signed", 0x85, u16(0xffff, 1), []string{"-1", "1"}, "[-1,1]"},
	{"16 bits", 0x86, u16(0xffff, 1), []string{"65535", "1"}, "[65535,1]"},
	{"32 bits signed", 0x87, u32(0xffffffff, 1), []string{"-1", "1"}, "[-1,1]"},
	{"32 bits", 0x88, u32(0xffffffff, 1), []string{"4294967295", "1"}, "[4294967295,1]"},
	{"64 bits signed", 0x89, u64(math.MaxUint64, 1), []string{"-1", "1"}, "[-1,1]"},
	{"64 bits", 0x8a, u64(math.MaxUint64, 1), []string{"18446744073709551615", "1"}, "[18446744073709551615,1]"},
	{"reals of 32 bits", 0x8b, u32(math.Float32bits(0.5), math.Float32bits(2)), []string{"0.5", "2"}, "[0.5,2]"},
	{"reals of 64 bits", 0x8c, u64(math.Float64bits(0.5), math.Float64bits(2)), []string{"0.5", "2"}, "[0.5,2]"},
	{"truth values", 0x8d, u32(1, 0), []string{"true", "false"}, "[true,false]"},
	{"GUIDs", 0x8f, join(guid, make([]byte, 16)), []string{"{5770D15A-C22A-43E0-BF4C-06F5698FFBD9}", "{00000000-0000-0000-0000-000000000000}"}, `["5770D15A-C22A-43E0-BF4C-06F5698FFBD9","00000000-0000-0000-0000-000000000000"]`},
	{"sizes", 0x90, u64(16, 17), []string{"0x10", "0x11"}, `["0x10","0x11"]`},
	{"FILETIMEs", 0x91, u64(written, 0), []string{"2021-03-04T05:06:07.123456700Z", "1601-01-01T00:00:00.000000000Z"}, `["2021-03-04T05:06:07.123456Z","1601-01-01T00:00:00.000000Z"]`},
	{"SYSTEMTIMEs", 0x92, join(systemTime, systemTime), []string{"2021-03-09T05:06:07.089Z", "2021-03-09T05:06:07.089Z"}, `["2021-03-09T05:06:07.089000Z","2021-03-09T05:06:07.089000Z"]`},
	{"SIDs", 0x93, join(everyone, account, system), []string{"S-1-1-0", "S-1-5-21-3623811015-3361044348-30300820-1013", "S-1-5-18"}, `["S-1-1-0","S-1-5-21-3623811015-3361044348-30300820-1013","S-1-5-18"]`},
	{"hexadecimal of 32 bits", 0x94, u32(0x1f, 0), []string{"0x1f", "0x0"}, `["0x1f","0x0"]`},
	{"hexadecimal of 64 bits", 0x95, u64(0x1f, 0), []string{"0x1f", "0x0"}, `["0x1f","0x0"]`},
	{"nothing", 0x86, nil, []string{""}, `""`},
}

// dataTemplate puts one value into an element.
var dataTemplate = []piece{el("Event", nil, el("EventData", nil, el("Data", attrs(attr("Name", str("v"))), hole(0, 0x01))))}

func TestValues(t *testing.T) {
	for _, c := range valueCases {
		all := readSound(t, event(instance(1, dataTemplate, val{kind: c.kind, data: c.data})))
		json := c.json
		if json == "" {
			json = `"` + c.xml + `"`
		}
		wantOne(t, c.name, all, xmlData(c.xml), `{"Event":{"EventData":{"v":`+json+`}}}`)
	}
}

func TestArrays(t *testing.T) {
	for _, c := range arrayCases {
		all := readSound(t, event(instance(1, dataTemplate, val{kind: c.kind, data: c.data})))
		wantOne(t, c.name, all, xmlData(c.xml...), `{"Event":{"EventData":{"v":`+c.json+`}}}`)
	}
}

// xmlData is dataTemplate with these texts.
func xmlData(texts ...string) string {
	out := "<Event><EventData>"
	for _, text := range texts {
		if text == "" {
			out += `<Data Name="v"/>`
		} else {
			out += `<Data Name="v">` + text + "</Data>"
		}
	}
	return out + "</EventData></Event>"
}

func wantOne(t *testing.T, name string, all told, xml, json string) {
	t.Helper()
	if len(all.xml) != 1 {
		t.Errorf("%s: %d records, %v", name, len(all.xml), all.damage)
		return
	}
	if xml != "" && all.xml[0] != xml {
		t.Errorf("%s: XML\n%s, want\n%s", name, all.xml[0], xml)
	}
	if json != "" && all.json[0] != json {
		t.Errorf("%s: JSON\n%s, want\n%s", name, all.json[0], json)
	}
}

// TestValuesAgainstEvtxexport has evtxexport read what the test's writer wrote: the writer writes real files, and the expected texts are not ours alone.
func TestValuesAgainstEvtxexport(t *testing.T) {
	requireEvtxexport(t)
	b := newBin()
	id := uint64(0)
	for _, c := range valueCases {
		if id++; !c.quirk {
			b.record(id, instance(1, dataTemplate, val{kind: c.kind, data: c.data}))
		}
	}
	for _, c := range arrayCases {
		id++
		switch c.kind {
		case 0x8b, 0x8c: // it writes all reals with an exponent
		case 0x83, 0x85, 0x87, 0x89: // it takes -1 for the largest negative number
		case 0x8d, 0x90, 0x93: // it does not know these arrays
		default:
			if c.data == nil {
				continue // it exports no record with an empty array
			}
			b.record(id, instance(1, dataTemplate, val{kind: c.kind, data: c.data}))
		}
	}
	path := filepath.Join(t.TempDir(), "values.evtx")
	file := log(b.chunk())
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	ours, theirs := trees(t, strings.Join(readSound(t, file).xml, "")), trees(t, evtxexport(t, path))
	if len(ours) != len(theirs) || len(ours) < 30 {
		t.Fatalf("%d records, evtxexport has %d", len(ours), len(theirs))
	}
	for i := range ours {
		if diff := ours[i].differs(theirs[i]); diff != "" {
			t.Error(diff)
		}
	}
}

// TestValuesThatDoNotFit: a value whose size or type cannot be is told in hexadecimal, and the damage is told.
func TestValuesThatDoNotFit(t *testing.T) {
	for _, v := range []val{
		{kind: 0x08, data: []byte{0xab, 0}},
		{kind: 0x01, data: []byte{0xab}},
		{kind: 0x11, data: []byte{0xab}},
		{kind: 0x13, data: system[:11]},
		{kind: 0x86, data: []byte{0xab, 0, 1}},
		{kind: 0x93, data: system[:11]},
		{kind: 0x8e, data: []byte{0xab}},
		{kind: 0x7f, data: []byte{0xab}},
		{kind: 0x16, data: []byte{0xab}},
		{kind: 0xa1, data: []byte{0xab}},
		{kind: 0x22, data: []byte{0xab}},
		{kind: 0x20, data: []byte{0xab}},
	} {
		all := read(t, event(instance(1, dataTemplate, v)))
		want := strings.ToUpper(hexText(v.data))
		wantOne(t, "does not fit", all, xmlData(want), `{"Event":{"EventData":{"v":"`+want+`"}}}`)
		if len(all.damage) != 1 || all.damage[0].Offset != 4096+512 || all.damage[0].RecordID != 1 || !strings.Contains(all.damage[0].Reason, "value 0 of type") {
			t.Errorf("type %x: damage %v", v.kind, all.damage)
		}
	}
}

func hexText(data []byte) (out string) {
	for _, c := range data {
		out += string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15])
	}
	return out
}

// TestANSI: who knows the code page of the machine gives its decoder.
func TestANSI(t *testing.T) {
	reader := evtx.NewReader(strings.NewReader(string(event(instance(1, dataTemplate, val{kind: 0x02, data: []byte{0x98, 0x54, 0}})))))
	reader.ANSI = func(dst, text []byte) []byte {
		if string(text) != "\x98\x54" {
			t.Errorf("the text is % x", text)
		}
		return append(dst, "狼\"\xff"...)
	}
	for rec, err := range reader.Records() {
		if err != nil {
			t.Fatal(err)
		}
		if got := string(rec.AppendJSON(nil)); got != `{"Event":{"EventData":{"v":"狼\"`+"\uFFFD"+`"}}}` {
			t.Error(got)
		}
	}
}
