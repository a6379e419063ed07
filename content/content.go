// Package content is what Noroshi ships as data: field mappings, starter rules, scenarios.
//
// What enters: nothing; the files are written by people and embedded at build time.
// What leaves: FS, a read-only file system of them.
// What it never does: interpret a file; each is read by the package that it is for, which refuses what it does not understand.
package content

import "embed"

// FS holds the files under their names in this folder, "mappings/windows.yml".
//
//go:embed mappings rules scenarios
var FS embed.FS
