package ingest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/ingest"
)

func fixedClock() time.Time { return time.Unix(1_800_000_000, 0) }

func TestLastHour(t *testing.T) {
	now := fixedClock()
	h := houseWith(t, &fakeLog{}, ingest.NewMeter(func() time.Time { return now }), ingest.Limits{}, known(t, "s1", nil))
	send := func(body string) {
		t.Helper()
		if r := h.post("s1", strings.NewReader(body), "Content-Type", asLines); r.Status != 200 && r.Status != 207 {
			t.Fatalf("%+v", r)
		}
	}
	f := func(records, hour, bad uint64) {
		t.Helper()
		if s := h.meter.Stats("s1"); s.Records != records || s.RecordsHour != hour || s.BadHour != bad {
			t.Errorf("got %+v, want %d, %d, %d", s, records, hour, bad)
		}
	}
	f(0, 0, 0)
	send("{}\nx\n{}")
	f(3, 3, 1)
	now = now.Add(59 * time.Minute)
	send("{}")
	f(4, 4, 1)
	now = now.Add(time.Minute)
	f(4, 1, 0)
	send("x")
	f(5, 2, 1)
	now = now.Add(24 * time.Hour)
	f(5, 0, 0)
	if all := h.meter.AllStats(); len(all) != 1 || all["s1"].Records != 5 || all["s1"].Bytes != 8 || all["s1"].Bad != 2 {
		t.Errorf("%+v", all)
	}
}
