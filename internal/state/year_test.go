package state_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// TestNumbersDoNotDependOnHowCommitsAreCut: an incident whose begin moves over New Year keeps the year that it began in, committed at once or step by step.
func TestNumbersDoNotDependOnHowCommitsAreCut(t *testing.T) {
	aoi, err := tenant.ParseID("aoi")
	if err != nil {
		t.Fatal(err)
	}
	newYear := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	one := incident.Incident{ID: "n1", Tenant: aoi, Year: 2026, First: newYear.Add(time.Minute), Last: newYear.Add(time.Hour)}
	earlier := one
	earlier.First = newYear.Add(-time.Minute)
	odd := incident.Incident{ID: "n2", Tenant: aoi, First: newYear.AddDate(20_000, 0, 0), Last: newYear.AddDate(20_000, 0, 0)}
	for _, commits := range [][][]incident.Incident{{{one}, {earlier, odd}}, {{earlier, odd}}} {
		s := open(t, filepath.Join(t.TempDir(), "records.db"))
		if err := s.CreateTenant(t.Context(), tenant.Tenant{ID: aoi, Name: "Aoi", Zone: "Asia/Tokyo"}); err != nil {
			t.Fatal(err)
		}
		for i, c := range commits {
			cursor := pipeline.Cursor{Epoch: 1, Seq: uint64(i + 1), RuleSet: "v"} //nolint:gosec // few
			if _, err := s.CommitStep(t.Context(), pipeline.Commit{Cursor: cursor, Incidents: c}); err != nil {
				t.Fatal(err)
			}
		}
		list, _, err := s.Incidents(t.Context(), tenant.NewScope(aoi), incident.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for i := range list {
			names = append(names, list[i].Name())
		}
		slices.Sort(names)
		if got := fmt.Sprint(names); got != "[INC-2026-0001 INC-9999-0001]" {
			t.Errorf("%d commits: named %s", len(commits), got)
		}
	}
}
