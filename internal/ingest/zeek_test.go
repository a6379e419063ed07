package ingest_test

import (
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/ingest"
	"github.com/noroshi-soc/noroshi/internal/source"
)

const (
	connHeader = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#fields\tts\tuid\n#types\ttime\tstring"
	dnsHeader  = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n#fields\tts\tquery\n#types\ttime\tstring"
)

// opened adds the line that Zeek writes too, and that decides nothing.
func opened(header string) string {
	return strings.Replace(header, "#fields", "#open\t2026-11-22-03-00-00\n#fields", 1) + "\n"
}

func zeekHouse(t *testing.T, limits ingest.Limits) *house {
	t.Helper()
	return newHouse(t, limits, known(t, "s1", func(k *source.Known) { k.Format = source.FormatZeek }),
		known(t, "json", func(k *source.Known) { k.Format = source.FormatSuricata }))
}

// shape tells of each batch its header's path and its records: h for a header line, d for data.
func shape(batches []*source.Batch) string {
	var out []string
	for _, b := range batches {
		s := "none:"
		if _, rest, ok := strings.Cut(b.Header, "#path\t"); ok {
			s, _, _ = strings.Cut(rest, "\n")
			s += ":"
		}
		for _, r := range b.Records {
			if r.Bytes[0] == '#' {
				s += "h"
			} else {
				s += "d"
			}
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestZeekHeaderTravelsWithEveryBatch(t *testing.T) {
	h := zeekHouse(t, ingest.Limits{BatchRecords: 10})
	if r := h.text("s1", opened(connHeader)+strings.Repeat("1\tx\n", 9)); r.Accepted != 17 {
		t.Fatalf("%+v", r)
	}
	h.text("s1", "2\ty\n")
	got := h.batches()
	if s := shape(got); s != "none:hhhhhhhhdd conn:ddddddd conn:d" {
		t.Errorf("batches: %s", s)
	}
	if got[1].Header != connHeader || got[2].Header != connHeader {
		t.Errorf("header in force: %q", got[2].Header)
	}
	if h.store.headers["s1/"] != connHeader {
		t.Errorf("kept: %q", h.store.headers)
	}
}

func TestZeekHeaderOutlivesTheProgram(t *testing.T) {
	h := zeekHouse(t, ingest.Limits{})
	h.store.headers["s1/conn.log"] = connHeader
	h.text("s1?stream=conn.log", "1\tx\n")
	h.text("s1?stream=dns.log", "1\tx\n")
	if s := shape(h.batches()); s != "conn:d none:d" {
		t.Errorf("batches: %s", s)
	}
}

func TestZeekHeaderChanges(t *testing.T) {
	h := zeekHouse(t, ingest.Limits{})
	h.text("s1", opened(connHeader)+"1\tx\n#close\t2026\n"+opened(dnsHeader)+"1\ta.example\n2\tb.example\n")
	h.text("s1", "3\tc.example\n")
	// A batch ends before another header begins; the header lines stand in the batch that they rule.
	if s := shape(h.batches()); s != "none:hhhhhhhhdh conn:hhhhhhhhdd dns:d" {
		t.Errorf("batches: %s", s)
	}
	if h.store.headers["s1/"] != dnsHeader {
		t.Errorf("kept: %q", h.store.headers)
	}
}

func TestZeekHeaderInPieces(t *testing.T) {
	h := zeekHouse(t, ingest.Limits{})
	begin, end, _ := strings.Cut(connHeader, "#fields")
	h.text("s1", begin)
	h.text("s1", "#fields"+end)
	h.text("s1", "1\tx\n")
	got := h.batches()
	if got[2].Header != connHeader {
		t.Errorf("header in force: %q", got[2].Header)
	}
	h.text("s1", "#fields\tonly\n") // types of other fields are void
	if s := h.store.headers["s1/"]; !strings.HasSuffix(s, "#path\tconn\n#fields\tonly") {
		t.Errorf("kept: %q", s)
	}
}

func TestHeadersAreOnlyLookedForInZeek(t *testing.T) {
	h := zeekHouse(t, ingest.Limits{})
	h.text("json", "#fields\tts\n1\n")
	if len(h.store.headers) != 0 || h.batches()[0].Header != "" {
		t.Errorf("kept: %q", h.store.headers)
	}
	h.text("s1", "# a comment\n#fieldsets\n#\n")
	if len(h.store.headers) != 0 {
		t.Errorf("kept: %q", h.store.headers)
	}
}

func TestHeaderThatCannotBeKeptIsNotAcknowledged(t *testing.T) {
	h := zeekHouse(t, ingest.Limits{})
	h.text("s1", "1\n") // the door remembers that there is none
	h.store.set(errDisk, h.store.sources...)
	if r := h.text("s1", opened(connHeader)); r.Status != 503 || r.Code != "unavailable" {
		t.Errorf("%+v", r)
	}
	if r := h.text("s1?stream=new", "1\n"); r.Status != 503 {
		t.Errorf("a header that cannot be read: %+v", r)
	}
	h.store.set(nil, h.store.sources...)
	if r := h.text("s1", opened(connHeader)); r.Status != 200 || h.store.headers["s1/"] != connHeader {
		t.Errorf("sent again: %+v", r)
	}
}
