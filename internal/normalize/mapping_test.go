package normalize_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/noroshi-soc/noroshi/content"
	"github.com/noroshi-soc/noroshi/internal/source"
)

func load(t *testing.T, name string, into any) {
	t.Helper()
	data, err := fs.ReadFile(content.FS, "mappings/"+name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// A log source that names a dataset which no record can get would silence its rules without a word.
func TestLogSourcesNameDatasetsThatExist(t *testing.T) {
	var sources []struct {
		Where []struct{ Dataset string }
	}
	var windows struct{ Channels map[string][]string }
	load(t, "logsources.yml", &sources)
	load(t, "windows.yml", &windows)
	if len(sources) < 100 {
		t.Fatalf("only %d log sources", len(sources))
	}
	for i, s := range sources {
		if len(s.Where) == 0 {
			t.Errorf("entry %d: no where", i+1)
		}
		for _, w := range s.Where {
			family, _, _ := strings.Cut(w.Dataset, ".")
			if !strings.Contains(" windows zeek suricata linux syslog ", " "+family+" ") {
				t.Errorf("entry %d: dataset %s", i+1, w.Dataset)
			}
			if family == "windows" && w.Dataset != "windows.*" && len(windows.Channels[w.Dataset]) == 0 {
				t.Errorf("entry %d: no channel has dataset %s", i+1, w.Dataset)
			}
		}
	}
}

func TestWindowsDatasetOfEveryChannel(t *testing.T) {
	var windows struct{ Channels map[string][]string }
	load(t, "windows.yml", &windows)
	f := func(channel, want string) {
		t.Helper()
		ev := read(t, source.FormatWindows, "", `{"EventID":1,"UtcTime":"2026-07-01 00:00:00","Channel":"`+channel+`"}`)
		if ev.Dataset != want || ev.Problem != "" {
			t.Errorf("%s is %s, want %s (%s)", channel, ev.Dataset, want, ev.Problem)
		}
	}
	for dataset, channels := range windows.Channels {
		for _, channel := range channels {
			f(channel, dataset)
			f(strings.ToUpper(channel), dataset)
		}
	}
	f("Microsoft-Windows-Kernel-IO/Operational", "windows.kernel-io")
	f("Vendor App/Admin", "windows.vendor-app-admin")
	f("Sysmon", "windows.channel-sysmon")
	f("日本語", "windows.unknown")
}
