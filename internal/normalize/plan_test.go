package normalize

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/source"
)

// plainDerive derives by the names as they stand, field after field with a look into a map for each: what derive does by numbers and marks.
func plainDerive(t *tables, ev *event.Event) (columns event.Columns, entities []event.Entity) {
	p := t.plan(ev)
	if p == nil {
		return ev.Columns, nil
	}
	columns = ev.Columns
	var m memory
	var chosen [len(event.Columns{})]uint8
	gathered := make([]event.Value, p.gathers)
	for name, v := range ev.EachOwn {
		for _, to := range p.targets[name] {
			switch best := chosen[to.column]; {
			case to.gather >= 0 && gathered[to.gather].Kind == event.Absent:
				gathered[to.gather] = v
			case to.gather >= 0 || best != 0 && best <= to.prefer || v.Kind == event.Null:
			default:
				if text := to.convert(&m, scalar(v)); text != "" {
					columns[to.column], chosen[to.column] = text, to.prefer
				}
			}
		}
	}
	for _, c := range p.set {
		columns[c.column] = c.text
	}
	filled := event.Event{Dataset: ev.Dataset, Fields: ev.Fields, Columns: columns}
	completeURL(&filled)
	return filled.Columns, plainEntities(p, &filled.Columns, gathered)
}

func plainEntities(p *plan, columns *event.Columns, gathered []event.Value) (out []event.Entity) {
	add := func(rule entityRule, text string) {
		en := event.Entity{Kind: rule.kind, Role: rule.role}
		if en.Value = string(normalForms[rule.kind](nil, text)); en.Value != "" && len(out) < maxEntities && !slices.Contains(out, en) {
			out = append(out, en)
		}
	}
	for _, rule := range p.entities {
		texts := []string{columns[rule.column]}
		if rule.gather >= 0 {
			texts = nil
			for _, v := range elements(gathered[rule.gather])[:min(maxListed, len(elements(gathered[rule.gather])))] {
				texts = append(texts, scalar(v))
			}
		}
		for _, text := range texts {
			if rule.kind != event.KindHash || !strings.Contains(text, "=") {
				add(rule, text)
				continue
			}
			for _, part := range strings.Split(text, ",") {
				if name, value, _ := strings.Cut(part, "="); !strings.EqualFold(name, "IMPHASH") {
					add(rule, value)
				}
			}
		}
	}
	return out
}

// plainHead reads the head by the names as they stand.
func plainHead(ev *event.Event) (code, channel string) {
	for name, v := range ev.EachOwn {
		if name == "EventID" && code == "" && v.Kind != event.List {
			code = strings.TrimSpace(v.Text)
		}
		if name == "Channel" && channel == "" && v.Kind != event.List {
			channel = strings.TrimSpace(v.Text)
		}
	}
	return code, channel
}

// madeUp gives a record of names that the tables ask for and others, wrapped as shippers wrap them, with values that converters read.
func madeUp(r *rand.Rand, t *tables) string {
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	ev := event.Event{Dataset: pick("windows.sysmon", "windows.sysmon", "windows.security", "windows.security", "windows.system", "windows.powershell", "windows.dns-client")}
	ev.Columns[event.EventCode] = pick("1", "3", "7", "10", "11", "22", "4624", "4625", "4648", "4688", "5156", "4104", "7045", "0")
	channels := slices.Sorted(maps.Keys(t.channels))
	channels = slices.DeleteFunc(channels, func(c string) bool { return t.channels[c] != ev.Dataset })
	names := slices.Sorted(maps.Keys(t.plan(&ev).targets))
	names = append(names, slices.Sorted(maps.Keys(t.known))[:20]...)
	names = append(names, "Hostname", "SourceName", "Source", "ComputerName", "message", "event_id", "channel", "computer_name", "Provider.Name", "other")
	out := fmt.Sprintf(`{"EventID":%q,"Channel":%q`, ev.Columns[event.EventCode], pick(channels...))
	for range r.IntN(40) {
		text := fmt.Sprintf("%q", pick(convertible...))
		value := pick(text, text, text, text, "null", "7", "true", "["+text+","+text+",null]", "[]", `"SHA1=`+strings.Repeat("a", 40)+`,SHA256=`+strings.Repeat("B", 64)+`"`)
		out += fmt.Sprintf(",%q:%s", pick("", "", "", "winlog.event_data.", "winlog.", "Event.EventData.", "Event.System.", "UserData.X.")+pick(names...), value)
	}
	return out + "}"
}

// TestDeriveIsWhatTheTablesSay holds the columns and entities of many made-up events against plainDerive, with the reader's marks and without.
func TestDeriveIsWhatTheTablesSay(t *testing.T) {
	n, err := New(content.FS)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	b := &source.Batch{Format: source.FormatWindows, Received: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)}
	for range 5000 {
		b.Records = append(b.Records, source.Record{Bytes: []byte(madeUp(r, n.tables))})
	}
	filled := 0
	for i, ev := range n.Batch(b, 1, 1, 1) {
		code, channel := plainHead(&ev)
		dataset, _ := lookUp(n.tables.channels, channel)
		bare := event.Event{Dataset: ev.Dataset, Fields: ev.Fields}
		bare.Columns[event.EventCode] = code
		columns, entities := plainDerive(n.tables, &bare)
		if diff := cmp.Diff(columns, ev.Columns) + cmp.Diff(entities, ev.Entities) + cmp.Diff(dataset, ev.Dataset); diff != "" {
			t.Fatalf("%s: %s", b.Records[i].Bytes, diff)
		}
		again := n.reader(b)
		again.derive(&bare)
		if diff := cmp.Diff(columns, bare.Columns) + cmp.Diff(entities, bare.Entities); diff != "" {
			t.Fatalf("without marks: %s: %s", b.Records[i].Bytes, diff)
		}
		again.release()
		filled += len(entities)
	}
	if filled < 4000 {
		t.Errorf("only %d entities", filled)
	}
}
