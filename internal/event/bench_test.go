package event_test

import (
	"testing"

	"github.com/noroshi-soc/noroshi/internal/event"
)

func BenchmarkEachName(b *testing.B) {
	f := func(name string, ev event.Event) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				ev.EachName(func(name string, field int) bool {
					n += len(name) + field
					return true
				})
			}
			if n == 0 {
				b.Fatal("no fields")
			}
		})
	}
	var flat, nested []string
	for _, name := range []string{
		"ProcessId", "ProcessGuid", "@timestamp", "RuleName", "Task", "Version", "Domain", "Keywords", "AccountName", "TargetObject", "Provider_Name", "UserID",
		"Computer", "EventTime", "ExecutionProcessID", "Image", "Details", "EventID", "RecordNumber", "ThreadID", "UtcTime", "ProviderGuid", "EventType",
	} {
		flat = append(flat, name, "x")
		nested = append(nested, "winlog.event_data."+name, "x")
	}
	f("flat", event.Event{Dataset: "windows.sysmon", Fields: fields(flat...)})
	f("nested", event.Event{Dataset: "windows.sysmon", Fields: fields(nested...)})
}
