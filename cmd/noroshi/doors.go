package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/ingest"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/state"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// doors are all through which telemetry comes in, and what they know of sources.
type doors struct {
	registry *ingest.Registry
	meter    *ingest.Meter
	http     *ingest.HTTP
	syslog   *ingest.Syslog
}

func (a *app) openDoors(ctx context.Context) error {
	d := &doors{registry: ingest.NewRegistry(a.records, a.log), meter: ingest.NewMeter(time.Now)}
	if err := d.registry.Refresh(ctx); err != nil {
		return err
	}
	c := a.config.Ingest
	limits := ingest.Limits{Compressed: c.MaxBodyBytes, Decoded: c.MaxDecodedBytes, Record: int(c.MaxRecordBytes), InFlight: c.MaxInFlightBytes}
	d.http = ingest.NewHTTP(ingest.HTTPOptions{Registry: d.registry, Headers: a.records, Log: a.bus, Meter: d.meter, Limits: limits, Logger: a.log})
	a.doors = d
	return nil
}

// listenSyslog opens the syslog ports, when everything behind them runs.
func (a *app) listenSyslog(ctx context.Context) (err error) {
	host, _, err := net.SplitHostPort(a.config.Listen)
	if err != nil {
		return err
	}
	if common, _, err := net.SplitHostPort(a.config.Syslog.Listen); err == nil {
		host = common
	}
	a.doors.syslog, err = ingest.ListenSyslog(ctx, ingest.SyslogOptions{
		Registry: a.doors.registry, Log: a.bus, Meter: a.doors.meter, Common: a.config.Syslog.Listen, Host: host, Logger: a.log,
	})
	return err
}

// refresh lets the doors know of changed sources.
func (d *doors) refresh(ctx context.Context) error {
	if err := d.registry.Refresh(ctx); err != nil {
		return err
	}
	if d.syslog != nil {
		d.syslog.Refresh(ctx)
	}
	return nil
}

// free refuses a port or a network that another source has: syslog tells senders apart by nothing else.
func (d *doors) free(of *source.Source) error {
	if other, ok := d.registry.ByPort(of.Port); ok && of.Port != 0 && other.ID != of.ID {
		return source.ErrTaken
	}
	for _, p := range of.Senders {
		other, ok := d.registry.ByAddress(p.Addr())
		if ok && other.ID != of.ID && slices.Contains(other.Senders, p) {
			return source.ErrTaken
		}
	}
	return nil
}

// close ends listening; what was read is written first.
func (d *doors) close(ctx context.Context) error {
	if d.syslog == nil {
		return nil
	}
	return d.syslog.Close(ctx)
}

// register shows the doors' counts as metrics.
func (d *doors) register(r *prometheus.Registry) {
	total := func(read func(ingest.Totals) uint64) func() int64 {
		return func() int64 { return int64(read(d.meter.Totals())) } //nolint:gosec // a count
	}
	counter(r, "noroshi_records_received_total", "Records taken in and durable in the log.", total(func(t ingest.Totals) uint64 { return t.Records }))
	counter(r, "noroshi_bytes_received_total", "Bytes of those records as sent.", total(func(t ingest.Totals) uint64 { return t.Bytes }))
	counter(r, "noroshi_records_bad_total", "Of those, records that the door found damaged and kept as they are.", total(func(t ingest.Totals) uint64 { return t.Bad }))
	for _, reason := range []string{
		ingest.RefusedToken, ingest.RefusedOff, ingest.RefusedRequest, ingest.RefusedTooLarge, ingest.RefusedBusy, ingest.RefusedFull, ingest.RefusedFailed,
		ingest.RefusedCut, ingest.RefusedSender, ingest.RefusedConnections, ingest.LostUDP, ingest.LostShutdown,
	} {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "noroshi_refused_total", Help: "Requests, connections and datagrams refused or lost, by reason.", ConstLabels: prometheus.Labels{"reason": reason},
		}, func() float64 { return float64(d.meter.Totals().Refused[reason]) }))
	}
	counter(r, "noroshi_udp_kernel_drops_total", "Datagrams that the system threw away before they were read.", func() int64 {
		if d.syslog == nil {
			return 0
		}
		return int64(d.syslog.KernelDrops()) //nolint:gosec // a count
	})
}

// sourceChanges is the API's face to sources: a change is kept, then told to the doors, so that it is in force when the answer goes out.
type sourceChanges struct {
	*state.State
	doors *doors
}

// CreateSource implements api.Sources.
func (s *sourceChanges) CreateSource(ctx context.Context, of source.Source, tokenHash [32]byte) error {
	if err := s.doors.free(&of); err != nil {
		return err
	}
	return s.then(ctx, s.State.CreateSource(ctx, of, tokenHash))
}

// UpdateSource implements api.Sources.
func (s *sourceChanges) UpdateSource(ctx context.Context, scope tenant.Scope, of source.Source) error {
	if err := s.doors.free(&of); err != nil {
		return err
	}
	return s.then(ctx, s.State.UpdateSource(ctx, scope, of))
}

// SetToken implements api.Sources.
func (s *sourceChanges) SetToken(ctx context.Context, scope tenant.Scope, id string, tokenHash [32]byte) error {
	return s.then(ctx, s.State.SetToken(ctx, scope, id, tokenHash))
}

func (s *sourceChanges) then(ctx context.Context, err error) error {
	if err != nil {
		return err
	}
	if err := s.doors.refresh(ctx); err != nil {
		return fmt.Errorf("the change is kept, and in force after a restart: %w", err)
	}
	return nil
}

// mayReadMetrics lets this machine in, and administrators with their token.
func (a *app) mayReadMetrics(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsLoopback() && r.Header.Get("X-Forwarded-For") == "" {
		return true
	}
	secret, ok := bearer(r)
	if !ok {
		return false
	}
	caller, err := a.gate.Caller(r.Context(), secret)
	return err == nil && caller.May(auth.Administrator)
}

func bearer(r *http.Request) (string, bool) {
	const scheme = "Bearer "
	h := r.Header.Get("Authorization")
	if len(h) <= len(scheme) || h[:len(scheme)] != scheme {
		return "", false
	}
	return h[len(scheme):], true
}
