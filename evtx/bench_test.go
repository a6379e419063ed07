package evtx_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/noroshi-soc/noroshi/evtx"
)

// large makes one file of the chunks of all real logs, over and over, up to about 64 MB. The chunks of real logs that were exported by hand hold one record
// and much room; that record is repeated to fill its chunk, as records of one provider do in a live log.
func large(t testing.TB) []byte {
	t.Helper()
	var file []byte
	for _, path := range realLogs(t) {
		log := load(t, path)
		if file == nil {
			file = bytes.Clone(log[:4096])
		}
		for at := 4096; at+65536 <= len(log); at += 65536 {
			file = append(file, filled(bytes.Clone(log[at:at+65536]))...)
		}
	}
	body := file[4096:]
	for len(file) < 64<<20 {
		file = append(file, body...)
	}
	chunks := (len(file) - 4096) / 65536
	binary.LittleEndian.PutUint16(file[42:], uint16(chunks))
	binary.LittleEndian.PutUint32(file[124:], crc32.ChecksumIEEE(file[:120]))
	return file
}

// filled repeats the values of a chunk's last record, which finds its templates where they are, until the chunk is full.
func filled(chunk []byte) []byte {
	le := binary.LittleEndian
	end := int(le.Uint32(chunk[48:]))
	last := int(le.Uint32(chunk[44:]))
	record := reuse(chunk[last:end], last)
	for id := le.Uint64(chunk[last+8:]) + 1; record != nil && end+len(record) <= len(chunk); id++ {
		copy(chunk[end:], record)
		le.PutUint64(chunk[end+8:], id)
		last, end = end, end+len(record)
	}
	le.PutUint32(chunk[44:], uint32(last))
	le.PutUint32(chunk[48:], uint32(end))
	clear(chunk[end:])
	le.PutUint32(chunk[52:], crc32.ChecksumIEEE(chunk[512:end]))
	le.PutUint32(chunk[124:], crc32.Update(crc32.ChecksumIEEE(chunk[:120]), crc32.IEEETable, chunk[128:512]))
	return chunk
}

// reuse gives a record without the definitions of the templates that it defines; their instances go on pointing to where they are now.
func reuse(record []byte, at int) []byte {
	le := binary.LittleEndian
	out := bytes.Clone(record)
	var cut []int // where definitions begin, and their sizes
	for i := 24; i+34 < len(record); i++ {
		if record[i] == 0x0c && record[i+1] == 1 && int(le.Uint32(record[i+6:])) == at+i+10 && le.Uint32(record[i+2:]) == le.Uint32(record[i+14:]) {
			cut = append(cut, i+10, 24+int(le.Uint32(record[i+30:])))
		}
	}
	if len(cut) != 4 { // the event, and its data as a value of it
		return nil
	}
	outer, inner := cut[0]+cut[1], cut[2] // the outer values' descriptors; where the inner definition begins
	for i := range int(le.Uint32(record[outer:])) {
		if size := outer + 4 + 4*i; record[size+2] == 0x21 {
			le.PutUint16(out[size:], le.Uint16(record[size:])-uint16(cut[3]))
		}
	}
	out = append(append(bytes.Clone(out[:cut[0]]), out[outer:inner]...), out[inner+cut[3]:]...)
	le.PutUint32(out[4:], uint32(len(out)))
	le.PutUint32(out[len(out)-4:], uint32(len(out)))
	return out
}

func benchmark(b *testing.B, tell func(rec *evtx.Record, dst []byte) []byte) {
	file := large(b)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	var dst []byte
	records, written := 0, 0
	for b.Loop() {
		for rec, err := range evtx.NewReader(bytes.NewReader(file)).Records() {
			if err != nil {
				b.Fatal(err)
			}
			dst = tell(rec, dst[:0])
			records++
			written += len(dst)
		}
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(written)/float64(records), "bytes/record")
}

func BenchmarkJSON(b *testing.B) {
	benchmark(b, func(rec *evtx.Record, dst []byte) []byte { return rec.AppendJSON(dst) })
}

func BenchmarkXML(b *testing.B) {
	benchmark(b, func(rec *evtx.Record, dst []byte) []byte { return rec.AppendXML(dst) })
}

// BenchmarkDecode reads the records without telling them.
func BenchmarkDecode(b *testing.B) {
	benchmark(b, func(_ *evtx.Record, dst []byte) []byte { return dst })
}
