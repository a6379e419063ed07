package evtx

// AppendXML appends the record as one XML element, as the Event Viewer writes it, without declaration or line feed at its end, and returns the longer slice.
// Characters that XML 1.0 cannot hold become U+FFFD. It never fails: what could not be told was refused when the record was read.
func (r *Record) AppendXML(dst []byte) []byte { return r.appendDocument(dst, r.root) }

func (r *Record) appendDocument(dst []byte, first int32) []byte {
	for i := first; i >= 0; {
		in := &r.instances[i]
		dst = r.appendNodes(dst, in.template.roots, in, toXML)
		i = in.next
	}
	return dst
}

// appendNodes appends content, or the value of an attribute; for JSON the text of it.
func (r *Record) appendNodes(dst []byte, nodes []node, in *instance, to escape) []byte {
	for i := range nodes {
		switch n := &nodes[i]; {
		case n.kind == holeNode:
			v := r.value(in, n.hole)
			if v.nested >= 0 && to == toXML {
				dst = r.appendDocument(dst, v.nested)
			} else {
				dst = r.appendItems(dst, v, to)
			}
		case to == toJSON:
			dst = append(dst, n.json...)
		case n.kind == elementNode:
			dst = r.appendElement(dst, n.element, in)
		default:
			dst = append(dst, n.xml...)
		}
	}
	return dst
}

// appendItems appends a value; the items of an array in one place are told apart by commas.
func (r *Record) appendItems(dst []byte, v *value, to escape) []byte {
	if !v.array() {
		return r.appendValue(dst, v, to)
	}
	for rest := *v; len(rest.data) > 0; {
		var item value
		item, rest = rest.first()
		dst = r.appendValue(dst, &item, to)
		if len(rest.data) > 0 {
			dst = append(dst, ',')
		}
	}
	return dst
}

// missing tells whether an optional substitution among the nodes has no value: what surrounds it is left out then.
func (r *Record) missing(nodes []node, in *instance) bool {
	for i := range nodes {
		if n := &nodes[i]; n.optional && r.value(in, n.hole).kind == typeNull {
			return true
		}
	}
	return false
}

func (r *Record) appendElement(dst []byte, e *element, in *instance) []byte {
	if e.optional && r.missing(e.content, in) {
		return dst
	}
	if e.hole < 0 {
		return r.appendOne(dst, e, in, nil)
	}
	v := r.value(in, e.hole)
	if !v.array() || len(v.data) == 0 {
		return r.appendOne(dst, e, in, nil)
	}
	for rest := *v; len(rest.data) > 0; { // an array repeats the element
		var item value
		item, rest = rest.first()
		dst = r.appendOne(dst, e, in, &item)
	}
	return dst
}

// appendOne appends an element, with an item as its content unless it is nil.
func (r *Record) appendOne(dst []byte, e *element, in *instance, item *value) []byte {
	dst = append(dst, e.open...)
	for i := range e.rest {
		a := &e.rest[i]
		if r.missing(a.value, in) {
			continue
		}
		dst = append(r.appendNodes(append(dst, a.open...), a.value, in, toAttribute), '"')
	}
	dst = append(dst, '>')
	start := len(dst)
	if item != nil {
		dst = r.appendValue(dst, item, toXML)
	} else {
		dst = r.appendNodes(dst, e.content, in, toXML)
	}
	if len(dst) == start {
		return append(dst[:start-1], '/', '>')
	}
	return append(dst, e.close...)
}
