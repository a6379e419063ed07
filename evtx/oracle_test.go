package evtx_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestAgainstEvtxexport holds every record of the real logs against what libevtx, an implementation that shares nothing with ours, makes of it.
func TestAgainstEvtxexport(t *testing.T) {
	logs := realLogs(t)
	requireEvtxexport(t)
	records := 0
	for _, path := range logs {
		ours, theirs := trees(t, strings.Join(readSound(t, load(t, path)).xml, "")), trees(t, evtxexport(t, path))
		if len(ours) != len(theirs) {
			t.Errorf("%s: %d records, evtxexport has %d", path, len(ours), len(theirs))
			continue
		}
		for i := range ours {
			if diff := ours[i].differs(theirs[i]); diff != "" {
				t.Errorf("%s, record %d of the file: %s", path, i, diff)
			}
		}
		records += len(ours)
	}
	t.Logf("%d records of %d files are the same", records, len(logs))
}

func requireEvtxexport(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("evtxexport"); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("evtxexport (Debian's libevtx-utils) is required in CI")
	}
	t.Skip("evtxexport (Debian's libevtx-utils) is not installed")
}

var xmlHead = regexp.MustCompile(`^evtxexport [0-9]+\s+`)

func evtxexport(t testing.TB, path string) string {
	t.Helper()
	out, err := exec.Command("evtxexport", "-f", "xml", path).Output()
	if err != nil {
		t.Fatalf("evtxexport %s: %v", path, err)
	}
	return xmlHead.ReplaceAllString(string(out), "") // its banner
}

var paddedHex = regexp.MustCompile(`^0x0*([0-9a-f]+)$`)

// tree is an element of XML.
type tree struct {
	name       string
	attributes []xml.Attr
	text       string
	children   []*tree
}

// trees parses elements that follow one another.
func trees(t testing.TB, text string) (all []*tree) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(text))
	stack := []*tree{{}}
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return stack[0].children
		}
		if err != nil {
			t.Fatalf("no XML: %v\n%s", err, text)
		}
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			e := &tree{name: token.Name.Local, attributes: token.Copy().Attr}
			top.children = append(top.children, e)
			stack = append(stack, e)
		case xml.EndElement:
			if stack = stack[:len(stack)-1]; len(stack) == 0 || top.name != token.Name.Local {
				t.Fatalf("</%s> does not end <%s>", token.Name.Local, top.name)
			}
		case xml.CharData:
			top.text += string(token)
		}
	}
}

// differs tells the first difference between two elements.
func (a *tree) differs(b *tree) string {
	if a.name != b.name || !reflect.DeepEqual(a.attributes, b.attributes) {
		return fmt.Sprintf("<%s %v> and <%s %v>", a.name, a.attributes, b.name, b.attributes)
	}
	textA, textB := a.text, b.text
	if len(a.children) > 0 { // evtxexport puts child elements on lines of their own
		textA, textB = strings.TrimSpace(textA), strings.TrimSpace(textB)
	}
	// A parser makes a line feed of evtxexport's carriage return and line feed; we write them so that both come through.
	textA = strings.ReplaceAll(textA, "\r\n", "\n")
	// evtxexport fills hexadecimal numbers up to their width; Windows, and we, do not.
	if padded := paddedHex.FindStringSubmatch(textB); padded != nil {
		textB = "0x" + padded[1]
	}
	if textA != textB || len(a.children) != len(b.children) {
		return fmt.Sprintf("<%s> is %q with %d children, and %q with %d", a.name, textA, len(a.children), textB, len(b.children))
	}
	for i := range a.children {
		if diff := a.children[i].differs(b.children[i]); diff != "" {
			return "<" + a.name + ">: " + diff
		}
	}
	return ""
}

// TestAgainstConverter holds every record of the real logs against the JSON that another converter wrote beside it.
func TestAgainstConverter(t *testing.T) {
	records := 0
	for _, path := range realLogs(t) {
		ours := objects(t, []byte(strings.Join(readSound(t, load(t, path)).json, "\n")))
		theirs := objects(t, load(t, strings.TrimSuffix(path, ".evtx")+".json"))
		if len(ours) != len(theirs) {
			t.Errorf("%s: %d records, the converter has %d", path, len(ours), len(theirs))
			continue
		}
		for i := range ours {
			if diff := jsonDiffers("", ours[i], theirs[i]); diff != "" {
				t.Errorf("%s, record %d of the file: %s", path, i, diff)
			}
		}
		records += len(ours)
	}
	t.Logf("%d records are the same", records)
}

// objects decodes JSON objects that follow one another, numbers as they are written.
func objects(t testing.TB, text []byte) (all []any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	decoder.UseNumber()
	for {
		var v any
		if err := decoder.Decode(&v); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("no JSON: %v", err)
		}
		all = append(all, v)
	}
}

// jsonDiffers tells the first difference between two values.
func jsonDiffers(path string, ours, theirs any) string {
	a, isObject := ours.(map[string]any)
	b, both := theirs.(map[string]any)
	if !isObject || !both {
		text, isText := ours.(string)
		// The converter cut white space off the end of texts. We keep it: a command line may end with a space.
		if isText && strings.TrimRight(text, " \r\n\t") == theirs || reflect.DeepEqual(ours, theirs) {
			return ""
		}
		return fmt.Sprintf("%s is %#v and %#v", path, ours, theirs)
	}
	for name := range b {
		if _, there := a[name]; !there {
			return fmt.Sprintf("%s.%s is missing", path, name)
		}
	}
	for name := range a {
		other, there := b[name]
		if !there {
			return fmt.Sprintf("%s.%s is too much", path, name)
		}
		if diff := jsonDiffers(path+"."+name, a[name], other); diff != "" {
			return diff
		}
	}
	return ""
}
