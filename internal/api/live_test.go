package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/api"
)

// stream is an open live stream.
type stream struct {
	t    *testing.T
	ctx  context.Context
	body *bufio.Reader
}

func (b *browser) live(path string) *stream {
	b.w.t.Helper()
	ctx, cancel := context.WithTimeout(b.w.t.Context(), 20*time.Second)
	b.w.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.w.url+path, nil)
	if err != nil {
		b.w.t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "noroshi_session", Value: b.cookie})
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		b.w.t.Fatal(err)
	}
	b.w.t.Cleanup(func() { _ = res.Body.Close() })
	same(b.w.t, "type", res.Header.Get("Content-Type"), "text/event-stream")
	return &stream{b.w.t, ctx, bufio.NewReader(res.Body)}
}

// next reads a message that is no ping; ok is false at the end of the stream.
func (s *stream) next() (name string, data map[string]int, ok bool) {
	s.t.Helper()
	for {
		name, text, ok := s.message()
		if !ok {
			return "", nil, false
		}
		if name == "ping" {
			continue
		}
		if err := json.Unmarshal([]byte(text), &data); err != nil {
			s.t.Fatal(err)
		}
		return name, data, true
	}
}

func (s *stream) message() (name, data string, ok bool) {
	for {
		line, err := s.body.ReadString('\n')
		if s.ctx.Err() != nil {
			s.t.Fatal("what was waited for did not come within 20 s")
		}
		if err != nil {
			return "", "", false
		}
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "":
			return name, data, true
		case strings.HasPrefix(line, "event: "):
			name = line[7:]
		case strings.HasPrefix(line, "data: "):
			data = line[6:]
		}
	}
}

func TestLiveTellsOfTheScopeAlone(t *testing.T) {
	w := newWorld(t)
	mine, all, narrowed := w.as("analyst-alpha").live("/live"), w.as("root").live("/live"), w.as("root").live("/live?tenant=bravo")
	for _, s := range []*stream{mine, all, narrowed} {
		if name, data, _ := s.message(); name != "ping" || data != "{}" {
			t.Errorf("the first message is %s %s", name, data)
		}
	}
	w.broker.Publish(api.Change{Tenant: w.b.id, Of: api.ItemsChanged, New: 7})
	w.broker.Publish(api.Change{Tenant: w.a.id, Of: api.IncidentsChanged, New: 1, Changed: 2})
	f := func(s *stream, want string) {
		t.Helper()
		name, data, _ := s.next()
		same(t, "message", []any{name, data}, want)
	}
	f(mine, "[incidents map[changed:2 new:1]]")
	f(narrowed, "[items map[changed:0 new:7]]")
	sum := map[string]int{}
	for range 2 { // in either order
		name, data, _ := all.next()
		sum[name] += data["new"]
	}
	same(t, "sum", sum, "map[incidents:1 items:7]")
}

// A reader that does not read costs nothing and misses nothing: what it was not told is summed up.
func TestLiveSumsUpForSlowReaders(t *testing.T) {
	w := newWorld(t)
	s := w.as("analyst-alpha").live("/live")
	s.message()
	for range 100_000 {
		w.broker.Publish(api.Change{Tenant: w.a.id, Of: api.ItemsChanged, New: 1, Changed: 2})
	}
	news, changed := 0, 0
	for news < 100_000 {
		_, data, ok := s.next()
		if !ok {
			t.Fatal("the stream has ended")
		}
		news, changed = news+data["new"], changed+data["changed"]
	}
	same(t, "told", []int{news, changed}, "[100000 200000]")
}

// Judging tells everybody who looks at the queue.
func TestLiveTellsOfJudgements(t *testing.T) {
	w := newWorld(t)
	s := w.as("admin-alpha").live("/live")
	s.message()
	w.as("analyst-alpha").want(200, nil, "POST", "/items/"+w.a.items[1].ID+"/judgement", map[string]any{"verdict": "test"})
	name, data, _ := s.next()
	same(t, "message", []any{name, data}, "[items map[changed:1 new:0]]")
}

// A stream ends with the session that opened it, not when its reader likes.
func TestLiveEndsWithTheSession(t *testing.T) {
	w := newWorld(t, func(d *api.Deps) { d.PingEvery = time.Millisecond })
	me := w.as("analyst-alpha")
	s := me.live("/live")
	s.message()
	me.want(204, nil, "DELETE", "/session", nil)
	for range 10_000 { // pings that were on their way
		if _, _, ok := s.message(); !ok {
			return
		}
	}
	t.Error("the stream goes on after the session ended")
}

func TestLiveEndsWithTheBroker(t *testing.T) {
	w := newWorld(t)
	s := w.as("analyst-alpha").live("/live")
	s.message()
	w.broker.Close()
	if _, _, ok := s.next(); ok {
		t.Error("a message came after the broker was closed")
	}
}
