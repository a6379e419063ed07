package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/api"
)

// operation is one of the OpenAPI document.
type operation struct {
	method, path, id string
	admin, public    bool
	body             bool
	query            []string
	pathParam        string
}

// operations reads them all from the document, so that a new one cannot be forgotten by the tests that go through them.
func operations(t *testing.T) []operation {
	t.Helper()
	data, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string              `json:"operationId"`
			Role        string              `json:"x-role"`
			RequestBody json.RawMessage     `json:"requestBody"`
			Security    *[]json.RawMessage  `json:"security"`
			Parameters  []map[string]any    `json:"parameters"`
			Responses   map[string]struct{} `json:"responses"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	var out []operation
	for path, methods := range doc.Paths {
		for method, o := range methods {
			op := operation{
				method: strings.ToUpper(method), path: strings.TrimPrefix(path, api.Prefix), id: o.OperationID, admin: o.Role == "administrator",
				public: o.Security != nil && len(*o.Security) == 0, body: o.RequestBody != nil,
			}
			for _, p := range o.Parameters {
				if p["in"] == "query" {
					op.query = append(op.query, p["name"].(string))
				} else {
					op.pathParam = p["name"].(string)
				}
			}
			out = append(out, op)
		}
	}
	slices.SortFunc(out, func(x, y operation) int { return strings.Compare(x.path+x.method, y.path+y.method) })
	if len(out) < 41 {
		t.Fatalf("only %d operations in the document", len(out))
	}
	return out
}

// probe fills in an operation: ids of a tenant's things by the noun of the path, and bodies by operation.
type probe struct {
	ids    map[string]string
	bodies map[string]map[string]any
	tenant string
}

// probeOf asks for what is of this ground. Own passwords and the like are of the caller and no tenant's.
func (w *world) probeOf(g *ground, token string) probe {
	return probe{
		ids: map[string]string{
			"items": g.items[0].ID, "incidents": g.incident.ID, "events": g.events[0].String(), "people": g.analyst.ID,
			"sources": g.source.ID, "tenants": g.id.String(), "tokens": token, "rules": "rule-1",
		},
		bodies: bodies(g.id.String()), tenant: g.id.String(),
	}
}

func bodies(tenant string) map[string]map[string]any {
	return map[string]map[string]any{
		"sign-in":             {"name": "nobody", "password": "wrong password"},
		"change-self":         {"display_name": "Somebody"},
		"change-password":     {"current": "not it at all", "new": "another long one"},
		"judge-item":          {"verdict": "false_positive", "comment": "x"},
		"set-incident-status": {"status": "closed"},
		"create-tenant":       {"id": "new-" + tenant, "name": "New"},
		"add-site":            {"id": "second", "name": "Second"},
		"create-person":       {"name": "new-of-" + tenant, "display_name": "New", "role": "analyst", "tenants": []string{tenant}},
		"change-person":       {"display_name": "Changed", "tenants": []string{tenant}},
		"create-source":       {"tenant": tenant, "name": "New"},
		"change-source":       {"name": "Changed"},
		"create-token":        {"name": "mine"},
	}
}

// nobody's ids are of the right form and name nothing.
func unknown() probe {
	return probe{
		ids: map[string]string{
			"items": "i000000000000000000000000", "incidents": "n000000000000000000000000", "events": "1-9-1-0", "people": "p00000000000000000000",
			"sources": "src-zulu1", "tenants": "zulu1", "tokens": "t00000000000000000000", "rules": "rule-1",
		},
		bodies: bodies("zulu1"), tenant: "zulu1",
	}
}

// send makes the call. The tenant is named wherever the operation lets it be named.
func (p probe) send(t *testing.T, b *browser, op operation) answer {
	t.Helper()
	path := op.path
	if op.pathParam != "" {
		noun := strings.Split(strings.Trim(op.path, "/"), "/")[0]
		id, ok := p.ids[noun]
		if !ok {
			t.Fatalf("%s %s: no id is known to try; add one to probeOf and unknown", op.method, op.path)
		}
		path = strings.ReplaceAll(path, "{"+op.pathParam+"}", id)
	}
	q := url.Values{}
	if slices.Contains(op.query, "tenant") {
		q.Set("tenant", p.tenant)
	}
	if slices.Contains(op.query, "field") {
		q.Set("field", "host.name")
	}
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	var body any
	if op.body {
		sample, ok := p.bodies[op.id]
		if !ok {
			t.Fatalf("%s: no body is known to try; add one to bodies", op.id)
		}
		body = sample
	}
	return b.call(op.method, path, body)
}

// named reports whether the call names something of a tenant.
func (op operation) named() bool {
	return op.pathParam != "" && !strings.HasPrefix(op.path, "/rules") || slices.Contains(op.query, "tenant") ||
		slices.Contains([]string{"create-person", "create-source"}, op.id)
}

// own are the operations on the caller's own sign-in, which end what the test goes on with.
var own = []string{"sign-in", "sign-out", "change-password", "change-self"}

// A person of tenant alpha, with every right there, tries every operation against what is bravo's: they get nothing, learn nothing, and change nothing;
// and the answer is byte for byte the one that they get for what is not there at all.
func TestNobodySeesAnotherTenant(t *testing.T) {
	w := newWorld(t)
	root, bravo := w.as("root"), w.as("analyst-bravo")
	var made api.NewToken
	bravo.want(200, &made, "POST", "/tokens", map[string]any{"name": "of bravo"})
	theirs := w.probeOf(w.b, made.Detail.ID)
	before := bravoSeen(root, theirs)
	for _, name := range []string{"admin-alpha", "analyst-alpha"} {
		me := w.as(name)
		for _, op := range operations(t) {
			if slices.Contains(own, op.id) {
				continue
			}
			foreign, nothing := theirs.send(t, me, op), unknown().send(t, me, op)
			told := strings.ReplaceAll(foreign.body, "of-bravo", "") // what the caller said themselves
			if strings.Contains(strings.ToLower(told), "bravo") {
				t.Errorf("%s as %s tells of bravo: %d %s", op.id, name, foreign.status, foreign.body)
			}
			if !op.named() {
				continue
			}
			if foreign.status < 400 {
				t.Errorf("%s as %s on bravo's: %d %s", op.id, name, foreign.status, foreign.body)
			}
			if foreign.status != nothing.status || foreign.body != nothing.body || !slices.Equal(foreign.header["Content-Type"], nothing.header["Content-Type"]) {
				t.Errorf("%s as %s: bravo's is %d %s, and what is not there %d %s", op.id, name, foreign.status, foreign.body, nothing.status, nothing.body)
			}
		}
	}
	if after := bravoSeen(root, theirs); after != before {
		t.Errorf("bravo has changed:\n%s\n%s", before, after)
	}
}

// bravoSeen is what an administrator of all sees of bravo.
func bravoSeen(root *browser, p probe) string {
	out := ""
	for _, path := range []string{"/items/" + p.ids["items"], "/incidents/" + p.ids["incidents"], "/items?state=all&tenant=bravo", "/sources?tenant=bravo"} {
		out += root.want(200, nil, "GET", path, nil).body
	}
	var people api.PersonList
	root.want(200, &people, "GET", "/people", nil)
	for _, q := range people.People {
		if slices.Contains(q.Tenants, "bravo") {
			text, _ := json.Marshal(q)
			out += string(text)
		}
	}
	var tenants api.TenantList
	root.want(200, &tenants, "GET", "/tenants", nil)
	for _, q := range tenants.Tenants {
		if q.ID == "bravo" {
			text, _ := json.Marshal(q)
			out += string(text)
		}
	}
	return out
}

// The same calls, made by one who may: they work, so that the test above has tried what can be had. And every change is in the audit log.
func TestEveryOperationWorksForItsOwn(t *testing.T) {
	w := newWorld(t)
	root, theirs := w.as("root"), w.probeOf(w.b, "")
	for _, op := range operations(t) {
		if slices.Contains(own, op.id) || op.id == "live" {
			continue
		}
		if op.id == "delete-token" {
			var list api.TokenList
			root.want(200, &list, "GET", "/tokens", nil)
			if len(list.Tokens) == 0 {
				var made api.NewToken
				root.want(200, &made, "POST", "/tokens", map[string]any{"name": "x"})
				list.Tokens = append(list.Tokens, made.Detail)
			}
			theirs.ids["tokens"] = list.Tokens[0].ID
		}
		lines := w.audits()
		got := theirs.send(t, root, op)
		if got.status >= 300 {
			t.Errorf("%s: %d %s", op.id, got.status, got.body)
		}
		if added := w.audits() - lines; (op.method == http.MethodGet) != (added == 0) {
			t.Errorf("%s: %d lines were added to the audit log", op.id, added)
		}
		if op.method == http.MethodGet && slices.Contains(op.query, "tenant") && !strings.Contains(got.body, "bravo") &&
			!slices.Contains([]string{"count-events", "event-histogram", "list-rules", "get-rule"}, op.id) {
			t.Errorf("%s of bravo tells nothing of it: %s", op.id, got.body)
		}
	}
}

// A query cannot widen the scope, whatever it says.
func TestQueryCannotWidenTheScope(t *testing.T) {
	w := newWorld(t)
	me := w.as("analyst-alpha")
	for _, q := range []string{
		"tenant:bravo", "tenant:*", "not tenant:alpha", "source:src-bravo", "bravo", "id:" + w.b.events[0].String(), "tenant:bravo or tenant:alpha",
		"host.name:*", "rule.id:rule-1", "entity:bravo-pc",
	} {
		for _, path := range []string{"/events?", "/events/values?field=host.name&", "/events/values?field=tenant&", "/events/histogram?"} {
			if got := me.want(200, nil, "GET", path+"q="+url.QueryEscape(q), nil); strings.Contains(got.body, "bravo") {
				t.Errorf("%s tells of bravo: %s", q, got.body)
			}
		}
		var n api.EventCount
		me.want(200, &n, "GET", "/events/count?q="+url.QueryEscape(q), nil)
		if n.Count > 3 {
			t.Errorf("%s counts %d of alpha's 3 events", q, n.Count)
		}
	}
}

// analysts may do none of these.
var administration = []string{
	"add-site", "change-person", "change-source", "create-person", "create-source", "create-tenant", "list-audit", "list-people", "list-shippers",
	"list-sources", "list-tenants", "reload-rules", "reset-password", "rotate-source-token", "switch-on-rule",
}

func TestAnalystsDoNotAdminister(t *testing.T) {
	w := newWorld(t)
	me, mine := w.as("analyst-alpha"), w.probeOf(w.a, "none")
	var found []string
	for _, op := range operations(t) {
		if !op.admin {
			continue
		}
		found = append(found, op.id)
		for _, p := range []probe{mine, w.probeOf(w.b, "none"), unknown()} {
			got := p.send(t, me, op)
			if got.status != http.StatusForbidden || !strings.Contains(got.body, `"code":"forbidden"`) {
				t.Errorf("%s: %d %s", op.id, got.status, got.body)
			}
		}
		if op.body {
			me.refused(http.StatusForbidden, "forbidden", op.method, strings.ReplaceAll(op.path, "{id}", "x"), "nonsense")
		}
	}
	slices.Sort(found)
	same(t, "operations of administrators", found, administration)
}

func TestOutsidersGetNothing(t *testing.T) {
	w := newWorld(t)
	for _, me := range []*browser{{w: w}, {w: w, cookie: "made-up"}, {w: w, token: "noroshi_made_up"}} {
		for _, op := range operations(t) {
			if op.public {
				same(t, "the public operation", op.id, "sign-in")
				continue
			}
			p := w.probeOf(w.a, "none")
			got := p.send(t, me, op)
			if got.status != http.StatusUnauthorized || !strings.Contains(got.body, `"code":"unauthenticated"`) || strings.Contains(got.body, "alpha") {
				t.Errorf("%s: %d %s", op.id, got.status, got.body)
			}
		}
		for _, path := range []string{"/openapi.json", "/nothing", "/"} {
			me.refused(http.StatusUnauthorized, "unauthenticated", "GET", path, nil)
		}
	}
}
