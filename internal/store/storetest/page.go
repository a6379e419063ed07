package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/store"
)

// crowd is many rows at few instants, of two partitions and both epochs, so that the order hangs on every part of the id.
func crowd(t *testing.T, s store.Store) []store.Row {
	t.Helper()
	var all []store.Row
	for _, at := range []event.ID{{Epoch: 1, Partition: 2}, {Epoch: 1, Partition: 10}, {Epoch: 2, Partition: 1}} {
		var rows []store.Row
		for i := range 40 {
			row := plain(tenantA, 0, 0, noon.Add(time.Duration(i%4)*time.Microsecond))
			row.ID = event.ID{Epoch: at.Epoch, Partition: at.Partition, Seq: uint64(1 + i/5), Pos: uint32(i % 5)}
			rows = append(rows, row)
		}
		insert(t, s, rows...)
		all = append(all, rows...)
	}
	slices.SortFunc(all, func(a, b store.Row) int {
		if c := a.Time.Compare(b.Time); c != 0 {
			return c
		}
		return a.ID.Compare(b.ID)
	})
	return all
}

func paging(t *testing.T, open func(t *testing.T, dir string) Full) {
	s := open(t, t.TempDir())
	want := crowd(t, s)
	for _, oldest := range []bool{true, false} {
		for _, limit := range []int{1, 7, 119, 120, 121} {
			q := store.Search{Scope: onlyA, Limit: limit, Oldest: oldest}
			var got []string
			for {
				page := search(t, s, q)
				if len(page) > limit || len(got) > len(want) {
					t.Fatalf("%d rows on a page of %d, after %d of %d", len(page), limit, len(got), len(want))
				}
				for _, row := range page {
					got = append(got, row.ID.String())
				}
				if len(page) == 0 {
					break
				}
				last := page[len(page)-1]
				q.After = &store.Place{Time: last.Time, ID: last.ID}
			}
			if ids := idsOf(want); !slices.Equal(got, ids) {
				t.Errorf("oldest %t, pages of %d: %d rows, order or rows are wrong: %v", oldest, limit, len(got), got)
			}
		}
		slices.Reverse(want)
	}
	// What arrives meanwhile must not move what was paged.
	first := search(t, s, store.Search{Scope: onlyA, Limit: 60})
	newer := plain(tenantA, 99, 0, noon.Add(time.Hour))
	insert(t, s, newer)
	last := first[59]
	rest := search(t, s, store.Search{Scope: onlyA, After: &store.Place{Time: last.Time, ID: last.ID}})
	slices.Reverse(want)
	if got, ids := append(idsOf(first), idsOf(rest)...), idsOf(want); !slices.Equal(got, ids) {
		t.Errorf("rows moved while paging: %v", got)
	}
}

func idsOf(rows []store.Row) []string {
	out := make([]string, len(rows))
	for i := range rows {
		out[i] = rows[i].ID.String()
	}
	return out
}

// span: From is inside, To is not, and 200 rows come unless said otherwise.
func span(t *testing.T, open func(t *testing.T, dir string) Full) {
	s := open(t, t.TempDir())
	var rows []store.Row
	for i := range 300 {
		rows = append(rows, plain(tenantA, 1, uint32(i), noon.Add(time.Duration(i)*time.Microsecond)))
	}
	insert(t, s, rows...)
	f := func(from, to time.Time, want int64) {
		t.Helper()
		if n := count(t, s, store.Search{Scope: onlyA, From: from, To: to}); n != want {
			t.Errorf("from %s to %s: %d rows, want %d", from, to, n, want)
		}
	}
	at := func(micros, nanos int) time.Time {
		return noon.Add(time.Duration(micros)*time.Microsecond + time.Duration(nanos)).In(time.FixedZone("JST", 9*3600))
	}
	f(time.Time{}, time.Time{}, 300)
	f(at(10, 0), at(20, 0), 10)
	f(at(10, 1), at(20, 0), 9)
	f(at(10, 0), at(20, 1), 11)
	f(at(290, 0), time.Time{}, 10)
	f(time.Time{}, at(10, 0), 10)
	f(at(20, 0), at(10, 0), 0)
	f(time.Date(-5000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(200000, 1, 1, 0, 0, 0, 0, time.UTC), 300)
	for limit, want := range map[int]int{0: 200, -1: 200, 5: 5, 1 << 30: 300} {
		if got := len(search(t, s, store.Search{Scope: onlyA, Limit: limit})); got != want {
			t.Errorf("limit %d gives %d rows, want %d", limit, got, want)
		}
	}
}

// concurrent writers of several partitions, and readers, get along; a reader never sees half a batch.
func concurrent(t *testing.T, open func(t *testing.T, dir string) Full) {
	const writers, batches, size = 4, 10, 20
	s := open(t, t.TempDir())
	ctx := context.Background()
	errs := make(chan error, 2*writers)
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			for seq := uint64(1); seq <= batches; seq++ {
				rows := make([]store.Row, size)
				for i := range rows {
					rows[i] = plain(tenantA, seq, uint32(i), noon)
					rows[i].ID.Partition = uint16(w)
				}
				if err := s.Insert(ctx, rows, store.Mark{Epoch: 1, Partition: uint16(w), Seq: seq}); err != nil {
					errs <- err
					return
				}
			}
		})
		wait.Go(func() {
			for range batches {
				n, err := s.Count(ctx, store.Search{Scope: onlyA})
				if err == nil && n%size != 0 {
					err = fmt.Errorf("a reader sees %d rows", n)
				}
				if err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wait.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	if n := count(t, s, store.Search{Scope: onlyA}); n != writers*batches*size {
		t.Errorf("%d rows", n)
	}
}
