package exercise

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Clock is a time of day, as the time since midnight of the scenario's day.
// In YAML it is written "17:38" or "17:38:10".
type Clock time.Duration

// UnmarshalYAML reads a clock time. Hours past 24 mean the following day.
func (c *Clock) UnmarshalYAML(unmarshal func(any) error) error {
	var text string
	if err := unmarshal(&text); err != nil {
		return err
	}
	v, err := parseClock(text)
	if err != nil {
		return err
	}
	*c = v
	return nil
}

// String gives the time as it is written in YAML.
func (c Clock) String() string {
	d := time.Duration(c)
	return fmt.Sprintf("%02d:%02d:%02d", d/time.Hour, d%time.Hour/time.Minute, d%time.Minute/time.Second)
}

func parseClock(text string) (Clock, error) {
	parts := strings.Split(text, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, fmt.Errorf("clock time %q: want \"17:38\" or \"17:38:10\"", text)
	}
	limits := []int{48, 60, 60}
	units := []time.Duration{time.Hour, time.Minute, time.Second}
	var d time.Duration
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n >= limits[i] || len(part) != 2 {
			return 0, fmt.Errorf("clock time %q: part %q is not a two-digit number below %d", text, part, limits[i])
		}
		d += time.Duration(n) * units[i]
	}
	return Clock(d), nil
}
