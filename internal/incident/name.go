package incident

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

var namePattern = regexp.MustCompile(`^INC-([0-9]{4})-([0-9]{4,18})$`)

// Name is how people call the incident, "INC-2026-0001"; it is unique within the tenant.
func (in *Incident) Name() string { return fmt.Sprintf("INC-%04d-%04d", in.Year, in.Number) }

// ParseName reads what Name gave.
func ParseName(name string) (year int, number int64, ok bool) {
	m := namePattern.FindStringSubmatch(name)
	if m == nil {
		return 0, 0, false
	}
	year, _ = strconv.Atoi(m[1]) // digits that fit
	number, _ = strconv.ParseInt(m[2], 10, 64)
	return year, number, true
}

// YearOf is the year that an incident which begins at this time is counted in, UTC, within what a name can tell.
func YearOf(begin time.Time) int { return min(max(begin.UTC().Year(), 1970), 9999) }
