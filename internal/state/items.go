package state

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

type itemRow struct {
	bun.BaseModel `bun:"table:items,alias:i"`

	Tenant      owner  `bun:",pk"`
	ID          string `bun:",pk"`
	Number      int64
	Site        string
	Rule        string
	Title       string
	TitleJA     string `bun:"title_ja"`
	Level       alert.Level
	Phase       alert.Phase
	SubjectKind string
	Subject     string
	First       instant
	Last        instant
	Alerts      int
	Latest      string `bun:",nullzero"`
	Judgement   int64  `bun:",nullzero"`
	Open        bool
}

// viewRow is an item with what other tables say of it.
type viewRow struct {
	itemRow `bun:",extend"`

	Incident         string
	IncidentNumber   int64
	DeviceSeverity   string
	Summary          string
	JudgementVerdict string
	JudgementAlerts  int
	JudgementByID    string
	JudgementByName  string
	JudgementAt      micros
	JudgementComment string
}

func newItemRow(it *alert.Item) *itemRow {
	return &itemRow{
		Tenant: owner{it.Tenant}, ID: it.ID, Number: it.Number, Site: it.Site, Rule: it.Rule, Title: it.Title, TitleJA: it.TitleJA,
		Level: it.Level, Phase: it.Phase, SubjectKind: string(it.Subject.Kind), Subject: it.Subject.Value,
		First: instant{it.First}, Last: instant{it.Last}, Open: true,
	}
}

func (r *viewRow) view() alert.ItemView {
	v := alert.ItemView{
		Item: alert.Item{
			ID: r.ID, Number: r.Number, Tenant: r.Tenant.ID, Site: r.Site, Rule: r.Rule, Title: r.Title, TitleJA: r.TitleJA, Level: r.Level, Phase: r.Phase,
			Subject: alert.Subject{Kind: event.EntityKind(r.SubjectKind), Value: r.Subject},
			First:   r.First.Time, Last: r.Last.Time, Incident: r.Incident,
		},
		Alerts: r.Alerts, IncidentNumber: r.IncidentNumber, DeviceSeverity: r.DeviceSeverity, Summary: r.Summary,
	}
	if r.Judgement != 0 {
		v.Reopened = r.Open
		v.Judgement = &alert.Judgement{
			ID: r.Judgement, Item: r.ID, Verdict: alert.Verdict(r.JudgementVerdict), Alerts: r.JudgementAlerts,
			By: r.JudgementByID, ByName: r.JudgementByName, At: r.JudgementAt.Time, Comment: r.JudgementComment,
		}
	}
	return v
}

// selectViews reads items of the scope with what other tables say of them.
func selectViews(db bun.IDB, rows *[]viewRow, scope tenant.Scope) *bun.SelectQuery {
	return within(db.NewSelect().Model(rows), "i", scope).
		ColumnExpr("i.*, m.incident, inc.number AS incident_number, a.device_severity, a.summary").
		ColumnExpr("j.verdict AS judgement_verdict, j.alerts AS judgement_alerts, j.by_id AS judgement_by_id, j.by_name AS judgement_by_name").
		ColumnExpr("j.at AS judgement_at, j.comment AS judgement_comment").
		Join("LEFT JOIN alerts AS a ON a.tenant = i.tenant AND a.id = i.latest").
		Join("LEFT JOIN judgements AS j ON j.tenant = i.tenant AND j.id = i.judgement").
		Join("LEFT JOIN members AS m ON m.tenant = i.tenant AND m.item = i.id").
		Join("LEFT JOIN incidents AS inc ON inc.tenant = m.tenant AND inc.id = m.incident")
}

// Items implements alert.Store.
func (s *State) Items(ctx context.Context, scope tenant.Scope, f alert.Filter) ([]alert.ItemView, int, error) {
	offset, limit := page(f.Offset, f.Limit)
	total, list := 0, []alert.ItemView{}
	for _, judged := range []bool{false, true} {
		if f.Judged != nil && *f.Judged != judged {
			continue
		}
		n, err := narrow(within(s.read.NewSelect().Model((*itemRow)(nil)), "i", scope), f).Where("i.open = ?", !judged).Count(ctx)
		if err != nil {
			return nil, 0, fmt.Errorf("count items: %w", err)
		}
		total += int(n)
		if room := limit - int64(len(list)); offset < n && room > 0 {
			more, err := s.pageOfItems(ctx, scope, f, judged, offset, room)
			if err != nil {
				return nil, 0, err
			}
			list = append(list, more...)
		}
		offset = max(offset-n, 0)
	}
	return list, total, nil
}

// pageOfItems reads open or judged items, each in their own order, which has an index. What other tables say is read for this page alone.
func (s *State) pageOfItems(ctx context.Context, scope tenant.Scope, f alert.Filter, judged bool, offset, limit int64) ([]alert.ItemView, error) {
	order := "i.level DESC, i.first, i.tenant, i.number"
	if judged {
		order = "i.last DESC, i.tenant, i.number DESC"
	}
	inner := narrow(within(s.read.NewSelect().Model((*itemRow)(nil)), "i", scope), f).
		Where("i.open = ?", !judged).OrderExpr(order).Offset(offset).Limit(limit)
	var rows []viewRow
	if err := selectViews(s.read, &rows, scope).ModelTableExpr("(?) AS i", inner).OrderExpr(order).Scan(ctx); err != nil {
		return nil, fmt.Errorf("items: %w", err)
	}
	return views(rows), nil
}

// narrow applies the filter but Judged, Offset and Limit.
func narrow(q *bun.SelectQuery, f alert.Filter) *bun.SelectQuery {
	if f.Level > 0 {
		q = q.Where("i.level >= ?", f.Level)
	}
	if f.Rule != "" {
		q = q.Where("i.rule = ?", f.Rule)
	}
	if f.Subject != "" {
		q = q.Where("i.subject = ?", f.Subject)
	}
	if f.Site != "" {
		q = q.Where("i.site = ?", f.Site)
	}
	if f.Incident != "" {
		q = q.Where("i.id IN (SELECT mi.item FROM members AS mi WHERE mi.tenant = i.tenant AND mi.incident = ?)", f.Incident)
	}
	if !f.From.IsZero() {
		q = q.Where("i.last >= ?", micros{f.From})
	}
	if !f.To.IsZero() {
		q = q.Where("i.last < ?", micros{f.To})
	}
	return q
}

func views(rows []viewRow) []alert.ItemView {
	out := make([]alert.ItemView, 0, len(rows))
	for i := range rows {
		out = append(out, rows[i].view())
	}
	return out
}

// Item implements alert.Store.
func (s *State) Item(ctx context.Context, scope tenant.Scope, id string) (alert.ItemView, error) {
	var rows []viewRow
	if err := selectViews(s.read, &rows, scope).Where("i.id = ?", id).Limit(1).Scan(ctx); err != nil {
		return alert.ItemView{}, fmt.Errorf("item %s: %w", id, err)
	}
	if len(rows) == 0 {
		return alert.ItemView{}, fmt.Errorf("item %s: %w", id, alert.ErrNotFound)
	}
	return rows[0].view(), nil
}

// putItems adds new items with the tenant's next numbers, and brings known ones up to date.
func putItems(ctx context.Context, tx bun.Tx, of tenant.ID, items []*alert.Item, changed *changes) error {
	known, err := knownIDs(ctx, tx, (*itemRow)(nil), of, items, func(it *alert.Item) string { return it.ID })
	if err != nil {
		return fmt.Errorf("items of %s: %w", of, err)
	}
	var number int64
	if err := tx.NewSelect().Model((*itemRow)(nil)).ColumnExpr("COALESCE(MAX(number), 0)").Where("tenant = ?", owner{of}).Scan(ctx, &number); err != nil {
		return fmt.Errorf("number of items of %s: %w", of, err)
	}
	for _, it := range items {
		row := newItemRow(it)
		if known[it.ID] {
			_, err = tx.NewUpdate().Model(row).Column("first", "last", "level").WherePK().Exec(ctx)
			changed.of(of).ChangedItems++
		} else {
			number++
			row.Number, known[it.ID] = number, true
			_, err = tx.NewInsert().Model(row).Exec(ctx)
			changed.of(of).NewItems++
		}
		if err != nil {
			return fmt.Errorf("item %s: %w", it.ID, err)
		}
	}
	return nil
}

// addition is what a commit added to an item: so many alerts, and the latest of them.
type addition struct {
	Item   string
	Alerts int
	Time   instant
	Latest string
}

// additions sums up, by item, the alerts that a statement says it added.
func additions(added []alertRow) []addition {
	at := map[string]int{}
	var out []addition
	for i := range added {
		a := &added[i]
		n, ok := at[a.Item]
		if !ok {
			n = len(out)
			at[a.Item] = n
			out = append(out, addition{Item: a.Item, Time: a.Time, Latest: a.ID})
		}
		sum := &out[n]
		sum.Alerts++
		if c := a.Time.Compare(sum.Time.Time); c > 0 || c == 0 && a.ID > sum.Latest {
			sum.Time, sum.Latest = a.Time, a.ID
		}
	}
	return out
}

// count brings items up to date with alerts that this transaction added: how many they have, which is the latest, and whether they are open because they
// have more than their judgement spoke of. It costs what was added, however much an item has.
func count(ctx context.Context, tx bun.Tx, of tenant.ID, added []addition) error {
	_, err := tx.NewUpdate().With("n", tx.NewValues(&added)).Model((*itemRow)(nil)).TableExpr("n").
		Set("alerts = i.alerts + n.alerts").
		Set("latest = CASE WHEN (n.time, n.latest) < (SELECT a.time, a.id FROM alerts AS a WHERE a.tenant = i.tenant AND a.id = i.latest) THEN i.latest ELSE n.latest END").
		Set("open = NOT EXISTS (SELECT 1 FROM judgements AS j WHERE j.id = i.judgement AND j.alerts >= i.alerts + n.alerts)").
		Where("i.tenant = ? AND i.id = n.item", owner{of}).Exec(ctx)
	if err != nil {
		return fmt.Errorf("count alerts of %s: %w", of, err)
	}
	return nil
}

// settle finds which judgement of an item is in force, and whether the item is open because there is none or because it has more alerts than that spoke of.
func settle(ctx context.Context, tx bun.Tx, of owner, id string) error {
	_, err := tx.NewUpdate().Model((*itemRow)(nil)).
		Set("judgement = (SELECT CASE WHEN j.verdict <> '' THEN j.id END FROM judgements AS j WHERE j.tenant = i.tenant AND j.item = i.id ORDER BY j.id DESC LIMIT 1)").
		Where("i.tenant = ? AND i.id = ?", of, id).Exec(ctx)
	if err == nil {
		_, err = tx.NewUpdate().Model((*itemRow)(nil)).
			Set("open = NOT EXISTS (SELECT 1 FROM judgements AS j WHERE j.id = i.judgement AND j.alerts >= i.alerts)").
			Where("i.tenant = ? AND i.id = ?", of, id).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("judgement in force: %w", err)
	}
	return nil
}

// knownIDs tells which of the nouns have a row already.
func knownIDs[T any](ctx context.Context, tx bun.Tx, model any, of tenant.ID, list []T, id func(T) string) (map[string]bool, error) {
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = id(list[i])
	}
	var found []string
	err := tx.NewSelect().Model(model).Column("id").Where("tenant = ? AND id IN ?", owner{of}, bun.Tuple(ids)).Scan(ctx, &found)
	known := map[string]bool{}
	for _, id := range found {
		known[id] = true
	}
	return known, err
}
