package tenant

import "errors"

// Errors of a Store.
var (
	ErrExists   = errors.New("tenant or site exists already")
	ErrNotFound = errors.New("no such tenant or site")
)
