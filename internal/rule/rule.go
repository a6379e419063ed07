// Package rule holds the rules that detect runs, and their life.
//
// What enters: Sigma rules as files: the starter rules, a folder, a file or a SigmaHQ release zip.
// What leaves: Set, rules read together with all that was refused, named by the hash of its content.
// What it never does: evaluate a rule.
package rule

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/noroshi-soc/noroshi/sigma"
)

// ErrNoRules says that a path holds no rule file at all.
var ErrNoRules = errors.New("no rule files (*.yml, *.yaml) found")

// ErrNotFound says that the set has no such rule.
var ErrNotFound = errors.New("no such rule")

// ErrNotLoaded says that a set as a whole could not be read or kept; what was in force still is.
var ErrNotLoaded = errors.New("the rules stay as they are")

// Rule is a Sigma rule with what Noroshi knows of it beyond Sigma.
type Rule struct {
	*sigma.Rule
	TitleJA       string
	DescriptionJA string
	Source        string // the text of its file
}

// Set is rules that are run together. It is immutable.
type Set struct {
	Version string // hash over the names and contents of all files
	// Rules are what can run: placeholders filled in, filters applied.
	Rules        []*Rule
	Filters      []*sigma.Filter
	Correlations []*sigma.Correlation
	Problems     []sigma.Problem // what was refused
	Waiting      []sigma.Problem // rules and filters that wait for values of their placeholders: they are understood and do not run
	byID         map[string]*Rule
	off          map[string]Off
	files        map[string][]byte
}

// ByID returns the rule with this id; nil when the set has none.
func (s *Set) ByID(id string) *Rule { return s.byID[id] }

// Files returns the files that the set was read from, for a store; NewSet makes the same set of them again. They must not be changed.
func (s *Set) Files() Files { return s.files }

// Sigma returns the rules that are not switched off, as the engine takes them.
func (s *Set) Sigma() []*sigma.Rule {
	out := make([]*sigma.Rule, 0, len(s.Rules))
	for _, r := range s.Rules {
		if _, off := s.off[r.ID]; !off {
			out = append(out, r.Rule)
		}
	}
	return out
}

// Files are rule files by name, slashes between folders.
type Files map[string][]byte

// maxFile bounds one rule file; SigmaHQ's largest has 60 KB.
const maxFile = 4 << 20

// ReadFS collects the rule files below a folder of fsys. Files named *.test.yml are tests, not rules, and are left out.
func ReadFS(fsys fs.FS, root string) (Files, error) {
	out := Files{}
	err := fs.WalkDir(fsys, root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !isRuleFile(name) {
			return err
		}
		if info, err := entry.Info(); err == nil && info.Size() > maxFile {
			return fmt.Errorf("rule file %s: %d bytes are more than %d", name, info.Size(), maxFile)
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("rule file %s: %w", name, err)
		}
		out[name] = data
		return nil
	})
	if err == nil && len(out) == 0 {
		err = ErrNoRules
	}
	return out, err
}

func isRuleFile(name string) bool {
	base := path.Base(name)
	if strings.HasPrefix(base, ".") || strings.HasSuffix(base, ".test.yml") {
		return false
	}
	return strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml")
}

// Read collects the rule files of a folder, a single file or a zip.
func Read(name string) (Files, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	if info.IsDir() {
		files, err := ReadFS(os.DirFS(name), ".")
		if err != nil {
			err = fmt.Errorf("rules %s: %w", name, err)
		}
		return files, err
	}
	if strings.HasSuffix(strings.ToLower(name), ".zip") {
		archive, err := zip.OpenReader(name)
		if err != nil {
			return nil, fmt.Errorf("rules %s: %w", name, err)
		}
		defer archive.Close()
		return ReadFS(archive, ".")
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	return Files{path.Base(name): data}, nil
}

// NewSet reads the files, in the order of their names. What is refused stands in Problems; a second rule of an id is refused. Filters apply to the rules of
// all files, and so do the values in files named ValuesFile.
func NewSet(files Files) *Set {
	s := &Set{Version: versionOf(files), byID: map[string]*Rule{}, off: map[string]Off{}, files: files}
	all, values := &collection{first: map[string]string{}}, sigma.Values{}
	for _, name := range names(files) {
		switch {
		case name == offFile:
		case path.Base(name) == ValuesFile:
			s.readValues(values, name, files[name])
		default:
			parsed := sigma.Parse(name, files[name])
			s.Problems = append(s.Problems, parsed.Problems...)
			s.Problems = append(s.Problems, all.add(parsed)...)
		}
	}
	s.Filters, s.Correlations = all.Filters, all.Correlations
	prepared, problems := all.Prepare(values)
	for _, r := range prepared {
		kept := &Rule{Rule: r, Source: string(files[r.File])}
		kept.TitleJA, kept.DescriptionJA = japanese(files[r.File], r.Document)
		s.byID[r.ID] = kept
		s.Rules = append(s.Rules, kept)
	}
	s.sort(all, values, problems)
	s.readOff()
	return s
}

func versionOf(files Files) string {
	h := sha256.New()
	for _, name := range names(files) {
		fmt.Fprintf(h, "%d %s %d ", len(name), name, len(files[name]))
		h.Write(files[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func names(files Files) []string { return slices.Sorted(maps.Keys(files)) }

// idOf names a rule that names itself not, by where it stands: Sigma does without an id, alerts do not.
func idOf(m *sigma.Meta) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", m.File, m.Document))
	return "r" + hex.EncodeToString(sum[:10])
}

// japanese reads the keys title_ja and description_ja, which the Sigma specification leaves to the rule's author.
func japanese(data []byte, document int) (title, description string) {
	if !bytes.Contains(data, []byte("_ja:")) {
		return "", ""
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc struct {
		Title       string `yaml:"title_ja"`
		Description string `yaml:"description_ja"`
	}
	for range document + 1 {
		doc.Title, doc.Description = "", ""
		if dec.Decode(&doc) != nil {
			return "", ""
		}
	}
	return doc.Title, strings.TrimSpace(doc.Description)
}
