package evtx

import "bytes"

// The types of values. The flag array says that there is any number of them.
const (
	typeNull     = 0x00
	typeString   = 0x01 // UTF-16
	typeANSI     = 0x02
	typeInt8     = 0x03
	typeUint8    = 0x04
	typeInt16    = 0x05
	typeUint16   = 0x06
	typeInt32    = 0x07
	typeUint32   = 0x08
	typeInt64    = 0x09
	typeUint64   = 0x0a
	typeReal32   = 0x0b
	typeReal64   = 0x0c
	typeBool     = 0x0d
	typeBinary   = 0x0e
	typeGUID     = 0x0f
	typeSize     = 0x10
	typeFileTime = 0x11
	typeSysTime  = 0x12
	typeSID      = 0x13
	typeHex32    = 0x14
	typeHex64    = 0x15
	typeHandle   = 0x20
	typeBinXML   = 0x21
	typeXML      = 0x23 // text
	typeArray    = 0x80
)

// widths has the bytes that a value of a type takes; 0 where that differs from value to value.
var widths = [typeXML + 1]int{
	typeInt8: 1, typeUint8: 1, typeInt16: 2, typeUint16: 2, typeInt32: 4, typeUint32: 4, typeInt64: 8, typeUint64: 8,
	typeReal32: 4, typeReal64: 8, typeBool: 4, typeGUID: 16, typeFileTime: 8, typeSysTime: 16, typeHex32: 4, typeHex64: 8,
}

// value is one value of a template instance. Its type and size go together: that was seen to when it was read.
type value struct {
	kind   byte
	nested int32 // the first instance of a value that is binary XML itself; -1
	data   []byte
}

func (v *value) array() bool { return v.kind&typeArray != 0 }

// newValue takes a value as the record describes it. What does not fit its type is taken as binary data, and the reason is said.
func newValue(kind byte, data []byte) (v value, reason string) {
	v = value{kind: kind, nested: -1, data: data}
	base := kind &^ typeArray
	if int(base) >= len(widths) || v.array() && (base == typeNull || base == typeBinary || base >= typeHandle) {
		v.kind = typeBinary
		return v, "there is no such type"
	}
	if base == typeSize || base == typeHandle {
		v.kind, base = sizeKind(kind, len(data)), typeHex32
		if v.kind&^typeArray == typeHex64 {
			base = typeHex64
		}
	}
	if base == typeBool && !v.array() && len(data) == 1 {
		return v, ""
	}
	if len(data) == 0 && (base != typeNull && !v.array()) {
		v.kind = typeString
		return v, ""
	}
	if !fits(base, v.array(), data) {
		v.kind = typeBinary
		return v, "its size does not fit its type"
	}
	return v, ""
}

// sizeKind gives the type of hexadecimal number that a value of type size is.
func sizeKind(kind byte, size int) byte {
	if size > 0 && size%8 == 0 {
		return kind&typeArray | typeHex64
	}
	return kind&typeArray | typeHex32
}

func fits(base byte, array bool, data []byte) bool {
	switch {
	case base == typeString || base == typeXML:
		return len(data)%2 == 0
	case base == typeSID && array:
		for len(data) > 0 {
			size := sidSize(data)
			if size == 0 || size > len(data) {
				return false
			}
			data = data[size:]
		}
		return true
	case base == typeSID:
		size := sidSize(data)
		return size != 0 && size <= len(data)
	case base > typeXML || base > typeHex64 && base < typeHandle || base == 0x22:
		return false
	}
	if width := widths[base]; width == 0 {
		return true
	} else if array {
		return len(data)%width == 0
	} else {
		return len(data) == width
	}
}

// sidSize gives the bytes of the security identifier at the start of data, 0 when there is none.
func sidSize(data []byte) int {
	if len(data) < 8 {
		return 0
	}
	return 8 + 4*int(data[1])
}

// items gives the number of elements that a value is told in: an empty array still gives one.
func (v *value) items() int {
	if !v.array() || len(v.data) == 0 {
		return 1
	}
	n := 0
	for rest := *v; len(rest.data) > 0; n++ {
		_, rest = rest.first()
	}
	return n
}

// first takes the first item off an array that is not empty.
func (v *value) first() (item, rest value) {
	item, rest = value{kind: v.kind &^ typeArray, nested: -1}, *v
	end, next := 0, 0
	switch item.kind {
	case typeString:
		for end = 0; end+1 < len(v.data) && (v.data[end] != 0 || v.data[end+1] != 0); {
			end += 2
		}
		next = min(end+2, len(v.data))
	case typeANSI:
		if end = bytes.IndexByte(v.data, 0); end < 0 {
			end = len(v.data)
		}
		next = min(end+1, len(v.data))
	case typeSID:
		end = sidSize(v.data)
		next = end
	default:
		end = widths[item.kind]
		next = end
	}
	item.data, rest.data = v.data[:end], v.data[next:]
	return item, rest
}
