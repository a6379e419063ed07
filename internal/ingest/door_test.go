package ingest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/bus"
	"github.com/noroshi-soc/noroshi/internal/ingest"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// memory is a source store without a disk.
type memory struct {
	mu      sync.Mutex
	sources []source.Known
	headers map[string]string
	fail    error
}

func (m *memory) AllSources(context.Context) ([]source.Known, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sources, m.fail
}

func (m *memory) Header(_ context.Context, id, stream string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.headers[id+"/"+stream], m.fail
}

func (m *memory) PutHeader(_ context.Context, id, stream, header string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail == nil {
		m.headers[id+"/"+stream] = header
	}
	return m.fail
}

func (m *memory) set(fail error, sources ...source.Known) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sources, m.fail = sources, fail
}

const token = "a token of 32 characters, or more"

func tokenHash() [32]byte { return sha256.Sum256([]byte(token)) }

func known(t testing.TB, id string, change func(*source.Known)) source.Known {
	t.Helper()
	tid, err := tenant.ParseID("aoi")
	if err != nil {
		t.Fatal(err)
	}
	k := source.Known{
		Source:    source.Source{ID: id, Tenant: tid, Site: "osaka", Format: source.FormatAuto, Zone: "Asia/Tokyo", Created: time.Unix(1, 0)},
		TokenHash: tokenHash(),
	}
	if change != nil {
		change(&k)
	}
	return k
}

// house is a door before a real log.
type house struct {
	t        testing.TB
	store    *memory
	registry *ingest.Registry
	meter    *ingest.Meter
	log      *bus.Log
	server   *httptest.Server
}

func newHouse(t testing.TB, limits ingest.Limits, sources ...source.Known) *house {
	t.Helper()
	l, err := bus.Open(t.Context(), bus.Options{Dir: t.TempDir(), Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	h := houseOver(t, l, limits, sources...)
	h.log = l
	return h
}

func houseOver(t testing.TB, log ingest.Appender, limits ingest.Limits, sources ...source.Known) *house {
	t.Helper()
	if len(sources) == 0 {
		sources = []source.Known{known(t, "s1", nil)}
	}
	return houseWith(t, log, ingest.NewMeter(time.Now), limits, sources...)
}

func houseWith(t testing.TB, log ingest.Appender, meter *ingest.Meter, limits ingest.Limits, sources ...source.Known) *house {
	t.Helper()
	h := &house{t: t, store: &memory{headers: map[string]string{}}, meter: meter}
	h.registry = ingest.NewRegistry(h.store, nil)
	h.know(sources...)
	mux := http.NewServeMux()
	mux.Handle(ingest.Pattern, ingest.NewHTTP(ingest.HTTPOptions{Registry: h.registry, Headers: h.store, Log: log, Meter: h.meter, Limits: limits}))
	h.server = httptest.NewServer(mux)
	t.Cleanup(h.server.Close)
	return h
}

// know declares these sources and no others.
func (h *house) know(sources ...source.Known) {
	h.t.Helper()
	h.store.set(nil, sources...)
	if err := h.registry.Refresh(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

type reply struct {
	Status   int
	Accepted int
	Bad      int
	Repeated bool
	Code     string
	Errors   []struct {
		Record int
		Reason string
	}
	header http.Header
}

// post sends a body to a source; headers are name, value, name, value.
func (h *house) post(path string, body io.Reader, headers ...string) reply {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.server.URL+"/api/v1/ingest/"+path, body)
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
		}
	}
	return h.do(req)
}

func (h *house) do(req *http.Request) reply {
	h.t.Helper()
	res, err := h.server.Client().Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	r := reply{header: res.Header}
	if err := json.NewDecoder(res.Body).Decode(&r); err != nil {
		h.t.Fatalf("status %d: %v", res.StatusCode, err)
	}
	r.Status = res.StatusCode
	return r
}

func (h *house) text(path, body string, headers ...string) reply {
	h.t.Helper()
	return h.post(path, strings.NewReader(body), append([]string{"Content-Type", "text/plain"}, headers...)...)
}

// batches reads all that is in the log.
func (h *house) batches() []*source.Batch {
	h.t.Helper()
	last, err := h.log.Last(h.t.Context(), 0)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.wait(int(last))
}

// wait reads the first n batches, and waits until they are there.
func (h *house) wait(n int) []*source.Batch {
	h.t.Helper()
	var out []*source.Batch
	h.each(func(b *source.Batch) bool {
		out = append(out, b)
		return len(out) < n
	}, n == 0)
	return out
}

// waitRecords reads until there are n records.
func (h *house) waitRecords(n int) []source.Record {
	h.t.Helper()
	var out []source.Record
	h.each(func(b *source.Batch) bool {
		out = append(out, b.Records...)
		return len(out) < n
	}, n == 0)
	return out
}

func (h *house) each(f func(*source.Batch) bool, enough bool) {
	h.t.Helper()
	if enough {
		return
	}
	ctx, cancel := context.WithTimeout(h.t.Context(), 30*time.Second)
	defer cancel()
	for m, err := range h.log.Read(ctx, 0, 1) {
		if err != nil {
			h.t.Fatal(err)
		}
		b, err := source.DecodeBatch(m.Data)
		if err != nil {
			h.t.Fatal(err)
		}
		if !f(b) {
			return
		}
	}
	h.t.Fatal("the log does not get what was sent")
}

func (h *house) records() []source.Record {
	h.t.Helper()
	var out []source.Record
	for _, b := range h.batches() {
		out = append(out, b.Records...)
	}
	return out
}

// until waits for something that no event tells.
func until(t testing.TB, what string, f func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for !f() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// fakeLog lets a test decide what an append does.
type fakeLog struct {
	mu      sync.Mutex
	append  func(n int, key string, data []byte) error // n counts from 0
	n       int
	batches [][]byte
}

func (f *fakeLog) Partition(string) uint16 { return 0 }

func (f *fakeLog) Append(ctx context.Context, _ uint16, key string, data []byte) (uint64, bool, error) {
	f.mu.Lock()
	n := f.n
	f.n++
	f.mu.Unlock()
	if f.append != nil {
		if err := f.append(n, key, data); err != nil {
			return 0, false, err
		}
	}
	if ctx.Err() != nil {
		return 0, false, ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.batches = append(f.batches, bytes.Clone(data))
	return uint64(len(f.batches)), false, nil
}

func (f *fakeLog) records(t testing.TB) []source.Record {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []source.Record
	for _, data := range f.batches {
		b, err := source.DecodeBatch(data)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b.Records...)
	}
	return out
}

var errDisk = errors.New("the disk said no")
