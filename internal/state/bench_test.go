package state_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/state"
	"github.com/noroshi-soc/noroshi/internal/state/statetest"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// benchStep is a step with so many items of three alerts each.
func benchStep(of tenant.ID, seq uint64, items int) pipeline.Commit {
	c := pipeline.Commit{Cursor: pipeline.Cursor{Epoch: 1, Seq: seq, RuleSet: "r1"}}
	for i := range items {
		at := statetest.Noon.Add(time.Duration(int(seq)*items+i) * time.Second)
		it := alert.Item{
			Tenant: of, Rule: fmt.Sprintf("rule-%d", i%40), Title: "A title of a rule", Level: alert.Level(1 + i%4),
			Subject: alert.Subject{Kind: event.KindHost, Value: fmt.Sprintf("host-%d", i%500)}, First: at, Last: at,
		}
		for k := range 3 {
			id := alert.NewID(it.Rule, event.ID{Epoch: 1, Seq: seq, Pos: uint32(i*3 + k)})
			if k == 0 {
				it.ID = "i" + id[1:]
			}
			c.Alerts = append(c.Alerts, alert.Alert{
				ID: id, Item: it.ID, Tenant: of, Rule: it.Rule, Title: it.Title, Time: at, Level: it.Level, Techniques: []string{"T1059.001"},
				Entities: []event.Entity{{Kind: it.Subject.Kind, Value: it.Subject.Value, Role: event.RoleSubject}},
				Matched:  []alert.Matched{{Field: "Image", Value: `C:\Windows\System32\cmd.exe`, Pattern: `*\cmd.exe`}}, Summary: "cmd.exe /c whoami",
			})
		}
		c.Items = append(c.Items, it)
	}
	return c
}

func benchState(b *testing.B) (*state.State, tenant.ID) {
	b.Helper()
	s, of := open(b, filepath.Join(b.TempDir(), "records.db")), statetest.ID(b, "aoi")
	if err := s.CreateTenant(b.Context(), tenant.Tenant{ID: of}); err != nil {
		b.Fatal(err)
	}
	return s, of
}

func BenchmarkCommitStep(b *testing.B) {
	for _, items := range []int{0, 1, 20, 200} {
		b.Run(fmt.Sprintf("items=%d", items), func(b *testing.B) {
			s, of := benchState(b)
			seq := uint64(0)
			for b.Loop() {
				seq++
				if _, err := s.CommitStep(b.Context(), benchStep(of, seq, items)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOneMoreAlert commits one alert into an item that has many.
func BenchmarkOneMoreAlert(b *testing.B) {
	for _, had := range []int{100, 200_000} {
		b.Run(fmt.Sprintf("alerts=%d", had), func(b *testing.B) {
			s, of := benchState(b)
			it := alert.Item{ID: "i1", Tenant: of, Rule: "r", First: statetest.Noon, Last: statetest.Noon}
			seq := uint64(0)
			add := func(n int) {
				seq++
				c := pipeline.Commit{Cursor: pipeline.Cursor{Epoch: 1, Seq: seq, RuleSet: "r1"}, Items: []alert.Item{it}}
				for i := range n {
					id := alert.NewID(it.Rule, event.ID{Epoch: 1, Seq: seq, Pos: uint32(i)})
					c.Alerts = append(c.Alerts, alert.Alert{ID: id, Item: it.ID, Tenant: of, Rule: it.Rule, Time: statetest.Noon.Add(time.Duration(seq) * time.Second)})
				}
				if _, err := s.CommitStep(b.Context(), c); err != nil {
					b.Fatal(err)
				}
			}
			for n := had; n > 0; n -= 10_000 {
				add(min(n, 10_000))
			}
			for b.Loop() {
				add(1)
			}
		})
	}
}

// BenchmarkReading reads from 50 000 items with 150 000 alerts.
func BenchmarkReading(b *testing.B) {
	s, of := benchState(b)
	scope := tenant.NewScope(of)
	for seq := range uint64(50) {
		c := benchStep(of, seq+1, 1000)
		if _, err := s.CommitStep(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
	no, from := false, statetest.Noon
	for name, read := range map[string]func() error{
		"queue":      func() error { _, _, err := s.Items(b.Context(), scope, alert.Filter{Judged: &no}); return err },
		"all":        func() error { _, _, err := s.Items(b.Context(), scope, alert.Filter{}); return err },
		"rule stats": func() error { _, err := s.RuleStats(b.Context(), scope, from); return err },
		"backlog":    func() error { _, err := s.Backlog(b.Context(), scope, alert.TrendFilter{}); return err },
		"techniques": func() error { _, err := s.Techniques(b.Context(), scope, alert.TrendFilter{}); return err },
		"by hour":    func() error { _, err := s.ItemsByHour(b.Context(), scope, alert.TrendFilter{From: from}); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.Logf("heap %d KB, from the system %d KB", m.HeapAlloc>>10, m.Sys>>10)
}
