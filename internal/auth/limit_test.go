package auth

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func wait(t *testing.T, err error) time.Duration {
	t.Helper()
	if err == nil {
		return 0
	}
	var many *TooManyError
	if !errors.As(err, &many) || !errors.Is(err, ErrTooMany) {
		t.Fatalf("error %v", err)
	}
	return many.Retry
}

func TestLimiterWaitsLongerEachTime(t *testing.T) {
	c := &clock{at: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)}
	l := newLimiter(c.now)
	for i := range triesByName {
		if err := l.begin("hanako", "192.0.2.1"); err != nil {
			t.Fatalf("attempt %d: %v", i+1, err)
		}
	}
	for _, minutes := range []int{1, 2, 4, 8, 15, 15} {
		want := time.Duration(minutes) * time.Minute
		if got := wait(t, l.begin("hanako", "192.0.2.1")); got != want {
			t.Fatalf("wait %v, want %v", got, want)
		}
		c.at = c.at.Add(want - 1)
		if got := wait(t, l.begin("hanako", "192.0.2.1")); got != 1 {
			t.Fatalf("a moment before: %v", got)
		}
		c.at = c.at.Add(1)
		if err := l.begin("hanako", "192.0.2.1"); err != nil {
			t.Fatalf("after the wait: %v", err)
		}
	}
	c.at = c.at.Add(forgiveAfter + 1)
	for i := range triesByName {
		if err := l.begin("hanako", "192.0.2.1"); err != nil {
			t.Fatalf("forgiven, attempt %d: %v", i+1, err)
		}
	}
}

func TestLimiterKeepsNamesAndAddressesApart(t *testing.T) {
	c := &clock{at: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)}
	l := newLimiter(c.now)
	for range triesByName {
		_ = l.begin("hanako", "2001:db8::1")
	}
	for _, who := range []struct {
		name, address string
		refused       bool
	}{
		{"hanako", "2001:db8::ffff:1", true}, // the same /64
		{"hanako", "2001:db8:0:1::1", false},
		{"hanako", "192.0.2.1", false},
		{"akira", "2001:db8::1", false},
		{"hanako", "no address", false},
	} {
		if got := wait(t, l.begin(who.name, who.address)) > 0; got != who.refused {
			t.Errorf("%s from %s: refused %v", who.name, who.address, got)
		}
	}
}

func TestLimiterStopsSpraying(t *testing.T) {
	c := &clock{at: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)}
	l := newLimiter(c.now)
	for i := range triesByAddress {
		if err := l.begin(fmt.Sprint("name", i), "192.0.2.1"); err != nil {
			t.Fatalf("attempt %d: %v", i+1, err)
		}
	}
	if wait(t, l.begin("another", "192.0.2.1")) == 0 {
		t.Error("one address may try names without end")
	}
	if wait(t, l.begin("another", "::ffff:192.0.2.1")) == 0 {
		t.Error("the same address in IPv6 form is another one")
	}
}

// TestLimiterLetsAnOfficeIn holds that people who know their passwords are not held up by how many they are.
func TestLimiterLetsAnOfficeIn(t *testing.T) {
	c := &clock{at: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)}
	l := newLimiter(c.now)
	for i := range 10 * triesByAddress {
		name := fmt.Sprint("name", i)
		if err := l.begin(name, "192.0.2.1"); err != nil {
			t.Fatalf("person %d: %v", i+1, err)
		}
		l.succeeded(name, "192.0.2.1")
	}
	if len(l.tried) != 0 {
		t.Errorf("%d keys kept of nothing that failed", len(l.tried))
	}
}

func TestLimiterMemoryIsBounded(t *testing.T) {
	c := &clock{at: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)}
	l := newLimiter(c.now)
	for i := range maxTried + 50 {
		_ = l.begin("n", fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255))
		c.at = c.at.Add(time.Millisecond)
	}
	if len(l.tried) > maxTried || len(l.tried) < maxTried/2 {
		t.Errorf("%d keys", len(l.tried))
	}
	for range triesByName {
		_ = l.begin("n", "192.0.2.9")
	}
	if wait(t, l.begin("n", "192.0.2.9")) == 0 {
		t.Error("the newest key was forgotten among so many")
	}
	c.at = c.at.Add(2 * forgiveAfter)
	for i := range maxTried - len(l.tried) + 1 {
		_ = l.begin("m", fmt.Sprintf("10.9.%d.%d", i>>8, i&255))
	}
	if len(l.tried) > maxTried/2 {
		t.Errorf("%d keys, most of them forgiven", len(l.tried))
	}
}
