package sigma_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/sigma"
)

func sorted(list string) string {
	parts := strings.Split(list, ",")
	slices.Sort(parts)
	return strings.Join(parts, ",")
}

func TestBurstsTellOncePerTimespan(t *testing.T) {
	b := newBench(t, sigma.Limits{}, section("type: event_count", "rules: [a]", "condition: {gte: 5}")...)
	var ends []int64
	for i := range 600 {
		for _, f := range b.see(t, fmt.Sprintf("a %d User=u @e%d", i, i)) {
			ends = append(ends, f.Last.Unix())
			if len(f.Events) != 5 || f.Last.Sub(f.First) != 4*time.Second || f.Events[0] != fmt.Sprint("@e", i-4) {
				t.Errorf("%+v", f)
			}
		}
	}
	if want := []int64{4, 65, 126, 187, 248, 309, 370, 431, 492, 553}; !slices.Equal(ends, want) {
		t.Errorf("told at %v, want %v", ends, want)
	}
	if s := b.Stats()[0]; s.Held > 10 || s.Groups != 1 || s.Findings != 10 {
		t.Errorf("%+v", s)
	}
}

func TestWhatComesLateIsCounted(t *testing.T) {
	b := newBench(t, sigma.Limits{}, section("type: event_count", "rules: [a]", "condition: {gte: 2}")...)
	b.play(t, `
		now 1000
		a 400 User=u
		a 399.9 User=u
		a 401 User=u -> x u 2 400-401
		a 399 User=v
		a 399 User=v`)
	if s := b.Stats()[0]; s.Late != 3 {
		t.Errorf("%+v", s)
	}
}

// Between two matches of one rule further ones matter too, if the first of the
// two can end no window that tells something new.
func TestTheEndOfAWindowIsKept(t *testing.T) {
	b := newBench(t, sigma.Limits{Lateness: 7 * time.Second}, correlationText("x", "type: temporal\nrules: [a, b]\ngroup-by: []\ntimespan: 6s"))
	b.play(t, "now 20\na 23\nb 24 -> x 2 23-24\nb 28\nb 32\nb 33\nb 34\na 27 -> x 2 27-32")
}

// A finding silences the entries near to it as long as these matter.
func TestFindingsAreRememberedLongEnough(t *testing.T) {
	b := newBench(t, sigma.Limits{Lateness: 13 * time.Second}, correlationText("x", "type: temporal\nrules: [a, b, c]\ngroup-by: []\ntimespan: 8s\ncondition: {gte: 2}"))
	b.play(t, "now 170\na 180\nb 181 -> x 2 180-181\nc 182\nb 189\na 185\nb 197\nnow 203\nb 191 -> x 2 185-191")
}

// A clock that is wrong by days moves nothing for the others, unless nothing
// else comes any more.
func TestFarAheadDoesNotMoveTheTime(t *testing.T) {
	b := newBench(t, sigma.Limits{}, section("type: event_count", "rules: [a]", "condition: {gte: 2}")...)
	b.see(t, "now 1000")
	for i := range 100 {
		b.see(t, fmt.Sprintf("a %d User=w%d", 90_000+i, i))
		if i%10 == 9 {
			b.play(t, fmt.Sprintf("a 900 User=u%d\na 901 User=u%d -> x u%d 2 900-901", i, i, i))
		}
	}
	if now, ok := b.Now(); !ok || now.Unix() != 1000 {
		t.Errorf("the time is %v", now)
	}
	if s := b.Stats()[0]; s.Ahead != 100 || s.Late != 0 {
		t.Errorf("%+v", s)
	}
	for i := range 16 {
		b.see(t, fmt.Sprintf("a %d User=later", 100_050-i))
	}
	if now, _ := b.Now(); now.Unix() != 100_035 {
		t.Errorf("the time is %v", now)
	}
}

func TestWithoutTimeNothingIsLate(t *testing.T) {
	b := newBench(t, sigma.Limits{}, section("type: event_count", "rules: [a]", "condition: {gte: 2}")...)
	b.play(t, "a 9000000000 User=u\na 5000 User=v\na 10 User=w\na 11 User=w -> x w 2 10-11\na 5001 User=v -> x v 2 5000-5001")
	if _, known := b.Now(); known {
		t.Error("five observations tell the time")
	}
}

func TestGroupsMakeRoom(t *testing.T) {
	b := newBench(t, sigma.Limits{Groups: 2}, section("type: event_count", "rules: [a]", "condition: {gte: 2}")...)
	b.play(t, `
		now 100
		a 103 User=old
		a 101 User=older
		a 105 User=new
		a 104 User=old -> x old 2 103-104
		a 106 User=older`)
	if s := b.Stats()[0]; s.Groups != 2 || s.Evicted != 2 || s.Dropped != 1 {
		t.Errorf("%+v", s)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	long := strings.Repeat("long ", 100_000)
	for _, name := range sortedKeys(benchSections) {
		limits := sigma.Limits{Groups: 500, Observations: 100, Bytes: 200_000}
		b := newBench(t, limits, correlationText("x", benchSections[name]))
		b.Advance(time.UnixMilli(0))
		for _, stream := range sortedKeys(streams) {
			r := rand.New(rand.NewPCG(1, 1))
			for i := range 2000 {
				group, at := streams[stream](r, i)
				rule := b.rules[string("abc"[i%3])]
				if !b.Watches(rule) {
					rule = b.rules["a"]
				}
				b.Observe(sigma.Observation{Rule: rule, Time: time.UnixMilli(int64(at)), Event: fmt.Sprint(stream, i), Values: []sigma.Value{
					{Kind: sigma.String, Text: fmt.Sprint(long[:i%3*1000], group)}, {Kind: sigma.Number, Text: fmt.Sprint(i)},
				}})
				if s := b.Stats()[0]; s.Bytes > limits.Bytes || s.Groups > limits.Groups || s.Held > s.Groups*200 {
					t.Fatalf("%s, %s: %+v", name, stream, s)
				}
			}
		}
		if s := b.Stats()[0]; s.Evicted == 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// What waits for the watermark and finds no more room is decided early, which
// in a stream in order changes nothing.
func TestFramesMakeRoom(t *testing.T) {
	b := newBench(t, sigma.Limits{Observations: 100}, correlationText("x", "type: event_count\nrules: [a]\ngroup-by: []\ntimespan: 10s\ncondition: {eq: 11}"))
	b.see(t, "now 0")
	found := 0
	for i := range 1001 {
		found += len(b.see(t, fmt.Sprintf("a %d", i)))
		if s := b.Stats()[0]; s.Held > 120 {
			t.Fatalf("%+v", s)
		}
	}
	if found += len(b.see(t, "now 2000")); found != 91 {
		t.Errorf("%d found", found)
	}
	if s := b.Stats()[0]; s.Dropped != 0 || s.Late != 0 {
		t.Errorf("%+v", s)
	}
	b.see(t, "a 3000")
	for i := range 200 {
		b.see(t, fmt.Sprintf("a %d @%d", 2990+i/10, i))
	}
	b.see(t, "a 2990 @late")
	if s := b.Stats()[0]; s.Dropped == 0 {
		t.Errorf("%+v", s)
	}
}

// However much of one thing comes between, it does not push out the others.
func TestNoiseHidesNothing(t *testing.T) {
	for section, stream := range map[string][3]string{
		"type: temporal_ordered\nrules: [a, b, c]":                         {"a 1|b 2", "a", "c 9000"},
		"type: temporal\nrules: [a, b, c]":                                 {"c 1|b 2", "b", "a 9000"},
		"type: value_count\nrules: [a]\ncondition: {field: F, gte: 3}":     {"a 1 F=1|a 2 F=2", "a", "a 9000 F=3"},
		"type: value_count\nrules: [a, b]\ncondition: {field: [F], gt: 2}": {"b 1 F=1|a 2 F=2", "b", "b 9000 F=3"},
	} {
		b := newBench(t, sigma.Limits{Observations: 100, Lateness: 3 * time.Hour}, correlationText("x", section+"\ngroup-by: []\ntimespan: 3h"))
		found := 0
		for _, line := range strings.Split(stream[0], "|") {
			b.see(t, line)
		}
		for i := range 5000 {
			found += len(b.see(t, fmt.Sprintf("%s %d F=1", stream[1], 3+i)))
		}
		if last := b.see(t, stream[2]); found != 0 || len(last) != 1 {
			t.Errorf("%s: %d found, then %q", section, found, told(last))
		}
		if s := b.Stats()[0]; s.Held > 200 {
			t.Errorf("%+v", s)
		}
	}
}

// However many values are told of one by one, they are not all remembered.
func TestSharesMakeRoom(t *testing.T) {
	b := newBench(t, sigma.Limits{Observations: 100}, correlationText("x", "type: value_percentile\nrules: [a]\ngroup-by: []\ntimespan: 1h\ncondition: {field: F, lte: 50}"))
	found := 0
	for i := range 5000 {
		found += len(b.see(t, fmt.Sprintf("a %d F=value-%d", i/2, i)))
	}
	if s := b.Stats()[0]; found < 3000 || s.Bytes > 30_000 || s.Held > 202 {
		t.Errorf("%d found, %+v", found, s)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func TestTimesOutOfReach(t *testing.T) {
	for _, kind := range sortedKeys(benchSections) {
		b := newBench(t, sigma.Limits{}, correlationText("x", benchSections[kind]))
		for i := range 200 {
			for _, at := range []time.Time{{}, time.Date(-290_000_000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(290_000_000, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(1<<62, 0), time.Unix(-1<<62, 0)} {
				b.Observe(sigma.Observation{Rule: b.rules["a"], Time: at, Values: []sigma.Value{{Kind: sigma.Number, Text: "1"}, {Kind: sigma.Number, Text: fmt.Sprint(i)}}})
			}
		}
		b.Advance(time.Unix(1<<62, 0))
		b.Advance(time.Unix(1<<62, 0).AddDate(1, 0, 0))
	}
}

func TestValuesOfAnObservation(t *testing.T) {
	b := newBench(t, sigma.Limits{}, correlationText("x", "type: value_sum\nrules: [a]\ngroup-by: [Host]\ntimespan: 1m\ncondition: {field: N, gte: 3}"))
	b.Advance(time.Unix(100, 0))
	at := int64(100)
	observe := func(values ...sigma.Value) {
		b.Observe(sigma.Observation{Rule: b.rules["a"], Time: time.Unix(at, 0), Values: values})
	}
	number := func(text string) sigma.Value { return sigma.Value{Kind: sigma.Number, Text: text} }
	list := func(values ...sigma.Value) sigma.Value { return sigma.Value{Kind: sigma.List, List: values} }
	host := func(text string) sigma.Value { return sigma.Value{Kind: sigma.String, Text: text} }
	observe(list(host("h1"), sigma.Value{Kind: sigma.Null}, host("h2")), list(number("1"), host("x"), number("2")))
	observe(sigma.Value{Kind: sigma.Null}, number("5"))
	observe(list(), number("5"))
	observe(host("h3"))
	observe(host("h3"), sigma.Value{Kind: sigma.Null})
	observe(host("h3"), host("no number"))
	observe(host(""), number("3e0"))
	if got, want := told(b.Advance(time.Unix(800, 0))), "x h1 3 100-100; x h2 3 100-100; x  3 100-100"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if s := b.Stats()[0]; s.Missing != 2 || s.Unusable != 5 {
		t.Errorf("%+v", s)
	}
	many := list()
	for i := range 100 {
		many.List = append(many.List, host(fmt.Sprint("many", i)))
	}
	at = 800
	observe(many, number("1"))
	if s := b.Stats()[0]; s.Groups != 64 || s.Dropped != 36 {
		t.Errorf("%+v", s)
	}
}

func TestFindingsNameTheirProof(t *testing.T) {
	b := newBench(
		t, sigma.Limits{Events: 3},
		correlationText("many", "type: event_count\nrules: [a]\ngroup-by: [User]\ntimespan: 1m\ncondition: {gte: 2}"),
		correlationText("x", "type: temporal\nrules: [many, b, c]\ngroup-by: [User]\ntimespan: 1m\ncondition: many and (b or c)"),
	)
	var found []sigma.Finding
	for _, line := range []string{"a 1 User=U @1", "a 2 User=u @2", "c 3 User=u @3"} {
		found = append(found, b.see(t, line)...)
	}
	if len(found) != 1 {
		t.Fatal(told(found))
	}
	f := found[0]
	if got := strings.Join(f.Events, " "); got != "@1 @2 @3" || len(f.ID) != 32 || f.First.Unix() != 1 || f.Last.Unix() != 3 {
		t.Errorf("%+v", f)
	}
	if len(f.Rules) != 2 || f.Rules[0].Name != "many" || f.Rules[1].Name != "c" || f.Correlation.Name != "x" {
		t.Errorf("%+v", f.Rules)
	}
	if f.Group[0] != (sigma.GroupValue{Field: "User", Value: "U"}) {
		t.Errorf("%+v", f.Group)
	}
}

func TestASnapshotKeepsWhatDidNotChange(t *testing.T) {
	kept := "type: event_count\nrules: [a]\ngroup-by: [User]\ntimespan: 1m\ncondition: {gte: 2}"
	before := newBench(t, sigma.Limits{}, correlationText("kept", kept), correlationText("changed", kept), correlationText("gone", kept))
	before.play(t, "a 1 User=u")
	data, err := before.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	after := newBench(t, sigma.Limits{}, correlationText("kept", kept), correlationText("changed", strings.Replace(kept, "1m", "2m", 1)), correlationText("fresh", kept))
	if err := after.Restore(data); err != nil {
		t.Fatal(err)
	}
	after.play(t, "a 2 User=u -> kept u 2 1-2\na 3 User=u -> changed u 2 2-3; fresh u 2 2-3")
}

func TestDamagedSnapshots(t *testing.T) {
	b := newBench(t, sigma.Limits{}, section("type: event_count", "rules: [a]", "condition: {gte: 2}")...)
	b.play(t, "a 1 User=u")
	data, _ := b.Snapshot()
	for i := range data {
		damaged := slices.Clone(data)
		damaged[i] ^= 1
		if b.Restore(damaged) == nil || b.Restore(data[:i]) == nil {
			t.Fatalf("damage at byte %d is not seen", i)
		}
	}
	if err := b.Restore(data); err != nil {
		t.Fatal(err)
	}
	b.play(t, "a 2 User=u -> x u 2 1-2")
}
