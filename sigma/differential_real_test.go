package sigma_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/sigma"
)

// placeholdersOfSigmaHQ stand for what SigmaHQ's rules leave open.
var placeholdersOfSigmaHQ = sigma.Values{"known_cdcs": {"dc01", "10.0.0.*"}}

// realTime bounds how long the plain evaluator may work on real events.
const realTime = 12 * time.Second

// TestEngineEqualsPlainEvaluatorOnRealRules asks all rules about all events,
// without routing. It takes as many events as there is time for, spread
// evenly, and all of them with NOROSHI_TEST_LONG=1 (hours: set -timeout).
func TestEngineEqualsPlainEvaluatorOnRealRules(t *testing.T) {
	rules, problems := loadZip(t, "").Prepare(placeholdersOfSigmaHQ)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	texts := zipTexts(t, sharedFile(t, "sigma", "sigma_all_rules.zip"))
	var pairs []*pair
	for _, rule := range rules {
		pairs = append(pairs, &pair{text: rule.File, engine: rule, plain: newPlainRule(t, texts[rule.File], placeholdersOfSigmaHQ)})
	}
	e := compile(t, rules)
	for _, kind := range []struct {
		name   string
		events []event
	}{{"windows", windowsEvents(t)}, {"otrf", otrfEvents(t)}, {"regression", regressionEvents(t)}} {
		compareReal(t, e, pairs, kind.name, kind.events)
	}
}

func compareReal(t *testing.T, e *sigma.Engine, pairs []*pair, name string, events []event) {
	t.Helper()
	const sides = 2
	var wait sync.WaitGroup
	var asked, held [sides]int
	// A step that divides no count of events visits each once.
	const step = 7919
	end := time.Now().Add(realTime / 3)
	for side := range sides {
		wait.Go(func() {
			for i := side; i < len(events) && (long() || time.Now().Before(end)) && !t.Failed(); i += sides {
				held[side] += compareEvent(t, e, pairs, events[i*step%len(events)])
				asked[side]++
			}
		})
	}
	wait.Wait()
	t.Logf("%s: %d rules on %d of %d events, %d matches without routing", name, len(pairs), asked[0]+asked[1], len(events), held[0]+held[1])
	if asked[0]+asked[1] < min(len(events), 10) {
		t.Errorf("%s: too few events were compared", name)
	}
}

// otrfEvents reads the Windows events of the published data sets.
func otrfEvents(t *testing.T) []event {
	t.Helper()
	var out []event
	err := filepath.WalkDir(sharedFile(t, "windows", "otrf", "windows"), func(name string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".zip" {
			return err
		}
		archive, err := zip.OpenReader(name)
		if err != nil {
			return err
		}
		defer archive.Close()
		for _, member := range archive.File {
			if strings.HasSuffix(member.Name, ".json") {
				out = append(out, linesOf(t, member)...)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func linesOf(t *testing.T, member *zip.File) []event {
	t.Helper()
	r, err := member.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	every := 50
	if long() {
		every = 1
	}
	var out []event
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	for n := 0; lines.Scan(); n++ {
		if line := bytes.TrimSpace(lines.Bytes()); n%every == 0 && len(line) > 0 && line[0] == '{' {
			out = append(out, decodeEvent(t, line))
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func regressionEvents(t *testing.T) []event {
	t.Helper()
	var out []event
	err := filepath.WalkDir(sharedFile(t, "sigma", "regression"), func(name string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(name) == ".json" {
			out = append(out, nestedEvents(t, name)...)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
