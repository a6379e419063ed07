package detect_test

import "testing"

// TestAnEventWithoutMatchAllocatesNothing: what detection makes of an event that no rule matches leaves no work for the collector.
func TestAnEventWithoutMatchAllocatesNothing(t *testing.T) {
	e := engine(t, sigmaRule("1", "category: process_creation, product: windows", `Image|endswith: '\other.exe'`),
		sigmaRule("2", "product: windows", `CommandLine|re: 'q8 -[a-j]'`), sigmaRule("3", "product: windows", `Image|contains: 'q8', User|cidr: 10.0.0.0/8`))
	events := read(t, flat, winlogbeat, nested, logon4688)
	for i := range events {
		ev := &events[i]
		match := func() {
			if found, err := e.Match(ev); err != nil || len(found.Rules) > 0 {
				t.Fatal("the event matches, so nothing is shown")
			}
		}
		if n := testing.AllocsPerRun(100, match); n > 0 {
			t.Errorf("event %d: %v allocations, want none", i, n)
		}
	}
}
