package statetest

import (
	"strings"
	"time"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

func tenants(w *World) {
	ctx := w.Context()
	w.is(w.CreateTenant(ctx, tenant.Tenant{ID: w.Aoi}), tenant.ErrExists)
	w.is(w.CreateTenant(ctx, tenant.Tenant{}), tenant.ErrInvalid)
	w.is(w.AddSite(ctx, w.Aoi, tenant.Site{ID: "tokyo"}), tenant.ErrExists)
	w.is(w.AddSite(ctx, w.Aoi, tenant.Site{ID: "../etc"}), tenant.ErrInvalid)
	w.is(w.AddSite(ctx, ID(w, "nobody"), tenant.Site{ID: "x"}), tenant.ErrNotFound)
	w.ok(w.AddSite(ctx, w.Aoi, tenant.Site{ID: "nagoya", Name: "名古屋"}))

	got, err := w.Tenants(ctx, tenant.NewScope(w.Aoi))
	w.ok(err)
	w.same("tenants", got, []tenant.Tenant{{
		ID: w.Aoi, Name: "aoi 株式会社", Zone: "Asia/Tokyo", Created: Noon,
		Sites: []tenant.Site{{ID: "nagoya", Name: "名古屋"}, {ID: "osaka", Name: "大阪"}, {ID: "tokyo", Name: "東京"}},
	}})
	ids, err := w.AllIDs(ctx)
	w.ok(err)
	w.same("ids", ids, []tenant.ID{w.Aoi, w.Beni})

	// A tenant of which one site is bad is not there at all.
	bad := tenant.Tenant{ID: ID(w, "chairo"), Sites: []tenant.Site{{ID: "a"}, {ID: "a"}}, Created: Noon}
	w.is(w.CreateTenant(ctx, bad), tenant.ErrExists)
	ids, err = w.AllIDs(ctx)
	w.ok(err)
	w.same("ids after a refusal", ids, []tenant.ID{w.Aoi, w.Beni})
}

func person(id, name string, of ...tenant.ID) auth.Person {
	return auth.Person{ID: id, Name: name, DisplayName: "花子", Role: auth.Analyst, Language: "ja", Tenants: of, Created: Noon}
}

func people(w *World) {
	ctx := w.Context()
	hanako := person("p1", "hanako", w.Aoi, w.Beni)
	w.ok(w.CreatePerson(ctx, hanako, "hash-1"))
	w.ok(w.CreatePerson(ctx, person("p2", "akira"), "hash-2"))
	w.is(w.CreatePerson(ctx, person("p3", "hanako"), "h"), auth.ErrExists)
	w.is(w.CreatePerson(ctx, person("p4", "ume", ID(w, "nobody")), "h"), tenant.ErrNotFound)

	got, hash, err := w.PersonByName(ctx, "hanako")
	w.ok(err)
	w.same("person", got, hanako)
	w.same("hash", hash, "hash-1")
	_, _, err = w.PersonByName(ctx, "ume")
	w.is(err, auth.ErrNotFound)

	hanako.Role, hanako.AllTenants, hanako.Tenants, hanako.Disabled = auth.Administrator, true, []tenant.ID{w.Beni}, true
	w.ok(w.UpdatePerson(ctx, hanako, ""))
	got, hash, err = w.PersonByName(ctx, "hanako")
	w.ok(err)
	w.same("person changed", got, hanako)
	w.same("hash left", hash, "hash-1")
	w.ok(w.UpdatePerson(ctx, hanako, "hash-3"))
	_, hash, err = w.PersonByName(ctx, "hanako")
	w.ok(err)
	w.same("hash changed", hash, "hash-3")

	w.is(w.UpdatePerson(ctx, person("p9", "kiku"), ""), auth.ErrNotFound)
	w.is(w.UpdatePerson(ctx, person("p2", "hanako"), ""), auth.ErrExists)
	_, err = w.Person(ctx, "p9")
	w.is(err, auth.ErrNotFound)
	all, err := w.People(ctx)
	w.ok(err)
	w.same("people", all, []auth.Person{person("p2", "akira"), hanako})
}

func sessions(w *World) {
	ctx := w.Context()
	w.ok(w.CreatePerson(ctx, person("p1", "hanako"), "h"))
	w.ok(w.CreatePerson(ctx, person("p2", "akira"), "h"))
	in := auth.Session{ID: "s1", Person: "p1", Created: Noon, LastUsed: Noon, Expires: Noon.Add(time.Hour)}
	token := auth.Session{ID: "t1", Person: "p1", Name: "script", Created: Noon, LastUsed: Noon}
	newer := auth.Session{ID: "t2", Person: "p1", Name: "other", Created: Noon.Add(time.Minute), LastUsed: Noon}
	for i, s := range []auth.Session{in, token, newer} {
		w.ok(w.CreateSession(ctx, s, [32]byte{byte(i)}))
	}
	got, err := w.SessionBySecret(ctx, [32]byte{0})
	w.ok(err)
	w.same("session", got, in)
	_, err = w.SessionBySecret(ctx, [32]byte{9})
	w.is(err, auth.ErrNotFound)

	token.LastUsed = Noon.Add(5 * time.Minute)
	w.ok(w.TouchSession(ctx, "t1", token.LastUsed))
	list, err := w.Sessions(ctx, "p1")
	w.ok(err)
	w.same("tokens", list, []auth.Session{newer, token})

	w.ok(w.EndSessions(ctx, "p2", "t1")) // not theirs
	w.ok(w.EndSessions(ctx, "p1", "t2"))
	list, err = w.Sessions(ctx, "p1")
	w.ok(err)
	w.same("tokens left", list, []auth.Session{token})
	w.ok(w.EndSessions(ctx, "p1", ""))
	for i := range 3 {
		_, err = w.SessionBySecret(ctx, [32]byte{byte(i)})
		w.is(err, auth.ErrNotFound)
	}
}

func audit(w *World) {
	ctx := w.Context()
	for i, action := range []string{"item.judge", "source.create", "session.create"} {
		w.ok(w.AddEntry(ctx, auth.Entry{
			At: Noon.Add(time.Duration(i) * time.Second), By: "p1", ByName: "hanako", Action: action, Target: "x",
			Tenant: "aoi", Detail: strings.Repeat("'", 3), Address: "192.0.2.1",
		}))
	}
	got, total, err := w.Entries(ctx, 1, 1)
	w.ok(err)
	w.same("total", total, 3)
	w.same("lines", got, []auth.Entry{{
		ID: got[0].ID, At: Noon.Add(time.Second), By: "p1", ByName: "hanako", Action: "source.create", Target: "x",
		Tenant: "aoi", Detail: "'''", Address: "192.0.2.1",
	}})
	all, _, err := w.Entries(ctx, 0, 0)
	w.ok(err)
	if len(all) != 3 || all[0].ID <= all[1].ID || all[1].ID <= all[2].ID {
		w.Errorf("lines not newest first: %v", all)
	}
}
