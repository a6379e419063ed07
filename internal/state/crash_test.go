package state_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/state"
	"github.com/noroshi-soc/noroshi/internal/state/statetest"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// crashFile names the file that a child of this test commits into until it is killed.
const crashFile = "NOROSHI_STATE_CRASH_FILE"

// perStep is how many alerts, items and members each step of the child has.
const perStep = 20

func TestMain(m *testing.M) {
	if path := os.Getenv(crashFile); path != "" {
		fmt.Fprintln(os.Stderr, commitForever(context.Background(), path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// TestKilledInTheMiddle kills a process that commits as fast as it can. What it said to be committed is there, and every step wholly or not at all.
func TestKilledInTheMiddle(t *testing.T) {
	aoi := statetest.ID(t, "aoi")
	path := filepath.Join(t.TempDir(), "records.db")
	s := open(t, path)
	if err := s.CreateTenant(t.Context(), tenant.Tenant{ID: aoi}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for round := range 4 {
		said := killAfter(t, path, 3+7*round)
		s := open(t, path)
		at, err := s.Cursor(t.Context(), 1, 0)
		if err != nil || at.Seq < said {
			t.Fatalf("cursor %d, %v; it was said to be %d", at.Seq, err, said)
		}
		_, total, err := s.Items(t.Context(), tenant.NewScope(aoi), alert.Filter{})
		if err != nil || total != int(at.Seq)*perStep {
			t.Errorf("%d items after %d steps, %v", total, at.Seq, err)
		}
		stats, err := s.RuleStats(t.Context(), tenant.NewScope(aoi), time.Time{})
		if err != nil || stats["r"].Alerts != total {
			t.Errorf("%d alerts of %d items, %v", stats["r"].Alerts, total, err)
		}
		v, err := s.Incident(t.Context(), tenant.NewScope(aoi), incidentID(at.Seq))
		if err != nil || len(v.Items) != perStep || v.Number != int64(at.Seq) {
			t.Errorf("incident of the last step: number %d with %d items, %v", v.Number, len(v.Items), err)
		}
		if _, err := s.Incident(t.Context(), tenant.NewScope(aoi), incidentID(at.Seq+1)); err == nil {
			t.Errorf("step %d is half there", at.Seq+1)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		derived(t, raw(t, path))
	}
}

// killAfter lets a child commit that many steps, kills it wherever it is then, and returns the last step that it said to be done.
func killAfter(t *testing.T, path string, steps int) uint64 {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), crashFile+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said uint64
	lines := bufio.NewScanner(out)
	for range steps {
		if !lines.Scan() {
			t.Fatal("the child ended by itself")
		}
		said = lastSaid(t, lines.Text())
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		said = lastSaid(t, lines.Text())
	}
	_, _ = io.Copy(io.Discard, out)
	_ = cmd.Wait() // killed, as it should be
	return said
}

func lastSaid(t *testing.T, line string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(line, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func incidentID(seq uint64) string { return fmt.Sprintf("n%d", seq) }

// commitForever commits step after step and says each one's number once it is committed.
func commitForever(ctx context.Context, path string) error {
	aoi, err := tenant.ParseID("aoi")
	if err != nil {
		return err
	}
	s, err := state.Open(ctx, path, state.Options{})
	if err != nil {
		return err
	}
	at, err := s.Cursor(ctx, 1, 0)
	if err != nil {
		return err
	}
	for seq := at.Seq + 1; ; seq++ {
		if _, err := s.CommitStep(ctx, crashStep(aoi, seq)); err != nil {
			return err
		}
		fmt.Println(seq)
	}
}

func crashStep(of tenant.ID, seq uint64) pipeline.Commit {
	at := statetest.Noon.Add(time.Duration(seq) * time.Second)
	c := pipeline.Commit{Cursor: pipeline.Cursor{Epoch: 1, Seq: seq, RuleSet: "r1"}}
	in := incident.Incident{ID: incidentID(seq), Tenant: of, First: at, Last: at, Status: incident.Open}
	for i := range perStep {
		id := alert.NewID("r", event.ID{Epoch: 1, Seq: seq, Pos: uint32(i)})
		it := alert.Item{ID: "i" + id[1:], Tenant: of, Rule: "r", First: at, Last: at}
		c.Alerts = append(c.Alerts, alert.Alert{ID: id, Item: it.ID, Tenant: of, Rule: "r", Time: at})
		c.Items = append(c.Items, it)
		in.Members = append(in.Members, incident.Member{Item: it.ID})
	}
	c.Incidents = []incident.Incident{in}
	again(&c, of, seq-1)
	return c
}

// again adds what the step has of the one before: an alert that is there already, and a further one of the same item.
func again(c *pipeline.Commit, of tenant.ID, before uint64) {
	if before == 0 {
		return
	}
	old := alert.Alert{ID: alert.NewID("r", event.ID{Epoch: 1, Seq: before}), Tenant: of, Rule: "r", Time: statetest.Noon}
	old.Item = "i" + old.ID[1:]
	more := old
	more.ID, more.Rule, more.Time = alert.NewID("more", event.ID{Epoch: 1, Seq: before}), "more", statetest.Noon.Add(24*time.Hour)
	c.Alerts = append(c.Alerts, old, more)
}
