package source

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/klauspost/compress/s2"

	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// ErrCorrupt is wrapped by every error of DecodeBatch.
var ErrCorrupt = errors.New("corrupt batch")

// batchVersion is the first byte of a batch's durable form. What follows is one s2 block: the head as JSON, then the records, each with its length before it.
const batchVersion = 1

// maxDecoded bounds what a damaged length may make DecodeBatch allocate.
const maxDecoded = 256 << 20

type batchHead struct {
	Tenant   string `json:"tenant"`
	Site     string `json:"site,omitempty"`
	Source   string `json:"source"`
	Format   Format `json:"format"`
	Zone     string `json:"zone,omitempty"`
	Header   string `json:"header,omitempty"`
	Peer     string `json:"peer,omitempty"`
	Received int64  `json:"received"` // Unix microseconds
	Records  int    `json:"records"`
}

// Encode gives the batch's durable form.
func (b *Batch) Encode() []byte {
	head, _ := json.Marshal(batchHead{ // strings and integers always marshal
		Tenant: b.Tenant.String(), Site: b.Site, Source: b.Source, Format: b.Format, Zone: b.Zone,
		Header: b.Header, Peer: b.Peer, Received: b.Received.UnixMicro(), Records: len(b.Records),
	})
	size := len(head) + 16
	for i := range b.Records {
		size += len(b.Records[i].Bytes) + len(b.Records[i].Problem) + 12
	}
	plain := appendBytes(make([]byte, 0, size), head)
	for i := range b.Records {
		r := &b.Records[i]
		plain = appendBytes(plain, r.Bytes)
		plain = binary.AppendUvarint(plain, uint64(r.Size))
		plain = appendBytes(plain, []byte(r.Problem))
	}
	return append([]byte{batchVersion}, s2.Encode(nil, plain)...)
}

func appendBytes(b, v []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(v))), v...)
}

// DecodeBatch reads what Encode gave. The records share memory with each other but not with data.
func DecodeBatch(data []byte) (*Batch, error) {
	if len(data) == 0 || data[0] != batchVersion {
		return nil, fmt.Errorf("%w: unknown version", ErrCorrupt)
	}
	if n, err := s2.DecodedLen(data[1:]); err != nil || n > maxDecoded {
		return nil, fmt.Errorf("%w: length %d: %v", ErrCorrupt, n, err)
	}
	plain, err := s2.Decode(nil, data[1:])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	r := reader{rest: plain}
	var head batchHead
	if err := json.Unmarshal(r.bytes(), &head); err != nil {
		return nil, fmt.Errorf("%w: head: %w", ErrCorrupt, err)
	}
	id, err := tenant.ParseID(head.Tenant)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	b := &Batch{
		Tenant: id, Site: head.Site, Source: head.Source, Format: head.Format, Zone: head.Zone,
		Header: head.Header, Peer: head.Peer, Received: time.UnixMicro(head.Received).UTC(),
	}
	for range head.Records {
		b.Records = append(b.Records, Record{Bytes: r.bytes(), Size: int(r.uvarint()), Problem: string(r.bytes())})
		if r.bad {
			return nil, fmt.Errorf("%w: record %d is cut short", ErrCorrupt, len(b.Records)-1)
		}
	}
	return b, nil
}

type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) bytes() []byte {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.bad, r.rest = true, nil
		return nil
	}
	v := r.rest[:n:n]
	r.rest = r.rest[n:]
	return v
}
