package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var signInLine = func(log string) (user, password string) {
	for line := range strings.Lines(log) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "sign in"); ok {
			user, password, _ = strings.Cut(strings.TrimSpace(rest), " / ")
		}
	}
	return user, password
}

type incidentList struct {
	Incidents []struct {
		ID, Label, Level, Phase string
		Hosts                   []string
		ItemCount               int `json:"item_count"`
	}
}

// TestDemoTellsTheStory starts the demo as `make run` does and reads from the API what the console shows.
func TestDemoTellsTheStory(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	began := time.Now()
	s := start(t, data, "--demo")
	var user, password string
	s.eventually("the way to sign in is told", func() bool {
		user, password = signInLine(s.log.String())
		return password != ""
	})
	s.token = s.signIn(user, password)
	var list incidentList
	s.eventually("the intrusion reached its objective", func() bool {
		if s.try("/incidents", &list) != nil || len(list.Incidents) == 0 {
			return false
		}
		return list.Incidents[0].Phase == "objective" && len(list.Incidents[0].Hosts) > 1
	})
	t.Logf("the incident shows its objective %.0f s after start", time.Since(began).Seconds())
	s.eventually("the whole day is sent", func() bool {
		return strings.Contains(string(readFile(t, filepath.Join(data, "demo.json"))), `"done": true`)
	})
	s.storyIsWhole(list.Incidents[0].ID)
	var sent int
	s.eventually("the number of lines is told", func() bool {
		_, rest, ok := strings.Cut(s.log.String(), "lines=")
		_, err := fmt.Sscan(rest, &sent)
		return ok && err == nil
	})
	s.caughtUp(sent)
	stored := s.count("")
	if stored != sent {
		t.Errorf("%d lines sent, %d events", sent, stored)
	}
	s.stop()
	s.args = nil
	s.again()
	if got := s.count(""); got != stored {
		t.Errorf("%d events after a restart, %d before", got, stored)
	}
	if !strings.Contains(s.log.String(), "This folder holds the demo") {
		t.Error("a restarted demo does not say how to sign in")
	}
}

func (s *server) storyIsWhole(id string) {
	s.t.Helper()
	var whole struct {
		Items []struct {
			Phase  string
			Reason struct {
				Code   string
				Text   string `json:"text"`
				TextJA string `json:"text_ja"`
			}
		}
		Narrative []struct{ Text, Phase string }
	}
	s.eventually("the incident holds all phases", func() bool {
		if s.try("/incidents/"+id, &whole) != nil {
			return false
		}
		seen := map[string]bool{}
		for _, i := range whole.Items {
			seen[i.Phase] = true
		}
		return seen["intrusion"] && seen["foothold"] && seen["spread"] && seen["objective"]
	})
	for _, i := range whole.Items {
		if i.Reason.Code == "" || i.Reason.Text == "" || i.Reason.TextJA == "" {
			s.t.Errorf("an item without reason: %+v", i)
		}
	}
	for _, lang := range []string{"ja", "en"} {
		var draft struct{ Title, Markdown string }
		s.get("/incidents/"+id+"/first-report?lang="+lang, &draft)
		if !strings.Contains(draft.Markdown, "osk-fs-01") || !strings.Contains(draft.Markdown, "tyo-pc-0217") {
			s.t.Errorf("the first report (%s) does not name the hosts:\n%s", lang, draft.Markdown)
		}
	}
}

// TestStopLosesNothing ends the server in order while it works and counts after a restart.
func TestStopLosesNothing(t *testing.T) {
	s := start(t, filepath.Join(t.TempDir(), "data"))
	s.administrator()
	s.verb("tenant", "create", "aoi")
	token := s.source("aoi", "win", "windows")
	c := &sender{source: "win", token: token, host: "pc"}
	base := time.Now().UTC()
	for batch := range 30 {
		if !c.try(s.url, fmt.Sprint(batch), c.body(batch, 100, base)) {
			t.Fatal("not acknowledged")
		}
	}
	s.stop()
	s.again()
	s.caughtUp(3000)
	if got := s.count(""); got != 3000 {
		t.Errorf("%d events, want 3000", got)
	}
	for _, batch := range []int{0, 30} { // a repeat, then something new: when that is stored, the repeat would be
		if !c.try(s.url, fmt.Sprint(batch), c.body(batch, 100, base)) {
			t.Error("refused after the restart")
		}
	}
	s.caughtUp(3100)
	if got := s.count(""); got != 3100 {
		t.Errorf("%d events after a repeat with the same key and a new batch, want 3100", got)
	}
}

// TestEmptyServerSaysWhatToDo: without --demo a new folder stays empty and says how to begin; a folder in use is not opened twice.
func TestEmptyServerSaysWhatToDo(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	s := start(t, data)
	if !strings.Contains(s.log.String(), "noroshi admin create") {
		t.Errorf("no word about the first administrator:\n%s", s.log)
	}
	_, stderr := cli(t, true, nil, "serve", "--data", data, "--listen", "127.0.0.1:0")
	if !strings.Contains(stderr, "in use") {
		t.Errorf("second server on the folder: %s", stderr)
	}
	_, stderr = cli(t, true, nil, "tenant", "list", "--server", s.url)
	if !strings.Contains(stderr, "noroshi login") {
		t.Errorf("verb without sign-in: %s", stderr)
	}
	_, stderr = cli(t, true, []string{"NOROSHI_LISTEN=nowhere"}, "serve", "--data", data)
	if !strings.Contains(stderr, "listen") {
		t.Errorf("bad configuration: %s", stderr)
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		resp, err := http.Get(s.url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d", path, resp.StatusCode)
		}
	}
}

// TestVerbsWorkOnTheRunningServer declares a second customer with people and sources from the command line.
func TestVerbsWorkOnTheRunningServer(t *testing.T) {
	s := start(t, filepath.Join(t.TempDir(), "data"))
	s.administrator()
	s.verb("tenant", "create", "aoi", "--name", "葵商事")
	s.verb("site", "add", "aoi", "osaka", "--name", "大阪支社")
	if out := s.verb("tenant", "list"); !strings.Contains(out, "葵商事") || !strings.Contains(out, "osaka") {
		t.Errorf("tenant list:\n%s", out)
	}
	out := s.verb("person", "create", "hana", "--role", "analyst", "--tenant", "aoi")
	analyst := s.signIn("hana", passwordLine.FindStringSubmatch(out)[1])
	first := s.source("aoi", "fw", "syslog", "--site", "osaka", "--zone", "Asia/Tokyo", "--sender", "192.0.2.0/24")
	second := tokenLine.FindStringSubmatch(s.verb("source", "token", "fw"))[1]
	if _, status, _ := s.send("fw", first, "text/plain", "", strings.NewReader("old\n")); status != http.StatusUnauthorized {
		t.Errorf("the token before is answered %d", status)
	}
	if _, status, _ := s.send("fw", second, "text/plain", "", strings.NewReader("<13>Nov 18 20:53:12 gw sshd[7]: Failed password for root from 203.0.113.9 port 2222 ssh2\n")); status != http.StatusOK {
		t.Errorf("the new token is answered %d", status)
	}
	_, taken := cli(t, true, []string{"NOROSHI_SERVER=" + s.url, "NOROSHI_TOKEN=" + s.token}, "source", "create", "other", "--tenant", "aoi", "--sender", "192.0.2.0/24")
	if !strings.Contains(taken, "another source") {
		t.Errorf("a network for two sources: %s", taken)
	}
	s.caughtUp(1)
	if got := s.count("q=" + url.QueryEscape("dataset:linux.sshd and source.ip:203.0.113.0/24")); got != 1 {
		t.Errorf("%d sshd events", got)
	}
	if out := s.verb("audit", "list"); !strings.Contains(out, "source.create") || !strings.Contains(out, "root") {
		t.Errorf("audit list:\n%s", out)
	}
	_, stderr := cli(t, true, []string{"NOROSHI_SERVER=" + s.url, "NOROSHI_TOKEN=" + analyst}, "person", "list")
	if stderr == "" {
		t.Error("an analyst may list people")
	}
}

// TestFullDisk fills the disk below a running server: what cannot be kept is refused with a reason, what was acknowledged is there, and it goes on when there is room.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=600m"); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	s := start(t, filepath.Join(dir, "data"))
	s.administrator()
	s.verb("tenant", "create", "aoi")
	c := &sender{source: "win", token: s.source("aoi", "win", "windows"), host: "pc"}
	sent := 0
	send := func() bool {
		ok := c.try(s.url, fmt.Sprint(sent), c.body(sent, 100, time.Now().UTC()))
		if ok {
			sent++
		}
		return ok
	}
	for range 5 {
		if !send() {
			t.Fatal("refused with room left")
		}
	}
	filler := filepath.Join(dir, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	block := slices.Repeat([]byte{1}, 1<<20)
	for err == nil {
		_, err = f.Write(block)
	}
	_ = f.Close()
	answer, status, err := s.send("win", c.token, "application/x-ndjson", "full", strings.NewReader(c.body(99, 10, time.Now().UTC())))
	if err != nil || status != http.StatusServiceUnavailable {
		t.Errorf("full disk: status %d, %v, %+v", status, err, answer)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	s.eventually("the server takes in again", send)
	s.caughtUp(sent * 100)
	if got := s.count(""); got != sent*100 {
		t.Errorf("%d events, %d acknowledged", got, sent*100)
	}
}
