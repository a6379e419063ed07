// Package ruletest runs the tests that people write for their detection rules.
//
// What enters: test files beside rules (*.test.yml), folders in the layout of SigmaHQ's regression data (info.yml), and an engine with the rules.
// What leaves: a Result for each case, with the reason when it failed.
// What it never does: judge by other means than the live stages; every event goes as a record through normalize and detect.
package ruletest

import (
	"fmt"
	"time"

	"github.com/noroshi-soc/noroshi/internal/detect"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/tenant"
	"github.com/noroshi-soc/noroshi/sigma"
)

// Runner runs cases. It is safe for use by one goroutine at a time.
type Runner struct {
	// Engines hold the rules; a rule that a case names is looked for in each, the first that has it is asked.
	Engines    []*detect.Engine
	Problems   []sigma.Problem // why rules were refused, to be told where one of them is missed
	Normalizer *normalize.Normalizer
	Tenant     tenant.ID // whose events they are; any will do
	Now        func() time.Time
	// Exact makes SigmaHQ's match_count the exact number; without it more matches pass and are noted.
	Exact bool
}

// Result is what one case came to.
type Result struct {
	File   string // of the test
	Line   int
	Rule   string // id of the rule; what the test calls it when no such rule is loaded
	Title  string // of the rule
	Name   string // of the case: "match 1", "Positive Detection Test"
	Wanted string // "match", "no match", "2 findings", "at least 1 match"
	Events int    // events that were asked about
	Found  int    // how many of them the rule found; findings of a correlation
	Passed bool
	Note   string   // what is odd about a case that passed
	Why    []string // why it failed, the first difference first
}

// TestFileError says what is wrong in a test file, and where.
type TestFileError struct {
	File   string
	Line   int // 0 when no line can be named
	Reason string
}

// Error puts file, line and reason into one line.
func (e *TestFileError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Reason)
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason)
}
