package normalize

import (
	"errors"

	"github.com/noroshi-soc/noroshi/internal/event"
)

var errNoEventType = errors.New("no EVE event: event_type is missing")

// suricata reads one object of Suricata's EVE log.
func (r *reader) suricata(ev *event.Event, text string) error {
	fields, err := r.object(text)
	if err != nil {
		return err
	}
	if inner, ok := r.wrappedText(fields); ok && fields.Get("event_type").Kind == event.Absent {
		return r.wrapped(ev, fields, inner, r.suricata)
	}
	return r.suricataFields(ev, fields)
}

func (r *reader) suricataFields(ev *event.Event, fields event.Fields) error {
	kind := fields.Get("event_type")
	if kind.Kind != event.String || kind.Text == "" {
		return errNoEventType
	}
	ev.Dataset, ev.Fields = "suricata."+slug(kind.Text), fields
	r.setTime(ev, stamp{name: "timestamp", value: valueOf(fields, "timestamp")}, stamp{name: "@timestamp", value: valueOf(fields, "@timestamp")})
	return nil
}
