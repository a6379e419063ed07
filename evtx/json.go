package evtx

// AppendJSON appends the record as one line of JSON, without line feed at its end, and returns the longer slice. It never fails.
//
// An element becomes a member of its parent by its name: null when it is empty, a number, true, false or a string when it holds a text alone, else an
// object of its children. Attributes stand in a member #attributes, a text beside them in #text. <Data Name="Image">x</Data> becomes "Image":"x", and elements
// Data without name in EventData or UserData become "Data":{"#text":…}. Elements of the same name become a list, so that nothing is lost. Hexadecimal
// numbers are strings, GUIDs go without braces, and times are in UTC with microseconds.
func (r *Record) AppendJSON(dst []byte) []byte {
	r.members, r.names = r.members[:0], r.names[:0]
	r.collectDocument(r.root)
	return closeObject(r.appendCollected(append(dst, '{'), 0))
}

// closeObject ends an object; each member has a comma behind it.
func closeObject(dst []byte) []byte {
	if last := len(dst) - 1; dst[last] == ',' {
		dst[last] = '}'
		return dst
	}
	return append(dst, '}')
}

// appendEmpty appends the value of an element without any content.
func appendEmpty(dst []byte, e *element) []byte {
	if e.named || e.listed {
		return append(dst, `""`...)
	}
	return append(dst, "null"...)
}

// appendObject appends the value of one element, with an item as its content unless it is nil.
func (r *Record) appendObject(dst []byte, e *element, in *instance, item *value) []byte {
	if item == nil && e.hole >= 0 {
		if v := r.value(in, e.hole); v.nested < 0 && !v.array() {
			item = v
		}
	}
	start := len(dst)
	nests := item == nil && r.nests(e, in)
	if len(e.members) > 0 || nests || e.children {
		dst = r.appendAttributes(append(dst, '{'), e, in)
	}
	if len(dst) <= start+1 && !nests && !e.children {
		if dst = r.appendContent(dst[:start], e, in, item); len(dst) == start {
			return appendEmpty(dst, e)
		}
		return dst
	}
	before := len(dst)
	dst = append(dst, `"#text":`...)
	if dst = append(r.appendContent(dst, e, in, item), ','); dst[len(dst)-2] == ':' {
		dst = dst[:before]
	}
	if nests || e.children {
		dst = r.appendChildren(dst, e, in, nests)
	}
	if len(dst) == start+1 {
		return appendEmpty(dst[:start], e)
	}
	return closeObject(dst)
}

// nests tells whether a value among the content of an element is binary XML.
func (r *Record) nests(e *element, in *instance) bool {
	if e.hole >= 0 {
		return r.value(in, e.hole).nested >= 0
	}
	for i := range e.content {
		if n := &e.content[i]; n.kind == holeNode && r.value(in, n.hole).nested >= 0 {
			return true
		}
	}
	return false
}

// appendContent appends the text of an element as number, truth value or string; nothing when there is none.
func (r *Record) appendContent(dst []byte, e *element, in *instance, item *value) []byte {
	if item != nil && bare(item) {
		return appendNumber(dst, item)
	}
	start := len(dst)
	dst = append(dst, '"')
	if item != nil {
		dst = r.appendValue(dst, item, toJSON)
	} else {
		dst = r.appendNodes(dst, e.content, in, toJSON)
	}
	if len(dst) == start+1 {
		return dst[:start]
	}
	return append(dst, '"')
}

// bare tells whether a value stands without quotes.
func bare(v *value) bool {
	switch v.kind {
	case typeInt8, typeUint8, typeInt16, typeUint16, typeInt32, typeUint32, typeInt64, typeUint64, typeBool:
		return true
	case typeReal32, typeReal64:
		return finite(v)
	}
	return false
}

// appendAttributes appends the member #attributes; nothing when the element has none.
func (r *Record) appendAttributes(dst []byte, e *element, in *instance) []byte {
	const head = `"#attributes":{`
	start := len(dst)
	dst = append(dst, head...)
	for i := range e.members {
		a := &e.members[i]
		if r.missing(a.value, in) {
			continue
		}
		dst = append(dst, a.key...)
		if len(a.value) == 1 && a.value[0].kind == holeNode {
			if v := r.value(in, a.value[0].hole); bare(v) {
				dst = append(appendNumber(dst, v), ',')
				continue
			}
		}
		dst = append(r.appendNodes(append(dst, '"'), a.value, in, toJSON), '"', ',')
	}
	if len(dst) == start+len(head) {
		return dst[:start]
	}
	return append(closeObject(dst), ',')
}
