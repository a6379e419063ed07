package sigma

import (
	"encoding/binary"
	"math/bits"
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
// one window of four bytes (q-grams, as in Wu and Manber's matching of
// several patterns). A filter says of every window of the text whether the
// table has to be asked.
type gramIndex struct {
	filter gramFilter
	table  []gramEntry // open addressing, by the window's hash
	places []place
	// windows is how many the table has.
	windows int
	// tail is how many bytes at the end of a text are worth looking at: all
	// literals stand there. It is 0 where the whole text is.
	tail int
	// wider is another index whose literals the filter lets pass too.
	wider *gramIndex
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

// gramFilter is a Bloom filter of windows with two bits in one word.
type gramFilter struct {
	words []uint64
	shift uint32
}

// newGramFilter makes room for n windows.
func newGramFilter(n int) gramFilter {
	size := max(1, bits.Len(uint(n)))                                           //nolint:gosec // not negative
	return gramFilter{words: make([]uint64, 1<<size), shift: uint32(32 - size)} //nolint:gosec // a few dozen at most
}

func (f *gramFilter) add(window uint32) {
	h := window * gramMultiplier
	f.words[h>>f.shift] |= 1<<(h&63) | 1<<(h>>6&63)
}

// next returns the first position from `from` on whose window may be one of
// the filter's, or -1.
func (f *gramFilter) next(text []byte, from int) int {
	words, shift := f.words, f.shift
	for ; from+8 <= len(text); from += 4 {
		word := binary.LittleEndian.Uint64(text[from:])
		a := uint32(word) * gramMultiplier
		b := uint32(word>>8) * gramMultiplier
		c := uint32(word>>16) * gramMultiplier
		d := uint32(word>>24) * gramMultiplier
		wa, wb, wc, wd := words[a>>shift], words[b>>shift], words[c>>shift], words[d>>shift]
		hit := wa>>(a&63)&(wa>>(a>>6&63))&1 | wb>>(b&63)&(wb>>(b>>6&63))&1<<1 |
			wc>>(c&63)&(wc>>(c>>6&63))&1<<2 | wd>>(d&63)&(wd>>(d>>6&63))&1<<3
		if hit != 0 {
			return from + bits.TrailingZeros64(hit)
		}
	}
	for ; from+gramSize <= len(text); from++ {
		h := binary.LittleEndian.Uint32(text[from:]) * gramMultiplier
		if word := words[h>>shift]; word>>(h&63)&(word>>(h>>6&63))&1 != 0 {
			return from
		}
	}
	return -1
}

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
		window := windowOf(l.text[at:])
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
	x := &gramIndex{
		filter: newGramFilter(len(windows)),
		table:  make([]gramEntry, 2<<bits.Len(uint(len(windows)))),
		places: make([]place, 0, len(literals)),
		tail:   max(0, tail), windows: len(windows),
	}
	for _, window := range order {
		x.filter.add(window)
		e := x.entry(window)
		e.window, e.first = window, int32(len(x.places)) //nolint:gosec // fewer than rules have bytes
		x.places = append(x.places, windows[window]...)
		e.next = int32(len(x.places)) //nolint:gosec // as above
	}
	return x
}

// widen lets one pass over a text find the literals of another index too.
func (x *gramIndex) widen(other *gramIndex) {
	x.filter = newGramFilter(x.windows + other.windows)
	for _, known := range []*gramIndex{x, other} {
		for i := range known.table {
			if e := &known.table[i]; e.next != 0 {
				x.filter.add(e.window)
			}
		}
	}
	x.tail, x.wider = 0, other
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
		if commonBytes[window[i]] {
			score += 3
		}
	}
	return score + commonWindows[windowOf(window)]
}

func windowOf(text string) uint32 { return binary.LittleEndian.Uint32([]byte(text[:gramSize])) }

// commonBytes and commonWindows say what common texts are made of.
var commonBytes = func() (table [256]bool) {
	for _, c := range []byte(`etaoinsrlcdmpu\.- `) {
		table[c] = true
	}
	return table
}()

var commonWindows = func() map[uint32]int {
	out := map[uint32]int{}
	for _, text := range commonTexts {
		in := map[uint32]bool{}
		for at := 0; at+gramSize <= len(text); at++ {
			in[windowOf(text[at:])] = true
		}
		for window := range in {
			out[window] += 10
		}
	}
	return out
}()

// start is where a scan of a text has to begin.
func (x *gramIndex) start(text []byte) int {
	if x.tail > 0 && len(text) > x.tail {
		return len(text) - x.tail
	}
	return 0
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
