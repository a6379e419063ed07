// Package query is the language in which people ask the event store.
//
// What enters: a line such as `source.ip:10.0.0.0/8 and not user.name:svc_*`.
// What leaves: a tree that every store compiles for itself, or an error that says where and what was expected.
// What it never does: touch a store, or know about tenants: the scope is bound outside its reach.
package query

// Node is one node of the tree: And, Or, Not, Match, Word or All.
type Node interface{ node() }

// All holds for every event; it is what an empty query gives.
type All struct{}

// And holds when all of its nodes hold.
type And struct{ Nodes []Node }

// Or holds when one of its nodes holds.
type Or struct{ Nodes []Node }

// Not holds when its node does not.
type Not struct{ Node Node }

// Match compares one field. Field is a column's ECS name, one of the event's own attributes (id, time, source, site, dataset, tenant, problem, rule.id, entity),
// or else the log's own name.
type Match struct {
	Field string
	Op    Op
	Value string // pattern, literal or network; "" for Exists
	Pos   int    // byte offset in the query
}

// Op is how Match compares.
type Op uint8

// Comparisons. Text is compared without case.
const (
	Equal    Op = iota // whole value
	Wildcard           // * any run, ? one character
	Less               // numbers and times
	LessEqual
	Greater
	GreaterEqual
	Network // CIDR, on address columns
	Exists  // the field is there and not null
)

// Word is text anywhere in the event's original bytes, without case.
type Word struct {
	Text string
	Pos  int
}

func (All) node()   {}
func (And) node()   {}
func (Or) node()    {}
func (Not) node()   {}
func (Match) node() {}
func (Word) node()  {}

// Error says what is wrong with a query and where.
type Error struct {
	Pos      int    // byte offset where it was noticed
	Expected string // what would have been right there
	Found    string
}

// Error is a sentence with the position counted in characters from 1 by the caller's reckoning of Pos.
func (e *Error) Error() string { return "expected " + e.Expected + ", found " + e.Found }
