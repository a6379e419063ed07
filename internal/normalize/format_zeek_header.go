package normalize

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// zeekHeader is what the #-lines of a Zeek log say of the lines that follow.
type zeekHeader struct {
	separator, setSeparator, empty, unset string
	path                                  string
	fields, types                         []string
	marks                                 []mark // of fields, once a line was read
}

func (h *zeekHeader) inForce() bool { return len(h.fields) > 0 }

// line takes one line in. #separator begins a new file; comments and #open, #close say nothing about lines.
func (h *zeekHeader) line(text string) {
	if h.separator == "" {
		h.reset()
	}
	if value, ok := strings.CutPrefix(text, "#separator "); ok { // a blank: the separator is not known yet
		h.reset()
		if sep, _ := unescapeZeek(strings.TrimSpace(value)); sep != "" {
			h.separator = sep
		}
		return
	}
	name, value, ok := strings.Cut(text, h.separator)
	if !ok {
		return
	}
	switch name {
	case "#set_separator":
		if value != "" {
			h.setSeparator = value
		}
	case "#empty_field":
		h.empty = value
	case "#unset_field":
		h.unset = value
	case "#path":
		h.path = value
	case "#fields":
		h.fields, h.types, h.marks = strings.Split(value, h.separator), nil, nil
	case "#types":
		h.types = strings.Split(value, h.separator)
	}
}

func (h *zeekHeader) reset() {
	*h = zeekHeader{separator: "\t", setSeparator: ",", empty: "(empty)", unset: "-"}
}

func (h *zeekHeader) typeOf(i int) string {
	if i < len(h.types) {
		return h.types[i]
	}
	return "string"
}

// value reads a column by its type. note says what did not fit the type; the text is kept then.
func (h *zeekHeader) value(text, kind string) (v event.Value, note string) {
	if text == h.unset {
		return event.Value{Kind: event.Null}, ""
	}
	if inner, ok := elementType(kind); ok {
		return h.listValue(text, inner)
	}
	return h.scalarValue(text, kind)
}

func (h *zeekHeader) scalarValue(text, kind string) (v event.Value, note string) {
	if text == h.empty {
		return event.Str(""), ""
	}
	switch kind {
	case "count", "int", "double", "interval", "time", "port":
		if isNumber(text) {
			return event.Num(text), ""
		}
		return event.Str(text), fmt.Sprintf("%.64q is no %s", text, kind)
	case "bool":
		switch text {
		case "T":
			return event.Value{Kind: event.Bool, Text: "true"}, ""
		case "F":
			return event.Value{Kind: event.Bool, Text: "false"}, ""
		}
		return event.Str(text), fmt.Sprintf("%.64q is no bool", text)
	}
	plain, note := unescapeZeek(text)
	return event.Str(plain), note
}

func (h *zeekHeader) listValue(text, kind string) (v event.Value, note string) {
	v.Kind = event.List
	if text == h.empty {
		return v, ""
	}
	for part := range strings.SplitSeq(text, h.setSeparator) {
		el, n := event.Value{Kind: event.Null}, ""
		if part != h.unset {
			el, n = h.scalarValue(part, kind) // Zeek's logs hold no lists of lists
		}
		v.List = append(v.List, el)
		if n != "" {
			note = n
		}
	}
	return v, note
}

// elementType takes T out of set[T], vector[T] and table[T].
func elementType(kind string) (string, bool) {
	open := strings.IndexByte(kind, '[')
	if open < 0 || !strings.HasSuffix(kind, "]") {
		return "", false
	}
	return kind[open+1 : len(kind)-1], true
}

func isNumber(text string) bool {
	s := jsonScanner{src: bytesOf(text)}
	return s.skipNumber() == nil && s.pos == len(text)
}

// unescapeZeek decodes \xNN and \\. Bytes that make no UTF-8 become U+FFFD, with a note.
func unescapeZeek(text string) (plain, note string) {
	if strings.IndexByte(text, '\\') < 0 {
		return text, ""
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			out = append(out, text[i])
			continue
		}
		if rest := text[i+1:]; strings.HasPrefix(rest, `\`) {
			out = append(out, '\\')
			i++
		} else if hi, lo, ok := hexPair(rest); ok {
			out = append(out, hi<<4|lo)
			i += 3
		} else {
			out = append(out, '\\')
		}
	}
	if utf8.Valid(out) {
		return string(out), ""
	}
	return validText(out)
}

func hexPair(rest string) (hi, lo byte, ok bool) {
	if len(rest) < 3 || rest[0] != 'x' {
		return 0, 0, false
	}
	hi, okHi := hexDigit(rest[1])
	lo, okLo := hexDigit(rest[2])
	return hi, lo, okHi && okLo
}
