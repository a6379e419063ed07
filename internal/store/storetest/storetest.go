// Package storetest holds every event store to the contract of package store.
//
// What enters: a function that opens a store in a folder.
// What leaves: test results; a store that passes may stand behind Noroshi.
// What it never does: look behind the contract, or run outside of tests.
package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/query"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Full is the whole contract.
type Full interface {
	store.Store
	store.Counter
}

// Run holds a store to the contract. open makes a store in the folder, or opens the one that an earlier call left there; Run closes it.
// The store must implement store.Counter too.
func Run(t *testing.T, open func(t *testing.T, dir string) store.Store) {
	t.Helper()
	whole := func(t *testing.T, dir string) Full {
		t.Helper()
		s, ok := open(t, dir).(Full)
		if !ok {
			t.Fatal("the store does not count")
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	for _, c := range []struct {
		name string
		run  func(t *testing.T, open func(t *testing.T, dir string) Full)
	}{
		{"RoundTrip", roundTrip},
		{"Odd", odd},
		{"Repeat", repeat},
		{"Refused", refused},
		{"Reopen", reopen},
		{"Partitions", partitions},
		{"Golden", golden},
		{"Broken", broken},
		{"Paging", paging},
		{"Span", span},
		{"Histogram", histogram},
		{"Values", values},
		{"Scope", scopes},
		{"Concurrent", concurrent},
		{"Differential", differential},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, whole) })
	}
}

var (
	tenantA = mustTenant("a-corp")
	tenantB = mustTenant("b-corp")
	onlyA   = tenant.NewScope(tenantA)
	onlyB   = tenant.NewScope(tenantB)
	both    = tenant.NewScope(tenantA, tenantB)
	noon    = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
)

func mustTenant(name string) tenant.ID {
	id, err := tenant.ParseID(name)
	if err != nil {
		panic(err) // a literal of ours
	}
	return id
}

// asCompared makes rows comparable: no list and an empty list are the same.
var asCompared = cmp.Options{cmpopts.EquateEmpty(), cmp.Comparer(func(a, b tenant.ID) bool { return a == b })}

func insert(t *testing.T, s store.Store, rows ...store.Row) {
	t.Helper()
	last := rows[len(rows)-1].ID
	if err := s.Insert(context.Background(), rows, store.Mark{Epoch: last.Epoch, Partition: last.Partition, Seq: last.Seq}); err != nil {
		t.Fatal(err)
	}
}

func search(t *testing.T, s store.Store, q store.Search) []store.Row {
	t.Helper()
	rows, err := s.Search(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func count(t *testing.T, s Full, q store.Search) int64 {
	t.Helper()
	n, err := s.Count(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func parse(t *testing.T, q string) query.Node {
	t.Helper()
	n, err := query.Parse(q)
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return n
}

// positions names rows by their position in their batch.
func positions(rows []store.Row) string {
	out := make([]uint32, len(rows))
	for i := range rows {
		out[i] = rows[i].ID.Pos
	}
	return fmt.Sprint(out)
}

// plain is a row with what every row must have.
func plain(id tenant.ID, seq uint64, pos uint32, at time.Time) store.Row {
	return store.Row{Event: event.Event{
		ID: event.ID{Epoch: 1, Partition: 2, Seq: seq, Pos: pos}, Tenant: id, Dataset: "test", Source: "src",
		Time: at, Received: at.Add(time.Second), Raw: fmt.Appendf(nil, "record %d-%d", seq, pos), Size: 10,
	}}
}
