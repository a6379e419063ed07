//go:build no_console

// Package console stands in for the browser console in a binary that leaves it out.
//
// What enters: nothing.
// What leaves: FS, which says that there is no console.
// What it never does: serve anything.
package console

import "io/fs"

// FS answers false: this binary was built without the console.
func FS() (fs.FS, bool) { return nil, false }
