//go:build unix

package normalize_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// BenchmarkBatch reads real records in batches of 500. Besides the mean it reports the best pass, in processor time of the whole process with its
// collector, since other work on the machine only ever makes a pass slower.
func BenchmarkBatch(b *testing.B) {
	b.Run("windows", func(b *testing.B) {
		benchBatch(b, source.FormatWindows, splitLines(b, unzstd(b, shared(b, "windows", "events-20k.ndjson.zst"))))
	})
	b.Run("windows-auto", func(b *testing.B) {
		benchBatch(b, source.FormatAuto, splitLines(b, unzstd(b, shared(b, "windows", "events-20k.ndjson.zst"))))
	})
	b.Run("eve", func(b *testing.B) {
		benchBatch(b, source.FormatSuricata, splitLines(b, unzstd(b, shared(b, "suricata", "eve-mixed.json.zst"))))
	})
	b.Run("zeek-tsv", func(b *testing.B) {
		benchBatch(b, source.FormatZeek, zeekLog(b, "conn.log"))
	})
	b.Run("syslog", func(b *testing.B) {
		var records []string
		for range 1000 {
			records = append(records, "Jun 30 10:15:02 gw-01 sshd[2211]: Failed password for invalid user admin from 203.0.113.9 port 50022 ssh2",
				"<86>Jun 30 10:15:02 gw-01 sudo: alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/ls",
				"<165>1 2026-06-30T10:15:02.003Z gw-01 app 77 ID47 [x@32473 iut=\"3\" eventSource=\"Application\"] An application event")
		}
		benchBatch(b, source.FormatSyslog, records)
	})
}

func zeekLog(b *testing.B, name string) (records []string) {
	walk(b, shared(b, "zeek"), func(path string) {
		if filepath.Base(path) != name || records != nil {
			return
		}
		data, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		if strings.HasPrefix(string(data), "#separator") {
			records = splitLines(b, data)
		}
	})
	return records
}

func benchBatch(b *testing.B, format source.Format, records []string) {
	if len(records) == 0 {
		b.Fatal("no records")
	}
	n := newNormalizer(b)
	whole := batch(b, format, "UTC", records...)
	size := 0
	for _, r := range records {
		size += len(r)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	best, passes := time.Duration(1<<62), 0
	for b.Loop() {
		begin := processorTime(b)
		for i := 0; i < len(whole.Records); i += 500 {
			part := *whole
			part.Records = whole.Records[i:min(i+500, len(whole.Records))]
			if i > 0 && format == source.FormatZeek {
				part.Header = strings.Join(records[:8], "\n")
			}
			n.Batch(&part, 1, 1, uint64(i))
		}
		best = min(best, processorTime(b)-begin)
		passes++
	}
	b.ReportMetric(float64(passes*len(records))/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(best.Nanoseconds())/float64(len(records)), "best-cpu-ns/event")
}

func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
