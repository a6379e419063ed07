// Package normalize reads records into events.
//
// What enters: batches of records as a door took them, and the mapping tables of package content.
// What leaves: one event per record, in order: the log's own fields without loss, the ECS columns and entities that the tables derive from them,
// the event's time and how it was found, and in Problem whatever could not be read or had to be replaced.
// What it never does: drop a record, guess silently, look at the clock, or keep anything between batches but the names of fields.
//
// Datasets: "windows.<channel>", "suricata.<event_type>", "zeek.<path>", "zeek.meta" (header and comment lines of Zeek's TSV), "syslog",
// "linux.sshd", "linux.sudo", and "unparsed" for what could not be read.
package normalize

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a source's zone must be known on machines without a zone database too

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/source"
)

// farFuture is how far an event may lie after its receipt before that is noted: no zone and no ordinary clock error reaches so far.
const farFuture = 24 * time.Hour

// Normalizer holds the mapping tables. It is immutable and safe for concurrent use.
type Normalizer struct {
	tables  *tables
	zones   sync.Map  // name → *time.Location, a cache of the zone database
	readers sync.Pool // of *reader: what they keep is room to work in and the names of fields, never a value
}

// New reads the tables under mappings/ of fsys (content.FS). The error names the file and what is wrong in it.
func New(fsys fs.FS) (*Normalizer, error) {
	t, err := loadTables(fsys)
	if err != nil {
		return nil, fmt.Errorf("mapping tables: %w", err)
	}
	return &Normalizer{tables: t}, nil
}

// Batch reads a batch into events, one per record, in order. It never fails as a whole: what cannot be read becomes an event of dataset "unparsed"
// whose Problem says what is wrong and where. The events share memory with b, which must not change afterwards.
func (n *Normalizer) Batch(b *source.Batch, epoch uint32, partition uint16, seq uint64) []event.Event {
	received := b.Received.UTC()
	r := n.reader(b)
	out := make([]event.Event, len(b.Records))
	for i := range b.Records {
		rec, ev := &b.Records[i], &out[i]
		ev.ID = event.ID{Epoch: epoch, Partition: partition, Seq: seq, Pos: uint32(i)}
		ev.Tenant, ev.Site, ev.Source, ev.Received, ev.Raw, ev.Size = b.Tenant, b.Site, b.Source, received, rec.Bytes, rec.Size
		r.json.coming = len(out) - i
		r.read(ev, rec)
	}
	if r.headers {
		timeHeaders(out)
	}
	r.release() // a reader that panicked is not used again
	return out
}

// timeHeaders gives header and comment lines the time of the record after them, else before them: replayed history would show them all at its receipt.
func timeHeaders(events []event.Event) {
	var beside *event.Event
	take := func(ev *event.Event) {
		switch {
		case ev.Dataset != datasetZeekMeta:
			if ev.Parsed() && ev.TimeFrom != event.TimeOfReceipt {
				beside = ev
			}
		case beside != nil && ev.TimeFrom == event.TimeOfReceipt:
			ev.Time, ev.TimeFrom = beside.Time, event.TimeOfNeighbour
		}
	}
	for i := range slices.Backward(events) {
		take(&events[i])
	}
	beside = nil
	for i := range events {
		take(&events[i])
	}
}

// reader reads the records of one batch in order; it holds what one record hands to the next.
type reader struct {
	n     *Normalizer
	batch *source.Batch
	json  jsonScanner
	zeek  zeekHeader
	zone  *time.Location
	// zoneNote says why the source's zone could not be used; noted on each record that needed it.
	zoneNote string
	notes    []string // of the record being read
	// inEnvelope is set while the line inside a shipper's envelope is read.
	inEnvelope bool
	headers    bool   // a line of Zeek's header was read
	marks      []mark // of the event's fields
	marked     bool   // marks are theirs
	found      []mark // for fields whose names were not marked while they were read
	gathered   []*event.Value
	entities   entityList
}

func (n *Normalizer) reader(b *source.Batch) *reader {
	r, ok := n.readers.Get().(*reader)
	if !ok {
		r = &reader{n: n}
		r.json.names = newNameTable(n.tables.known)
	}
	r.batch, r.headers = b, false
	r.zone, r.zoneNote = n.location(b.Zone)
	for line := range strings.SplitSeq(strings.ToValidUTF8(b.Header, "\uFFFD"), "\n") {
		r.zeek.line(strings.TrimSuffix(line, "\r"))
	}
	return r
}

// release hands the reader back with nothing of the batch in it.
func (r *reader) release() {
	r.batch, r.zeek = nil, zeekHeader{}
	r.marks, r.marked = nil, false
	r.json.release()
	r.entities.room = nil
	clear(r.notes[:cap(r.notes)])
	clear(r.gathered[:cap(r.gathered)])
	r.n.readers.Put(r)
}

func (n *Normalizer) location(name string) (*time.Location, string) {
	if known, ok := n.zones.Load(name); ok {
		return known.(*time.Location), ""
	}
	if name == "Local" {
		return time.UTC, `source's zone "Local" names no zone: UTC taken`
	}
	loc, err := time.LoadLocation(name) // "" is UTC
	if err != nil {
		return time.UTC, fmt.Sprintf("source's zone %.64q is unknown: UTC taken", name)
	}
	n.zones.Store(name, loc)
	return loc, ""
}

func (r *reader) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

func (r *reader) read(ev *event.Event, rec *source.Record) {
	r.notes, r.inEnvelope, r.marked = r.notes[:0], false, false
	if rec.Problem != "" {
		r.unparsed(ev, errors.New(rec.Problem))
		return
	}
	text, note := plainText(rec.Bytes)
	if note != "" {
		r.note("%s", note)
	}
	if err := r.format(ev, text); err != nil {
		r.unparsed(ev, err)
		return
	}
	ev.Time = ev.Time.UTC()
	ev.Time = ev.Time.Add(-time.Duration(ev.Time.Nanosecond() % 1000)) // to microseconds, which is what the stores keep
	if ahead := ev.Time.Sub(ev.Received); ahead > farFuture {
		r.note("time lies %s after receipt", ahead.Round(time.Hour))
	}
	r.derive(ev)
	ev.Problem = strings.Join(r.notes, "; ")
}

// unparsed keeps a record that could not be read. Notes about its bytes stand behind the reason.
func (r *reader) unparsed(ev *event.Event, reason error) {
	ev.Dataset, ev.Fields, ev.Columns, ev.Entities = event.DatasetUnparsed, nil, event.Columns{}, nil
	r.timeOfReceipt(ev)
	ev.Problem = strings.Join(append([]string{reason.Error()}, r.notes...), "; ")
}

func (r *reader) format(ev *event.Event, text string) error {
	switch r.batch.Format {
	case source.FormatWindows:
		return r.windows(ev, text)
	case source.FormatSuricata:
		return r.suricata(ev, text)
	case source.FormatZeek:
		return r.zeekRecord(ev, text)
	case source.FormatSyslog:
		return r.syslog(ev, text)
	case source.FormatAuto, "":
		return r.auto(ev, text)
	}
	return fmt.Errorf("format %q is unknown", r.batch.Format)
}

// object reads the record's JSON.
func (r *reader) object(text string) (event.Fields, error) {
	fields, lone, err := r.json.scan(text)
	r.marks, r.marked = r.json.marks, true
	if lone {
		r.note(`half a surrogate (\ud800-\udfff) read as U+FFFD`)
	}
	return fields, err
}

var errEmpty = errors.New("empty record")

// slug makes a part of a dataset's name: lower-case letters, digits, '_' and '-', at most 64.
func slug(name string) string {
	var out bytes.Buffer
	for i := 0; i < len(name) && out.Len() < 64; i++ {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '_':
			out.WriteByte(c)
		case c >= 'A' && c <= 'Z':
			out.WriteByte(c + 'a' - 'A')
		case out.Len() > 0 && out.Bytes()[out.Len()-1] != '-':
			out.WriteByte('-')
		}
	}
	if s := strings.TrimSuffix(out.String(), "-"); s != "" {
		return s
	}
	return "unknown"
}
