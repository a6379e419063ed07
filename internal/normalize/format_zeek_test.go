package normalize_test

import (
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/source"
)

const weirdHeader = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tweird\n#fields\tts\tname\n#types\ttime\tstring\n"

// zeekBatch reads records behind a header that the door handed over.
func zeekBatch(t *testing.T, header string, records ...string) []event.Event {
	t.Helper()
	b := batch(t, source.FormatZeek, "", records...)
	b.Header = header
	return newNormalizer(t).Batch(b, 1, 1, 1)
}

func TestZeekHeaderOfTheBatchIsInForce(t *testing.T) {
	for _, header := range []string{weirdHeader, strings.ReplaceAll(weirdHeader, "\n", "\r\n"), "#path\tweird\n#fields\tts\tname"} {
		ev := zeekBatch(t, header, "5.5\tone")[0]
		if ev.Dataset != "zeek.weird" || ev.Fields.Text("name") != "one" || ev.Time.Unix() != 5 || ev.Problem != "" {
			t.Errorf("%q: %s %v %q", header, ev.Dataset, ev.Fields, ev.Problem)
		}
	}
}

func TestZeekHeaderChangesAmongRecords(t *testing.T) {
	events := zeekBatch(t, weirdHeader, "5.5\tone", "#path\tdns", "#fields\tts\tquery\tqtype_name", "6.5\ta.example\tA", "7.5\ttwo", "#separator \\x7c", "8.5|x", "#path|conn", "#fields|ts|uid", "9.5|C1")
	want := []string{"zeek.weird", "zeek.meta", "zeek.meta", "zeek.dns", "unparsed", "zeek.meta", "unparsed", "zeek.meta", "zeek.meta", "zeek.conn"}
	for i, dataset := range want {
		if events[i].Dataset != dataset || (events[i].Problem != "") != (dataset == "unparsed") {
			t.Errorf("record %d is %s (%s), want %s", i, events[i].Dataset, events[i].Problem, dataset)
		}
	}
	if string(events[1].Raw) != "#path\tdns" {
		t.Error("a header line's bytes are lost")
	}
}

func TestZeekWithoutHeader(t *testing.T) {
	for _, record := range []string{"5.5\tone", "", `{"color":"blue"}`, `[1]`, `{"_path":"conn"`} {
		if ev := zeekBatch(t, "", record)[0]; ev.Parsed() || ev.Problem == "" {
			t.Errorf("%q: %s %q", record, ev.Dataset, ev.Problem)
		}
	}
}

func TestZeekJSONBesideAHeader(t *testing.T) {
	ev := zeekBatch(t, weirdHeader, `{"_path":"conn","ts":5}`)[0]
	if ev.Dataset != "zeek.conn" || ev.Problem != "" {
		t.Errorf("%s %q", ev.Dataset, ev.Problem)
	}
}

func TestZeekPathIsToldByFileOrFields(t *testing.T) {
	f := func(fields, want string) {
		t.Helper()
		ev := read(t, source.FormatZeek, "", `{"ts":1,`+fields+`}`)
		if ev.Dataset != want || ev.Problem != "" {
			t.Errorf("%s is %s (%s), want %s", fields, ev.Dataset, ev.Problem, want)
		}
	}
	f(`"log":{"file":{"path":"/opt/zeek/logs/current/ldap.log"}}`, "zeek.ldap")
	f(`"_path":"SMB/Files"`, "zeek.smb-files")
	f(`"proto":"tcp","conn_state":"S0"`, "zeek.conn")
	f(`"trans_depth":1,"request_body_len":0,"host":"a"`, "zeek.http")
	f(`"trans_depth":1,"helo":"a"`, "zeek.smtp")
	f(`"note":"Scan::Port_Scan","actions":[]`, "zeek.notice")
	f(`"name":"x","peer":"zeek"`, "zeek.weird")
}

func TestZeekTypes(t *testing.T) {
	header := "#path\tx\n#fields\ta\tb\tc\td\te\n#types\tcount\tbool\tset[addr]\tvector[double]\tstring"
	f := func(line, want string) {
		t.Helper()
		ev := zeekBatch(t, header, line)[0]
		if got := string(ev.Fields.AppendJSON(nil)); got != want {
			t.Errorf("%q\n got %s\nwant %s", line, got, want)
		}
	}
	f("1\tT\t::1,10.0.0.1\t1.5,-\tx", `{"a":1,"b":true,"c":["::1","10.0.0.1"],"d":[1.5,null],"e":"x"}`)
	f("-\tF\t-\t(empty)\t(empty)", `{"a":null,"b":false,"c":null,"d":[],"e":""}`)
	f("0x1\tyes\t\tNaN\t\\x5c\\\\\\q", `{"a":"0x1","b":"yes","c":[""],"d":["NaN"],"e":"\\\\\\q"}`)
	f("1\tT\t-\t-\t\\xe6\\x97\\xa5\\x09", `{"a":1,"b":true,"c":null,"d":null,"e":"日\t"}`)
}
