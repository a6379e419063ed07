package evtx

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"time"
)

// decodeANSI appends text in a code page as UTF-8.
type decodeANSI func(dst, text []byte) []byte

// appendValue appends one value, no array, as text in JSON or XML. In JSON a GUID goes without braces and a time with six digits of a second.
func (r *Record) appendValue(dst []byte, v *value, to escape) []byte {
	switch v.kind {
	case typeNull, typeBinXML:
		return dst
	case typeString, typeXML:
		return appendText(dst, trimUTF16(v.data), to)
	case typeANSI:
		r.ansi = r.decode(r.ansi[:0], bytes.TrimRight(v.data, "\x00"))
		return appendUTF8(dst, r.ansi, to)
	case typeBinary:
		return appendHex(dst, v.data)
	case typeGUID:
		return appendGUID(dst, v.data, to != toJSON)
	case typeSID:
		return appendSID(dst, v.data)
	case typeFileTime:
		return appendFileTime(dst, le64(v.data), to)
	case typeSysTime:
		return appendSysTime(dst, v.data, to)
	case typeHex32:
		return strconv.AppendUint(append(dst, '0', 'x'), uint64(le32(v.data)), 16)
	case typeHex64:
		return strconv.AppendUint(append(dst, '0', 'x'), le64(v.data), 16)
	}
	return appendNumber(dst, v)
}

// appendNumber appends a number or truth value; it reads the same in JSON and XML, but for infinities.
func appendNumber(dst []byte, v *value) []byte {
	switch d := v.data; v.kind {
	case typeInt8:
		return strconv.AppendInt(dst, int64(int8(d[0])), 10)
	case typeUint8:
		return strconv.AppendUint(dst, uint64(d[0]), 10)
	case typeInt16:
		return strconv.AppendInt(dst, int64(int16(le16(d))), 10)
	case typeUint16:
		return strconv.AppendUint(dst, uint64(le16(d)), 10)
	case typeInt32:
		return strconv.AppendInt(dst, int64(int32(le32(d))), 10)
	case typeUint32:
		return strconv.AppendUint(dst, uint64(le32(d)), 10)
	case typeInt64:
		return strconv.AppendInt(dst, int64(le64(d)), 10)
	case typeUint64:
		return strconv.AppendUint(dst, le64(d), 10)
	case typeReal32:
		return appendReal(dst, float64(math.Float32frombits(le32(d))), 32)
	case typeReal64:
		return appendReal(dst, math.Float64frombits(le64(d)), 64)
	default: // typeBool, of one byte or four
		return strconv.AppendBool(dst, len(bytes.Trim(d, "\x00")) > 0)
	}
}

// appendReal appends the shortest text that gives the number back. What is no number is told as Windows does.
func appendReal(dst []byte, f float64, bits int) []byte {
	switch {
	case math.IsInf(f, 1):
		return append(dst, "1.#INF"...)
	case math.IsInf(f, -1):
		return append(dst, "-1.#INF"...)
	case math.IsNaN(f):
		return append(dst, "-1.#IND"...)
	}
	if size := math.Abs(f); size != 0 && (size < 1e-6 || size >= 1e21) {
		return strconv.AppendFloat(dst, f, 'e', -1, bits)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, bits)
}

// finite tells whether a real number is one that JSON can hold.
func finite(v *value) bool {
	if v.kind == typeReal32 {
		return le32(v.data)>>23&0xff != 0xff
	}
	return le64(v.data)>>52&0x7ff != 0x7ff
}

// trimUTF16 cuts the zeros off that end a string in memory.
func trimUTF16(text []byte) []byte {
	for len(text) >= 2 && text[len(text)-1] == 0 && text[len(text)-2] == 0 {
		text = text[:len(text)-2]
	}
	return text
}

const upperDigits = "0123456789ABCDEF"

func appendHex(dst, data []byte) []byte {
	for _, b := range data {
		dst = append(dst, upperDigits[b>>4], upperDigits[b&15])
	}
	return dst
}

// guidOrder is the place of each byte in the text; three parts are little-endian numbers.
var guidOrder = [16]byte{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}

func appendGUID(dst, data []byte, braces bool) []byte {
	if braces {
		dst = append(dst, '{')
	}
	for i, at := range guidOrder {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, upperDigits[data[at]>>4], upperDigits[data[at]&15])
	}
	if braces {
		dst = append(dst, '}')
	}
	return dst
}

func appendSID(dst, data []byte) []byte {
	dst = strconv.AppendUint(append(dst, 'S', '-'), uint64(data[0]), 10)
	authority := uint64(binary.BigEndian.Uint16(data[2:]))<<32 | uint64(binary.BigEndian.Uint32(data[4:]))
	dst = strconv.AppendUint(append(dst, '-'), authority, 10)
	for i := range int(data[1]) {
		dst = strconv.AppendUint(append(dst, '-'), uint64(le32(data[8+4*i:])), 10)
	}
	return dst
}

const (
	ticksPerSecond = 10_000_000 // a FILETIME counts 100 nanoseconds
	ticksTo1970    = 116_444_736_000_000_000
)

// fileTime gives the time that a FILETIME stands for: 100 nanoseconds since 1601.
func fileTime(ticks uint64) time.Time {
	return time.Unix(int64(ticks/ticksPerSecond)-ticksTo1970/ticksPerSecond, int64(ticks%ticksPerSecond)*100).UTC()
}

func appendFileTime(dst []byte, ticks uint64, to escape) []byte {
	seconds, part := ticks/ticksPerSecond, ticks%ticksPerSecond
	year, month, day := civil(seconds / 86400)
	dst = appendClock(dst, year, month, day, seconds/3600%24, seconds/60%60, seconds%60)
	if to == toJSON {
		return append(appendPadded(append(dst, '.'), part/10, 6), 'Z')
	}
	return append(appendPadded(append(dst, '.'), part*100, 9), 'Z')
}

// civil gives the date that lies so many days behind 1601-01-01, where a cycle of 400 years begins.
func civil(days uint64) (year, month, day uint64) {
	days += 306 // count from March of the year before, so that leap days come last
	era, inEra := days/146097, days%146097
	inYear := (inEra - inEra/1460 + inEra/36524 - inEra/146096) / 365
	rest := inEra - (365*inYear + inYear/4 - inYear/100)
	march := (5*rest + 2) / 153
	day = rest - (153*march+2)/5 + 1
	year = 1600 + era*400 + inYear
	if march < 10 {
		return year, march + 3, day
	}
	return year + 1, march - 9, day
}

func appendSysTime(dst, d []byte, to escape) []byte {
	at := func(i int) uint64 { return uint64(le16(d[i:])) }
	dst = appendClock(dst, at(0), at(2), at(6), at(8), at(10), at(12))
	dst = appendPadded(append(dst, '.'), at(14), 3)
	if to == toJSON {
		dst = append(dst, "000"...)
	}
	return append(dst, 'Z')
}

func appendClock(dst []byte, year, month, day, hour, minute, second uint64) []byte {
	dst = appendPadded(dst, year, 4)
	dst = appendPadded(append(dst, '-'), month, 2)
	dst = appendPadded(append(dst, '-'), day, 2)
	dst = appendPadded(append(dst, 'T'), hour, 2)
	dst = appendPadded(append(dst, ':'), minute, 2)
	return appendPadded(append(dst, ':'), second, 2)
}

func appendPadded(dst []byte, n uint64, digits int) []byte {
	var space [20]byte
	at := len(space)
	for ; n > 0 || digits > 0; digits-- {
		at--
		space[at] = byte('0' + n%10)
		n /= 10
	}
	return append(dst, space[at:]...)
}
