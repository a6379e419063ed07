package pipeline

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/tenant"
	"github.com/noroshi-soc/noroshi/sigma"
)

// correlator counts the observations of one tenant.
type correlator interface {
	Observe(o sigma.Observation) []sigma.Finding
	Advance(t time.Time) []sigma.Finding
	Snapshot() ([]byte, error)
	Restore(snapshot []byte) error
	Stats() []sigma.CorrelationStats
}

// correlations is what the correlations of a partition remember: one correlator for each tenant, since what one does never tells of another.
type correlations struct {
	make    func(*detect.Engine) correlator
	logger  *slog.Logger
	tenants map[string]*counted
}

// counted is the memory of one tenant: a correlator of the rules under which its last batch was evaluated, or what was kept of one until its next batch.
type counted struct {
	correlator
	engine *detect.Engine
	kept   []byte
}

func newCorrelations(make func(*detect.Engine) correlator, logger *slog.Logger) *correlations {
	return &correlations{make: make, logger: logger, tenants: map[string]*counted{}}
}

// take counts what a batch observed, in the order of time, and returns what it finds, with the correlations that failed over it.
func (c *correlations) take(r *read) (found []alert.Alert, failed []detect.Failure) {
	if r.engine == nil || !r.engine.Correlates() || len(r.events) == 0 {
		return nil, nil
	}
	of := c.of(r.events[0].Tenant, r.engine)
	var observed []sigma.Observation
	latest := time.Time{}
	for i := range r.events {
		observed = append(observed, r.observed[i]...)
		if t := detect.Trusted(&r.events[i]); r.events[i].Parsed() && t.After(latest) {
			latest = t
		}
	}
	slices.SortStableFunc(observed, func(a, b sigma.Observation) int { return a.Time.Compare(b.Time) })
	for _, o := range observed {
		findings, reason := of.try(func() []sigma.Finding { return of.Observe(o) })
		found = append(found, c.tell(r, findings)...)
		if reason != "" {
			c.logger.Error("a correlation failed and what was counted for the tenant is lost", "tenant", r.events[0].Tenant.String(), "rule", o.Rule.ID, "error", reason)
			of.restart(c.make)
			for _, id := range r.engine.Counting(o.Rule) {
				failed = append(failed, detect.Failure{Rule: id, Reason: reason})
			}
		}
	}
	if latest.IsZero() {
		return found, failed
	}
	findings, reason := of.try(func() []sigma.Finding { return of.Advance(latest) })
	if reason != "" {
		c.logger.Error("correlations failed and what was counted for the tenant is lost", "tenant", r.events[0].Tenant.String(), "error", reason)
		of.restart(c.make)
	}
	return append(found, c.tell(r, findings)...), failed
}

// tell makes alerts of findings.
func (c *correlations) tell(r *read, findings []sigma.Finding) (out []alert.Alert) {
	for i := range findings {
		if a, ok := r.engine.Told(&findings[i]); ok {
			a.Tenant = r.events[0].Tenant
			out = append(out, a)
		}
	}
	return out
}

// of returns the tenant's memory under these rules. When they are others than before, correlations that are the same go on.
func (c *correlations) of(id tenant.ID, engine *detect.Engine) *counted {
	t := c.tenants[id.String()]
	if t == nil {
		t = &counted{}
		c.tenants[id.String()] = t
	}
	if t.engine == engine {
		return t
	}
	kept, err := t.snapshot()
	if err != nil {
		c.logger.Error("what was counted cannot be taken over to other rules", "tenant", id.String(), "error", err)
	}
	t.engine, t.kept = engine, nil
	t.correlator = c.make(engine)
	if len(kept) > 0 {
		if err := t.Restore(kept); err != nil {
			c.logger.Error("what was counted begins anew", "tenant", id.String(), "error", err)
		}
	}
	return t
}

func (t *counted) snapshot() ([]byte, error) {
	if t.correlator == nil {
		return t.kept, nil
	}
	return t.correlator.Snapshot()
}

// try runs a call of the correlator, which a fault of ours may bring down.
func (t *counted) try(call func() []sigma.Finding) (findings []sigma.Finding, failed string) {
	defer func() {
		if fault := recover(); fault != nil {
			findings, failed = nil, fmt.Sprintf("failed: %v", fault)
		}
	}()
	return call(), ""
}

func (t *counted) restart(make func(*detect.Engine) correlator) { t.correlator = make(t.engine) }

// CorrelationCounts sum what the correlations hold, and what became of what was observed, since the memory began.
type CorrelationCounts struct {
	Groups, Held, Bytes                                        int64
	Findings, Dropped, Evicted, Late, Ahead, Missing, Unusable int64
}

func (c *CorrelationCounts) add(o CorrelationCounts) {
	c.Groups, c.Held, c.Bytes = c.Groups+o.Groups, c.Held+o.Held, c.Bytes+o.Bytes
	c.Findings, c.Dropped, c.Evicted = c.Findings+o.Findings, c.Dropped+o.Dropped, c.Evicted+o.Evicted
	c.Late, c.Ahead, c.Missing, c.Unusable = c.Late+o.Late, c.Ahead+o.Ahead, c.Missing+o.Missing, c.Unusable+o.Unusable
}

// counts sums over tenants and correlations.
func (c *correlations) counts() (sum CorrelationCounts) {
	for _, t := range c.tenants {
		if t.correlator == nil {
			continue
		}
		for _, s := range t.Stats() {
			sum.add(CorrelationCounts{
				Groups: int64(s.Groups), Held: int64(s.Held), Bytes: int64(s.Bytes), Findings: count(s.Findings), Dropped: count(s.Dropped),
				Evicted: count(s.Evicted), Late: count(s.Late), Ahead: count(s.Ahead), Missing: count(s.Missing), Unusable: count(s.Unusable),
			})
		}
	}
	return sum
}

func count(n uint64) int64 { return int64(n) } //nolint:gosec // a count

// Correlations sums what the correlations of all partitions hold and what became of what they observed, as of at most a few seconds ago.
func (p *Pipeline) Correlations() (sum CorrelationCounts) {
	for i := range p.counted {
		if c := p.counted[i].Load(); c != nil {
			sum.add(*c)
		}
	}
	return sum
}

// countEvery is how often the correlations are asked: they go through all that they hold.
const countEvery = 2 * time.Second

// recount notes what the correlations of a partition hold, now and then.
func (p *Pipeline) recount(part uint16, mem *memory) {
	if now := p.deps.Now(); now.Sub(mem.recounted) >= countEvery {
		mem.recounted = now
		sum := mem.correlations.counts()
		p.counted[part].Store(&sum)
	}
}

// keptCounts is a tenant's memory in a snapshot.
type keptCounts struct {
	Tenant string
	Data   []byte
}

// Snapshot gives what the correlators remember in a form that Restore reads.
func (c *correlations) Snapshot() ([]byte, error) {
	out := make([]keptCounts, 0, len(c.tenants))
	for id, t := range c.tenants {
		data, err := t.snapshot()
		if err != nil {
			return nil, fmt.Errorf("tenant %s: %w", id, err)
		}
		out = append(out, keptCounts{id, data})
	}
	slices.SortFunc(out, func(a, b keptCounts) int { return cmp.Compare(a.Tenant, b.Tenant) })
	var buf bytes.Buffer
	err := gob.NewEncoder(&buf).Encode(out)
	return buf.Bytes(), err
}

// Restore takes what Snapshot gave; each tenant's correlator is made of it when the tenant's next batch says under which rules.
func (c *correlations) Restore(data []byte) error {
	var in []keptCounts
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&in); err != nil {
		return err
	}
	c.tenants = map[string]*counted{}
	for _, k := range in {
		c.tenants[k.Tenant] = &counted{kept: k.Data}
	}
	return nil
}
