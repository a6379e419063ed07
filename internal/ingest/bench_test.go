package ingest_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/ingest"
)

// BenchmarkHTTP sends bodies of 2000 JSON records of about 1 KB through a real server into a real log.
func BenchmarkHTTP(b *testing.B) {
	var body bytes.Buffer
	for i := range 2000 {
		fmt.Fprintf(&body, `{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd /c echo %d","Message":"%0900d"}`+"\n", i, i)
	}
	for _, encoding := range []string{"", "gzip"} {
		name, data := "plain", body.Bytes()
		if encoding == "gzip" {
			name, data = encoding, gzipped(b, body.String())
		}
		b.Run(name, func(b *testing.B) {
			h := newHouse(b, ingest.Limits{})
			b.SetBytes(int64(body.Len()))
			for b.Loop() {
				if r := h.post("s1", bytes.NewReader(data), "Content-Type", asLines, "Content-Encoding", encoding); r.Accepted != 2000 {
					b.Fatalf("%+v", r)
				}
			}
			b.ReportMetric(float64(b.N)*2000/b.Elapsed().Seconds(), "records/s")
		})
	}
}
