package sigma

import (
	"cmp"
	"maps"
	"slices"
)

// maxValues bounds the values of one document, aliases counted each time and
// long ones as several.
const maxValues = 100_000

// op says how an expr decides.
type op uint8

const (
	opItem    op = iota
	opAnd        // all kids
	opOr         // one kid
	opNot        // not its kid
	opAtLeast    // as many kids as least says
)

// expr is a rule's condition with the search identifiers filled in.
type expr struct {
	op    op
	least int
	kids  []*expr
	item  *item
	at    origin
}

// origin says where a rule says so, for people.
type origin struct {
	name string // of the search identifier, if it is one
	text string // of the condition, or the part of one, as written
	line int    // 0 if unknown
	file string // of a filter, empty in the rule's own file
}

// joined makes an expression of several; one alone stands for itself.
func joined(o op, kids []*expr) *expr {
	if len(kids) == 1 {
		return kids[0]
	}
	return &expr{op: o, kids: kids}
}

// pending is what a rule or a filter needs values for before it can decide.
type pending struct {
	waits []placeholder // by name
	// source is the detection, kept only where something waits, and path is
	// what it stands under.
	source *node
	path   string

	remarks []*fault // what is odd about values with expand
}

// readLogic reads search identifiers and condition. The keys of others are
// no search identifiers. The expression is nil if placeholders have no values.
func readLogic(path string, n *node, values Values, others ...string) (*expr, pending, error) {
	if n.kind != nodeMap {
		return nil, pending{}, refuse(n.line, path, "want a map, got %s", n.kind)
	}
	r := detectionReader{path: path, budget: maxValues, values: values, waits: map[string]placeholder{}}
	condition, err := r.read(n, others)
	if err != nil || len(r.waits) == 0 {
		return condition, pending{remarks: r.remarks}, err
	}
	p := pending{source: n, path: path, remarks: r.remarks}
	p.waits = slices.SortedFunc(maps.Values(r.waits), func(a, b placeholder) int { return cmp.Compare(a.name, b.name) })
	return nil, p, nil
}

// detectionReader reads one detection and counts what it may hold.
type detectionReader struct {
	path   string
	budget int
	values Values
	at     string                 // the search identifier that is being read
	waits  map[string]placeholder // those without values, by name

	remarks []*fault
}

// searches are a rule's search identifiers in the order of writing.
type searches struct {
	names []string
	exprs map[string]*expr
}

func (r *detectionReader) read(n *node, others []string) (*expr, error) {
	s := searches{exprs: map[string]*expr{}}
	for _, p := range n.pairs {
		r.at = r.path + "." + p.key
		switch {
		case p.key == "condition" || slices.Contains(others, p.key):
			continue
		case p.key == "timeframe":
			return nil, refuse(p.line, r.at, "belongs to aggregations, which correlation rules replaced")
		case reservedWord(p.key):
			return nil, refuse(p.line, r.at, "the name is a word of conditions")
		}
		e, f := r.search(p.value)
		if f != nil {
			f.field = joinPath(r.at, f.field)
			return nil, f
		}
		e.at.name, e.at.line = p.key, p.line
		s.names = append(s.names, p.key)
		s.exprs[p.key] = e
	}
	condition := n.get("condition")
	if condition == nil {
		return nil, refuse(n.line, r.path+".condition", "missing")
	}
	return readConditions(condition, r.path+".condition", s)
}

func joinPath(head, tail string) string {
	if tail == "" {
		return head
	}
	return head + "." + tail
}

// search reads what stands under a search identifier.
func (r *detectionReader) search(n *node) (*expr, *fault) {
	switch n.kind {
	case nodeMap:
		return r.fields(n)
	case nodeList:
		return r.alternatives(n)
	case nodeNull:
		return nil, refuse(n.line, "", "empty")
	}
	return r.keywords([]*node{n}, n.line)
}

// fields reads a map: all its lines must hold.
func (r *detectionReader) fields(n *node) (*expr, *fault) {
	if len(n.pairs) == 0 {
		return nil, refuse(n.line, "", "an empty map")
	}
	var kids []*expr
	for _, p := range n.pairs {
		kid, f := r.line(p)
		if f != nil {
			return nil, f
		}
		kids = append(kids, kid)
	}
	return joined(opAnd, kids).from(n), nil
}

// alternatives reads a list of maps and keywords: one must hold.
func (r *detectionReader) alternatives(n *node) (*expr, *fault) {
	var kids []*expr
	var keywords []*node
	for _, e := range n.list {
		switch e.kind {
		case nodeMap:
			kid, f := r.fields(e)
			if f != nil {
				return nil, f
			}
			kids = append(kids, kid)
		case nodeList:
			return nil, refuse(e.line, "", "a list inside a list")
		default:
			keywords = append(keywords, e)
		}
	}
	if len(keywords) > 0 {
		kid, f := r.keywords(keywords, n.line)
		if f != nil {
			return nil, f
		}
		kids = append(kids, kid)
	}
	if len(kids) == 0 {
		return nil, refuse(n.line, "", "an empty list")
	}
	return joined(opOr, kids).from(n), nil
}

// from notes the line where an expression is written, if it has none.
func (e *expr) from(n *node) *expr {
	if e.at.line == 0 {
		e.at.line = n.line
	}
	return e
}

func (r *detectionReader) keywords(values []*node, line int) (*expr, *fault) {
	list := &node{kind: nodeList, line: line, list: values}
	return r.line(pair{line: line, value: list})
}
