package state

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// between keeps rows whose column lies in the span; zero ends are open.
func between(q *bun.SelectQuery, column string, from, to time.Time) *bun.SelectQuery {
	if !from.IsZero() {
		q = q.Where(column+" >= ?", micros{from})
	}
	if !to.IsZero() {
		q = q.Where(column+" < ?", micros{to})
	}
	return q
}

// itemsOf begins a query over the items of the scope and site.
func (s *State) itemsOf(scope tenant.Scope, site string) *bun.SelectQuery {
	q := within(s.read.NewSelect().Model((*itemRow)(nil)), "i", scope)
	if site != "" {
		q = q.Where("i.site = ?", site)
	}
	return q
}

// Backlog implements alert.Trends.
func (s *State) Backlog(ctx context.Context, scope tenant.Scope, f alert.TrendFilter) (alert.Backlog, error) {
	var rows []struct {
		Level    alert.Level
		N        int
		Reopened int
		Oldest   micros
	}
	err := s.itemsOf(scope, f.Site).Where("i.open = ?", true).
		ColumnExpr("i.level, COUNT(*) AS n, COUNT(i.judgement) AS reopened, MIN(i.first) AS oldest").GroupExpr("i.level").Scan(ctx, &rows)
	if err != nil {
		return alert.Backlog{}, fmt.Errorf("backlog: %w", err)
	}
	b := alert.Backlog{Open: map[alert.Level]int{}}
	for _, r := range rows {
		b.Open[r.Level] = r.N
		b.Reopened += r.Reopened
		if b.Oldest.IsZero() || r.Oldest.Before(b.Oldest) {
			b.Oldest = r.Oldest.Time
		}
	}
	return b, nil
}

// ItemsByHour implements alert.Trends.
func (s *State) ItemsByHour(ctx context.Context, scope tenant.Scope, f alert.TrendFilter) ([]alert.HourCount, error) {
	var rows []struct {
		Hour  int64
		Level alert.Level
		N     int
	}
	const hour = int64(time.Hour / time.Microsecond)
	q := between(s.itemsOf(scope, f.Site), "i.first", f.From, f.To)
	q = between(q, "i.last", f.From, time.Time{}) // follows from the above, and there is an index for it
	err := q.ColumnExpr("i.first / ? AS hour, i.level, COUNT(*) AS n", hour).GroupExpr("hour, i.level").OrderExpr("hour").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("items by hour: %w", err)
	}
	var out []alert.HourCount
	for _, r := range rows {
		at := time.UnixMicro(r.Hour * hour).UTC()
		if len(out) == 0 || !out[len(out)-1].Hour.Equal(at) {
			out = append(out, alert.HourCount{Hour: at, Levels: map[alert.Level]int{}})
		}
		out[len(out)-1].Levels[r.Level] += r.N
	}
	return out, nil
}

// Judged implements alert.Trends.
func (s *State) Judged(ctx context.Context, scope tenant.Scope, f alert.TrendFilter) (alert.Judged, error) {
	var rows []struct {
		Verdict string
		N       int
	}
	q := s.itemsOf(scope, f.Site).Where("i.open = ?", false).Join("JOIN judgements AS j ON j.tenant = i.tenant AND j.id = i.judgement").
		ColumnExpr("j.verdict, COUNT(*) AS n").GroupExpr("j.verdict")
	if err := between(q, "j.at", f.From, f.To).Scan(ctx, &rows); err != nil {
		return alert.Judged{}, fmt.Errorf("judged items: %w", err)
	}
	out := alert.Judged{Verdicts: map[alert.Verdict]int{}}
	for _, r := range rows {
		out.Verdicts[alert.Verdict(r.Verdict)] = r.N
	}
	return out, nil
}

// Techniques implements alert.Trends.
func (s *State) Techniques(ctx context.Context, scope tenant.Scope, f alert.TrendFilter) ([]alert.TechniqueCount, error) {
	var rows []struct {
		Techniques []string
		N          int
		Last       micros
	}
	rules := between(s.itemsOf(scope, f.Site), "i.last", f.From, f.To).
		ColumnExpr("i.tenant, i.rule, COUNT(*) AS n, MAX(i.last) AS last").GroupExpr("i.tenant, i.rule")
	err := s.read.NewSelect().TableExpr("(?) AS g", rules).ColumnExpr("g.n, g.last").
		ColumnExpr("(SELECT a.techniques FROM alerts AS a WHERE a.tenant = g.tenant AND a.rule = g.rule ORDER BY a.time DESC LIMIT 1) AS techniques").
		Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("techniques: %w", err)
	}
	counts := map[string]alert.TechniqueCount{}
	for _, r := range rows {
		slices.Sort(r.Techniques)
		for _, name := range slices.Compact(r.Techniques) {
			c := counts[name]
			c.Technique, c.Items = name, c.Items+r.N
			if r.Last.After(c.Last) {
				c.Last = r.Last.Time
			}
			counts[name] = c
		}
	}
	out := make([]alert.TechniqueCount, 0, len(counts))
	for _, c := range counts {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b alert.TechniqueCount) int {
		return cmp.Or(cmp.Compare(b.Items, a.Items), cmp.Compare(a.Technique, b.Technique))
	})
	return out, nil
}

// Phases implements alert.Trends.
func (s *State) Phases(ctx context.Context, scope tenant.Scope, f alert.TrendFilter) ([]alert.PhaseCount, error) {
	var out []alert.PhaseCount
	q := within(s.read.NewSelect().Model((*incidentRow)(nil)), "inc", scope).
		Where("inc.merged_to = '' AND inc.status <> ?", string(incident.Closed)).
		ColumnExpr("inc.phase, COUNT(*) AS incidents").GroupExpr("inc.phase").OrderExpr("inc.phase")
	if f.Site != "" {
		q = atSite(q, f.Site)
	}
	if err := q.Scan(ctx, &out); err != nil {
		return nil, fmt.Errorf("incidents by phase: %w", err)
	}
	return out, nil
}
