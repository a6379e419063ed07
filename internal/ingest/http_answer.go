package ingest

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// maxErrors is how many bad records an answer names.
const maxErrors = 10

// answer is what a sender is told of its records, all of which are in the log.
type answer struct {
	Accepted int           `json:"accepted"`           // good records
	Bad      int           `json:"bad,omitempty"`      // records that were kept although they could not be read
	Repeated bool          `json:"repeated,omitempty"` // all of this was in the log already, by its Idempotency-Key
	Errors   []recordError `json:"errors,omitempty"`   // of the first bad ones
}

type recordError struct {
	Record int    `json:"record"` // place in the body, from 0
	Reason string `json:"reason"`
}

// refusal is an RFC 9457 problem.
type refusal struct {
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	Code     string `json:"code"`
	Accepted *int   `json:"accepted,omitempty"` // good records that were put into the log before this
	Bad      *int   `json:"bad,omitempty"`

	retry  int    // seconds
	reason string // for the meter
}

func (h *HTTP) refuse(w http.ResponseWriter, c *call, r *refusal) {
	id := ""
	if c.source != nil {
		id = c.source.ID
	}
	h.Meter.refused(r.reason, id, 1)
	r.Title = http.StatusText(r.Status)
	if c.answer.Accepted+c.answer.Bad > 0 {
		r.Accepted, r.Bad = &c.answer.Accepted, &c.answer.Bad
	}
	if r.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(r.retry))
	}
	switch r.Status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="ingest"`)
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	}
	writeJSON(w, r.Status, "application/problem+json", r)
}

func writeJSON(w http.ResponseWriter, status int, contentType string, v any) {
	data, err := json.Marshal(v)
	if err != nil { // strings and integers always marshal
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(data, '\n')) // the sender may be gone
}
