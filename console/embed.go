//go:build !no_console

// Package console holds the browser console inside the binary.
//
// What enters: the files that the console's build leaves in dist.
// What leaves: FS, those files as a read-only file system.
// What it never does: serve them; package api does.
package console

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// FS returns the built console with index.html at its root. It answers false when the binary was built before the console was.
func FS() (fs.FS, bool) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, false
	}
	if _, err := fs.Stat(files, "index.html"); err != nil {
		return nil, false
	}
	return files, true
}
