package evtx

import "strings"

// The tokens of binary XML. The flag more says that further data of the same content follows.
const (
	tokenEnd         = 0x00
	tokenOpen        = 0x01
	tokenClose       = 0x02
	tokenCloseEmpty  = 0x03
	tokenEndElement  = 0x04
	tokenText        = 0x05
	tokenAttribute   = 0x06
	tokenCData       = 0x07
	tokenCharRef     = 0x08
	tokenEntity      = 0x09
	tokenTarget      = 0x0a
	tokenInstruction = 0x0b
	tokenInstance    = 0x0c
	tokenHole        = 0x0d
	tokenOptional    = 0x0e
	tokenFragment    = 0x0f
	tokenMore        = 0x40

	maxDepth = 64 // of elements in one template
	maxHole  = 1 << 14
)

// parser turns tokens into a tree. It keeps the first fault and reads zeros from then on.
type parser struct {
	chunk      []byte // names are found by their offset in it
	pos, end   int
	dependency bool // elements begin with a dependency identifier
	holes      bool // this is a template: there may be substitutions
	depth      int
	maxHole    int
	fault      *fault
	names      []nameRef
}

// nameRef is a place in a template definition where the offset of a name stands, and the name.
type nameRef struct {
	at     int  // in the chunk
	inline bool // the name itself follows
	text   []byte
}

func (p *parser) fail(at int, format string, args ...any) {
	if p.fault == nil {
		p.fault = faultf(at, format, args...)
	}
	p.pos = p.end
}

func (p *parser) take(n int) []byte {
	if p.fault != nil || n > p.end-p.pos {
		p.fail(p.pos, "the binary XML ends too early")
		return nil
	}
	b := p.chunk[p.pos : p.pos+n]
	p.pos += n
	return b
}

func (p *parser) u8() byte {
	if b := p.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (p *parser) u16() int {
	if b := p.take(2); b != nil {
		return int(le16(b))
	}
	return 0
}

func (p *parser) u32() int {
	if b := p.take(4); b != nil {
		return int(le32(b))
	}
	return 0
}

func (p *parser) peek() byte {
	if p.fault != nil || p.pos >= p.end {
		return tokenEnd
	}
	return p.chunk[p.pos]
}

// name reads a reference to a name. The name follows the reference where it is used for the first time in a chunk.
func (p *parser) name() string {
	at := p.pos
	offset := p.u32()
	if p.fault != nil {
		return ""
	}
	text, size := nameAt(p.chunk, offset)
	if text == nil {
		p.fail(at, "there is no name at %d", offset)
		return ""
	}
	inline := offset == p.pos
	if inline {
		p.take(size)
	}
	name := string(appendUTF16(nil, text))
	if p.fault == nil && !validName(name) {
		p.fail(at, "%q is no name", name)
	}
	p.names = append(p.names, nameRef{at: at, inline: inline, text: text})
	return name
}

// nameAt gives the UTF-16 text of the name at an offset of the chunk and the bytes that it takes there, or nil.
func nameAt(chunk []byte, offset int) (text []byte, size int) {
	const head = 8 // next name, hash, number of characters
	if offset < chunkHeaderSize || offset > len(chunk)-head {
		return nil, 0
	}
	size = head + 2*int(le16(chunk[offset+6:])) + 2
	if size > len(chunk)-offset {
		return nil, 0
	}
	return chunk[offset+head : offset+size-2 : offset+size-2], size
}

// nameStart and nameRest are the characters that a name in XML begins with, and those that it may have besides ([XML 1.0], section 2.3).
var (
	nameStart = []rune{
		'A', 'Z', '_', '_', 'a', 'z', 0xc0, 0xd6, 0xd8, 0xf6, 0xf8, 0x2ff, 0x370, 0x37d, 0x37f, 0x1fff, 0x200c, 0x200d, 0x2070, 0x218f,
		0x2c00, 0x2fef, 0x3001, 0xd7ff, 0xf900, 0xfdcf, 0xfdf0, 0xfffc, 0x10000, 0xeffff,
	}
	nameRest = []rune{'-', '.', '0', '9', 0xb7, 0xb7, 0x300, 0x36f, 0x203f, 0x2040}
)

func within(c rune, ranges []rune) bool {
	for i := 0; i < len(ranges); i += 2 {
		if c >= ranges[i] && c <= ranges[i+1] {
			return true
		}
	}
	return false
}

// validName keeps out what would break the XML that we write. One colon may part a prefix from the name.
func validName(name string) bool {
	prefix, local, parted := strings.Cut(name, ":")
	return validPart(prefix) && (!parted || validPart(local))
}

func validPart(name string) bool {
	for i, c := range name {
		if !within(c, nameStart) && (i == 0 || !within(c, nameRest)) {
			return false
		}
	}
	return name != ""
}

// text reads a counted UTF-16 string.
func (p *parser) text() string { return string(appendUTF16(nil, p.take(2*p.u16()))) }

// document reads the elements and instructions of one template definition.
func (p *parser) document() []node {
	var roots []node
	for p.fault == nil {
		switch token := p.u8(); token &^ tokenMore {
		case tokenEnd:
			return roots
		case tokenFragment:
			p.take(3)
		case tokenOpen:
			p.pos--
			roots = append(roots, p.element())
		case tokenTarget:
			roots = append(roots, p.instruction())
		default:
			p.fail(p.pos-1, "token 0x%02x does not belong here", token)
		}
	}
	return roots
}

// element reads one element with all that is in it.
func (p *parser) element() node {
	at := p.pos
	if p.depth++; p.depth > maxDepth {
		p.fail(at, "elements are nested more than %d deep", maxDepth)
	}
	token := p.u8()
	if p.dependency {
		p.take(2)
	}
	p.take(4) // the size of the element, which its tokens tell as well
	e := &element{name: p.name()}
	if token&tokenMore != 0 {
		e.attributes = p.attributes()
	}
	switch token := p.u8(); token {
	case tokenClose:
		e.content = p.content()
	case tokenCloseEmpty:
	default:
		p.fail(p.pos-1, "token 0x%02x does not end the start of an element", token)
	}
	p.depth--
	return node{kind: elementNode, element: e}
}

func (p *parser) attributes() []attribute {
	size := p.u32()
	if size > p.end-p.pos {
		p.fail(p.pos-4, "the attributes reach beyond their element")
	}
	var all []attribute
	for p.fault == nil && p.peek()&^tokenMore == tokenAttribute {
		p.u8()
		a := attribute{name: p.name(), fixed: true}
		for _, other := range all {
			if other.name == a.name {
				p.fail(p.pos, "the attribute %s is there twice", a.name)
			}
		}
		for p.fault == nil && isContent(p.peek()) {
			n := p.piece(true)
			a.fixed = a.fixed && n.kind != holeNode
			a.value = append(a.value, n)
		}
		if all = append(all, a); len(all) > 256 {
			p.fail(p.pos, "an element has more than 256 attributes")
		}
	}
	return all
}

// isContent tells the tokens that an attribute's value is made of.
func isContent(token byte) bool {
	switch token &^ tokenMore {
	case tokenText, tokenCharRef, tokenEntity, tokenHole, tokenOptional:
		return true
	}
	return false
}

func (p *parser) content() []node {
	var all []node
	for p.fault == nil {
		switch token := p.peek(); {
		case token == tokenEndElement:
			p.u8()
			return all
		case token&^tokenMore == tokenOpen:
			all = append(all, p.element())
		case token == tokenTarget:
			p.u8()
			all = append(all, p.instruction())
		case token&^tokenMore == tokenCData:
			p.u8()
			all = append(all, cdata(p.text()))
		case isContent(token):
			all = append(all, p.piece(false))
		default:
			p.fail(p.pos, "token 0x%02x does not belong into an element", token)
		}
	}
	return all
}

// piece reads a text, a reference to a character or entity, or a substitution.
func (p *parser) piece(inAttribute bool) node {
	switch token := p.u8(); token &^ tokenMore {
	case tokenText:
		if kind := p.u8(); kind != typeString {
			p.fail(p.pos-1, "a text of type 0x%02x", kind)
		}
		return text(p.text(), inAttribute)
	case tokenCharRef:
		return charRef(rune(p.u16()))
	case tokenEntity:
		return entity(p.name())
	default:
		return p.hole(token == tokenOptional)
	}
}

func (p *parser) hole(optional bool) node {
	at := p.pos - 1
	n := node{kind: holeNode, hole: p.u16(), optional: optional}
	p.u8() // the type that is expected; the value says its own
	if !p.holes {
		p.fail(at, "a substitution outside of a template")
	}
	if n.hole >= maxHole {
		p.fail(at, "a substitution by value %d", n.hole)
	}
	p.maxHole = max(p.maxHole, n.hole+1)
	return n
}

func (p *parser) instruction() node {
	at := p.pos
	target, data := p.name(), ""
	if strings.EqualFold(target, "xml") {
		p.fail(at, "an XML declaration as instruction")
	}
	if p.peek() == tokenInstruction {
		p.u8()
		data = p.text()
	}
	return instruction(target, data)
}
