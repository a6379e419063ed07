package alert

import (
	"fmt"
	"slices"
	"time"
)

// Verdict is what a judgement 判定 says of an item.
type Verdict string

// Verdicts.
const (
	FalsePositive Verdict = "false_positive" // 誤検知
	OverDetection Verdict = "over_detection" // 過検知: legitimate work
	Test          Verdict = "test"           // 試験・診断
	Hold          Verdict = "hold"           // 保留(要調査)
	Level1        Verdict = "level_1"        // for reference
	Level2        Verdict = "level_2"        // attack failed or without effect
	Level3        Verdict = "level_3"        // attack, success unknown
	Level4        Verdict = "level_4"        // attack succeeded
)

// Verdicts lists all verdicts.
var Verdicts = []Verdict{FalsePositive, OverDetection, Test, Hold, Level1, Level2, Level3, Level4}

// ParseVerdict reads a verdict.
func ParseVerdict(s string) (Verdict, error) {
	if !slices.Contains(Verdicts, Verdict(s)) {
		return "", fmt.Errorf("verdict %q: want one of %v", s, Verdicts)
	}
	return Verdict(s), nil
}

// Judgement is what one person said of an item up to its Alerts-th alert. Judgements are only ever added; the newest counts, an undo adds one without verdict.
type Judgement struct {
	ID      int64 // set by the store
	Item    string
	Verdict Verdict // "" takes the earlier one back
	Alerts  int     // how many alerts the item had when it was judged
	By      string  // id of the person
	ByName  string
	At      time.Time
	Comment string
}
