package alert_test

import (
	"testing"

	"github.com/noroshi-soc/noroshi/internal/alert"
)

func TestFalseRate(t *testing.T) {
	f := func(verdicts map[alert.Verdict]int, want float64, known bool) {
		t.Helper()
		if rate, ok := (alert.Judged{Verdicts: verdicts}).FalseRate(); rate != want || ok != known {
			t.Errorf("%v: %v, %v", verdicts, rate, ok)
		}
	}
	f(nil, 0, false)
	f(map[alert.Verdict]int{alert.Hold: 3, alert.Test: 2}, 0, false)
	f(map[alert.Verdict]int{alert.FalsePositive: 1, alert.OverDetection: 2, alert.Level1: 1, alert.Hold: 9}, 0.75, true)
	f(map[alert.Verdict]int{alert.Level4: 2}, 0, true)
	f(map[alert.Verdict]int{alert.FalsePositive: 2, alert.Test: 5}, 1, true)
}
