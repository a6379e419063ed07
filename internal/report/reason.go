package report

import (
	"fmt"

	"github.com/noroshi-soc/noroshi/internal/event"
	"github.com/noroshi-soc/noroshi/internal/incident"
)

var kindWords = map[event.EntityKind]words{
	event.KindHost: {"ホスト", "host"}, event.KindIP: {"アドレス", "address"}, event.KindUser: {"アカウント", "account"},
	event.KindDomain: {"ドメイン", "domain"}, event.KindURL: {"URL", "URL"}, event.KindHash: {"ファイルのハッシュ", "file hash"},
	event.KindProcess: {"プロセス", "program"}, event.KindFile: {"ファイル", "file"},
}

// Reason tells why an item belongs to its incident; with is the title of the item that it was tied to, "" for none.
func (Teller) Reason(r incident.Reason, with, lang string) string {
	kind := kindWords[r.Entity.Kind].in(lang)
	if lang == "ja" {
		return reasonJA(r, with, kind+r.Entity.Value)
	}
	return reasonEN(r, with, kind+" "+r.Entity.Value)
}

func reasonJA(r incident.Reason, with, thing string) string {
	if with == "" {
		with = "先の案件"
	} else {
		with = "「" + with + "」"
	}
	switch r.Code {
	case incident.ReasonFirst:
		return "このインシデントの最初の案件"
	case incident.ReasonSameHost:
		return fmt.Sprintf("%sと同じ%s、%s", with, thing, gapJA(r.GapSec))
	case incident.ReasonSharedItem:
		return fmt.Sprintf("%sと%sが共通、%s", with, thing, gapJA(r.GapSec))
	case incident.ReasonMerged:
		return thing + "が共通のため、別のインシデントから統合"
	}
	return string(r.Code)
}

func reasonEN(r incident.Reason, with, thing string) string {
	if with == "" {
		with = "an earlier item"
	} else {
		with = "“" + with + "”"
	}
	switch r.Code {
	case incident.ReasonFirst:
		return "The incident began with this item"
	case incident.ReasonSameHost:
		return fmt.Sprintf("Same %s as %s, %s", thing, with, gapEN(r.GapSec))
	case incident.ReasonSharedItem:
		return fmt.Sprintf("Shares the %s with %s, %s", thing, with, gapEN(r.GapSec))
	case incident.ReasonMerged:
		return "Joined from another incident through the " + thing
	}
	return string(r.Code)
}

func gapJA(seconds int64) string {
	switch {
	case seconds == 0:
		return "同じ時間帯"
	case seconds < 60:
		return fmt.Sprintf("間隔%d秒", seconds)
	case seconds < 3600:
		return fmt.Sprintf("間隔%d分", seconds/60)
	default:
		return fmt.Sprintf("間隔%d時間%d分", seconds/3600, seconds%3600/60)
	}
}

func gapEN(seconds int64) string {
	switch {
	case seconds == 0:
		return "at the same time"
	case seconds < 60:
		return fmt.Sprintf("%d s apart", seconds)
	case seconds < 3600:
		return fmt.Sprintf("%d min apart", seconds/60)
	default:
		return fmt.Sprintf("%d h %d min apart", seconds/3600, seconds%3600/60)
	}
}
