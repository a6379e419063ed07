package sigma

import (
	"unicode"
	"unicode/utf8"
)

// foldAppend appends s with every character replaced by the one that stands
// for all its cases (Unicode simple folding), so that two texts are equal
// without regard to case when their folded bytes are equal. Bytes that are
// not UTF-8 stay as they are.
func foldAppend(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			dst = append(dst, lowerASCII[c])
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || caseless(r) {
			dst = append(dst, s[i:i+size]...)
		} else {
			dst = utf8.AppendRune(dst, foldRune(r))
		}
		i += size
	}
	return dst
}

var lowerASCII = func() (table [utf8.RuneSelf]byte) {
	for i := range table {
		table[i] = byte(unicode.ToLower(rune(i)))
	}
	return table
}()

// caseless is true for the blocks of kana, Han and Hangul, which have no
// cases and for which asking the tables would be slow.
func caseless(r rune) bool {
	return r >= 0x2E80 && r <= 0xA63F || r >= 0xAC00 && r <= 0xD7FF
}

// foldRune returns the least of all characters that differ from r by case
// only, in lower case if that is a letter of ASCII.
func foldRune(r rune) rune {
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	if least < utf8.RuneSelf {
		return unicode.ToLower(least)
	}
	return least
}

// dashes are the characters that windash takes for one another.
const dashes = "-/–—―"

// dashAppend appends s with every dash replaced by "-".
func dashAppend(dst, s []byte) []byte {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '/':
			dst = append(dst, '-')
		case s[i] == 0xE2 && i+2 < len(s) && s[i+1] == 0x80 && s[i+2] >= 0x93 && s[i+2] <= 0x95:
			dst = append(dst, '-')
			i += 2
		default:
			dst = append(dst, s[i])
		}
	}
	return dst
}
