package sigma

import "maps"

// maxValues bounds the values of one rule, aliases counted each time and long
// ones as several.
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
}

// joined makes an expression of several; one alone stands for itself.
func joined(o op, kids []*expr) *expr {
	if len(kids) == 1 {
		return kids[0]
	}
	return &expr{op: o, kids: kids}
}

// searches are a rule's search identifiers in the order of writing.
type searches struct {
	names []string
	exprs map[string]*expr
}

func readDetection(n *node) (*expr, error) {
	if n.kind != nodeMap {
		return nil, refuse(n.line, "detection", "want a map, got %s", n.kind)
	}
	s := searches{exprs: map[string]*expr{}}
	budget := maxValues
	for _, p := range n.pairs {
		if p.key == "condition" {
			continue
		}
		if p.key == "timeframe" {
			return nil, refuse(p.line, "detection.timeframe", "belongs to aggregations, which correlation rules replaced")
		}
		e, f := readSearch(p.value, &budget)
		if f != nil {
			f.field = joinPath("detection."+p.key, f.field)
			return nil, f
		}
		e.at.name, e.at.line = p.key, p.line
		s.names = append(s.names, p.key)
		s.exprs[p.key] = e
	}
	condition := n.get("condition")
	if condition == nil {
		return nil, refuse(n.line, "detection.condition", "missing")
	}
	if f := s.refuseReserved(n); f != nil {
		return nil, f
	}
	return readConditions(condition, s)
}

// refuseReserved refuses names that a condition could not tell from its words.
func (s searches) refuseReserved(n *node) *fault {
	for name := range maps.Keys(s.exprs) {
		if reservedWord(name) {
			return refuse(n.line, "detection."+name, "the name is a word of conditions")
		}
	}
	return nil
}

func joinPath(head, tail string) string {
	if tail == "" {
		return head
	}
	return head + "." + tail
}

// readSearch reads what stands under a search identifier.
func readSearch(n *node, budget *int) (*expr, *fault) {
	switch n.kind {
	case nodeMap:
		return readFields(n, budget)
	case nodeList:
		return readAlternatives(n, budget)
	case nodeNull:
		return nil, refuse(n.line, "", "empty")
	}
	return readKeywords([]*node{n}, n.line, budget)
}

// readFields reads a map: all its lines must hold.
func readFields(n *node, budget *int) (*expr, *fault) {
	if len(n.pairs) == 0 {
		return nil, refuse(n.line, "", "an empty map")
	}
	var kids []*expr
	for _, p := range n.pairs {
		it, f := newItem(p, budget)
		if f != nil {
			return nil, f
		}
		kids = append(kids, &expr{item: it, at: origin{line: p.line}})
	}
	return joined(opAnd, kids).from(n), nil
}

// readAlternatives reads a list of maps and keywords: one must hold.
func readAlternatives(n *node, budget *int) (*expr, *fault) {
	var kids []*expr
	var keywords []*node
	for _, e := range n.list {
		switch e.kind {
		case nodeMap:
			kid, f := readFields(e, budget)
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
		kid, f := readKeywords(keywords, n.line, budget)
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

func readKeywords(values []*node, line int, budget *int) (*expr, *fault) {
	list := &node{kind: nodeList, line: line, list: values}
	it, f := newItem(pair{line: line, value: list}, budget)
	if f != nil {
		return nil, f
	}
	return &expr{item: it, at: origin{line: line}}, nil
}
