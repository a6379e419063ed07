package statetest

import (
	"net/netip"

	"github.com/noroshi-soc/noroshi/internal/source"
	"github.com/noroshi-soc/noroshi/internal/tenant"
)

func (w *World) source(of tenant.ID, id string, port int) source.Source {
	return source.Source{
		ID: id, Tenant: of, Site: "tokyo", Name: "ファイアウォール", Format: source.FormatSyslog, Zone: "Asia/Tokyo", Port: port,
		Senders: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32")}, Created: Noon,
	}
}

func sources(w *World) {
	ctx := w.Context()
	fw, zeek := w.source(w.Aoi, "fw-1", 5514), w.source(w.Beni, "zeek-1", 0)
	zeek.Senders, zeek.Zone, zeek.Site = nil, "", ""
	w.ok(w.CreateSource(ctx, fw, [32]byte{1}))
	w.ok(w.CreateSource(ctx, zeek, [32]byte{2}))
	zeek.Zone = "UTC"

	w.is(w.CreateSource(ctx, w.source(w.Beni, "fw-1", 0), [32]byte{3}), source.ErrExists)
	w.is(w.CreateSource(ctx, w.source(w.Beni, "fw-2", 5514), [32]byte{3}), source.ErrExists)
	w.is(w.CreateSource(ctx, w.source(ID(w, "nobody"), "fw-3", 0), [32]byte{3}), tenant.ErrNotFound)
	nowhere := w.source(w.Aoi, "fw-4", 0)
	nowhere.Site = "nagoya"
	w.is(w.CreateSource(ctx, nowhere, [32]byte{3}), tenant.ErrNotFound)

	got, err := w.Sources(ctx, tenant.NewScope(w.Aoi))
	w.ok(err)
	w.same("sources of aoi", got, []source.Source{fw})
	all, err := w.AllSources(ctx)
	w.ok(err)
	want := []source.Known{{Source: fw, TokenHash: [32]byte{1}}, {Source: zeek, TokenHash: [32]byte{2}}}
	if len(all) != 2 || all[0].TokenHash != want[0].TokenHash || all[1].TokenHash != want[1].TokenHash {
		w.Errorf("all sources: %v", all)
	}

	header, err := w.Header(ctx, "zeek-1", "conn")
	w.ok(err)
	w.same("header before any", header, "")
	w.ok(w.PutHeader(ctx, "zeek-1", "conn", "#fields\tts"))
	w.ok(w.PutHeader(ctx, "zeek-1", "dns", "#fields\tquery"))
	w.ok(w.PutHeader(ctx, "zeek-1", "conn", "#fields\tts\tuid"))
	header, err = w.Header(ctx, "zeek-1", "conn")
	w.ok(err)
	w.same("header", header, "#fields\tts\tuid")
}

func sourceChanges(w *World) {
	ctx, scope := w.Context(), tenant.NewScope(w.Aoi)
	fw := w.source(w.Aoi, "fw-1", 5514)
	w.ok(w.CreateSource(ctx, fw, [32]byte{1}))
	w.ok(w.CreateSource(ctx, w.source(w.Beni, "fw-2", 5515), [32]byte{2}))

	fw.Name, fw.Off, fw.Site = "別名", true, "osaka"
	stolen := fw
	stolen.Tenant = w.Beni // the tenant stays, whatever is said
	w.ok(w.UpdateSource(ctx, scope, stolen))
	w.ok(w.SetToken(ctx, scope, "fw-1", [32]byte{7}))
	w.is(w.UpdateSource(ctx, scope, w.source(w.Aoi, "fw-2", 0)), source.ErrNotFound)
	w.is(w.SetToken(ctx, scope, "fw-2", [32]byte{7}), source.ErrNotFound)
	clash := fw
	clash.Port = 5515
	w.is(w.UpdateSource(ctx, scope, clash), source.ErrExists)

	got, err := w.Sources(ctx, w.All)
	w.ok(err)
	w.same("sources", got, []source.Source{fw, w.source(w.Beni, "fw-2", 5515)})
	all, err := w.AllSources(ctx)
	w.ok(err)
	w.same("tokens", [][32]byte{all[0].TokenHash, all[1].TokenHash}, [][32]byte{{7}, {2}})
}
