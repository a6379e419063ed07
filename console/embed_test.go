package console_test

import (
	"io/fs"
	"testing"

	"github.com/noroshi-soc/noroshi/console"
)

func TestFSHoldsIndexOrSaysNo(t *testing.T) {
	files, ok := console.FS()
	if !ok {
		if files != nil {
			t.Fatal("FS answered false together with files")
		}
		return
	}
	if _, err := fs.Stat(files, "index.html"); err != nil {
		t.Fatalf("FS answered true without index.html: %v", err)
	}
}
