package evtx

import (
	"bytes"
	"hash/crc32"
)

// chunk walks over the records of one chunk, which may be shorter than it should be.
type chunk struct {
	reader *Reader
	data   []byte
	offset int64 // in the file
	number int
	header chunkHeader
	lastID uint64
}

// damage tells of a part of the chunk. It answers false when the loop is to end.
func (c *chunk) damage(at, length int, id uint64, reason string) bool {
	return c.reader.tell(&Damage{Offset: c.offset + int64(at), Length: int64(length), Chunk: c.number, RecordID: id, Reason: reason})
}

// read gives all records of the chunk that can be found.
func (c *chunk) read() bool {
	var reason string
	c.header, reason = readChunkHeader(c.data)
	if reason != "" && !c.damage(0, min(len(c.data), chunkHeaderSize), 0, reason) {
		return false
	}
	if len(c.data) < chunkHeaderSize {
		return true
	}
	if c.header.checkRecord && crc32.ChecksumIEEE(c.data[chunkHeaderSize:c.header.end]) != c.header.recordsSum {
		if !c.damage(chunkHeaderSize, c.header.end-chunkHeaderSize, 0, "the checksum of the chunk's records is wrong") {
			return false
		}
		c.doubtEnd()
	}
	c.reader.decoder.start(c.data)
	pos, ok := c.records(chunkHeaderSize)
	return ok && c.beyond(pos)
}

// doubtEnd looks on to the end of the chunk where the last record is not what lies before the end that the header tells: bytes have moved.
func (c *chunk) doubtEnd() {
	last, end := c.header.last, c.header.end
	if last < chunkHeaderSize || last > end-recordMinSize || le32(c.data[last:]) == recordMark || int(le32(c.data[end-4:])) == end-last {
		return
	}
	c.header.end, c.header.sound = len(c.data), false
}

// records reads from one place to the end of the records, and over what is damaged.
func (c *chunk) records(pos int) (int, bool) {
	for pos < c.header.end {
		size, reason := c.measure(pos)
		if size == 0 && c.unused(pos) {
			return c.header.end, true
		}
		next := pos + size
		if size == 0 {
			if next = c.resync(pos); c.measured(pos, next) {
				size, reason = next-pos, "the size of the record is wrong"
			}
		}
		if reason != "" && !c.damage(pos, next-pos, c.idAt(pos, size), reason) {
			return pos, false
		}
		if size != 0 && !c.record(pos, size) {
			return pos, false
		}
		pos = next
	}
	return pos, true
}

// measure gives the size of the record at a place, 0 when there is none. The reason is not empty when it is damaged.
func (c *chunk) measure(pos int) (size int, reason string) {
	rest := c.header.end - pos
	if rest < recordMinSize {
		return 0, "the record is cut short"
	}
	marked := le32(c.data[pos:]) == recordMark
	if size = int(le32(c.data[pos+4:])); size < recordMinSize || size > rest {
		switch {
		case !marked:
			return 0, "there is no record where one should begin"
		case size > rest && c.header.end == len(c.data) && pos+size <= chunkSize:
			return 0, "the record is cut short"
		}
		return 0, "the size of the record is wrong"
	}
	copied := int(le32(c.data[pos+size-4:])) == size
	follows := pos+size == c.header.end || size <= rest-4 && le32(c.data[pos+size:]) == recordMark
	switch {
	case marked && copied:
		return size, ""
	case marked && follows:
		return size, "the copy of the record's size is wrong"
	case copied && follows:
		return size, "the mark of the record is overwritten"
	case marked:
		return 0, "the size of the record is wrong"
	}
	return 0, "there is no record where one should begin"
}

// measured tells whether a record whose own size is wrong fills the bytes up to the next one, as the copy of its size says.
func (c *chunk) measured(pos, next int) bool {
	return next-pos >= recordMinSize && le32(c.data[pos:]) == recordMark && int(le32(c.data[next-4:])) == next-pos
}

// resync finds the next record behind a damaged one, or the end.
func (c *chunk) resync(pos int) int {
	mark := []byte{0x2a, 0x2a, 0, 0}
	for at := pos + 1; at <= c.header.end-recordMinSize; at++ {
		found := bytes.Index(c.data[at:c.header.end], mark)
		if found < 0 {
			break
		}
		at += found
		if size, reason := c.measure(at); size != 0 && reason == "" {
			return at
		}
	}
	return c.header.end
}

// unused tells whether there was never a record from one place on: an end that the header does not know.
func (c *chunk) unused(pos int) bool {
	return (!c.header.sound || c.header.last < pos) && zeros(c.data[pos:c.header.end])
}

func zeros(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }

// beyond reads records that follow where the header says that there are none: it was not brought up to date before the writer stopped.
// What lies there may also be left over from older use of the chunk; the next record's number tells them apart.
func (c *chunk) beyond(pos int) bool {
	from := pos
	for c.header.end < len(c.data) && c.lastID != 0 {
		declared := c.header.end
		c.header.end = len(c.data)
		size, reason := c.measure(pos)
		if c.header.end = declared; size == 0 || reason != "" || le64(c.data[pos+8:]) != c.lastID+1 {
			break
		}
		if pos == from && !c.damage(pos, 0, c.lastID+1, "there are records behind the end that the chunk header tells") {
			return false
		}
		if !c.record(pos, size) {
			return false
		}
		pos += size
	}
	return true
}

// idAt gives the number of the record at a place, 0 when there is none.
func (c *chunk) idAt(pos, size int) uint64 {
	if size == 0 && (c.header.end-pos < recordHeadSize || le32(c.data[pos:]) != recordMark) {
		return 0
	}
	return le64(c.data[pos+8:])
}

// record decodes one record and gives it.
func (c *chunk) record(pos, size int) bool {
	r := &c.reader.record
	r.ID, r.Written = le64(c.data[pos+8:]), fileTime(le64(c.data[pos+16:]))
	r.Chunk, r.Offset = c.number, c.offset+int64(pos)
	c.lastID = r.ID
	note, f := c.reader.decoder.decode(r, pos+recordHeadSize, pos+size-4)
	if note != nil && !c.damage(pos, size, r.ID, note.Error()) {
		return false
	}
	if f != nil {
		return c.damage(pos, size, r.ID, f.Error())
	}
	return c.reader.give(r)
}
