package sigma

import (
	"slices"
	"time"
)

// aheadInARow is how many observations ahead of the stream's time move it.
const aheadInARow = 16

// The first and last second that fit, well inside of what nanoseconds since
// 1970 can tell, so that adding timespans never overflows.
var (
	minSecond = time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	maxSecond = time.Date(2240, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

// never is before every time that an observation can have.
const never = -9_100_000_000_000_000_000

// nanos returns a time in nanoseconds since 1970, the ends of what fits
// standing for everything beyond.
func nanos(t time.Time) int64 {
	return time.Unix(min(max(t.Unix(), minSecond), maxSecond), int64(t.Nanosecond())).UnixNano()
}

func timeOf(t int64) time.Time { return time.Unix(0, t).UTC() }

// maxLeaps is how many leaps of the stream's time are remembered.
const maxLeaps = 16

// streamClock is the time of the stream, never unless known.
type streamClock struct {
	now    int64
	ahead  []int64
	leaps  []int64 // the times from which it leapt ahead
	behind []int64 // times far behind now, near to where it leapt
}

// see takes the time of an observation and reports whether it is ahead.
func (c *streamClock) see(t int64, bound int64) (ahead bool) {
	if c.now != never && t <= c.now+bound {
		c.now = max(c.now, t)
		c.ahead = c.ahead[:0]
		c.behind = c.behind[:max(len(c.behind)-1, 0)]
		return false
	}
	ahead = c.now != never
	if c.ahead = append(c.ahead, t); len(c.ahead) == aheadInARow {
		if ahead {
			c.leaps = append(c.leaps[max(0, len(c.leaps)+1-maxLeaps):], c.now)
		}
		c.now = slices.Min(c.ahead)
		c.ahead, c.behind = c.ahead[:0], c.behind[:0]
	}
	return ahead
}

// back takes a time that may lie far behind, near to where the stream's time
// leapt ahead, and reports whether that was enough to take it back there.
func (c *streamClock) back(t int64, lateness, bound int64) bool {
	near := func(leap int64) bool { return leap-lateness <= t && t <= leap+bound }
	if c.now == never || t >= c.now-bound || !slices.ContainsFunc(c.leaps, near) {
		return false
	}
	if c.behind = append(c.behind, t); len(c.behind) < aheadInARow {
		return false
	}
	c.now = slices.Max(c.behind)
	c.ahead, c.behind = c.ahead[:0], c.behind[:0]
	c.leaps = slices.DeleteFunc(c.leaps, func(leap int64) bool { return leap >= c.now-lateness })
	return true
}

// advance takes the host's word for the time.
func (c *streamClock) advance(t int64) {
	c.now = max(c.now, t)
	c.ahead = c.ahead[:0]
}
