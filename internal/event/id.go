package event

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// ID names one event for ever: which log, which batch in it, which record in the batch.
// IDs of one partition sort in the order of arrival. The text form is "epoch-partition-sequence-position", in decimal.
type ID struct {
	Epoch     uint32 // changes when a log is begun anew
	Partition uint16
	Seq       uint64 // of the batch in the partition, from 1
	Pos       uint32 // of the record in the batch, from 0
}

// String is the text form.
func (id ID) String() string {
	b := make([]byte, 0, 40)
	b = strconv.AppendUint(b, uint64(id.Epoch), 10)
	b = append(b, '-')
	b = strconv.AppendUint(b, uint64(id.Partition), 10)
	b = append(b, '-')
	b = strconv.AppendUint(b, id.Seq, 10)
	b = append(b, '-')
	return string(strconv.AppendUint(b, uint64(id.Pos), 10))
}

// ParseID reads the text form.
func ParseID(s string) (ID, error) {
	parts := strings.Split(s, "-")
	if len(parts) != 4 {
		return ID{}, fmt.Errorf("event id %q: want epoch-partition-sequence-position", s)
	}
	var n [4]uint64
	for i, bits := range [4]int{32, 16, 64, 32} {
		v, err := strconv.ParseUint(parts[i], 10, bits)
		if err != nil {
			return ID{}, fmt.Errorf("event id %q: part %d: %w", s, i+1, err)
		}
		n[i] = v
	}
	return ID{Epoch: uint32(n[0]), Partition: uint16(n[1]), Seq: n[2], Pos: uint32(n[3])}, nil
}

// Compare orders by epoch, partition, sequence, position.
func (id ID) Compare(other ID) int {
	return cmp.Or(cmp.Compare(id.Epoch, other.Epoch), cmp.Compare(id.Partition, other.Partition),
		cmp.Compare(id.Seq, other.Seq), cmp.Compare(id.Pos, other.Pos))
}

// MarshalText writes the text form.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the text form.
func (id *ID) UnmarshalText(text []byte) error {
	parsed, err := ParseID(string(text))
	if err == nil {
		*id = parsed
	}
	return err
}
