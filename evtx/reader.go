package evtx

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// Reader reads the records of one event log file from its first byte to its last, one chunk of 64 KB at a time. It is not safe for concurrent use.
type Reader struct {
	// ANSI appends a text in the code page of the machine that wrote the log, as UTF-8, to dst. Nil takes Windows-1252. Few logs have such text.
	ANSI func(dst, text []byte) []byte

	src     io.Reader
	window  []byte // two chunks of the file
	offset  int64  // of the window in the file
	srcErr  error  // what src ended with
	header  fileHeader
	number  int // of the next chunk
	strange strange
	record  Record
	decoder decoder
	yield   func(*Record, error) bool
	stopped bool
}

// strange is a stretch of the file, not told of yet, that holds no chunk.
type strange struct {
	offset, length int64
	zeros          bool // and nothing but zeros
}

// NewReader gives a reader of the event log file whose bytes src gives. It reads nothing yet, and it never seeks: src may be a member of an archive.
func NewReader(src io.Reader) *Reader { return &Reader{src: src} }

var errReadBefore = errors.New("the records of this event log were read already")

// Records gives the records in the order in which they lie in the file. In place of a record there may be an error, a [*Damage] for a part of the file that cannot be read
// as it should be; going on with the loop gives the records behind it. A record can have both: the damage comes first. Any other error is one of the source, it names the offset
// and ends the loop. A Record is valid until the next turn. Records can be ranged over once.
func (r *Reader) Records() iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		if r.yield != nil {
			yield(nil, errReadBefore)
			return
		}
		r.yield, r.record.decode = yield, appendWindows1252
		if r.ANSI != nil {
			r.record.decode = r.ANSI
		}
		r.run()
	}
}

// tell gives an error and answers whether to go on.
func (r *Reader) tell(err error) bool {
	r.stopped = r.stopped || !r.yield(nil, err)
	return !r.stopped
}

// give gives a record and answers whether to go on.
func (r *Reader) give(record *Record) bool {
	r.stopped = r.stopped || !r.yield(record, nil)
	return !r.stopped
}

func (r *Reader) run() {
	r.window = make([]byte, 0, 2*chunkSize)
	r.fill()
	var reason string
	r.header, reason = readFileHeader(r.window)
	if reason != "" && !(len(r.window) == 0 && r.broken()) && !r.tell(&Damage{Length: int64(r.header.size), Chunk: -1, Reason: reason}) {
		return
	}
	r.advance(r.header.size)
	for len(r.window) > 0 && r.step() {
	}
	if r.stopped || !r.tellStrange(r.short()) {
		return
	}
	if r.broken() {
		r.tell(fmt.Errorf("read event log at offset %d: %w", r.offset, r.srcErr))
		return
	}
	r.compareCount()
}

// broken tells whether the source ended with an error of its own.
func (r *Reader) broken() bool {
	return r.srcErr != nil && !errors.Is(r.srcErr, io.EOF) && !errors.Is(r.srcErr, io.ErrUnexpectedEOF)
}

// fill reads on until the window is full or the file ends.
func (r *Reader) fill() {
	if r.srcErr != nil {
		return
	}
	have := len(r.window)
	n, err := io.ReadFull(r.src, r.window[have:cap(r.window)])
	r.window, r.srcErr = r.window[:have+n], err
}

// advance moves the window on by some bytes.
func (r *Reader) advance(n int) {
	r.window = r.window[:copy(r.window, r.window[n:])]
	r.offset += int64(n)
	r.fill()
}

// step reads the chunk at the start of the window, or passes over what is none. It answers false when the loop is to end.
func (r *Reader) step() bool {
	if !bytes.HasPrefix(r.window, chunkMagic) && !r.headless() {
		return r.pass()
	}
	if !r.tellStrange(true) {
		return false
	}
	size := r.extent()
	c := chunk{reader: r, data: r.window[:size:size], offset: r.offset, number: r.number}
	if size < chunkSize && !c.damage(0, size, 0, fmt.Sprintf("the chunk is cut short: %d bytes of %d are missing", chunkSize-size, chunkSize)) {
		return false
	}
	if !c.read() {
		return false
	}
	r.number++
	r.advance(size)
	return true
}

// headless tells whether a chunk begins here whose header is overwritten: its first record is where it should be.
func (r *Reader) headless() bool {
	c := chunk{data: r.window, header: chunkHeader{end: min(len(r.window), chunkSize)}}
	if r.offset < int64(r.header.size) || (r.offset-int64(r.header.size))%chunkSize != 0 || c.header.end < chunkHeaderSize+recordMinSize {
		return false
	}
	size, reason := c.measure(chunkHeaderSize)
	return size != 0 && reason == ""
}

// extent gives the bytes that belong to the chunk at the start of the window: fewer than a chunk has where the file ends, or where the next chunk begins too early.
func (r *Reader) extent() int {
	if len(r.window) <= chunkSize {
		return len(r.window)
	}
	if next := r.window[chunkSize:]; bytes.HasPrefix(next, chunkMagic) || zeros(next[:min(len(next), chunkHeaderSize)]) {
		return chunkSize
	}
	for at := chunkHeaderSize; at < chunkSize; at++ {
		found := bytes.Index(r.window[at:chunkSize], chunkMagic)
		if found < 0 {
			break
		}
		at += found
		if h, reason := readChunkHeader(r.window[at:]); h.sound && reason == "" {
			return at
		}
	}
	return chunkSize
}

// pass moves over bytes that are no chunk, up to where one begins.
func (r *Reader) pass() bool {
	size := min(len(r.window), chunkSize)
	empty := zeros(r.window[:size])
	if found := bytes.Index(r.window, chunkMagic); !empty && found > 0 && found < size {
		size = found
	}
	if r.strange.length > 0 && r.strange.zeros != empty && !r.tellStrange(true) {
		return false
	}
	if r.strange.length == 0 {
		r.strange = strange{offset: r.offset, zeros: empty}
	}
	r.strange.length += int64(size)
	if size == chunkSize {
		r.number++
	}
	r.advance(size)
	return true
}

// tellStrange tells of the stretch before the window that holds no chunk. Zeros at the end of a file are room that was not used yet, unless they are missed.
func (r *Reader) tellStrange(missed bool) bool {
	s := r.strange
	r.strange = strange{}
	switch {
	case s.length == 0 || s.zeros && !missed:
		return true
	case s.zeros:
		return r.tell(&Damage{Offset: s.offset, Length: s.length, Chunk: -1, Reason: "zeros where chunks should be"})
	}
	return r.tell(&Damage{Offset: s.offset, Length: s.length, Chunk: -1, Reason: "bytes that are no chunk"})
}

// short tells whether zeros at the end of the file take the place of chunks that its header counts.
func (r *Reader) short() bool {
	unused := int(r.strange.length / chunkSize)
	return r.header.known && !r.header.dirty && (r.number-unused)&0xffff < r.header.chunks
}

// compareCount holds the header's number of chunks, where it is up to date, against what was there.
func (r *Reader) compareCount() {
	if r.header.known && !r.header.dirty && r.number < r.header.chunks {
		reason := fmt.Sprintf("the file ends after %d of %d chunks", r.number, r.header.chunks)
		r.tell(&Damage{Offset: r.offset, Chunk: -1, Reason: reason})
	}
}
