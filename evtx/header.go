package evtx

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

const (
	fileHeaderSize  = 4096
	chunkSize       = 65536
	chunkHeaderSize = 512
	recordHeadSize  = 24 // mark, size, identifier, time written
	recordMinSize   = recordHeadSize + 4
	recordMark      = 0x00002a2a
	flagDirty       = 1 // of the file: its header was not brought up to date
	flagNoChecksums = 4 // of a chunk
)

var (
	fileMagic  = []byte("ElfFile\x00")
	chunkMagic = []byte("ElfChnk\x00")
)

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
func le64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// fileHeader is what the first block of a file says of the rest.
type fileHeader struct {
	chunks int // modulo 65536: the field has 16 bits
	dirty  bool
	size   int  // where the first chunk begins
	known  bool // there is a header whose checksum is right
}

// readFileHeader reads the header at the start of b. The reason is not empty when it is damaged.
func readFileHeader(b []byte) (h fileHeader, reason string) {
	switch {
	case len(b) == 0:
		return h, "the file is empty"
	case bytes.HasPrefix(b, chunkMagic):
		return h, "the file header is missing: the file begins with a chunk"
	case len(b) < fileHeaderSize:
		return fileHeader{size: len(b)}, "the file ends inside its header"
	}
	h.size = fileHeaderSize
	if block := int(le16(b[40:])); block != fileHeaderSize && block >= 128 && len(b) >= block && bytes.HasPrefix(b[block:], chunkMagic) {
		h.size = block
	}
	if !bytes.HasPrefix(b, fileMagic) {
		if !bytes.HasPrefix(b[h.size:], chunkMagic) {
			h.size = 0
		}
		return h, "this is no event log file, or its header is overwritten: it does not begin with ElfFile"
	}
	if crc32.ChecksumIEEE(b[:120]) != le32(b[124:]) {
		return h, "the checksum of the file header is wrong"
	}
	h.known, h.chunks, h.dirty = true, int(le16(b[42:])), le32(b[120:])&flagDirty != 0
	return h, ""
}

// chunkHeader is what a chunk says of its records.
type chunkHeader struct {
	last        int  // where the last record begins
	end         int  // where the records end
	sound       bool // the header is as it was written
	recordsSum  uint32
	checkRecord bool // recordsSum and end can be held against the records
}

// readChunkHeader reads the header of a chunk that may be cut short. The reason is not empty when it is damaged.
func readChunkHeader(chunk []byte) (h chunkHeader, reason string) {
	if len(chunk) < chunkHeaderSize {
		return chunkHeader{end: len(chunk)}, "the chunk ends inside its header"
	}
	h.last, h.end = int(le32(chunk[44:])), int(le32(chunk[48:]))
	h.recordsSum = le32(chunk[52:])
	sum := crc32.Update(crc32.ChecksumIEEE(chunk[:120]), crc32.IEEETable, chunk[128:chunkHeaderSize])
	unsigned := le32(chunk[120:])&flagNoChecksums != 0 && le32(chunk[124:]) == 0 && h.recordsSum == 0
	h.sound = unsigned || sum == le32(chunk[124:])
	inside := h.end >= chunkHeaderSize && h.end <= chunkSize
	if !h.sound {
		reason = "the checksum of the chunk header is wrong"
	} else if !inside {
		reason = "the chunk header places the end of the records outside of the chunk"
	}
	// A header that is not as it was written is still believed where the last record that it names lies right before the end that it names.
	if !inside || !h.sound && !endsAt(chunk, h.last, h.end) {
		h.sound, h.end = false, len(chunk)
		return h, reason
	}
	h.checkRecord = !unsigned && h.end <= len(chunk)
	h.end = min(h.end, len(chunk))
	return h, reason
}

func endsAt(chunk []byte, last, end int) bool {
	return last >= chunkHeaderSize && last <= len(chunk)-recordMinSize && le32(chunk[last:]) == recordMark && last+int(le32(chunk[last+4:])) == end
}
