package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/store"
)

// BenchmarkInsert reports how many events a second the store takes, in batches of several sizes. The events are like those of Sysmon.
func BenchmarkInsert(b *testing.B, open func(b *testing.B, dir string) store.Store) {
	for _, size := range []int{500, 5000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := open(b, b.TempDir())
			defer s.Close()
			rows := make([]store.Row, size)
			for i := range rows {
				rows[i] = Process(1, uint32(i))
			}
			seq := uint64(0)
			for b.Loop() {
				seq++
				for i := range rows {
					rows[i].ID.Seq = seq
				}
				if err := s.Insert(context.Background(), rows, store.Mark{Epoch: 1, Partition: 2, Seq: seq}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(seq)*float64(size)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// Process is a believable event of a process start of about 1.3 KB, for measurements.
func Process(seq uint64, pos uint32) store.Row {
	host, user := fmt.Sprintf("ws-%02d.corp.example", pos%40), fmt.Sprintf("user%03d", pos%97)
	command := fmt.Sprintf(`"C:\Program Files\Example\app%d.exe" --session %d --profile C:\Users\%s\AppData\Local\Temp\%x`, pos%13, pos, user, pos*2654435761)
	row := plain(tenantA, seq, pos, noon.Add(time.Duration(seq)*time.Second+time.Duration(pos)*time.Millisecond))
	row.Dataset, row.Site, row.Source = "windows.sysmon", "tokyo", "sysmon-tokyo"
	for _, f := range [][2]string{
		{"Channel", "Microsoft-Windows-Sysmon/Operational"},
		{"Computer", host},
		{"Provider_Name", "Microsoft-Windows-Sysmon"},
		{"UtcTime", row.Time.Format("2006-01-02 15:04:05.000")},
		{"ProcessGuid", fmt.Sprintf("{5a0b3a7c-%04x-6613-%08x}", seq&0xffff, pos)},
		{"Image", fmt.Sprintf(`C:\Program Files\Example\app%d.exe`, pos%13)},
		{"FileVersion", "10.0.19041.746"},
		{"Description", "Example application"},
		{"Company", "Example Corporation"},
		{"CommandLine", command},
		{"CurrentDirectory", `C:\Users\` + user + `\`},
		{"User", `CORP\` + user},
		{"LogonGuid", "{5a0b3a7c-0000-6613-0000-0020e7030000}"},
		{"IntegrityLevel", "Medium"},
		{"Hashes", fmt.Sprintf("MD5=%032x,SHA256=%064x", pos, pos*7919)},
		{"ParentImage", `C:\Windows\explorer.exe`},
		{"ParentCommandLine", `C:\Windows\Explorer.EXE`},
	} {
		row.Fields = append(row.Fields, event.Field{Name: f[0], Value: event.Str(f[1])})
	}
	for _, f := range [][2]string{{"EventID", "1"}, {"RecordNumber", fmt.Sprint(seq*1000 + uint64(pos))}, {"ProcessId", fmt.Sprint(pos%30000 + 4)}} {
		row.Fields = append(row.Fields, event.Field{Name: f[0], Value: event.Num(f[1])})
	}
	for c, v := range map[event.Column]string{
		event.HostName: host, event.UserName: user, event.EventCode: "1", event.ProcessExecutable: row.Fields.Text("Image"),
		event.ProcessCommandLine: command, event.ProcessPID: row.Fields.Text("ProcessId"), event.ParentExecutable: `C:\Windows\explorer.exe`,
		event.SourceIP: fmt.Sprintf("10.1.%d.%d", pos/250%250, pos%250),
	} {
		row.Columns[c] = v
	}
	row.Entities = []event.Entity{{Kind: event.KindHost, Value: host, Role: event.RoleSubject}, {Kind: event.KindUser, Value: user, Role: event.RoleSubject}}
	row.Raw = row.Fields.AppendJSON(nil)
	row.Size = len(row.Raw)
	return row
}
