package bus_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/bus"
)

func open(t testing.TB, opts bus.Options) *bus.Log {
	t.Helper()
	l, err := bus.Open(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, l) })
	return l
}

func shut(t testing.TB, l *bus.Log) {
	t.Helper()
	if err := l.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

func put(t testing.TB, l *bus.Log, partition uint16, key, data string) (uint64, bool) {
	t.Helper()
	seq, repeated, err := l.Append(t.Context(), partition, key, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return seq, repeated
}

// take reads n batches from a number on.
func take(t testing.TB, l *bus.Log, partition uint16, from uint64, n int) []bus.Message {
	t.Helper()
	var out []bus.Message
	if n == 0 {
		return out
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for m, err := range l.Read(ctx, partition, from) {
		if err != nil {
			t.Fatal(err)
		}
		if out = append(out, m); len(out) == n {
			return out
		}
	}
	t.Fatalf("read %d of %d batches from %d", len(out), n, from)
	return nil
}

func TestAppendAndRead(t *testing.T) {
	l := open(t, bus.Options{Dir: t.TempDir(), Partitions: 3})
	for i := 1; i <= 50; i++ {
		if seq, _ := put(t, l, 1, "", fmt.Sprint("b", i)); seq != uint64(i) {
			t.Fatalf("batch %d has number %d", i, seq)
		}
	}
	for i, m := range take(t, l, 1, 0, 50) {
		if m.Seq != uint64(i+1) || string(m.Data) != fmt.Sprint("b", i+1) || time.Since(m.Appended) > time.Minute {
			t.Fatalf("%d: got %d %q %v", i, m.Seq, m.Data, m.Appended)
		}
	}
	if got := take(t, l, 1, 33, 1); got[0].Seq != 33 {
		t.Errorf("read from 33 begins at %d", got[0].Seq)
	}
	first, _ := l.First(t.Context(), 1)
	last, err := l.Last(t.Context(), 1)
	if first != 1 || last != 50 || err != nil {
		t.Errorf("first %d, last %d, %v", first, last, err)
	}
	first, _ = l.First(t.Context(), 0)
	if last, _ := l.Last(t.Context(), 0); first != 1 || last != 0 {
		t.Errorf("empty partition: first %d, last %d", first, last)
	}
}

func TestReadWaitsForMoreUntilTheEnd(t *testing.T) {
	l := open(t, bus.Options{Dir: t.TempDir(), Partitions: 1})
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan uint64)
	var after error
	go func() {
		defer close(got)
		for m, err := range l.Read(ctx, 0, 1) {
			after = err
			got <- m.Seq
		}
	}()
	for i := uint64(1); i <= 3; i++ {
		put(t, l, 0, "", "x")
		if seq := <-got; seq != i {
			t.Fatalf("got %d, want %d", seq, i)
		}
	}
	cancel()
	if _, more := <-got; more || after != nil {
		t.Errorf("reading went on after its context: %v", after)
	}
}

func TestCloseEndsReaders(t *testing.T) {
	l, err := bus.Open(t.Context(), bus.Options{Dir: t.TempDir(), Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	put(t, l, 0, "", "x")
	var wg sync.WaitGroup
	started, last := make(chan struct{}), error(nil)
	wg.Go(func() {
		for m, err := range l.Read(t.Context(), 0, 1) {
			if last = err; m.Seq == 1 {
				close(started)
			}
		}
	})
	<-started
	shut(t, l)
	wg.Wait()
	if !errors.Is(last, bus.ErrClosed) {
		t.Errorf("reader ended with %v", last)
	}
	if _, _, err := l.Append(t.Context(), 0, "", nil); !errors.Is(err, bus.ErrClosed) {
		t.Errorf("append after close: %v", err)
	}
	shut(t, l) // twice is no harm
}

func TestReopenKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	l, err := bus.Open(t.Context(), bus.Options{Dir: dir, Partitions: 2, Now: func() time.Time { return time.Unix(1_800_000_000, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	put(t, l, 1, "", "one")
	if _, err := bus.Open(t.Context(), bus.Options{Dir: dir}); err == nil {
		t.Fatal("the folder was opened twice")
	}
	where := l.Partition("aoi")
	shut(t, l)
	if _, err := bus.Open(t.Context(), bus.Options{Dir: dir, Partitions: 5}); err == nil {
		t.Fatal("opened with another number of partitions")
	}
	l = open(t, bus.Options{Dir: dir})
	if l.Epoch() != 1_800_000_000 || l.Partitions() != 2 || l.Partition("aoi") != where {
		t.Errorf("epoch %d, %d partitions", l.Epoch(), l.Partitions())
	}
	if got := take(t, l, 1, 1, 1); string(got[0].Data) != "one" {
		t.Errorf("got %q", got[0].Data)
	}
	if seq, _ := put(t, l, 1, "", "two"); seq != 2 {
		t.Errorf("numbers went on at %d", seq)
	}
}

func TestOpenRefusesAFolderThatLostItsDescription(t *testing.T) {
	dir := t.TempDir()
	l, err := bus.Open(t.Context(), bus.Options{Dir: dir, Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	shut(t, l)
	for _, content := range []string{"", "{", `{"version":9,"epoch":1,"partitions":1}`} {
		name := filepath.Join(dir, "log.json")
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		if content != "" {
			if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if l, err := bus.Open(t.Context(), bus.Options{Dir: dir}); err == nil {
			shut(t, l)
			t.Errorf("opened with description %q", content)
		}
		if content == "" {
			_ = os.WriteFile(name, nil, 0o600)
		}
	}
}

func TestKeysTellRepeats(t *testing.T) {
	now := time.Now()
	opts := bus.Options{Dir: t.TempDir(), Partitions: 1, Now: func() time.Time { return now }}
	l, err := bus.Open(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	put(t, l, 0, "", "no key")
	f := func(key string, want uint64, wantRepeated bool) {
		t.Helper()
		if seq, repeated := put(t, l, 0, key, "data of "+key); seq != want || repeated != wantRepeated {
			t.Errorf("key %q: got %d %v, want %d %v", key, seq, repeated, want, wantRepeated)
		}
	}
	f("a", 2, false)
	f("b", 3, false)
	f("a", 2, true)
	f("", 4, false)
	f("", 5, false)
	shut(t, l)
	l = open(t, opts)
	f("a", 2, true)
	f("b", 3, true)
	now = now.Add(25 * time.Hour)
	f("a", 6, false) // after a day the key is new
}

func TestOneOfManyWithTheSameKeyIsKept(t *testing.T) {
	l := open(t, bus.Options{Dir: t.TempDir(), Partitions: 1})
	var mu sync.Mutex
	var wg sync.WaitGroup
	fresh := 0
	for range 20 {
		wg.Go(func() {
			_, repeated, err := l.Append(t.Context(), 0, "same", []byte("x"))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			} else if !repeated {
				fresh++
			}
		})
	}
	wg.Wait()
	if last, _ := l.Last(t.Context(), 0); fresh != 1 || last != 1 {
		t.Errorf("%d were fresh, last is %d", fresh, last)
	}
}

func TestTrimKeepsTheYoung(t *testing.T) {
	now := time.Now()
	opts := bus.Options{Dir: t.TempDir(), Partitions: 1, Now: func() time.Time { return now }}
	l, err := bus.Open(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		put(t, l, 0, "", "x")
	}
	f := func(below, wantFirst uint64) {
		t.Helper()
		if err := l.Trim(t.Context(), 0, below); err != nil {
			t.Fatal(err)
		}
		if first, err := l.First(t.Context(), 0); first != wantFirst || err != nil {
			t.Errorf("trimmed below %d: first is %d, want %d: %v", below, first, wantFirst, err)
		}
	}
	f(5, 1) // all younger than a day
	now = now.Add(25 * time.Hour)
	f(5, 5)
	f(3, 5)
	if got := take(t, l, 0, 1, 6); got[0].Seq != 5 || got[5].Seq != 10 {
		t.Errorf("after trimming: %d to %d", got[0].Seq, got[5].Seq)
	}
	f(1000, 11)
	shut(t, l)
	l = open(t, opts)
	if seq, _ := put(t, l, 0, "", "y"); seq != 11 {
		t.Errorf("after everything was trimmed and the log reopened, numbers went on at %d", seq)
	}
}

func TestPartitionIsStable(t *testing.T) {
	l := open(t, bus.Options{Dir: t.TempDir(), Partitions: 16})
	used := map[uint16]int{}
	for i := range 1000 {
		p := l.Partition(fmt.Sprint("tenant-", i))
		if int(p) >= l.Partitions() {
			t.Fatalf("partition %d", p)
		}
		used[p]++
	}
	for p, n := range used {
		if n > 200 {
			t.Errorf("partition %d has %d of 1000 tenants", p, n)
		}
	}
	// Fixed for ever: a tenant's batches must be found where they were put.
	if a, b := l.Partition("aoi"), l.Partition("default"); a != 9 || b != 8 {
		t.Errorf("partitions moved: aoi %d, default %d", a, b)
	}
}

func TestNoSuchPartition(t *testing.T) {
	l := open(t, bus.Options{Dir: t.TempDir(), Partitions: 2})
	if _, _, err := l.Append(t.Context(), 2, "", []byte("x")); err == nil {
		t.Error("appended to partition 2 of 2")
	}
	for _, err := range l.Read(t.Context(), 2, 1) {
		if err == nil {
			t.Error("read from partition 2 of 2")
		}
	}
	if err := l.Trim(t.Context(), 9, 1); err == nil {
		t.Error("trimmed partition 9 of 2")
	}
}

// TestTrimMakesRoom: a log that is nearly full of work that is done gives up young batches too, so that senders are not kept out for a day.
func TestTrimMakesRoom(t *testing.T) {
	l := open(t, bus.Options{Dir: t.TempDir(), Partitions: 1, MaxBytes: 100 << 10})
	data := strings.Repeat("x", 10<<10)
	for range 7 {
		put(t, l, 0, "", data)
	}
	first := func() uint64 {
		n, err := l.First(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if err := l.Trim(t.Context(), 0, 5); err != nil || first() != 1 {
		t.Errorf("with room left: first is %d, %v", first(), err)
	}
	put(t, l, 0, "", data)
	put(t, l, 0, "", data)
	if err := l.Trim(t.Context(), 0, 5); err != nil || first() != 5 {
		t.Errorf("nearly full: first is %d, want 5, %v", first(), err)
	}
}
