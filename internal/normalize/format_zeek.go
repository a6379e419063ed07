package normalize

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// datasetZeekMeta is the dataset of header and comment lines of Zeek's TSV.
const datasetZeekMeta = "zeek.meta"

var errNoHeader = errors.New("no #fields header of Zeek is in force")

// zeekRecord reads one line of a Zeek log: JSON, a line of TSV by the header in force, or a line of the header itself, which is in force from then on.
func (r *reader) zeekRecord(ev *event.Event, text string) error {
	switch trimmed := strings.TrimSpace(text); {
	case trimmed == "":
		return errEmpty
	case trimmed[0] == '#':
		r.zeek.line(strings.Clone(strings.TrimRight(text, "\r\n"))) // the names outlive the record
		ev.Dataset, r.headers = datasetZeekMeta, true
		r.timeOfReceipt(ev)
		return nil
	case trimmed[0] == '{' && strings.Count(text, r.zeek.separator)+1 != len(r.zeek.fields):
		return r.zeekJSON(ev, text)
	}
	if !r.zeek.inForce() {
		return errNoHeader
	}
	fields, err := r.zeekTSV(r.json.keep(strings.TrimRight(text, "\r\n")))
	if err != nil {
		return err
	}
	return r.zeekFields(ev, fields, r.zeek.path)
}

func (r *reader) zeekJSON(ev *event.Event, text string) error {
	fields, err := r.object(text)
	if err != nil {
		return err
	}
	path := r.zeekPath(fields)
	if inner, ok := r.wrappedText(fields); ok && path == "" && fields.Get("ts").Kind == event.Absent {
		return r.wrapped(ev, fields, inner, r.zeekRecord)
	}
	return r.zeekFields(ev, fields, path)
}

// zeekPath names the log of a JSON record: by _path, by the file that a shipper read it from, or by fields that only one log has.
func (r *reader) zeekPath(fields event.Fields) string {
	for _, name := range [...]string{"_path", "@path"} {
		if path := fields.Text(name); path != "" {
			return path
		}
	}
	if file := fields.Text("log.file.path"); strings.HasSuffix(file, ".log") {
		return strings.TrimSuffix(basename(file), ".log")
	}
	for _, p := range r.n.tables.paths {
		if !slices.ContainsFunc(p.Fields, func(name string) bool { return fields.Get(name).Kind == event.Absent }) {
			return p.Path
		}
	}
	return r.zeek.path
}

func (r *reader) zeekFields(ev *event.Event, fields event.Fields, path string) error {
	ts := fields.Get("ts")
	if path == "" && ts.Kind == event.Absent {
		return errors.New("no record of Zeek: neither _path nor ts is there")
	}
	if path == "" {
		r.note("which Zeek log this is cannot be told: _path is missing")
		path = "unknown"
	}
	ev.Dataset, ev.Fields = "zeek."+slug(path), fields
	r.setTime(ev, stamp{name: "ts", value: &ts}, stamp{name: "@timestamp", value: valueOf(fields, "@timestamp")})
	return nil
}

// zeekTSV reads a line by the header in force. A line with another number of columns is damaged and not guessed at.
func (r *reader) zeekTSV(text string) (event.Fields, error) {
	h := &r.zeek
	if n := strings.Count(text, h.separator) + 1; n != len(h.fields) {
		return nil, fmt.Errorf("line has %d columns, #fields has %d", n, len(h.fields))
	}
	if len(h.fields) > maxFields {
		return nil, fmt.Errorf("more than %d columns", maxFields)
	}
	out := r.json.fieldRoom()
	i := 0
	for column := range strings.SplitSeq(text, h.separator) {
		v, note := h.value(column, h.typeOf(i))
		if note != "" {
			r.note("%s: %s", h.fields[i], note)
		}
		out = append(out, event.Field{Name: h.fields[i], Value: v})
		i++
	}
	if h.marks == nil {
		h.marks = r.json.names.marks(nil, out)
	}
	r.marks, r.marked = h.marks, true
	return r.json.takeFields(out), nil
}
