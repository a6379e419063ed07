package evtx

import (
	"strconv"
	"strings"
)

func text(s string, inAttribute bool) node {
	return node{kind: textNode, json: appendJSONText(nil, s), xml: appendXMLText(nil, s, inAttribute), blank: strings.TrimSpace(s) == ""}
}

// cdata keeps the section as it was; where its text would end it early it goes on in a second one.
func cdata(s string) node {
	n := text(s, false)
	n.xml = []byte("<![CDATA[" + strings.ReplaceAll(xmlCharacters(s), "]]>", "]]]]><![CDATA[>") + "]]>")
	n.blank = false
	return n
}

func charRef(c rune) node {
	if !xmlCharacter(c) {
		c = 0xfffd
	}
	return node{kind: textNode, json: appendJSONText(nil, string(c)), xml: []byte("&#" + strconv.Itoa(int(c)) + ";")}
}

var entities = map[string]string{"lt": "<", "gt": ">", "amp": "&", "quot": `"`, "apos": "'"}

// entity is a reference to an entity. One that XML does not define by itself stands as its name, since nobody could resolve it.
func entity(name string) node {
	if c, ok := entities[name]; ok {
		return node{kind: textNode, json: appendJSONText(nil, c), xml: []byte("&" + name + ";")}
	}
	return text("&"+name+";", true)
}

// instruction is told in XML alone: it is addressed to programs and holds no data of the event.
func instruction(target, data string) node {
	data = strings.ReplaceAll(xmlCharacters(data), "?>", "? >")
	return node{kind: instructionNode, xml: []byte("<?" + strings.TrimSpace(target+" "+data) + "?>"), blank: true}
}

// compile prepares all elements for writing and counts what they can be made to write.
func compile(roots []node, holes int) *template {
	t := &template{roots: roots, uses: make([]holeUse, holes)}
	t.add(roots, "", 0)
	return t
}

const perPiece = 32 // brackets, quotes and commas around one piece, generously

func (t *template) add(nodes []node, parent string, wrap int) {
	for i := range nodes {
		n := &nodes[i]
		t.fixed += len(n.json) + len(n.xml) + perPiece
		switch n.kind {
		case holeNode:
			t.uses[n.hole].count++
			t.uses[n.hole].wrap += wrap
		case elementNode:
			t.addElement(n.element, parent)
		}
	}
}

func (t *template) addElement(e *element, parent string) {
	e.prepare(parent)
	around := len(e.open) + len(e.close) + len(e.key) + perPiece
	for _, a := range e.attributes {
		around += len(a.open) + len(a.key) + perPiece
		for i := range a.value {
			around += len(a.value[i].json) + len(a.value[i].xml)
		}
		t.add(a.value, "", 0)
	}
	t.fixed += around
	for i := range e.content {
		if n := &e.content[i]; e.children && n.blank {
			n.json = nil // white space between child elements is layout
		}
	}
	t.add(e.content, e.name, around)
	e.group()
}

// prepare writes what is the same in every record.
func (e *element) prepare(parent string) {
	e.hole, e.open, e.close = -1, []byte("<"+e.name), []byte("</"+e.name+">")
	if len(e.content) == 1 && e.content[0].kind == holeNode {
		e.hole = e.content[0].hole
	}
	for i := range e.content {
		n := &e.content[i]
		e.children = e.children || n.kind == elementNode
		e.optional = e.optional || n.optional
	}
	e.optional = e.optional && !e.children
	for i := range e.attributes {
		a := &e.attributes[i]
		a.open, a.key = []byte(" "+a.name+`="`), jsonKey(a.name)
		if len(e.rest) > 0 || !a.fixed {
			e.rest = append(e.rest, *a)
			continue
		}
		e.open = append(appendFixed(append(e.open, a.open...), a.value), '"')
	}
	e.key, e.members = jsonKey(e.name), e.attributes
	e.prepareData(parent)
}

func appendFixed(dst []byte, nodes []node) []byte {
	for i := range nodes {
		dst = append(dst, nodes[i].xml...)
	}
	return dst
}

// prepareData finds the name that an element Data goes by: in JSON it becomes a member of that name.
func (e *element) prepareData(parent string) {
	if e.name != "Data" {
		return
	}
	e.listed = len(e.attributes) == 0 && (parent == "EventData" || parent == "UserData") && !e.children
	for i := range e.attributes {
		a := &e.attributes[i]
		if a.name != "Name" {
			continue
		}
		var fixed []byte
		for _, n := range a.value {
			fixed = append(fixed, n.json...)
		}
		// A name that begins with # could be taken for #attributes or #text; an empty one says nothing.
		if a.fixed && (len(fixed) == 0 || fixed[0] == '#') {
			return
		}
		e.named, e.members = true, append(e.attributes[:i:i], e.attributes[i+1:]...)
		if e.key = append(append([]byte{'"'}, fixed...), '"', ':'); !a.fixed {
			e.key, e.keyFrom = nil, a.value
		}
	}
}

// group puts children that become the same member side by side.
func (e *element) group() {
	at := map[string]int{}
	for i := range e.content {
		child := e.content[i].element
		if child == nil {
			continue
		}
		if child.key == nil {
			e.moving = true
			continue
		}
		g, known := at[string(child.key)]
		if !known {
			g = len(e.groups)
			at[string(child.key)] = g
			e.groups = append(e.groups, group{key: child.key, listed: true})
		}
		e.groups[g].of = append(e.groups[g].of, child)
		e.groups[g].listed = e.groups[g].listed && child.listed
	}
}

func jsonKey(name string) []byte {
	return append(appendJSONText([]byte{'"'}, name), '"', ':')
}
