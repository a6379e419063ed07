package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// liveWriteTimeout is how long a reader of the live stream may keep it from being written.
const liveWriteTimeout = 10 * time.Second

type liveInput struct {
	Narrow
}

func (a *api) live() {
	op := route(http.MethodGet, "/live", "live", "Live stream (server-sent events): `items`, `incidents` and `rules` with {new,changed}, `ping` with {}. "+
		"What happened before the stream began is not told: a reader loads afresh whenever it has connected.", "live")
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The stream",
		Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	register(a, people, op, a.streamLive)
}

func (a *api) streamLive(ctx context.Context, c *auth.Caller, in *liveInput) (*huma.StreamResponse, error) {
	scope, err := in.scope(c)
	if err != nil {
		return nil, err
	}
	sub, err := a.Broker.subscribe(scope)
	if err != nil {
		return nil, problem(http.StatusTooManyRequests, "too_many", err.Error())
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer a.Broker.leave(sub)
		_, w := humago.Unwrap(hc)
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("X-Accel-Buffering", "no")
		w.WriteHeader(http.StatusOK)
		a.feed(ctx, w, sub, in.Narrow)
	}}, nil
}

// feed writes what changes until the reader leaves, reads too slowly, or may not read any more.
func (a *api) feed(ctx context.Context, w http.ResponseWriter, sub *subscriber, narrow Narrow) {
	tick := time.NewTicker(a.PingEvery)
	defer tick.Stop()
	if write(w, "ping", struct{}{}) != nil {
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.Broker.closed:
			return
		case <-sub.wake:
			for of, counts := range sub.take() {
				if write(w, string(of), counts) != nil {
					return
				}
			}
		case <-tick.C:
			scope, err := a.still(ctx, narrow)
			if err != nil {
				return
			}
			sub.narrow(scope)
			if write(w, "ping", struct{}{}) != nil {
				return
			}
		}
	}
}

// still asks again who the caller is: a session may have ended, or a tenant been taken away, while the stream went on.
func (a *api) still(ctx context.Context, narrow Narrow) (tenant.Scope, error) {
	c, err := a.Gate.Caller(ctx, visitOf(ctx).secret)
	if err != nil {
		return tenant.Scope{}, err
	}
	return narrow.scope(&c)
}

func write(w http.ResponseWriter, name string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	control := http.NewResponseController(w)
	if err := control.SetWriteDeadline(time.Now().Add(liveWriteTimeout)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, body); err != nil {
		return err
	}
	return control.Flush()
}
