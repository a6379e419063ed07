package bus_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/noroshi-soc/noroshi/internal/bus"
)

var chunk = strings.Repeat("x", 256<<10)

// fill appends until there is an error, and says how many were kept.
func fill(t *testing.T, l *bus.Log, limit int) (int, error) {
	t.Helper()
	for n := range limit {
		if _, _, err := l.Append(t.Context(), 0, "", []byte(chunk)); err != nil {
			return n, err
		}
	}
	t.Fatalf("%d batches were taken without an end", limit)
	return 0, nil
}

func TestFullByMaxBytes(t *testing.T) {
	now := time.Now()
	l := open(t, bus.Options{Dir: t.TempDir(), Partitions: 1, MaxBytes: 4 << 20, Now: func() time.Time { return now }})
	put(t, l, 0, "a", "first")
	n, err := fill(t, l, 100)
	if !errors.Is(err, bus.ErrFull) || n < 10 {
		t.Fatalf("after %d: %v", n, err)
	}
	if _, repeated, err := l.Append(t.Context(), 0, "a", []byte("first")); err != nil || !repeated {
		t.Errorf("a repeat is known in a full log too: %v %v", repeated, err)
	}
	now = now.Add(25 * time.Hour)
	if err := l.Trim(t.Context(), 0, 10); err != nil {
		t.Fatal(err)
	}
	if seq, _ := put(t, l, 0, "", "again"); seq != uint64(n)+2 {
		t.Errorf("number %d after %d batches", seq, n+1)
	}
}

func TestLimitsTellTheirKind(t *testing.T) {
	var kind interface {
		Full() bool
		Busy() bool
	}
	if !errors.As(bus.ErrFull, &kind) || !kind.Full() || kind.Busy() {
		t.Error("ErrFull is not full")
	}
	if !errors.As(bus.ErrBusy, &kind) || kind.Full() || !kind.Busy() {
		t.Error("ErrBusy is not busy")
	}
}

func TestTooLarge(t *testing.T) {
	l := open(t, bus.Options{Dir: t.TempDir(), Partitions: 1})
	if _, _, err := l.Append(t.Context(), 0, "", make([]byte, bus.MaxBatch+1)); !errors.Is(err, bus.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
	put(t, l, 0, "", strings.Repeat("y", bus.MaxBatch))
	if got := take(t, l, 0, 1, 1); len(got[0].Data) != bus.MaxBatch {
		t.Errorf("the largest came back with %d bytes", len(got[0].Data))
	}
}

// smallDisk mounts a file system of 48 MB.
func smallDisk(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("mounting a small disk needs root; the limit by MaxBytes is tested above")
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=48m"); err != nil {
		t.Skipf("cannot mount a small disk here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestFullDiskIsRefusedBeforeItIsFull(t *testing.T) {
	disk := smallDisk(t)
	l := open(t, bus.Options{Dir: filepath.Join(disk, "log"), Partitions: 1, KeepFree: 12 << 20})
	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 16<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := fill(t, l, 500)
	if !errors.Is(err, bus.ErrFull) {
		t.Fatalf("after %d: %v", n, err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if seq, _ := put(t, l, 0, "", "room again"); seq != uint64(n)+1 {
		t.Errorf("number %d after %d batches", seq, n)
	}
}

// With nothing kept free the engine itself meets the end of the disk, in the middle of a write.
func TestEngineRecoversFromAFullDisk(t *testing.T) {
	disk := smallDisk(t)
	l := open(t, bus.Options{Dir: filepath.Join(disk, "log"), Partitions: 1, KeepFree: 1, Answer: 500 * time.Millisecond})
	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 16<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	kept := map[uint64]bool{}
	for range 8 { // together they pass the guard and hit the end
		wg.Go(func() {
			for range 60 {
				seq, _, err := l.Append(t.Context(), 0, "", []byte(chunk))
				if err != nil && !errors.Is(err, bus.ErrFull) && !errors.Is(err, bus.ErrBusy) {
					t.Error(err)
				}
				if err == nil {
					mu.Lock()
					kept[seq] = true
					mu.Unlock()
				}
				if errors.Is(err, bus.ErrFull) {
					return
				}
			}
		})
	}
	wg.Wait()
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for tries := 0; ; tries++ {
		_, _, err := l.Append(t.Context(), 0, "", []byte("room again"))
		if err == nil {
			break
		}
		if tries == 20 {
			t.Fatalf("no append goes through although there is room: %v", err)
		}
	}
	last, err := l.Last(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range take(t, l, 0, 1, int(last)) {
		delete(kept, m.Seq)
	}
	if len(kept) > 0 {
		t.Errorf("%d acknowledged batches are lost: %v", len(kept), kept)
	}
}

func TestTooManyAppendsAtOnceAreRefusedNotLost(t *testing.T) {
	l := open(t, bus.Options{Dir: t.TempDir(), Partitions: 1})
	var mu sync.Mutex
	var wg sync.WaitGroup
	kept, busy := uint64(0), 0
	for range 2000 {
		wg.Go(func() {
			_, _, err := l.Append(t.Context(), 0, "", []byte("small, so that it is not the engine that refuses"))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				kept++
			case errors.Is(err, bus.ErrBusy):
				busy++
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if last, err := l.Last(t.Context(), 0); err != nil || last != kept {
		t.Errorf("%d were acknowledged, %d are in the log: %v", kept, last, err)
	}
	if busy == 0 {
		t.Error("2000 at once were all taken: nothing bounds them")
	}
}
