package sigma

// Record is one event as an engine sees it. Reset it, add the event's own
// fields and name them, then give it to the engine that made it. A record
// belongs to one goroutine at a time.
type Record struct {
	route   *Route
	fields  []field
	lists   []cell  // the elements of fields that are lists
	names   []int32 // by slot: the field's number plus one, 0 if it is absent
	named   []int32 // the slots that have a field
	failed  []Failure
	scratch *scratch
}

// field is one value of an event and what was made of it.
type field struct {
	value   Value
	one     [1]cell // of a scalar
	from    int32   // of a list, in the record's lists
	to      int32
	scanned bool // for keywords
}

// Failure is a rule that could not be evaluated on an event, a fault of the
// engine. The event's other rules were.
type Failure struct {
	Rule   *Rule
	Reason string
}

// NewRecord makes an empty record for this engine.
func (e *Engine) NewRecord() *Record {
	s := &scratch{engine: e}
	return &Record{names: make([]int32, len(e.slots.names)), scratch: s}
}

// Reset empties the record, keeps its memory and says where the next event
// goes: only the rules of this route are asked, none if it is nil.
func (r *Record) Reset(route *Route) {
	for _, slot := range r.named {
		r.names[slot] = 0
	}
	r.named = r.named[:0]
	if cap(r.fields) > keptFields || cap(r.lists) > keptFields || cap(r.scratch.arena) > keptBytes {
		r.fields, r.lists, r.scratch.arena = nil, nil, nil
	}
	r.fields, r.lists = r.fields[:0], r.lists[:0]
	r.failed = r.failed[:0]
	r.scratch.arena = r.scratch.arena[:0]
	r.route = route
}

// What a record keeps of its memory for the next event, at most.
const (
	keptFields = 10_000
	keptBytes  = 4 << 20
)

// Add takes one of the event's own fields and returns its number. Keywords
// are looked for in all fields that were added.
func (r *Record) Add(v Value) (number int) {
	f := field{value: v}
	switch {
	case v.scalar():
		f.one[0] = cell{text: v.Text, s: r.scratch}
	case v.Kind == List:
		f.from = int32(len(r.lists)) //nolint:gosec // as many as an event has values
		for i := range v.List {
			if v.List[i].scalar() {
				r.lists = append(r.lists, cell{text: v.List[i].Text, s: r.scratch})
			}
		}
		f.to = int32(len(r.lists)) //nolint:gosec // as above
	}
	r.fields = append(r.fields, f)
	return len(r.fields) - 1
}

// cells returns what can be compared of a field: its one text, or those of
// the elements of a list.
func (r *Record) cells(f *field) []cell {
	switch {
	case f == nil:
		return nil
	case f.value.Kind == List:
		return r.lists[f.from:f.to]
	case f.value.scalar():
		return f.one[:]
	}
	return nil
}

// Name gives the field of this number the name that a slot stands for, unless
// another field has it: of a field that a log repeats, the first counts. A
// field may have several names. The slot comes from Engine.Slot.
func (r *Record) Name(slot, number int) {
	if r.names[slot] != 0 || r.fields[number].value.Kind == Absent {
		return
	}
	r.names[slot] = int32(number) + 1      //nolint:gosec // as many as an event has fields
	r.named = append(r.named, int32(slot)) //nolint:gosec // as many as rules have fields
}

// Failures lists the rules that the last Match could not evaluate. It is
// valid until Reset.
func (r *Record) Failures() []Failure { return r.failed }

// cell is one scalar under test, with its forms for comparison made on demand.
type cell struct {
	text   string
	s      *scratch
	folded span
	dashed span // of the folded text
	state  cellState
}

// span is a part of the scratch's arena.
type span struct{ from, to uint32 }

type cellState uint8

const (
	cellFolded   cellState = 1 << iota // folded is made
	cellDashed                         // dashed is made
	cellNonASCII                       // the folded text has bytes beyond ASCII
)

// normal returns the text as a pattern wants it, in memory that lives until
// the next event, or with cased and dash until the next call.
func (c *cell) normal(cased, dash bool) []byte {
	switch {
	case cased && dash:
		c.s.dashed = dashAppend(c.s.dashed[:0], bytesOf(c.text))
		return c.s.dashed
	case cased:
		return bytesOf(c.text)
	}
	if c.state&cellFolded == 0 {
		c.fold()
	}
	if !dash {
		return c.s.arena[c.folded.from:c.folded.to]
	}
	if c.state&cellDashed == 0 {
		from := len(c.s.arena)
		c.s.arena = dashAppend(c.s.arena, c.s.arena[c.folded.from:c.folded.to])
		c.dashed = newSpan(from, len(c.s.arena))
		c.state |= cellDashed
	}
	return c.s.arena[c.dashed.from:c.dashed.to]
}

func (c *cell) fold() {
	from := len(c.s.arena)
	arena, plain := foldAppend(c.s.arena, c.text)
	c.s.arena = arena
	c.folded = newSpan(from, len(arena))
	c.state |= cellFolded
	if !plain {
		c.state |= cellNonASCII
	}
}

// newSpan holds as long as the texts of one event have less than 4 GB.
func newSpan(from, to int) span { return span{uint32(from), uint32(to)} } //nolint:gosec // see above

// scratch is the memory that one record's evaluation needs and keeps.
type scratch struct {
	engine     *Engine
	record     *Record
	arena      []byte // folded texts of the current event
	dashed     []byte
	candidates []uint64 // a bit per rule of the route
	events     uint32   // counted to sample the cost of rules
}

// begin readies the scratch for a match of the record.
func (s *scratch) begin(r *Record) {
	s.record = r
	for i := range r.fields {
		r.fields[i].scanned = false
	}
	words := len(r.route.always)
	if cap(s.candidates) < words {
		s.candidates = make([]uint64, words)
	}
	s.candidates = s.candidates[:words]
	copy(s.candidates, r.route.always)
}

// field returns the field that has a slot's name, nil if there is none.
func (s *scratch) field(slot int) *field {
	if number := s.record.names[slot]; number != 0 {
		return &s.record.fields[number-1]
	}
	return nil
}
