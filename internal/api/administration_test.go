package api_test

import (
	"crypto/sha256"
	"slices"
	"strings"
	"testing"

	"github.com/noroshi-soc/noroshi/internal/api"
	"github.com/noroshi-soc/noroshi/internal/source"
)

func TestTenants(t *testing.T) {
	w := newWorld(t)
	root, admin := w.as("root"), w.as("admin-alpha")
	var made api.Tenant
	root.want(200, &made, "POST", "/tenants", map[string]any{"id": "charlie", "name": " Charlie ", "sites": []api.Site{{ID: "hq", Name: "HQ"}}})
	same(t, "made", made, "{charlie Charlie Asia/Tokyo [{hq HQ}]}")
	root.refused(409, "exists", "POST", "/tenants", map[string]any{"id": "charlie", "name": "x"})
	root.refused(422, "invalid", "POST", "/tenants", map[string]any{"id": "delta", "name": "x", "zone": "Mars/Base"})
	root.refused(422, "invalid", "POST", "/tenants", map[string]any{"id": "-x", "name": "x"})
	root.want(200, &made, "POST", "/tenants/charlie/sites", map[string]any{"id": "osaka", "name": "大阪"})
	same(t, "sites", made.Sites, "[{hq HQ} {osaka 大阪}]")
	root.refused(409, "exists", "POST", "/tenants/charlie/sites", map[string]any{"id": "osaka", "name": "x"})
	var list api.TenantList
	root.want(200, &list, "GET", "/tenants", nil)
	same(t, "all", len(list.Tenants), 3)
	admin.want(200, &list, "GET", "/tenants", nil)
	same(t, "alpha's", len(list.Tenants), 1)
	admin.refused(403, "forbidden", "POST", "/tenants", map[string]any{"id": "echo", "name": "x"})
}

func TestPeople(t *testing.T) {
	w := newWorld(t)
	admin := w.as("admin-alpha")
	var made api.NewPerson
	admin.want(200, &made, "POST", "/people", map[string]any{"name": "sato", "display_name": "佐藤", "role": "analyst", "tenants": []string{"alpha"}})
	if len(made.Password) < 12 {
		t.Errorf("generated password %q", made.Password)
	}
	sato := &browser{w: w}
	sato.want(200, nil, "POST", "/session", map[string]any{"name": "sato", "password": made.Password})
	admin.refused(409, "exists", "POST", "/people", map[string]any{"name": "sato", "display_name": "x", "role": "analyst", "tenants": []string{"alpha"}})
	admin.refused(422, "invalid", "POST", "/people", map[string]any{"name": "nobody", "display_name": "x", "role": "analyst"})
	admin.refused(403, "forbidden", "POST", "/people", map[string]any{"name": "boss", "display_name": "x", "role": "administrator", "all_tenants": true})
	admin.refused(422, "weak_password", "POST", "/people", map[string]any{"name": "weak", "display_name": "x", "role": "analyst", "tenants": []string{"alpha"}, "password": "short"})

	var list api.PersonList
	admin.want(200, &list, "GET", "/people", nil)
	var names []string
	for _, p := range list.People {
		names = append(names, p.Name)
	}
	same(t, "alpha's people", names, "[admin-alpha analyst-alpha sato]")

	var changed api.Person
	admin.want(200, &changed, "PUT", "/people/"+made.Person.ID, map[string]any{"role": "administrator", "language": "en"})
	same(t, "changed", changed.Role+changed.Language+changed.DisplayName, "administratoren佐藤")
	admin.refused(403, "forbidden", "PUT", "/people/p-admin-alpha", map[string]any{"disabled": true})
	admin.refused(403, "forbidden", "PUT", "/people/"+made.Person.ID, map[string]any{"all_tenants": true})
	var reset api.Password
	admin.want(200, &reset, "POST", "/people/"+made.Person.ID+"/password", nil)
	sato.want(200, nil, "POST", "/session", map[string]any{"name": "sato", "password": reset.Password})
	admin.want(200, &changed, "PUT", "/people/"+made.Person.ID, map[string]any{"disabled": true})
	sato.refused(401, "bad_credentials", "POST", "/session", map[string]any{"name": "sato", "password": reset.Password})
}

func TestSources(t *testing.T) {
	w := newWorld(t)
	admin := w.as("admin-alpha")
	var made api.NewSource
	admin.want(200, &made, "POST", "/sources", map[string]any{
		"tenant": "alpha", "site": "hq", "name": "東京 FW No.1", "format": "syslog", "zone": "Asia/Tokyo", "senders": []string{"10.1.2.3/16"},
	})
	holds(t, "id", made.Source.ID, "fw-no-1-")
	same(t, "source", []any{made.Source.Senders, made.Source.Zone, made.Source.Off}, "[[10.1.0.0/16] Asia/Tokyo false]")
	same(t, "token opens", w.opens(made.Source.ID, made.Token), true)
	var rotated api.SourceToken
	admin.want(200, &rotated, "POST", "/sources/"+made.Source.ID+"/token", nil)
	same(t, "old and new token", []bool{w.opens(made.Source.ID, made.Token), w.opens(made.Source.ID, rotated.Token)}, "[false true]")

	var changed api.Source
	admin.want(200, &changed, "PUT", "/sources/"+made.Source.ID, map[string]any{"off": true, "site": "", "name": "旧FW"})
	same(t, "changed", []any{changed.Off, changed.Site, changed.Name, changed.Senders}, "[true  旧FW [10.1.0.0/16]]")
	var list api.SourceList
	admin.want(200, &list, "GET", "/sources", nil)
	at := slices.IndexFunc(list.Sources, func(s api.Source) bool { return s.ID == "src-alpha" })
	if len(list.Sources) != 2 || at < 0 || list.Sources[at].Events1h != 3 || list.Sources[at].Refused != 2 {
		t.Errorf("sources: %+v", list.Sources)
	}

	bad := func(code string, status int, change map[string]any) {
		t.Helper()
		in := map[string]any{"tenant": "alpha", "name": "x"}
		for k, v := range change {
			in[k] = v
		}
		admin.refused(status, code, "POST", "/sources", in)
	}
	bad("invalid", 422, map[string]any{"zone": "Nowhere"})
	bad("invalid", 422, map[string]any{"site": "nowhere"})
	bad("invalid", 422, map[string]any{"senders": []string{"10.0.0.1"}})
	bad("invalid", 422, map[string]any{"format": "morse"})
	bad("invalid", 422, map[string]any{"id": "src-bravo"}) // would tell that bravo has it
	w.as("root").refused(409, "exists", "POST", "/sources", map[string]any{"tenant": "alpha", "name": "x", "id": "src-bravo"})
}

// opens reports whether the token is the one that a door would take.
func (w *world) opens(id, token string) bool {
	w.t.Helper()
	all, err := w.state.AllSources(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	at := slices.IndexFunc(all, func(k source.Known) bool { return k.ID == id })
	return at >= 0 && all[at].TokenHash == sha256.Sum256([]byte(token))
}

func TestShippers(t *testing.T) {
	w := newWorld(t)
	root := w.as("root")
	f := func(format string, more map[string]any, want string) []api.Shipper {
		t.Helper()
		in := map[string]any{"tenant": "alpha", "name": format, "format": format}
		for k, v := range more {
			in[k] = v
		}
		var made api.NewSource
		root.want(200, &made, "POST", "/sources", in)
		var got api.ShipperList
		root.want(200, &got, "GET", "/sources/"+made.Source.ID+"/shippers", nil)
		var names []string
		for _, s := range got.Shippers {
			names = append(names, s.Name+"."+s.Language)
			if strings.Contains(s.Text, "{{") {
				t.Errorf("%s: a placeholder was left: %s", s.Name, s.Text)
			}
			if strings.Contains(s.Text, "/ingest/") && !strings.Contains(s.Text, "<TOKEN>") {
				t.Errorf("%s sends no token: %s", s.Name, s.Text)
			}
		}
		same(t, format, strings.Join(names, " "), want)
		return got.Shippers
	}
	curl := f("zeek", nil, "curl.sh vector.yaml")[0]
	holds(t, "curl", curl.Text, w.url+"/ingest/zeek-")
	f("suricata", nil, "curl.sh fluent-bit.conf vector.yaml")
	f("windows", nil, "curl.sh logstash.conf nxlog.conf winlogbeat.yaml")
	f("syslog", nil, "curl.sh http.conf")
	rsyslog := f("syslog", map[string]any{"senders": []string{"10.0.0.0/8"}}, "curl.sh http.conf rsyslog.conf syslog-ng.conf")[2]
	holds(t, "rsyslog", rsyslog.Text, `target="127.0.0.1" port="514"`, "the address that it sends from")
	own := f("syslog", map[string]any{"port": 5514}, "curl.sh http.conf rsyslog.conf syslog-ng.conf")[2]
	holds(t, "rsyslog", own.Text, `port="5514"`, "its own port")
}

func TestAudit(t *testing.T) {
	w := newWorld(t)
	root := w.as("root")
	root.want(200, nil, "POST", "/tenants", map[string]any{"id": "charlie", "name": "Charlie"})
	(&browser{w: w}).refused(401, "bad_credentials", "POST", "/session", map[string]any{"name": "root", "password": "wrong"})
	var got api.AuditList
	root.want(200, &got, "GET", "/audit?limit=2", nil)
	if got.Total < 2 || len(got.Entries) != 2 {
		t.Fatalf("%d of %d entries", len(got.Entries), got.Total)
	}
	same(t, "refusal", got.Entries[0].Action+got.Entries[0].ByName, "session.refuseroot")
	e := got.Entries[1]
	same(t, "creation", []any{e.Action, e.ByName, e.Target, e.Tenant, e.Address}, "[tenant.create root charlie charlie 127.0.0.1]")
	w.as("admin-alpha").refused(403, "forbidden", "GET", "/audit", nil)
}
