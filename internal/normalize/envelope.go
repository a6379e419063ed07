package normalize

import (
	"errors"

	"github.com/noroshi-soc/noroshi/internal/event"
)

var errEnvelopes = errors.New("an envelope inside an envelope")

// wrappedText finds the line inside a shipper's envelope: Filebeat, Fluent Bit and Vector send {"message": "<line>", ...} unless told to decode it.
func (r *reader) wrappedText(fields event.Fields) (string, bool) {
	for _, name := range [...]string{"message", "log", "event.original"} {
		if v := fields.Get(name); v.Kind == event.String && v.Text != "" {
			return v.Text, true
		}
	}
	return "", false
}

// wrapped reads the line inside an envelope and keeps the envelope's other fields behind the line's own.
func (r *reader) wrapped(ev *event.Event, envelope event.Fields, line string, read func(*event.Event, string) error) error {
	if r.inEnvelope { // one envelope is a shipper's habit, more are somebody's game
		return errEnvelopes
	}
	r.inEnvelope = true
	if err := read(ev, line); err != nil {
		return err
	}
	for _, f := range envelope {
		if f.Value.Text != line {
			ev.Fields = append(ev.Fields, f)
		}
	}
	r.marked = false
	if ev.TimeFrom == event.TimeOfReceipt {
		r.setTime(ev, stamp{name: "@timestamp", value: valueOf(envelope, "@timestamp")})
	}
	return nil
}
