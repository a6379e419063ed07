package ingest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/bus"
	"github.com/noroshi-soc/noroshi/internal/ingest"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

const childDir = "NOROSHI_TEST_INGEST_TO"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := serveForEver(dir); err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// serveForEver is the child: a door before a log, until it is killed.
func serveForEver(dir string) error {
	log, err := bus.Open(context.Background(), bus.Options{Dir: dir, Partitions: 1})
	if err != nil {
		return err
	}
	id, err := tenant.ParseID("aoi")
	if err != nil {
		return err
	}
	k := source.Known{Source: source.Source{ID: "s1", Tenant: id}, TokenHash: tokenHash()}
	store := &memory{sources: []source.Known{k}, headers: map[string]string{}}
	registry := ingest.NewRegistry(store, nil)
	if err := registry.Refresh(context.Background()); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle(ingest.Pattern, ingest.NewHTTP(ingest.HTTPOptions{
		Registry: registry, Headers: store, Log: log, Meter: ingest.NewMeter(time.Now), Limits: ingest.Limits{BatchRecords: 5},
	}))
	fmt.Println(httptest.NewServer(mux).URL)
	select {}
}

// tries sends bodies of numbered records until the child is dead, and returns which were acknowledged.
func tries(t *testing.T, url string, first int, after int, kill func()) (acknowledged []int) {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	var next atomic.Int64
	next.Store(int64(first))
	for range 4 {
		wg.Go(func() {
			for {
				n := int(next.Add(1))
				if !postNumbered(url, n) {
					return
				}
				mu.Lock()
				if acknowledged = append(acknowledged, n); len(acknowledged) == after {
					kill()
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	kill()
	return acknowledged
}

const perBody = 12

// postNumbered sends a body with records of its number, under a key; false when the server is gone.
func postNumbered(url string, n int) bool {
	var body strings.Builder
	for i := range perBody {
		fmt.Fprintf(&body, "body %d record %d\n", n, i)
	}
	req, err := http.NewRequest(http.MethodPost, url+"/api/v1/ingest/s1", strings.NewReader(body.String()))
	if err != nil {
		return false
	}
	req.Header.Set("X-Noroshi-Token", token)
	req.Header.Set("Content-Type", "text/plain")
	req.Header.Set("Idempotency-Key", fmt.Sprint("body-", n))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// TestNothingAcknowledgedIsLostByKills kills a door while senders send, sends again what was not acknowledged, and finds every record once.
func TestNothingAcknowledgedIsLostByKills(t *testing.T) {
	rounds := 3
	if n, err := strconv.Atoi(os.Getenv("NOROSHI_PROVE_KILLS")); err == nil {
		rounds = n
	}
	dir := t.TempDir()
	sent := 0
	for round := range rounds {
		url, kill := child(t, dir)
		for n := max(1, sent-20); n <= sent; n++ { // the senders repeat all that they are not sure of
			if !postNumbered(url, n) {
				t.Fatal("the door does not take a repeat")
			}
		}
		for _, n := range tries(t, url, sent, 20+30*round, kill) {
			sent = max(sent, n)
		}
		sent += 4 // those under way
	}
	url, kill := child(t, dir)
	for n := 1; n <= sent; n++ {
		if !postNumbered(url, n) {
			t.Fatal("the door does not take a repeat")
		}
	}
	kill()
	checkOnce(t, dir, sent)
}

func checkOnce(t *testing.T, dir string, bodies int) {
	t.Helper()
	var log *bus.Log
	until(t, "the log is free", func() (ok bool) {
		var err error
		log, err = bus.Open(t.Context(), bus.Options{Dir: dir})
		return err == nil
	})
	h := &house{t: t, log: log}
	t.Cleanup(func() { _ = log.Close(context.Background()) })
	count := map[string]int{}
	for _, r := range h.records() {
		count[string(r.Bytes)]++
	}
	for n := 1; n <= bodies; n++ {
		for i := range perBody {
			if k := fmt.Sprintf("body %d record %d", n, i); count[k] != 1 {
				t.Errorf("%s is in the log %d times", k, count[k])
			}
		}
	}
	t.Logf("%d records, each once", len(count))
}

func child(t *testing.T, dir string) (url string, kill func()) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe)
	c.Env = append(os.Environ(), childDir+"="+dir)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	kill = func() {
		once.Do(func() {
			if err := c.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				t.Error(err)
			}
			_ = c.Wait() // "signal: killed"
		})
	}
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "http") {
		t.Fatalf("child: %q %v", line, err)
	}
	return strings.TrimSpace(line), kill
}
