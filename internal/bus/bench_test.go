package bus_test

import (
	"sync/atomic"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/bus"
)

func BenchmarkAppend(b *testing.B) {
	f := func(name string, size, partitions int, parallel bool) {
		b.Run(name, func(b *testing.B) {
			l := open(b, bus.Options{Dir: b.TempDir(), Partitions: partitions})
			data := make([]byte, size)
			b.SetBytes(int64(size))
			var next atomic.Uint32
			b.SetParallelism(8)
			one := func() {
				if _, _, err := l.Append(b.Context(), uint16(next.Add(1)%uint32(partitions)), "", data); err != nil {
					b.Error(err)
				}
			}
			if !parallel {
				for b.Loop() {
					one()
				}
				return
			}
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					one()
				}
			})
		})
	}
	f("4KB/one", 4<<10, 1, false)
	f("128KB/one", 128<<10, 1, false)
	f("128KB/many", 128<<10, 4, true)
}

func BenchmarkRead(b *testing.B) {
	l := open(b, bus.Options{Dir: b.TempDir(), Partitions: 1})
	data := make([]byte, 128<<10)
	for range 200 {
		if _, _, err := l.Append(b.Context(), 0, "", data); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(data)))
	n := 0
	for n < b.N {
		for m, err := range l.Read(b.Context(), 0, 1) {
			if err != nil {
				b.Fatal(err)
			}
			if n++; m.Seq == 200 || n >= b.N {
				break
			}
		}
	}
}
