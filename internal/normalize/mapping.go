package normalize

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// tableFile is one file under mappings/ as written; README.md there tells its meaning.
type tableFile struct {
	Channels  map[string][]string `yaml:"channels"`  // dataset → Windows channels
	Providers map[string][]string `yaml:"providers"` // dataset → Windows providers, for events without channel
	Paths     []zeekPath          `yaml:"paths"`
	Sections  []section           `yaml:"sections"`
}

// section says what to derive for events of some datasets and codes.
type section struct {
	Dataset  []string          `yaml:"dataset"` // exact, or "windows.*"
	Code     []string          `yaml:"code"`    // event codes; none means all
	Set      map[string]string `yaml:"set"`     // column → fixed text
	Columns  map[string]string `yaml:"columns"` // column → "Field", "Field, Other" or "converter(Field, Other)"
	Entities []string          `yaml:"entities"`
}

// zeekPath tells a Zeek log by fields that only it has, for JSON without _path.
type zeekPath struct {
	Path   string   `yaml:"path"`
	Fields []string `yaml:"fields"`
}

// routingFile holds Sigma's log sources; package detect reads it.
const routingFile = "logsources.yml"

type tables struct {
	channels  map[string]string // channel, as written and in lower case → dataset
	providers map[string]string
	datasets  map[string]bool // that a channel of the tables has
	paths     []zeekPath
	plans     map[string]*codePlans // dataset or "prefix.*"
	known     map[string]knownName  // the names that plans and the head of Windows' events read
}

// codePlans are the plans of one dataset: by event code, and for every other code.
type codePlans struct {
	byCode map[string]*plan
	other  *plan
}

func loadTables(fsys fs.FS) (*tables, error) {
	files, err := fs.Glob(fsys, "mappings/*.yml")
	if err != nil || len(files) == 0 {
		return nil, errors.Join(errors.New("no mappings/*.yml"), err)
	}
	t := &tables{
		channels: map[string]string{}, providers: map[string]string{}, datasets: map[string]bool{}, plans: map[string]*codePlans{}, known: headNames(),
	}
	var sections []section
	for _, name := range files {
		if path.Base(name) == routingFile {
			continue
		}
		f, err := readTable(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if err := t.addNames(f); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for i := range f.Sections {
			if _, err := compile(f.Sections[i : i+1]); err != nil {
				return nil, fmt.Errorf("%s: section %d: %w", name, i+1, err)
			}
		}
		sections = append(sections, f.Sections...)
	}
	if err := t.compileAll(sections); err != nil {
		return nil, err
	}
	t.numberNames()
	return t, nil
}

func readTable(fsys fs.FS, name string) (*tableFile, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	var f tableFile
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return nil, err
	}
	return &f, nil
}

func (t *tables) addNames(f *tableFile) error {
	for _, table := range []struct {
		from map[string][]string
		to   map[string]string
	}{{f.Channels, t.channels}, {f.Providers, t.providers}} {
		for dataset, names := range table.from {
			t.datasets[dataset] = true
			for _, name := range names {
				if known, twice := table.to[name]; twice && known != dataset {
					return fmt.Errorf("%q is both %s and %s", name, known, dataset)
				}
				table.to[name], table.to[strings.ToLower(name)] = dataset, dataset
			}
		}
	}
	t.paths = append(t.paths, f.Paths...)
	return nil
}

// compileAll makes a plan for every dataset and code that a section names; general sections ("windows.*") come before exact ones.
func (t *tables) compileAll(sections []section) error {
	for _, s := range sections {
		for _, dataset := range s.Dataset {
			t.plans[dataset] = nil
		}
	}
	for dataset := range t.plans {
		general, exact := applying(sections, wildcard(dataset)), []section(nil)
		if wildcard(dataset) != dataset {
			exact = applying(sections, dataset)
		}
		plans, err := compileCodes(append(general, exact...))
		if err != nil {
			return fmt.Errorf("dataset %s: %w", dataset, err)
		}
		t.plans[dataset] = plans
	}
	return nil
}

func applying(sections []section, dataset string) (out []section) {
	for _, s := range sections {
		if slices.Contains(s.Dataset, dataset) {
			out = append(out, s)
		}
	}
	return out
}

func wildcard(dataset string) string {
	family, _, ok := strings.Cut(dataset, ".")
	if !ok {
		return dataset
	}
	return family + ".*"
}

func compileCodes(sections []section) (*codePlans, error) {
	forCode := func(code string) (out []section) {
		for _, s := range sections {
			if len(s.Code) == 0 || slices.Contains(s.Code, code) {
				out = append(out, s)
			}
		}
		return out
	}
	other, err := compile(forCode("\x00")) // no event has it
	if err != nil {
		return nil, err
	}
	plans := &codePlans{byCode: map[string]*plan{}, other: other}
	for _, s := range sections {
		for _, code := range s.Code {
			if plans.byCode[code] != nil {
				continue
			}
			if plans.byCode[code], err = compile(forCode(code)); err != nil {
				return nil, err
			}
		}
	}
	return plans, nil
}

// numberNames numbers the names that any plan reads and lets each plan find what it does with one by its number.
func (t *tables) numberNames() {
	each := func(f func(p *plan)) {
		for _, plans := range t.plans {
			f(plans.other)
			for _, p := range plans.byCode {
				f(p)
			}
		}
	}
	each(func(p *plan) {
		for name := range p.targets {
			if t.known[name] == 0 {
				t.known[name] = knownName(len(t.known) + 1)
			}
		}
	})
	each(func(p *plan) { p.index(t.known) })
}

func (t *tables) plan(ev *event.Event) *plan {
	plans := t.plans[ev.Dataset]
	if plans == nil {
		family, _, _ := strings.Cut(ev.Dataset, ".")
		if plans = t.plans[family+".*"]; plans == nil {
			return nil
		}
	}
	if p := plans.byCode[ev.Columns[event.EventCode]]; p != nil {
		return p
	}
	return plans.other
}
