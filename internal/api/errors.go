package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/query"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Problem is every error that a caller sees (RFC 9457). Code is stable; programs and translations go by it.
type Problem struct {
	Title  string              `json:"title" doc:"The status in words"`
	Status int                 `json:"status"`
	Code   string              `json:"code" doc:"Stable name of what is wrong: not_found, unauthenticated, bad_credentials, forbidden, csrf, too_many, bad_query, invalid, exists, weak_password, rules_not_loaded, nothing_to_undo, too_large, timeout, internal"`
	Detail string              `json:"detail,omitempty" doc:"What is wrong, in English"`
	ID     string              `json:"id,omitempty" doc:"Finds the entry in the server's log; only with code internal"`
	Errors []*huma.ErrorDetail `json:"errors,omitempty" doc:"Where it is wrong"`
}

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType marks the body as a problem.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func problem(status int, code, detail string) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// notFound is the one answer for what is unknown and for what belongs to somebody else.
func notFound() *Problem { return problem(http.StatusNotFound, "not_found", "no such thing") }

func invalid(location, detail string) *Problem {
	p := problem(http.StatusUnprocessableEntity, "invalid", detail)
	p.Errors = []*huma.ErrorDetail{{Message: detail, Location: location}}
	return p
}

func badQuery(e *query.Error) *Problem {
	p := problem(http.StatusUnprocessableEntity, "bad_query", e.Error())
	p.Errors = []*huma.ErrorDetail{{
		Message: e.Error(), Location: "query.q",
		Value: map[string]any{"pos": e.Pos, "expected": e.Expected, "found": e.Found},
	}}
	return p
}

var known = []struct {
	err    error
	status int
	code   string
}{
	{alert.ErrNotFound, http.StatusNotFound, "not_found"},
	{incident.ErrNotFound, http.StatusNotFound, "not_found"},
	{source.ErrNotFound, http.StatusNotFound, "not_found"},
	{store.ErrNotFound, http.StatusNotFound, "not_found"},
	{tenant.ErrNotFound, http.StatusNotFound, "not_found"},
	{auth.ErrNotFound, http.StatusNotFound, "not_found"},
	{auth.ErrExists, http.StatusConflict, "exists"},
	{source.ErrExists, http.StatusConflict, "exists"},
	{source.ErrTaken, http.StatusConflict, "taken"},
	{tenant.ErrExists, http.StatusConflict, "exists"},
	{auth.ErrBadCredentials, http.StatusUnauthorized, "bad_credentials"},
	{auth.ErrTooMany, http.StatusTooManyRequests, "too_many"},
	{auth.ErrForbidden, http.StatusForbidden, "forbidden"},
	{auth.ErrWeakPassword, http.StatusUnprocessableEntity, "weak_password"},
	{auth.ErrBadPerson, http.StatusUnprocessableEntity, "invalid"},
	{auth.ErrBadToken, http.StatusUnprocessableEntity, "invalid"},
	{rule.ErrNotFound, http.StatusNotFound, "not_found"},
	{rule.ErrNotLoaded, http.StatusUnprocessableEntity, "rules_not_loaded"},
	{auth.ErrSignedOut, http.StatusUnauthorized, "unauthenticated"},
	{context.DeadlineExceeded, http.StatusGatewayTimeout, "timeout"},
	{context.Canceled, http.StatusRequestTimeout, "timeout"},
}

// shown turns an error into what the caller may see; ok is false for an internal one, which must be logged and not shown.
func shown(err error) (p *Problem, ok bool) {
	if errors.As(err, &p) {
		return p, true
	}
	var bad *query.Error
	if errors.As(err, &bad) {
		return badQuery(bad), true
	}
	for _, k := range known {
		if !errors.Is(err, k.err) {
			continue
		}
		if k.code == "not_found" {
			return notFound(), true
		}
		if k.status == http.StatusUnprocessableEntity { // tells of the caller's own words alone
			return problem(k.status, k.code, err.Error()), true
		}
		return problem(k.status, k.code, k.err.Error()), true
	}
	return nil, false
}

var codes = map[int]string{
	http.StatusRequestEntityTooLarge: "too_large",
	http.StatusRequestTimeout:        "timeout",
	http.StatusInternalServerError:   "internal",
	http.StatusNotFound:              "not_found",
}

var setOnce sync.Once

// setHuma gives huma our shape of errors, and lists that are never null. Both are settings of the library as a whole.
func setHuma() {
	setOnce.Do(func() {
		huma.DefaultArrayNullable = false
		huma.NewError = func(status int, detail string, errs ...error) huma.StatusError {
			code := codes[status]
			if code == "" {
				code = "invalid"
			}
			p := problem(status, code, detail)
			if status < http.StatusInternalServerError {
				p.Errors = details(errs)
			}
			return p
		}
	})
}

// details keeps where and what, but echoes no value of a body: it may hold a password.
func details(errs []error) []*huma.ErrorDetail {
	out := make([]*huma.ErrorDetail, 0, len(errs))
	for _, err := range errs {
		d := &huma.ErrorDetail{}
		if !errors.As(err, &d) {
			d = &huma.ErrorDetail{Message: fmt.Sprint(err)}
		}
		kept := *d
		if strings.HasPrefix(kept.Location, "body") {
			kept.Value = nil
		}
		out = append(out, &kept)
	}
	return out
}
