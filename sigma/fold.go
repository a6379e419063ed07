package sigma

import (
	"unicode"
	"unicode/utf8"
	"unsafe"
)

const (
	highBits = 0x8080808080808080
	ones     = 0x0101010101010101
)

// foldAppend appends s with every character replaced by the one that stands
// for all its cases (Unicode simple folding), so that two texts are equal
// without regard to case when their folded bytes are equal. Bytes that are
// not UTF-8 stay as they are. It tells whether s is plain ASCII.
func foldAppend(dst []byte, s string) (folded []byte, plain bool) {
	at := len(dst)
	dst = append(dst, s...)
	text := dst[at:]
	for len(text) >= 8 {
		eight := (*[8]byte)(text)
		word := uint64(eight[0]) | uint64(eight[1])<<8 | uint64(eight[2])<<16 | uint64(eight[3])<<24 |
			uint64(eight[4])<<32 | uint64(eight[5])<<40 | uint64(eight[6])<<48 | uint64(eight[7])<<56
		if word&highBits != 0 {
			break
		}
		// Below 0x80, adding sets a byte's high bit from 'A' and from 'Z'+1 on.
		word |= ((word + (0x80-'A')*ones) ^ (word + (0x80-'Z'-1)*ones)) & highBits >> 2
		eight[0], eight[1], eight[2], eight[3] = byte(word), byte(word>>8), byte(word>>16), byte(word>>24)
		eight[4], eight[5], eight[6], eight[7] = byte(word>>32), byte(word>>40), byte(word>>48), byte(word>>56)
		text = text[8:]
	}
	for i, c := range text {
		if c >= utf8.RuneSelf {
			rest := len(text) - i
			return foldUnicode(dst[:len(dst)-rest], s[len(s)-rest:]), false
		}
		text[i] = lowerASCII[c]
	}
	return dst, true
}

func foldUnicode(dst []byte, s string) []byte {
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

// folded returns a text of a rule in the form that events' texts are
// compared in.
func folded(s string) []byte {
	out, _ := foldAppend(nil, s)
	return out
}

// bytesOf shows a text as bytes, which must not be written to.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

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
