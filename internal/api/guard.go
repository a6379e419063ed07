package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/auth"
)

const (
	cookieName = "noroshi_session"
	csrfHeader = "X-Noroshi-CSRF"
	maxBody    = 1 << 20
)

// SecurityHeaders sets what browsers are to keep to, for the console and the API alike: nothing from elsewhere, no framing, no referrer.
func SecurityHeaders(next http.Handler) http.Handler {
	const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; worker-src 'self' blob:; " +
		"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		next.ServeHTTP(w, r)
	})
}

// guard lets through what is signed in, came from our own console or from a program, and is not too large.
func (a *api) guard(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	checked := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		known, err := a.authenticate(r, origin)
		if err != nil {
			var p *Problem
			if !errors.As(err, &p) {
				p = a.internal("authenticate", err)
			}
			a.refuse(w, p)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitKey{}, known)))
	}
	return SecurityHeaders(a.recovered(http.HandlerFunc(checked)))
}

// visit is what is known of a request before it is handled.
type visit struct {
	caller  *auth.Caller // nil where the call is public
	address string
	host    string // by which the server was reached
	secure  bool   // came by TLS
	secret  string // of the session or token
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	if v == nil {
		return &visit{}
	}
	return v
}

func callerOf(ctx context.Context) *auth.Caller { return visitOf(ctx).caller }

func addressOf(ctx context.Context) string { return visitOf(ctx).address }

// authenticate says who calls. Only signing in needs no caller; an unknown path needs one too, so that outsiders cannot tell paths apart.
func (a *api) authenticate(r *http.Request, origin *http.CrossOriginProtection) (*visit, error) {
	v := &visit{address: clientAddress(r), host: r.Host, secure: r.TLS != nil}
	if scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		v.secret = strings.TrimSpace(token)
		return v, a.know(r.Context(), v)
	}
	if err := origin.Check(r); err != nil {
		return nil, csrf("the request comes from another site")
	}
	if r.Method == http.MethodPost && r.URL.Path == Prefix+"/session" {
		return v, nil
	}
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return nil, unauthenticated()
	}
	v.secret = cookie.Value
	if err := a.know(r.Context(), v); err != nil {
		return nil, err
	}
	if !safe(r.Method) && r.Header.Get(csrfHeader) == "" {
		return nil, csrf("header " + csrfHeader + " is missing")
	}
	return v, nil
}

func (a *api) know(ctx context.Context, v *visit) error {
	c, err := a.Gate.Caller(ctx, v.secret)
	if errors.Is(err, auth.ErrSignedOut) {
		return unauthenticated()
	}
	v.caller = &c
	return err
}

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

func csrf(detail string) *Problem { return problem(http.StatusForbidden, "csrf", detail) }

func unauthenticated() *Problem {
	return problem(http.StatusUnauthorized, "unauthenticated", "sign in first")
}

func clientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// recovered answers a panic as an internal error; where the answer has begun, the connection is cut so that nobody takes half of it for the whole.
func (a *api) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := &begun{ResponseWriter: w}
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			p := a.internal(r.Method+" "+r.URL.Path, fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
			if begun.yes {
				panic(http.ErrAbortHandler)
			}
			a.refuse(w, p)
		}()
		next.ServeHTTP(begun, r)
	})
}

// begun notes whether an answer has begun.
type begun struct {
	http.ResponseWriter
	yes bool
}

// WriteHeader notes and passes on.
func (b *begun) WriteHeader(status int) {
	b.yes = true
	b.ResponseWriter.WriteHeader(status)
}

// Write notes and passes on.
func (b *begun) Write(p []byte) (int, error) {
	b.yes = true
	return b.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach what lies below.
func (b *begun) Unwrap() http.ResponseWriter { return b.ResponseWriter }

// internal logs what went wrong and gives what may be shown of it.
func (a *api) internal(operation string, err error) *Problem {
	var random [6]byte
	_, _ = rand.Read(random[:]) // never fails, by its contract
	p := problem(http.StatusInternalServerError, "internal", "something went wrong in the server; its log has the details under this id")
	p.ID = hex.EncodeToString(random[:])
	a.Log.Error("request failed", "id", p.ID, "operation", operation, "err", err)
	return p
}

// refuse writes a problem as the whole answer.
func (a *api) refuse(w http.ResponseWriter, p *Problem) {
	var body bytes.Buffer
	if err := json.NewEncoder(&body).Encode(p); err != nil {
		a.Log.Error("cannot write a problem", "code", p.Code, "err", err)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(body.Bytes())
}
