package source_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

func sample(t testing.TB) *source.Batch {
	t.Helper()
	id, err := tenant.ParseID("aoi")
	if err != nil {
		t.Fatal(err)
	}
	return &source.Batch{
		Tenant: id, Site: "osaka", Source: "zeek-1", Format: source.FormatZeek, Zone: "Asia/Tokyo",
		Header: "#fields\tts\tuid", Peer: "192.0.2.7:514", Received: time.UnixMicro(1_700_000_000_123_456).UTC(),
		Records: []source.Record{{Bytes: []byte("one"), Size: 3}, {Bytes: []byte{0xff, 0, '\n'}, Size: 70000, Problem: "over-long"}, {Bytes: []byte{}, Size: 0}},
	}
}

func TestBatchRoundTrip(t *testing.T) {
	want := sample(t)
	got, err := source.DecodeBatch(want.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b tenant.ID) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeBatchRefusesDamage(t *testing.T) {
	whole := sample(t).Encode()
	for _, bad := range [][]byte{nil, {9}, whole[:1], whole[:len(whole)-4]} {
		if _, err := source.DecodeBatch(bad); err == nil {
			t.Errorf("accepted %d bytes of %d", len(bad), len(whole))
		}
	}
}

func FuzzDecodeBatch(f *testing.F) {
	f.Add(sample(f).Encode())
	f.Add([]byte{1, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := source.DecodeBatch(data)
		if err == nil && b == nil {
			t.Fatal("neither batch nor error")
		}
	})
}
