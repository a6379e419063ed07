package auth

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Limits of failed attempts to sign in.
const (
	triesByName    = 5  // for one name from one address
	triesByAddress = 50 // from one address, for whatever names
	firstWait      = time.Minute
	longestWait    = 15 * time.Minute
	forgiveAfter   = time.Hour // without attempt
	maxTried       = 10_000    // keys that are remembered
)

// TooManyError says when the next attempt to sign in may be made. It is ErrTooMany.
type TooManyError struct{ Retry time.Duration }

// Error names the wait in whole seconds.
func (e *TooManyError) Error() string {
	return fmt.Sprintf("%v: try again in %d s", ErrTooMany, int(e.Retry.Seconds()+0.999))
}

// Unwrap gives ErrTooMany.
func (e *TooManyError) Unwrap() error { return ErrTooMany }

// limiter counts failed attempts. An attempt counts as failed from its start, so that attempts made at once do not slip through together.
type limiter struct {
	now   func() time.Time
	mu    sync.Mutex
	tried map[string]tries
}

type tries struct {
	failed int
	last   time.Time
	until  time.Time // no attempt before
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, tried: map[string]tries{}}
}

// begin counts an attempt, or refuses it with a *TooManyError.
func (l *limiter) begin(name, address string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, byName, byAddress := l.now(), nameKey(name, address), addressKey(address)
	if wait := max(l.tried[byName].until.Sub(now), l.tried[byAddress].until.Sub(now)); wait > 0 {
		return &TooManyError{Retry: wait}
	}
	l.count(byName, triesByName, now)
	l.count(byAddress, triesByAddress, now)
	return nil
}

func (l *limiter) count(key string, allowed int, now time.Time) {
	t := l.tried[key]
	if now.Sub(t.last) > forgiveAfter {
		t = tries{}
	}
	t.failed, t.last = t.failed+1, now
	if over := t.failed - allowed; over >= 0 {
		t.until = now.Add(min(firstWait<<min(over, 10), longestWait))
	}
	l.tried[key] = t
	if len(l.tried) > maxTried {
		l.forget(now)
	}
}

// succeeded takes an attempt back: the name is free again, the address has one failure less.
func (l *limiter) succeeded(name, address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.tried, nameKey(name, address))
	key := addressKey(address)
	t := l.tried[key]
	t.failed--
	t.until = time.Time{}
	if t.failed <= 0 {
		delete(l.tried, key)
		return
	}
	l.tried[key] = t
}

// forget drops what is forgiven, and when that is not enough, the tenth of the keys that was longest not tried: memory is bounded whoever knocks.
func (l *limiter) forget(now time.Time) {
	var lasts []time.Time
	for key, t := range l.tried {
		if now.Sub(t.last) > forgiveAfter {
			delete(l.tried, key)
		} else {
			lasts = append(lasts, t.last)
		}
	}
	if len(lasts) <= maxTried*9/10 {
		return
	}
	slices.SortFunc(lasts, time.Time.Compare)
	until := lasts[len(lasts)/10]
	for key, t := range l.tried {
		if !t.last.After(until) {
			delete(l.tried, key)
		}
	}
}

func nameKey(name, address string) string { return name + "\x00" + addressKey(address) }

// addressKey takes an IPv6 caller's /64 for one address, since a host can choose any within it.
func addressKey(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap(); a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
