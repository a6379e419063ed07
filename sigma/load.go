package sigma

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Limits on what is read, so that a broken or hostile archive cannot fill the
// memory.
const (
	maxFile  = 16 << 20
	maxFiles = 100_000
	maxTotal = 512 << 20
)

// Collection is what a file, folder or zip held, each kind in the order of
// the files' names, and everything that was refused.
type Collection struct {
	Rules        []*Rule
	Correlations []*Correlation
	Filters      []*Filter
	Problems     []Problem
}

// Load reads rules from a folder with all folders in it (*.yml and *.yaml), a
// single file of any name, or a zip in the layout of a SigmaHQ release. It
// fails only if path itself cannot be read; what is wrong with single files
// stands in Problems. Of documents with the same id or name, of whatever kind,
// the first is kept.
func Load(path string) (*Collection, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("load rules: %w", err)
	}
	switch {
	case info.IsDir():
		return loadFS(os.DirFS(path), ".", func(name string) string { return filepath.Join(path, filepath.FromSlash(name)) })
	case strings.EqualFold(filepath.Ext(path), ".zip"):
		return loadZip(path)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("load rules: %s is neither a file nor a folder", path)
	}
	l := &loader{display: func(string) string { return path }}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("load rules: %w", err)
	}
	defer f.Close()
	l.read(path, f)
	return l.collect(), nil
}

// LoadFS reads the rules below root, a folder or a file of fsys, as Load does.
func LoadFS(fsys fs.FS, root string) (*Collection, error) {
	return loadFS(fsys, path.Clean(root), func(name string) string { return name })
}

func loadZip(name string) (*Collection, error) {
	archive, err := zip.OpenReader(name)
	if err != nil {
		return nil, fmt.Errorf("load rules from %s: %w", name, err)
	}
	defer archive.Close()
	return loadFS(archive, ".", func(member string) string { return name + "/" + member })
}

func loadFS(fsys fs.FS, root string, display func(string) string) (*Collection, error) {
	if _, err := fs.Stat(fsys, root); err != nil {
		return nil, fmt.Errorf("load rules: %w", err)
	}
	l := &loader{display: display}
	err := fs.WalkDir(fsys, root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			l.refuse(name, err.Error())
		case entry.IsDir() || name != root && !isRuleFile(name):
		case !entry.Type().IsRegular() && entry.Type() != fs.ModeSymlink:
			l.refuse(name, "not a regular file")
		case len(l.files) >= maxFiles:
			return fmt.Errorf("more than %d files", maxFiles)
		default:
			l.open(fsys, name)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load rules: %w", err)
	}
	return l.collect(), nil
}

func isRuleFile(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".yml" || ext == ".yaml"
}

// loader gathers the files and then parses them side by side.
type loader struct {
	display  func(string) string
	files    []loadedFile
	problems []Problem
	total    int
}

type loadedFile struct {
	name string
	data []byte
	read *Collection
}

func (l *loader) refuse(name, reason string) {
	l.problems = append(l.problems, Problem{File: l.display(name), Reason: reason})
}

func (l *loader) open(fsys fs.FS, name string) {
	f, err := fsys.Open(name)
	if err != nil {
		l.refuse(name, err.Error())
		return
	}
	defer f.Close()
	l.read(name, f)
}

func (l *loader) read(name string, r io.Reader) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		l.refuse(name, err.Error())
	case len(data) > maxFile:
		l.refuse(name, fmt.Sprintf("file of more than %d bytes", maxFile))
	case l.total+len(data) > maxTotal:
		l.refuse(name, fmt.Sprintf("the rules are more than %d bytes together", maxTotal))
	default:
		l.total += len(data)
		l.files = append(l.files, loadedFile{name: l.display(name), data: data})
	}
}

func (l *loader) collect() *Collection {
	next := make(chan *loadedFile)
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for f := range next {
				f.read = Parse(f.name, f.data)
				f.data = nil
			}
		})
	}
	for i := range l.files {
		next <- &l.files[i]
	}
	close(next)
	wait.Wait()
	c := &Collection{Problems: l.problems}
	seen := seenMeta{ids: map[string]*Meta{}, names: map[string]*Meta{}}
	for _, f := range l.files {
		c.Problems = append(c.Problems, f.read.Problems...)
		for _, rule := range f.read.Rules {
			if c.isNew(&rule.Meta, seen) {
				c.Rules = append(c.Rules, rule)
			}
		}
		for _, correlation := range f.read.Correlations {
			if c.isNew(&correlation.Meta, seen) {
				c.Correlations = append(c.Correlations, correlation)
			}
		}
		for _, filter := range f.read.Filters {
			if c.isNew(&filter.Meta, seen) {
				c.Filters = append(c.Filters, filter)
			}
		}
	}
	return c
}

// seenMeta is which ids and names documents have had so far.
type seenMeta struct{ ids, names map[string]*Meta }

// isNew refuses a document whose id or name another one had before.
func (c *Collection) isNew(meta *Meta, seen seenMeta) bool {
	id := strings.ToLower(meta.ID)
	if c.taken("id", meta, seen.ids[id]) || c.taken("name", meta, seen.names[meta.Name]) {
		return false
	}
	if id != "" {
		seen.ids[id] = meta
	}
	if meta.Name != "" {
		seen.names[meta.Name] = meta
	}
	return true
}

func (c *Collection) taken(key string, meta, first *Meta) bool {
	if first == nil {
		return false
	}
	c.Problems = append(c.Problems, Problem{
		File: meta.File, Line: meta.Line, Rule: meta.label(), Field: key,
		Reason: fmt.Sprintf("the same %s as %s:%d", key, first.File, first.Line),
	})
	return true
}

// Version is a hash over the documents' texts, in hexadecimal. It depends neither
// on the names nor on the order of the files.
func (c *Collection) Version() string {
	digests := make([][]byte, 0, len(c.Rules)+len(c.Correlations)+len(c.Filters))
	for _, rule := range c.Rules {
		digests = append(digests, rule.digest[:])
	}
	for _, correlation := range c.Correlations {
		digests = append(digests, correlation.digest[:])
	}
	for _, filter := range c.Filters {
		digests = append(digests, filter.digest[:])
	}
	slices.SortFunc(digests, bytes.Compare)
	h := sha256.New()
	for _, digest := range digests {
		h.Write(digest)
	}
	return hex.EncodeToString(h.Sum(nil))
}
