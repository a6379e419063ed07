package sigma_test

import (
	"fmt"
	"time"

	"github.com/noroshi-soc/noroshi/sigma"
)

// Matches of rules go into a correlator, findings come out.
func ExampleCorrelator() {
	parsed := sigma.Parse("brute-force.yml", []byte(`
title: Failed logon
name: failed_logon
logsource: {product: windows, service: security}
detection:
    selection: {EventID: 4625}
    condition: selection
---
title: Logon
name: logon
logsource: {product: windows, service: security}
detection:
    selection: {EventID: 4624}
    condition: selection
---
title: Many failed logons
name: many_failed
correlation:
    type: event_count
    rules: [failed_logon]
    group-by: [TargetUserName]
    timespan: 10m
    condition: {gte: 3}
---
title: Password guessed
level: high
correlation:
    type: temporal_ordered
    rules: [many_failed, logon]
    group-by: [TargetUserName]
    timespan: 10m
`))
	correlator, problems := sigma.NewCorrelator(parsed.Correlations, parsed.Rules, sigma.Limits{})
	fmt.Println(parsed.Problems, problems)

	failed, logon := parsed.Rules[0], parsed.Rules[1]
	fmt.Println(correlator.Fields(failed), correlator.Silent(failed))

	start := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
	for i, rule := range []*sigma.Rule{failed, failed, failed, logon} {
		findings := correlator.Observe(sigma.Observation{
			Rule:   rule,
			Time:   start.Add(time.Duration(i) * time.Minute),
			Event:  fmt.Sprint("event-", i),
			Values: []sigma.Value{{Kind: sigma.String, Text: "alice"}},
		})
		for _, f := range findings {
			fmt.Println(f.Correlation.Level, f.Correlation.Title, f.Group, f.Last.Sub(f.First), f.Events)
		}
	}
	// Output:
	// [] []
	// [TargetUserName] true
	// high Password guessed [{TargetUserName alice}] 3m0s [event-0 event-1 event-2 event-3]
}
