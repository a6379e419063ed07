package storetest

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// fullRow has a value of its own in every place.
func fullRow() store.Row {
	row := store.Row{
		Rules: []string{"rule-1", "5a0b3a7c-AAAA"},
		Event: event.Event{
			ID:     event.ID{Epoch: math.MaxUint32, Partition: math.MaxUint16, Seq: math.MaxUint64, Pos: math.MaxUint32},
			Tenant: tenantA, Site: "tokyo", Source: "s1", Dataset: "windows.sysmon", TimeFrom: event.TimeYearFilled,
			Time: time.Date(2026, 4, 1, 1, 2, 3, 456789000, time.UTC), Received: time.Date(2026, 4, 1, 1, 2, 4, 1000, time.UTC),
			Raw: []byte("a\x00b\xff\xfe\x93\xfa\r\n日本"), Size: 123456, Problem: "途中で切れた record",
			Fields: event.Fields{
				{Name: "text", Value: event.Str("日本\t\"q\" \\ \x00\x01 \u2028")},
				{Name: "empty", Value: event.Str("")},
				{Name: "big", Value: event.Num("123456789012345678901234567890.10")},
				{Name: "huge", Value: event.Num("-1e999")},
				{Name: "yes", Value: event.Value{Kind: event.Bool, Text: "true"}},
				{Name: "none", Value: event.Value{Kind: event.Null}},
				{Name: "list", Value: event.Value{Kind: event.List, List: []event.Value{
					event.Num("1"), event.Str("1"), {Kind: event.Null}, {Kind: event.List, List: []event.Value{event.Str("deep")}},
				}}},
				{Name: `we"ird/na~me`, Value: event.Str("x")},
				{Name: "", Value: event.Str("no name")},
				{Name: "text", Value: event.Str("a second of this name")},
			},
			Entities: []event.Entity{
				{Kind: event.KindHost, Value: "ws01", Role: event.RoleSubject},
				{Kind: event.KindIP, Value: "10.0.0.1"},
				{Kind: event.KindFile, Value: `c:\日本 "x" <&>`, Role: event.RoleTarget},
			},
		},
	}
	for c, info := range event.AllColumns() {
		row.Columns[c] = map[event.ColumnType]string{
			event.Keyword: "値 " + info.Name, event.Text: "long\x00 text of " + info.Name, event.IP: "2001:db8::1", event.Long: "-9223372036854775808", event.Double: "0.000125",
		}[info.Type]
	}
	return row
}

func roundTrip(t *testing.T, open func(t *testing.T, dir string) Full) {
	dir := t.TempDir()
	s := open(t, dir)
	bare := plain(tenantA, 1, 0, noon)
	bare.Raw = []byte{}
	utf8 := plain(tenantA, 2, 0, noon)
	utf8.Raw = []byte("日本\x00語 \u2028 \"\\u65e5\"")
	want := []store.Row{fullRow(), bare, utf8}
	for _, row := range want {
		insert(t, s, row)
	}
	check := func(s Full) {
		t.Helper()
		for _, row := range want {
			got, err := s.Event(context.Background(), onlyA, row.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row, got, asCompared); diff != "" {
				t.Errorf("%s came back otherwise:\n%s", row.ID, diff)
			}
		}
	}
	check(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	check(open(t, dir))
}

// odd rows must neither be refused, which would stop the pipeline for ever, nor spoil the store for others.
func odd(t *testing.T, open func(t *testing.T, dir string) Full) {
	s := open(t, t.TempDir())
	row := plain(tenantA, 1, 0, time.Time{})
	row.Site, row.Source, row.Dataset, row.Problem = "\xff", "\xfe", "\xfd", "bad \xfc"
	row.Rules = []string{"r\xff"}
	row.Entities = []event.Entity{{Kind: "\xff", Value: "v\xff"}}
	row.Fields = event.Fields{{Name: "n\xff", Value: event.Str("v\xff")}}
	for i, literal := range []string{"", "NaN", "1.", "01", "+1", "0x1", "1e", "--1"} {
		row.Fields = append(row.Fields, event.Field{Name: "bad" + string(rune('0'+i)), Value: event.Num(literal)})
	}
	row.Fields = append(row.Fields, event.Field{Name: "list", Value: event.Value{Kind: event.List, List: []event.Value{event.Num("x"), {Kind: event.Bool, Text: "maybe"}}}})
	for c := range row.Columns {
		row.Columns[c] = "odd\xff"
	}
	late := plain(tenantA, 1, 1, time.Date(90000, 1, 1, 0, 0, 0, 0, time.UTC))
	insert(t, s, row, late)
	for _, q := range []string{"", "not nothing:x", "bad0:* or not bad0:*", "bad1:NaN", "list:x", "list:maybe", "user.name:odd*", "record"} {
		if n := count(t, s, store.Search{Scope: onlyA, Query: parse(t, q)}); n == 0 {
			t.Errorf("%q finds nothing", q)
		}
	}
	if got := search(t, s, store.Search{Scope: onlyA, Oldest: true}); len(got) != 2 || string(got[0].Raw) != "record 1-0" {
		t.Errorf("got %d rows", len(got))
	}
}

func repeat(t *testing.T, open func(t *testing.T, dir string) Full) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	mark := func(want uint64) {
		t.Helper()
		got, err := s.Watermark(ctx, 1, 2)
		if err != nil || got != (store.Mark{Epoch: 1, Partition: 2, Seq: want}) {
			t.Errorf("watermark %+v, %v, want seq %d", got, err, want)
		}
	}
	mark(0)
	one := []store.Row{plain(tenantA, 3, 0, noon), plain(tenantA, 3, 1, noon), plain(tenantA, 4, 0, noon)}
	insert(t, s, one...)
	insert(t, s, one...)
	mark(4)
	// The log hands out batches anew, with more behind them.
	insert(t, s, append(one, plain(tenantA, 6, 0, noon))...)
	mark(6)
	insert(t, s, one...)
	mark(6)
	if err := s.Insert(ctx, nil, store.Mark{Epoch: 1, Partition: 2, Seq: 9}); err != nil {
		t.Error(err)
	}
	mark(9)
	if n := count(t, s, store.Search{Scope: onlyA}); n != 4 {
		t.Errorf("%d rows after repeats, want 4", n)
	}
}

// refused: an Insert that fails leaves nothing.
func refused(t *testing.T, open func(t *testing.T, dir string) Full) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	f := func(name string, ctx context.Context, rows []store.Row, mark store.Mark) {
		t.Helper()
		if err := s.Insert(ctx, rows, mark); err == nil {
			t.Errorf("%s: no error", name)
		}
		if n := count(t, s, store.Search{Scope: both}); n != 0 {
			t.Errorf("%s: %d rows are there", name, n)
		}
		if m, err := s.Watermark(context.Background(), 1, 2); m.Seq != 0 || err != nil {
			t.Errorf("%s: watermark %+v, %v", name, m, err)
		}
	}
	good, mark := plain(tenantA, 1, 0, noon), store.Mark{Epoch: 1, Partition: 2, Seq: 1}
	f("no tenant", ctx, []store.Row{good, plain(tenant.ID{}, 1, 1, noon)}, mark)
	f("beyond the mark", ctx, []store.Row{good, plain(tenantA, 2, 0, noon)}, mark)
	f("other partition", ctx, []store.Row{good}, store.Mark{Epoch: 1, Partition: 3, Seq: 1})
	f("other epoch", ctx, []store.Row{good}, store.Mark{Epoch: 2, Partition: 2, Seq: 1})
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	f("cancelled", cancelled, []store.Row{good}, mark)
	insert(t, s, good)
	if n := count(t, s, store.Search{Scope: onlyA}); n != 1 {
		t.Errorf("after the failures %d rows", n)
	}
}

func reopen(t *testing.T, open func(t *testing.T, dir string) Full) {
	ctx := context.Background()
	dir := t.TempDir()
	s := open(t, dir)
	insert(t, s, plain(tenantA, 1, 0, noon), plain(tenantA, 2, 0, noon))
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_ = s.Insert(cancelled, []store.Row{plain(tenantA, 3, 0, noon)}, store.Mark{Epoch: 1, Partition: 2, Seq: 3})
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
	}
	if _, err := s.Search(ctx, store.Search{Scope: onlyA}); err == nil {
		t.Error("a closed store answers")
	}
	if err := s.Insert(ctx, nil, store.Mark{Epoch: 1, Partition: 2, Seq: 8}); err == nil {
		t.Error("a closed store takes rows")
	}
	s = open(t, dir)
	if m, err := s.Watermark(ctx, 1, 2); m.Seq != 2 || err != nil {
		t.Errorf("watermark %+v, %v", m, err)
	}
	insert(t, s, plain(tenantA, 2, 0, noon), plain(tenantA, 3, 0, noon))
	if got := search(t, s, store.Search{Scope: onlyA}); len(got) != 3 {
		t.Errorf("%d rows", len(got))
	}
	if _, err := s.Event(ctx, onlyA, event.ID{Epoch: 1, Partition: 2, Seq: 4}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an event that is not there: %v", err)
	}
}

// partitions have watermarks of their own.
func partitions(t *testing.T, open func(t *testing.T, dir string) Full) {
	s := open(t, t.TempDir())
	for _, id := range []event.ID{{Epoch: 1, Partition: 0, Seq: 5}, {Epoch: 1, Partition: 1, Seq: 3}, {Epoch: 2, Partition: 0, Seq: 1}} {
		row := plain(tenantA, 0, 0, noon)
		row.ID = id
		insert(t, s, row)
		got, err := s.Watermark(context.Background(), id.Epoch, id.Partition)
		if err != nil || got.Seq != id.Seq {
			t.Errorf("%s: watermark %+v, %v", id, got, err)
		}
	}
	if n := count(t, s, store.Search{Scope: onlyA}); n != 3 {
		t.Errorf("%d rows", n)
	}
}
