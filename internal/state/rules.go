package state

import (
	"bytes"
	"context"
	"encoding/gob"
	"fmt"
	"time"

	"github.com/klauspost/compress/s2"
	"github.com/uptrace/bun"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

type ruleSetRow struct {
	bun.BaseModel `bun:"table:rule_sets,alias:r"`

	Version string `bun:",pk"`
	Files   []byte // gob of map[string][]byte, as an s2 block
}

// SaveRuleSet implements rule.Sets.
func (s *State) SaveRuleSet(ctx context.Context, version string, files map[string][]byte) error {
	known, err := s.read.NewSelect().Model((*ruleSetRow)(nil)).Where("version = ?", version).Exists(ctx)
	if err != nil {
		return fmt.Errorf("keep rule set %s: %w", version, err)
	}
	if known {
		return nil
	}
	var plain bytes.Buffer
	if err := gob.NewEncoder(&plain).Encode(files); err != nil {
		return fmt.Errorf("keep rule set %s: %w", version, err)
	}
	row := &ruleSetRow{Version: version, Files: s2.EncodeBetter(nil, plain.Bytes())}
	if _, err := s.write.NewInsert().Model(row).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("keep rule set %s: %w", version, err)
	}
	return nil
}

// RuleSet implements rule.Sets.
func (s *State) RuleSet(ctx context.Context, version string) (map[string][]byte, error) {
	var row ruleSetRow
	if err := s.read.NewSelect().Model(&row).Where("r.version = ?", version).Scan(ctx); err != nil {
		return nil, fmt.Errorf("rule set %s: %w", version, found(err, rule.ErrNoSet))
	}
	plain, err := s2.Decode(nil, row.Files)
	if err != nil {
		return nil, fmt.Errorf("rule set %s: %w", version, err)
	}
	files := map[string][]byte{}
	if err := gob.NewDecoder(bytes.NewReader(plain)).Decode(&files); err != nil {
		return nil, fmt.Errorf("rule set %s: %w", version, err)
	}
	return files, nil
}

type inForceRow struct {
	bun.BaseModel `bun:"table:rules_in_force,alias:f"`

	ID      int `bun:",pk"`
	Version string
	Since   micros
}

// SetInForce implements rule.Sets.
func (s *State) SetInForce(ctx context.Context, f rule.InForce) error {
	row := &inForceRow{ID: 1, Version: f.Version, Since: micros{f.Since}}
	_, err := s.write.NewInsert().Model(row).On("CONFLICT (id) DO UPDATE").Set("version = EXCLUDED.version, since = EXCLUDED.since").
		Where("f.version <> EXCLUDED.version").Exec(ctx)
	if err != nil {
		return fmt.Errorf("rule set %s in force: %w", f.Version, err)
	}
	return nil
}

// InForce implements rule.Sets.
func (s *State) InForce(ctx context.Context) (rule.InForce, error) {
	var row inForceRow
	if err := s.read.NewSelect().Model(&row).Scan(ctx); err != nil {
		return rule.InForce{}, fmt.Errorf("rule set in force: %w", found(err, rule.ErrNoSet))
	}
	return rule.InForce{Version: row.Version, Since: row.Since.Time}, nil
}

// RuleStats implements rule.Statistics.
func (s *State) RuleStats(ctx context.Context, scope tenant.Scope, since time.Time) (map[string]rule.Stats, error) {
	var hits []struct {
		Rule   string
		Alerts int
		Last   micros
	}
	q := within(s.read.NewSelect().Model((*alertRow)(nil)), "a", scope).ColumnExpr("a.rule, COUNT(*) AS alerts, MAX(a.time) AS last").GroupExpr("a.rule")
	if err := between(q, "a.time", since, time.Time{}).Scan(ctx, &hits); err != nil {
		return nil, fmt.Errorf("hits of rules: %w", err)
	}
	out := map[string]rule.Stats{}
	for _, h := range hits {
		out[h.Rule] = rule.Stats{Alerts: h.Alerts, Verdicts: map[alert.Verdict]int{}, LastHit: h.Last.Time}
	}
	var items []struct {
		Rule    string
		Open    bool
		Verdict string
		N       int
	}
	q = within(s.read.NewSelect().Model((*itemRow)(nil)), "i", scope).ColumnExpr("i.rule, i.open, j.verdict, COUNT(*) AS n").
		Join("LEFT JOIN judgements AS j ON j.tenant = i.tenant AND j.id = i.judgement").GroupExpr("i.rule, i.open, j.verdict")
	if err := between(q, "i.last", since, time.Time{}).Scan(ctx, &items); err != nil {
		return nil, fmt.Errorf("items of rules: %w", err)
	}
	for _, it := range items {
		st, ok := out[it.Rule]
		if !ok {
			continue // committed between the two queries
		}
		st.Items += it.N
		if it.Open {
			st.Open += it.N
		} else {
			st.Verdicts[alert.Verdict(it.Verdict)] += it.N
		}
		out[it.Rule] = st
	}
	return out, nil
}

// Hits are counted by quarter of an hour, which every zone's midnight falls on.
const quarter = int64(15 * time.Minute / time.Microsecond)

// maxDays bounds an answer by day.
const maxDays = 3660

// HitsByDay implements rule.Statistics.
func (s *State) HitsByDay(ctx context.Context, scope tenant.Scope, ruleID string, from, to time.Time, zone *time.Location) ([]rule.DayHits, error) {
	first, last := midnight(from.In(zone)), midnight(to.In(zone))
	var days []rule.DayHits
	at := map[time.Time]int{}
	for day := first; !day.After(last); day = midnight(day.Add(36 * time.Hour)) { // never twice the same day, whatever the clock does
		if len(days) == maxDays {
			return nil, fmt.Errorf("hits of rule %s: more than %d days", ruleID, maxDays)
		}
		at[day] = len(days)
		days = append(days, rule.DayHits{Day: day})
	}
	var rows []struct{ Quarter, N int64 }
	q := within(s.read.NewSelect().Model((*alertRow)(nil)), "a", scope).Where("a.rule = ?", ruleID).
		ColumnExpr("a.time / ? AS quarter, COUNT(*) AS n", quarter).GroupExpr("quarter")
	if err := between(q, "a.time", first, midnight(last.Add(36*time.Hour))).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("hits of rule %s: %w", ruleID, err)
	}
	for _, r := range rows {
		if i, ok := at[midnight(time.UnixMicro(r.Quarter*quarter).In(zone))]; ok {
			days[i].Alerts += int(r.N)
		}
	}
	return days, nil
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}
