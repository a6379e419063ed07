package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The tests of this package run the real binary. NOROSHI_TEST_BIN names one that is built already.
var binary = sync.OnceValues(func() (string, error) {
	if name := os.Getenv("NOROSHI_TEST_BIN"); name != "" {
		return filepath.Abs(name)
	}
	dir, err := os.MkdirTemp("", "noroshi-test-bin")
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "noroshi")
	out, err := exec.Command("go", "build", "-o", name, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return name, nil
})

func program(t testing.TB) string {
	t.Helper()
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// cli runs a verb to its end and returns what it wrote; a failure ends the test unless wantFail.
func cli(t testing.TB, wantFail bool, env []string, args ...string) (stdout, stderr string) {
	t.Helper()
	cmd := exec.Command(program(t), args...)
	cmd.Env = append(cleanEnv(), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if (err != nil) != wantFail {
		t.Fatalf("noroshi %s: %v\n%s%s", strings.Join(args, " "), err, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

func cleanEnv() []string {
	var out []string
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "NOROSHI_") {
			out = append(out, pair)
		}
	}
	return append(out, "XDG_CONFIG_HOME=/nonexistent")
}

// server is a running `noroshi serve`.
type server struct {
	t     testing.TB
	data  string
	args  []string
	cmd   *exec.Cmd
	url   string
	token string // of an administrator
	ended chan error
	log   *lockedBuffer
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// start runs the server on a data folder and waits until it answers.
func start(t testing.TB, data string, args ...string) *server {
	t.Helper()
	s := &server{t: t, data: data, args: args, log: &lockedBuffer{}}
	s.launch("127.0.0.1:0")
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("server's log:\n%s", tail(s.log.String(), 4000))
		}
	})
	return s
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

var consoleLine = regexp.MustCompile(`console\s+(\S+)`)

func (s *server) launch(listen string) {
	s.t.Helper()
	s.cmd = exec.Command(program(s.t), append([]string{"serve", "--data", s.data, "--listen", listen}, s.args...)...)
	s.cmd.Env = cleanEnv()
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	s.cmd.Stderr = s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	address := make(chan string, 1)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			_, _ = fmt.Fprintln(s.log, lines.Text())
			if m := consoleLine.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
	}()
	s.ended = make(chan error, 1)
	go func() {
		<-drained
		s.ended <- s.cmd.Wait()
	}()
	select {
	case s.url = <-address:
	case err := <-s.ended:
		s.t.Fatalf("server ended: %v\n%s", err, s.log)
	case <-time.After(60 * time.Second):
		s.t.Fatalf("server does not say its address\n%s", s.log)
	}
	s.eventually("server is ready", func() bool {
		resp, err := http.Get(s.url + "/readyz")
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// kill ends the server as a power cut would.
func (s *server) kill() {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill()
		<-s.ended
	}
}

// stop ends the server in order.
func (s *server) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	select {
	case err := <-s.ended:
		if err != nil {
			s.t.Fatalf("server did not end in order: %v\n%s", err, tail(s.log.String(), 4000))
		}
	case <-time.After(60 * time.Second):
		s.t.Fatal("server does not end")
	}
}

// again starts the server once more on the same folder and address.
func (s *server) again() {
	s.t.Helper()
	s.launch(strings.TrimPrefix(s.url, "http://"))
}

// eventually waits for a condition that the server brings about by itself.
func (s *server) eventually(what string, holds func() bool) {
	s.t.Helper()
	end := time.Now().Add(90 * time.Second)
	for !holds() {
		select {
		case err := <-s.ended:
			s.t.Fatalf("server ended while waiting: %v\n%s", err, s.log)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(end) {
			s.t.Fatalf("not within 90 s: %s", what)
		}
	}
}

var passwordLine = regexp.MustCompile(`password: (\S+)`)

// administrator makes an administrator offline and signs in as it.
func (s *server) administrator() {
	s.t.Helper()
	out, _ := cli(s.t, false, nil, "admin", "create", "root", "--data", s.data)
	s.token = s.signIn("root", passwordLine.FindStringSubmatch(out)[1])
}

// signIn uses the login verb as a person does and returns the token that it keeps.
func (s *server) signIn(user, password string) string {
	s.t.Helper()
	dir := s.t.TempDir()
	cli(s.t, false, []string{"XDG_CONFIG_HOME=" + dir, "NOROSHI_PASSWORD=" + password}, "login", "--server", s.url, "--user", user)
	data, err := os.ReadFile(filepath.Join(dir, "noroshi", "login.json"))
	if err != nil {
		s.t.Fatal(err)
	}
	var kept savedLogin
	if err := json.Unmarshal(data, &kept); err != nil {
		s.t.Fatal(err)
	}
	return kept.Token
}

// verb runs a verb against the server as the administrator.
func (s *server) verb(args ...string) string {
	s.t.Helper()
	out, _ := cli(s.t, false, []string{"NOROSHI_SERVER=" + s.url, "NOROSHI_TOKEN=" + s.token}, args...)
	return out
}

var tokenLine = regexp.MustCompile(`token:\s+(\S+)`)

// source declares a source with the command line and returns its token.
func (s *server) source(tenant, id, format string, more ...string) string {
	s.t.Helper()
	out := s.verb(append([]string{"source", "create", id, "--id", id, "--tenant", tenant, "--format", format}, more...)...)
	return tokenLine.FindStringSubmatch(out)[1]
}

// get reads from the API as the administrator.
func (s *server) get(path string, out any) {
	s.t.Helper()
	if err := s.try(path, out); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) try(path string, out any) error {
	c := client{server: s.url, token: s.token}
	return c.call(context.Background(), http.MethodGet, path, nil, out)
}

// count is how many events a query finds.
func (s *server) count(query string) int {
	s.t.Helper()
	var out struct {
		Count int `json:"count"`
	}
	s.get("/events/count?"+query, &out)
	return out.Count
}

type ingestAnswer struct {
	Accepted int  `json:"accepted"`
	Bad      int  `json:"bad"`
	Repeated bool `json:"repeated"`
}

// send posts a body to the HTTP door.
func (s *server) send(source, token, contentType, key string, body io.Reader) (ingestAnswer, int, error) {
	req, err := http.NewRequest(http.MethodPost, s.url+"/api/v1/ingest/"+source, body)
	if err != nil {
		return ingestAnswer{}, 0, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", contentType)
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return ingestAnswer{}, 0, err
	}
	defer resp.Body.Close()
	var out ingestAnswer
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil && !errors.Is(err, io.EOF) {
		return out, resp.StatusCode, err
	}
	return out, resp.StatusCode, nil
}

// caughtUp waits until everything that was taken in is stored.
func (s *server) caughtUp(events int) {
	s.t.Helper()
	s.eventually(fmt.Sprintf("%d events are stored", events), func() bool {
		var out struct {
			Count int `json:"count"`
		}
		return s.try("/events/count", &out) == nil && out.Count >= events
	})
}

// sharedData is the folder of real data; tests that need it skip where it is absent, and fail in CI.
func sharedData(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("NOROSHI_SHARED_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("shared data is missing in CI: %v", err)
		}
		t.Skipf("no shared data: %v", err)
	}
	return dir
}
