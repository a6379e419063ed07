package normalize

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/internal/event"
)

func TestJSONFlattens(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		got, _, err := new(jsonScanner).scan(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			return
		}
		if text := string(got.AppendJSON(nil)); text != want {
			t.Errorf("%s\n got %s\nwant %s", in, text, want)
		}
	}
	f(` {"a" : "b" , "n":-1.50e+3,"t":true,"f":false,"z":null} `, `{"a":"b","n":-1.50e+3,"t":true,"f":false,"z":null}`)
	f(`{"big":9223372036854775808,"neg":-9223372036854775808}`, `{"big":9223372036854775808,"neg":-9223372036854775808}`)
	f(`{"a":{"b":{"c":1}},"a.b.c":2}`, `{"a.b.c":1,"a.b.c":2}`)
	f(`{"a":1,"a":"two"}`, `{"a":1,"a":"two"}`)
	f(`{"l":[1,"x",null,[true,[]]],"e":[],"o":{}}`, `{"l":[1,"x",null,[true,[]]],"e":[],"o":[]}`)
	f(`{"d":[{"n":"A","v":1},{"n":"B"},{"n":"C","v":3,"w":{"x":0}}],"z":0}`, `{"d.n":["A","B","C"],"d.v":[1,null,3],"d.w.x":[null,null,0],"z":0}`)
	f(`{"a":[{"b":[{"c":1},{"c":2}]},{"b":[{"c":3}]},{"b":[]}]}`, `{"a.b.c":[[1,2],[3]],"a.b":[null,null,[]]}`)
	f(`{"a":[1,{"x":2,"x":3},{}]}`, `{"a":[1,null,[]],"a.x":[null,2],"a.x":[null,3]}`)
	f(`{"a\u0041\n":"C:\\x\u00e9\ud83d\ude00\/"}`, `{"aA\n":"C:\\xé😀/"}`)
	f(`{"":"","x":{"":1}}`, `{"":"","x.":1}`)
}

func TestJSONRefuses(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		_, _, err := new(jsonScanner).scan(in)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: error %v, want %q", in, err, want)
		}
	}
	f(``, "not an object")
	f(`[1]`, "not an object")
	f(`{"a":1} x`, "byte 8")
	f(`{"a":01}`, "byte 6")
	f(`{"a":1`, "ends too early")
	f(`{"a":"x`, "ends too early")
	f("{\"a\":\"x\ny\"}", "byte 7")
	f(`{"a":"\u12g4"}`, "hexadecimal")
	f(`{"a":tru}`, "byte 5")
	f(strings.Repeat(`{"a":`, 70)+`1`+strings.Repeat(`}`, 70), "levels deep")
	f(`{"`+strings.Repeat("n", 600)+`":1}`, "name of more than 512")
	f(`{"a":1`+strings.Repeat(`,"a":1`, 5000)+`}`, "more than 4096 fields")
	var different strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&different, `{"k%d":1},`, i)
	}
	f(`{"a":[`+different.String()+`1]}`, "differ too much")
}

func TestJSONNotesLoneSurrogates(t *testing.T) {
	f := func(in, want string, lone bool) {
		t.Helper()
		got, noted, err := new(jsonScanner).scan(`{"a":"` + in + `"}`)
		if err != nil || noted != lone || got.Text("a") != want {
			t.Errorf("%s: %q, noted %v, %v", in, got.Text("a"), noted, err)
		}
	}
	f(`\ud83d\ude00`, "😀", false)
	f(`\ud83d`, "\ufffd", true)
	f(`\ude00x`, "\ufffdx", true)
	f(`\ud83d\ud83d\ude00`, "\ufffd😀", true)
	f(`\ufffd`, "\ufffd", false)
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":{"b":[1,{"c":"\ud83d\ude00\\"},[{"c":2}],{}]},"a":null,"t":true,"n":-0.5e-7}`, `{}`, `{"a":"` + strings.Repeat(`x`, 30) + `"}`,
		"{\"a\":\"\xff\xed\xa0\x80\"}", `{"a":"\ud800\n"}`, `{"a":[[],[[1]],[{"x":{}}]]}`, `{"a":1}}`, `{"a":00}`, `{"a":[1,]}`, `{"d":[{"b":1},{"c":1},{"b":2,"b":3}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		text := string(data)
		if !utf8.ValidString(text) {
			text, _ = validText(data)
		}
		got, _, err := new(jsonScanner).scan(text)
		want, ok := oracle(data)
		if err != nil {
			if ok && !bounded(err) {
				t.Fatalf("refused: %v", err)
			}
			return
		}
		if !ok {
			t.Fatalf("accepted what encoding/json refuses: %s", got.AppendJSON(nil))
		}
		if diff := cmp.Diff(string(want.AppendJSON(nil)), string(got.AppendJSON(nil))); diff != "" {
			t.Fatal(diff)
		}
	})
}

func bounded(err error) bool {
	text := err.Error()
	return slices.ContainsFunc([]string{"levels deep", "name of more than", "more than 4096", "different names", "differ too much", "not an object"},
		func(s string) bool { return strings.Contains(text, s) })
}

// oracle reads with encoding/json into a tree that keeps order and repeats, then flattens the tree by the rule in words: a list per name, in line.
func oracle(data []byte) (event.Fields, bool) {
	if !json.Valid(data) {
		return nil, false
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	tree, ok := readTree(dec).(pairs)
	if !ok {
		return nil, false
	}
	var out event.Fields
	for _, p := range tree {
		out = append(out, flatten(p.name, p.value)...)
	}
	return out, true
}

type pair struct {
	name  string
	value any
}

type pairs []pair

func readTree(dec *json.Decoder) any {
	token, _ := dec.Token()
	switch token {
	case json.Delim('{'):
		out := pairs{}
		for dec.More() {
			name, _ := dec.Token()
			out = append(out, pair{name.(string), readTree(dec)})
		}
		_, _ = dec.Token()
		return out
	case json.Delim('['):
		out := []any{}
		for dec.More() {
			out = append(out, readTree(dec))
		}
		_, _ = dec.Token()
		return out
	}
	return token
}

func flatten(name string, v any) event.Fields {
	one := func(v event.Value) event.Fields { return event.Fields{{Name: name, Value: v}} }
	switch v := v.(type) {
	case string:
		return one(event.Str(v))
	case json.Number:
		return one(event.Num(v.String()))
	case bool:
		return one(event.Value{Kind: event.Bool, Text: fmt.Sprint(v)})
	case pairs:
		if len(v) == 0 {
			return one(event.Value{Kind: event.List})
		}
		var out event.Fields
		for _, p := range v {
			out = append(out, flatten(name+"."+p.name, p.value)...)
		}
		return out
	case []any:
		if len(v) == 0 {
			return one(event.Value{Kind: event.List})
		}
		return inLine(name, v)
	default:
		return one(event.Value{Kind: event.Null})
	}
}

func inLine(name string, elements []any) event.Fields {
	var out event.Fields
	for i, el := range elements {
		for _, f := range flatten(name, el) {
			at := slices.IndexFunc(out, func(o event.Field) bool { return o.Name == f.Name && len(o.Value.List) <= i })
			if at < 0 {
				at = len(out)
				out = append(out, event.Field{Name: f.Name, Value: event.Value{Kind: event.List}})
			}
			for len(out[at].Value.List) < i {
				out[at].Value.List = append(out[at].Value.List, event.Value{Kind: event.Null})
			}
			out[at].Value.List = append(out[at].Value.List, f.Value)
		}
	}
	return out
}

func BenchmarkJSON(b *testing.B) {
	record := `{"EventTime":"2026-06-30 10:15:02","Hostname":"PC-041.aoi.example","EventID":1,"SourceName":"Microsoft-Windows-Sysmon"` +
		strings.Repeat(`,"Image":"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe","ProcessId":"8120","Task":13,"UserID":"S-1-5-18"`, 11) + `}`
	b.SetBytes(int64(len(record)))
	b.ReportAllocs()
	var s jsonScanner
	for b.Loop() {
		if _, _, err := s.scan(record); err != nil {
			b.Fatal(err)
		}
	}
}

// A record made to be large in memory stays within bounds.
func TestJSONBoundsMemory(t *testing.T) {
	const size = 64 << 10
	fill := func(head, part, tail string) string {
		return head + strings.Repeat(part, (size-len(head)-len(tail))/len(part)) + tail
	}
	many := func(f func(i int) string) string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			b.WriteString(f(i))
		}
		return b.String()
	}
	for name, record := range map[string]string{
		"long prefix":     fill(`{"`+strings.Repeat("n", 500)+`":{`, `"a":1,`, `"a":1}}`),
		"scalars":         fill(`{"a":[`, `1,`, `1]}`),
		"objects":         fill(`{"a":[`, `{"b":1},`, `1]}`),
		"different names": `{"a":[` + many(func(i int) string { return fmt.Sprintf(`{"%x":1},`, i) }) + `1]}`,
		"repeated names":  fill(`{"a":[{`, `"b":1,`, `"b":1}]}`),
		"nested":          fill(`{"a":`, `[`, `1`),
		"nested lists":    fill(`{"a":[`, `[[[1]]],`, `1]}`),
		"escapes":         fill(`{"a":"`, `\u0001`, `"}`),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, _ = new(jsonScanner).scan(record)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
			t.Errorf("%s: %d bytes allocated for 64 KB", name, used)
		}
	}
}
