package alert_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
)

func TestSnapshotHoldsEveryTime(t *testing.T) {
	for _, year := range []int{-400, 0, 1, 9999, 10_000, 290_000} {
		tr, first := alert.NewTracker(), at(t, "aoi", "r", "h", 0)
		first.Time = time.Date(year, 6, 1, 0, 0, 0, 0, time.FixedZone("odd", 5*3600+17))
		want, _ := tr.Add(first, day)
		data, err := tr.Snapshot()
		if err != nil {
			t.Errorf("year %d: %v", year, err)
			continue
		}
		tr = alert.NewTracker()
		if err := tr.Restore(data); err != nil {
			t.Fatal(err)
		}
		second := at(t, "aoi", "r", "h", 0)
		second.Time = first.Time.Add(time.Minute)
		if got, isNew := tr.Add(second, day); isNew || got.ID != want.ID || !got.First.Equal(first.Time) {
			t.Errorf("year %d: got %+v, want to join %+v", year, got, want)
		}
	}
}

func TestDamagedSnapshotIsRefused(t *testing.T) {
	tr := alert.NewTracker()
	want, _ := add(tr, at(t, "aoi", "r", "h", 0))
	if err := tr.Restore([]byte(`[{"Tenant":"aoi"}]`)); err == nil {
		t.Error("restored from what is no snapshot")
	}
	if got, _ := add(tr, at(t, "aoi", "r", "h", 0)); got.ID != want.ID {
		t.Error("the memory was lost by a refused snapshot")
	}
}

func TestClockFromTheFutureMovesNobody(t *testing.T) {
	for _, skew := range []time.Duration{9 * time.Hour, 30 * 24 * time.Hour, 250 * 365 * 24 * time.Hour} {
		tr := alert.NewTracker()
		want, _ := add(tr, at(t, "aoi", "r", "h", 0))
		if _, isNew := tr.Add(at(t, "aoi", "r", "skewed", skew), day); !isNew {
			t.Fatal("nothing begins")
		}
		if got, _ := add(tr, at(t, "aoi", "r", "h", 30*time.Minute)); got.ID != want.ID {
			t.Errorf("skew %v: the item of another host was forgotten", skew)
		}
		add(tr, at(t, "aoi", "r", "other", 100*time.Hour))
		if _, isNew := add(tr, at(t, "aoi", "r", "h", 40*time.Minute)); !isNew {
			t.Errorf("skew %v: nothing is forgotten any more", skew)
		}
	}
}

// flood adds n alerts of different hosts that come in one millisecond after another, at skew from their receipt.
func flood(t *testing.T, tr *alert.Tracker, n int, skew time.Duration) {
	for i := range n {
		after := time.Duration(i) * time.Millisecond
		tr.Add(at(t, "aoi", "r", fmt.Sprint("flood", i), after+skew), day.Add(after))
	}
}

func TestOpenItemsAreBounded(t *testing.T) {
	tr := alert.NewTracker()
	flood(t, tr, 130_000, 0)
	if _, isNew := add(tr, at(t, "aoi", "r", "flood0", time.Second)); !isNew {
		t.Error("the oldest of 130,000 items is remembered")
	}
	if _, isNew := add(tr, at(t, "aoi", "r", "flood129999", 130*time.Second)); isNew {
		t.Error("the newest item was forgotten")
	}
	data, err := tr.Snapshot()
	if err != nil || len(data) > 15<<20 {
		t.Errorf("snapshot of %d MB, %v", len(data)>>20, err)
	}
}

func TestFloodAheadLeavesRoomForOthers(t *testing.T) {
	tr := alert.NewTracker()
	want, _ := add(tr, at(t, "aoi", "r", "h", 0))
	flood(t, tr, 101_000, 9*time.Hour)
	if got, _ := add(tr, at(t, "aoi", "r", "h", time.Minute)); got.ID != want.ID {
		t.Error("items ahead of their time pushed out one of now")
	}
}

func TestMadeUpTimesOfOneHostAreBounded(t *testing.T) {
	tr := alert.NewTracker()
	for i := range 5000 {
		tr.Add(at(t, "aoi", "r", "h", -time.Duration(i)*2*time.Hour), day)
	}
	if data, err := tr.Snapshot(); err != nil || len(data) > 10_000 {
		t.Errorf("snapshot of %d bytes for one host, %v", len(data), err)
	}
}
