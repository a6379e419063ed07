package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// minPassword is the least number of characters in a password, maxPassword the most bytes.
const (
	minPassword = 12
	maxPassword = 1024
)

// CheckPassword holds a password against the rule: at least 12 characters, at most 1024 bytes, and not the name. The error wraps ErrWeakPassword.
func CheckPassword(name, password string) error {
	if strings.EqualFold(strings.TrimSpace(password), name) {
		return fmt.Errorf("%w and not the name", ErrWeakPassword)
	}
	if utf8.RuneCountInString(password) < minPassword {
		return ErrWeakPassword
	}
	if len(password) > maxPassword {
		return fmt.Errorf("%w and at most %d bytes", ErrWeakPassword, maxPassword)
	}
	return nil
}

// passwordLetters are easy to read aloud and to tell apart: no 0, 1, l or o. There are 32, so that a random byte picks evenly.
const passwordLetters = "abcdefghijkmnpqrstuvwxyz23456789"

// newPassword makes a password of four groups of four letters, 80 random bits.
func newPassword() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails, as its documentation says
	var b strings.Builder
	for i, r := range random {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(passwordLetters[int(r)%len(passwordLetters)])
	}
	return b.String()
}

// Cost of one hash: OWASP's first choice for argon2id. Stored hashes carry their own.
var cost = params{memory: 19 << 10, passes: 2, lanes: 1}

// hashesAtOnce bounds the memory that sign-ins take together.
const hashesAtOnce = 2

type params struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
}

// hasher hashes passwords with argon2id, few at a time.
type hasher struct{ slots chan struct{} }

func newHasher() *hasher { return &hasher{slots: make(chan struct{}, hashesAtOnce)} }

// hash gives the PHC string of a password under a new salt.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt)
	key, err := h.key(ctx, password, salt, cost, 32)
	if err != nil {
		return "", err
	}
	return phc(cost, salt, key), nil
}

// verify reports whether the password is that of the PHC string. It takes as long for a wrong one as for the right one.
func (h *hasher) verify(ctx context.Context, stored, password string) (bool, error) {
	p, salt, want, err := parsePHC(stored)
	if err != nil {
		return false, err
	}
	got, err := h.key(ctx, password, salt, p, uint32(len(want)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

func (h *hasher) key(ctx context.Context, password string, salt []byte, p params, size uint32) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash: %w", ctx.Err())
	}
	return argon2.IDKey([]byte(password), salt, p.passes, p.memory, p.lanes, size), nil
}

// dummyHash costs as much to verify as a real one and fits no password, so that an unknown name takes as long as a wrong password.
func dummyHash() string {
	random := make([]byte, 16+32)
	_, _ = rand.Read(random)
	return phc(cost, random[:16], random[16:])
}

func phc(p params, salt, key []byte) string {
	enc := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.passes, p.lanes, enc(salt), enc(key))
}

var errPHC = errors.New("stored hash is no argon2id PHC string")

// parsePHC reads a PHC string. Costs far above ours are refused: they could only come from a damaged record and would take all memory.
func parsePHC(s string) (p params, salt, key []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, nil, nil, errPHC
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes); err != nil {
		return p, nil, nil, fmt.Errorf("%w: %w", errPHC, err)
	}
	if p.memory < 8 || p.memory > 256<<10 || p.passes < 1 || p.passes > 16 || p.lanes < 1 || p.lanes > 16 {
		return p, nil, nil, fmt.Errorf("%w: cost out of bounds", errPHC)
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	key, errKey := base64.RawStdEncoding.DecodeString(parts[5])
	if err := errors.Join(errSalt, errKey); err != nil {
		return p, nil, nil, fmt.Errorf("%w: %w", errPHC, err)
	}
	if len(salt) < 8 || len(key) < 16 || len(key) > 64 {
		return p, nil, nil, fmt.Errorf("%w: length", errPHC)
	}
	return p, salt, key, nil
}
