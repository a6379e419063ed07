package api

import (
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// Time is an instant as the API writes it: UTC, RFC 3339, always six digits of fraction.
type Time time.Time

const timeForm = "2006-01-02T15:04:05.000000Z"

// MarshalJSON writes the instant.
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(`"` + time.Time(t).UTC().Format(timeForm) + `"`), nil
}

// UnmarshalJSON reads any RFC 3339 instant.
func (t *Time) UnmarshalJSON(data []byte) error {
	var in time.Time
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*t = Time(in)
	return nil
}

// IsZero reports whether there is no instant, for omitzero.
func (t Time) IsZero() bool { return time.Time(t).IsZero() }

// Schema describes the form.
func (Time) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time", Examples: []any{"2026-01-02T03:04:05.678901Z"}}
}

// Object is a JSON object that is written as it stands.
type Object json.RawMessage

// MarshalJSON writes the object.
func (o Object) MarshalJSON() ([]byte, error) {
	if len(o) == 0 {
		return []byte("{}"), nil
	}
	return o, nil
}

// UnmarshalJSON keeps the object as it stands.
func (o *Object) UnmarshalJSON(data []byte) error {
	*o = append((*o)[:0], data...)
	return nil
}

// Schema describes it: any names, any values.
func (Object) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: &huma.Schema{}}
}

// Entity is a thing that events speak of.
type Entity struct {
	Kind  string `json:"kind" enum:"host,ip,user,domain,url,hash,process,file,"`
	Value string `json:"value"`
	Role  string `json:"role,omitempty" enum:"subject,target,source,destination"`
}

func entityOf(e event.Entity) Entity {
	return Entity{Kind: string(e.Kind), Value: e.Value, Role: string(e.Role)}
}

// mapped applies f to each; its result is never nil, so that JSON has a list and not null.
func mapped[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i := range in {
		out[i] = f(in[i])
	}
	return out
}

// listed is the list itself, never nil.
func listed[A any](in []A) []A {
	if in == nil {
		return []A{}
	}
	return in
}
