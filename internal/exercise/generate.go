package exercise

import (
	"container/heap"
	"iter"
	"time"
)

// Line is one line of a log, without the newline.
type Line struct {
	// At is when the line was written; a line about something that took a
	// while (a connection) is written when it was over.
	At time.Time
	// Source and Site name one of the scenario's sources and its site.
	Source string
	Site   string
	// Step is the scripted step that caused the line; empty for the rest.
	Step  string
	Bytes []byte
}

// Generate plays the day as if it had begun at start, and yields its lines in
// the order of time. The same start and seed give the same lines, byte for
// byte. Nothing is yielded outside of start and start plus [Scenario.Duration].
func (s *Scenario) Generate(start time.Time, seed uint64) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		w := newWorld(s, start, seed)
		w.scheduleAll()
		w.run(yield)
	}
}

// run does the planned tasks in order of time. What a task writes waits in a
// second queue until no task can write anything earlier, so that numbers that
// count lines (record ids) are given in the order in which lines leave.
func (w *world) run(yield func(Line) bool) {
	for len(w.tasks) > 0 {
		t := heap.Pop(&w.tasks).(*task)
		if !w.flush(t.at, yield) {
			return
		}
		w.step = t.step
		t.do(t.at)
	}
	w.flush(w.end, yield)
}

func (w *world) flush(until time.Time, yield func(Line) bool) bool {
	for len(w.pending) > 0 && !w.pending[0].at.After(until) {
		p := heap.Pop(&w.pending).(*pendingLine)
		if p.at.After(w.end) {
			return true
		}
		line := Line{At: p.at, Source: p.source.Name, Site: p.source.Site, Step: p.step, Bytes: p.render()}
		if !yield(line) {
			return false
		}
	}
	return true
}

// task is something to be done at a time.
type task struct {
	at   time.Time
	seq  int
	step string
	do   func(at time.Time)
}

// pendingLine is a line that is written at a time, rendered only then.
type pendingLine struct {
	at     time.Time
	seq    int
	source *Source
	step   string
	render func() []byte
}

// plan puts a task into the queue; tasks after the end of the day are not done.
func (w *world) plan(at time.Time, do func(at time.Time)) {
	if at.After(w.end) {
		return
	}
	w.seq++
	heap.Push(&w.tasks, &task{at: at, seq: w.seq, step: w.step, do: do})
}

// write puts a line into the queue of a source; a nil source drops it.
func (w *world) write(at time.Time, source *Source, render func() []byte) {
	if source == nil {
		return
	}
	w.seq++
	heap.Push(&w.pending, &pendingLine{at: at, seq: w.seq, source: source, step: w.step, render: render})
}

type taskQueue []*task

func (q taskQueue) Len() int { return len(q) }
func (q taskQueue) Less(i, j int) bool {
	return q[i].at.Before(q[j].at) || q[i].at.Equal(q[j].at) && q[i].seq < q[j].seq
}
func (q taskQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *taskQueue) Push(x any)   { *q = append(*q, x.(*task)) }
func (q *taskQueue) Pop() any     { return popLast((*[]*task)(q)) }

type lineQueue []*pendingLine

func (q lineQueue) Len() int { return len(q) }
func (q lineQueue) Less(i, j int) bool {
	return q[i].at.Before(q[j].at) || q[i].at.Equal(q[j].at) && q[i].seq < q[j].seq
}
func (q lineQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *lineQueue) Push(x any)   { *q = append(*q, x.(*pendingLine)) }
func (q *lineQueue) Pop() any     { return popLast((*[]*pendingLine)(q)) }

func popLast[T any](list *[]T) T {
	old := *list
	last := old[len(old)-1]
	*list = old[:len(old)-1]
	return last
}
