package sigma

// Record is one event as an engine sees it. Fill it after Reset and give it
// to the engine that made it. A record belongs to one goroutine at a time.
type Record struct {
	route  *Route
	values []Value // by slot
	filled []int   // slots that are not absent
	texts  []string

	scratch *scratch
}

// NewRecord makes an empty record for this engine.
func (e *Engine) NewRecord() *Record {
	return &Record{values: make([]Value, len(e.fields)), scratch: newScratch(e)}
}

// Reset empties the record, keeps its memory and says where the next event
// goes: only the rules of this route are asked, none if it is nil.
func (r *Record) Reset(route *Route) {
	for _, slot := range r.filled {
		r.values[slot] = Value{}
	}
	r.filled = r.filled[:0]
	clear(r.texts)
	r.texts = r.texts[:0]
	r.route = route
}

// Set gives the field of a slot its value, unless it has one: of a field
// that a log repeats, the first counts. The slot comes from Engine.Slot.
func (r *Record) Set(slot int, v Value) {
	if r.values[slot].Kind != Absent || v.Kind == Absent {
		return
	}
	r.values[slot] = v
	r.filled = append(r.filled, slot)
}

// AddText adds a text of the event for keywords to be looked for in. Route
// tells by WantsTexts whether any rule asks for them.
func (r *Record) AddText(text string) { r.texts = append(r.texts, text) }

// cell is one scalar under test, with its forms for comparison made on demand.
type cell struct {
	text   string
	folded []byte
	ready  bool // folded is made
	s      *scratch
}

// normal returns the text as a pattern wants it. The result is valid until
// the next call for another cell of the same record.
func (c *cell) normal(cased, dash bool) []byte {
	if !cased && !c.ready {
		c.folded, c.ready = c.s.fold(c.text), true
	}
	text := c.folded
	if cased {
		c.s.plain = append(c.s.plain[:0], c.text...)
		text = c.s.plain
	}
	if dash {
		c.s.dashed = dashAppend(c.s.dashed[:0], text)
		text = c.s.dashed
	}
	return text
}

// scratch is the memory that one record's evaluation needs and keeps.
type scratch struct {
	engine     *Engine
	record     *Record
	arena      []byte // folded texts of the current event
	plain      []byte
	dashed     []byte
	slots      []cell // folded forms of scalar slots, valid if stamp is current
	slotStamps []uint32
	texts      []cell
	element    cell // of a list, one at a time
	textsReady bool
	stamp      uint32
	candidates []uint64 // a bit per rule
}

func newScratch(e *Engine) *scratch {
	return &scratch{
		engine:     e,
		slots:      make([]cell, len(e.fields)),
		slotStamps: make([]uint32, len(e.fields)),
		candidates: make([]uint64, (len(e.rules)+63)/64),
	}
}

// begin makes everything that was remembered of the last event invalid.
func (s *scratch) begin(r *Record) {
	s.record = r
	s.arena = s.arena[:0]
	s.texts = s.texts[:0]
	s.textsReady = false
	if s.stamp++; s.stamp == 0 {
		clear(s.slotStamps)
		s.stamp = 1
	}
}

// fold returns the folded text in memory that lives until the next event.
// The arena may move when it grows; what was handed out stays where it was.
func (s *scratch) fold(text string) []byte {
	start := len(s.arena)
	s.arena = foldAppend(s.arena, text)
	return s.arena[start:len(s.arena):len(s.arena)]
}

// value returns a slot's value.
func (s *scratch) value(slot int) *Value {
	return &s.record.values[slot]
}

// cell returns the cell of a slot whose value is scalar.
func (s *scratch) cell(slot int, v *Value) *cell {
	c := &s.slots[slot]
	if s.slotStamps[slot] != s.stamp {
		*c = cell{text: v.Text, s: s}
		s.slotStamps[slot] = s.stamp
	}
	return c
}

// keywords returns the cells of all texts.
func (s *scratch) keywords() []cell {
	if !s.textsReady {
		for _, text := range s.record.texts {
			s.texts = append(s.texts, cell{text: text, s: s})
		}
		s.textsReady = true
	}
	return s.texts
}
