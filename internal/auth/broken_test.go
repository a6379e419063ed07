package auth_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/state"
)

var errDisk = errors.New("no space left on device")

// fullDisk reads but does not write what follows from a call by itself.
type fullDisk struct{ *state.State }

func (fullDisk) TouchSession(context.Context, string, time.Time) error { return errDisk }
func (fullDisk) AddEntry(context.Context, auth.Entry) error            { return errDisk }

// TestFullDisk holds that people who are signed in can still look, and that nothing is done that the audit log cannot tell of.
func TestFullDisk(t *testing.T) {
	h := newHouse(t)
	secret, _ := h.in("hanako")
	full := auth.NewGate(fullDisk{h.records}, h.records, func() time.Time { return h.at }, slog.New(slog.DiscardHandler))
	h.at = h.at.Add(time.Hour)
	c, err := full.Caller(t.Context(), secret)
	if err != nil || c.Person.ID != h.hanako.ID {
		t.Errorf("caller %+v, %v", c, err)
	}
	fresh, c, err := full.SignIn(t.Context(), "hanako", password, address)
	h.is(err, errDisk)
	if fresh != "" || c.Person.ID != "" {
		t.Errorf("signed in unseen: %+v", c)
	}
	_, _, err = full.SignIn(t.Context(), "hanako", "a wrong password", address)
	h.is(err, auth.ErrBadCredentials)
	h.is(full.Audit(t.Context(), c, "item.judge", "i1", h.aoi, "", address), errDisk)
}
