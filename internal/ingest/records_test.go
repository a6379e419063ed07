package ingest_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/noroshi-soc/noroshi/internal/ingest"
	"github.com/noroshi-soc/noroshi/internal/source"
)

func TestRecordsOfAFile(t *testing.T) {
	f := func(r io.Reader, want string, wantErr error) {
		t.Helper()
		var got []source.Record
		var last error
		for rec, err := range ingest.Records(r, ingest.Limits{}) {
			last = err
			got = append(got, rec)
		}
		if lines(got) != want || !errors.Is(last, wantErr) {
			t.Errorf("got %q and %v, want %q and %v", lines(got), last, want, wantErr)
		}
	}
	f(strings.NewReader(`[{"a":1},{"a":2}`), `{"a":1}¦{"a":2}`, nil)
	f(strings.NewReader("a\nb"), "a¦b", nil)
	f(strings.NewReader(""), "", nil)
	f(io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(errDisk)), "a¦b", errDisk)
	for range ingest.Records(strings.NewReader("a\nb"), ingest.Limits{}) {
		break // the rest is not asked for
	}
}
