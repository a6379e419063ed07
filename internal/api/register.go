package api

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// reply is an answer with a body.
type reply[T any] struct{ Body T }

// nothing is an input or an answer without content.
type nothing struct{}

// Narrow are the parameters that narrow what a caller sees.
type Narrow struct {
	Tenant string `query:"tenant" doc:"Only this tenant; one that the caller may not see is not found"`
}

// scope is what the caller may read, narrowed as they asked.
func (n Narrow) scope(c *auth.Caller) (tenant.Scope, error) {
	if n.Tenant == "" {
		return c.Scope, nil
	}
	only := c.Scope.Named(n.Tenant)
	if only.Empty() {
		return only, notFound()
	}
	return only, nil
}

// At narrows to one site of the tenants.
type At struct {
	Site string `query:"site" doc:"Only this site"`
}

// Span is a span of event time.
type Span struct {
	From time.Time `query:"from" doc:"From this instant on"`
	To   time.Time `query:"to" doc:"Before this instant"`
}

// Page is a part of a list.
type Page struct {
	Offset int `query:"offset" minimum:"0" maximum:"1000000"`
	Limit  int `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

// answerWithin bounds the work for one request; a search that takes longer is given up.
const answerWithin = time.Minute

// access says who may call an operation.
type access int

const (
	public access = iota
	people
	administrators
)

// route describes an operation below Prefix.
func route(method, path, id, summary, tag string) huma.Operation {
	return huma.Operation{
		Method: method, Path: Prefix + path, OperationID: id, Summary: summary, Tags: []string{tag},
		MaxBodyBytes: maxBody, Errors: []int{http.StatusUnauthorized},
	}
}

// register adds an operation. The handler's caller is nil only where the operation is public.
// The role is checked before the input is read, so that one who may not call learns nothing of what the call wants.
func register[I, O any](a *api, who access, op huma.Operation, handle func(context.Context, *auth.Caller, *I) (*O, error)) {
	switch who {
	case public:
		op.Security = []map[string][]string{}
	case administrators:
		op.Middlewares = huma.Middlewares{a.onlyAdministrators}
		op.Extensions = map[string]any{"x-role": string(auth.Administrator)}
	}
	_, streams := any((*O)(nil)).(*huma.StreamResponse)
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		if !streams {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, answerWithin)
			defer cancel()
		}
		out, err := handle(ctx, callerOf(ctx), in)
		if err != nil {
			return nil, a.fail(op.OperationID, err)
		}
		return out, nil
	})
}

func (a *api) onlyAdministrators(ctx huma.Context, next func(huma.Context)) {
	if c := callerOf(ctx.Context()); c == nil || !c.May(auth.Administrator) {
		_, w := humago.Unwrap(ctx)
		a.refuse(w, forbidden())
		return
	}
	next(ctx)
}

func forbidden() *Problem {
	return problem(http.StatusForbidden, "forbidden", auth.ErrForbidden.Error())
}

// fail turns a handler's error into its answer; an internal one is logged whole and shown as its id alone.
func (a *api) fail(operation string, err error) error {
	p, ok := shown(err)
	if !ok {
		return a.internal(operation, err)
	}
	var wait *auth.TooManyError
	if !errors.As(err, &wait) {
		return p
	}
	seconds := int(math.Ceil(wait.Retry.Seconds()))
	return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {strconv.Itoa(seconds)}})
}

// note writes into the audit log what the caller did. A change that could not be noted is answered as an error, though it was made.
func (a *api) note(ctx context.Context, c *auth.Caller, action, target string, of tenant.ID, detail string) error {
	return a.Gate.Audit(ctx, *c, action, target, of, detail, addressOf(ctx))
}
