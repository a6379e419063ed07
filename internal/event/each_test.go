package event_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// wrappings are what shippers put before and behind a name, and words that look like it.
var (
	fronts = []string{
		"", "winlog.", "winlog.event_data.", "winlog.user_data.", "Event.", "Event.System.", "System.", "Event.EventData.", "EventData.", "UserData.", "UserData.X.",
		"Event.UserData.X.", "winlo.", "Events.", "EventDat.", "SystemX.", "winlogXevent_data.", "event_data.",
	}
	words = []string{
		"", "Image", "Hostname", "SourceName", "RecordNumber", "message", "ComputerName", "MachineName", "ProviderName", "Source", "LogName", "EventId", "Id",
		"EventID", "event_id", "channel", "provider_name", "user.name", "Provider.Name", "Provider.#attributes.Name", "Provider_attributes.Name", "TimeCreated.@SystemTime",
		"Hostnamex", "hostname", "Sources", "Ib", "Mâchine", "Message",
	}
	backs = []string{"", ".#text", ".Value", ".$", "x"}
)

// TestEachNameIsOwnInOrder holds EachName, which knows most names by a glance, against Own, which asks of every name what it is.
func TestEachNameIsOwnInOrder(t *testing.T) {
	var all []string
	for _, front := range fronts {
		for _, word := range words {
			for _, back := range backs {
				all = append(all, front+word+back)
			}
		}
	}
	for i, name := range all {
		other := all[(i*7919+13)%len(all)]
		ev := event.Event{Dataset: "windows.x", Fields: fields(other, "other", name, "this", name, "again")}
		first := map[string]string{}
		ev.EachName(func(name string, field int) bool {
			if _, seen := first[name]; !seen {
				first[name] = ev.Fields[field].Value.Text
			}
			return true
		})
		want := map[string]string{}
		for _, f := range ev.Fields {
			want[f.Name] = ev.Own(f.Name).Text
		}
		for _, word := range words {
			for _, plain := range []string{word, "Computer", "Provider_Name", "Channel", "EventRecordID", "EventID", "AccountName", "SystemTime", word + "x", "Data"} {
				if v := ev.Own(plain); v.Kind != event.Absent {
					want[plain] = v.Text
				}
			}
		}
		for plain := range first {
			want[plain] = ev.Own(plain).Text
		}
		if diff := cmp.Diff(want, first); diff != "" {
			t.Fatalf("%q behind %q: %s", name, other, diff)
		}
	}
}

func TestEachNameStops(t *testing.T) {
	ev := event.Event{Dataset: "windows.x", Fields: fields("Source", "weak", "winlog.event_data.Image", "data", "Hostname", "head", "x", "y")}
	var all []string
	ev.EachName(func(name string, _ int) bool {
		all = append(all, name)
		return true
	})
	if want := strings.Fields("Source winlog.event_data.Image Hostname x Computer Image Provider_Name"); !slices.Equal(all, want) {
		t.Fatalf("names in order: %q, want %q", all, want)
	}
	for stop := range all {
		calls := 0
		ev.EachName(func(string, int) bool {
			calls++
			return calls <= stop
		})
		if calls != stop+1 {
			t.Errorf("%d calls, want %d", calls, stop+1)
		}
	}
}

func TestPlainNameIsWhatOwnFinds(t *testing.T) {
	f := func(name, plain string, place uint8, ok bool) {
		t.Helper()
		gotPlain, gotPlace, gotOK := event.PlainName(name)
		if gotOK != ok || ok && (gotPlain != plain || gotPlace != place) || place >= event.Places {
			t.Errorf("%s: %q, %d, %v", name, gotPlain, gotPlace, gotOK)
		}
	}
	f("Event.System.Channel", "Channel", 0, true)
	f("winlog.event_data.Image", "Image", 1, true)
	f("Source", "Provider_Name", 2, true)
	f("Image", "", 0, false)
	f("winlog.nothing", "", 0, false)
}
