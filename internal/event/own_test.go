package event_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/internal/event"
)

func fields(pairs ...string) event.Fields {
	var out event.Fields
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, event.Field{Name: pairs[i], Value: event.Str(pairs[i+1])})
	}
	return out
}

func TestOwnFindsPlainNames(t *testing.T) {
	f := func(own, plain string) {
		t.Helper()
		ev := event.Event{Dataset: "windows.sysmon", Fields: fields("other", "x", own, "v")}
		if got := ev.Own(plain).Text; got != "v" {
			t.Errorf("%s is not found as %s", own, plain)
		}
		if got := ev.Own(own).Text; got != "v" {
			t.Errorf("%s is not found under its own name", own)
		}
	}
	f("Image", "Image")
	f("Hostname", "Computer")
	f("SourceName", "Provider_Name")
	f("Source", "Provider_Name")
	f("winlog.event_data.Image", "Image")
	f("winlog.user_data.SubjectUserName", "SubjectUserName")
	f("winlog.event_id", "EventID")
	f("winlog.computer_name", "Computer")
	f("Event.EventData.CommandLine", "CommandLine")
	f("EventData.CommandLine", "CommandLine")
	f("Event.EventData.Data.#text", "Data")
	f("Event.UserData.LogFileCleared.SubjectUserName", "SubjectUserName")
	f("Event.System.EventID", "EventID")
	f("Event.System.EventID.#text", "EventID")
	f("System.EventID.Value", "EventID")
	f("Event.System.Provider.#attributes.Name", "Provider_Name")
	f("Event.System.Provider_attributes.Name", "Provider_Name")
	f("Event.System.Provider.@Name", "Provider_Name")
	f("System.Provider.Name", "Provider_Name")
	f("Event.System.TimeCreated.#attributes.SystemTime", "SystemTime")
	f("Event.System.Channel", "Channel")
	f("Event.System.Computer", "Computer")
}

func TestOwnPrecedence(t *testing.T) {
	ev := event.Event{Dataset: "windows.system", Fields: fields(
		"ProviderName", "Registry", "Event.UserData.LogFileCleared.Channel", "Security", "Event.System.Channel", "System", "SourceName", "PowerShell")}
	if got := ev.Own("Channel").Text; got != "System" {
		t.Errorf("Channel = %q: the head must win over the data", got)
	}
	if got := ev.Own("Provider_Name").Text; got != "PowerShell" {
		t.Errorf("Provider_Name = %q: a weak name won", got)
	}
	if ev.Own("Nothing").Kind != event.Absent {
		t.Error("found what is not there")
	}
	ev.Dataset = "suricata.alert"
	if ev.Own("Channel").Kind != event.Absent {
		t.Error("another log's names were stripped")
	}
}

func TestEachOwnAgreesWithOwn(t *testing.T) {
	for _, dataset := range []string{"windows.sysmon", "zeek.http"} {
		ev := event.Event{Dataset: dataset, Fields: fields(
			"EventID", "1", "Event.EventData.EventID", "2", "winlog.event_data.Image", "a", "Event.EventData.Image", "b",
			"Event.UserData.X.Level", "data", "Event.System.Level", "head", "Source", "weak", "dup", "first", "dup", "second")}
		first := map[string]string{}
		for name, v := range ev.EachOwn {
			if _, seen := first[name]; !seen {
				first[name] = v.Text
			}
		}
		want := map[string]string{}
		for name := range first {
			want[name] = ev.Own(name).Text
		}
		if diff := cmp.Diff(want, first); diff != "" {
			t.Error(dataset, diff)
		}
		if dataset == "windows.sysmon" && (first["Image"] != "a" || first["Level"] != "head") {
			t.Errorf("first values: %v", first)
		}
	}
}
