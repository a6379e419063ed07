package ingest

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// Pattern is where HTTP is to be mounted.
const Pattern = "/api/v1/ingest/{source}"

// HTTPOptions say what an HTTP door works with. All but Limits, Now and Logger are needed.
type HTTPOptions struct {
	Registry *Registry
	Headers  HeaderStore
	Log      Appender
	Meter    *Meter
	Limits   Limits
	Now      func() time.Time // nil is time.Now
	Logger   *slog.Logger     // nil discards
}

// HTTP takes records by POST. It answers when they are in the log: 200 with how many, or 207 when some of them could not be read and were kept as they are.
// Everything else is told as RFC 9457 problem with a stable code. Mount it on Pattern; it is safe for concurrent use.
type HTTP struct {
	HTTPOptions
	headers *headers
}

// NewHTTP makes the door.
func NewHTTP(opts HTTPOptions) *HTTP {
	opts.Limits = opts.Limits.withDefaults()
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	return &HTTP{HTTPOptions: opts, headers: &headers{store: opts.Headers, known: map[headerOf]string{}}}
}

// ServeHTTP takes one request.
func (h *HTTP) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call, refusal := h.admit(r)
	if refusal != nil {
		h.refuse(w, call, refusal)
		return
	}
	defer h.Meter.inFlight.Add(-call.weight)
	if err := call.run(r.Context()); err != nil {
		h.refuse(w, call, h.explain(call, err))
		return
	}
	status := http.StatusOK
	if call.answer.Bad > 0 {
		status = http.StatusMultiStatus
	}
	writeJSON(w, status, "application/json", &call.answer)
}

// call is one request under way.
type call struct {
	door     *HTTP
	source   *source.Known
	peer     string
	key      string
	stream   string
	encoding string
	layout   layout
	body     *body
	weight   int64 // what the request may hold in memory
	answer   answer
}

// admit decides on a request before its body is read. The call that comes with a refusal knows only whose it is.
func (h *HTTP) admit(r *http.Request) (*call, *refusal) {
	c := &call{door: h, peer: hostOf(r.RemoteAddr), key: r.Header.Get("Idempotency-Key"), stream: r.URL.Query().Get("stream")}
	if r.Method != http.MethodPost {
		return c, &refusal{Status: http.StatusMethodNotAllowed, Code: "method", Detail: "records are sent by POST", reason: RefusedRequest}
	}
	if refused := h.authenticate(r, c); refused != nil {
		return c, refused
	}
	if c.source.Off {
		return c, &refusal{Status: http.StatusForbidden, Code: "source_off", Detail: "source " + c.source.ID + " is switched off", reason: RefusedOff}
	}
	if refused := c.understand(r); refused != nil {
		return c, refused
	}
	limit := wireLimit(c.encoding, h.Limits)
	if r.ContentLength > limit {
		return c, tooLarge(fmt.Sprintf("the body has %d bytes, at most %d are taken", r.ContentLength, limit))
	}
	if !h.reserve(c, r.ContentLength) {
		return c, &refusal{Status: http.StatusTooManyRequests, Code: "busy", Detail: "too many requests at once", retry: 1, reason: RefusedBusy}
	}
	c.body = openBody(r.Body, c.encoding, h.Limits)
	return c, nil
}

// authenticate tells an unknown source from a wrong token neither in its answer nor by its time.
func (h *HTTP) authenticate(r *http.Request, c *call) *refusal {
	token := r.Header.Get("X-Noroshi-Token")
	if scheme, bearer, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		token = strings.TrimSpace(bearer)
	}
	want := [32]byte{}
	k, known := h.Registry.ByID(r.PathValue("source"))
	if known {
		want = k.TokenHash
	}
	got := sha256.Sum256([]byte(token))
	if subtle.ConstantTimeCompare(got[:], want[:]) != 1 || !known || token == "" {
		return &refusal{Status: http.StatusUnauthorized, Code: "bad_token", Detail: "the token is missing, or it is not this source's", reason: RefusedToken}
	}
	c.source = k
	return nil
}

// understand reads what the request says of its body.
func (c *call) understand(r *http.Request) *refusal {
	var ok bool
	if c.encoding, ok = encodingOf(r.Header.Get("Content-Encoding")); !ok {
		return &refusal{
			Status: http.StatusUnsupportedMediaType, Code: "encoding", reason: RefusedRequest,
			Detail: fmt.Sprintf("Content-Encoding %q: want gzip, zstd or identity", r.Header.Get("Content-Encoding")),
		}
	}
	if c.layout, ok = layoutOf(r.Header.Get("Content-Type")); !ok {
		return &refusal{
			Status: http.StatusUnsupportedMediaType, Code: "content_type", reason: RefusedRequest,
			Detail: fmt.Sprintf("Content-Type %q: want application/x-ndjson, application/json or text/plain", r.Header.Get("Content-Type")),
		}
	}
	if len(c.key) > 128 {
		return &refusal{Status: http.StatusBadRequest, Code: "key", Detail: "the Idempotency-Key is longer than 128 bytes", reason: RefusedRequest}
	}
	if len(c.stream) > 128 {
		return &refusal{Status: http.StatusBadRequest, Code: "stream", Detail: "the name of the stream is longer than 128 bytes", reason: RefusedRequest}
	}
	return nil
}

// reserve takes a request's share of the memory that all may hold: its batch, the encoded form of that, and what the decoder needs. A short body
// is expected to hold less; log lines seldom shrink to less than a 64th.
func (h *HTTP) reserve(c *call, length int64) bool {
	weight, growth := int64(2*h.Limits.BatchBytes+h.Limits.Record), int64(64)
	switch c.encoding {
	case "":
		growth = 3
	case "zstd":
		weight += zstdWindow
	}
	if length >= 0 {
		weight = min(weight, growth*length+4*windowSize)
	}
	if h.Meter.inFlight.Add(weight) > h.Limits.InFlight {
		h.Meter.inFlight.Add(-weight)
		return false
	}
	c.weight = weight
	return true
}

// run takes the body apart and puts it into the log, batch by batch.
func (c *call) run(ctx context.Context) error {
	defer func() { c.body.close() }()
	in, as := split(&c.body.decoded, c.layout, c.door.Limits)
	out := &sink{call: c}
	if as == layoutText && hasZeekHeaders(c.source.Format) {
		text, err := c.door.headers.get(ctx, headerOf{c.source.ID, c.stream})
		if err != nil {
			return fmt.Errorf("header in force of source %s: %w", c.source.ID, err)
		}
		out.zeek, out.saved = parseZeekHeader(text), text
	}
	for {
		r, err := in.next()
		switch {
		case err == nil:
			if err := out.add(ctx, r); err != nil {
				return err
			}
		case errors.Is(err, io.EOF):
			return out.finish(ctx)
		case c.body.broken(err):
			if err := out.add(ctx, c.body.damage(r, c.encoding, err)); err != nil {
				return err
			}
			return out.finish(ctx)
		default:
			return fmt.Errorf("%w: %w", errBody, err)
		}
	}
}

// errBody says that the rest of a body cannot be had; what was not yet in the log is left out, so that the same body sent again makes the same batches.
var errBody = errors.New("body")

// explain turns what went wrong into an answer.
func (h *HTTP) explain(c *call, err error) *refusal {
	switch {
	case errors.Is(err, errTooLarge), errors.Is(c.body.wire.err, errTooLarge):
		return tooLarge(fmt.Sprintf("at most %d bytes as sent and %d decoded are taken", wireLimit(c.encoding, h.Limits), h.Limits.Decoded))
	case errors.Is(err, errBody):
		return &refusal{Status: http.StatusBadRequest, Code: "cut", Detail: "the body ended before its end: " + err.Error(), reason: RefusedCut}
	case isFull(err):
		h.Logger.Error("the log is full: records are refused", "source", c.source.ID, "reason", err)
		return &refusal{Status: http.StatusServiceUnavailable, Code: "log_full", Detail: "there is no room for more records; an administrator must make some", retry: 30, reason: RefusedFull}
	case isBusy(err):
		return &refusal{Status: http.StatusTooManyRequests, Code: "busy", Detail: "more comes in than can be written", retry: 2, reason: RefusedBusy}
	}
	h.Logger.Error("records could not be kept", "source", c.source.ID, "reason", err)
	return &refusal{Status: http.StatusServiceUnavailable, Code: "unavailable", Detail: "the records could not be kept", retry: 5, reason: RefusedFailed}
}

func tooLarge(detail string) *refusal {
	return &refusal{Status: http.StatusRequestEntityTooLarge, Code: "too_large", Detail: detail, reason: RefusedTooLarge}
}

func hostOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	return host
}
