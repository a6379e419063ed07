package ingest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/bus"
	"github.com/noroshi-soc/noroshi/internal/ingest"
	"github.com/noroshi-soc/noroshi/internal/source"
)

func TestAnswerAndBatch(t *testing.T) {
	h := newHouse(t, ingest.Limits{})
	r := h.text("s1", "one\r\n\n two \nthree")
	if r.Status != 200 || r.Accepted != 3 || r.Bad != 0 || r.Repeated {
		t.Fatalf("%+v", r)
	}
	b := h.batches()
	if len(b) != 1 || b[0].Tenant.String() != "aoi" || b[0].Site != "osaka" || b[0].Source != "s1" || b[0].Format != source.FormatAuto ||
		b[0].Zone != "Asia/Tokyo" || b[0].Peer != "127.0.0.1" || time.Since(b[0].Received) > time.Minute || b[0].Header != "" {
		t.Fatalf("%+v", b[0])
	}
	want := []string{"one", " two ", "three"}
	for i, rec := range b[0].Records {
		if string(rec.Bytes) != want[i] || rec.Size != len(want[i]) || rec.Problem != "" {
			t.Errorf("record %d: %+v", i, rec)
		}
	}
}

func TestAdmission(t *testing.T) {
	h := newHouse(t, ingest.Limits{Compressed: 1000, Decoded: 2000}, known(t, "s1", nil), known(t, "off", func(k *source.Known) { k.Off = true }),
		known(t, "other", func(k *source.Known) { k.TokenHash = sha256.Sum256([]byte("another")) }), known(t, "none", func(k *source.Known) { k.TokenHash = sha256.Sum256(nil) }))
	f := func(name, path string, status int, code string, headers ...string) {
		t.Helper()
		r := h.text(path, "record", headers...)
		if r.Status != status || r.Code != code {
			t.Errorf("%s: got %d %s, want %d %s", name, r.Status, r.Code, status, code)
		}
	}
	f("no token", "s1", 401, "bad_token", "Authorization", "")
	f("empty token", "s1", 401, "bad_token", "Authorization", "Bearer ")
	f("wrong token", "s1", 401, "bad_token", "Authorization", "Bearer x")
	f("not a bearer", "s1", 401, "bad_token", "Authorization", "Basic "+token)
	f("another source's token", "other", 401, "bad_token")
	f("a source without token", "none", 401, "bad_token", "Authorization", "")
	f("no such source", "nobody", 401, "bad_token")
	f("switched off, wrong token", "off", 401, "bad_token", "Authorization", "Bearer x")
	f("switched off", "off", 403, "source_off")
	f("encoding", "s1", 415, "encoding", "Content-Encoding", "br")
	f("type", "s1", 415, "content_type", "Content-Type", "application/xml")
	f("long key", "s1", 400, "key", "Idempotency-Key", strings.Repeat("k", 129))
	f("long stream", "s1?stream="+strings.Repeat("k", 129), 400, "stream")
	if n := len(h.batches()); n != 0 {
		t.Fatalf("%d batches were kept of what was refused", n)
	}
	f("other header", "s1", 200, "", "Authorization", "", "X-Noroshi-Token", token)
	f("any case", "s1", 200, "", "Authorization", "bEARER "+token)
	if n := len(h.batches()); n != 2 {
		t.Errorf("%d batches", n)
	}
	total := h.meter.Totals()
	if total.Refused[ingest.RefusedToken] != 8 || total.Refused[ingest.RefusedOff] != 1 || h.meter.Stats("off").Refused != 1 || total.Records != 2 || total.InFlight != 0 {
		t.Errorf("%+v", total)
	}
}

func TestOnlyPost(t *testing.T) {
	h := newHouse(t, ingest.Limits{})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+"/api/v1/ingest/s1", nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := h.do(req); r.Status != 405 || r.header.Get("Allow") != "POST" {
		t.Errorf("%+v", r)
	}
}

// endless counts what is read of a body that must not be read.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	e.read += len(b)
	return len(b), nil
}

func (e *endless) Close() error { return nil }

func TestTooLargeIsRefusedBeforeItIsRead(t *testing.T) {
	h := newHouse(t, ingest.Limits{Compressed: 1000, Decoded: 5000})
	door := ingest.NewHTTP(ingest.HTTPOptions{Registry: h.registry, Headers: h.store, Log: h.log, Meter: h.meter, Limits: ingest.Limits{Compressed: 1000, Decoded: 5000}})
	f := func(length int64, encoding string) {
		t.Helper()
		body := &endless{}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/api/v1/ingest/s1", body)
		if err != nil {
			t.Fatal(err)
		}
		req.SetPathValue("source", "s1")
		req.ContentLength = length
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Encoding", encoding)
		w := &recorder{}
		door.ServeHTTP(w, req)
		if w.status != 413 || body.read != 0 {
			t.Errorf("%d bytes %q: status %d after %d bytes", length, encoding, w.status, body.read)
		}
	}
	f(5001, "")
	f(1001, "gzip")
	f(1001, "zstd")
}

type recorder struct {
	status int
	head   http.Header
	bytes.Buffer
}

func (r *recorder) WriteHeader(status int) { r.status = status }

func (r *recorder) Header() http.Header {
	if r.head == nil {
		r.head = http.Header{}
	}
	return r.head
}

func TestTooLargeWhileStreaming(t *testing.T) {
	h := newHouse(t, ingest.Limits{Decoded: 100_000, BatchRecords: 10})
	line := strings.Repeat("x", 999) + "\n"
	stream := func(n int) reply { // without Content-Length
		return h.post("s1", struct{ *strings.Reader }{strings.NewReader(strings.Repeat(line, n))}, "Content-Type", "text/plain")
	}
	if r := stream(100); r.Status != 200 || r.Accepted != 100 {
		t.Errorf("exactly the limit: %+v", r)
	}
	r := stream(101)
	if r.Status != 413 || r.Code != "too_large" || r.Accepted != 100 {
		t.Errorf("over the limit: %+v", r)
	}
	if n := len(h.records()); n != 200 {
		t.Errorf("%d records are kept, %d told", n, 200)
	}
}

// The answer must wait for the log: a door that answers first would lose what it promised.
func TestAnswerComesAfterTheLog(t *testing.T) {
	called, free := make(chan struct{}), make(chan struct{})
	h := houseOver(t, &fakeLog{append: func(int, string, []byte) error {
		close(called)
		<-free
		return errDisk
	}}, ingest.Limits{})
	got := make(chan reply)
	go func() { got <- h.text("s1", "record") }()
	<-called
	select {
	case r := <-got:
		t.Fatalf("answered before the log: %+v", r)
	default:
	}
	close(free)
	if r := <-got; r.Status != 503 || r.Code != "unavailable" || r.Accepted != 0 {
		t.Errorf("the log failed, the answer is %+v", r)
	}
	if h.meter.Totals().Records != 0 {
		t.Error("counted what was not kept")
	}
}

func TestOverload(t *testing.T) {
	f := func(name string, fail error, status int, code string) {
		t.Helper()
		h := houseOver(t, &fakeLog{append: func(int, string, []byte) error { return fmt.Errorf("append: %w", fail) }}, ingest.Limits{})
		r := h.text("s1", "record")
		if r.Status != status || r.Code != code || r.header.Get("Retry-After") == "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
	f("busy", bus.ErrBusy, 429, "busy")
	f("full", bus.ErrFull, 503, "log_full")
	f("closed", bus.ErrClosed, 503, "unavailable")
}

func TestBusyInTheMiddleWaits(t *testing.T) {
	log := &fakeLog{append: func(n int, _ string, _ []byte) error {
		if n == 1 || n == 2 {
			return bus.ErrBusy
		}
		return nil
	}}
	h := houseOver(t, log, ingest.Limits{BatchRecords: 1})
	if r := h.text("s1", "one\ntwo\nthree"); r.Status != 200 || r.Accepted != 3 || len(log.records(t)) != 3 {
		t.Errorf("%+v, %d kept", r, len(log.records(t)))
	}
}

func TestRefusalInTheMiddleTellsWhatIsKept(t *testing.T) {
	log := &fakeLog{append: func(n int, _ string, _ []byte) error {
		if n == 2 {
			return bus.ErrFull
		}
		return nil
	}}
	h := houseOver(t, log, ingest.Limits{BatchRecords: 1})
	if r := h.text("s1", "one\ntwo\nthree"); r.Status != 503 || r.Accepted != 2 {
		t.Errorf("%+v", r)
	}
}

func TestInFlightIsBounded(t *testing.T) {
	called, free := make(chan struct{}), make(chan struct{})
	h := houseOver(t, &fakeLog{append: func(n int, _ string, _ []byte) error {
		if n == 0 {
			close(called)
			<-free
		}
		return nil
	}}, ingest.Limits{InFlight: 300_000})
	first := make(chan reply)
	go func() { first <- h.text("s1", "record") }()
	<-called
	if h.meter.Totals().InFlight == 0 {
		t.Error("nothing is in flight")
	}
	if r := h.text("s1", "record"); r.Status != 429 || r.header.Get("Retry-After") == "" {
		t.Errorf("over the limit: %+v", r)
	}
	close(free)
	if r := <-first; r.Status != 200 {
		t.Errorf("%+v", r)
	}
	if r := h.text("s1", "record"); r.Status != 200 || h.meter.Totals().InFlight != 0 {
		t.Errorf("afterwards: %+v, %d in flight", r, h.meter.Totals().InFlight)
	}
}

// A sender that goes away in the middle was promised nothing; what was not yet written is left out, so that the same body makes the same batches again.
func TestCutBody(t *testing.T) {
	h := newHouse(t, ingest.Limits{BatchRecords: 2})
	conn, err := net.Dial("tcp", h.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(conn, "POST /api/v1/ingest/s1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nIdempotency-Key: k\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n1\n2\n3\n4", token)
	if err != nil {
		t.Fatal(err)
	}
	h.wait(1)
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	until(t, "the cut is counted", func() bool { return h.meter.Totals().Refused[ingest.RefusedCut] == 1 })
	if r := h.text("s1", "1\n2\n3\n4\n5", "Idempotency-Key", "k"); r.Status != 200 || r.Accepted != 5 || r.Repeated {
		t.Errorf("sent again: %+v", r)
	}
	var got []string
	for _, r := range h.records() {
		got = append(got, string(r.Bytes))
	}
	if s := strings.Join(got, " "); s != "1 2 3 4 5" {
		t.Errorf("in the log: %s", s)
	}
}

func TestIdempotencyKey(t *testing.T) {
	dir := t.TempDir()
	log, err := bus.Open(t.Context(), bus.Options{Dir: dir, Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	sources := []source.Known{known(t, "s1", nil), known(t, "s2", nil)}
	h := houseOver(t, log, ingest.Limits{BatchRecords: 3}, sources...)
	body := "{\"a\":1}\n{\"a\":2}\nbad\n{\"a\":4}\n"
	send := func(path, body, key string) reply {
		return h.post(path, strings.NewReader(body), "Content-Type", "application/x-ndjson", "Idempotency-Key", key)
	}
	first := send("s1", body, "k1")
	if first.Status != 207 || first.Accepted != 3 || first.Bad != 1 || first.Repeated {
		t.Fatalf("%+v", first)
	}
	if err := log.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if log, err = bus.Open(t.Context(), bus.Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close(context.Background()) })
	h = houseOver(t, log, ingest.Limits{BatchRecords: 3}, sources...)
	h.log = log
	again := send("s1", body, "k1")
	if again.Status != 207 || again.Accepted != 3 || again.Bad != 1 || !again.Repeated || len(again.Errors) != 1 {
		t.Errorf("repeat: %+v", again)
	}
	if h.meter.Totals().Records != 0 {
		t.Error("a repeat was counted as received")
	}
	if r := send("s2", body, "k1"); r.Repeated {
		t.Error("another source's key is another key")
	}
	if r := send("s1", "{\"a\":9}\n", "k1"); r.Repeated {
		t.Error("other records under a used key were lost")
	}
	if r := send("s1", body, ""); r.Repeated {
		t.Error("without a key there is no repeat")
	}
	if n := len(h.records()); n != 4+4+1+4 {
		t.Errorf("%d records in the log", n)
	}
}

func TestManySendersAtOnce(t *testing.T) {
	h := newHouse(t, ingest.Limits{})
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if r := h.text("s1", strings.Repeat(fmt.Sprintf("sender %d\n", i), 1500)); r.Status != 200 || r.Accepted != 1500 {
				t.Errorf("%+v", r)
			}
		})
	}
	wg.Wait()
	if n := len(h.records()); n != 30_000 {
		t.Errorf("%d records", n)
	}
	if s := h.meter.Stats("s1"); s.Records != 30_000 || s.RecordsHour != 30_000 || s.LastReceived.IsZero() {
		t.Errorf("%+v", s)
	}
}

func TestRefreshKeepsWhatIsKnownWhenTheStoreFails(t *testing.T) {
	h := newHouse(t, ingest.Limits{})
	h.store.set(errDisk)
	if err := h.registry.Refresh(t.Context()); err == nil {
		t.Error("no error")
	}
	h.store.set(nil)
	if r := h.text("s1", "x"); r.Status != 200 {
		t.Errorf("%+v", r)
	}
	h.know()
	if r := h.text("s1", "x"); r.Status != 401 {
		t.Errorf("a source that was removed: %+v", r)
	}
}
