package normalize

import (
	"math/bits"
	"math/rand/v2"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// nameTable keeps the names of fields, joined by dots, from record to record: a name that recurs is found by its bytes without being copied, and what the
// mapping tables make of it is known at once. It holds names alone, never a value, and is emptied when made-up names fill it.
// It belongs to one goroutine.
type nameTable struct {
	known map[string]knownName
	list  []keptName // the first is the record itself, whose members' names stand alone
	ids   map[nameKey]nameID
	index []uint16 // an open hash table of places in list, 0 for none; ids knows what found no room in it
	seed  [2]uint64
}

// nameID is a name's place in the table.
type nameID uint32

// recordItself is the name that names no field; tooLong stands for a joined name of more than maxName bytes.
const (
	recordItself nameID = 0
	tooLong      nameID = 1<<32 - 1
)

// keptName is a name with what is asked of it for every record.
type keptName struct {
	first, last uint64 // the first and last eight bytes of its own part, or all of a shorter one
	of          nameID // the object that it stands in
	length      uint32 // of its own part
	text        string
	mark        mark
}

// mark is what the tables make of a field by its name.
type mark struct {
	known knownName // the name itself
	plain knownName // the plain Windows name beside it
	place uint8     // of the plain name in event.Own's order of precedence
	named bool      // by EventData's list of {Name, #text}
}

// knownName is the number of a name that mapping tables or the event's head ask for, 0 for every other.
type knownName uint16

// The names that the head of a Windows event goes by come first.
const (
	knownEventID knownName = iota + 1
	knownChannel
	knownProvider
	knownUTCTime
	knownSystemTime
	knownTimeCreated
	knownEventTime
	knownTimestamp
	headEnd
)

func headNames() map[string]knownName {
	return map[string]knownName{
		"EventID": knownEventID, "Channel": knownChannel, "Provider_Name": knownProvider, "UtcTime": knownUTCTime,
		"SystemTime": knownSystemTime, "TimeCreated": knownTimeCreated, "EventTime": knownEventTime, "@timestamp": knownTimestamp,
	}
}

type nameKey struct {
	of   nameID
	text string
}

const (
	indexBits = 12
	indexTry  = 4 // neighbours in the index that a name may stand in
)

func newNameTable(known map[string]knownName) *nameTable {
	t := &nameTable{known: known, index: make([]uint16, 1<<indexBits), seed: [2]uint64{rand.Uint64(), rand.Uint64()}}
	t.empty()
	return t
}

func (t *nameTable) empty() {
	t.list, t.ids = append(t.list[:0:0], keptName{}), make(map[nameKey]nameID)
	clear(t.index)
}

// trim empties the table when it is full. IDs are good until then.
func (t *nameTable) trim() {
	if len(t.list) > maxNames {
		t.empty()
	}
}

// find gives the ID of a name inside an object. first and last are its first and last eight bytes, or all of a shorter one.
func (t *nameTable) find(of nameID, local []byte, first, last uint64) nameID {
	hi, lo := bits.Mul64(first^t.seed[0]^uint64(of)<<32, last^t.seed[1]^uint64(len(local)))
	at := int((hi ^ lo) >> (64 - indexBits))
	for range indexTry {
		id := t.index[at]
		if id == 0 {
			return t.look(of, local, at)
		}
		n := &t.list[id]
		if n.first == first && n.last == last && n.of == of && int(n.length) == len(local) && (len(local) <= 16 || n.text[len(n.text)-len(local):] == string(local)) {
			return nameID(id)
		}
		at = (at + 1) & (1<<indexBits - 1)
	}
	return t.look(of, local, -1)
}

// look finds or adds a name that the index does not have; at is where it goes there, -1 for nowhere.
func (t *nameTable) look(of nameID, local []byte, at int) nameID {
	if id, ok := t.ids[nameKey{of, string(local)}]; ok {
		return id
	}
	prefix := t.list[of].text
	if len(prefix)+1+len(local) > maxName {
		return tooLong
	}
	text := string(local)
	if of != recordItself {
		text = prefix + "." + text
	}
	n := keptName{of: of, length: uint32(len(local)), text: text, mark: t.mark(text)}
	n.first, n.last = edges(local)
	id := nameID(len(t.list))
	t.list = append(t.list, n)
	t.ids[nameKey{of, text[len(text)-len(local):]}] = id
	if at >= 0 && id < 1<<16 {
		t.index[at] = uint16(id)
	}
	return id
}

// edges gives the first and last eight bytes of a name, or all of a shorter one.
func edges(b []byte) (first, last uint64) {
	if len(b) >= 8 {
		return word(b), word(b[len(b)-8:])
	}
	for i, c := range b {
		first |= uint64(c) << (8 * i)
	}
	return first, first
}

func (t *nameTable) mark(name string) mark {
	m := mark{known: t.known[name], named: isNamedData(name)}
	if plain, place, ok := event.PlainName(name); ok {
		m.plain, m.place = t.known[plain], place
	}
	return m
}

// marks gives the marks of fields whose names were not found while they were read.
func (t *nameTable) marks(out []mark, fields event.Fields) []mark {
	for i := range fields {
		out = append(out, t.mark(fields[i].Name))
	}
	return out
}

// isNamedData reports whether a field belongs to EventData's list of {Name, #text}.
func isNamedData(name string) bool {
	return strings.HasPrefix(strings.TrimPrefix(name, "Event."), "EventData.Data.")
}
