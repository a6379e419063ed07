package evtx_test

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/evtx"
)

// hostile reads a file that asks for much, within bounds of time and of what comes out.
func hostile(t *testing.T, name string, file []byte) (all told) {
	t.Helper()
	begin := time.Now()
	all = read(t, file)
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("%s took %v", name, took)
	}
	for i := range all.json {
		if len(all.json[i]) > 16<<20 || len(all.xml[i]) > 16<<20 {
			t.Errorf("%s: record of %d bytes of JSON, %d of XML", name, len(all.json[i]), len(all.xml[i]))
		}
	}
	return all
}

// refused wants that no record comes, and why.
func refused(t *testing.T, name string, file []byte, reason string) {
	t.Helper()
	all := hostile(t, name, file)
	if len(all.ids) > 0 {
		t.Errorf("%s: records %v", name, all.ids)
	}
	wantDamage(t, name, all, 4096+512, 1, reason)
}

// TestDeepElements: elements nested without end are refused, 64 of them are not.
func TestDeepElements(t *testing.T) {
	nested := func(depth int) (e piece) {
		for e = el("E", nil); depth > 1; depth-- {
			e = el("E", nil, e)
		}
		return e
	}
	readSound(t, event(nested(64)))
	refused(t, "elements", event(nested(65)), "nested more than 64 deep")
	refused(t, "elements", event(nested(2000)), "nested more than 64 deep")
}

// TestDeepValues: values that are binary XML whose values are binary XML.
func TestDeepValues(t *testing.T) {
	inner := attrs(el("E", nil, hole(0, 0x21)))
	nested := func(depth int) (p piece) {
		for p = instance(1, inner, val{}); depth > 0; depth-- {
			p = instance(1, inner, doc(p))
		}
		return p
	}
	readSound(t, event(nested(16)))
	refused(t, "values", event(nested(17)), "nested more than 16 deep")
	refused(t, "values", event(nested(500)), "nested more than 16 deep")
}

// TestExpansion: a small record that would become a large text.
func TestExpansion(t *testing.T) {
	holes := make([]piece, 5000)
	for i := range holes {
		holes[i] = hole(0, 1)
	}
	refused(t, "one value many times", event(instance(1, attrs(el("E", nil, holes...)), text(strings.Repeat("x", 8000)))), "would become more than")

	// Values that double at each level: 16 levels of 8 would be 8^16.
	eight := attrs(el("E", nil, hole(0, 0x21), hole(0, 0x21), hole(0, 0x21), hole(0, 0x21), hole(0, 0x21), hole(0, 0x21), hole(0, 0x21), hole(0, 0x21)))
	p := instance(1, eight, val{})
	for range 15 {
		p = instance(1, eight, doc(p))
	}
	refused(t, "values that multiply", event(p), "would become more than")

	name := strings.Repeat("n", 3000)
	refused(t, "an array in a large element", event(instance(1, attrs(el("E", nil, el(name, nil, hole(0, 0x84)))), val{kind: 0x84, data: make([]byte, 40000)})), "would become more than")
}

// TestManyInOneChunk: records that are large one by one have a bound together.
func TestManyInOneChunk(t *testing.T) {
	holes := make([]piece, 300)
	for i := range holes {
		holes[i] = hole(0, 1)
	}
	b := newBin()
	for id := range uint64(3) {
		b.record(id+1, instance(1, attrs(el("E", nil, holes...)), text(strings.Repeat("x", 4000))))
	}
	if all := hostile(t, "some", log(b.chunk())); len(all.ids) != 3 {
		t.Errorf("%d records of 3, %v", len(all.ids), all.damage)
	}
	b = newBin()
	value := text(strings.Repeat("x", 100))
	for id := range uint64(240) {
		b.record(id+1, instance(1, attrs(el("E", nil, append(slices.Clone(holes), holes...)...)), value))
	}
	all := hostile(t, "many", log(b.chunk(), plainLog(1, 3)[4096:]))
	if n := len(all.ids); n < 50 || n >= 243 || all.ids[n-1] != 3 {
		t.Errorf("%d records", n)
	}
}

// TestManyTemplates: each record defines a template of its own that reaches over the rest of the chunk.
func TestManyTemplates(t *testing.T) {
	b := newBin()
	b.record(1, instance(1, attrs(el("E", nil, str(strings.Repeat("x", 6000))))))
	for id := uint64(2); len(b.data) < 64000; id++ {
		b.record(id, func(b *bin) {
			b.u8(0x0c, 0x01)
			b.u32(1)
			b.u32(b.templates[1] + int(id)) // no template begins here
			b.values(nil)
		})
	}
	all := hostile(t, "templates", log(b.chunk()))
	if len(all.ids) != 1 || len(all.damage) < 500 {
		t.Errorf("%d records, %d times damage", len(all.ids), len(all.damage))
	}
}

// TestSelfReference: a template that is defined in its own values, and names that lie in themselves.
func TestSelfReference(t *testing.T) {
	b := newBin()
	b.record(1, func(b *bin) {
		b.u8(0x0c, 0x01)
		b.u32(1)
		b.u32(len(b.data) - 6) // the instance itself
		b.values([]val{{}})
	})
	all := hostile(t, "instance", log(b.chunk()))
	if len(all.damage) == 0 {
		t.Error("no damage")
	}
	b = newBin()
	b.record(1, func(b *bin) {
		b.u8(0x01)
		b.u16(0xffff)
		b.sized(func() { b.u32(len(b.data) - 7); b.u8(0x03) })
	})
	if all = hostile(t, "name", log(b.chunk())); len(all.damage) == 0 {
		t.Error("no damage")
	}
}

// TestTokensOutOfPlace: what no writer writes is refused with its reason.
func TestTokensOutOfPlace(t *testing.T) {
	raw := func(data ...byte) piece { return func(b *bin) { b.u8(data...) } }
	in := func(template piece, values ...val) []byte { return event(instance(1, attrs(template), values...)) }
	for _, c := range []struct {
		name   string
		file   []byte
		reason string
	}{
		{"a token that is none", event(raw(0x33)), "token 0x33 does not belong here"},
		{"an end without a beginning", event(raw(0x04)), "token 0x04 does not belong here"},
		{"a substitution without a template", event(el("E", nil, hole(0, 1))), "a substitution outside of a template"},
		{"a token in an element", in(el("E", nil, raw(0x33))), "token 0x33 does not belong into an element"},
		{"a token in a start", in(func(b *bin) { el("E", attrs(raw(0x33)))(b) }), "token 0x33 does not end the start of an element"},
		{"a text of another type", in(el("E", nil, raw(0x05, 0x08, 0, 0))), "a text of type 0x08"},
		{"an attribute twice", in(el("E", attrs(attr("a", str("1")), attr("a", str("2"))))), "the attribute a is there twice"},
		{"a name that is none", in(el("a b", nil)), `"a b" is no name`},
		{"a name to break out", in(el("E", attrs(attr(`x="y"><z`)))), "is no name"},
		{"two colons", in(el("a:b:c", nil)), "is no name"},
		{"a declaration", event(instruction("XML", "version")), "an XML declaration"},
		{"a far value", in(el("E", nil, hole(20000, 1))), "a substitution by value 20000"},
		{"a template elsewhere", event(func(b *bin) { b.u8(0x0c, 1, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f); b.values(nil) }), "there is no template at 2147483647"},
		{"values beyond the record", event(func(b *bin) {
			instance(1, attrs(el("E", nil)))(b)
			le.PutUint32(b.data[len(b.data)-4:], 0xffffff)
		}), "16777215 values in"},
	} {
		refused(t, c.name, c.file, c.reason)
	}
}

// TestValueBeyondRecord: a value whose size is larger than what is left of the record.
func TestValueBeyondRecord(t *testing.T) {
	file := event(func(b *bin) {
		instance(1, attrs(el("E", nil, hole(0, 1))), text("abc"))(b)
		le.PutUint16(b.data[len(b.data)-6-4:], 60000)
	})
	refused(t, "value", file, "value 0 reaches beyond the record")
}

// TestMissingValues: a template that asks for more values than a record has finds them empty, and that is told.
func TestMissingValues(t *testing.T) {
	all := read(t, event(instance(1, attrs(el("E", nil, el("A", nil, hole(0, 1)), el("B", nil, hole(1, 1)))), text("x"))))
	wantOne(t, "missing", all, `<E><A>x</A><B/></E>`, `{"E":{"A":"x","B":null}}`)
	wantDamage(t, "missing", all, 4096+512, 1, "asks for 2 values and the record has 1")
}

// repeated is a file of many chunks that takes no room.
type repeated struct {
	head, chunk []byte
	left, at    int
}

func (r *repeated) Read(p []byte) (int, error) {
	if len(r.head) > 0 {
		n := copy(p, r.head)
		r.head = r.head[n:]
		return n, nil
	}
	if r.left == 0 {
		return 0, errEnd
	}
	n := copy(p, r.chunk[r.at:])
	if r.at += n; r.at == len(r.chunk) {
		r.at, r.left = 0, r.left-1
	}
	return n, nil
}

// TestConstantMemory reads 64 MB and allocates next to nothing.
func TestConstantMemory(t *testing.T) {
	file := plainLog(1, 300)
	source := &repeated{head: file[:4096], chunk: file[4096:], left: 1000}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	records, dst := 0, []byte(nil)
	for rec, err := range evtx.NewReader(source).Records() {
		if err != nil {
			continue // the header counts one chunk, and the source ends with an error of its own
		}
		dst = rec.AppendXML(rec.AppendJSON(dst[:0]))
		records++
	}
	runtime.ReadMemStats(&after)
	if records != 300_000 {
		t.Errorf("%d records", records)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
		t.Errorf("%d bytes were allocated", grown)
	}
	if !bytes.Contains(dst, []byte("value")) {
		t.Error("nothing was told")
	}
}

// TestManyDefinitions: more different templates than are kept from chunk to chunk; no record is told with another's.
func TestManyDefinitions(t *testing.T) {
	var chunks [][]byte
	var want []string
	for i := range 90 {
		b := newBin()
		fixed := strings.Repeat(string(rune('a'+i%26)), 5000+i%7)
		template := attrs(el("E", nil, str(fixed), hole(0, 1)))
		b.record(1, instance(1, template, text("v")))
		b.record(2, instance(1, template, text("w")))
		chunks = append(chunks, b.chunk())
		want = append(want, `{"E":"`+fixed+`v"}`, `{"E":"`+fixed+`w"}`)
	}
	if all := readSound(t, log(chunks...)); !slices.Equal(all.json, want) {
		t.Errorf("%d records, not all as they were written", len(all.json))
	}
}
