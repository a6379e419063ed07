package source

import (
	"context"

	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Changes changes sources that stand. Methods are safe for concurrent use.
type Changes interface {
	// UpdateSource replaces what is known of the source with this ID but its tenant and its token; ErrNotFound when the scope does not hold it.
	UpdateSource(ctx context.Context, scope tenant.Scope, s Source) error
	// SetToken replaces the hash of the source's token, so that the old token is refused from now on; ErrNotFound.
	SetToken(ctx context.Context, scope tenant.Scope, id string, tokenHash [32]byte) error
}
