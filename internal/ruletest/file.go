package ruletest

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// Suffix is how the name of a test file ends: what stands before it is the name of the rule's file.
const Suffix = ".test.yml"

// File is a test file that was read.
type File struct {
	Name  string // its path
	Rule  string // id or name of the rule, "" for the one in the file beside
	cases []testCase
	batch source.Batch // how its records are to be read
}

// Cases says how many cases the file has.
func (f *File) Cases() int { return len(f.cases) }

// testCase is one case: events and what the rule must make of them.
type testCase struct {
	line   int
	name   string
	kind   caseKind
	count  int // of findings; of matching records in a referenced file, -1 for all
	events []timedEvent
}

type caseKind uint8

const (
	mustMatch caseKind = iota
	mustNotMatch
	mustFind // findings of a stream
)

// timedEvent is a record, or several of a referenced file, and when it happened.
type timedEvent struct {
	records []source.Record
	at      time.Duration // after the first event
	timed   bool          // at counts, not the record's own time
}

// Read reads a test file. Its error is a *TestFileError, or that of reading the file.
func Read(name string) (*File, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	pairs, err := document(name, data)
	if err != nil {
		return nil, err
	}
	r := &fileReader{file: &File{Name: name}}
	r.file.batch = source.Batch{Source: filepath.Base(name), Format: source.FormatAuto, Zone: "UTC"}
	for _, p := range pairs { // the keys that say how events are read, before any event
		if err := r.setting(p); err != nil {
			return nil, err
		}
	}
	for _, p := range pairs {
		if err := r.events(p); err != nil {
			return nil, err
		}
	}
	if len(r.file.cases) == 0 {
		return nil, &TestFileError{File: name, Reason: "no case: want match, no_match or streams"}
	}
	return r.file, nil
}

type fileReader struct {
	file   *File
	common []*ast.MappingValueNode
}

func (r *fileReader) fail(n ast.Node, reason string) error {
	return &TestFileError{File: r.file.Name, Line: lineOf(n), Reason: reason}
}

func (r *fileReader) setting(p *ast.MappingValueNode) error {
	key := keyOf(p)
	switch key {
	case "match", "no_match", "streams":
		return nil
	case "common":
		var ok bool
		if r.common, ok = pairsOf(p.Value); !ok {
			return r.fail(p.Value, "common: want a map of fields")
		}
		return nil
	}
	text, ok := scalarText(p.Value)
	switch {
	case key != "rule" && key != "format" && key != "zone":
		return r.fail(p.Key, "unknown key "+strconv.Quote(key)+": want rule, format, zone, common, match, no_match or streams")
	case !ok || text == "":
		return r.fail(p.Key, key+": want a text")
	}
	switch key {
	case "rule":
		r.file.Rule = text
	case "format":
		r.file.batch.Format = source.Format(text)
		if !slices.Contains(source.Formats, r.file.batch.Format) {
			return r.fail(p.Value, "format "+strconv.Quote(text)+": want auto, windows, suricata, zeek or syslog")
		}
	case "zone":
		if _, err := time.LoadLocation(text); err != nil {
			return r.fail(p.Value, "zone: "+err.Error())
		}
		r.file.batch.Zone = text
	}
	return nil
}

func (r *fileReader) events(p *ast.MappingValueNode) error {
	kind := mustMatch
	switch keyOf(p) {
	case "streams":
		return r.streams(p)
	case "no_match":
		kind = mustNotMatch
	case "match":
	default:
		return nil
	}
	list, ok := p.Value.(*ast.SequenceNode)
	if !ok || len(list.Values) == 0 {
		return r.fail(p.Key, keyOf(p)+": want a list of events")
	}
	for i, n := range list.Values {
		c := testCase{line: lineOf(n), kind: kind, name: strings.ReplaceAll(keyOf(p), "_", " ") + " " + strconv.Itoa(i+1), count: -1}
		records, count, err := r.event(n)
		if err != nil {
			return err
		}
		if count >= 0 && kind == mustNotMatch {
			return r.fail(n, "count has no meaning under no_match")
		}
		c.count, c.events = count, []timedEvent{{records: records}}
		r.file.cases = append(r.file.cases, c)
	}
	return nil
}

// event reads one event: a map of fields, a raw line, or a reference to a file. count is -1 unless a reference gives one.
func (r *fileReader) event(n ast.Node) (records []source.Record, count int, err error) {
	if text, ok := scalarText(n); ok {
		if _, isNull := n.(*ast.NullNode); isNull || strings.TrimSpace(text) == "" {
			return nil, 0, r.fail(n, "an empty event")
		}
		text = strings.TrimSuffix(text, "\n")
		return []source.Record{{Bytes: []byte(text), Size: len(text)}}, -1, nil
	}
	pairs, ok := pairsOf(n)
	if !ok {
		return nil, 0, r.fail(n, "want an event: a map of fields, a raw line or {file: NAME}")
	}
	if isReference(pairs) {
		return r.reference(n, pairs)
	}
	own := map[string]bool{}
	for _, p := range pairs {
		if own[keyOf(p)] {
			return nil, 0, r.fail(p.Key, "field "+strconv.Quote(keyOf(p))+" is given twice")
		}
		own[keyOf(p)] = true
	}
	for _, p := range r.common {
		if !own[keyOf(p)] {
			pairs = append(pairs[:len(pairs):len(pairs)], p)
		}
	}
	object, err := appendObject(nil, pairs, 0)
	if err != nil {
		return nil, 0, r.fail(n, err.Error())
	}
	return []source.Record{{Bytes: object, Size: len(object)}}, -1, nil
}

// isReference tells {file: x, record: 2, count: 3} from an event: it has no other keys.
func isReference(pairs []*ast.MappingValueNode) bool {
	named := false
	for _, p := range pairs {
		switch keyOf(p) {
		case "file":
			named = true
		case "record", "count":
		default:
			return false
		}
	}
	return named
}

func (r *fileReader) reference(n ast.Node, pairs []*ast.MappingValueNode) ([]source.Record, int, error) {
	name, record, count := "", 0, -1
	for _, p := range pairs {
		text, _ := scalarText(p.Value)
		if keyOf(p) == "file" {
			name = text
			continue
		}
		number, err := strconv.Atoi(text)
		switch {
		case err != nil || number < 0 || number == 0 && keyOf(p) == "record":
			return nil, 0, r.fail(p.Value, keyOf(p)+": want a number, records count from 1")
		case keyOf(p) == "record":
			record = number
		default:
			count = number
		}
	}
	if name == "" {
		return nil, 0, r.fail(n, "file: want a name")
	}
	records, err := readRecords(filepath.Join(filepath.Dir(r.file.Name), filepath.FromSlash(name)))
	if err != nil {
		return nil, 0, r.fail(n, err.Error())
	}
	if record > len(records) {
		return nil, 0, r.fail(n, "record "+strconv.Itoa(record)+" of "+name+": the file has only "+strconv.Itoa(len(records)))
	}
	if record > 0 {
		records = records[record-1 : record]
	}
	return records, count, nil
}
