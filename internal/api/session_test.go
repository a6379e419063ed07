package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/api"
)

func TestSession(t *testing.T) {
	w := newWorld(t, func(d *api.Deps) { d.SecureCookie, d.Demo = true, true })
	visitor := &browser{w: w}
	visitor.refused(401, "bad_credentials", "POST", "/session", map[string]any{"name": "root", "password": "wrong"})
	visitor.refused(401, "bad_credentials", "POST", "/session", map[string]any{"name": "nobody", "password": password})
	var in api.SignedIn
	got := visitor.want(200, &in, "POST", "/session", map[string]any{"name": "Analyst-Alpha", "password": password})
	same(t, "signed in", in.Person.Name, "analyst-alpha")
	cookie := got.header.Get("Set-Cookie")
	holds(t, "cookie", cookie, "noroshi_session=", "HttpOnly", "Secure", "SameSite=Strict", "Path=/")
	visitor.cookie = strings.TrimPrefix(strings.Split(cookie, ";")[0], "noroshi_session=")

	var view api.SessionView
	visitor.want(200, &view, "GET", "/session", nil)
	same(t, "person", view.Person.Role+" "+view.Person.DisplayName, "analyst Display analyst-alpha")
	same(t, "tenants", view.Tenants, "[{alpha Company alpha Asia/Tokyo [{hq alpha head office}]}]")
	same(t, "version and demo", view.Version+" "+map[bool]string{true: "demo"}[view.Demo], "test demo")

	visitor.want(200, &in, "PUT", "/session", map[string]any{"language": "ja", "display_name": "青木"})
	same(t, "changed", in.Person.Language+in.Person.DisplayName, "ja青木")

	out := visitor.want(204, nil, "DELETE", "/session", nil)
	holds(t, "cookie", out.header.Get("Set-Cookie"), "noroshi_session=;", "Max-Age=0")
	visitor.refused(401, "unauthenticated", "GET", "/session", nil)
}

func TestSignInIsLimited(t *testing.T) {
	w := newWorld(t)
	visitor := &browser{w: w}
	for range 50 {
		got := visitor.call("POST", "/session", map[string]any{"name": "root", "password": "wrong"})
		if got.status == http.StatusTooManyRequests {
			holds(t, "answer", got.body, `"code":"too_many"`)
			if got.header.Get("Retry-After") == "" || got.header.Get("Retry-After") == "0" {
				t.Errorf("Retry-After is %q", got.header.Get("Retry-After"))
			}
			return
		}
	}
	t.Error("fifty wrong passwords in a row were all tried")
}

func TestChangePassword(t *testing.T) {
	w := newWorld(t)
	me, other := w.as("analyst-alpha"), w.as("analyst-alpha")
	me.refused(401, "bad_credentials", "PUT", "/session/password", map[string]any{"current": "wrong", "new": "a new long password"})
	me.refused(422, "weak_password", "PUT", "/session/password", map[string]any{"current": password, "new": "short"})
	got := me.want(204, nil, "PUT", "/session/password", map[string]any{"current": password, "new": "a new long password"})
	other.refused(401, "unauthenticated", "GET", "/session", nil)
	me.refused(401, "unauthenticated", "GET", "/session", nil)
	me.cookie = strings.TrimPrefix(strings.Split(got.header.Get("Set-Cookie"), ";")[0], "noroshi_session=")
	me.want(200, nil, "GET", "/session", nil)
}

func TestTokens(t *testing.T) {
	w := newWorld(t)
	me := w.as("analyst-alpha")
	var made api.NewToken
	me.want(200, &made, "POST", "/tokens", map[string]any{"name": "my script"})
	program := &browser{w: w, token: made.Token}
	program.want(200, nil, "GET", "/items", nil)
	program.refused(403, "forbidden", "GET", "/people", nil)
	var list api.TokenList
	me.want(200, &list, "GET", "/tokens", nil)
	if len(list.Tokens) != 1 || list.Tokens[0].Name != "my script" || list.Tokens[0].ID != made.Detail.ID {
		t.Errorf("tokens: %+v", list)
	}
	w.as("analyst-bravo").refused(404, "not_found", "DELETE", "/tokens/"+made.Detail.ID, nil)
	me.want(204, nil, "DELETE", "/tokens/"+made.Detail.ID, nil)
	program.refused(401, "unauthenticated", "GET", "/items", nil)
}
