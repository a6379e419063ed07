package normalize

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// parts are what a string may hold, as JSON writes it: plain and escaped, of one to four bytes, and what only looks special.
var parts = []string{
	`\\`, `\"`, `\/`, `\b`, `\f`, `\n`, `\r`, `\t`, `\u0041`, `\u00e9`, `\u3042`, `\ud83d\ude00`, `\uD83D\uDE00`, `\ud800`, `\udc00`, `\ud800\ud800`, `\ud800\n`, `\u0000`,
	"é", "あ", "😀", "\x7f", " ", "!", "#", "[", "]", "\u00a2", "\u00dc", "\u0100",
}

// TestStringsOfEveryLength puts every part at every place of strings of many lengths, before other fields and at a record's very end, and asks encoding/json.
func TestStringsOfEveryLength(t *testing.T) {
	var s jsonScanner
	check := func(quoted string) {
		t.Helper()
		var want string
		if err := json.Unmarshal([]byte(quoted), &want); err != nil {
			t.Fatalf("%s: %v", quoted, err)
		}
		for _, record := range []string{
			`{"a":` + quoted + `}`, `{"ab":1,"a":` + quoted + `,"b":"behind it"}`, `{"a":` + quoted + "\n\n\n\n\n\n\n\n\n}", `{"l":[1,` + quoted + `],"a":` + quoted + `}`,
			`{` + quoted + `:"x","a":` + quoted + `}`,
		} {
			got, _, err := s.scan(record)
			if err != nil {
				t.Fatalf("%s: %v", record, err)
			}
			if text := got[len(got)-1].Value.Text; got.Text("a") != want && want != "a" || got[0].Name != "a" && got.Get("b").Kind != event.Absent && text != "behind it" {
				t.Fatalf("%s: got %q, want %q", record, got.Text("a"), want)
			}
			if record[1:1+len(quoted)] == quoted && got[0].Name != want {
				t.Fatalf("%s: name %q, want %q", record, got[0].Name, want)
			}
		}
	}
	const plain = "The quick brown fox jumps over it, 0123456789"
	for length := range 34 {
		check(`"` + plain[:length] + `"`)
		for at := range length + 1 {
			for _, part := range parts {
				check(`"` + plain[:at] + part + plain[at:length] + `"`)
			}
		}
	}
	for _, a := range parts {
		for _, b := range parts {
			for pad := range 9 {
				check(`"` + plain[:pad] + a + b + a + plain[:8-pad] + b + `"`)
			}
		}
	}
}

// TestStringsRefusedAtEveryPlace puts what no string may hold at every place and wants its byte named.
func TestStringsRefusedAtEveryPlace(t *testing.T) {
	var s jsonScanner
	const plain = "The quick brown fox jumps over it"
	for _, bad := range []struct {
		text string
		at   int
	}{
		{"\x00", 0}, {"\n", 0}, {"\x1f", 0}, {`\x`, 1}, {`\'`, 1}, {`\u12g4`, 0}, {`\u12"`, 0}, {"\\\n", 1}, {`\U0041`, 1},
	} {
		for length := range 20 {
			for at := range length + 1 {
				record := `{"a":"` + plain[:at] + bad.text + plain[at:length] + `","b":1}`
				want := fmt.Sprintf("byte %d: ", 6+at+bad.at)
				if fields, _, err := s.scan(record); err == nil || !strings.Contains(err.Error(), want) || fields != nil {
					t.Fatalf("%q: %v, want %q", record, err, want)
				}
			}
		}
	}
	for _, record := range []string{`{"a":"` + plain, `{"` + plain, `{"a":"` + plain + `\`, `{"a":"` + plain + `\u00`, `{"a":"\ud800\ud`} {
		for cut := range len(record) - 1 {
			if _, _, err := s.scan(record[:len(record)-cut]); err == nil {
				t.Fatalf("%q was read", record[:len(record)-cut])
			}
		}
	}
}

// TestNumbersAtEveryPlace wants literals as they stand, at the end of a record too.
func TestNumbersAtEveryPlace(t *testing.T) {
	var s jsonScanner
	for _, literal := range []string{"0", "-0", "7", "-12", "1234567", "12345678", "123456789", "-9223372036854775808", "0.5", "1.50e+300", "2E-7", strings.Repeat("9", 40)} {
		for pad := range 9 {
			record := `{"` + strings.Repeat("n", pad) + `":` + literal + `,"b":` + literal + `}`
			got, _, err := s.scan(record)
			if err != nil || got[0].Value.Text != literal || got[1].Value.Text != literal || got[1].Value.Kind != event.Number {
				t.Errorf("%s: %v, %v", record, got, err)
			}
		}
	}
}

// TestRecordsOfManyFields reads records of many sizes one after another: what one left behind must not show in another.
func TestRecordsOfManyFields(t *testing.T) {
	var s jsonScanner
	for i := range 900 {
		var record strings.Builder
		count := i * 37 % 700
		for j := range count {
			fmt.Fprintf(&record, `,"n%d":%s`, j, []string{`"x"`, `1`, `["a","b"]`, `null`, `[{"c":1},{"c":[2]}]`}[(i+j)%5])
		}
		got, _, err := s.scan(`{"first":"` + fmt.Sprint(i) + `"` + record.String() + strings.Repeat("}", i%3)) // too few, whole, too many
		if (i%3 == 1) != (err == nil) {
			t.Fatalf("record %d: %v", i, err)
		}
		for j, f := range got {
			if list := f.Value.Kind == event.List; list != (f.Value.List != nil) || (list || f.Value.Kind == event.Null) != (f.Value.Text == "") {
				t.Fatalf("record %d: field %d is %+v", i, j, f)
			}
		}
		if err == nil && (len(got) < count || got[0].Value.Text != fmt.Sprint(i)) {
			t.Fatalf("record %d: %d fields of %d", i, len(got), count)
		}
	}
}

// FuzzJSONAgain reads records one after another with one scanner: each must give what a new scanner gives, and what was given must stay as it was.
func FuzzJSONAgain(f *testing.F) {
	f.Add([]byte(`{"a":"b\\c","d":{"e":1}}`), []byte(`{"d":{"e":"\u00e9"},"a":""}`))
	f.Add([]byte(`{"a":[{"b":1},{"b":"x\n"}],"z":"`+strings.Repeat("y", 3000)+`"}`), []byte(`{"a":`))
	f.Add([]byte(`{"a.b":1,"a":{"b":2},"":{"":3}}`), []byte(`{"a":{"b.c":1},"a.b":{"c":2}}`))
	f.Add([]byte(`{"12345678x12345678":1}`), []byte(`{"12345678y12345678":1,"\u0031":2,"1":3}`))
	f.Fuzz(func(t *testing.T, one, two []byte) {
		var s jsonScanner
		s.coming = len(one) % 3
		var given []event.Fields
		var shown []string
		for range 3 {
			for _, data := range [][]byte{one, two} {
				if !utf8.Valid(data) {
					return
				}
				got, gotLone, gotErr := s.scan(string(data))
				want, wantLone, wantErr := new(jsonScanner).scan(string(data))
				if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) || gotLone != wantLone {
					t.Fatalf("%v, %v, a new scanner %v, %v", gotErr, gotLone, wantErr, wantLone)
				}
				text := string(got.AppendJSON(nil))
				if diff := cmp.Diff(string(want.AppendJSON(nil)), text); diff != "" {
					t.Fatal(diff)
				}
				given, shown = append(given, got), append(shown, text)
			}
		}
		for i := range given {
			if diff := cmp.Diff(shown[i], string(given[i].AppendJSON(nil))); diff != "" {
				t.Fatalf("record %d changed afterwards: %s", i, diff)
			}
		}
	})
}
