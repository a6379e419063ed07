package auth

import "testing"

// Cheap makes hashing cost next to nothing for the rest of the test.
func Cheap(t testing.TB) {
	usual := cost
	cost = params{memory: 64, passes: 1, lanes: 1}
	t.Cleanup(func() { cost = usual })
}
