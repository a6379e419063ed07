package sigma

import (
	"bytes"
	"strings"
)

// maxDocument bounds one document, so that the parser's memory is bounded
// too. The longest rule that people write is a hundredth of it.
const maxDocument = 512 << 10

// maxNesting bounds how deep a document may nest.
const maxNesting = 100

// maxKeys bounds the keys of one document, and maxTags its tags: what the
// YAML parser needs grows with their square. A rule has a hundred keys.
const (
	maxKeys = 5000
	maxTags = 5000
)

// document is the text of one YAML document and where it starts.
type document struct {
	text []byte
	line int
}

// splitDocuments cuts a file at its document markers. A marker at the start
// of a line ends the document even inside a block text (YAML 1.2, 9.1.2), so
// one broken document leaves its neighbours readable.
func splitDocuments(data []byte) []document {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	var docs []document
	start, startLine, pos := 0, 1, 0
	flush := func(end int) {
		if text := data[start:end]; !blank(text) {
			docs = append(docs, document{text: text, line: startLine})
		}
	}
	for line := 1; pos < len(data); line++ {
		end := len(data)
		if i := bytes.IndexByte(data[pos:], '\n'); i >= 0 {
			end = pos + i + 1
		}
		if isMarker(data[pos:end]) {
			flush(pos)
			start, startLine = pos+3, line
		}
		pos = end
	}
	flush(len(data))
	return docs
}

func isMarker(line []byte) bool {
	if !bytes.HasPrefix(line, []byte("---")) && !bytes.HasPrefix(line, []byte("...")) {
		return false
	}
	return len(line) == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\n'
}

// blank reports whether a document holds nothing but comments and directives.
func blank(text []byte) bool {
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' && line[0] != '%' {
			return false
		}
	}
	return true
}

// tooDeep finds nesting that would make a recursive parser run out of stack:
// flow brackets left open, and sequence or key marks repeated on one line.
// It may count brackets inside texts, which only lowers the bound there.
func tooDeep(text []byte) bool {
	open := 0
	for _, c := range text {
		switch c {
		case '[', '{':
			if open++; open > 10*maxNesting {
				return true
			}
		case ']', '}':
			open = max(0, open-1)
		}
	}
	for line := range bytes.Lines(text) {
		marks := strings.FieldsFunc(string(line), func(r rune) bool { return r == ' ' || r == '\t' })
		for i, mark := range marks {
			if mark != "-" && mark != "?" && mark[0] != '&' && mark[0] != '!' {
				break
			}
			if i >= maxNesting {
				return true
			}
		}
	}
	return false
}

// tooMany finds more keys or tags than a document may have, before anything
// is made of them. It also counts what looks like one inside texts.
func tooMany(text []byte) (what string, limit int) {
	keys, tags := 0, 0
	for i, c := range text {
		switch c {
		case ':':
			if spaceAt(text, i+1) || i > 0 && (text[i-1] == '"' || text[i-1] == '\'') {
				keys++
			}
		case '?':
			if spaceAt(text, i-1) && spaceAt(text, i+1) {
				keys++
			}
		case '!':
			if spaceAt(text, i-1) || strings.IndexByte("[{,:", text[i-1]) >= 0 {
				tags++
			}
		}
	}
	switch {
	case keys > maxKeys:
		return "keys", maxKeys
	case tags > maxTags:
		return "tags", maxTags
	}
	return "", 0
}

// spaceAt reports white space or the text's end.
func spaceAt(text []byte, i int) bool {
	return i < 0 || i >= len(text) || text[i] == ' ' || text[i] == '\t' || text[i] == '\n'
}
