package api_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/api"
)

func TestSearchEvents(t *testing.T) {
	w := newWorld(t)
	me := w.as("analyst-alpha")
	f := func(query string, want ...int) api.EventList {
		t.Helper()
		var got api.EventList
		me.want(200, &got, "GET", "/events"+query, nil)
		ids, wanted := []string{}, []string{}
		for _, e := range got.Events {
			ids = append(ids, e.ID)
		}
		for _, n := range want {
			wanted = append(wanted, w.a.events[n].String())
		}
		same(t, query, ids, wanted)
		return got
	}
	f("", 2, 1, 0)
	f("?oldest=true", 0, 1, 2)
	f("?q="+url.QueryEscape("process.pid:>4710 and not dataset:unparsed"), 1, 0)
	f("?q=dst", 1)
	f("?site=nowhere")
	f("?q=" + url.QueryEscape("site:hq or site:nowhere") + "&site=nowhere")
	f("?from=2026-04-01T11:31:00Z&to=2026-04-01T11:32:00Z", 1)
	first := f("?limit=2", 2, 1)
	second := f("?limit=2&after="+first.Next, 0)
	if first.Next == "" || second.Next != "" {
		t.Errorf("cursors %q and %q", first.Next, second.Next)
	}
	e := f("?tenant=alpha&limit=3", 2, 1, 0).Events
	same(t, "values", []any{e[1].Time, e[1].TimeFrom, e[1].ECS["process.pid"], e[1].ECS["host.name"], string(e[1].Fields), e[1].Rules, e[1].RawBase64},
		[]any{api.Time(noon.Add(-29*60*1e9 + 123456*1e3)), "record", 4711, "alpha-pc", `{"EventID":1,"CommandLine":"powershell -enc alpha"}`, "[rule-1]", ""})
	same(t, "what is no UTF-8", e[0].Raw+e[0].RawBase64+e[0].Problem, "//4gYWxwaGE=not UTF-8")
	var one api.Event
	me.want(200, &one, "GET", "/events/"+w.a.events[0].String(), nil)
	same(t, "one", one.ID, w.a.events[0])
}

func TestBadQueryIsPlaced(t *testing.T) {
	w := newWorld(t)
	me := w.as("analyst-alpha")
	for _, path := range []string{"/events", "/events/count", "/events/histogram"} {
		p := me.refused(422, "bad_query", "GET", path+"?q="+url.QueryEscape("host:(a or"), nil)
		if len(p.Errors) != 1 || p.Errors[0].Location != "query.q" {
			t.Fatalf("%s: %+v", path, p)
		}
		at := p.Errors[0].Value.(map[string]any)
		if at["pos"].(float64) < 5 || at["expected"] == "" || at["found"] == nil {
			t.Errorf("%s: %v", path, at)
		}
	}
}

func TestCounts(t *testing.T) {
	w := newWorld(t)
	me := w.as("root")
	var n api.EventCount
	me.want(200, &n, "GET", "/events/count?q=dataset:unparsed", nil)
	same(t, "unparsed", n.Count, 2)
	var v api.FieldValues
	me.want(200, &v, "GET", "/events/values?field=host&tenant=alpha", nil)
	same(t, "hosts", v, "{host 3 [{alpha-pc 3}]}")
	var h api.Histogram
	me.want(200, &h, "GET", "/events/histogram?from=2026-04-01T11:00:00Z&to=2026-04-01T12:00:00Z&buckets=6", nil)
	same(t, "width", h.WidthS, 600)
	counts := ""
	for _, b := range h.Buckets {
		counts += fmt.Sprint(b.Count, " ")
	}
	same(t, "buckets", counts, "0 0 0 6 0 0 ")
	me.want(200, &h, "GET", "/events/histogram", nil)
	same(t, "of a day: width", h.WidthS, 1800)
	me.want(200, &h, "GET", "/events/histogram?from=2024-01-01T00:00:00Z&buckets=100", nil)
	if h.WidthS%86400 != 0 || len(h.Buckets) > 101 {
		t.Errorf("of two years: %d buckets of %d s", len(h.Buckets), h.WidthS)
	}
}

func TestFieldsHaveNames(t *testing.T) {
	w := newWorld(t)
	var got api.FieldList
	w.as("analyst-alpha").want(200, &got, "GET", "/fields", nil)
	if len(got.Fields) < 50 {
		t.Errorf("%d fields", len(got.Fields))
	}
	types := map[string]string{}
	for _, f := range got.Fields {
		types[f.Name] = f.Type
		if f.Label == f.Name || f.LabelJA == "" || f.LabelJA == f.Name {
			t.Errorf("%s is called %q and %q", f.Name, f.Label, f.LabelJA)
		}
	}
	same(t, "types", types["source.ip"]+types["time"]+types["process.pid"]+types["message"]+types["id"], "iptimenumbertextid")
}
