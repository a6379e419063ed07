package detect_test

import (
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/sigma"
)

func TestSlowIsJudgedWithoutTheLongest(t *testing.T) {
	const limit = time.Millisecond
	f := func(evaluations int64, total, longest time.Duration, want bool) {
		t.Helper()
		got := detect.SlowBy(sigma.Cost{Evaluations: evaluations, Total: total, Longest: longest}, limit)
		if (got != "") != want {
			t.Errorf("%d evaluations, %v, longest %v: %q", evaluations, total, longest, got)
		}
	}
	f(1000, 900*time.Millisecond, 5*time.Millisecond, false)
	f(1000, 1100*time.Millisecond, 5*time.Millisecond, true)
	f(1000, 1100*time.Millisecond, 400*time.Millisecond, false) // the machine stood still once
	f(20, 300*time.Millisecond, 20*time.Millisecond, true)      // few, but what 200 may take together is used up
	f(20, 100*time.Millisecond, 20*time.Millisecond, false)
	f(9, 300*time.Millisecond, 20*time.Millisecond, false)
	f(1, time.Hour, time.Hour, false)
	f(2, 3*time.Second, 1500*time.Millisecond, true)
	f(2, 61*time.Minute, time.Hour, true)
	f(2, time.Hour+time.Millisecond, time.Hour, false)
	f(0, 0, 0, false)
}
