package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/api"
	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/bus"
	"github.com/noroshi-soc/noroshi/internal/config"
	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/ingest"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/pipeline"
	"github.com/noroshi-soc/noroshi/internal/report"
	"github.com/noroshi-soc/noroshi/internal/state"
	"github.com/noroshi-soc/noroshi/internal/store/duckdb"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// app is a whole Noroshi in one process. Its parts are started in the order of the fields and stopped in reverse.
type app struct {
	config   config.Config
	log      *slog.Logger
	records  *state.State  // people, sources, alerts, items, incidents: SQLite
	bus      *bus.Log      // batches, durable: JetStream
	events   *duckdb.Store // events: DuckDB
	pipeline *pipeline.Pipeline
	rulebook *rulebook // the rules that it runs, and how they are changed
	doors    *doors    // HTTP and syslog
	gate     *auth.Gate
	broker   *api.Broker
	server   *http.Server
	listener net.Listener
	demo     bool

	stops []func(context.Context) error
}

// open builds everything; nothing is taken in before run.
func open(ctx context.Context, c config.Config, log *slog.Logger, demo bool) (_ *app, err error) {
	a := &app{config: c, log: log, demo: demo}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	for _, part := range []func(context.Context) error{a.openRecords, a.openBus, a.openEvents, a.openPipeline, a.openDoors, a.openServer} {
		if err := part(ctx); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *app) onStop(f func(context.Context) error) { a.stops = append(a.stops, f) }

func (a *app) openRecords(ctx context.Context) (err error) {
	if a.records, err = state.Open(ctx, recordsFile(a.config), state.Options{Log: a.log}); err != nil {
		return err
	}
	a.onStop(func(context.Context) error { return a.records.Close() })
	a.gate = auth.NewGate(a.records, a.records, time.Now, a.log)
	return nil
}

func (a *app) openBus(ctx context.Context) (err error) {
	b := a.config.Bus
	a.bus, err = bus.Open(ctx, bus.Options{
		Dir: logDir(a.config), Partitions: b.Partitions, KeepAtLeast: time.Duration(b.KeepHours) * time.Hour, MaxBytes: b.MaxBytes, Logger: a.log,
	})
	if err != nil {
		return err
	}
	a.onStop(a.bus.Close)
	return nil
}

func (a *app) openEvents(ctx context.Context) (err error) {
	a.events, err = duckdb.Open(ctx, eventsFile(a.config), duckdb.Options{
		MemoryLimit: a.config.Store.MemoryLimit, Threads: a.config.Store.Threads, Logger: a.log,
	})
	if err != nil {
		return err
	}
	a.onStop(func(context.Context) error { return a.events.Close() })
	return nil
}

func (a *app) openPipeline(ctx context.Context) error {
	normalizer, err := normalize.New(content.FS)
	if err != nil {
		return err
	}
	routes, err := detect.LoadRoutes(content.FS)
	if err != nil {
		return err
	}
	set, err := loadRules(a.config.Rules.Starter, a.config.Rules.Path)
	if err != nil {
		return err
	}
	a.broker = api.NewBroker()
	a.pipeline, err = pipeline.New(ctx, pipeline.Deps{
		Log: busLog{a.bus}, Normalizer: normalizer, Routes: routes, Rules: set, Store: a.events, Records: a.records, RuleSets: a.records,
		Changed: func(c pipeline.Change) { publish(a.broker, c) }, RulesChanged: func() { a.broker.Publish(api.Change{Of: api.RulesChanged, Changed: 1}) },
		MaxEvaluation: a.config.Rules.EvaluationBound(), Damaged: damagedIn(a.config.Data), Logger: a.log,
	})
	if err != nil {
		return err
	}
	a.rulebook = &rulebook{config: a.config.Rules, pipeline: a.pipeline, log: a.log}
	for _, refused := range a.pipeline.Rules().Refused {
		a.log.Warn("rule refused", "error", refused)
	}
	return nil
}

func (a *app) openServer(context.Context) (err error) {
	c := a.config
	handler := api.New(api.Deps{
		Gate: a.gate, Tenants: a.records, Sources: &sourceChanges{a.records, a.doors}, Health: &health{events: a.events, meter: a.doors.meter, sources: a.records, now: time.Now},
		Alerts: a.records, Trends: a.records, Incidents: a.records, Events: a.events,
		Rules: a.rulebook, RuleStats: a.records, Teller: report.Teller{}, Broker: a.broker,
		NewTenantID: tenant.ParseID, Now: time.Now, Log: a.log, Version: version, Demo: a.demo, SyslogPort: portOf(c.Syslog.Listen),
		SecureCookie: c.TLS.Cert != "" || len(c.URL) > 8 && c.URL[:8] == "https://",
	})
	mux := http.NewServeMux()
	mux.Handle(api.Prefix+"/", handler)
	mux.Handle(ingest.Pattern, a.doors.http)
	mux.HandleFunc("GET /healthz", a.healthz)
	mux.HandleFunc("GET /readyz", a.readyz)
	mux.Handle("GET /metrics", a.metrics())
	mux.Handle("/", consoleHandler())
	a.server = &http.Server{
		Handler: inTime(mux), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
	if a.listener, err = net.Listen("tcp", c.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	a.onStop(func(context.Context) error { _ = a.listener.Close(); return nil }) // the server closes it too
	return nil
}

// portOf is the port of HOST:PORT; 0 for "".
func portOf(listen string) int {
	_, text, err := net.SplitHostPort(listen)
	if err != nil {
		return 0
	}
	port, _ := net.LookupPort("tcp", text) // 0 when it is none
	return port
}

// bodyWithin is how long a sender may take over one request's body: long enough for a slow line, not for ever.
const bodyWithin = 5 * time.Minute

// inTime bounds the reading of bodies, and only that: the live stream may go on.
func inTime(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyWithin)) // every connection of ours can
		}
		next.ServeHTTP(w, r)
	})
}

// stopWithin is how long each part may take to finish what it has begun.
const stopWithin = 10 * time.Second

// run serves until ctx ends or a part fails, then stops: first the doors, then what they feed.
func (a *app) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	worked := make(chan error, 1)
	go func() {
		err := a.pipeline.Run(working)
		if err != nil {
			cancel(fmt.Errorf("pipeline: %w", err))
		}
		worked <- err
	}()
	if err := a.listenSyslog(working); err != nil {
		cancel(err)
	}
	go func() {
		if err := a.serve(); !errors.Is(err, http.ErrServerClosed) {
			cancel(fmt.Errorf("server: %w", err))
		}
	}()
	go a.watch(working)
	go a.reloadOnHangup(working)
	<-ctx.Done()
	a.log.Info("stopping")
	began := time.Now()
	err := a.stopDoors()
	a.log.Info("nothing is taken in any more", "after", time.Since(began).Round(time.Millisecond).String())
	stopWork()
	<-worked
	cause := context.Cause(ctx)
	if errors.Is(cause, context.Canceled) {
		cause = nil
	}
	err = errors.Join(cause, err, a.close())
	a.log.Info("stopped", "after", time.Since(began).Round(time.Millisecond).String())
	return err
}

// stopDoors ends HTTP and syslog side by side. A request that takes longer is cut off: its sender has no answer and sends again.
func (a *app) stopDoors() error {
	ending, done := context.WithTimeout(context.Background(), stopWithin)
	defer done()
	a.broker.Close()
	syslog := make(chan error, 1)
	go func() { syslog <- a.doors.close(ending) }()
	err := a.server.Shutdown(ending)
	if errors.Is(err, context.DeadlineExceeded) {
		a.log.Warn("requests that were still under way are cut off", "after", stopWithin.String())
		err = a.server.Close()
	}
	return errors.Join(err, <-syslog)
}

func (a *app) serve() error {
	if t := a.config.TLS; t.Cert != "" {
		return a.server.ServeTLS(a.listener, t.Cert, t.Key)
	}
	return a.server.Serve(a.listener)
}

// watch keeps the lag of the metrics current.
func (a *app) watch(ctx context.Context) {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		if _, err := a.pipeline.CaughtUp(ctx); err != nil && ctx.Err() == nil {
			a.log.Debug("lag", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// close stops what open started, in reverse.
func (a *app) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var errs []error
	for _, stop := range slices.Backward(a.stops) {
		errs = append(errs, stop(ctx))
	}
	a.stops = nil
	return errors.Join(errs...)
}

func (a *app) healthz(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) }

// readyz answers 503 with the reason while events cannot be stored.
func (a *app) readyz(w http.ResponseWriter, _ *http.Request) {
	if reason := a.pipeline.Blocked(); reason != "" {
		http.Error(w, "waiting: "+reason, http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}

// metrics answers to this machine, and to administrators with their token.
func (a *app) metrics() http.Handler {
	registry := newMetrics(a.pipeline.Stats())
	registerRules(registry, a.pipeline.Rules)
	registerCorrelations(registry, a.pipeline.Correlations)
	a.doors.register(registry)
	handler := promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.mayReadMetrics(r) {
			http.Error(w, "metrics are for this machine, or for an administrator's token", http.StatusForbidden)
			return
		}
		handler.ServeHTTP(w, r)
	})
}
