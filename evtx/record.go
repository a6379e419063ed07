package evtx

import "time"

// Record is one event. It is valid, with all that it gives, until the loop over [Reader.Records] takes its next turn: the reader uses it again.
// It is not safe for concurrent use.
type Record struct {
	ID      uint64    // the record's number, EventRecordID
	Written time.Time // when it was written, in UTC, in steps of 100 nanoseconds
	Chunk   int       // the number of the chunk that it lies in; the first is 0
	Offset  int64     // where in the file it begins, in bytes

	root      int32 // its first instance; -1 when it is empty
	instances []instance
	values    []value
	members   []member // scratch of AppendJSON, like all below
	names     []byte
	ansi      []byte
	decode    decodeANSI
}

// instance is a template with the values of one record.
type instance struct {
	template    *template
	first, size int32 // its values, in the record's
	next        int32 // the next instance of the same document; -1
	cost        int   // no more bytes than this are written for it
}

var noValue = value{nested: -1}

// value gives the value that fills a hole; a hole without value is empty.
func (r *Record) value(in *instance, hole int) *value {
	if hole >= int(in.size) {
		return &noValue
	}
	return &r.values[int(in.first)+hole]
}

const (
	maxNesting     = 16       // of binary XML as value in binary XML
	maxRecordBytes = 16 << 20 // what one record may become in JSON or XML
	maxChunkBytes  = 64 << 20 // what the records of a chunk may become together
)

// decoder fills a record from the bytes of a chunk.
type decoder struct {
	chunk   []byte
	cache   templateCache
	written int // the bound of all that was decoded in this chunk
	record  *Record
	note    *fault // what was wrong without hindering
}

// start makes the decoder read another chunk.
func (d *decoder) start(chunk []byte) {
	d.chunk, d.written = chunk, 0
	d.cache.start()
}

// decode fills r from the binary XML between two places of the chunk. The note tells of what is wrong while the record is still good.
func (d *decoder) decode(r *Record, from, to int) (note, f *fault) {
	d.record, d.note = r, nil
	r.instances, r.values, r.root = r.instances[:0], r.values[:0], -1
	root, f := d.document(from, to, 0)
	if f != nil {
		return d.note, f
	}
	if r.root = root; root < 0 && d.note == nil {
		d.note = faultf(from, "the record is empty")
	}
	cost := d.chain(root)
	if d.written += cost; cost > maxRecordBytes || d.written > maxChunkBytes {
		return d.note, faultf(from, "the record would become more than %d bytes, or those of its chunk more than %d", maxRecordBytes, maxChunkBytes)
	}
	return d.note, nil
}

// chain adds up what the instances of one document can write.
func (d *decoder) chain(first int32) (cost int) {
	for i := first; i >= 0; i = d.record.instances[i].next {
		cost += d.record.instances[i].cost
	}
	return min(cost, maxChunkBytes)
}

// document reads fragments up to the end token and gives the first instance, -1 when there is none.
func (d *decoder) document(pos, end, depth int) (int32, *fault) {
	first, last := int32(-1), int32(-1)
	if depth > maxNesting {
		return first, faultf(pos, "binary XML is nested more than %d deep", maxNesting)
	}
	for pos < end {
		var at int32
		var f *fault
		switch token := d.chunk[pos]; token &^ tokenMore {
		case tokenEnd:
			return first, nil
		case tokenFragment:
			pos += 4
			continue
		case tokenInstance:
			at, pos, f = d.instance(pos+1, end, depth)
		case tokenOpen, tokenTarget:
			at, pos, f = d.loose(pos, end, depth)
		default:
			f = faultf(pos, "token 0x%02x does not belong here", token)
		}
		if f != nil {
			return -1, f
		}
		if first < 0 {
			first = at
		} else {
			d.record.instances[last].next = at
		}
		last = at
	}
	return first, nil
}

// loose reads an element or instruction that stands outside of a template.
func (d *decoder) loose(pos, end, depth int) (int32, int, *fault) {
	// An element has a dependency identifier but in the value of a substitution; writers disagree, so the other reading is tried as well.
	p := parser{chunk: d.chunk, pos: pos, end: end, dependency: depth == 0}
	n := p.loose()
	if p.fault != nil {
		other := parser{chunk: d.chunk, pos: pos, end: end, dependency: depth != 0}
		if n = other.loose(); other.fault != nil {
			return -1, 0, p.fault
		}
		p = other
	}
	t := compile([]node{n}, 0)
	d.record.instances = append(d.record.instances, instance{template: t, next: -1, cost: t.fixed})
	return int32(len(d.record.instances) - 1), p.pos, nil
}

func (p *parser) loose() node {
	if p.peek() == tokenTarget {
		p.u8()
		return p.instruction()
	}
	return p.element()
}

// instance reads a template instance behind its token: which template, and the values.
func (d *decoder) instance(pos, end, depth int) (int32, int, *fault) {
	const head, definition = 9, 24
	if end-pos < head {
		return -1, 0, faultf(pos, "the template instance ends too early")
	}
	id, offset := le32(d.chunk[pos+1:]), int(le32(d.chunk[pos+5:]))
	t, size, f := d.cache.at(d.chunk, offset)
	if f != nil {
		return -1, 0, f
	}
	if le32(d.chunk[offset+4:]) != id && d.note == nil {
		d.note = faultf(pos, "the template at %d is not the one that is asked for", offset)
	}
	if pos += head; offset == pos { // defined where it is first used
		pos += definition + size
	}
	at := len(d.record.instances)
	d.record.instances = append(d.record.instances, instance{template: t, next: -1})
	next, f := d.values(at, pos, end, depth)
	return int32(at), next, f
}

// values reads the values of an instance: their number, a size and type for each, and then their bytes.
func (d *decoder) values(at, pos, end, depth int) (int, *fault) {
	if end-pos < 4 {
		return 0, faultf(pos, "the values of the template instance are missing")
	}
	n := int(le32(d.chunk[pos:]))
	if n > (end-pos-4)/4 {
		return 0, faultf(pos, "%d values in %d bytes", n, end-pos)
	}
	r, kinds, data := d.record, pos+4, pos+4+4*n
	first := len(r.values)
	r.instances[at].first, r.instances[at].size = int32(first), int32(n)
	for i := range n {
		size, kind := int(le16(d.chunk[kinds+4*i:])), d.chunk[kinds+4*i+2]
		if size > end-data {
			return 0, faultf(data, "value %d reaches beyond the record", i)
		}
		v, reason := newValue(kind, d.chunk[data:data+size])
		if reason != "" && d.note == nil {
			d.note = faultf(data, "value %d of type 0x%02x and %d bytes: %s", i, kind, size, reason)
		}
		r.values = append(r.values, v)
		data += size
	}
	if f := d.nest(first, n, kinds+4*n, depth); f != nil {
		return 0, f
	}
	d.count(at)
	return data, nil
}

// nest reads those of the values that are binary XML themselves.
func (d *decoder) nest(first, n, pos, depth int) *fault {
	for i := first; i < first+n; i++ {
		from, size := pos, len(d.record.values[i].data)
		if pos += size; d.record.values[i].kind != typeBinXML {
			continue
		}
		nested, f := d.document(from, pos, depth+1)
		if f != nil {
			return f
		}
		d.record.values[i].nested = nested
	}
	return nil
}

// count bounds what an instance can write.
func (d *decoder) count(at int) {
	r := d.record
	in := &r.instances[at]
	in.cost = in.template.fixed
	if missing := len(in.template.uses) - int(in.size); missing > 0 && d.note == nil {
		d.note = faultf(0, "the template asks for %d values and the record has %d", len(in.template.uses), in.size)
	}
	for i := range in.template.uses {
		use, v := in.template.uses[i], r.value(in, i)
		cost := perPiece + 6*len(v.data)
		if v.nested >= 0 {
			cost = d.chain(v.nested)
		}
		cost *= use.count
		if v.array() {
			cost += len(v.data) * (use.wrap + perPiece*use.count)
		}
		in.cost = min(in.cost+cost, maxChunkBytes)
	}
}
