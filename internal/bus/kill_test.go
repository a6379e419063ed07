package bus_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/bus"
)

const childDir = "NOROSHI_TEST_APPEND_TO"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		appendForEver(dir)
	}
	os.Exit(m.Run())
}

// appendForEver is the child: it appends with and without keys and tells each acknowledgement, until it is killed.
func appendForEver(dir string) {
	l, err := bus.Open(context.Background(), bus.Options{Dir: dir, Partitions: 2})
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	var mu sync.Mutex
	for p := range uint16(2) {
		go func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("%d-%d-%d", os.Getpid(), p, i)
				sent := key
				if i%2 == 0 {
					sent = ""
				}
				seq, _, err := l.Append(context.Background(), p, sent, []byte(key+strings.Repeat(" ", rand.IntN(100_000))))
				mu.Lock()
				if err != nil {
					fmt.Println("failed", err)
				} else {
					fmt.Println("acknowledged", p, seq, key)
				}
				mu.Unlock()
			}
		}()
	}
	select {}
}

type promise struct {
	partition uint16
	seq       uint64
	key       string
}

// killed runs the child, kills it after n acknowledgements, and returns all that it told.
func killed(t *testing.T, dir string, n int) []promise {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(exe)
	child.Env = append(os.Environ(), childDir+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var got []promise
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			break // what was cut short was not told
		}
		f := strings.Fields(line)
		if len(f) != 4 || f[0] != "acknowledged" {
			t.Errorf("child: %s", line)
			break
		}
		p, _ := strconv.ParseUint(f[1], 10, 16)
		seq, _ := strconv.ParseUint(f[2], 10, 64)
		if got = append(got, promise{uint16(p), seq, f[3]}); len(got) == n {
			_ = child.Process.Kill() // SIGKILL; it may be dead already
		}
	}
	_ = child.Wait()
	return got
}

func TestNothingAcknowledgedIsLostByKills(t *testing.T) {
	rounds := 4
	if n, err := strconv.Atoi(os.Getenv("NOROSHI_PROVE_KILLS")); err == nil {
		rounds = n
	}
	dir := t.TempDir()
	var all []promise
	for range rounds {
		all = append(all, killed(t, dir, 1+rand.IntN(150))...)
	}
	l := open(t, bus.Options{Dir: dir})
	stored := make([]map[uint64]string, 2)
	for p := range uint16(2) {
		stored[p] = everything(t, l, p)
	}
	for _, a := range all {
		if stored[a.partition][a.seq] != a.key {
			t.Errorf("partition %d, number %d: acknowledged %s, found %q", a.partition, a.seq, a.key, stored[a.partition][a.seq])
		}
	}
	for _, a := range all {
		if i := strings.LastIndex(a.key, "-"); a.key[i+1:] == "1" {
			if seq, repeated := put(t, l, a.partition, a.key, "again"); seq != a.seq || !repeated {
				t.Errorf("key %s after the kills: %d %v, want %d and repeated", a.key, seq, repeated, a.seq)
			}
		}
	}
	t.Logf("%d acknowledged batches over %d kills", len(all), rounds)
}

// everything reads a partition and checks that its numbers have no gap.
func everything(t *testing.T, l *bus.Log, p uint16) map[uint64]string {
	t.Helper()
	last, err := l.Last(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	out := map[uint64]string{}
	for i, m := range take(t, l, p, 1, int(last)) {
		if m.Seq != uint64(i)+1 {
			t.Fatalf("partition %d: number %d in place %d", p, m.Seq, i+1)
		}
		out[m.Seq] = strings.TrimRight(string(m.Data), " ")
	}
	return out
}
