package alert

import (
	"slices"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// An item's limits, in event time.
const (
	ItemGap  = time.Hour     // without alert closes it
	ItemSpan = 4 * time.Hour // from first to last alert, at most
)

// What is remembered at most: those last seen longest ago go first.
const (
	maxOpenItems  = 100_000 // per tenant
	maxOpenPerKey = 64      // of one rule and subject: more are not within reach unless times are made up
)

// Tracker puts alerts into items, by event time and receipt alone, so that a replay gives the same items. It is not safe for concurrent use:
// the pipeline gives it the alerts of one partition in order.
type Tracker struct {
	tenants map[tenant.ID]*tenantItems
}

type tenantItems struct {
	horizon Horizon
	items   map[itemKey][]openItem // in the order of their first alerts
	count   int
}

type itemKey struct {
	Rule    string
	Kind    event.EntityKind
	Subject string
}

type openItem struct {
	ID          string
	First, Last time.Time
	Level       Level
}

// NewTracker returns an empty Tracker.
func NewTracker() *Tracker { return &Tracker{tenants: map[tenant.ID]*tenantItems{}} }

// Add puts the alert into its item, sets a.Item and returns the item as it is now. A new item is one whose ID was derived from this alert.
// Receipt is that of the alert's last event; it bounds how far the alert's own time is believed.
func (t *Tracker) Add(a *Alert, received time.Time) (item Item, isNew bool) {
	of := t.tenants[a.Tenant]
	if of == nil {
		of = &tenantItems{items: map[itemKey][]openItem{}}
		t.tenants[a.Tenant] = of
	}
	if of.horizon.Advance(a.Time, received) || of.count >= maxOpenItems {
		of.forget()
	}
	subject := SubjectOf(a)
	key := itemKey{a.Rule, subject.Kind, subject.Value}
	at := a.Time.UTC()
	i := slices.IndexFunc(of.items[key], func(o openItem) bool { return o.takes(at) })
	if i < 0 {
		i, isNew = of.open(key, openItem{ID: "i" + a.ID[1:], First: at, Last: at, Level: a.Level}), true
	}
	o := &of.items[key][i]
	o.First, o.Last, o.Level = earlier(o.First, at), later(o.Last, at), max(o.Level, a.Level)
	a.Item = o.ID
	return Item{
		ID: o.ID, Tenant: a.Tenant, Site: a.Site, Rule: a.Rule, Title: a.Title, TitleJA: a.TitleJA,
		Level: o.Level, Phase: a.Phase, Subject: subject, First: o.First, Last: o.Last,
	}, isNew
}

// open adds an item and returns its place.
func (t *tenantItems) open(key itemKey, o openItem) int {
	list := t.items[key]
	if len(list) >= maxOpenPerKey {
		oldest := 0
		for i := range list {
			if list[i].Last.Before(list[oldest].Last) {
				oldest = i
			}
		}
		list = slices.Delete(list, oldest, oldest+1)
		t.count--
	}
	t.items[key] = append(list, o)
	t.count++
	return len(list)
}

// takes reports whether an alert of this time belongs to the item: within the gap of it, and not longer than the span with it.
func (o openItem) takes(at time.Time) bool {
	first, last := earlier(o.First, at), later(o.Last, at)
	return at.Sub(o.Last) < ItemGap && o.First.Sub(at) < ItemGap && last.Sub(first) <= ItemSpan
}

// forget drops items that no alert can reach any more, or that are too many. It looks at all of them, which is why it is done by the hour.
func (t *tenantItems) forget() {
	all := make([]openItem, 0, t.count)
	for _, list := range t.items {
		all = append(all, list...)
	}
	gone := map[string]bool{}
	for _, o := range OutOfReach(t.horizon, all, maxOpenItems, func(o openItem) (time.Time, string) { return o.Last, o.ID }) {
		gone[o.ID] = true
	}
	for key, list := range t.items {
		list = slices.DeleteFunc(list, func(o openItem) bool { return gone[o.ID] })
		if len(list) == 0 {
			delete(t.items, key)
		} else {
			t.items[key] = list
		}
	}
	t.count -= len(gone)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
