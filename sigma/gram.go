package sigma

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// gramSize is how many bytes of a literal the index looks for at once.
const gramSize = 4

// literal is a text to be found, for one rule.
type literal struct {
	text   string
	anchor anchor
	rule   int
}

// gramIndex finds literals in a text in one pass: of each literal it knows
// one window of four bytes. A bitmap says of every window of the text whether
// a table has to be asked.
type gramIndex struct {
	bitmap  []uint64
	shift   uint32
	windows map[uint32][]place
}

// place is a literal found by one of its windows, at bytes after its start.
type place struct {
	at int
	literal
}

// newGramIndex returns nil where there is nothing to look for.
func newGramIndex(literals []literal) *gramIndex {
	if len(literals) == 0 {
		return nil
	}
	size := max(6, bits.Len(uint(len(literals)*16)))
	x := &gramIndex{
		bitmap:  make([]uint64, 1<<(size-6)),
		shift:   uint32(32 - size),
		windows: make(map[uint32][]place, len(literals)),
	}
	for _, l := range literals {
		at := rarestWindow(l.text)
		window := binary.LittleEndian.Uint32([]byte(l.text[at:]))
		h := x.hash(window)
		x.bitmap[h/64] |= 1 << (h % 64)
		x.windows[window] = append(x.windows[window], place{at: at, literal: l})
	}
	return x
}

func (x *gramIndex) hash(window uint32) uint32 { return window * 0x9E3779B1 >> x.shift }

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

func (x *gramIndex) collect(s *scratch, text []byte) {
	if x == nil || len(text) < gramSize {
		return
	}
	bitmap, shift := x.bitmap, x.shift
	for i := 0; i+gramSize <= len(text); i++ {
		window := binary.LittleEndian.Uint32(text[i:])
		h := window * 0x9E3779B1 >> shift
		if bitmap[h/64]&(1<<(h%64)) != 0 {
			x.found(s, text, i, window)
		}
	}
}

// found marks the rules of those literals that really stand around a window.
func (x *gramIndex) found(s *scratch, text []byte, i int, window uint32) {
	places := x.windows[window]
	for p := range places {
		l := &places[p]
		start := i - l.at
		end := start + len(l.text)
		if start < 0 || end > len(text) || string(text[start:end]) != l.text {
			continue
		}
		if l.anchor == anchorStart && start != 0 || l.anchor == anchorEnd && end != len(text) {
			continue
		}
		s.markOne(l.rule)
	}
}
