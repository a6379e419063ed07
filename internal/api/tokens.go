package api

import (
	"context"
	"net/http"

	"github.com/noroshi-soc/noroshi/internal/auth"
)

// Token is an API token of the caller's own. Its secret is shown once, when it is made.
type Token struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Created  Time   `json:"created"`
	LastUsed Time   `json:"last_used,omitzero"`
}

// TokenList is the caller's API tokens, newest first.
type TokenList struct {
	Tokens []Token `json:"tokens"`
}

// NewToken is a token with its secret.
type NewToken struct {
	Token  string `json:"token" doc:"Shown this once"`
	Detail Token  `json:"detail"`
}

type newTokenInput struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100" doc:"What it is for"`
	}
}

type tokenInput struct {
	ID string `path:"id"`
}

func (a *api) tokens() {
	register(a, people, route(http.MethodGet, "/tokens", "list-tokens", "Own API tokens", "tokens"), a.listTokens)
	register(a, people, route(http.MethodPost, "/tokens", "create-token", "Make an API token that may do what its owner may", "tokens"), a.createToken)
	register(a, people, route(http.MethodDelete, "/tokens/{id}", "delete-token", "Take back an API token", "tokens"), a.deleteToken)
}

func tokenOf(s auth.Session) Token {
	return Token{ID: s.ID, Name: s.Name, Created: Time(s.Created), LastUsed: Time(s.LastUsed)}
}

func (a *api) listTokens(ctx context.Context, c *auth.Caller, _ *nothing) (*reply[TokenList], error) {
	list, err := a.Gate.ListTokens(ctx, *c)
	if err != nil {
		return nil, err
	}
	return &reply[TokenList]{TokenList{mapped(list, tokenOf)}}, nil
}

func (a *api) createToken(ctx context.Context, c *auth.Caller, in *newTokenInput) (*reply[NewToken], error) {
	secret, s, err := a.Gate.CreateToken(ctx, *c, in.Body.Name, addressOf(ctx))
	if err != nil {
		return nil, err
	}
	return &reply[NewToken]{NewToken{secret, tokenOf(s)}}, nil
}

func (a *api) deleteToken(ctx context.Context, c *auth.Caller, in *tokenInput) (*nothing, error) {
	return nil, a.Gate.EndToken(ctx, *c, in.ID, addressOf(ctx))
}
