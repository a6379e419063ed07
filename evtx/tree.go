package evtx

// template is a parsed piece of binary XML: the tree of a template definition, whose holes are filled by the values of a record,
// or an element that stands in a record by itself and has no holes. It is not changed after it was made.
type template struct {
	roots []node
	uses  []holeUse // by the number of the hole
	fixed int       // no more bytes than this are written for what is not a hole
}

// holeUse tells how much one value of a template can be made to write.
type holeUse struct {
	count int // how often it is written
	wrap  int // bytes of the elements that are repeated around each item of an array, over all uses
}

type nodeKind uint8

const (
	textNode nodeKind = iota
	holeNode
	elementNode
	instructionNode // <?target data?>
)

// node is one piece of an element's or attribute's content.
type node struct {
	kind     nodeKind
	optional bool // of a hole: without value, what surrounds it is left out
	blank    bool // of a text: there is nothing but white space in it
	hole     int
	json     []byte // of a text: as it stands in a JSON string
	xml      []byte // of a text or instruction: as it stands in XML
	element  *element
}

type attribute struct {
	name  string
	key   []byte // `"Name":`
	open  []byte // ` Name="`
	value []node
	fixed bool // there is no hole in it
}

type element struct {
	name       string
	attributes []attribute
	content    []node
	hole       int // the content is this hole alone; -1 when it is not
	optional   bool
	children   bool // there are elements among the content

	open  []byte // `<Data Name="Image"` up to the first attribute that has a hole
	rest  []attribute
	close []byte // `</Data>`

	key     []byte      // `"Image":`, the member that it becomes in JSON; nil when the name comes out of a hole
	keyFrom []node      // where the name comes from then
	members []attribute // the attributes that are told in JSON
	groups  []group     // children by the name of their member
	named   bool        // an element Data that stands under its name
	listed  bool        // an element Data without name, below EventData or UserData
	moving  bool        // a child's member name comes out of a hole
}

// group is the children of one element that become one member in JSON.
type group struct {
	key    []byte
	of     []*element
	listed bool // all are
}
