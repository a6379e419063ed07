package auth_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/state"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

const (
	password = "yama to kawa 26"
	address  = "192.0.2.1"
)

// house is a Gate before real records, with tenants aoi and beni, a root who sees all and hanako, an analyst of aoi.
type house struct {
	*testing.T
	*auth.Gate
	records   *state.State
	file      string
	at        time.Time
	aoi, beni tenant.ID
	hanako    auth.Person
}

func newHouse(t *testing.T) *house {
	t.Helper()
	auth.Cheap(t)
	return newCostlyHouse(t)
}

// newCostlyHouse hashes passwords at their real cost.
func newCostlyHouse(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, file: filepath.Join(t.TempDir(), "records.db"), at: time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)}
	var err error
	if h.records, err = state.Open(t.Context(), h.file, state.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.records.Close() })
	h.Gate = auth.NewGate(h.records, h.records, func() time.Time { return h.at }, slog.New(slog.DiscardHandler))
	h.aoi, h.beni = h.tenant("aoi"), h.tenant("beni")
	h.person(auth.Person{Name: "root", Role: auth.Administrator, AllTenants: true})
	h.hanako = h.person(auth.Person{Name: "hanako", Role: auth.Analyst, Tenants: []tenant.ID{h.aoi}})
	return h
}

func (h *house) tenant(name string) tenant.ID {
	h.Helper()
	id, err := tenant.ParseID(name)
	h.ok(err)
	h.ok(h.records.CreateTenant(h.Context(), tenant.Tenant{ID: id, Name: name}))
	return id
}

func (h *house) person(p auth.Person) auth.Person {
	h.Helper()
	p, generated, err := h.CreatePerson(h.Context(), auth.Local(), p, password, address)
	h.ok(err)
	if generated != "" {
		h.Error("a password was made though one was given")
	}
	return p
}

func (h *house) ok(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) is(got, want error) {
	h.Helper()
	if !errors.Is(got, want) {
		h.Errorf("error %v, want %v", got, want)
	}
}

func (h *house) in(name string) (string, auth.Caller) {
	h.Helper()
	secret, c, err := h.SignIn(h.Context(), name, password, address)
	h.ok(err)
	return secret, c
}

func (h *house) caller(secret string) auth.Caller {
	h.Helper()
	c, err := h.Caller(h.Context(), secret)
	h.ok(err)
	return c
}

// signedOut holds that the secret opens nothing any more.
func (h *house) signedOut(secret string) {
	h.Helper()
	_, err := h.Caller(h.Context(), secret)
	h.is(err, auth.ErrSignedOut)
}

// told lists the newest lines of the audit log, oldest first.
func (h *house) told(n int) string {
	h.Helper()
	lines, _, err := h.records.Entries(h.Context(), 0, n)
	h.ok(err)
	var out []string
	for _, l := range lines {
		out = append([]string{l.ByName + " " + l.Action}, out...)
	}
	return strings.Join(out, ", ")
}

func TestSignIn(t *testing.T) {
	h := newHouse(t)
	secret, c, err := h.SignIn(t.Context(), " HANAKO ", password, address)
	h.ok(err)
	if c.Person.ID != h.hanako.ID || c.Token || !c.Scope.Has(h.aoi) || c.Scope.Has(h.beni) {
		t.Errorf("caller %+v", c)
	}
	if again := h.caller(secret); again.Session != c.Session || again.Scope.Has(h.beni) || !again.Scope.Has(h.aoi) {
		t.Errorf("called again %+v", again)
	}
	for _, wrong := range [][2]string{{"hanako", "yama to kawa 27"}, {"hanako", ""}, {"nobody", password}, {"", ""}} {
		_, got, err := h.SignIn(t.Context(), wrong[0], wrong[1], address)
		h.is(err, auth.ErrBadCredentials)
		if got.Person.ID != "" || !got.Scope.Empty() {
			t.Errorf("refused, and yet %+v", got)
		}
	}
	if got, want := h.told(5), "hanako session.create, hanako session.refuse, hanako session.refuse,  session.refuse,  session.refuse"; got != want {
		t.Errorf("audit log: %s", got)
	}
	for _, s := range []string{"", secret + "x", c.Session} {
		h.signedOut(s)
	}
}

// TestSecretsAreKeptNowhere looks for passwords and secrets in the files themselves.
func TestSecretsAreKeptNowhere(t *testing.T) {
	h := newHouse(t)
	secret, c := h.in("hanako")
	token, _, err := h.CreateToken(t.Context(), c, "script", address)
	h.ok(err)
	_, _, err = h.SignIn(t.Context(), "hanako", "a wrong password", address)
	h.is(err, auth.ErrBadCredentials)
	files, err := filepath.Glob(h.file + "*")
	h.ok(err)
	seen := false
	for _, f := range files {
		data, err := os.ReadFile(f)
		h.ok(err)
		seen = seen || bytes.Contains(data, []byte("hanako"))
		for _, s := range []string{secret, token, password, "a wrong password"} {
			if bytes.Contains(data, []byte(s)) {
				t.Errorf("%s holds %q", f, s)
			}
		}
	}
	if !seen {
		t.Error("the files were not read")
	}
}

// TestUnknownNamesCostAHash holds that the answer for an unknown name takes the same work, so that names cannot be told by the clock.
func TestUnknownNamesCostAHash(t *testing.T) {
	h := newCostlyHouse(t)
	allocated := func(name string) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := h.SignIn(t.Context(), name, "a wrong password", address)
		runtime.ReadMemStats(&after)
		h.is(err, auth.ErrBadCredentials)
		return after.TotalAlloc - before.TotalAlloc
	}
	const oneHash = 19 << 20
	if known, unknown := allocated("hanako"), allocated("nobody"); known < oneHash || unknown < oneHash {
		t.Errorf("a known name takes %d bytes, an unknown one %d", known, unknown)
	}
}

func TestFailuresAreLimited(t *testing.T) {
	h := newHouse(t)
	var refused, wrong atomic.Int32
	var wg sync.WaitGroup
	for range 12 { // at once, so that none may slip through while the others are hashed
		wg.Go(func() {
			_, _, err := h.SignIn(h.Context(), "hanako", "a wrong password", address)
			switch {
			case errors.Is(err, auth.ErrTooMany):
				refused.Add(1)
			case errors.Is(err, auth.ErrBadCredentials):
				wrong.Add(1)
			}
		})
	}
	wg.Wait()
	if wrong.Load() != 5 || refused.Load() != 7 {
		t.Errorf("%d tried, %d refused", wrong.Load(), refused.Load())
	}
	_, _, err := h.SignIn(t.Context(), "hanako", password, address)
	var many *auth.TooManyError
	if !errors.As(err, &many) || many.Retry != time.Minute {
		t.Fatalf("the right password while refused: %v", err)
	}
	if _, _, err := h.SignIn(t.Context(), "hanako", password, "192.0.2.2"); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
	h.at = h.at.Add(many.Retry)
	h.in("hanako")
	for range 4 { // forgiven by the success
		_, _, err := h.SignIn(t.Context(), "hanako", "a wrong password", address)
		h.is(err, auth.ErrBadCredentials)
	}
	h.in("hanako")
}

func TestSessionsEnd(t *testing.T) {
	h := newHouse(t)
	idle, _ := h.in("hanako")
	used, c := h.in("hanako")
	token, _, err := h.CreateToken(t.Context(), c, "script", address)
	h.ok(err)
	h.at = h.at.Add(12*time.Hour - time.Minute)
	h.caller(used)
	h.at = h.at.Add(time.Minute)
	h.signedOut(idle)
	h.caller(used)
	h.at = h.at.Add(12*time.Hour - time.Second)
	h.caller(used)
	h.at = h.at.Add(time.Second)
	h.signedOut(used)
	h.at = h.at.Add(5 * 365 * 24 * time.Hour)
	if c := h.caller(token); !c.Token || c.Person.ID != h.hanako.ID {
		t.Errorf("token's caller %+v", c)
	}
}

func TestSignOutEndsThisSessionAlone(t *testing.T) {
	h := newHouse(t)
	one, c := h.in("hanako")
	two, _ := h.in("hanako")
	h.ok(h.SignOut(t.Context(), c, address))
	h.signedOut(one)
	h.caller(two)
	h.is(h.SignOut(t.Context(), auth.Caller{Person: h.hanako}, address), auth.ErrSignedOut)
	h.caller(two)
	if got := h.told(1); got != "hanako session.end" {
		t.Errorf("audit log: %s", got)
	}
}

// TestScopeIsOfNow holds that what people may see follows the records at each call, not those of their sign-in.
func TestScopeIsOfNow(t *testing.T) {
	h := newHouse(t)
	root, rootCaller := h.in("root")
	hanako, _ := h.in("hanako")
	chairo := h.tenant("chairo")
	if c := h.caller(root); !c.Scope.Has(chairo) || len(c.Scope.IDs()) != 3 {
		t.Errorf("root sees %v", c.Scope.Strings())
	}
	h.hanako.Tenants = []tenant.ID{h.beni}
	_, err := h.UpdatePerson(t.Context(), rootCaller, h.hanako, address)
	h.ok(err)
	if c := h.caller(hanako); c.Scope.Has(h.aoi) || !c.Scope.Has(h.beni) || c.Scope.Has(chairo) {
		t.Errorf("hanako sees %v", c.Scope.Strings())
	}
}

func TestAuditIsWrittenThoughTheCallWasGivenUp(t *testing.T) {
	h := newHouse(t)
	_, c := h.in("hanako")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h.ok(h.Audit(ctx, c, "item.judge", "i1", h.aoi, "level_3", address))
	lines, _, err := h.records.Entries(t.Context(), 0, 1)
	h.ok(err)
	want := auth.Entry{
		ID: lines[0].ID, At: h.at, By: h.hanako.ID, ByName: "hanako", Action: "item.judge", Target: "i1", Tenant: "aoi", Detail: "level_3", Address: address,
	}
	if lines[0] != want {
		t.Errorf("line %+v", lines[0])
	}
}
