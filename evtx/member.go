package evtx

import "bytes"

// member is an element that becomes a member of an object, where that is known only when the record is told.
type member struct {
	key     []byte
	element *element
	in      *instance
	first   bool
	next    int32 // the next member of the same name; -1
	last    int32 // of the first one: the last of the same name
}

// appendChildren appends the child elements as members.
func (r *Record) appendChildren(dst []byte, e *element, in *instance, nests bool) []byte {
	if nests || e.moving {
		from := len(r.members)
		r.collect(e.content, in)
		dst = r.appendCollected(dst, from)
		r.members = r.members[:from]
		return dst
	}
	for i := range e.groups {
		g, n := &e.groups[i], 0
		for _, child := range g.of {
			n += r.count(child, in)
		}
		if n == 0 {
			continue
		}
		dst = openMember(dst, g.key, g.listed, n)
		for _, child := range g.of {
			dst = r.appendMember(dst, child, in)
		}
		dst = closeMember(dst, g.listed, n)
	}
	return dst
}

func openMember(dst, key []byte, listed bool, n int) []byte {
	dst = append(dst, key...)
	if listed {
		dst = append(dst, `{"#text":`...)
	}
	if n > 1 {
		dst = append(dst, '[')
	}
	return dst
}

// closeMember ends a member behind its last value, which has a comma.
func closeMember(dst []byte, listed bool, n int) []byte {
	if n > 1 {
		dst = append(dst[:len(dst)-1], ']', ',')
	}
	if listed {
		dst = append(dst[:len(dst)-1], '}', ',')
	}
	return dst
}

// count gives how many values an element has: none when it is left out, several when an array repeats it.
func (r *Record) count(e *element, in *instance) int {
	if e.optional && r.missing(e.content, in) {
		return 0
	}
	if e.hole < 0 {
		return 1
	}
	return r.value(in, e.hole).items()
}

// appendMember appends each value of an element with a comma behind it.
func (r *Record) appendMember(dst []byte, e *element, in *instance) []byte {
	if e.optional && r.missing(e.content, in) {
		return dst
	}
	if e.hole < 0 {
		return append(r.appendObject(dst, e, in, nil), ',')
	}
	v := r.value(in, e.hole)
	if !v.array() || len(v.data) == 0 {
		return append(r.appendObject(dst, e, in, nil), ',')
	}
	for rest := *v; len(rest.data) > 0; {
		var item value
		item, rest = rest.first()
		dst = append(r.appendObject(dst, e, in, &item), ',')
	}
	return dst
}

// collect lists the child elements of a content, those of nested binary XML among them.
func (r *Record) collect(nodes []node, in *instance) {
	for i := range nodes {
		switch n := &nodes[i]; n.kind {
		case elementNode:
			r.members = append(r.members, member{key: r.memberKey(n.element, in), element: n.element, in: in, next: -1})
		case holeNode:
			r.collectDocument(r.value(in, n.hole).nested)
		}
	}
}

func (r *Record) collectDocument(first int32) {
	for i := first; i >= 0; {
		in := &r.instances[i]
		r.collect(in.template.roots, in)
		i = in.next
	}
}

// memberKey gives the name of an element's member. A name that comes out of the record must not be taken for one of ours.
func (r *Record) memberKey(e *element, in *instance) []byte {
	if e.keyFrom == nil {
		return e.key
	}
	from := len(r.names)
	r.names = r.appendNodes(append(r.names, '"'), e.keyFrom, in, toJSON)
	if len(r.names) == from+1 {
		r.names = append(r.names, "Data"...)
	} else if r.names[from+1] == '#' {
		r.names = append(r.names, r.names[len(r.names)-1])
		copy(r.names[from+2:], r.names[from+1:])
		r.names[from+1] = '_'
	}
	r.names = append(r.names, '"', ':')
	return r.names[from:len(r.names):len(r.names)]
}

// appendCollected appends the members from one on, those of the same name as one list.
func (r *Record) appendCollected(dst []byte, from int) []byte {
	r.link(from)
	for i, end := from, len(r.members); i < end; i++ {
		if !r.members[i].first {
			continue
		}
		n, listed := 0, true
		for at := int32(i); at >= 0; at = r.members[at].next {
			m := &r.members[at]
			n, listed = n+r.count(m.element, m.in), listed && m.element.listed
		}
		if n == 0 {
			continue
		}
		dst = openMember(dst, r.members[i].key, listed, n)
		for at := int32(i); at >= 0; at = r.members[at].next {
			dst = r.appendMember(dst, r.members[at].element, r.members[at].in)
		}
		dst = closeMember(dst, listed, n)
	}
	return dst
}

const fewMembers = 16 // up to here, comparing all names is faster than a map

// link ties members of the same name together.
func (r *Record) link(from int) {
	var known map[string]int
	if len(r.members)-from > fewMembers {
		known = make(map[string]int, len(r.members)-from)
	}
	for i := from; i < len(r.members); i++ {
		m := &r.members[i]
		at := r.sameName(known, from, i)
		if m.first, m.last = at < 0, int32(i); at < 0 {
			continue
		}
		head := &r.members[at]
		r.members[head.last].next, head.last = int32(i), int32(i)
	}
}

// sameName gives the first member before i that has its name, -1 when there is none.
func (r *Record) sameName(known map[string]int, from, i int) int {
	key := r.members[i].key
	if known != nil {
		at, ok := known[string(key)]
		if ok {
			return at
		}
		known[string(key)] = i
		return -1
	}
	for at := from; at < i; at++ {
		if r.members[at].first && bytes.Equal(r.members[at].key, key) {
			return at
		}
	}
	return -1
}
