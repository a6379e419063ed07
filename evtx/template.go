package evtx

import "bytes"

const (
	definitionHead  = 24      // next definition, GUID, size
	maxParsedBytes  = 1 << 20 // of template definitions in one chunk
	maxCachedBytes  = 1 << 19 // of definitions that are kept beyond their chunk
	maxSameTemplate = 8       // definitions of one GUID and size that are kept
)

// templateCache finds the template that is defined at an offset of a chunk. A definition is parsed once for the chunk, and not even that
// when a chunk before it had the same one; offsets of names differ from chunk to chunk, so all but these must be the same, and the names.
type templateCache struct {
	here    map[int]definition
	parsed  int
	shared  map[templateID][]sharedTemplate
	holding int
}

type definition struct {
	template *template
	size     int
	fault    *fault
}

type templateID struct {
	guid [16]byte
	size int
}

type sharedTemplate struct {
	template *template
	source   []byte
	names    []nameRef // their places in source
}

// start forgets what belongs to the chunk before.
func (c *templateCache) start() {
	if c.here == nil {
		c.here, c.shared = map[int]definition{}, map[templateID][]sharedTemplate{}
	}
	clear(c.here)
	c.parsed = 0
}

// at gives the template at an offset of the chunk and the size of its definition without head.
func (c *templateCache) at(chunk []byte, offset int) (*template, int, *fault) {
	if d, known := c.here[offset]; known {
		return d.template, d.size, d.fault
	}
	if offset < chunkHeaderSize || offset > len(chunk)-definitionHead {
		return nil, 0, faultf(min(offset, len(chunk)), "there is no template at %d", offset)
	}
	size := int(le32(chunk[offset+20:]))
	if size > len(chunk)-offset-definitionHead {
		return nil, 0, faultf(offset, "the template at %d reaches beyond its chunk", offset)
	}
	d := definition{size: size}
	d.template, d.fault = c.find(chunk, offset, size)
	c.here[offset] = d
	return d.template, d.size, d.fault
}

func (c *templateCache) find(chunk []byte, offset, size int) (*template, *fault) {
	id := templateID{guid: [16]byte(chunk[offset+4:]), size: size}
	from := offset + definitionHead
	for _, s := range c.shared[id] {
		if s.matches(chunk, from) {
			return s.template, nil
		}
	}
	if c.parsed += size; c.parsed > maxParsedBytes {
		return nil, faultf(offset, "the templates of this chunk are larger than %d bytes together", maxParsedBytes)
	}
	p := parser{chunk: chunk, pos: from, end: from + size, dependency: true, holes: true}
	roots := p.document()
	if p.fault != nil {
		return nil, p.fault
	}
	if len(roots) == 0 {
		return nil, faultf(from, "the template at %d is empty", offset)
	}
	t := compile(roots, p.maxHole)
	c.keep(id, t, chunk[from:from+size], p.names, from)
	return t, nil
}

// keep remembers a template for chunks to come.
func (c *templateCache) keep(id templateID, t *template, source []byte, names []nameRef, from int) {
	if len(c.shared[id]) >= maxSameTemplate || len(source) > maxCachedBytes/8 {
		return
	}
	if c.holding += len(source); c.holding > maxCachedBytes {
		clear(c.shared)
		c.holding = len(source)
	}
	for i := range names {
		names[i].at -= from
		names[i].text = bytes.Clone(names[i].text) // the chunk's bytes will be overwritten
	}
	c.shared[id] = append(c.shared[id], sharedTemplate{template: t, source: bytes.Clone(source), names: names})
}

// matches tells whether the definition that begins at a place of the chunk is this one.
func (s *sharedTemplate) matches(chunk []byte, from int) bool {
	here, at := chunk[from:from+len(s.source)], 0
	for _, name := range s.names {
		if !bytes.Equal(here[at:name.at], s.source[at:name.at]) {
			return false
		}
		offset := int(le32(here[name.at:]))
		if (offset == from+name.at+4) != name.inline {
			return false
		}
		text, size := nameAt(chunk, offset)
		if text == nil || !bytes.Equal(text, name.text) {
			return false
		}
		if at = name.at + 4; name.inline {
			at += size
		}
	}
	return bytes.Equal(here[at:], s.source[at:])
}
