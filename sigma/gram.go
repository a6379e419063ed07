package sigma

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// gramSize is how many bytes of a literal are looked for at once.
const gramSize = 4

// literal is a text to be found, for the one who has this number.
type literal struct {
	text   string
	anchor anchor
	owner  int32
}

// gramIndex finds literals in a text in one pass: of each literal it knows
// one window of four bytes. A bitmap says of every window of the text whether
// the table has to be asked (q-grams, as in Wu and Manber's matching of
// several patterns).
type gramIndex struct {
	bitmap []uint64
	shift  uint32
	table  []gramEntry // open addressing, by the window's hash
	places []place
	// tail is how many bytes at the end of a text are worth looking at: all
	// literals stand there. It is 0 where the whole text is.
	tail int
}

// gramEntry says which places have a window. It is empty if it has none.
type gramEntry struct {
	window      uint32
	first, next int32
}

// place is a literal found by one of its windows, at bytes after its start.
type place struct {
	at int
	literal
}

const gramMultiplier = 0x9E3779B1

// newGramIndex returns nil where there is nothing to look for. The literals
// have gramSize bytes at least.
func newGramIndex(literals []literal) *gramIndex {
	if len(literals) == 0 {
		return nil
	}
	windows := map[uint32][]place{}
	var order []uint32
	tail := 0
	for _, l := range literals {
		at := rarestWindow(l.text)
		window := binary.LittleEndian.Uint32([]byte(l.text[at:]))
		if windows[window] == nil {
			order = append(order, window)
		}
		windows[window] = append(windows[window], place{at: at, literal: l})
		if l.anchor != anchorEnd {
			tail = -1
		} else if tail >= 0 {
			tail = max(tail, len(l.text))
		}
	}
	size := bits.Len(uint(len(windows)))
	x := &gramIndex{
		bitmap: make([]uint64, 1<<max(0, size+4-6)),
		table:  make([]gramEntry, 1<<(size+1)),
		places: make([]place, 0, len(literals)),
		tail:   max(0, tail),
	}
	x.shift = uint32(32 - max(6, size+4)) //nolint:gosec // a few dozen at most
	for _, window := range order {
		h := window * gramMultiplier >> x.shift
		x.bitmap[h/64] |= 1 << (h % 64)
		e := x.entry(window)
		e.window, e.first = window, int32(len(x.places)) //nolint:gosec // fewer than rules have bytes
		x.places = append(x.places, windows[window]...)
		e.next = int32(len(x.places)) //nolint:gosec // as above
	}
	return x
}

// entry returns the place of a window in the table, free or taken.
func (x *gramIndex) entry(window uint32) *gramEntry {
	mask := uint32(len(x.table) - 1) //nolint:gosec // a power of two below 1<<31
	for h := window * gramMultiplier >> 7 & mask; ; h = (h + 1) & mask {
		if e := &x.table[h]; e.next == 0 || e.window == window {
			return e
		}
	}
}

// rarestWindow chooses the window that the fields of healthy systems hold
// least often.
func rarestWindow(text string) int {
	best, bestScore := 0, 1<<30
	for at := 0; at+gramSize <= len(text); at++ {
		if score := windowScore(text[at : at+gramSize]); score < bestScore {
			best, bestScore = at, score
		}
	}
	return best
}

func windowScore(window string) int {
	score := 0
	for i := range len(window) {
		if slices.Contains([]byte(`etaoinsrlcdmpu\.- `), window[i]) {
			score += 3
		}
	}
	for _, common := range commonTexts {
		if bytes.Contains([]byte(common), []byte(window)) {
			score += 10
		}
	}
	return score
}

// start is where a scan of a text has to begin.
func (x *gramIndex) start(text []byte) int {
	if x.tail > 0 && len(text) > x.tail {
		return len(text) - x.tail
	}
	return 0
}

// next returns the first position from `from` on whose window the table may
// know, or -1.
func (x *gramIndex) next(text []byte, from int) int {
	bitmap, shift := x.bitmap, x.shift
	for ; from+8 <= len(text); from += 4 {
		word := binary.LittleEndian.Uint64(text[from:])
		a := uint32(word) * gramMultiplier >> shift
		b := uint32(word>>8) * gramMultiplier >> shift
		c := uint32(word>>16) * gramMultiplier >> shift
		d := uint32(word>>24) * gramMultiplier >> shift
		hit := bitmap[a>>6]>>(a&63)&1 | bitmap[b>>6]>>(b&63)&1<<1 | bitmap[c>>6]>>(c&63)&1<<2 | bitmap[d>>6]>>(d&63)&1<<3
		if hit != 0 {
			return from + bits.TrailingZeros64(hit)
		}
	}
	for ; from+gramSize <= len(text); from++ {
		h := binary.LittleEndian.Uint32(text[from:]) * gramMultiplier >> shift
		if bitmap[h>>6]>>(h&63)&1 != 0 {
			return from
		}
	}
	return -1
}

// at returns the literals whose window stands at a position of the text.
func (x *gramIndex) at(text []byte, i int) []place {
	e := x.entry(binary.LittleEndian.Uint32(text[i:]))
	return x.places[e.first:e.next]
}

// stands reports whether the literal is there, its window being at i.
func (l *place) stands(text []byte, i int) bool {
	start := i - l.at
	end := start + len(l.text)
	if start < 0 || end > len(text) || string(text[start:end]) != l.text {
		return false
	}
	return (l.anchor != anchorStart || start == 0) && (l.anchor != anchorEnd || end == len(text))
}
