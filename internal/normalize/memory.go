package normalize

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// Events take their text and fields out of pieces that a few neighbours of a batch share: large enough that the allocator is seldom asked,
// small enough that whoever keeps one event, or one string of it, does not hold a batch in memory.
const (
	textPiece  = 8 << 10 // bytes
	fieldPiece = 500     // fields
	fieldsSure = 40      // room for so many is there before a record is read; more move out
)

// memory hands out room for the text and fields of one batch's events.
type memory struct {
	text   []byte       // free
	fields event.Fields // free, all zero
	most   int          // fields that a list had that outgrew its room
	coming int          // records to come, 0 when that is not known: for a few of them a piece is smaller
}

// room gives at least n bytes to be written; take then keeps the first of them.
func (m *memory) room(n int) []byte {
	if len(m.text) >= n {
		return m.text
	}
	if n > textPiece/4 {
		return make([]byte, n)
	}
	size := textPiece
	if m.coming > 0 {
		size = min(textPiece, n*m.coming)
	}
	m.text = make([]byte, size)
	return m.text
}

// take makes the first n bytes of what room gave somebody's own.
func (m *memory) take(room []byte, n int) {
	if len(m.text) > 0 && unsafe.SliceData(room) == unsafe.SliceData(m.text) {
		m.text = m.text[n:]
	}
}

// keep copies text.
func (m *memory) keep(text string) string {
	room := m.room(len(text))
	n := copy(room, text)
	m.take(room, n)
	return view(room[:n])
}

// fieldRoom gives an empty list to append to, in zero memory. takeFields or dropFields ends it before the next.
func (m *memory) fieldRoom() event.Fields {
	if need := max(fieldsSure, m.most); len(m.fields) < need {
		size := fieldPiece
		if m.coming > 0 {
			size = min(fieldPiece, need*m.coming)
		}
		m.fields = make(event.Fields, size)
	}
	return m.fields[:0]
}

// takeFields makes the list somebody's own.
func (m *memory) takeFields(list event.Fields) event.Fields {
	if m.holds(list) {
		m.fields = m.fields[len(list):]
	}
	return list[:len(list):len(list)]
}

// dropFields takes the list's room back.
func (m *memory) dropFields(list event.Fields) {
	if m.holds(list) {
		clear(list)
	}
}

// holds reports whether the list is where it began. One that grew out of its room left it full of its first fields: that room is let go,
// and there is more for the next.
func (m *memory) holds(list event.Fields) bool {
	if unsafe.SliceData(list) == unsafe.SliceData(m.fields) {
		return true
	}
	m.fields, m.most = nil, min(max(m.most, len(list)), fieldPiece/4)
	return false
}

// view gives bytes that never change again as a string without copying them.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// bytesOf gives a string's bytes without copying them; they must only be read.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// lower gives text in lower case, as strings.ToLower does.
func (m *memory) lower(text string) string {
	if isLower(text) {
		return text
	}
	room := m.room(len(text) + 8)
	low := appendLower(room[:0], text)
	if len(low) > len(room) { // a letter beyond ASCII that is longer in lower case
		return view(low)
	}
	m.take(room, len(low))
	return view(low)
}

// isLower reports whether text is ASCII without capitals.
func isLower(text string) bool {
	b := bytesOf(text)
	for ; len(b) >= 8; b = b[8:] {
		if x := word(b); x&highs != 0 || capitals(x) != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf || c-'A' <= 'Z'-'A' {
			return false
		}
	}
	return true
}

// appendLower appends text in lower case, as strings.ToLower gives it.
func appendLower(to []byte, text string) []byte {
	b, begin := bytesOf(text), len(to)
	for ; len(b) >= 8; b = b[8:] {
		x := word(b)
		if x&highs != 0 {
			return append(to[:begin], strings.ToLower(text)...)
		}
		to = binary.LittleEndian.AppendUint64(to, x|capitals(x)>>2) // 'a' is 'A' with the bit 0x20
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return append(to[:begin], strings.ToLower(text)...)
		}
		if c-'A' <= 'Z'-'A' {
			c |= 0x20
		}
		to = append(to, c)
	}
	return to
}

// capitals marks the capital letters of eight bytes of ASCII by their highest bits.
func capitals(x uint64) uint64 {
	return (x + ones*(0x80-'A')) &^ (x + ones*(0x7f-'Z')) & highs
}
