package sigma_test

import (
	"fmt"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

// Observations of a wrong time, however many, blind the others for a moment
// only, also over a restart.
func TestForgedTimesDoNotBlind(t *testing.T) {
	for _, forged := range []int{16, 40} {
		text := section("type: event_count", "rules: [a]", "condition: {gte: 2}")[0]
		b := newBench(t, sigma.Limits{}, text, correlationText("y", "type: temporal\nrules: [a, b]\ngroup-by: []\ntimespan: 1m\ncondition: a and not b"))
		b.see(t, "now 1000")
		for i := range forged {
			b.see(t, fmt.Sprintf("a %d User=forged", 3_000_000_000+i*90_000*(i/16)))
		}
		if now, _ := b.Now(); now.Unix() < 3_000_000_000 {
			t.Fatalf("the time is %v", now)
		}
		late := 0
		for ; late < 16; late++ {
			if late == 9 {
				data, err := b.Snapshot()
				if err != nil {
					t.Fatal(err)
				}
				if err := b.Restore(data); err != nil {
					t.Fatal(err)
				}
			}
			b.see(t, fmt.Sprintf("a %d User=lost%d", 1001+late, late))
			b.see(t, "now 1001")
		}
		if now, _ := b.Now(); now.Unix() != 1016 {
			t.Fatalf("%d forged: the time is %v", forged, now)
		}
		b.play(t, "b 1017\na 1100 User=u\na 1101 User=u -> x u 2 1100-1101\nb 1016\nnow 1800 -> y 1 1100-1100")
	}
}

// A stream that really went on is not taken back by what comes late now and
// then, nor by history that lies elsewhere.
func TestLateOnesDoNotTakeTheTimeBack(t *testing.T) {
	b := newBench(t, sigma.Limits{}, section("type: event_count", "rules: [a]", "condition: {gte: 2}")...)
	b.see(t, "now 1000000")
	for i := range 16 {
		b.see(t, fmt.Sprintf("a %d User=u", 2_000_000+i))
	}
	for i := range 100 {
		b.see(t, fmt.Sprintf("a %d User=old%d", 1_000_001+i, i))
		b.see(t, fmt.Sprintf("a %d User=new%d", 2_000_020+i, i))
		b.see(t, fmt.Sprintf("a %d User=older%d", 500_000+i, i))
	}
	if now, _ := b.Now(); now.Unix() != 2_000_119 {
		t.Errorf("the time is %v", now)
	}
}
