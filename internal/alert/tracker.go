package alert

import (
	"encoding/json"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// An item's limits, in event time.
const (
	ItemGap  = time.Hour     // without alert closes it
	ItemSpan = 4 * time.Hour // from first to last alert, at most
)

// forgetAfter is how far behind a tenant's newest alert an item may lie before no late alert can join it.
const forgetAfter = 8 * time.Hour

// Tracker puts alerts into items, by event time alone, so that a replay gives the same items. It is not safe for concurrent use:
// the pipeline gives it the alerts of one partition in order.
type Tracker struct {
	tenants map[tenant.ID]*tenantItems
}

type tenantItems struct {
	Newest time.Time              // event time of the newest alert
	Items  map[itemKey][]openItem // in the order of their first alerts
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
func (t *Tracker) Add(a *Alert) (item Item, isNew bool) {
	of := t.tenants[a.Tenant]
	if of == nil {
		of = &tenantItems{Items: map[itemKey][]openItem{}}
		t.tenants[a.Tenant] = of
	}
	subject := SubjectOf(a)
	key := itemKey{a.Rule, subject.Kind, subject.Value}
	list := of.Items[key]
	at := -1
	for i := range list {
		if list[i].takes(a.Time) {
			at = i
			break
		}
	}
	if at < 0 {
		list = append(list, openItem{ID: "i" + a.ID[1:], First: a.Time, Last: a.Time, Level: a.Level})
		at, isNew = len(list)-1, true
		of.Items[key] = list
	}
	o := &list[at]
	o.First, o.Last, o.Level = earlier(o.First, a.Time), later(o.Last, a.Time), max(o.Level, a.Level)
	a.Item = o.ID
	item = Item{
		ID: o.ID, Tenant: a.Tenant, Site: a.Site, Rule: a.Rule, Title: a.Title, TitleJA: a.TitleJA,
		Level: o.Level, Phase: a.Phase, Subject: subject, First: o.First, Last: o.Last,
	}
	of.forget(a.Time)
	return item, isNew
}

// takes reports whether an alert of this time belongs to the item: within the gap of it, and not longer than the span with it.
func (o openItem) takes(at time.Time) bool {
	first, last := earlier(o.First, at), later(o.Last, at)
	return at.Sub(o.Last) < ItemGap && o.First.Sub(at) < ItemGap && last.Sub(first) <= ItemSpan
}

// forget drops items that lie too far behind, once per hour of event time, so that memory is bounded by hours and not by history.
func (t *tenantItems) forget(at time.Time) {
	if !at.Truncate(time.Hour).After(t.Newest.Truncate(time.Hour)) {
		t.Newest = later(t.Newest, at)
		return
	}
	t.Newest = at
	for key, list := range t.Items {
		kept := list[:0]
		for _, o := range list {
			if at.Sub(o.Last) < forgetAfter {
				kept = append(kept, o)
			}
		}
		if len(kept) == 0 {
			delete(t.Items, key)
		} else {
			t.Items[key] = kept
		}
	}
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

type trackerState struct {
	Tenant string
	Newest time.Time
	Items  []trackedKey
}

type trackedKey struct {
	Key  itemKey
	Open []openItem
}

// Snapshot gives the Tracker's memory in a form that Restore reads.
func (t *Tracker) Snapshot() ([]byte, error) {
	var out []trackerState
	for id, of := range t.tenants {
		st := trackerState{Tenant: id.String(), Newest: of.Newest}
		for key, open := range of.Items {
			st.Items = append(st.Items, trackedKey{key, open})
		}
		out = append(out, st)
	}
	return json.Marshal(out)
}

// Restore puts back what Snapshot gave, in place of all that the Tracker knew.
func (t *Tracker) Restore(data []byte) error {
	var in []trackerState
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	t.tenants = map[tenant.ID]*tenantItems{}
	for _, st := range in {
		id, err := tenant.ParseID(st.Tenant)
		if err != nil {
			return err
		}
		of := &tenantItems{Newest: st.Newest, Items: map[itemKey][]openItem{}}
		for _, k := range st.Items {
			of.Items[k.Key] = k.Open
		}
		t.tenants[id] = of
	}
	return nil
}
