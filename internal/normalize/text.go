package normalize

import (
	"bytes"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

var bom = []byte("\xef\xbb\xbf")

// plainText gives a record as valid UTF-8: a byte order mark is dropped, UTF-16 is read as its mark says, and every byte that is no UTF-8
// becomes U+FFFD (what it was meant to be is not guessed: the original bytes are kept). note says what was replaced, "" when nothing was.
// Where nothing was, text shares memory with raw, which may be far larger than the record: what is to stay is copied.
func plainText(raw []byte) (text, note string) {
	if order := utf16Order(raw); order != nil {
		return utf16Text(raw, order)
	}
	raw = bytes.TrimPrefix(raw, bom)
	if isASCII(raw) || utf8.Valid(raw) {
		return view(raw), ""
	}
	return validText(raw)
}

// isASCII looks at 32 bytes at a time.
func isASCII(b []byte) bool {
	for ; len(b) >= 32; b = b[32:] {
		if (word(b)|word(b[8:])|word(b[16:])|word(b[24:]))&highs != 0 {
			return false
		}
	}
	for ; len(b) >= 8; b = b[8:] {
		if word(b)&highs != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// validText replaces every byte that is no UTF-8 by U+FFFD, one for one, as encoding/json does.
func validText(raw []byte) (text, note string) {
	out := make([]byte, 0, len(raw)+16)
	count, first := 0, 0
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && size == 1 {
			if count++; count == 1 {
				first = i
			}
		}
		out = utf8.AppendRune(out, r)
		i += size
	}
	if count > 0 {
		note = fmt.Sprintf("not UTF-8: %d bytes from byte %d on read as U+FFFD", count, first)
	}
	return string(out), note
}

type unit16 func(a, b byte) uint16

func little(a, b byte) uint16 { return uint16(a) | uint16(b)<<8 }
func big(a, b byte) uint16    { return uint16(b) | uint16(a)<<8 }

// utf16Order finds a UTF-16 byte order mark. Without one, a NUL beside the first character shows UTF-16 too:
// lines cut out of a little-endian file begin with the second half of the line feed before them.
func utf16Order(raw []byte) unit16 {
	switch {
	case len(raw) < 4:
		return nil
	case raw[0] == 0xff && raw[1] == 0xfe, raw[0] != 0 && raw[1] == 0 && raw[3] == 0:
		return little
	case raw[0] == 0xfe && raw[1] == 0xff:
		return big
	case raw[0] == 0 && raw[1] != 0 && raw[2] == 0:
		if len(raw)%2 == 1 {
			return little
		}
		return big
	}
	return nil
}

func utf16Text(raw []byte, order unit16) (text, note string) {
	if len(raw)%2 == 1 && raw[0] == 0 {
		raw = raw[1:]
	}
	units := make([]uint16, 0, len(raw)/2)
	for i := 0; i+1 < len(raw); i += 2 {
		units = append(units, order(raw[i], raw[i+1]))
	}
	if len(units) > 0 && units[0] == 0xfeff {
		units = units[1:]
	}
	runes := utf16.Decode(units)
	count := 0
	for _, r := range runes {
		if r == utf8.RuneError {
			count++
		}
	}
	if count > 0 || len(raw)%2 == 1 {
		note = fmt.Sprintf("not UTF-16: %d units read as U+FFFD, %d bytes left over", count, len(raw)%2)
	}
	return string(runes), note
}
