package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/internal/alert"
	"github.com/noroshi-soc/noroshi/internal/incident"
	"github.com/noroshi-soc/noroshi/internal/state"
	"github.com/noroshi-soc/noroshi/internal/store"
	"github.com/noroshi-soc/noroshi/internal/store/duckdb"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// kills is how often the server is killed: few in `make test`, more in `make prove`.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("NOROSHI_TEST_KILLS")); err == nil {
		return n
	}
	return 3
}

// sender sends batches of Windows events without pause, each under its own key, and repeats a batch until it was acknowledged.
type sender struct {
	source, token, host string
	acknowledged        int
	resent              int
}

// attackEvery is how many harmless records lie between two that rules find.
const attackEvery = 25

func (c *sender) body(batch, size int, base time.Time) string {
	var b strings.Builder
	for i := range size {
		n := batch*size + i
		at := base.Add(time.Duration(n) * 40 * time.Millisecond).Format("2006-01-02 15:04:05.000")
		command := fmt.Sprintf(`C:\\Windows\\System32\\notepad.exe C:\\work\\%d.txt`, n)
		image := `C:\\Windows\\System32\\notepad.exe`
		parent := `C:\\Windows\\explorer.exe`
		if n%attackEvery == 0 {
			image, parent = `C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`, `C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE`
			command = fmt.Sprintf(`powershell.exe -NoP -W Hidden -Enc JABzAD0AJABlAG4AdgA6AFQARQBNAFAAKwAiAFwAcQA4AC4AZABsAGwAIgA7AGYAbwByAGUA%d`, n)
		}
		if kind := n % attackEvery; kind == 7 || kind == 8 && n%500 == 8 { // refused sign-ins, and now and then one that succeeds: only correlations tell of them
			fmt.Fprintf(&b, `{"UtcTime":"%s","Channel":"Security","SourceName":"Microsoft-Windows-Security-Auditing","EventID":%d,"Hostname":"%s-dc","TargetUserName":"admin","IpAddress":"10.9.9.9","LogonType":"3","RecordNumber":%d}`+"\n",
				at, 4625-(kind-7), c.host, n)
			continue
		}
		fmt.Fprintf(&b, `{"UtcTime":"%s","Channel":"Microsoft-Windows-Sysmon/Operational","Provider_Name":"Microsoft-Windows-Sysmon","EventID":1,"Computer":"%s-%d.example","User":"AOI\\user%d","Image":"%s","ParentImage":"%s","CommandLine":"%s","RecordNumber":%d}`+"\n",
			at, c.host, n%3, n%5, image, parent, command, n)
	}
	return b.String()
}

func (c *sender) run(ctx context.Context, url func() string, base time.Time) {
	const size = 100
	for batch := 0; ctx.Err() == nil; batch++ {
		body := c.body(batch, size, base)
		for try := 0; ; try++ {
			ok := c.try(url(), fmt.Sprintf("b%d", batch), body)
			if ok {
				c.acknowledged += size
				break
			}
			c.resent++
			time.Sleep(20 * time.Millisecond) // the server is down: there is nothing to wait on but its port
		}
	}
}

func (c *sender) try(url, key, body string) bool {
	req, err := http.NewRequest(http.MethodPost, url+"/api/v1/ingest/"+c.source, strings.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", "application/x-ndjson")
	req.Header.Set("Idempotency-Key", key)
	resp, err := (&http.Client{Timeout: 20 * time.Second}).Do(req)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// TestKillAnytime kills the server at random points while two customers' senders send, and then compares what is stored with what was acknowledged,
// and with an unkilled replay of the same finished log into empty stores.
func TestKillAnytime(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	s := start(t, data)
	s.administrator()
	base := time.Now().UTC().Add(-2 * time.Hour)
	var senders []*sender
	for _, owner := range []string{"aoi", "beni"} {
		s.verb("tenant", "create", owner)
		senders = append(senders, &sender{source: owner + "-win", token: s.source(owner, owner+"-win", "windows"), host: owner})
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	address := s.url
	var wg sync.WaitGroup
	for _, c := range senders {
		wg.Go(func() { c.run(ctx, func() string { return address }, base) })
	}
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // a seed
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // points of killing
	for range kills() {
		time.Sleep(time.Duration(300+random.IntN(1500)) * time.Millisecond) // the random point
		s.kill()
		s.again()
	}
	cancel()
	wg.Wait()
	acknowledged := 0
	for _, c := range senders {
		t.Logf("%s: %d records acknowledged, %d batches sent again", c.source, c.acknowledged, c.resent)
		acknowledged += c.acknowledged
	}
	s.caughtUp(acknowledged)
	for _, c := range senders {
		if got := s.count("q=source:" + c.source); got != c.acknowledged {
			t.Errorf("%s: %d events stored, %d acknowledged", c.source, got, c.acknowledged)
		}
	}
	s.stop()
	replayed := filepath.Join(t.TempDir(), "replayed")
	cli(t, false, nil, "rebuild", "--data", data, "--into", replayed)
	compare(t, kept(t, data), kept(t, replayed), acknowledged)
}

// contents are the ids and ties of everything in a data folder.
type contents struct {
	events    []string
	alerts    []string // with their items
	items     []string
	incidents []string // with their members and reasons
}

func compare(t *testing.T, killed, replayed contents, acknowledged int) {
	t.Helper()
	if diff := cmp.Diff(replayed.alerts, killed.alerts); diff != "" {
		t.Errorf("alerts differ from the replay (-replayed +killed):\n%s", tail(diff, 3000))
	}
	if diff := cmp.Diff(replayed.items, killed.items); diff != "" {
		t.Errorf("items differ from the replay:\n%s", tail(diff, 3000))
	}
	if diff := cmp.Diff(replayed.incidents, killed.incidents); diff != "" {
		t.Errorf("incidents differ from the replay:\n%s", tail(diff, 3000))
	}
	if diff := cmp.Diff(replayed.events, killed.events); diff != "" {
		t.Errorf("events differ from the replay:\n%s", tail(diff, 3000))
	}
	seen := map[string]bool{}
	for _, id := range killed.events {
		if seen[id] {
			t.Errorf("event %s is stored twice", id)
		}
		seen[id] = true
	}
	if len(killed.events) != acknowledged {
		t.Errorf("%d events, %d acknowledged", len(killed.events), acknowledged)
	}
	if len(killed.alerts) < acknowledged/attackEvery || len(killed.incidents) == 0 {
		t.Errorf("%d alerts and %d incidents of %d records: the comparison shows nothing", len(killed.alerts), len(killed.incidents), acknowledged)
	}
	ofMany := slices.ContainsFunc(killed.alerts, func(row string) bool { return strings.Count(row, ",") > 8 })
	if !ofMany {
		t.Error("no correlation told anything: the comparison shows nothing of them")
	}
	t.Logf("%d events, %d alerts, %d items, %d incidents, each once and as replayed", len(killed.events), len(killed.alerts), len(killed.items), len(killed.incidents))
}

func kept(t *testing.T, data string) (out contents) {
	t.Helper()
	ctx := context.Background()
	var ids []tenant.ID
	for _, name := range []string{"aoi", "beni"} {
		id, err := tenant.ParseID(name)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	scope := tenant.NewScope(ids...)
	records, err := state.Open(ctx, filepath.Join(data, "records.db"), state.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer records.Close()
	for offset := 0; ; offset += 1000 {
		items, _, err := records.Items(ctx, scope, alert.Filter{Limit: 1000, Offset: offset})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range items {
			out.items = append(out.items, fmt.Sprint(i.Tenant, i.Number, i.ID, i.First, i.Last, i.Level, i.Incident, i.Alerts))
		}
		if len(items) < 1000 {
			break
		}
	}
	out.alerts = alertRows(t, data)
	incidents, _, err := records.Incidents(ctx, scope, incident.Filter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range incidents {
		whole, err := records.Incident(ctx, scope, in.ID)
		if err != nil {
			t.Fatal(err)
		}
		out.incidents = append(out.incidents, fmt.Sprint(whole.Tenant, whole.Number, whole.ID, whole.First, whole.Last, whole.Title, whole.Members))
	}
	out.events = eventIDs(t, data, scope)
	for _, list := range [][]string{out.events, out.alerts, out.items, out.incidents} {
		slices.Sort(list)
	}
	return out
}

// alertRows reads every alert straight from the file: the contract lists only the newest of an item.
func alertRows(t *testing.T, data string) (out []string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "records.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), "SELECT tenant, item, id, events, time FROM alerts")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var owner, item, id, events string
		var at int64
		if err := rows.Scan(&owner, &item, &id, &events, &at); err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint(owner, item, id, events, at))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func eventIDs(t *testing.T, data string, scope tenant.Scope) (out []string) {
	t.Helper()
	ctx := context.Background()
	events, err := duckdb.Open(ctx, filepath.Join(data, "events.duckdb"), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer events.Close()
	search := store.Search{Scope: scope, Limit: 10_000}
	for {
		rows, err := events.Search(ctx, search)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			out = append(out, r.ID.String())
		}
		if len(rows) < search.Limit {
			return out
		}
		last := rows[len(rows)-1]
		search.After = &store.Place{Time: last.Time, ID: last.ID}
	}
}
