package api_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/api"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Another site can make a browser send the cookie, but neither our header nor another origin's name.
func TestOtherSitesCannotAct(t *testing.T) {
	w := newWorld(t)
	root := w.as("root")
	bare := func(r *http.Request) { r.Header.Del("X-Noroshi-CSRF") }
	cross := func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }
	old := func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }
	lines := w.audits()
	for _, op := range operations(t) {
		if op.method == http.MethodGet {
			continue
		}
		path := strings.ReplaceAll(op.path, "{id}", w.a.items[0].ID)
		root.refused(http.StatusForbidden, "csrf", op.method, path, nil, cross)
		root.refused(http.StatusForbidden, "csrf", op.method, path, nil, old)
		if !op.public {
			root.refused(http.StatusForbidden, "csrf", op.method, path, nil, bare)
		}
	}
	same(t, "lines of the audit log", w.audits(), lines)
	if got := root.call("GET", "/session", nil, bare, cross); got.status != 200 {
		t.Errorf("reading needs no header: %d %s", got.status, got.body)
	}
	var made api.NewToken
	root.want(200, &made, "POST", "/tokens", map[string]any{"name": "program"})
	program := &browser{w: w, token: made.Token}
	if got := program.call("PUT", "/incidents/"+w.a.incident.ID+"/status", map[string]any{"status": "closed"}, bare, cross, old); got.status != 200 {
		t.Errorf("a program with a token: %d %s", got.status, got.body)
	}
	program.refused(http.StatusForbidden, "forbidden", "POST", "/tokens", map[string]any{"name": "from a token"})
}

func TestAnswersAreGuarded(t *testing.T) {
	w := newWorld(t)
	for _, me := range []*browser{w.as("root"), {w: w}} {
		got := me.call("GET", "/session", nil)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'self'", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
			"X-Frame-Options": "DENY", "Cache-Control": "no-store",
		} {
			holds(t, name, got.header.Get(name), want)
		}
		holds(t, "policy", got.header.Get("Content-Security-Policy"), "frame-ancestors 'none'", "worker-src 'self' blob:", "img-src 'self' data: blob:", "style-src 'self' 'unsafe-inline'")
	}
}

func TestBadInputIsNamed(t *testing.T) {
	w := newWorld(t)
	root := w.as("root")
	p := root.refused(422, "invalid", "POST", "/people", map[string]any{"name": "UPPER", "display_name": "x", "role": "king", "password": "secret-word-here", "x": 1})
	var where []string
	for _, e := range p.Errors {
		where = append(where, e.Location)
		if e.Value != nil {
			t.Errorf("%s echoes %v", e.Location, e.Value)
		}
	}
	holds(t, "locations", strings.Join(where, " "), "body.name", "body.role", "body.x")
	root.refused(422, "invalid", "GET", "/items?limit=0", nil)
	root.refused(422, "invalid", "GET", "/items?level=worst", nil)
	root.refused(422, "invalid", "GET", "/events?from=yesterday", nil)
	root.refused(422, "invalid", "GET", "/events?from=2026-04-02T00:00:00Z&to=2026-04-01T00:00:00Z", nil)
	root.refused(422, "invalid", "GET", "/events?after=zzz", nil)
	root.refused(422, "invalid", "GET", "/events/values?field=time", nil)
	root.refused(422, "invalid", "GET", "/events/values?field=domain", nil)
	root.refused(400, "invalid", "POST", "/tokens", nil, func(r *http.Request) { r.Body = body("{") })
	root.refused(404, "not_found", "GET", "/nothing", nil)
	root.refused(404, "not_found", "GET", "/events/no-id", nil)
	large := bytes.Repeat([]byte(" "), 1<<20+1)
	root.refused(413, "too_large", "POST", "/tokens", nil, func(r *http.Request) { r.Body = body(string(large)) })
}

func body(s string) *reader { return &reader{strings.NewReader(s)} }

// reader is a body whose length is not told.
type reader struct{ *strings.Reader }

func (*reader) Close() error { return nil }

// broken is a store of tenants that fails or panics.
type broken struct {
	tenant.Store
	with any
}

func (b broken) Tenants(context.Context, tenant.Scope) ([]tenant.Tenant, error) {
	if err, ok := b.with.(error); ok {
		return nil, err
	}
	panic(b.with)
}

// What goes wrong inside is in the log under the id that is shown, and shown in no other way.
func TestInternalErrorsDoNotLeak(t *testing.T) {
	for _, with := range []any{errors.New("no such table: secret_table"), "secret_table at 0xdeadbeef"} {
		w := newWorld(t, func(d *api.Deps) { d.Tenants = broken{d.Tenants, with} })
		p := w.as("root").refused(500, "internal", "GET", "/session", nil)
		if p.ID == "" || strings.Contains(p.Detail, "secret") || len(p.Errors) > 0 {
			t.Errorf("shown: %+v", p)
		}
		holds(t, "log", w.log.String(), p.ID, "secret_table")
	}
	w := newWorld(t, func(d *api.Deps) { d.Tenants = broken{d.Tenants, context.DeadlineExceeded} })
	w.as("root").refused(504, "timeout", "GET", "/session", nil)
}

func TestTimesAreMicrosecondsUTC(t *testing.T) {
	in := api.Time(time.Date(2026, 4, 1, 9, 0, 0, 1_002_999, time.FixedZone("", 9*3600)))
	got, err := in.MarshalJSON()
	if err != nil || string(got) != `"2026-04-01T00:00:00.001002Z"` {
		t.Errorf("%s, %v", got, err)
	}
	var back api.Time
	if err := back.UnmarshalJSON(got); err != nil || !time.Time(back).Equal(time.Time(in).Truncate(time.Microsecond)) {
		t.Errorf("%v, %v", time.Time(back), err)
	}
}
