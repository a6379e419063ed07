package normalize

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/noroshi-soc/noroshi/internal/event"
)

func TestLowerIsToLower(t *testing.T) {
	var m memory
	check := func(s string) {
		t.Helper()
		want := strings.ToLower(s)
		if got := m.lower(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
		if got := string(appendLower([]byte("before"), s)); got != "before"+want {
			t.Errorf("%q: %q behind something, want %q", s, got, want)
		}
	}
	for c := range 128 {
		for at := range 20 {
			check(strings.Repeat("a", at) + string(rune(c)) + strings.Repeat("Z", at%5))
		}
	}
	for _, s := range []string{"", "İSTANBUL", "ΑΣ", "K", "Ⱥ", strings.Repeat("Ⱥ", 30), "ABCDEFGHÉ", "abcdefghé", "ÀBCDEFGH", strings.Repeat("A", 5000), "[`@{", "日本 ABC"} {
		check(s)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		b := make([]byte, r.IntN(40))
		for i := range b {
			b[i] = byte(r.IntN(128))
		}
		check(string(b))
	}
}

func TestASCIIAtEveryPlace(t *testing.T) {
	for length := range 100 {
		b := []byte(strings.Repeat("\x7f", length))
		if !isASCII(b) {
			t.Fatalf("%d bytes of ASCII are none", length)
		}
		for at := range length {
			b[at] = utf8.RuneSelf
			if isASCII(b) {
				t.Fatalf("byte %d of %d is passed over", at, length)
			}
			b[at] = 'x'
		}
	}
}

// TestMemoryIsGivenOnce asks for room of all sizes and wants nothing that was taken to change.
func TestMemoryIsGivenOnce(t *testing.T) {
	m := memory{coming: 3}
	r := rand.New(rand.NewPCG(1, 2))
	var kept, want []string
	var lists []event.Fields
	for i := range 3000 {
		m.coming = max(0, 2000-i)
		text := strings.Repeat(string(rune('a'+i%26)), r.IntN(400)*(1+9*(i%50/49)))
		kept, want = append(kept, m.keep(text)), append(want, text)
		room := m.room(100)
		for i := range room[:100] { // not taken
			room[i] = '!'
		}
		list := m.fieldRoom()
		for range r.IntN(80) {
			list = append(list, event.Field{Name: text})
		}
		if i%10 == 0 {
			m.dropFields(list)
			continue
		}
		lists = append(lists, m.takeFields(list))
		_ = append(lists[len(lists)-1], event.Field{Name: "behind it"})
		for _, f := range m.fields {
			if f.Name != "" {
				t.Fatal("room for fields is not zero")
			}
		}
	}
	for i := range kept {
		if kept[i] != want[i] {
			t.Fatalf("text %d changed", i)
		}
	}
	for _, list := range lists {
		for _, f := range list {
			if f.Name != list[0].Name || f.Name == "behind it" {
				t.Fatalf("a list holds %.20q and %.20q", list[0].Name, f.Name)
			}
		}
	}
}
