package rule

import (
	"fmt"
	"slices"

	"github.com/noroshi-soc/noroshi/sigma"
)

// ValuesFile is the name of a file among rule files, in any folder, that holds the values of placeholders: a YAML map of names to lists.
const ValuesFile = "values.yml"

// collection gathers what files hold and keeps ids apart.
type collection struct {
	sigma.Collection
	first map[string]string // id → the file that has it
}

// add takes the documents of a file, and refuses those whose id another one has.
func (c *collection) add(parsed *sigma.Collection) []sigma.Problem {
	var problems []sigma.Problem
	taken := func(m *sigma.Meta) bool {
		other, ok := c.first[m.ID]
		switch {
		case m.ID == "":
		case ok:
			problems = append(problems, sigma.Problem{File: m.File, Line: m.Line, Rule: m.ID, Field: "id", Reason: "is the id of " + other + " too"})
		default:
			c.first[m.ID] = m.File
		}
		return ok && m.ID != ""
	}
	for _, r := range parsed.Rules {
		if r.ID == "" {
			named := *r
			named.ID = idOf(&r.Meta)
			r = &named
		}
		if !taken(&r.Meta) {
			c.Rules = append(c.Rules, r)
		}
	}
	for _, f := range parsed.Filters {
		if !taken(&f.Meta) {
			c.Filters = append(c.Filters, f)
		}
	}
	for _, correlation := range parsed.Correlations {
		if correlation.ID == "" {
			named := *correlation
			named.ID = idOf(&correlation.Meta)
			correlation = &named
		}
		if !taken(&correlation.Meta) {
			c.Correlations = append(c.Correlations, correlation)
		}
	}
	return problems
}

// readValues adds the values of a file to those of others; a name that two files give is refused.
func (s *Set) readValues(values sigma.Values, name string, data []byte) {
	read, problems := sigma.ParseValues(name, data)
	s.Problems = append(s.Problems, problems...)
	for placeholder, list := range read {
		if _, twice := values[placeholder]; twice {
			s.Problems = append(s.Problems, sigma.Problem{File: name, Field: placeholder, Reason: fmt.Sprintf("another %s gives values for it too", ValuesFile)})
			continue
		}
		values[placeholder] = list
	}
}

// sort tells what waits for values from what is refused.
func (s *Set) sort(all *collection, values sigma.Values, problems []sigma.Problem) {
	waits := map[string]bool{}
	wait := func(m *sigma.Meta, placeholders []string) {
		if slices.ContainsFunc(placeholders, func(name string) bool { return values[name] == nil }) {
			waits[fmt.Sprint(m.File, " ", m.ID)], waits[fmt.Sprint(m.File, " ", m.Title)] = true, true
		}
	}
	for _, r := range all.Rules {
		wait(&r.Meta, r.Placeholders())
	}
	for _, f := range all.Filters {
		wait(&f.Meta, f.Placeholders())
	}
	for _, p := range problems {
		if waits[fmt.Sprint(p.File, " ", p.Rule)] && p.Field != "filter.rules" {
			s.Waiting = append(s.Waiting, p)
			continue
		}
		s.Problems = append(s.Problems, p)
	}
}
