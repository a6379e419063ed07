package evtx_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/evtx"
)

// recordAt gives the offset in the file of the n-th record of a chunk.
func recordAt(file []byte, chunk, n int) int {
	at := 4096 + 65536*chunk + 512
	for ; n > 0; n-- {
		at += int(le.Uint32(file[at+4:]))
	}
	return at
}

// wantDamage looks for damage at an offset, of a record or none.
func wantDamage(t *testing.T, name string, all told, offset int, record uint64, reason string) {
	t.Helper()
	for _, d := range all.damage {
		if d.Offset == int64(offset) && d.RecordID == record && strings.Contains(d.Reason, reason) {
			return
		}
	}
	t.Errorf("%s: no damage at %d, record %d (%s), but %v", name, offset, record, reason, all.damage)
}

// without gives a list without some indices.
func without[T any](all []T, gone ...int) (rest []T) {
	for i, v := range all {
		if !slices.Contains(gone, i) {
			rest = append(rest, v)
		}
	}
	return rest
}

// TestFlippedHeader: whatever byte of the file header is wrong, the records come, and it is told.
func TestFlippedHeader(t *testing.T) {
	file := plainLog(2, 3)
	want := readSound(t, file)
	for at := range 128 {
		broken := bytes.Clone(file)
		broken[at] ^= 0x41
		all := read(t, broken)
		if !reflect.DeepEqual(all.json, want.json) {
			t.Errorf("byte %d: %d records", at, len(all.json))
		}
		if at >= 120 && at < 124 { // the flags are not under the checksum: the file is dirty, which is no damage
			if len(all.damage) > 0 {
				t.Errorf("byte %d: %v", at, all.damage)
			}
			continue
		}
		wantDamage(t, fmt.Sprint("byte ", at), all, 0, 0, "header")
	}
}

// TestFlippedChunkHeader: whatever byte of a chunk's header is wrong, its records come, and it is told.
func TestFlippedChunkHeader(t *testing.T) {
	file := plainLog(2, 5)
	want := readSound(t, file)
	for at := range 512 {
		broken := bytes.Clone(file)
		broken[4096+at] ^= 0x41
		all := read(t, broken)
		if !reflect.DeepEqual(all.json, want.json) {
			t.Errorf("byte %d: %d records", at, len(all.json))
		}
		switch {
		case at >= 120 && at < 124: // flags, not under the checksum
		case len(all.damage) == 0 || all.damage[0].Offset != 4096 || all.damage[0].Chunk != 0:
			t.Errorf("byte %d: %v", at, all.damage)
		}
	}
}

// TestFlippedRecord: a wrong byte in one record costs that record at most, and is told. The first record also holds the template and the names of all.
func TestFlippedRecord(t *testing.T) {
	const records, broken = 6, 3
	file := plainLog(2, records)
	want := readSound(t, file)
	from, to := recordAt(file, 0, broken), recordAt(file, 0, broken+1)
	for at := from; at < to; at++ {
		file[at] ^= 0xff
		all := read(t, file)
		file[at] ^= 0xff
		others := all.json
		if len(all.json) == 2*records {
			others = without(all.json, broken)
		}
		if !reflect.DeepEqual(others, without(want.json, broken)) {
			t.Fatalf("byte %d of the record: %d records, %v", at-from, len(all.json), all.damage)
		}
		wantDamage(t, fmt.Sprint("byte ", at-from), all, 4096+512, 0, "the checksum of the chunk's records is wrong")
		if len(all.json) < 2*records {
			wantDamage(t, fmt.Sprint("byte ", at-from), all, from, all.damage[1].RecordID, "")
		}
	}
}

// TestFrame: of a record's mark, size and copy of the size one may be wrong, and the record still comes.
func TestFrame(t *testing.T) {
	file := plainLog(1, 4)
	want := readSound(t, file)
	from, to := recordAt(file, 0, 1), recordAt(file, 0, 2)
	for at, reason := range map[int]string{from: "mark", from + 4: "size", from + 7: "size", to - 4: "copy"} {
		broken := bytes.Clone(file)
		broken[at] ^= 0x40
		all := read(t, broken)
		if !reflect.DeepEqual(all.json, want.json) {
			t.Errorf("byte %d: %d records", at-from, len(all.json))
		}
		wantDamage(t, reason, all, from, 2, reason)
	}
	for _, both := range [][2]int{{from, from + 4}, {from + 4, to - 4}, {from, to - 4}} {
		broken := bytes.Clone(file)
		broken[both[0]] ^= 0x40
		broken[both[1]] ^= 0x40
		all := read(t, broken)
		if !reflect.DeepEqual(all.json, without(want.json, 1)) {
			t.Errorf("bytes %d: %d records", both, len(all.json))
		}
		wantDamage(t, fmt.Sprint(both), all, from, all.damage[1].RecordID, "")
		if d := all.damage[1]; d.Length != int64(to-from) {
			t.Errorf("bytes %d: %d bytes are damaged, want %d", both, d.Length, to-from)
		}
	}
}

// TestFlippedTemplate: a template that cannot be read costs the records that are its instances, each of which is told; others come.
func TestFlippedTemplate(t *testing.T) {
	b := newBin()
	value := val{kind: 0x0a, data: u64(1)}
	b.record(1, instance(7, plainTemplate, text("a"), value))
	b.record(2, instance(8, dataTemplate, text("b")))
	b.record(3, instance(7, plainTemplate, text("c"), value))
	chunk := b.chunk()
	chunk[b.templates[7]+24+4] = 0x7f // the token that opens its element
	signChunk(chunk)
	all := read(t, log(chunk))
	if !slices.Equal(all.ids, []uint64{2}) {
		t.Errorf("records %v", all.ids)
	}
	wantDamage(t, "first", all, 4096+b.records[0], 1, "token 0x7f")
	wantDamage(t, "third", all, 4096+b.records[2], 3, "token 0x7f")

	chunk = b.chunk()
	chunk[b.templates[7]+4] ^= 1 // its GUID is not that of the instances
	signChunk(chunk)
	all = read(t, log(chunk))
	if !slices.Equal(all.ids, []uint64{1, 2, 3}) {
		t.Errorf("records %v", all.ids)
	}
	wantDamage(t, "GUID", all, 4096+b.records[0], 1, "is not the one that is asked for")
}

// TestTruncated: of a file that is cut off, all that lies before the cut comes, and the cut is told.
func TestTruncated(t *testing.T) {
	file := plainLog(3, 40)
	want := readSound(t, file)
	for size := 1; size < len(file); size += 997 {
		all := read(t, file[:size])
		whole := 0
		for chunk := range 3 {
			for n := 0; n < 40 && recordAt(file, chunk, n+1) <= size; n++ {
				whole++
			}
		}
		if !slices.Equal(all.json, want.json[:whole]) {
			t.Errorf("%d bytes: %d records, want %d", size, len(all.json), whole)
		}
		switch inChunk := size - 4096; {
		case inChunk < 0:
			wantDamage(t, fmt.Sprint(size), all, 0, 0, "ends inside its header")
		case inChunk%65536 == 0:
			wantDamage(t, fmt.Sprint(size), all, size, 0, "the file ends after")
		case inChunk%65536 < 8: // not even the chunk's mark
			wantDamage(t, fmt.Sprint(size), all, 4096+inChunk/65536*65536, 0, "bytes that are no chunk")
		default:
			wantDamage(t, fmt.Sprint(size), all, 4096+inChunk/65536*65536, 0, "the chunk is cut short")
		}
	}
	if all := read(t, nil); len(all.damage) != 1 || all.damage[0].Reason != "the file is empty" {
		t.Error(all.damage)
	}
}

// TestZeroedChunks: a chunk of zeros is told with its place where chunks should be, and is room to be used where they need not be.
func TestZeroedChunks(t *testing.T) {
	file := plainLog(4, 3)
	want := readSound(t, file)
	zeroed := bytes.Clone(file)
	clear(zeroed[4096+65536 : 4096+3*65536])
	all := read(t, zeroed)
	if !slices.Equal(all.json, without(want.json, 3, 4, 5, 6, 7, 8)) {
		t.Errorf("%d records", len(all.json))
	}
	wantDamage(t, "in the middle", all, 4096+65536, 0, "zeros")
	if len(all.damage) != 1 || all.damage[0].Length != 2*65536 || all.damage[0].Chunk != -1 {
		t.Error(all.damage)
	}
	if last := all.chunks[len(all.chunks)-1]; last != 3 {
		t.Errorf("the last chunk is number %d", last)
	}

	clear(zeroed[4096+65536:])
	all = read(t, zeroed)
	wantDamage(t, "at the end", all, 4096+65536, 0, "zeros")
	roomy := append(bytes.Clone(file), make([]byte, 5*65536)...)
	if all := readSound(t, roomy); !slices.Equal(all.json, want.json) {
		t.Errorf("with room at the end: %d records", len(all.json))
	}
}

// TestZeroedRecords: the bytes between two records are gone; those before and behind come.
func TestZeroedRecords(t *testing.T) {
	file := plainLog(1, 9)
	want := readSound(t, file)
	from, to := recordAt(file, 0, 3), recordAt(file, 0, 6)
	clear(file[from:to])
	all := read(t, file)
	if !slices.Equal(all.json, without(want.json, 3, 4, 5)) {
		t.Errorf("records %v", all.ids)
	}
	wantDamage(t, "zeros", all, from, 0, "no record")
	clear(file[recordAt(file, 0, 0)+200 : 4096+65536])
	all = read(t, file)
	wantDamage(t, "all zero", all, recordAt(file, 0, 0), 1, "")
}

// TestShuffledChunks: a log that went round begins anywhere; records come as they lie.
func TestShuffledChunks(t *testing.T) {
	file := plainLog(3, 2)
	chunk := func(n int) []byte { return file[4096+65536*n : 4096+65536*(n+1)] }
	all := readSound(t, log(chunk(2), chunk(0), chunk(1)))
	if !slices.Equal(all.ids, []uint64{5, 6, 1, 2, 3, 4}) || !slices.Equal(all.chunks, []int{0, 0, 1, 1, 2, 2}) {
		t.Errorf("records %v in chunks %v", all.ids, all.chunks)
	}
}

// TestDirty: the header of a log that is in use counts fewer chunks than there are. That is no damage.
func TestDirty(t *testing.T) {
	file := plainLog(3, 2)
	le.PutUint16(file[42:], 1)
	le.PutUint32(file[120:], 1)
	signFile(file)
	if all := readSound(t, file); len(all.ids) != 6 {
		t.Errorf("records %v", all.ids)
	}
	le.PutUint16(file[42:], 9)
	signFile(file)
	readSound(t, file)
	le.PutUint32(file[120:], 0)
	all := read(t, file)
	wantDamage(t, "clean", all, len(file), 0, "the file ends after 3 of 9 chunks")
}

// TestKilledWriter: the chunk's header is older than its records, of which the last is half there, before leftovers of an older log.
func TestKilledWriter(t *testing.T) {
	file := plainLog(1, 6)
	want := readSound(t, file)
	second, end := recordAt(file, 0, 2), recordAt(file, 0, 6)
	old := bytes.Clone(file[recordAt(file, 0, 1):second])
	copy(file[end-20:], old) // over the end of the last record
	chunk := file[4096:]
	le.PutUint32(chunk[44:], uint32(recordAt(file, 0, 1)-4096))
	le.PutUint32(chunk[48:], uint32(second-4096))
	signChunk(chunk)
	all := read(t, file)
	if !slices.Equal(all.json, want.json[:5]) {
		t.Errorf("records %v", all.ids)
	}
	wantDamage(t, "header behind", all, second, 3, "behind the end")

	clear(chunk[8:512]) // the header was never written
	all = read(t, file)
	if !slices.Equal(all.json[:5], want.json[:5]) {
		t.Errorf("records %v", all.ids)
	}
	wantDamage(t, "no header", all, 4096, 0, "the checksum of the chunk header is wrong")
}

// TestLeftovers: behind the records of a chunk lie those that it held before; they are not given.
func TestLeftovers(t *testing.T) {
	file := plainLog(1, 6)
	chunk := file[4096:]
	le.PutUint32(chunk[44:], uint32(recordAt(file, 0, 1)-4096))
	le.PutUint32(chunk[48:], uint32(recordAt(file, 0, 2)-4096))
	for n := 2; n < 6; n++ {
		le.PutUint64(file[recordAt(file, 0, n)+8:], uint64(1000+n))
	}
	signChunk(chunk)
	if all := readSound(t, file); !slices.Equal(all.ids, []uint64{1, 2}) {
		t.Errorf("records %v", all.ids)
	}
}

// TestEndUnknown: archived logs have chunks whose header says that the records fill all of it, and zeros behind the last one.
func TestEndUnknown(t *testing.T) {
	file := plainLog(1, 6)
	le.PutUint32(file[4096+48:], 65536)
	signChunk(file[4096:])
	if all := readSound(t, file); len(all.ids) != 6 {
		t.Errorf("records %v", all.ids)
	}
}

// TestMissingBytes: bytes are gone from, or too many in, the middle of a file; the chunks behind are found where they are.
func TestMissingBytes(t *testing.T) {
	file := plainLog(3, 40)
	want := readSound(t, file)
	at := recordAt(file, 1, 20)
	for _, c := range []struct {
		name string
		file []byte
		lost int
	}{
		{"fewer", append(bytes.Clone(file[:at]), file[at+1000:]...), 14},
		{"fewer behind the records", append(bytes.Clone(file[:4096+2*65536-1000]), file[4096+2*65536:]...), 0},
		{"more", append(append(bytes.Clone(file[:at]), make([]byte, 777)...), file[at:]...), 0},
		{"more between chunks", append(append(bytes.Clone(file[:4096+65536]), bytes.Repeat([]byte("junk"), 30000)...), file[4096+65536:]...), 0},
	} {
		all := read(t, c.file)
		first, last := want.json[:60], want.json[80:]
		if len(all.json) < 120-c.lost || !slices.Equal(all.json[:60], first) || !slices.Equal(all.json[len(all.json)-40:], last) {
			t.Errorf("%s: %d records, %v", c.name, len(all.json), all.damage)
		}
		if len(all.damage) == 0 {
			t.Errorf("%s: no damage", c.name)
		}
	}
}

// TestNoEventLog: what is something else is told, and a chunk in it is found all the same.
func TestNoEventLog(t *testing.T) {
	all := read(t, bytes.Repeat([]byte("this is a text\n"), 20000))
	wantDamage(t, "text", all, 0, 0, "no event log")
	wantDamage(t, "text", all, 0, 0, "no chunk")
	if len(all.damage) != 2 || all.damage[1].Length != 300000 {
		t.Error(all.damage)
	}
	file := plainLog(1, 3)
	all = read(t, file[4096:])
	wantDamage(t, "chunk alone", all, 0, 0, "the file begins with a chunk")
	if len(all.ids) != 3 {
		t.Errorf("records %v", all.ids)
	}
	all = read(t, append([]byte("rubbish"), file[4096:]...))
	if len(all.ids) != 3 {
		t.Errorf("records %v, %v", all.ids, all.damage)
	}
}

// TestDamageText: an error says where, in words for people.
func TestDamageText(t *testing.T) {
	d := &evtx.Damage{Offset: 5000, Chunk: 2, RecordID: 7, Reason: "it is wrong"}
	if got := d.Error(); got != "damaged event log: offset 5000, chunk 2, record 7: it is wrong" {
		t.Error(got)
	}
	d = &evtx.Damage{Offset: 5000, Chunk: -1, Reason: "it is wrong"}
	if got := d.Error(); got != "damaged event log: offset 5000: it is wrong" {
		t.Error(got)
	}
}

// exampleLog has three records, the second of which is zeroed.
func exampleLog() []byte {
	file := plainLog(1, 3)
	clear(file[recordAt(file, 0, 1):recordAt(file, 0, 2)])
	signChunk(file[4096:])
	return file
}

// TestHeaderThatLies: checksums are right and what they stand over is not.
func TestHeaderThatLies(t *testing.T) {
	file := plainLog(2, 3)
	want := readSound(t, file)
	for _, end := range []uint32{0, 511, 65537, 1 << 31} {
		lying := bytes.Clone(file)
		le.PutUint32(lying[4096+48:], end)
		le.PutUint32(lying[4096+124:], chunkHeaderSum(lying[4096:]))
		all := read(t, lying)
		if !slices.Equal(all.json, want.json) {
			t.Errorf("end %d: %d records", end, len(all.json))
		}
		wantDamage(t, fmt.Sprint("end ", end), all, 4096, 0, "outside of the chunk")
	}
	le.PutUint16(file[40:], 8192) // where no chunk begins
	signFile(file)
	if all := readSound(t, file); !slices.Equal(all.json, want.json) {
		t.Errorf("%d records", len(all.json))
	}
}
