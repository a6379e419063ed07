package sigma

import "fmt"

// Level says how serious a match of a rule is. The zero value is
// LevelInformational; levels order by seriousness.
type Level uint8

// The levels of the Sigma specification.
const (
	LevelInformational Level = iota
	LevelLow
	LevelMedium
	LevelHigh
	LevelCritical
)

var levelNames = [...]string{"informational", "low", "medium", "high", "critical"}

// String returns the level as the specification writes it, such as "high".
func (l Level) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return fmt.Sprintf("level(%d)", uint8(l))
}

// ParseLevel reads a level as the specification writes it, in lower case.
func ParseLevel(s string) (Level, error) {
	for i, name := range levelNames {
		if s == name {
			return Level(i), nil
		}
	}
	return 0, fmt.Errorf("unknown level %q, want informational, low, medium, high or critical", s)
}

// MarshalText gives the level's name, so that JSON shows "high".
func (l Level) MarshalText() ([]byte, error) {
	if int(l) >= len(levelNames) {
		return nil, fmt.Errorf("level %d does not exist", uint8(l))
	}
	return []byte(levelNames[l]), nil
}

// UnmarshalText reads a level's name; it fails as ParseLevel does.
func (l *Level) UnmarshalText(text []byte) error {
	parsed, err := ParseLevel(string(text))
	if err != nil {
		return err
	}
	*l = parsed
	return nil
}
