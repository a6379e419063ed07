package sigma

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

const (
	// maxGroupValue bounds the value of a field that is kept for people.
	maxGroupValue = 1024
	// maxKeyPart is the longest value compared by itself, not by its hash.
	maxKeyPart = 256
	// maxCombinations bounds what one observation with lists in it counts for.
	maxCombinations = 64
	// absentCarry stands for a field that an event does not have.
	absentCarry = "\x00absent"
)

// feed is a way from a rule or correlation to one above: where in its values
// the fields are.
type feed struct {
	node                 *correlated
	input                int32
	group, values, carry []int
}

// sighting is one match of a rule or correlation below.
type sighting struct {
	t      int64
	first  int64
	ref    string
	events []string
	values []Value
}

var absent Value

func (s *sighting) value(i int) *Value {
	if i < len(s.values) {
		return &s.values[i]
	}
	return &absent
}

// take sorts a sighting into its groups. A list counts for each of its
// values, of all its lists together at most maxCombinations.
func (f *feed) take(s sighting) {
	n := f.node
	switch {
	case !f.complete(&s, f.group):
		n.stats.Missing++
		return
	case !f.complete(&s, f.values):
		n.stats.Unusable++
		return
	}
	e := entry{t: s.t, ref: s.ref, rule: f.input}
	if len(f.carry) > 0 || len(s.events) > 0 {
		e.more = &evidence{events: s.events, first: s.first}
		for _, i := range f.carry {
			e.more.carry = append(e.more.carry, carried(s.value(i)))
		}
	}
	if !f.number(&s, &e) {
		n.stats.Unusable++
		return
	}
	for _, pick := range n.combinations(&s, f.group) {
		f.enter(&s, pick, e)
	}
}

// number reports whether one of the values at least is a number, where
// numbers are wanted.
func (f *feed) number(s *sighting, e *entry) bool {
	if !f.node.corr.numeric() {
		return true
	}
	for _, pick := range f.node.combinations(s, f.values) {
		if num, ok := readDecimal(s.value(f.values[0]).element(pick[0]).Text); ok {
			e.num = num
			return true
		}
	}
	return false
}

// enter adds an entry to one group, for each of its values.
func (f *feed) enter(s *sighting, pick []int, e entry) {
	n := f.node
	n.key = f.appendKeys(n.key[:0], s, f.group, pick)
	g := n.groups[string(n.key)]
	if g == nil {
		values := make([]string, 0, len(f.group))
		for i, at := range f.group {
			values = append(values, cut(s.value(at).element(pick[i]).Text))
		}
		g = n.found(values)
	}
	for _, pick := range n.combinations(s, f.values) {
		if e.num != nil {
			var ok bool
			if e.num, ok = readDecimal(s.value(f.values[0]).element(pick[0]).Text); !ok {
				n.stats.Unusable++
				e.num = &decimal{}
				continue
			}
		}
		e.key = string(f.appendKeys(n.key[:0], s, f.values, pick))
		n.machine.add(n, g, e)
	}
	n.settle(g)
}

func (f *feed) appendKeys(key []byte, s *sighting, fields, pick []int) []byte {
	for i, at := range fields {
		key = appendKey(key, s.value(at).element(pick[i]).Text)
	}
	return key
}

// complete reports whether all these fields have a value, or a list one.
func (f *feed) complete(s *sighting, fields []int) bool {
	for _, i := range fields {
		v, some := s.value(i), false
		for j := range v.size() {
			some = some || v.element(j).scalar()
		}
		if !some {
			return false
		}
	}
	return true
}

// firsts is the one combination where no value is a list.
var firsts = [][]int{make([]int, maxReferences)}

// combinations picks one scalar of each field in every way there is, up to a
// bound.
func (n *correlated) combinations(s *sighting, fields []int) [][]int {
	plain := true
	for _, i := range fields {
		plain = plain && s.value(i).Kind != List
	}
	if plain {
		return firsts
	}
	picks := [][]int{nil}
	for _, i := range fields {
		var more [][]int
		different := s.value(i).different()
		for _, pick := range picks {
			for _, j := range different {
				switch {
				case len(more) == maxCombinations:
					n.stats.Dropped++
				default:
					more = append(more, append(pick[:len(pick):len(pick)], j))
				}
			}
		}
		picks = more
	}
	return picks
}

// different is where the scalars of a value are, of equal ones the first.
func (v *Value) different() []int {
	var out []int
	var key []byte
	seen := map[string]bool{}
	for i := range v.size() {
		if !v.element(i).scalar() {
			continue
		}
		if key = appendKey(key[:0], v.element(i).Text); !seen[string(key)] {
			seen[string(key)] = true
			out = append(out, i)
		}
	}
	return out
}

// appendKey appends a value so that no two lists of values give the same key
// unless they differ by case only.
func appendKey(key []byte, text string) []byte {
	start := len(key)
	key, _ = foldAppend(key, text)
	if len(key)-start > maxKeyPart {
		sum := sha256.Sum256(key[start:])
		key = append(key[:start], sum[:]...)
		return binary.BigEndian.AppendUint32(key, maxKeyPart+1)
	}
	return binary.BigEndian.AppendUint32(key, uint32(len(key)-start))
}

// keyText is the text of a key of one value, as far as it can be told.
func keyText(key string) string {
	end := len(key) - 4
	if int(binary.BigEndian.Uint32([]byte(key[end:]))) != end {
		return "sha256:" + hex.EncodeToString([]byte(key[:end]))
	}
	return key[:end]
}

// cut shortens a value that is kept for people.
func cut(text string) string {
	if len(text) <= maxGroupValue {
		return strings.Clone(text)
	}
	end := maxGroupValue
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// carried is what a field has for those above, of a list its first value.
func carried(v *Value) string {
	for i := range v.size() {
		if e := v.element(i); e.scalar() {
			return cut(e.Text)
		}
	}
	return absentCarry
}
