//go:build linux

package duckdb_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/query"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/store/duckdb"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Some proofs need a process of their own: one that is killed, one with little space, one that has done nothing else yet.
const roleVariable = "NOROSHI_TEST_ROLE"

var roles = map[string]func(path string) error{"write": writeForEver, "full": fillTheDisk, "start": start}

func TestMain(m *testing.M) {
	role, ok := roles[os.Getenv(roleVariable)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := role(os.Args[1]); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func process(t *testing.T, role, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], filepath.Join(dir, "events.duckdb"))
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	cmd.Stderr = os.Stderr
	return cmd
}

const crashBatch = 700

func writeForEver(path string) error {
	s, err := duckdb.Open(context.Background(), path, duckdb.Options{})
	if err != nil {
		return err
	}
	mark, err := s.Watermark(context.Background(), 1, 2)
	for err == nil {
		mark.Seq++
		err = s.Insert(context.Background(), batch(mark.Seq, crashBatch), mark)
		fmt.Println(mark.Seq)
	}
	return err
}

// What was said to be stored is stored after kill -9, once, and the watermark says how much it is.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	said := uint64(0)
	for round := range 3 {
		cmd := process(t, "write", dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range 4 + 5*round {
			if !lines.Scan() {
				t.Fatal("the writer ended")
			}
			if said, err = strconv.ParseUint(lines.Text(), 10, 64); err != nil {
				t.Fatal(lines.Text())
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		checkWhole(t, dir, said)
	}
}

func checkWhole(t *testing.T, dir string, said uint64) {
	t.Helper()
	s := open(t, dir)
	defer s.Close()
	mark, err := s.Watermark(context.Background(), 1, 2)
	if err != nil || mark.Seq < said {
		t.Errorf("watermark %d, %v; %d was committed", mark.Seq, err, said)
	}
	scope := tenant.NewScope(batch(1, 1)[0].Tenant)
	n, err := s.Count(context.Background(), store.Search{Scope: scope})
	if err != nil || n != int64(mark.Seq)*crashBatch {
		t.Errorf("%d rows at watermark %d, %v", n, mark.Seq, err)
	}
	if got := find(t, s, query.Match{Field: "RecordNumber", Value: "1001"}); len(got) != 1 {
		t.Errorf("row 1-1 is there %d times", len(got))
	}
}

// fillTheDisk writes until files may grow no more, then gives space and repeats what failed.
func fillTheDisk(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	ctx := context.Background()
	s, err := duckdb.Open(ctx, path, duckdb.Options{})
	if err != nil {
		return err
	}
	scope := tenant.NewScope(batch(1, 1)[0].Tenant)
	var room syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &room); err != nil {
		return err
	}
	megabytes, _ := strconv.Atoi(os.Getenv("NOROSHI_TEST_MEGABYTES"))
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(megabytes) << 20, Max: room.Max}); err != nil {
		return err
	}
	mark := store.Mark{Epoch: 1, Partition: 2, Seq: 1}
	for {
		if err = s.Insert(ctx, batch(mark.Seq, 2000), mark); err != nil {
			break
		}
		mark.Seq++
	}
	fmt.Println("full:", err)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &room); err != nil {
		return err
	}
	if err := s.Insert(ctx, batch(mark.Seq, 2000), mark); err != nil {
		return fmt.Errorf("with room again: %w", err)
	}
	n, err := s.Count(ctx, store.Search{Scope: scope})
	if err == nil && n != int64(mark.Seq)*2000 {
		err = fmt.Errorf("%d rows at watermark %d", n, mark.Seq)
	}
	fmt.Println("rows:", n)
	if err != nil {
		return err
	}
	return s.Close()
}

func TestDiskFull(t *testing.T) {
	for _, megabytes := range []string{"12", "60"} { // the log of writes is cut; the checkpoint is
		dir := t.TempDir()
		cmd := process(t, "full", dir)
		cmd.Env = append(cmd.Env, "NOROSHI_TEST_MEGABYTES="+megabytes)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s MB: %v\n%s", megabytes, err, out)
		}
		t.Logf("%s", out)
		if !strings.Contains(string(out), "full: insert 2000 rows up to 1-2-") || !strings.Contains(string(out), "File too large") {
			t.Errorf("%s MB: the error does not tell what happened: %s", megabytes, out)
		}
		s := open(t, dir)
		mark, err := s.Watermark(context.Background(), 1, 2)
		n, err2 := s.Count(context.Background(), store.Search{Scope: tenant.NewScope(batch(1, 1)[0].Tenant)})
		if err != nil || err2 != nil || n == 0 || n != int64(mark.Seq)*2000 {
			t.Errorf("%s MB: %d rows at watermark %d after reopening, %v, %v", megabytes, n, mark.Seq, err, err2)
		}
	}
}

// start opens an empty store, uses it a little and prints how long that took and what memory it holds.
func start(path string) error {
	begun := time.Now()
	s, err := duckdb.Open(context.Background(), path, duckdb.Options{})
	if err != nil {
		return err
	}
	took := time.Since(begun)
	for seq := uint64(1); seq <= 20; seq++ {
		if err := s.Insert(context.Background(), batch(seq, 500), store.Mark{Epoch: 1, Partition: 2, Seq: seq}); err != nil {
			return err
		}
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	fmt.Println(took.Milliseconds(), strings.Fields(rest)[0])
	return s.Close()
}

func TestStartIsQuickAndSmall(t *testing.T) {
	out, err := process(t, "start", t.TempDir()).Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var milliseconds, kilobytes int
	if _, err := fmt.Sscan(string(out), &milliseconds, &kilobytes); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Logf("opened in %d ms, %d MB resident with 10000 events", milliseconds, kilobytes/1024)
	if milliseconds > 3000 || kilobytes > 220<<10 {
		t.Errorf("opened in %d ms, %d MB resident", milliseconds, kilobytes/1024)
	}
}
