package exercise_test

import (
	"maps"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/exercise"
	"github.com/noroshi-soc/noroshi/sigma"
)

// starterRules compiles the rules that we ship and names them by their file.
func starterRules(t *testing.T) (*sigma.Engine, map[string]string) {
	t.Helper()
	collection, err := sigma.Load("../../content/rules")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range collection.Problems {
		if !strings.HasSuffix(p.File, ".test.yml") {
			t.Errorf("rule refused: %v", p)
		}
	}
	engine, problems := sigma.Compile(collection.Rules)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	names := map[string]string{}
	for _, r := range collection.Rules {
		names[r.ID] = strings.TrimSuffix(r.File[strings.LastIndex(r.File, "/")+1:], ".yml")
	}
	return engine, names
}

// hits counts matches by step and rule; step "" is the background.
type hits map[string]map[string]int

func play(t *testing.T, s *exercise.Scenario, lines []exercise.Line) (all hits, loud map[string]bool) {
	t.Helper()
	engine, names := starterRules(t)
	d := newDecoder(s)
	all, loud = hits{}, map[string]bool{}
	for _, line := range lines {
		event, ok := d.read(t, line)
		if !ok {
			continue
		}
		for _, m := range engine.Match(event.record(engine), nil) {
			if all[line.Step] == nil {
				all[line.Step] = map[string]int{}
			}
			name := names[m.Rule.ID]
			all[line.Step][name]++
			loud[name] = m.Rule.Level >= sigma.LevelMedium
		}
	}
	return all, loud
}

func TestRulesFindWhatTheScenarioExpects(t *testing.T) {
	s, lines := day()
	all, loud := play(t, s, lines)
	for _, step := range slices.Concat(s.Story, s.Routine) {
		for _, rule := range step.Expect {
			if all[step.ID][rule] == 0 {
				t.Errorf("step %s: rule %s does not find it; found by %v", step.ID, rule, all[step.ID])
			}
		}
		for rule := range all[step.ID] {
			if loud[rule] && !slices.Contains(step.Expect, rule) {
				t.Errorf("step %s: rule %s finds it and is not expected", step.ID, rule)
			}
		}
	}
}

func TestOrdinaryWorkIsQuiet(t *testing.T) {
	s, lines := day()
	all, loud := play(t, s, lines)
	story := map[string]bool{}
	for _, step := range s.Story {
		story[step.ID] = true
	}
	falseAlarms := 0
	for step, rules := range all {
		for rule, n := range rules {
			switch {
			case !loud[rule] || story[step]:
			case step == "":
				t.Errorf("rule %s finds ordinary work %d times", rule, n)
			default:
				falseAlarms += n
			}
		}
	}
	if falseAlarms == 0 || falseAlarms > 25 {
		t.Errorf("%d false alarms of medium or above, want some and at most 25", falseAlarms)
	}
	t.Logf("false alarms of medium or above: %d; background: %v", falseAlarms, all[""])
}

func TestEveryStepOfTheStoryLeavesTraces(t *testing.T) {
	s, lines := day()
	count := map[string]int{}
	for _, line := range lines {
		count[line.Step]++
	}
	for _, step := range slices.Concat(s.Story, s.Routine) {
		if count[step.ID] == 0 {
			t.Errorf("step %s leaves no line", step.ID)
		}
	}
	last := lines[0].At
	for _, line := range lines {
		for _, step := range s.Story {
			if line.Step == step.ID {
				last = line.At
			}
		}
	}
	if quiet := start.Add(s.Duration()).Sub(last); quiet.Minutes() < 20 || quiet.Minutes() > 40 {
		t.Errorf("the story ends %s before the day does", quiet)
	}
	steps := slices.Collect(maps.Keys(count))
	sort.Strings(steps)
	t.Logf("lines by step: %v of %v", count, steps)
}
