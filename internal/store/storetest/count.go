package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

func histogram(t *testing.T, open func(t *testing.T, dir string) Full) {
	s := open(t, t.TempDir())
	var rows []store.Row
	for i, minute := range []int{0, 1, 1, 7, 59, 60, -1} {
		rows = append(rows, plain(tenantA, 1, uint32(i), noon.Add(time.Duration(minute)*time.Minute)))
	}
	rows = append(rows, plain(tenantA, 1, 99, time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC)))
	insert(t, s, rows...)
	f := func(q store.Search, width time.Duration, want string) {
		t.Helper()
		q.Scope = onlyA
		buckets, err := s.Histogram(context.Background(), q, width)
		if err != nil {
			t.Error(err)
			return
		}
		got := ""
		for _, b := range buckets {
			got += fmt.Sprintf("%s=%d ", b.Start.Format("02T15:04"), b.Count)
		}
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	from, to := noon, noon.Add(time.Hour)
	f(store.Search{From: from, To: to}, 10*time.Minute, "01T12:00=4 01T12:10=0 01T12:20=0 01T12:30=0 01T12:40=0 01T12:50=1 ")
	f(store.Search{From: from, To: to}, 25*time.Minute, "01T12:00=4 01T12:25=0 01T12:50=1 ")
	f(store.Search{From: from.Add(time.Minute), To: to}, 30*time.Minute, "01T12:01=3 01T12:31=1 ")
	f(store.Search{From: from, To: to, Query: parse(t, "nothing")}, time.Hour, "01T12:00=0 ")
	f(store.Search{From: from}, 10*time.Minute, "01T12:00=4 01T12:50=1 01T13:00=1 ")
	f(store.Search{}, 24*time.Hour, "31T00:00=1 01T00:00=7 ")
	f(store.Search{From: to, To: from}, time.Hour, "")
	// Receipt is one second after event time: the event of 12:59:59.5 would be one of the next hour.
	late := plain(tenantA, 2, 0, noon.Add(time.Hour-500*time.Millisecond))
	insert(t, s, late)
	f(store.Search{From: from, To: to}, time.Hour, "01T12:00=6 ")
	f(store.Search{From: from, To: to, ByReceipt: true}, time.Hour, "01T12:00=5 ")
	f(store.Search{From: to, To: to.Add(time.Hour), ByReceipt: true}, time.Hour, "01T13:00=2 ")
	for _, width := range []time.Duration{0, -time.Hour, time.Microsecond} {
		if b, err := s.Histogram(context.Background(), store.Search{Scope: onlyA, From: from, To: to}, width); err == nil {
			t.Errorf("width %s: %d buckets and no error", width, len(b))
		}
	}
	empty, err := s.Histogram(context.Background(), store.Search{From: from, To: to}, 30*time.Minute)
	if err != nil || len(empty) != 2 || empty[0].Count != 0 {
		t.Errorf("of the empty scope: %v, %v", empty, err)
	}
}

func values(t *testing.T, open func(t *testing.T, dir string) Full) {
	s := open(t, t.TempDir())
	insert(t, s, goldenRows()...)
	f := func(field, q string, limit int, want string) {
		t.Helper()
		top, with, err := s.Values(context.Background(), store.Search{Scope: onlyA, Query: parse(t, q)}, field, limit)
		if err != nil {
			t.Errorf("%s: %v", field, err)
			return
		}
		if got := fmt.Sprint(top, " of ", with); got != want {
			t.Errorf("%s of %q: %s, want %s", field, q, got, want)
		}
	}
	f("dataset", "", 3, "[{mail 1} {unparsed 1} {windows.security 1}] of 6")
	f("source", "", 0, "[{src 6}] of 6")
	f("site", "", 0, "[{osaka 1}] of 1")
	f("problem", "", 0, "[{not UTF-8 1}] of 1")
	f("tenant", "", 0, "[{a-corp 6}] of 6")
	f("user.name", "", 0, "[{Tanaka 2}] of 2")
	f("user.name", "host:ws-01", 0, "[{tanaka 1}] of 1")
	f("user.name", "nothing", 0, "[] of 0")
	f("source.port", "", 0, "[{51000 1}] of 1")
	f("source.ip", "", 0, "[{10.1.2.3 1} {10.1.2.4 1} {fe80::1 1}] of 3")
	f("EventID", "", 0, "[{1 1} {4625 1}] of 2")
	f("answers", "", 0, "[{192.0.2.7 1} {7 1} {[odd 1}] of 1")
	f("empty", "", 0, "[] of 1")
	f("none", "", 0, "[] of 0")
	f("件名", "", 0, "[{請求書のご確認 1}] of 1")
	f(`we"ird/na~me`, "", 0, "[{[not a list] 1}] of 1")
	f("rule.id", "", 1, "[{Rule-Whoami 1}] of 1")
	f("entity", "", 0, "[{10.1.2.3 1} {evil.example 1} {tanaka 1}] of 2")
	for _, field := range []string{"id", "time", "received"} {
		if top, _, err := s.Values(context.Background(), store.Search{Scope: onlyA}, field, 0); err == nil {
			t.Errorf("%s: %v and no error", field, top)
		}
	}
	for _, info := range event.AllColumns() {
		if _, _, err := s.Values(context.Background(), store.Search{Scope: onlyA}, info.Name, 0); err != nil {
			t.Errorf("%s: %v", info.Name, err)
		}
	}
}

// scopes: whatever is asked, another tenant's rows never come, are never counted, and cannot be told to be there.
func scopes(t *testing.T, open func(t *testing.T, dir string) Full) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	mine, theirs := goldenRows(), goldenRows()
	for i := range theirs {
		theirs[i].Tenant, theirs[i].ID.Pos = tenantB, theirs[i].ID.Pos+100
	}
	insert(t, s, append(mine, theirs...)...)
	queries := []string{"tenant:b-corp or tenant:a-corp", "not tenant:a-corp", "tenant:*", "not nothing", "id:1-2-1-100 or id:1-2-1-0", "tenant:b-corp", "a or not a"}
	for _, g := range goldenQueries[1:] { // but the empty one, which cannot be put into parentheses
		queries = append(queries, g.query, "not ("+g.query+" *)", g.query+" or *")
	}
	for _, text := range queries {
		q := store.Search{Scope: onlyA, Query: parse(t, text)}
		rows := search(t, s, q)
		for _, row := range rows {
			if row.Tenant != tenantA {
				t.Fatalf("%s: a row of %s", text, row.Tenant)
			}
		}
		if n := count(t, s, q); int(n) != len(rows) {
			t.Errorf("%s: counts %d of %d", text, n, len(rows))
		}
		top, with, err := s.Values(ctx, q, "tenant", 0)
		if err != nil || len(top) > 1 || int(with) != len(rows) {
			t.Errorf("%s: values %v of %d, %v", text, top, with, err)
		}
		q.Scope = tenant.Scope{}
		if rows := search(t, s, q); len(rows) != 0 || count(t, s, q) != 0 {
			t.Errorf("%s: the empty scope sees %d rows", text, len(rows))
		}
	}
	f := func(scope tenant.Scope, id event.ID, want bool) {
		t.Helper()
		row, err := s.Event(ctx, scope, id)
		if found := err == nil; found != want || want && row.ID != id {
			t.Errorf("event %s: %s, %v", id, row.ID, err)
		}
	}
	f(onlyA, mine[0].ID, true)
	f(onlyA, theirs[0].ID, false)
	f(onlyB, theirs[0].ID, true)
	f(both, theirs[0].ID, true)
	f(tenant.Scope{}, mine[0].ID, false)
	if n := count(t, s, store.Search{Scope: both}); int(n) != len(mine)+len(theirs) {
		t.Errorf("both tenants have %d rows", n)
	}
	if _, with, err := s.Values(ctx, store.Search{}, "dataset", 0); with != 0 || err != nil {
		t.Errorf("values of the empty scope: %d, %v", with, err)
	}
}
