package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/config"
	"github.com/noroshi-soc/noroshi/internal/exercise"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/state"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

const (
	demoScenario = "scenarios/emotet_day.yml"
	demoTenant   = "demo"
	demoUser     = "admin"
	demoSlice    = 10 * time.Minute // of the day, sent at once
)

// demoNote is what a data folder keeps of its demo, so that a broken-off one goes on where it stopped and the password can be shown again.
type demoNote struct {
	Scenario string            `json:"scenario"`
	Start    time.Time         `json:"start"`
	User     string            `json:"user"`
	Password string            `json:"password"`
	Tokens   map[string]string `json:"tokens"` // source → token
	Done     bool              `json:"done"`
}

// demoPlay sends the scenario's lines through the real doors.
type demoPlay struct {
	note     demoNote
	file     string
	scenario *exercise.Scenario
	log      *slog.Logger
}

// prepareDemo returns what is to be played or has been played into this folder; nil when the folder is in real use or no demo is wanted.
func prepareDemo(ctx context.Context, c config.Config, wanted bool, log *slog.Logger) (*demoPlay, error) {
	p := &demoPlay{file: filepath.Join(c.Data, "demo.json"), log: log}
	data, err := os.ReadFile(p.file)
	fresh := errors.Is(err, fs.ErrNotExist)
	switch {
	case err == nil:
		if err := json.Unmarshal(data, &p.note); err != nil {
			return nil, fmt.Errorf("%s: %w", p.file, err)
		}
	case !fresh:
		return nil, err
	case !wanted:
		return nil, nil
	default:
		if _, err := os.Stat(recordsFile(c)); err == nil {
			log.Info("the data folder is in use: no demo is played", "data", c.Data)
			return nil, nil
		}
		p.note = demoNote{Scenario: demoScenario, User: demoUser, Tokens: map[string]string{}}
	}
	if p.scenario, err = exercise.LoadFile(content.FS, p.note.Scenario); err != nil {
		return nil, err
	}
	if fresh {
		return p, p.declare(ctx, c)
	}
	return p, nil
}

// declare makes the company, its sources and the administrator in the new folder.
func (p *demoPlay) declare(ctx context.Context, c config.Config) (err error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return err
	}
	records, err := state.Open(ctx, recordsFile(c), state.Options{Log: p.log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	id, err := tenant.ParseID(demoTenant)
	if err != nil {
		return err
	}
	of := tenant.Tenant{ID: id, Name: p.scenario.Company.JA, Zone: p.scenario.Zone, Created: time.Now().UTC()}
	for _, s := range p.scenario.Sites {
		of.Sites = append(of.Sites, tenant.Site{ID: s.ID, Name: s.JA})
	}
	if err := records.CreateTenant(ctx, of); err != nil {
		return err
	}
	for _, s := range p.scenario.Sources {
		token := newToken()
		p.note.Tokens[s.Name] = token
		err := records.CreateSource(ctx, source.Source{
			ID: s.Name, Tenant: id, Site: s.Site, Name: s.Name, Format: source.Format(s.Format), Zone: orElse(s.Zone, "UTC"), Created: time.Now().UTC(),
		}, sha256.Sum256([]byte(token)))
		if err != nil {
			return err
		}
	}
	gate := auth.NewGate(records, records, time.Now, p.log)
	admin := auth.Person{Name: demoUser, DisplayName: "管理者", Role: auth.Administrator, AllTenants: true}
	if _, p.note.Password, err = gate.CreatePerson(ctx, auth.Local(), admin, "", "local"); err != nil {
		return err
	}
	p.note.Start = time.Now().UTC().Add(-p.scenario.Duration()).Truncate(time.Second)
	return p.keep()
}

func newToken() string {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func (p *demoPlay) keep() error {
	data, err := json.MarshalIndent(p.note, "", "  ")
	if err != nil {
		return err
	}
	return writeDurably(p.file, append(data, '\n'))
}

func (p *demoPlay) describe() string {
	if p.note.Done {
		return "This folder holds the demo: " + p.scenario.TitleJA + " / " + p.scenario.TitleEN
	}
	return "Playing the demo: " + p.scenario.TitleJA + " / " + p.scenario.TitleEN + "\n" + p.scenario.SummaryJA + "\n" + p.scenario.SummaryEN
}

// run sends the day in order of time, a slice at once, each source's part under its own key: sent again after a crash, nothing is told twice.
func (p *demoPlay) run(ctx context.Context, a *app) {
	if p.note.Done {
		return
	}
	began, lines := time.Now(), 0
	slice := map[string]*bytes.Buffer{}
	var order []string
	var until time.Time
	n := 0
	for line := range p.scenario.Generate(p.note.Start, 1) {
		if line.At.After(until) {
			if err := p.send(ctx, a, n, order, slice); err != nil {
				p.log.Error("demo broke off; it goes on at the next start", "error", err)
				return
			}
			n, order = n+1, nil
			clear(slice)
			until = line.At.Add(demoSlice)
		}
		if slice[line.Source] == nil {
			slice[line.Source] = &bytes.Buffer{}
			order = append(order, line.Source)
		}
		slice[line.Source].Write(line.Bytes)
		slice[line.Source].WriteByte('\n')
		lines++
	}
	err := p.send(ctx, a, n, order, slice)
	if err == nil {
		p.note.Done = true
		err = p.keep()
	}
	p.log.Info("demo is sent", "lines", lines, "took", time.Since(began).Round(time.Millisecond).String(), "error", err)
}

func (p *demoPlay) send(ctx context.Context, a *app, n int, order []string, slice map[string]*bytes.Buffer) error {
	for _, name := range order {
		if err := p.post(ctx, a, name, fmt.Sprintf("demo-%d", n), slice[name].Bytes()); err != nil {
			return fmt.Errorf("source %s: %w", name, err)
		}
	}
	return nil
}

// post sends one body through the HTTP door, waiting as long as the server asks.
func (p *demoPlay) post(ctx context.Context, a *app, name, key string, body []byte) error {
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.localURL()+"/api/v1/ingest/"+name, bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+p.note.Tokens[name])
		req.Header.Set("Idempotency-Key", key)
		resp, err := a.localClient().Do(req)
		if err != nil {
			return err
		}
		answer, _ := io.ReadAll(io.LimitReader(resp.Body, 4096)) // only for the message
		_ = resp.Body.Close()
		switch resp.StatusCode {
		case http.StatusOK, http.StatusMultiStatus:
			return nil
		case http.StatusTooManyRequests:
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Second):
			}
		default:
			return fmt.Errorf("answered %s: %s", resp.Status, bytes.TrimSpace(answer))
		}
	}
}
