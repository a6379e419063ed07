package sigma_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/sigma"
)

// sharedFile returns the path of a file of the shared test data. The test is
// skipped where there is none, which continuous integration does not allow.
func sharedFile(t testing.TB, parts ...string) string {
	t.Helper()
	root := os.Getenv("NOROSHI_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data")
	}
	name := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("shared test data is required in CI: %v", err)
		}
		t.Skipf("shared test data is not here: %v", err)
	}
	return name
}

// event is a decoded event: field names as the log writes them.
type event map[string]sigma.Value

// decodeEvent reads one flat JSON object.
func decodeEvent(t testing.TB, data []byte) event {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	var raw map[string]any
	if err := decoder.Decode(&raw); err != nil {
		t.Fatalf("decode event: %v", err)
	}
	out := event{}
	for k, v := range raw {
		out[k] = toValue(v)
	}
	return out
}

func toValue(v any) sigma.Value {
	switch v := v.(type) {
	case nil:
		return sigma.Value{Kind: sigma.Null}
	case string:
		return sigma.Value{Kind: sigma.String, Text: v}
	case json.Number:
		return sigma.Value{Kind: sigma.Number, Text: v.String()}
	case int:
		return toValue(json.Number(jsonText(v)))
	case float64:
		return toValue(json.Number(jsonText(v)))
	case bool:
		return sigma.Value{Kind: sigma.Bool, Text: jsonText(v)}
	case []any:
		list := sigma.Value{Kind: sigma.List}
		for _, e := range v {
			list.List = append(list.List, toValue(e))
		}
		return list
	}
	return sigma.Value{Kind: sigma.String, Text: jsonText(v)}
}

func jsonText(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// fill puts an event into a record that was reset.
func fill(e *sigma.Engine, r *sigma.Record, ev event) {
	for field, v := range ev {
		number := r.Add(v)
		if slot, ok := e.Slot(field); ok {
			r.Name(slot, number)
		}
	}
}

// loadZip loads the rules of the SigmaHQ release whose member names start so.
func loadZip(t testing.TB, prefix string) *sigma.Collection {
	t.Helper()
	path := sharedFile(t, "sigma", "sigma_all_rules.zip")
	all, err := sigma.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	out := &sigma.Collection{}
	for _, r := range all.Rules {
		if strings.HasPrefix(r.File, path+"/"+prefix) {
			out.Rules = append(out.Rules, r)
		}
	}
	for _, p := range all.Problems {
		if strings.HasPrefix(p.File, path+"/"+prefix) {
			out.Problems = append(out.Problems, p)
		}
	}
	return out
}
