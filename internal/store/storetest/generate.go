package storetest

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/query"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// differential asks generated queries of generated events, and compares the answers with what the queries mean.
func differential(t *testing.T, open func(t *testing.T, dir string) Full) {
	const seeds, events, queries = 4, 150, 150
	for seed := range uint64(seeds) {
		g := generator{rand.New(rand.NewPCG(seed, 7))}
		s := open(t, t.TempDir())
		rows := make([]store.Row, events)
		for i := range rows {
			rows[i] = g.row(uint32(i))
		}
		insert(t, s, rows...)
		for range queries {
			text := g.query(3)
			q, err := query.Parse(text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			g.compare(t, s, rows, text, store.Search{Query: q, Oldest: true, Limit: events})
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func (g generator) compare(t *testing.T, s Full, rows []store.Row, text string, q store.Search) {
	t.Helper()
	q.Scope = pick(g, onlyA, onlyB, both, tenant.Scope{})
	var want []store.Row
	for i := range rows {
		if q.Scope.Has(rows[i].Tenant) && holds(q.Query, &rows[i]) {
			want = append(want, rows[i])
		}
	}
	got := search(t, s, q)
	if positions(got) != positions(want) {
		t.Errorf("%s\nfinds %s\n want %s", text, positions(got), positions(want))
	}
	if n := count(t, s, q); int(n) != len(want) {
		t.Errorf("%s: counts %d of %d", text, n, len(want))
	}
}

type generator struct{ *rand.Rand }

func pick[T any](g generator, from ...T) T { return from[g.IntN(len(from))] }

var (
	someTexts = []string{
		"tanaka", "Tanaka", "svc_backup", "svcxbackup", "100%", "100x", `C:\Temp\a.exe`, `c:\temp\A.EXE`, `\\srv\share`, "a*b", "a?b", "日本語", "日本", "請求書 確認",
		`say "hi"`, "x(y)", "[1]", "10.0.0.1", "::ffff:10.0.0.2", "192.0.2.200", "2001:db8::1", "7", "42", "0.5", "-3", "and", "or not", "<b>", "it's", "a:b",
	}
	someNumbers = []string{"0", "1", "7", "42", "443", "-3", "0.5", "2.25", "9007199254740991"}
	someNames   = []string{"EventID", "Image", "User Name", `we"ird/na~me`, "対象", "id.orig_h", "a.b", "list", "$.x", "0"}
	someColumns = []event.Column{event.UserName, event.HostName, event.FilePath, event.ProcessCommandLine, event.SourceIP, event.DestinationIP, event.SourcePort, event.EventDuration, event.EventCode}
)

func (g generator) value(depth int) event.Value {
	switch n := g.IntN(10); {
	case n < 5:
		return event.Str(pick(g, someTexts...))
	case n < 8:
		return event.Num(pick(g, someNumbers...))
	case n < 9 && depth > 0:
		list := make([]event.Value, g.IntN(4))
		for i := range list {
			list[i] = g.value(0)
		}
		return event.Value{Kind: event.List, List: list}
	case g.IntN(2) == 0:
		return event.Value{Kind: event.Bool, Text: pick(g, "true", "false")}
	}
	return event.Value{Kind: event.Null}
}

func (g generator) column(c event.Column) string {
	switch c.Info().Type {
	case event.IP:
		return pick(g, "10.0.0.1", "10.0.0.2", "10.1.0.1", "192.0.2.200", "2001:db8::1", "fe80::1")
	case event.Long:
		return pick(g, "1", "7", "42", "443", "-3", "9007199254740991")
	case event.Double:
		return pick(g, "0.5", "2.25", "7", "-3")
	}
	return pick(g, someTexts...)
}

func (g generator) row(pos uint32) store.Row {
	r := plain(pick(g, tenantA, tenantB), 1, pos, noon.Add(time.Duration(pos)*time.Minute))
	r.Site, r.Dataset, r.Problem = pick(g, "", "tokyo", "Osaka"), pick(g, "a.x", "a.y"), pick(g, "", "", "bad")
	for _, name := range someNames {
		if g.IntN(2) == 0 {
			r.Fields = append(r.Fields, event.Field{Name: name, Value: g.value(1)})
		}
	}
	for _, c := range someColumns {
		if g.IntN(3) > 0 {
			r.Columns[c] = g.column(c)
		}
	}
	for range g.IntN(3) {
		r.Rules = append(r.Rules, pick(g, "rule-1", "Rule-2", "other"))
		r.Entities = append(r.Entities, event.Entity{Kind: event.KindIP, Value: pick(g, "10.0.0.1", "10.9.9.9", "ws-01", "日本")})
	}
	r.Raw = r.Fields.AppendJSON(nil)
	if g.IntN(4) == 0 {
		r.Raw = append(r.Raw, 0xff, 0)
	}
	return r
}

// query writes a query.
func (g generator) query(depth int) string {
	switch n := g.IntN(8); {
	case depth == 0 || n < 3:
		return g.term()
	case n < 5:
		return g.query(depth-1) + pick(g, " and ", " ", " AND　") + g.query(depth-1)
	case n < 7:
		return "(" + g.query(depth-1) + " or " + g.query(depth-1) + ")"
	}
	return "not " + g.query(0)
}

func (g generator) term() string {
	switch g.IntN(8) {
	case 0:
		return quotePhrase(pick(g, someTexts...))
	case 1, 2, 3:
		return quotePhrase(pick(g, someNames...)) + ":" + g.list(g.ownValue)
	case 4:
		return pick(g, "site:", "dataset:", "problem:", "rule:", "tenant:") + g.list(func() string {
			return pick(g, "*", "tokyo", "OSAKA", "a.*", "bad", "rule-?", "rule-1", "a-corp", `""`)
		})
	case 5:
		return "entity:" + g.list(func() string { return pick(g, "*", "10.0.0.1", "10.0.0.0/8", "ws*", "日本") })
	case 6:
		return pick(g, "time:>=2026-04-01T12:30", "time:<2026-04-01T13:00:30Z", "received:2026-04-01T12:05", "id:1-2-1-7", "time:2026-04-01", "not id:1-2-1-9")
	}
	c := pick(g, someColumns...)
	return c.Info().Name + ":" + g.list(func() string { return g.columnValue(c.Info().Type) })
}

func (g generator) list(value func() string) string {
	if g.IntN(4) > 0 {
		return value()
	}
	return "(" + value() + " or " + value() + " OR " + value() + ")"
}

func (g generator) columnValue(t event.ColumnType) string {
	switch t {
	case event.IP:
		return pick(g, "*", "10.0.0.1", "10.0.0.0/24", "10.0.0.0/8", "2001:db8::/32", "::/0", "fe80::1", "10.*", "0.0.0.0/0")
	case event.Long, event.Double:
		return pick(g, "*", ">=7", "<7", "7", "42", "0.5", ">0.5", "<=-3", "4*", "2.25", "9007199254740991")
	}
	return pick(g, g.textValue(), g.textValue(), "*", ">6", "<=7")
}

func (g generator) ownValue() string {
	return pick(g, g.textValue(), g.textValue(), pick(g, someNumbers...), "*", ">6", "<=7", ">=0.5", "10.0.0.0/24", "2001:db8::/32", "7.0", "true")
}

// textValue is a whole value in quotes, or a pattern made from one.
func (g generator) textValue() string {
	text := pick(g, someTexts...)
	if g.IntN(2) == 0 {
		return quotePhrase(text)
	}
	runes := []rune(text)
	at := g.IntN(len(runes))
	if g.IntN(2) == 0 {
		return escapeBare(string(runes[:at])) + "?" + escapeBare(string(runes[at+1:]))
	}
	return pick(g, "", "*") + escapeBare(string(runes[at:])) + pick(g, "", "*")
}

func quotePhrase(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

func escapeBare(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune(`*?\"():<> `, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
