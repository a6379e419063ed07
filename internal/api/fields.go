package api

import (
	"context"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/query"
)

// Field is a name that a query may use.
type Field struct {
	Name    string `json:"name"`
	Type    string `json:"type" enum:"text,number,time,ip,id"`
	Label   string `json:"label"`
	LabelJA string `json:"label_ja"`
}

// FieldList is the names that a query may use. A log's own names may be used too and are not listed.
type FieldList struct {
	Fields []Field `json:"fields"`
}

func (a *api) listFields(context.Context, *auth.Caller, *nothing) (*reply[FieldList], error) {
	return &reply[FieldList]{FieldList{mapped(query.Names(), fieldOf)}}, nil
}

var fieldTypes = map[query.Kind]string{
	query.Own: "text", query.Text: "text", query.Number: "number", query.Instant: "time", query.Address: "ip", query.ID: "id",
}

func fieldOf(name string) Field {
	label, ok := fieldLabels[name]
	if !ok {
		label = [2]string{name, name}
	}
	return Field{name, fieldTypes[query.KindOf(name)], label[0], label[1]}
}

// fieldLabels are what people call the fields, in English and Japanese.
var fieldLabels = map[string][2]string{
	"id": {"Event ID", "イベントID"}, "time": {"Time", "発生時刻"}, "received": {"Received", "受信時刻"},
	"tenant": {"Customer", "お客様"}, "site": {"Site", "拠点"}, "source": {"Source", "送信元ソース"}, "dataset": {"Log", "ログ種別"},
	"problem": {"Problem", "読み取りの問題"}, "rule.id": {"Matched rule", "一致したルール"}, "entity": {"Anything named", "関係するもの"},
	"source.ip": {"Source address", "送信元アドレス"}, "source.port": {"Source port", "送信元ポート"}, "source.bytes": {"Bytes sent", "送信バイト数"},
	"destination.ip": {"Destination address", "宛先アドレス"}, "destination.port": {"Destination port", "宛先ポート"},
	"destination.domain": {"Destination name", "宛先ドメイン"}, "destination.bytes": {"Bytes received", "受信バイト数"},
	"network.transport": {"Transport", "トランスポート"}, "network.protocol": {"Protocol", "プロトコル"}, "network.direction": {"Direction", "通信方向"},
	"host.name": {"Host", "ホスト"}, "host.ip": {"Host address", "ホストのアドレス"},
	"user.name": {"User", "ユーザー"}, "user.domain": {"User's domain", "ユーザーのドメイン"}, "user.target.name": {"Target user", "対象ユーザー"},
	"event.code": {"Event code", "イベントコード"}, "event.action": {"Action", "動作"}, "event.category": {"Category", "分類"},
	"event.outcome": {"Outcome", "結果"}, "event.provider": {"Provider", "プロバイダー"}, "event.duration": {"Duration", "継続時間"},
	"process.executable": {"Program", "実行ファイル"}, "process.name": {"Program name", "プロセス名"},
	"process.command_line": {"Command line", "コマンドライン"}, "process.pid": {"Process ID", "プロセスID"},
	"process.entity_id": {"Process GUID", "プロセスGUID"}, "process.parent.executable": {"Parent program", "親の実行ファイル"},
	"process.parent.command_line": {"Parent command line", "親のコマンドライン"}, "process.parent.entity_id": {"Parent process GUID", "親プロセスGUID"},
	"file.path": {"File", "ファイルパス"}, "file.name": {"File name", "ファイル名"}, "file.hash.sha256": {"File SHA-256", "ファイルのSHA-256"},
	"registry.path": {"Registry key", "レジストリキー"}, "registry.data.strings": {"Registry value", "レジストリ値"},
	"dns.question.name": {"DNS name", "DNS問い合わせ名"}, "dns.question.type": {"DNS type", "DNS問い合わせ種別"},
	"url.full": {"URL", "URL"}, "url.domain": {"URL's domain", "URLのドメイン"}, "user_agent.original": {"User agent", "ユーザーエージェント"},
	"http.request.method": {"HTTP method", "HTTPメソッド"}, "http.response.status_code": {"HTTP status", "HTTPステータス"},
	"tls.client.server_name": {"TLS server name", "TLSサーバー名"},
	"rule.name":              {"Device's signature", "機器のシグネチャ"}, "rule.category": {"Signature's category", "シグネチャの分類"},
	"event.severity":     {"Device severity", "重要度(機器)"},
	"email.from.address": {"Mail from", "メール送信者"}, "email.to.address": {"Mail to", "メール受信者"}, "email.subject": {"Mail subject", "メール件名"},
	"message": {"Message", "メッセージ"},
}
