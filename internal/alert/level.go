package alert

import (
	"fmt"
	"slices"
)

// Level is how severe a rule says its finding is (Sigma's levels).
type Level uint8

// Levels, in rising order.
const (
	Informational Level = iota
	Low
	Medium
	High
	Critical
)

var levelNames = []string{"informational", "low", "medium", "high", "critical"}

// String is Sigma's name of the level.
func (l Level) String() string { return levelNames[min(int(l), len(levelNames)-1)] }

// ParseLevel reads Sigma's name of a level.
func ParseLevel(s string) (Level, error) {
	i := slices.Index(levelNames, s)
	if i < 0 {
		return 0, fmt.Errorf("level %q: want one of %v", s, levelNames)
	}
	return Level(i), nil
}

// MarshalText writes Sigma's name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads Sigma's name.
func (l *Level) UnmarshalText(text []byte) error {
	parsed, err := ParseLevel(string(text))
	if err == nil {
		*l = parsed
	}
	return err
}

// Phase is where in an attack a finding stands (攻撃侵攻フェーズ).
type Phase uint8

// Phases in the order of an attack. NoPhase is of a finding whose tactic is not known.
const (
	NoPhase   Phase = iota
	Before          // 侵入前: reconnaissance, resource development
	Intrusion       // 侵入
	Foothold        // 基盤構築
	Spread          // 偵察/感染拡大
	Objective       // 目的遂行
)

var phaseNames = []string{"", "before", "intrusion", "foothold", "spread", "objective"}

// String names the phase: before, intrusion, foothold, spread, objective; "" for none.
func (p Phase) String() string { return phaseNames[min(int(p), len(phaseNames)-1)] }

// MarshalText writes the name.
func (p Phase) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the name.
func (p *Phase) UnmarshalText(text []byte) error {
	i := slices.Index(phaseNames, string(text))
	if i < 0 {
		return fmt.Errorf("phase %q: want one of %v", text, phaseNames[1:])
	}
	*p = Phase(i)
	return nil
}

var phaseOfTactic = map[string]Phase{
	"reconnaissance": Before, "resource-development": Before,
	"initial-access": Intrusion,
	"execution":      Foothold, "persistence": Foothold, "privilege-escalation": Foothold,
	"defense-evasion": Foothold, "command-and-control": Foothold,
	"discovery": Spread, "credential-access": Spread, "lateral-movement": Spread,
	"collection": Objective, "exfiltration": Objective, "impact": Objective,
}

// PhaseOf gives the phase of the first known ATT&CK tactic in the list ("initial-access", …).
func PhaseOf(tactics []string) Phase {
	for _, t := range tactics {
		if p, ok := phaseOfTactic[t]; ok {
			return p
		}
	}
	return NoPhase
}
