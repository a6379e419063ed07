package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/sigma"
)

// Off is a rule or correlation that was switched off while it ran, and why. It holds for one text of the rule: another text is tried anew.
type Off struct {
	Rule   string    `json:"rule"`
	Reason string    `json:"reason"`
	Since  time.Time `json:"since"`
	Text   string    `json:"text"` // hash of the text that it holds for
}

// offFile is where a set keeps what is switched off, among its files, so that the version tells of it. No rule file has such a name.
const offFile = "switched-off.json"

// Off tells whether a rule is switched off.
func (s *Set) Off(id string) (Off, bool) {
	off, ok := s.off[id]
	return off, ok
}

// Offs lists what is switched off, by the rules' ids.
func (s *Set) Offs() []Off {
	return slices.SortedFunc(maps.Values(s.off), func(a, b Off) int { return strings.Compare(a.Rule, b.Rule) })
}

// NewOff says that a rule of this set, with the text that it has here, is to be switched off.
func (s *Set) NewOff(id, reason string, since time.Time) Off {
	return Off{Rule: id, Reason: reason, Since: since, Text: s.textOf(id)}
}

// OffsOf reads what was switched off in a set out of its files alone.
func OffsOf(files Files) ([]Off, error) {
	var offs []Off
	data, ok := files[offFile]
	if !ok {
		return nil, nil
	}
	err := json.Unmarshal(data, &offs)
	return offs, err
}

// SwitchOff returns the set with these switched off besides. Those of a rule that the set has not, or has with another text, are passed over; an empty
// Text stands for the text that there is. The set itself is returned when nothing is left.
func (s *Set) SwitchOff(offs ...Off) *Set {
	next := maps.Clone(s.off)
	for _, off := range offs {
		text := s.textOf(off.Rule)
		if _, already := next[off.Rule]; already || text == "" || off.Text != "" && off.Text != text {
			continue
		}
		if next == nil {
			next = map[string]Off{}
		}
		off.Text = text
		next[off.Rule] = off
	}
	return s.withOff(next)
}

// SwitchOn returns the set with the rule switched on.
func (s *Set) SwitchOn(id string) *Set {
	next := maps.Clone(s.off)
	delete(next, id)
	return s.withOff(next)
}

// textOf hashes the file of a rule or correlation; "" for one that the set has not.
func (s *Set) textOf(id string) string {
	source := ""
	if r := s.byID[id]; r != nil {
		source = r.Source
	} else if c := s.Correlation(id); c != nil {
		source = c.Source
	} else {
		return ""
	}
	sum := sha256.Sum256([]byte(source))
	return hex.EncodeToString(sum[:8])
}

// Has reports whether the set has a rule or a correlation with this id.
func (s *Set) Has(id string) bool { return s.byID[id] != nil || s.Correlation(id) != nil }

// withOff is a set of the same rules of which these are switched off.
func (s *Set) withOff(off map[string]Off) *Set {
	if len(off) == len(s.off) {
		return s
	}
	next := *s
	next.off, next.files = off, maps.Clone(s.files)
	delete(next.files, offFile)
	if len(off) > 0 {
		next.files[offFile], _ = json.Marshal(next.Offs()) // texts and times can be written
	}
	next.Version = versionOf(next.files)
	return &next
}

// readOff takes what is switched off from the set's files.
func (s *Set) readOff() {
	offs, err := OffsOf(s.files)
	if err != nil {
		s.Problems = append(s.Problems, sigma.Problem{File: offFile, Reason: err.Error()})
	}
	for _, off := range offs {
		if s.Has(off.Rule) {
			s.off[off.Rule] = off
		}
	}
}
