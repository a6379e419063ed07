package bus

import "errors"

// limit is an error of overload. Its methods let a caller that does not import this package tell one from the other.
type limit struct {
	text string
	full bool
}

func (e *limit) Error() string { return e.text }

// Full reports that there is no room: it takes trimming or a larger disk.
func (e *limit) Full() bool { return e.full }

// Busy reports that too much waits at once: the same append will do a moment later.
func (e *limit) Busy() bool { return !e.full }

// Errors of a Log, wrapped by what its methods return.
var (
	ErrFull     error = &limit{"the log is full", true}               // by MaxBytes or by the disk; nothing was kept, and the next append is tried anew
	ErrBusy     error = &limit{"too many appends are waiting", false} // nothing was kept, unless the text says that the outcome is unknown
	ErrClosed         = errors.New("the log is closed")
	ErrTooLarge       = errors.New("batch is larger than the log takes")
)
