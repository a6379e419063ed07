package sigma

import "encoding/binary"

// slotTable finds a field's slot by its name. Hosts ask for each field of each
// event, so it is made for short texts of which most are not there: a hash of
// both ends, and open addressing.
type slotTable struct {
	names []string // by slot
	table []int32  // slot plus one, 0 for none
}

func (t *slotTable) find(name string) (slot int, ok bool) {
	if len(t.table) == 0 {
		return 0, false
	}
	mask := uint64(len(t.table) - 1)
	for h := hashEnds(name); ; h++ {
		slot := t.table[h&mask] - 1
		if slot < 0 {
			return 0, false
		}
		if t.names[slot] == name {
			return int(slot), true
		}
	}
}

// add returns the slot of a name, a new one if it has none.
func (t *slotTable) add(name string) int {
	if slot, ok := t.find(name); ok {
		return slot
	}
	t.names = append(t.names, name)
	if 4*len(t.names) > len(t.table) {
		t.table = make([]int32, max(64, 2*len(t.table)))
		for slot := range t.names {
			t.put(slot)
		}
	} else {
		t.put(len(t.names) - 1)
	}
	return len(t.names) - 1
}

func (t *slotTable) put(slot int) {
	mask := uint64(len(t.table) - 1)
	h := hashEnds(t.names[slot])
	for t.table[h&mask] != 0 {
		h++
	}
	t.table[h&mask] = int32(slot) + 1 //nolint:gosec // as many as rules have fields
}

// hashEnds looks at eight bytes at either end of a text.
func hashEnds(s string) uint64 {
	b, n := bytesOf(s), len(s)
	var head, tail uint64
	switch {
	case n >= 8:
		head, tail = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:])
	case n >= 4:
		head, tail = uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[n-4:]))
	case n > 0:
		head, tail = uint64(b[0])|uint64(b[n/2])<<8, uint64(b[n-1])
	}
	h := (head ^ uint64(n)) * 0x9E3779B97F4A7C15
	h = (h ^ h>>32 ^ tail) * 0xD6E8FEB86659FD93
	return h ^ h>>32
}
