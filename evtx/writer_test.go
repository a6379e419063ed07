package evtx_test

import (
	"encoding/binary"
	"hash/crc32"
	"unicode/utf16"
)

// The writer builds event logs out of tokens, by the description of the format alone; it shares nothing with the reader.

// bin is a chunk that is being written. Offsets in binary XML are those in the chunk.
type bin struct {
	data      []byte
	names     map[string]int
	templates map[byte]int
	records   []int // where they begin
	firstID   uint64
	wrapped   bool // elements have no dependency identifier: this is the value of a substitution
}

// piece writes one construct of binary XML.
type piece func(*bin)

func newBin() *bin {
	return &bin{data: make([]byte, 512), names: map[string]int{}, templates: map[byte]int{}}
}

func (b *bin) u8(v ...byte) { b.data = append(b.data, v...) }
func (b *bin) u16(v int)    { b.data = binary.LittleEndian.AppendUint16(b.data, uint16(v)) }
func (b *bin) u32(v int)    { b.data = binary.LittleEndian.AppendUint32(b.data, uint32(v)) }
func (b *bin) u64(v uint64) { b.data = binary.LittleEndian.AppendUint64(b.data, v) }

func (b *bin) all(pieces []piece) {
	for _, p := range pieces {
		p(b)
	}
}

// sized writes a 32-bit size of what follows it.
func (b *bin) sized(write func()) {
	at := len(b.data)
	b.u32(0)
	write()
	binary.LittleEndian.PutUint32(b.data[at:], uint32(len(b.data)-at-4))
}

func wide(s string) (out []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

// name writes the offset of a name, and the name behind it where it is new to the chunk.
func (b *bin) name(name string) {
	if at, known := b.names[name]; known {
		b.u32(at)
		return
	}
	b.names[name] = len(b.data) + 4
	b.u32(len(b.data) + 4)
	b.u32(0)
	b.u16(0x1234) // its hash
	b.u16(len(wide(name)) / 2)
	b.u8(append(wide(name), 0, 0)...)
}

func (b *bin) counted(s string) {
	b.u16(len(wide(s)) / 2)
	b.u8(wide(s)...)
}

// el writes an element; attributes may be nil.
func el(name string, attributes []piece, content ...piece) piece {
	return func(b *bin) {
		open := byte(0x01)
		if attributes != nil {
			open = 0x41
		}
		b.u8(open)
		if !b.wrapped {
			b.u16(0xffff)
		}
		b.sized(func() {
			b.name(name)
			if attributes != nil {
				b.sized(func() { b.all(attributes) })
			}
			if content == nil {
				b.u8(0x03)
				return
			}
			b.u8(0x02)
			b.all(content)
			b.u8(0x04)
		})
	}
}

func attrs(pieces ...piece) []piece { return pieces }

func attr(name string, value ...piece) piece {
	return func(b *bin) {
		b.u8(0x06)
		b.name(name)
		b.all(value)
	}
}

func str(s string) piece {
	return func(b *bin) {
		b.u8(0x05, 0x01)
		b.counted(s)
	}
}

func section(s string) piece {
	return func(b *bin) {
		b.u8(0x07)
		b.counted(s)
	}
}

func char(c rune) piece {
	return func(b *bin) {
		b.u8(0x08)
		b.u16(int(c))
	}
}

func entity(name string) piece {
	return func(b *bin) {
		b.u8(0x09)
		b.name(name)
	}
}

func instruction(target, data string) piece {
	return func(b *bin) {
		b.u8(0x0a)
		b.name(target)
		b.u8(0x0b)
		b.counted(data)
	}
}

func hole(n int, kind byte) piece { return sub(0x0d, n, kind) }
func opt(n int, kind byte) piece  { return sub(0x0e, n, kind) }

func sub(token byte, n int, kind byte) piece {
	return func(b *bin) {
		b.u8(token)
		b.u16(n)
		b.u8(kind)
	}
}

// val is one value of a template instance.
type val struct {
	kind byte
	data []byte
	doc  []piece // of binary XML
}

func text(s string) val { return val{kind: 0x01, data: wide(s)} }

func doc(pieces ...piece) val { return val{kind: 0x21, doc: pieces} }

// instance writes an instance of the template of that number, which is defined there when it is the first one.
func instance(number byte, template []piece, values ...val) piece {
	return func(b *bin) {
		b.u8(0x0c, 0x01)
		b.u32(int(number))
		if at, known := b.templates[number]; known {
			b.u32(at)
		} else {
			b.templates[number] = len(b.data) + 4
			b.u32(len(b.data) + 4)
			b.define(number, template)
		}
		b.values(values)
	}
}

func (b *bin) define(number byte, template []piece) {
	b.u32(0)
	b.u32(int(number))
	b.u8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
	outer := b.wrapped
	b.wrapped = false
	b.sized(func() {
		b.u8(0x0f, 1, 1, 0)
		b.all(template)
		b.u8(0)
	})
	b.wrapped = outer
}

func (b *bin) values(values []val) {
	b.u32(len(values))
	at := len(b.data)
	for _, v := range values {
		b.u16(len(v.data))
		b.u8(v.kind, 0)
	}
	for i, v := range values {
		from := len(b.data)
		b.u8(v.data...)
		if v.doc != nil {
			outer := b.wrapped
			b.wrapped = true
			b.u8(0x0f, 1, 1, 0)
			b.all(v.doc)
			b.u8(0)
			b.wrapped = outer
		}
		binary.LittleEndian.PutUint16(b.data[at+4*i:], uint16(len(b.data)-from))
	}
}

// written is when all records were written: 2021-03-04T05:06:07.1234567Z.
const written = 132593079671234567

// record writes one record.
func (b *bin) record(id uint64, content ...piece) {
	at := len(b.data)
	if b.records = append(b.records, at); len(b.records) == 1 {
		b.firstID = id
	}
	b.u32(0x2a2a)
	b.u32(0)
	b.u64(id)
	b.u64(written)
	b.u8(0x0f, 1, 1, 0)
	b.all(content)
	b.u8(0)
	for len(b.data)%8 != 4 {
		b.u8(0)
	}
	b.u32(len(b.data) - at + 4)
	binary.LittleEndian.PutUint32(b.data[at+4:], uint32(len(b.data)-at))
}

// chunk ends the chunk: its header and the room behind the records.
func (b *bin) chunk() []byte {
	le, last := binary.LittleEndian, uint64(len(b.records))
	chunk := make([]byte, 65536)
	if copy(chunk, b.data) < len(b.data) {
		panic("the records do not fit into a chunk")
	}
	copy(chunk, "ElfChnk\x00")
	for i, v := range []uint64{1, last, b.firstID, b.firstID + last - 1} {
		le.PutUint64(chunk[8+8*i:], v)
	}
	le.PutUint32(chunk[40:], 128)
	le.PutUint32(chunk[44:], 512)
	if last > 0 {
		le.PutUint32(chunk[44:], uint32(b.records[last-1]))
	}
	le.PutUint32(chunk[48:], uint32(len(b.data)))
	signChunk(chunk)
	return chunk
}

// signChunk sets the checksums of a chunk.
func signChunk(chunk []byte) {
	le := binary.LittleEndian
	le.PutUint32(chunk[52:], crc32.ChecksumIEEE(chunk[512:le.Uint32(chunk[48:])]))
	le.PutUint32(chunk[124:], chunkHeaderSum(chunk))
}

func chunkHeaderSum(chunk []byte) uint32 {
	return crc32.Update(crc32.ChecksumIEEE(chunk[:120]), crc32.IEEETable, chunk[128:512])
}

// log makes a file of chunks.
func log(chunks ...[]byte) []byte {
	le := binary.LittleEndian
	file := make([]byte, 4096)
	copy(file, "ElfFile\x00")
	le.PutUint64(file[16:], uint64(len(chunks)-1))
	le.PutUint32(file[32:], 128)
	le.PutUint16(file[36:], 1)
	le.PutUint16(file[38:], 3)
	le.PutUint16(file[40:], 4096)
	le.PutUint16(file[42:], uint16(len(chunks)))
	signFile(file)
	for _, c := range chunks {
		file = append(file, c...)
	}
	return file
}

func signFile(file []byte) {
	binary.LittleEndian.PutUint32(file[124:], crc32.ChecksumIEEE(file[:120]))
}

// event makes a file of one record with this content.
func event(content ...piece) []byte {
	b := newBin()
	b.record(1, content...)
	return log(b.chunk())
}

// plainLog makes chunks of records whose data tell their numbers, so many in each chunk; all are instances of one template.
func plainLog(chunks, records int) []byte {
	var all [][]byte
	for i := range chunks {
		b := newBin()
		for j := range records {
			id := uint64(i*records + j + 1)
			b.record(id, instance(7, plainTemplate, text("value"), val{kind: 0x0a, data: binary.LittleEndian.AppendUint64(nil, id)}))
		}
		all = append(all, b.chunk())
	}
	return log(all...)
}

var plainTemplate = []piece{el("Event", nil,
	el("System", nil, el("EventRecordID", nil, hole(1, 0x0a))),
	el("EventData", nil, el("Data", attrs(attr("Name", str("Text"))), hole(0, 0x01))))}
