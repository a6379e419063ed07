package ruletest

import (
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// maxRepeat bounds the events of a stream.
const maxRepeat = 100_000

// streams reads lists of events that follow each other in time, each with the number of findings that they must give.
func (r *fileReader) streams(p *ast.MappingValueNode) error {
	list, ok := p.Value.(*ast.SequenceNode)
	if !ok || len(list.Values) == 0 {
		return r.fail(p.Key, "streams: want a list")
	}
	for i, n := range list.Values {
		pairs, ok := pairsOf(n)
		if !ok {
			return r.fail(n, "want a stream: a map with events and findings")
		}
		c := testCase{line: lineOf(n), kind: mustFind, name: "stream " + strconv.Itoa(i+1), count: -1}
		for _, p := range pairs {
			if err := r.streamKey(&c, p); err != nil {
				return err
			}
		}
		if c.count < 0 || len(c.events) == 0 {
			return r.fail(n, "a stream needs events, and findings: how many there must be")
		}
		r.file.cases = append(r.file.cases, c)
	}
	return nil
}

func (r *fileReader) streamKey(c *testCase, p *ast.MappingValueNode) error {
	text, _ := scalarText(p.Value)
	switch keyOf(p) {
	case "name":
		c.name = text
	case "findings":
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return r.fail(p.Value, "findings: want a number from 0")
		}
		c.count = n
	case "events":
		list, ok := p.Value.(*ast.SequenceNode)
		if !ok {
			return r.fail(p.Key, "events: want a list")
		}
		for _, n := range list.Values {
			if err := r.streamEvent(c, n); err != nil {
				return err
			}
		}
	default:
		return r.fail(p.Key, "unknown key "+strconv.Quote(keyOf(p))+" of a stream: want name, findings or events")
	}
	return nil
}

// streamEvent reads {at: 10s, event: E, repeat: 5, every: 1s}, or an event alone, which keeps its own time.
func (r *fileReader) streamEvent(c *testCase, n ast.Node) error {
	pairs, _ := pairsOf(n)
	inner, repeat, e := n, 1, timedEvent{}
	var every time.Duration
	if isTimed(pairs) {
		for _, p := range pairs {
			var err error
			text, _ := scalarText(p.Value)
			switch keyOf(p) {
			case "at":
				e.at, err = time.ParseDuration(text)
				e.timed = true
			case "every":
				every, err = time.ParseDuration(text)
			case "repeat":
				repeat, err = strconv.Atoi(text)
			default:
				inner = p.Value
			}
			if err != nil || repeat < 1 || len(c.events)+repeat > maxRepeat {
				return r.fail(p.Value, keyOf(p)+": want a duration such as 90s or 5m, for repeat a number from 1, at most "+strconv.Itoa(maxRepeat)+" events together")
			}
		}
		if !e.timed && every != 0 {
			return r.fail(n, "every needs at, from which it counts")
		}
	}
	records, count, err := r.event(inner)
	if err != nil {
		return err
	}
	if count >= 0 {
		return r.fail(inner, "count has no meaning in a stream")
	}
	e.records = records
	for range repeat {
		c.events = append(c.events, e)
		e.at += every
	}
	return nil
}

// isTimed tells the wrapping of an event in a stream from an event: it has an event inside, and no other keys but its own.
func isTimed(pairs []*ast.MappingValueNode) bool {
	inside := false
	for _, p := range pairs {
		key := keyOf(p)
		inside = inside || key == "event"
		if !strings.Contains(" at event repeat every ", " "+key+" ") {
			return false
		}
	}
	return inside
}
