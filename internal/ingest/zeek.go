package ingest

import (
	"bytes"
	"context"
	"strings"
	"sync"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// zeekKeys are the header lines that decide how the lines after them are read, in the order in which Zeek writes them.
var zeekKeys = []string{"separator", "set_separator", "empty_field", "unset_field", "path", "fields", "types"}

// zeekHeader is the header in force on one stream of Zeek's lines.
type zeekHeader struct {
	lines [7]string // by zeekKeys, with the #
}

func zeekKey(line []byte) int {
	if len(line) < 2 || line[0] != '#' {
		return -1
	}
	name := line[1:]
	if i := bytes.IndexAny(name, " \t"); i >= 0 {
		name = name[:i]
	}
	for i, key := range zeekKeys {
		if string(name) == key {
			return i
		}
	}
	return -1
}

// see takes note of a line. #separator begins a new header, #fields makes the types of the old one void.
func (h *zeekHeader) see(line []byte) {
	k := zeekKey(line)
	if k < 0 {
		return
	}
	switch zeekKeys[k] {
	case "separator":
		h.lines = [7]string{}
	case "fields":
		h.lines[6] = ""
	}
	h.lines[k] = string(line)
}

func (h *zeekHeader) text() string {
	var kept []string
	for _, l := range h.lines {
		if l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}

func parseZeekHeader(text string) *zeekHeader {
	h := &zeekHeader{}
	for line := range strings.SplitSeq(text, "\n") {
		h.see([]byte(line))
	}
	return h
}

// hasZeekHeaders says whether text of the format may be Zeek's.
func hasZeekHeaders(f source.Format) bool { return f == source.FormatZeek || f == source.FormatAuto }

// headers remembers the headers in force, over the store that keeps them.
type headers struct {
	store HeaderStore
	mu    sync.Mutex
	known map[headerOf]string
}

type headerOf struct{ source, stream string }

// maxHeaders bounds what senders can make the door remember; what is forgotten is read from the store again.
const maxHeaders = 4096

func (h *headers) get(ctx context.Context, of headerOf) (string, error) {
	h.mu.Lock()
	text, ok := h.known[of]
	h.mu.Unlock()
	if ok {
		return text, nil
	}
	text, err := h.store.Header(ctx, of.source, of.stream)
	if err != nil {
		return "", err
	}
	h.remember(of, text)
	return text, nil
}

func (h *headers) put(ctx context.Context, of headerOf, text string) error {
	if err := h.store.PutHeader(ctx, of.source, of.stream, text); err != nil {
		return err
	}
	h.remember(of, text)
	return nil
}

func (h *headers) remember(of headerOf, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.known) >= maxHeaders {
		clear(h.known)
	}
	h.known[of] = text
}
