package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/query"
	"github.com/noroshi-soc/noroshi/internal/store"
)

// goldenRows are few events of many kinds; a query's answer is told by their positions.
func goldenRows() []store.Row {
	list := func(v ...event.Value) event.Value { return event.Value{Kind: event.List, List: v} }
	row := func(pos uint32, dataset, raw string, fields event.Fields, columns map[event.Column]string) store.Row {
		r := plain(tenantA, 1, pos, noon.Add(time.Duration(pos)*time.Hour))
		r.Dataset, r.Raw, r.Fields = dataset, []byte(raw), fields
		for c, v := range columns {
			r.Columns[c] = v
		}
		return r
	}
	rows := []store.Row{
		row(0, "windows.sysmon", `{"EventID":1,"Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd /c \"whoami\" 100%_x"}`,
			event.Fields{{Name: "EventID", Value: event.Num("1")}, {Name: "Image", Value: event.Str(`C:\Windows\System32\cmd.exe`)}, {Name: "CommandLine", Value: event.Str(`cmd /c "whoami" 100%_x`)}},
			map[event.Column]string{event.HostName: "WS-01", event.UserName: "tanaka", event.ProcessCommandLine: `cmd /c "whoami" 100%_x`, event.FilePath: `C:\Windows\System32\cmd.exe`, event.EventCode: "1"}),
		row(1, "windows.security", `{"EventID":"4625","対象":"\u7530\u4e2d"}`,
			event.Fields{{Name: "EventID", Value: event.Str("4625")}, {Name: "対象", Value: event.Str("田中")}, {Name: "user", Value: event.Str("root")}},
			map[event.Column]string{event.HostName: "ws-02", event.UserName: "Tanaka", event.SourceIP: "10.1.2.3", event.SourcePort: "51000", event.EventCode: "4625"}),
		row(2, "zeek.conn", "1.5\t10.1.2.4\t443\tSF", event.Fields{{Name: "id.orig_h", Value: event.Str("10.1.2.4")}, {Name: "duration", Value: event.Num("1.5")}, {Name: "resp_p", Value: event.Num("443.0")}},
			map[event.Column]string{event.SourceIP: "10.1.2.4", event.DestinationIP: "2001:db8::5", event.DestinationPort: "443", event.EventDuration: "1.5"}),
		row(3, "zeek.dns", "evil.example\tA", event.Fields{{Name: "answers", Value: list(event.Str("192.0.2.7"), event.Str("[odd"), event.Num("7"))}, {Name: "none", Value: event.Value{Kind: event.Null}}, {Name: "empty", Value: list()}},
			map[event.Column]string{event.SourceIP: "fe80::1", event.DNSQuestionName: "evil.example"}),
		row(4, "unparsed", "\x93\xfa\x96\x7b broken \xff", nil, nil),
		row(5, "mail", "件名: 請求書のご確認", event.Fields{{Name: "件名", Value: event.Str("請求書のご確認")}, {Name: `we"ird/na~me`, Value: event.Str("[not a list]")}, {Name: "ok", Value: event.Value{Kind: event.Bool, Text: "true"}}},
			map[event.Column]string{event.EmailSubject: "請求書のご確認", event.HostIP: "192.168.0.10", event.EventSeverity: "3"}),
	}
	rows[0].Rules = []string{"Rule-Whoami", "rule-2"}
	rows[1].Site = "osaka"
	rows[1].Entities = []event.Entity{{Kind: event.KindUser, Value: "Tanaka"}, {Kind: event.KindIP, Value: "10.1.2.3"}, {Kind: event.KindIP, Value: "10.1.2.3", Role: event.RoleSource}}
	rows[3].Entities = []event.Entity{{Kind: event.KindDomain, Value: "evil.example"}}
	rows[4].Problem = "not UTF-8"
	return rows
}

var goldenQueries = []struct{ query, want string }{
	{"", "[5 4 3 2 1 0]"},
	{"whoami", "[0]"},
	{"WHOAMI", "[0]"},
	{"who ami", "[0]"},
	{"nowhere", "[]"},
	{"請求書", "[5]"},
	{"田中", "[1]"}, // escaped in the original bytes
	{`"請求書のご確認"`, "[5]"},
	{"broken", "[4]"},
	{`System32\cmd`, "[0]"},
	{`"\"whoami\""`, "[0]"},
	{`100%_x`, "[0]"},
	{`"cmd /c"`, "[0]"},
	{"host.name:ws-01", "[0]"},
	{"host.name:ws-0?", "[1 0]"},
	{"host.name:ws*", "[1 0]"},
	{"host.name:w", "[]"},
	{"host.name:*", "[1 0]"},
	{"not host.name:*", "[5 4 3 2]"},
	{"user:TANAKA", "[1 0]"},
	{`"user":root`, "[1]"},
	{`cmd:*100%_x`, "[0]"},
	{`cmd:*100_%x`, "[]"},
	{`cmd:*1__%*`, "[]"},
	{`file.path:C:\Windows\System32\cmd.exe`, "[0]"},
	{`file.path:c:\\*\\cmd.exe`, "[0]"},
	{`file.path:*\\System3?\\*`, "[0]"},
	{`file.path:C:\Windows\*`, "[]"},
	{"email.subject:*の*", "[5]"},
	{"email.subject:請?書*", "[5]"},
	{"source.port:51000", "[1]"},
	{"source.port:51000.0", "[1]"},
	{"source.port:51000.5", "[]"},
	{"source.port:51*", "[1]"},
	{"source.port:>50999", "[1]"},
	{"source.port:>51000", "[]"},
	{"source.port:>=51000", "[1]"},
	{"source.port:<51000.5", "[1]"},
	{"not source.port:<51000", "[5 4 3 2 1 0]"},
	{"event.duration:1.5", "[2]"},
	{"event.duration:<=1.5", "[2]"},
	{"event.severity:(3 or 4)", "[5]"},
	{"event.code:(1 or 4625)", "[1 0]"},
	{"event.code:>4000", "[1]"},
	{"src:10.0.0.0/8", "[2 1]"},
	{"src:10.1.2.4/31", "[2]"},
	{"src:10.1.2.4", "[2]"},
	{"src:10.1.2.*", "[2 1]"},
	{"src:0.0.0.0/0", "[2 1]"},
	{"src:::/0", "[3]"},
	{"dst:2001:DB8:0::0005", "[2]"},
	{"dst:2001:db8::/32", "[2]"},
	{"not src:10.0.0.0/8", "[5 4 3 0]"},
	{"src:(10.1.2.3 or fe80::/10)", "[3 1]"},
	{"EventID:1", "[0]"},
	{"EventID:4625", "[1]"},
	{"EventID:46*", "[1]"},
	{"EventID:>1", "[1]"},
	{"EventID:>=1", "[1 0]"},
	{"EventID:(1 or 4625)", "[1 0]"},
	{"EventID:*", "[1 0]"},
	{"eventid:*", "[]"},
	{`Image:*\\cmd.exe`, "[0]"},
	{"id.orig_h:10.1.2.4", "[2]"},
	{"id.orig_h:10.1.0.0/16", "[2]"},
	{"id.orig_h:2001:db8::/32", "[]"},
	{"duration:1.50", "[2]"},
	{"duration:<2", "[2]"},
	{"resp_p:443", "[2]"},
	{"answers:192.0.2.7", "[3]"},
	{"answers:192.0.2.0/24", "[3]"},
	{`answers:[ODD`, "[3]"},
	{"answers:7", "[3]"},
	{"answers:>6", "[3]"},
	{"answers:192*", "[3]"},
	{"answers:8", "[]"},
	{"none:*", "[]"},
	{"empty:*", "[3]"},
	{"empty:x", "[]"},
	{`"we\"ird/na~me":"[not a list]"`, "[5]"},
	{`"we\"ird/na~me":\?not*`, "[]"},
	{"ok:true", "[5]"},
	{"件名:請求書*", "[5]"},
	{"対象:田中", "[1]"},
	{"rule:rule-whoami", "[0]"},
	{"rule:rule-*", "[0]"},
	{"rule:*", "[0]"},
	{"not rule:*", "[5 4 3 2 1]"},
	{"entity:10.1.2.3", "[1]"},
	{"entity:tanaka", "[1]"},
	{"entity:10.0.0.0/8", "[1]"},
	{"entity:*.example", "[3]"},
	{"entity:*", "[3 1]"},
	{"domain:evil.example", "[3]"},
	{"domain:*", "[3]"},
	{"dataset:zeek.*", "[3 2]"},
	{"dataset:unparsed", "[4]"},
	{"problem:*", "[4]"},
	{"problem:*utf*", "[4]"},
	{"site:osaka", "[1]"},
	{"site:*", "[1]"},
	{"source:src", "[5 4 3 2 1 0]"},
	{"tenant:a-corp", "[5 4 3 2 1 0]"},
	{"tenant:b-corp", "[]"},
	{"id:1-2-1-3", "[3]"},
	{"not id:1-2-1-3", "[5 4 2 1 0]"},
	{"time:2026-04-01", "[5 4 3 2 1 0]"},
	{"time:>=2026-04-01T14:00:00", "[5 4 3 2]"},
	{"time:<2026-04-01T23:00:00+09:00", "[1 0]"},
	{"time:2026-04-01T14:00", "[2]"},
	{"received:2026-04-01T14:00:01Z", "[2]"},
	{"host:ws-01 or dataset:zeek.dns", "[3 0]"},
	{"host:* -x", "[]"},
	{"host:* not user:tanaka or problem:*", "[4]"},
	{"not (host:* or src:*)", "[5 4]"},
	{"user:tanaka and host:(ws-02 or ws-03)", "[1]"},
}

func golden(t *testing.T, open func(t *testing.T, dir string) Full) {
	s := open(t, t.TempDir())
	insert(t, s, goldenRows()...)
	for _, g := range goldenQueries {
		q := store.Search{Scope: both, Query: parse(t, g.query)}
		rows, err := s.Search(context.Background(), q)
		if err != nil {
			t.Errorf("%s: %v", g.query, err)
			continue
		}
		if got := positions(rows); got != g.want {
			t.Errorf("%s finds %s, want %s", g.query, got, g.want)
		}
		if n := count(t, s, q); int(n) != len(rows) {
			t.Errorf("%s: counts %d of %d", g.query, n, len(rows))
		}
	}
}

// broken trees, which no query gives, are refused and never answered by chance.
func broken(t *testing.T, open func(t *testing.T, dir string) Full) {
	s := open(t, t.TempDir())
	insert(t, s, goldenRows()...)
	for _, n := range []query.Node{
		query.Not{},
		query.And{Nodes: []query.Node{nil}},
		query.Match{Field: "source.port", Value: "http"},
		query.Match{Field: "source.port", Op: query.Network, Value: "10.0.0.0/8"},
		query.Match{Field: "source.ip", Op: query.Network, Value: "10.0.0.0/99"},
		query.Match{Field: "EventID", Op: query.Less, Value: "x"},
		query.Match{Field: "time", Op: query.Less, Value: "soon"},
		query.Match{Field: "time", Op: query.Wildcard, Value: "*"},
		query.Match{Field: "id", Value: "7"},
		query.Match{Field: "id", Op: query.Less, Value: "1-2-3-4"},
		query.Match{Field: "host.name", Op: query.Op(99), Value: "x"},
	} {
		if rows, err := s.Search(context.Background(), store.Search{Scope: onlyA, Query: n}); err == nil {
			t.Errorf("%#v: %d rows and no error", n, len(rows))
		}
	}
	for _, g := range []struct {
		n    query.Node
		want int64
	}{{query.And{}, 6}, {query.Or{}, 0}, {nil, 6}, {query.Word{Text: "\xff"}, 1}} {
		if n := count(t, s, store.Search{Scope: onlyA, Query: g.n}); n != g.want {
			t.Errorf("%#v counts %d, want %d", g.n, n, g.want)
		}
	}
}
