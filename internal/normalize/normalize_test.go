package normalize_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// received is the time of receipt of every batch of these tests, a summer's day.
var received = time.Date(2026, 7, 1, 3, 0, 0, 0, time.UTC)

var shipped = sync.OnceValues(func() (*normalize.Normalizer, error) { return normalize.New(content.FS) })

func newNormalizer(t testing.TB) *normalize.Normalizer {
	t.Helper()
	n, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func batch(t testing.TB, format source.Format, zone string, records ...string) *source.Batch {
	t.Helper()
	id, err := tenant.ParseID("aoi")
	if err != nil {
		t.Fatal(err)
	}
	b := &source.Batch{Tenant: id, Site: "osaka", Source: "s1", Format: format, Zone: zone, Received: received}
	for _, r := range records {
		b.Records = append(b.Records, source.Record{Bytes: []byte(r), Size: len(r)})
	}
	return b
}

// read normalises one record.
func read(t testing.TB, format source.Format, zone, record string) event.Event {
	t.Helper()
	return newNormalizer(t).Batch(batch(t, format, zone, record), 1, 2, 3)[0]
}

// shown is an event as the golden files write it.
type shown struct {
	Dataset  string            `json:"dataset"`
	Time     string            `json:"time"`
	TimeFrom string            `json:"time_from"`
	Fields   json.RawMessage   `json:"fields,omitempty"`
	ECS      map[string]string `json:"ecs"`
	Entities []string          `json:"entities"`
	Problem  string            `json:"problem,omitempty"`
}

func show(ev *event.Event) shown {
	s := shown{
		Dataset: ev.Dataset, Time: ev.Time.Format(time.RFC3339Nano), TimeFrom: ev.TimeFrom.String(),
		ECS: map[string]string{}, Entities: []string{}, Problem: ev.Problem, Fields: ev.Fields.AppendJSON(nil),
	}
	for c, text := range ev.Columns {
		if text != "" {
			s.ECS[event.Column(c).Info().Name] = text
		}
	}
	for _, en := range ev.Entities {
		s.Entities = append(s.Entities, string(en.Kind)+" "+string(en.Role)+" "+en.Value)
	}
	return s
}

// TestGoldens reads testdata/<format>-<case>/in.ndjson line by line. want.json, read by hand, holds one event a line; its fields are given where the
// case is about them.
func TestGoldens(t *testing.T) {
	cases, err := filepath.Glob("testdata/*/in.ndjson")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	n := newNormalizer(t)
	for _, in := range cases {
		folder := filepath.Dir(in)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			format, _, _ := strings.Cut(filepath.Base(folder), "-")
			events := n.Batch(batch(t, source.Format(format), "Asia/Tokyo", lines(t, in)...), 1, 2, 3)
			want := lines(t, filepath.Join(folder, "want.json"))
			if len(events) != len(want) {
				t.Fatalf("%d events, want %d", len(events), len(want))
			}
			for i := range events {
				compareGolden(t, i, show(&events[i]), want[i])
			}
		})
	}
}

func compareGolden(t *testing.T, i int, got shown, wantText string) {
	t.Helper()
	var want shown
	if err := json.Unmarshal([]byte(wantText), &want); err != nil {
		t.Fatalf("want %d: %v", i, err)
	}
	gotFields, wantFields := string(got.Fields), string(want.Fields)
	got.Fields, want.Fields = nil, nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("event %d: %s", i, diff)
	}
	if wantFields != "" && wantFields != gotFields {
		t.Errorf("event %d: fields\n got %s\nwant %s", i, gotFields, wantFields)
	}
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
}

func TestBatchKeepsOrderAndOrigin(t *testing.T) {
	b := batch(t, source.FormatSuricata, "UTC", `{"event_type":"flow","n":0}`, "broken", `{"event_type":"flow","n":2}`)
	b.Records = append(b.Records, source.Record{Bytes: []byte("{"), Size: 70000, Problem: "longer than 64 KB"})
	events := newNormalizer(t).Batch(b, 7, 8, 9)
	if len(events) != 4 {
		t.Fatalf("%d events", len(events))
	}
	for i := range events {
		ev := &events[i]
		if ev.ID != (event.ID{Epoch: 7, Partition: 8, Seq: 9, Pos: uint32(i)}) || ev.Tenant.String() != "aoi" || ev.Site != "osaka" || ev.Source != "s1" {
			t.Errorf("event %d: %+v", i, ev.ID)
		}
		if string(ev.Raw) != string(b.Records[i].Bytes) || ev.Size != b.Records[i].Size || !ev.Received.Equal(received) || ev.Time.IsZero() {
			t.Errorf("event %d: bytes, size or time of receipt are lost", i)
		}
	}
	if events[2].Fields.Text("n") != "2" || !events[0].Parsed() {
		t.Error("good records around a bad one are lost")
	}
	if events[1].Parsed() || !strings.Contains(events[1].Problem, "JSON") || events[3].Parsed() || events[3].Problem != "longer than 64 KB" {
		t.Errorf("problems: %q, %q", events[1].Problem, events[3].Problem)
	}
}

func TestNewRefusesBadTables(t *testing.T) {
	f := func(table, want string) {
		t.Helper()
		_, err := normalize.New(fstest.MapFS{"mappings/x.yml": {Data: []byte(table)}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "mappings/x.yml") {
			t.Errorf("%s: %v, want %q", table, err, want)
		}
	}
	f("sections:\n - dataset: [a]\n   colums: {}\n", "unknown field")
	f("sections:\n - dataset: [a]\n   columns: {source.ipp: X}\n", "source.ipp: no such column")
	f("sections:\n - dataset: [a]\n   set: {nothing: X}\n", "nothing: no such column")
	f("sections:\n - dataset: [a]\n   columns: {source.ip: ipp(X)}\n", `no converter "ipp"`)
	f("sections:\n - dataset: [a]\n   columns: {source.ip: \"ip(X,)\"}\n", "a field is missing")
	f("sections:\n - dataset: [a]\n   entities: [host host.name]\n", "want kind, role and column")
	f("sections:\n - dataset: [a]\n   entities: [hosts subject host.name]\n", "no such kind")
	f("sections:\n - dataset: [a]\n   entities: [host nobody host.name]\n", "no such role")
	f("sections:\n - dataset: [a]\n   entities: [host subject host]\n", "no such column")
	f("channels: {a: [X], b: [X]}\n", `"X" is both`)
	if _, err := normalize.New(fstest.MapFS{}); err == nil {
		t.Error("no tables at all are accepted")
	}
}
