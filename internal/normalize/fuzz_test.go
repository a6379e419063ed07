package normalize_test

import (
	"bytes"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/source"
)

// sound checks what must hold for every event, whatever the record was.
func sound(t *testing.T, ev *event.Event) {
	t.Helper()
	if ev.Dataset == "" || ev.Time.IsZero() || ev.Time.Location() != time.UTC {
		t.Fatalf("dataset %q, time %s", ev.Dataset, ev.Time)
	}
	if !ev.Parsed() && (ev.Problem == "" || len(ev.Fields) > 0 || len(ev.Entities) > 0) {
		t.Fatalf("unparsed with %d fields and %q", len(ev.Fields), ev.Problem)
	}
	stored := ev.Fields.AppendJSON(nil)
	if !utf8.Valid(stored) || !utf8.ValidString(ev.Problem) {
		t.Fatal("invalid UTF-8 came through")
	}
	back, err := event.ParseFields(stored)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(stored), string(back.AppendJSON(nil))); diff != "" {
		t.Fatalf("what a store keeps differs: %s", diff)
	}
	again := event.Event{Dataset: ev.Dataset, Fields: back}
	for name := range ev.EachOwn {
		if cmp.Diff(string(ev.Own(name).AppendJSON(nil)), string(again.Own(name).AppendJSON(nil))) != "" {
			t.Fatalf("%s differs once stored", name)
		}
	}
	for i, text := range ev.Columns {
		if !utf8.ValidString(text) {
			t.Fatalf("column %s", event.Column(i).Info().Name)
		}
	}
	for _, en := range ev.Entities {
		if en.Value == "" || en.Kind == "" || en.Role == "" {
			t.Fatalf("entity %+v", en)
		}
	}
}

func fuzzRecord(f *testing.F, format source.Format, seeds ...string) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		if len(record) > source.MaxRecord {
			return
		}
		if looks, ok := normalize.Sniff(record); ok != (looks != "") {
			t.Fatalf("looks like %q: %v", looks, ok)
		}
		kept := bytes.Clone(record)
		ev := read(t, format, "Asia/Tokyo", string(record))
		sound(t, &ev)
		if !bytes.Equal(ev.Raw, kept) {
			t.Fatal("the original bytes changed")
		}
	})
}

func FuzzWindows(f *testing.F) {
	fuzzRecord(f, source.FormatWindows,
		`{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Hostname":"A","UtcTime":"2026-06-30 01:00:00","Hashes":"SHA1=x,SHA256=y","User":"A\\b"}`,
		`{"winlog":{"event_id":"4624","channel":"Security","event_data":{"TargetUserName":"x","IpAddress":"::1"}},"@timestamp":"2026-06-30T01:00:00Z"}`,
		`{"Event":{"System":{"EventID":{"#text":"3"},"Channel":"System"},"EventData":{"Data":[{"@Name":"A","#text":"b"},{"@Name":"C"}]}}}`,
		`{"Event":{"System":{"EventID":3},"EventData":{"Data":{"Name":"A","Value":null}},"UserData":{"X":{"Y":[1]}}}}`, "\xff\xfe{\x00}\x00")
}

func FuzzEVE(f *testing.F) {
	fuzzRecord(f, source.FormatSuricata,
		`{"timestamp":"2026-06-30T10:15:09.250131+0900","event_type":"alert","src_ip":"::ffff:192.0.2.1","alert":{"severity":1,"signature":"x"},"dns":{"answers":[{"a":1},{"b":2}]}}`,
		`{"message":"{\"event_type\":\"dns\",\"dns\":{\"rrname\":\"a.b\"}}"}`, `{"event_type":"É-ü","http":{"hostname":"h","url":"/x","http_port":81}}`)
}

func FuzzZeek(f *testing.F) {
	f.Add("#separator \\x09\n#set_separator\t,\n#fields\ta\tts\n#types\tset[count]\ttime", []byte("1,-,x\t1.5"))
	f.Add("#fields\tts\tb\n#types\ttime\tstring", []byte("1\t\\xff\\\\\\x2"))
	f.Add("", []byte(`{"_path":"http","ts":1,"host":"h:1","uri":"/x"}`))
	f.Add("#separator ,\n#unset_field,\n#fields,a", []byte("#close"))
	f.Add("#fields\ttr\xe9", []byte("A\xee\\x80"))
	f.Fuzz(func(t *testing.T, header string, record []byte) {
		b := batch(t, source.FormatZeek, "", string(record), string(record))
		b.Header = header
		for i := range 2 {
			ev := newNormalizer(t).Batch(b, 1, 1, 1)[i]
			sound(t, &ev)
		}
	})
}

func FuzzAuto(f *testing.F) {
	fuzzRecord(f, source.FormatAuto, `{"EventID":1}`, `{"event_type":"x","flow_id":1}`, `{"ts":1,"uid":"x"}`, "#fields\tx", "<1>x", "Jun 30 10:00:00 a b: c", "\ufeff{}")
}
