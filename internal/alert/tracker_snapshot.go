package alert

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"time"

	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// trackerState is a tenant's memory in plain types, in a form that holds every time there is.
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
	out := make([]trackerState, 0, len(t.tenants))
	for id, of := range t.tenants {
		st := trackerState{Tenant: id.String(), Newest: of.horizon.Newest}
		for key, open := range of.items {
			st.Items = append(st.Items, trackedKey{key, open})
		}
		out = append(out, st)
	}
	var buf bytes.Buffer
	if err := gob.NewEncoder(&buf).Encode(out); err != nil {
		return nil, fmt.Errorf("snapshot of items: %w", err)
	}
	return buf.Bytes(), nil
}

// Restore puts back what Snapshot gave, in place of all that the Tracker knew.
func (t *Tracker) Restore(data []byte) error {
	var in []trackerState
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&in); err != nil {
		return fmt.Errorf("snapshot of items: %w", err)
	}
	tenants := map[tenant.ID]*tenantItems{}
	for _, st := range in {
		id, err := tenant.ParseID(st.Tenant)
		if err != nil {
			return fmt.Errorf("snapshot of items: %w", err)
		}
		of := &tenantItems{horizon: Horizon{st.Newest}, items: map[itemKey][]openItem{}}
		for _, k := range st.Items {
			of.items[k.Key] = k.Open
			of.count += len(k.Open)
		}
		tenants[id] = of
	}
	t.tenants = tenants
	return nil
}
