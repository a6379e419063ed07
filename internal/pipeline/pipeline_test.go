package pipeline_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/query"
	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/state"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/store/duckdb"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// memoryLog is a log of one partition.
type memoryLog struct {
	mu       sync.Mutex
	messages []pipeline.Message
	trimmed  uint64
	grown    chan struct{}
}

func newLog() *memoryLog { return &memoryLog{grown: make(chan struct{})} }

func (l *memoryLog) append(data []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.messages = append(l.messages, pipeline.Message{Seq: uint64(len(l.messages) + 1), Data: data})
	close(l.grown)
	l.grown = make(chan struct{})
}

func (l *memoryLog) Epoch() uint32   { return 7 }
func (l *memoryLog) Partitions() int { return 1 }

func (l *memoryLog) First(context.Context, uint16) (uint64, error) { return 1, nil }

func (l *memoryLog) Last(context.Context, uint16) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return uint64(len(l.messages)), nil
}

func (l *memoryLog) Trim(_ context.Context, _ uint16, below uint64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trimmed = below
	return nil
}

func (l *memoryLog) Read(ctx context.Context, _ uint16, from uint64) iter.Seq2[pipeline.Message, error] {
	return func(yield func(pipeline.Message, error) bool) {
		for next := max(from, 1); ; {
			l.mu.Lock()
			grown := l.grown
			var m *pipeline.Message
			if int(next) <= len(l.messages) {
				m = &l.messages[next-1]
			}
			l.mu.Unlock()
			if m == nil {
				select {
				case <-ctx.Done():
					return
				case <-grown:
				}
				continue
			}
			if !yield(*m, nil) {
				return
			}
			next++
		}
	}
}

// lines is a normalizer for records {"t":seconds,"host":"h","n":1}.
type lines struct{}

func (lines) Batch(b *source.Batch, epoch uint32, partition uint16, seq uint64) []event.Event {
	out := make([]event.Event, len(b.Records))
	for i, r := range b.Records {
		if string(r.Bytes) == "poison" {
			panic("poisoned")
		}
		var v struct {
			T    int64  `json:"t"`
			Host string `json:"host"`
		}
		out[i] = event.Event{
			ID: event.ID{Epoch: epoch, Partition: partition, Seq: seq, Pos: uint32(i)}, Tenant: b.Tenant, Source: b.Source, //nolint:gosec // few
			Received: b.Received, Raw: r.Bytes, Size: r.Size, Dataset: "test.line",
		}
		if err := json.Unmarshal(r.Bytes, &v); err != nil {
			out[i].Dataset, out[i].Problem, out[i].Time = event.DatasetUnparsed, err.Error(), b.Received
			continue
		}
		out[i].Time = time.Unix(v.T, 0).UTC()
		out[i].Fields, _ = event.ParseFields(r.Bytes)
		out[i].Entities = []event.Entity{{Kind: event.KindHost, Value: v.Host, Role: event.RoleSubject}}
	}
	return out
}

var routes = func() *detect.Routes {
	r, err := detect.LoadRoutes(fstest.MapFS{detect.RoutesFile: {Data: []byte("- {product: test, where: [{dataset: test.line}]}\n")}})
	if err != nil {
		panic(err)
	}
	return r
}()

func rules(more ...string) *rule.Set {
	files := rule.Files{}
	for i, value := range append([]string{"1", "2"}, more...) {
		files[fmt.Sprintf("%d.yml", i)] = fmt.Appendf(nil, `title: Rule %s
id: 0000000%s-0000-4000-8000-000000000000
level: high
tags: [attack.execution]
logsource: {product: test}
detection: {selection: {n: %s}, condition: selection}
`, value, value, value)
	}
	return rule.NewSet(files)
}

// world is a log with stores behind it that outlive the pipelines that run over them.
type world struct {
	t       *testing.T
	dir     string
	log     *memoryLog
	records *state.State
	events  *duckdb.Store
	owner   tenant.ID
	sent    int
	set     *rule.Set // rules() unless set
}

func newWorld(t *testing.T, log *memoryLog) *world {
	t.Helper()
	owner, err := tenant.ParseID("aoi")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, dir: t.TempDir(), log: log, owner: owner}
	if w.records, err = state.Open(t.Context(), filepath.Join(w.dir, "records.db"), state.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.records.Close() })
	if w.events, err = duckdb.Open(t.Context(), filepath.Join(w.dir, "events.duckdb"), duckdb.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.events.Close() })
	return w
}

// send appends batches of ten records, two of which match.
func (w *world) send(batches int) {
	for range batches {
		b := &source.Batch{Tenant: w.owner, Source: "s", Received: time.Unix(1_800_000_000, 0).UTC()}
		for i := range 10 {
			text := fmt.Sprintf(`{"t":%d,"host":"h%d","n":%d}`, 1_700_000_000+w.sent*300+i, w.sent%3, i)
			b.Records = append(b.Records, source.Record{Bytes: []byte(text), Size: len(text)})
		}
		w.sent++
		w.log.append(b.Encode())
	}
}

func (w *world) deps(set *rule.Set) pipeline.Deps {
	return pipeline.Deps{
		Log: w.log, Normalizer: lines{}, Routes: routes, Rules: set, Store: w.events, Records: w.records, RuleSets: w.records,
		Logger: slog.New(slog.DiscardHandler), Damaged: func(uint16, uint64, []byte) error { return nil },
	}
}

// run runs a pipeline until everything sent is done, or until it fails.
func (w *world) run(deps pipeline.Deps) error {
	w.t.Helper()
	p, err := pipeline.New(w.t.Context(), deps)
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(w.t.Context())
	defer stop()
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	for {
		select {
		case err := <-done:
			return err
		case <-time.After(time.Millisecond):
		}
		ok, err := p.CaughtUp(ctx)
		if err != nil {
			w.t.Fatal(err)
		}
		if ok {
			stop()
			return <-done
		}
	}
}

// told is everything that the stores hold.
type told struct {
	Events    []string
	Items     []alert.ItemView
	Alerts    []string
	Incidents []incident.View
}

func (w *world) told() (out told) {
	w.t.Helper()
	scope := tenant.NewScope(w.owner)
	rows, err := w.events.Search(w.t.Context(), store.Search{Scope: scope, Limit: 10_000})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range rows {
		out.Events = append(out.Events, fmt.Sprint(r.ID, r.Rules))
	}
	if out.Items, _, err = w.records.Items(w.t.Context(), scope, alert.Filter{Limit: 1000}); err != nil {
		w.t.Fatal(err)
	}
	for _, i := range out.Items {
		alerts, err := w.records.Alerts(w.t.Context(), scope, i.ID, 1000)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, a := range alerts {
			out.Alerts = append(out.Alerts, a.ID)
		}
	}
	list, _, err := w.records.Incidents(w.t.Context(), scope, incident.Filter{})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, in := range list {
		whole, err := w.records.Incident(w.t.Context(), scope, in.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		out.Incidents = append(out.Incidents, whole)
	}
	return out
}

func same(t *testing.T, want, got told) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b tenant.ID) bool { return a == b })); diff != "" {
		t.Errorf("-want +got:\n%s", diff[:min(len(diff), 4000)])
	}
}

// plain is what an undisturbed run over the same log gives.
func plain(t *testing.T, log *memoryLog) told {
	t.Helper()
	w := newWorld(t, log)
	if err := w.run(w.deps(rules())); err != nil {
		t.Fatal(err)
	}
	return w.told()
}

func TestWholePath(t *testing.T) {
	w := newWorld(t, newLog())
	w.send(40)
	if err := w.run(w.deps(rules())); err != nil {
		t.Fatal(err)
	}
	got := w.told()
	if len(got.Events) != 400 || len(got.Alerts) != 80 || len(got.Incidents) == 0 {
		t.Fatalf("%d events, %d alerts, %d incidents", len(got.Events), len(got.Alerts), len(got.Incidents))
	}
	alerts := 0
	for _, i := range got.Items {
		alerts += i.Alerts
	}
	if alerts != 80 {
		t.Errorf("items count %d alerts, there are 80", alerts)
	}
}

var errCrash = errors.New("crash")

// crashing fails a call once, as a process that dies there would: nothing after it happens.
type crashing struct {
	store.Store
	pipeline.Records
	before, after string
	at, n         int
	stop          context.CancelCauseFunc
}

func (c *crashing) call(name string, do func() error) error {
	if name == c.before || name == c.after {
		c.n++
	}
	if name == c.before && c.n == c.at {
		c.stop(errCrash)
		return errCrash
	}
	err := do()
	if name == c.after && c.n == c.at {
		c.stop(errCrash)
		return errCrash
	}
	return err
}

func (c *crashing) Insert(ctx context.Context, rows []store.Row, mark store.Mark) error {
	return c.call("insert", func() error { return c.Store.Insert(ctx, rows, mark) })
}

func (c *crashing) CommitStep(ctx context.Context, step pipeline.Commit) (change pipeline.Change, err error) {
	err = c.call("commit", func() (err error) { change, err = c.Records.CommitStep(ctx, step); return err })
	return change, err
}

// TestCrashAnywhere ends a pipeline before and after each of its two commits and goes on with a new one: the stores hold what an undisturbed run gives.
func TestCrashAnywhere(t *testing.T) {
	log := newLog()
	first := newWorld(t, log)
	first.send(30)
	want := plain(t, log)
	for _, point := range []crashing{{before: "insert", at: 2}, {after: "insert", at: 2}, {before: "commit", at: 2}, {after: "commit", at: 2}, {after: "insert", at: 1}} {
		t.Run(fmt.Sprintf("before %s after %s %d", point.before, point.after, point.at), func(t *testing.T) {
			w := newWorld(t, newLog())
			for _, m := range log.messages[:10] {
				w.log.append(m.Data)
			}
			w.crash(point, log.messages[10:])
			if err := w.run(w.deps(rules())); err != nil {
				t.Fatal(err)
			}
			same(t, want, w.told())
		})
	}
}

// crash runs a pipeline that ends at the point; more comes in after each commit, so that there are several.
func (w *world) crash(point crashing, more []pipeline.Message) {
	w.t.Helper()
	ctx, stop := context.WithCancelCause(w.t.Context())
	defer stop(nil)
	point.Store, point.Records, point.stop = w.events, w.records, stop
	deps := w.deps(w.usual())
	deps.Store, deps.Records = &point, &point
	deps.Changed = func(pipeline.Change) {
		for _, m := range more[:min(5, len(more))] {
			w.log.append(m.Data)
		}
		more = more[min(5, len(more)):]
	}
	deps.Wait = func(context.Context, time.Duration) error { return errCrash }
	p, err := pipeline.New(ctx, deps)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = p.Run(ctx)
	if !errors.Is(context.Cause(ctx), errCrash) {
		w.t.Fatal("the point was not reached")
	}
	for _, m := range more {
		w.log.append(m.Data)
	}
}

// TestHistoryIsReplayedUnderItsRules: after a restart with other rules, what was evaluated before stays, and the stages' memory is what it was.
func TestHistoryIsReplayedUnderItsRules(t *testing.T) {
	w := newWorld(t, newLog())
	w.send(10)
	if err := w.run(w.deps(rules())); err != nil {
		t.Fatal(err)
	}
	before := w.told()
	if err := w.run(w.deps(rules("3"))); err != nil {
		t.Fatal(err)
	}
	same(t, before, w.told())
	w.send(10)
	if err := w.run(w.deps(rules("3"))); err != nil {
		t.Fatal(err)
	}
	after := w.told()
	if want := 10*2 + 10*3; len(after.Alerts) != want {
		t.Errorf("%d alerts, want %d: old batches under old rules, new ones under new rules", len(after.Alerts), want)
	}
	for _, now := range after.Items {
		if now.Title == "Rule 3" && now.First.Before(time.Unix(1_700_000_000+10*300, 0)) {
			t.Errorf("an item of the new rule begins at %v, in what the old rules evaluated", now.First)
		}
	}
	for _, old := range before.Items {
		for _, now := range after.Items {
			if now.ID == old.ID && now.Number != old.Number {
				t.Errorf("item %s changed its number", old.ID)
			}
		}
	}
}

// TestRulesChangeBetweenTheCommits: events that were stored under the old rules keep the alerts of the old rules, whatever runs after the restart.
func TestRulesChangeBetweenTheCommits(t *testing.T) {
	log := newLog()
	first := newWorld(t, log)
	first.send(10)
	w := newWorld(t, newLog())
	for _, m := range log.messages {
		w.log.append(m.Data)
	}
	w.crash(crashing{after: "insert", at: 1}, nil)
	if err := w.run(w.deps(rules("3"))); err != nil {
		t.Fatal(err)
	}
	rows, err := w.events.Search(t.Context(), store.Search{Scope: tenant.NewScope(w.owner), Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	matched := 0
	for _, r := range rows {
		matched += len(r.Rules)
	}
	if got := w.told(); len(got.Alerts) != matched || matched < 20 {
		t.Errorf("events tell of %d matches, there are %d alerts", matched, len(got.Alerts))
	}
}

// TestLostEventStoreIsFilledFromTheLog: with the records kept, the events come back, and nothing is told twice.
func TestLostEventStoreIsFilledFromTheLog(t *testing.T) {
	w := newWorld(t, newLog())
	w.send(10)
	if err := w.run(w.deps(rules())); err != nil {
		t.Fatal(err)
	}
	want := w.told()
	empty := newWorld(t, newLog())
	w.events = empty.events
	if err := w.run(w.deps(rules("3"))); err != nil {
		t.Fatal(err)
	}
	same(t, want, w.told())
}

// TestLostLogIsRefused: a log that ends before what the stores have seen would take in records that nobody evaluates.
func TestLostLogIsRefused(t *testing.T) {
	w := newWorld(t, newLog())
	w.send(10)
	if err := w.run(w.deps(rules())); err != nil {
		t.Fatal(err)
	}
	w.log = newLog()
	w.send(1)
	if err := w.run(w.deps(rules())); err == nil || !strings.Contains(err.Error(), "lost or replaced") {
		t.Errorf("got %v", err)
	}
}

// TestPoisonIsKept: a record that brings the normalizer down, and a batch that cannot be decoded, are kept with the reason, and the rest goes on.
func TestPoisonIsKept(t *testing.T) {
	w := newWorld(t, newLog())
	w.send(1)
	b := &source.Batch{Tenant: w.owner, Source: "s", Received: time.Unix(1_800_000_000, 0).UTC(), Records: []source.Record{
		{Bytes: []byte(`{"t":1700000000,"host":"h","n":1}`), Size: 1}, {Bytes: []byte("poison"), Size: 6}, {Bytes: []byte(`{"t":1700000001,"host":"h","n":9}`), Size: 1},
	}}
	w.log.append(b.Encode())
	w.log.append([]byte("no batch"))
	w.send(1)
	deps := w.deps(rules())
	var aside string
	deps.Damaged = func(_ uint16, seq uint64, data []byte) error { aside = fmt.Sprint(seq, " ", string(data)); return nil }
	if err := w.run(deps); err != nil {
		t.Fatal(err)
	}
	if aside != "3 no batch" {
		t.Errorf("set aside: %q", aside)
	}
	rows, err := w.events.Search(t.Context(), store.Search{Scope: tenant.NewScope(w.owner), Limit: 1000, Query: query.Match{Field: "dataset", Op: query.Equal, Value: "unparsed"}})
	if err != nil || len(rows) != 1 || string(rows[0].Raw) != "poison" || !strings.Contains(rows[0].Problem, "poisoned") || rows[0].ID.Pos != 1 {
		t.Errorf("%+v, %v", rows, err)
	}
	if got := w.told(); len(got.Events) != 23 || len(got.Alerts) != 5 {
		t.Errorf("%d events, %d alerts", len(got.Events), len(got.Alerts))
	}
}

// failing refuses to write until it is mended.
type failing struct {
	store.Store
	times int
}

func (f *failing) Insert(ctx context.Context, rows []store.Row, mark store.Mark) error {
	if f.times > 0 {
		f.times--
		return errors.New("no space left on device")
	}
	return f.Store.Insert(ctx, rows, mark)
}

// doubtful keeps a commit and then says that it failed, once.
type doubtful struct {
	pipeline.Records
	said bool
}

func (d *doubtful) CommitStep(ctx context.Context, c pipeline.Commit) (pipeline.Change, error) {
	change, err := d.Records.CommitStep(ctx, c)
	if err == nil && !d.said {
		d.said = true
		return change, errors.New("disk I/O error")
	}
	return change, err
}

// TestCommitThatWasKeptAfterAll: a repeat of a step that is in the records already is no failure.
func TestCommitThatWasKeptAfterAll(t *testing.T) {
	w := newWorld(t, newLog())
	w.send(5)
	deps := w.deps(rules())
	deps.Records = &doubtful{Records: w.records}
	tries := 0
	deps.Wait = func(context.Context, time.Duration) error {
		if tries++; tries > 3 {
			return errCrash
		}
		return nil
	}
	if err := w.run(deps); err != nil {
		t.Fatal(err)
	}
	if got := w.told(); len(got.Events) != 50 || len(got.Alerts) != 10 {
		t.Errorf("%d events, %d alerts", len(got.Events), len(got.Alerts))
	}
}

// TestFailedWritesAreRepeated: a store that cannot write holds the pipeline up, visibly, and loses nothing.
func TestFailedWritesAreRepeated(t *testing.T) {
	w := newWorld(t, newLog())
	w.send(5)
	deps := w.deps(rules())
	deps.Store = &failing{w.events, 3}
	waited := 0
	var p *pipeline.Pipeline
	deps.Wait = func(context.Context, time.Duration) error {
		waited++
		if p.Blocked() != "event store: no space left on device" {
			t.Errorf("blocked by %q", p.Blocked())
		}
		return nil
	}
	p, err := pipeline.New(t.Context(), deps)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	deps.Changed = nil
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	for ok := false; !ok; {
		if ok, err = p.CaughtUp(ctx); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if waited != 3 || p.Blocked() != "" || p.Stats().Retries.Load() != 3 {
		t.Errorf("waited %d times, blocked %q, %d retries", waited, p.Blocked(), p.Stats().Retries.Load())
	}
	if got := w.told(); len(got.Events) != 50 || len(got.Alerts) != 10 {
		t.Errorf("%d events, %d alerts", len(got.Events), len(got.Alerts))
	}
}
