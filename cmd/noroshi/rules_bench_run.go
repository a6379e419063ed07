package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/ruletest"
	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// benchBatch is how many records go through the stages at once, as in the server.
const benchBatch = 500

// benchSlab is how many decoded events lie in memory at once.
const benchSlab = 20_000

// bench holds the records and what runs over them.
type bench struct {
	stages
	engine  *detect.Engine
	batches []source.Batch
	result  *benchResult
}

// read takes all records into memory.
func (b *bench) read(paths []string) error {
	owner, err := tenant.ParseID("bench")
	if err != nil {
		return err
	}
	skip := func(file, reason string) { b.result.Unread = append(b.result.Unread, file+": "+reason) }
	for _, path := range paths {
		err := walkInput(path, func(in input) error {
			b.file(in, owner, skip)
			return nil
		}, skip)
		if err != nil {
			return err
		}
	}
	if b.result.Events == 0 {
		return errors.New(strings.Join(append([]string{"no event could be read"}, b.result.Unread...), "; "))
	}
	return nil
}

func (b *bench) file(in input, owner tenant.ID, skip skipped) {
	batch := source.Batch{Tenant: owner, Source: in.name, Zone: "UTC", Received: b.now().UTC()}
	flush := func() {
		if len(batch.Records) > 0 {
			b.batches = append(b.batches, batch)
		}
		batch.Records = nil
	}
	for rec, err := range ruletest.Records(in.reader) {
		if err != nil {
			skip(in.name, err.Error())
			break
		}
		if batch.Format == "" {
			format, ok := normalize.Sniff(rec.Bytes)
			if !ok {
				skip(in.name, "format not known")
				break
			}
			batch.Format = format
		}
		batch.Records = append(batch.Records, rec)
		b.result.Events++
		b.result.InputBytes += len(rec.Bytes)
		if len(batch.Records) == benchBatch {
			flush()
		}
	}
	flush()
}

// load compiles the rules and tells what it took. The indexes of each kind of log are made when its first event comes, so a pass goes before the heap is read.
func (b *bench) load(choice *ruleChoice) error {
	before := heap()
	begin := time.Now()
	set, err := choice.set()
	if err != nil {
		return err
	}
	engine, problems := detect.New(set, b.routes)
	b.engine = engine
	r := b.result
	r.Load = time.Since(begin).Seconds()
	r.Rules, r.Refused, r.Waiting = len(set.Rules), len(set.Problems)+len(problems), len(set.Waiting)
	if r.Rules == 0 {
		return errors.New("no rule could be loaded")
	}
	matches, err := b.passBytes()
	if err != nil {
		return err
	}
	r.Matches = matches
	if after := heap(); after > before {
		r.HeapBytes = after - before
	}
	return nil
}

func heap() uint64 {
	runtime.GC()
	runtime.GC() // the second empties what pools kept over the first
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// passBytes runs all records through normalize and detect once.
func (b *bench) passBytes() (matches int, err error) {
	b.result.Unparsed = 0
	for i := range b.batches {
		events := b.normalizer.Batch(&b.batches[i], 1, 0, uint64(i)+1)
		for j := range events {
			n, err := b.match(&events[j])
			if err != nil {
				return 0, err
			}
			matches += n
		}
	}
	return matches, nil
}

func (b *bench) match(ev *event.Event) (int, error) {
	if !ev.Parsed() {
		b.result.Unparsed++
		return 0, nil
	}
	found, err := b.engine.Match(ev)
	return len(found.Rules), err
}

// stopwatch adds up wall and processor time of what is measured.
type stopwatch struct {
	wall, cpu time.Duration
	begin     time.Time
	beginCPU  time.Duration
	passes    int
}

func (w *stopwatch) start() { w.begin, w.beginCPU = time.Now(), processorTime() }

func (w *stopwatch) stop() {
	w.wall += time.Since(w.begin)
	w.cpu += processorTime() - w.beginCPU
}

// processorTime is what this process has used of all processors.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func (w *stopwatch) rates(events int) (wall, cpu float64) {
	n := float64(events * w.passes)
	return n / w.wall.Seconds(), n / max(w.cpu.Seconds(), 1e-9)
}

func (b *bench) measure(cmd *cobra.Command, least time.Duration) error {
	r := b.result
	var bytes, decoded stopwatch
	for bytes.wall < least || bytes.passes == 0 {
		runtime.GC()
		bytes.start()
		matches, err := b.passBytes()
		bytes.stop()
		if err := b.same(cmd, matches, err); err != nil {
			return err
		}
		bytes.passes++
	}
	for decoded.wall < least || decoded.passes == 0 {
		matches, err := b.passDecoded(&decoded)
		if err := b.same(cmd, matches, err); err != nil {
			return err
		}
		decoded.passes++
	}
	r.Bytes, r.BytesCPU = bytes.rates(r.Events)
	r.Decoded, r.DecodedCPU = decoded.rates(r.Events)
	r.Passes = [2]int{decoded.passes, bytes.passes}
	return nil
}

// same holds every pass to the matches of the first.
func (b *bench) same(cmd *cobra.Command, matches int, err error) error {
	if err == nil {
		err = cmd.Context().Err()
	}
	if err == nil && matches != b.result.Matches {
		err = fmt.Errorf("a pass gave %d matches, the first %d", matches, b.result.Matches)
	}
	return err
}

// passDecoded normalises slab by slab, which is not measured, and matches each slab, which is.
func (b *bench) passDecoded(w *stopwatch) (matches int, err error) {
	b.result.Unparsed = 0
	for first := 0; first < len(b.batches); {
		var slab [][]event.Event
		for n := 0; n < benchSlab && first < len(b.batches); first++ {
			events := b.normalizer.Batch(&b.batches[first], 1, 0, uint64(first)+1)
			slab = append(slab, events)
			n += len(events)
		}
		runtime.GC()
		w.start()
		for _, events := range slab {
			for i := range events {
				n, err := b.match(&events[i])
				if err != nil {
					return 0, err
				}
				matches += n
			}
		}
		w.stop()
	}
	return matches, nil
}
