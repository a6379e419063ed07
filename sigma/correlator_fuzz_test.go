package sigma_test

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/sigma"
)

// Whatever a correlation says, it is refused with a place and a reason, or it
// links and runs.
func FuzzCorrelation(f *testing.F) {
	for _, clauses := range [][]correlationClause{countClauses, groupClauses, temporalClauses, metricClauses, chainClauses} {
		for _, c := range clauses {
			f.Add(strings.Join(c.texts, "---\n"))
		}
	}
	f.Add(correlationText("x", complete("aliases: {a: {a: b}, b: {b: c}}\ngenerate: true")))
	f.Fuzz(func(t *testing.T, text string) {
		parsed := sigma.Parse("fuzz.yml", []byte(text))
		for _, p := range parsed.Problems {
			if p.Reason == "" {
				t.Errorf("no reason: %+v", p)
			}
		}
		c, problems := sigma.NewCorrelator(parsed.Correlations, lettered(), sigma.Limits{})
		if len(c.Stats())+len(problems) < len(parsed.Correlations) {
			t.Errorf("%d correlations, %d linked, problems %v", len(parsed.Correlations), len(c.Stats()), problems)
		}
		for i := range 20 {
			r := lettered()[i%3]
			o := sigma.Observation{Rule: r, Time: time.Unix(int64(i), 0)}
			for range c.Fields(r) {
				o.Values = append(o.Values, sigma.Value{Kind: sigma.Number, Text: "7"})
			}
			c.Observe(o)
		}
		c.Advance(time.Unix(1<<33, 0))
	})
}

// fuzzTower are correlations of all types, on each other, that load.
func fuzzTower(t testing.TB) *bench {
	for seed := uint64(0); ; seed++ {
		b := tryBench(t, sigma.Limits{Groups: 4, Observations: 16, Bytes: 20_000, Lateness: 5 * time.Second, Ahead: time.Minute}, tower(rand.New(rand.NewPCG(seed, 4)))...)
		if b != nil {
			return b
		}
	}
}

// drive observes a stream that bytes describe: rule, group, value and how far
// from the last event.
func (b *bench) drive(data []byte) {
	at := int64(1000)
	for ; len(data) >= 3; data = data[3:] {
		at += int64(int8(data[1])) << (data[2] >> 4)
		if data[0] > 0xf0 {
			b.Advance(time.Unix(at, 0))
			continue
		}
		o := sigma.Observation{Rule: b.rules[string("abcd"[data[0]&3])], Time: time.Unix(at, 0), Event: string(data[:data[0]>>2&1])}
		for range b.Fields(o.Rule) {
			o.Values = append(o.Values, sigma.Value{Kind: sigma.Number, Text: string('0' + rune(data[2]&7))})
		}
		b.Observe(o)
	}
}

// Any stream, split at any place by a restart, keeps to the limits and leaves
// the same memory.
func FuzzStream(f *testing.F) {
	f.Add([]byte("aAqbBqcCq\xf1\x7f\xffdDqaAq\xf1\x7f\xf0"), uint8(2))
	f.Fuzz(func(t *testing.T, data []byte, cut uint8) {
		whole, parts := fuzzTower(t), fuzzTower(t)
		at := min(3*int(cut), len(data)/3*3)
		whole.drive(data[:at])
		parts.drive(data[:at])
		snapshot, err := parts.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		parts = fuzzTower(t)
		if err := parts.Restore(snapshot); err != nil {
			t.Fatal(err)
		}
		// The first observation after a restart starts from the time of before.
		whole.drive(data[at:])
		parts.drive(data[at:])
		a, _ := whole.Snapshot()
		b, _ := parts.Snapshot()
		if string(a) != string(b) {
			t.Error("a restart changes what is remembered")
		}
		for _, s := range whole.Stats() {
			if s.Groups > 4 || s.Bytes > 20_000 {
				t.Errorf("%+v", s)
			}
		}
	})
}

// forged is a snapshot with the right checksum for whatever stands in it.
func forged(data []byte) []byte {
	sum := sha256.Sum256(data)
	return append(data[:len(data):len(data)], sum[:]...)
}

// filled is a snapshot without checksum after a random stream.
func filled(t testing.TB, seed uint64) []byte {
	b := fuzzTower(t)
	r := rand.New(rand.NewPCG(seed, 5))
	for j := range 80 {
		group, e := randomEvent(r, &plainCorrelation{rules: strings.Split("abcd", ""), lateness: 5}, 30+j)
		b.observe(group, e)
	}
	data, err := b.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return data[:len(data)-sha256.Size]
}

var someStream = []byte("aAqbBqcCq\xf1\x7f\xffdDqaAq\xf1\x7f\xf0aaabbbcccddd\xff\xff\xff")

func TestForgedSnapshots(t *testing.T) {
	good := 0
	for seed := range uint64(800) {
		data := filled(t, seed%20)
		r := rand.New(rand.NewPCG(seed, 6))
		for range 1 + r.IntN(3) {
			data[20+r.IntN(len(data)-20)] = byte(r.IntN(256))
		}
		b := fuzzTower(t)
		if b.Restore(forged(data)) == nil {
			good++
			b.drive(someStream)
		}
	}
	if good < 50 || good > 750 {
		t.Errorf("%d of 800 forged snapshots were taken", good)
	}
}

// Were the time before what is decided already, that would never end.
func TestForgedTime(t *testing.T) {
	const head = "sigma-correlator-3\n"
	data := filled(t, 1)
	_, size := binary.Varint(data[len(head):])
	early := append(binary.AppendVarint([]byte(head), 1), data[len(head)+size:]...)
	if fuzzTower(t).Restore(forged(early)) == nil {
		t.Error("taken")
	}
}

// A snapshot that somebody forged, checksum and all, is refused or does no
// harm.
func FuzzRestore(f *testing.F) {
	for seed := range uint64(5) {
		f.Add(filled(f, seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b := fuzzTower(t)
		if err := b.Restore(forged(data)); err != nil {
			b.play(t, "a 1 G=u")
			if _, known := b.Now(); known {
				t.Error("a refused snapshot leaves something behind")
			}
			return
		}
		b.drive(someStream)
		if _, err := b.Snapshot(); err != nil {
			t.Error(err)
		}
	})
}
