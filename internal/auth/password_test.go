package auth

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
)

func TestCheckPassword(t *testing.T) {
	for _, c := range []struct {
		name, password string
		good           bool
	}{
		{"hanako", "twelve chars", true},
		{"hanako", "eleven char", false},
		{"hanako", "合言葉は山と川と海と空と", true}, // 12 characters
		{"hanako", "合言葉は山と川と海と空", false},
		{"hanako.tanaka", "Hanako.Tanaka", false},
		{"hanako.tanaka", " hanako.tanaka ", false},
		{"hanako", strings.Repeat("x", maxPassword), true},
		{"hanako", strings.Repeat("x", maxPassword+1), false},
		{"hanako", "", false},
	} {
		if err := CheckPassword(c.name, c.password); (err == nil) != c.good || err != nil && !errors.Is(err, ErrWeakPassword) {
			t.Errorf("%q for %s: %v", c.password[:min(len(c.password), 20)], c.name, err)
		}
	}
}

func TestNewPasswordsAreReadableAndGood(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		p := newPassword()
		if !regexp.MustCompile(`^([a-km-np-z2-9]{4}-){3}[a-km-np-z2-9]{4}$`).MatchString(p) || CheckPassword("hanako", p) != nil {
			t.Fatalf("password %q", p)
		}
		seen[p] = true
	}
	if len(seen) != 100 || len(passwordLetters) != 32 {
		t.Errorf("%d different of 100, of %d letters", len(seen), len(passwordLetters))
	}
}

func TestHashRoundTrip(t *testing.T) {
	h := newHasher()
	one, err := h.hash(t.Context(), "correct horse battery")
	if err != nil || !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("hash %q, %v", one, err)
	}
	two, err := h.hash(t.Context(), "correct horse battery")
	if err != nil || one == two {
		t.Errorf("the same salt twice: %v", err)
	}
	// A hash of another cost, as a later version may write, is read by its own.
	other := "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$" // salt "saltsaltsalt"
	key, err := h.key(t.Context(), "correct horse battery", []byte("saltsaltsalt"), params{8, 1, 1}, 16)
	if err != nil {
		t.Fatal(err)
	}
	other += strings.TrimPrefix(phc(params{8, 1, 1}, []byte("saltsaltsalt"), key), other)
	for _, c := range []struct {
		stored, password string
		fits             bool
	}{
		{one, "correct horse battery", true},
		{one, "correct horse batterz", false},
		{one, "", false},
		{other, "correct horse battery", true},
		{dummyHash(), "", false},
	} {
		if fits, err := h.verify(t.Context(), c.stored, c.password); err != nil || fits != c.fits {
			t.Errorf("%q against %.40s…: %v, %v", c.password, c.stored, fits, err)
		}
	}
}

func TestDamagedHashesAreRefused(t *testing.T) {
	h := newHasher()
	for _, stored := range []string{
		"", "secret", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=16$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=8,t=0,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=8,t=1,p=300$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=8,t=1,p=1$!!$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$", "$argon2id$v=19$m=8,t=1,p=1$$AAAAAAAAAAAAAAAAAAAAAA",
	} {
		if fits, err := h.verify(t.Context(), stored, ""); err == nil || fits {
			t.Errorf("%q: %v, %v", stored, fits, err)
		}
	}
}

// TestHashesWaitForASlot holds that no more than two hashes take their memory at once, and that one who waits can be called off.
func TestHashesWaitForASlot(t *testing.T) {
	h := newHasher()
	for range hashesAtOnce {
		h.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.hash(ctx, "correct horse battery"); !errors.Is(err, context.Canceled) {
		t.Errorf("a hash beyond the slots: %v", err)
	}
	<-h.slots
	if _, err := h.hash(t.Context(), "correct horse battery"); err != nil || len(h.slots) != 1 {
		t.Errorf("a free slot: %v, %d in use afterwards", err, len(h.slots))
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add(dummyHash())
	f.Add("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$$$$$")
	f.Fuzz(func(t *testing.T, s string) {
		p, salt, key, err := parsePHC(s)
		if err == nil && (p.memory > 256<<10 || p.passes == 0 || p.lanes == 0 || len(salt) < 8 || len(key) < 16) {
			t.Errorf("took %q as %+v, %d, %d", s, p, len(salt), len(key))
		}
	})
}
