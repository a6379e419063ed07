package evtx

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// escape is the language that a text is written into.
type escape uint8

const (
	toJSON escape = 1 << iota // inside of a string
	toXML                     // between tags
	toAttribute
)

// special tells for each ASCII character which languages cannot hold it as it is.
var special = func() (t [128]escape) {
	for c := range 0x20 {
		t[c] = toJSON | toXML | toAttribute
	}
	t['\t'], t['\n'] = toJSON|toAttribute, toJSON|toAttribute
	t['"'], t['\\'] = toJSON|toAttribute, toJSON
	t['&'], t['<'], t['>'] = toXML|toAttribute, toXML|toAttribute, toXML|toAttribute
	return t
}()

// lanes repeats a byte in all bytes of a word.
const lanes = 0x0101010101010101

func hasByte(word uint64, b byte) uint64 {
	x := word ^ lanes*uint64(b)
	return (x - lanes) &^ x
}

// findSpecial marks the first of eight ASCII characters that may have to be written otherwise, by the highest bit of its byte; 0 when there is none.
func findSpecial(word uint64, to escape) uint64 {
	found := (word-lanes*0x20)&^word | hasByte(word, '"')
	if to == toJSON {
		found |= hasByte(word, '\\')
	} else {
		found |= hasByte(word, '&') | hasByte(word, '<') | hasByte(word, '>')
	}
	return found & (lanes * 0x80)
}

// narrow packs four UTF-16 units below 0x100 into four bytes.
func narrow(units uint64) uint32 {
	x := (units | units>>8) & 0x0000ffff0000ffff
	return uint32(x) | uint32(x>>16)
}

const aboveASCII = 0xff80ff80ff80ff80

// appendText appends UTF-16 text, little-endian, as it stands in JSON or XML. What is no Unicode, and in XML what is no character of XML, becomes U+FFFD.
func appendText(dst, text []byte, to escape) []byte {
	for len(text) >= 16 {
		a, b := le64(text), le64(text[8:])
		if (a|b)&aboveASCII != 0 {
			dst, text = appendUnits(dst, text, to, 8)
			continue
		}
		word := uint64(narrow(a)) | uint64(narrow(b))<<32
		dst = binary.LittleEndian.AppendUint64(dst, word)
		found := findSpecial(word, to)
		if found == 0 {
			text = text[16:]
			continue
		}
		plain := bits.TrailingZeros64(found) / 8
		dst = appendASCII(dst[:len(dst)-8+plain], text[2*plain], to)
		text = text[2*plain+2:]
	}
	dst, _ = appendUnits(dst, text, to, 8)
	return dst
}

// appendUnits appends some UTF-16 units one by one.
func appendUnits(dst, text []byte, to escape, units int) (out, rest []byte) {
	for ; len(text) >= 2 && units > 0; units-- {
		c := rune(le16(text))
		text = text[2:]
		if c < 0x80 {
			dst = appendASCII(dst, byte(c), to)
			continue
		}
		if utf16.IsSurrogate(c) {
			c, text = joinSurrogates(c, text)
		}
		dst = appendRune(dst, c, to)
	}
	return dst, text
}

// joinSurrogates makes one character of a surrogate and the one after it; alone it is none.
func joinSurrogates(c rune, text []byte) (rune, []byte) {
	if len(text) >= 2 {
		if pair := utf16.DecodeRune(c, rune(le16(text))); pair != utf8.RuneError {
			return pair, text[2:]
		}
	}
	return utf8.RuneError, text
}

func appendASCII(dst []byte, c byte, to escape) []byte {
	if special[c]&to == 0 {
		return append(dst, c)
	}
	if to == toJSON {
		return appendJSONEscape(dst, c)
	}
	switch c {
	case '&':
		return append(dst, "&amp;"...)
	case '<':
		return append(dst, "&lt;"...)
	case '>':
		return append(dst, "&gt;"...)
	case '"':
		return append(dst, "&quot;"...)
	case '\r', '\n', '\t': // a parser would make a line feed or a space of it
		return append(dst, '&', '#', 'x', hexDigits[c], ';')
	}
	return append(dst, "\uFFFD"...)
}

func appendJSONEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

func appendRune(dst []byte, c rune, to escape) []byte {
	if to != toJSON && !xmlCharacter(c) {
		c = utf8.RuneError
	}
	return utf8.AppendRune(dst, c)
}

// xmlCharacter tells whether XML 1.0 can hold a character at all.
func xmlCharacter(c rune) bool {
	return c == '\t' || c == '\n' || c == '\r' || c >= 0x20 && c < 0xd800 || c >= 0xe000 && c <= 0xfffd || c >= 0x10000 && c <= utf8.MaxRune
}

func xmlCharacters(s string) string {
	return strings.Map(func(c rune) rune {
		if !xmlCharacter(c) {
			return utf8.RuneError
		}
		return c
	}, s)
}

// appendUTF8 is appendText for text in UTF-8.
func appendUTF8(dst, text []byte, to escape) []byte {
	for len(text) > 0 {
		if text[0] < 0x80 {
			dst, text = appendASCII(dst, text[0], to), text[1:]
			continue
		}
		c, size := utf8.DecodeRune(text)
		dst, text = appendRune(dst, c, to), text[size:]
	}
	return dst
}

func appendJSONText(dst []byte, s string) []byte { return appendUTF8(dst, []byte(s), toJSON) }

func appendXMLText(dst []byte, s string, inAttribute bool) []byte {
	if inAttribute {
		return appendUTF8(dst, []byte(s), toAttribute)
	}
	return appendUTF8(dst, []byte(s), toXML)
}

// appendUTF16 appends UTF-16 text as UTF-8.
func appendUTF16(dst, text []byte) []byte {
	for len(text) >= 2 {
		c := rune(le16(text))
		text = text[2:]
		if utf16.IsSurrogate(c) {
			c, text = joinSurrogates(c, text)
		}
		dst = utf8.AppendRune(dst, c)
	}
	return dst
}

// windows1252 has the characters of the bytes 0x80 to 0x9f; all other bytes are the characters of the same number.
var windows1252 = [32]rune{
	0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
	0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178,
}

func appendWindows1252(dst, text []byte) []byte {
	for _, c := range text {
		r := rune(c)
		if c >= 0x80 && c < 0xa0 {
			r = windows1252[c-0x80]
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}
