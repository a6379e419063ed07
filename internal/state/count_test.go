package state_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/state"
	"github.com/noroshi-soc/noroshi/internal/state/statetest"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// derived checks, over the whole file, that what an item says of its alerts and judgements is what a count of them says.
func derived(t *testing.T, db *sql.DB) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `
		WITH truth AS (
			SELECT i.tenant, i.id,
				(SELECT COUNT(*) FROM alerts AS a WHERE a.tenant = i.tenant AND a.item = i.id) AS alerts,
				(SELECT a.id FROM alerts AS a WHERE a.tenant = i.tenant AND a.item = i.id ORDER BY a.time DESC, a.id DESC LIMIT 1) AS latest,
				(SELECT MAX(j.id) FROM judgements AS j WHERE j.tenant = i.tenant AND j.item = i.id) AS judgement
			FROM items AS i)
		SELECT i.id, i.alerts, t.alerts, i.latest, t.latest, i.open
		FROM items AS i JOIN truth AS t ON t.tenant = i.tenant AND t.id = i.id
		WHERE i.alerts <> t.alerts OR i.latest IS NOT t.latest OR i.judgement IS NOT t.judgement
			OR i.open <> NOT EXISTS (SELECT 1 FROM judgements AS j WHERE j.id = t.judgement AND j.alerts >= t.alerts)`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, latest, wantLatest sql.NullString
		var alerts, want, open int
		if err := rows.Scan(&id, &alerts, &want, &latest, &wantLatest, &open); err != nil {
			t.Fatal(err)
		}
		t.Errorf("item %s: %d alerts, counted %d; latest %s, counted %s; open %d", id.String, alerts, want, latest.String, wantLatest.String, open)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// hand commits and judges at random: alerts come in any order of time, several times, and sometimes under another item than at first.
type hand struct {
	*rand.Rand
	s   *state.State
	of  []tenant.ID
	seq uint64
}

func (h *hand) commit(t *testing.T) {
	t.Helper()
	h.seq++
	c := pipeline.Commit{Cursor: pipeline.Cursor{Epoch: 1, Seq: h.seq, RuleSet: "r1"}}
	for range h.IntN(300) {
		of, item, n := h.of[h.IntN(len(h.of))], h.IntN(12), h.IntN(2000)
		at := statetest.Noon.Add(time.Duration(n%7) * time.Second)
		it := alert.Item{ID: fmt.Sprintf("i%d", item), Tenant: of, Rule: "r", First: at, Last: at}
		id := alert.NewID("r", event.ID{Epoch: 1, Pos: uint32(n)})
		c.Items = append(c.Items, it)
		c.Alerts = append(c.Alerts, alert.Alert{ID: id, Item: it.ID, Tenant: of, Rule: "r", Time: at})
	}
	if h.IntN(4) == 0 {
		bad := c
		bad.Snapshots = []pipeline.Snapshot{{Stage: "of another place", Epoch: 9}}
		if _, err := h.s.CommitStep(t.Context(), bad); err == nil {
			t.Fatal("a snapshot of another place was taken")
		}
	}
	if _, err := h.s.CommitStep(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

func (h *hand) judge(t *testing.T) {
	t.Helper()
	scope := tenant.NewScope(h.of[h.IntN(len(h.of))])
	list, _, err := h.s.Items(t.Context(), scope, alert.Filter{})
	if err != nil || len(list) == 0 {
		return
	}
	j := alert.Judgement{Item: list[h.IntN(len(list))].ID, Verdict: alert.Test, At: statetest.Noon, Alerts: h.IntN(200)}
	if _, err := h.s.Judge(t.Context(), scope, j); err != nil {
		t.Fatal(err)
	}
}

// TestCountsAreThoseOfACount holds that what is added up in each commit never drifts from what a count would say.
func TestCountsAreThoseOfACount(t *testing.T) {
	for seed := range uint64(2) {
		path := filepath.Join(t.TempDir(), "records.db")
		h := hand{
			Rand: rand.New(rand.NewPCG(seed, 1)), //nolint:gosec // to be the same each time
			s:    open(t, path), of: []tenant.ID{statetest.ID(t, "aoi"), statetest.ID(t, "beni")},
		}
		for range 15 {
			h.commit(t)
			h.judge(t)
		}
		derived(t, raw(t, path))
	}
}
