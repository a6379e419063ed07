package sigma

// Record is one event as an engine sees it. Fill it after Reset and give it
// to the engine that made it; the engine only reads the exported fields. A
// record belongs to one goroutine at a time.
type Record struct {
	// Slots holds one value per field, by the numbers of Engine.Slot.
	Slots []Value
	// Texts holds every text of the event, for keywords.
	Texts []string
	// Sources names the log sources that the event belongs to, as indices
	// into Engine.Sources. Only rules of these are asked.
	Sources []int

	scratch *scratch
}

// NewRecord makes an empty record for this engine.
func (e *Engine) NewRecord() *Record {
	return &Record{Slots: make([]Value, len(e.fields)), scratch: newScratch(e)}
}

// Reset empties the record and keeps its memory. Slots are Absent again.
func (r *Record) Reset() {
	clear(r.Slots)
	clear(r.Texts)
	r.Texts = r.Texts[:0]
	r.Sources = r.Sources[:0]
}

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

// value returns a slot's value; a record that is too short lacks the field.
func (s *scratch) value(slot int) *Value {
	if slot < len(s.record.Slots) {
		return &s.record.Slots[slot]
	}
	return &absent
}

var absent Value

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
		for _, text := range s.record.Texts {
			s.texts = append(s.texts, cell{text: text, s: s})
		}
		s.textsReady = true
	}
	return s.texts
}
