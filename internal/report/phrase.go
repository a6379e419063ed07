package report

import (
	"strings"

	"github.com/noroshi-soc/noroshi/internal/alert"
)

// phrases name what a technique of ATT&CK looks like to those who watch. They say what was seen, not what it was for.
var phrases = map[string]words{
	"T1595":     {"外部からの探索(スキャン)", "Scanning from outside"},
	"T1190":     {"公開サーバーへの攻撃通信", "An attack on a public server"},
	"T1133":     {"外部公開サービスへの不審な接続", "A suspicious connection to a service open to the internet"},
	"T1566":     {"メールに由来する不審な動作", "Suspicious activity that came by mail"},
	"T1566.001": {"メールの添付ファイルに由来する不審な動作", "Suspicious activity that came with a mail attachment"},
	"T1078":     {"正規アカウントの不審な使用", "Suspicious use of a valid account"},
	"T1204":     {"利用者による不審なファイルの実行", "A user's opening of a suspicious file"},
	"T1204.002": {"利用者が開いた文書・ファイルからの不審な実行", "Suspicious execution out of a document or file that a user opened"},
	"T1059":     {"スクリプトの不審な実行", "Suspicious running of a script"},
	"T1059.001": {"PowerShellの不審な実行", "Suspicious running of PowerShell"},
	"T1059.003": {"コマンドプロンプトの不審な実行", "Suspicious running of the command prompt"},
	"T1059.004": {"シェルの不審な実行", "Suspicious running of a shell"},
	"T1059.005": {"Visual Basicスクリプトの不審な実行", "Suspicious running of a Visual Basic script"},
	"T1047":     {"WMIによるコマンドの実行", "Running of a command through WMI"},
	"T1569":     {"サービスを使ったコマンドの実行", "Running of a command as a service"},
	"T1053":     {"タスクスケジューラへの登録", "Registration of a scheduled task"},
	"T1197":     {"BITSジョブの不審な使用", "Suspicious use of a BITS job"},
	"T1547":     {"自動起動への登録", "Registration to start by itself"},
	"T1543":     {"不審なサービスの登録", "Registration of a suspicious service"},
	"T1136":     {"アカウントの作成", "Creation of an account"},
	"T1098":     {"アカウントや権限の変更", "A change of an account or its rights"},
	"T1098.004": {"SSHの公開鍵の登録", "Registration of an SSH key"},
	"T1548":     {"権限の昇格", "A gain of higher rights"},
	"T1055":     {"他のプロセスへの注入", "Injection into another process"},
	"T1218":     {"OS標準のプログラムを経由した不審な実行", "Suspicious execution by way of a program of the operating system"},
	"T1218.010": {"regsvr32を経由した不審な実行", "Suspicious execution by way of regsvr32"},
	"T1218.011": {"rundll32を経由した不審な実行", "Suspicious execution by way of rundll32"},
	"T1027":     {"難読化されたコマンドの実行", "Running of an obfuscated command"},
	"T1140":     {"隠されたファイルの復号", "Decoding of a hidden file"},
	"T1564":     {"画面に出さない実行", "Execution hidden from the screen"},
	"T1562":     {"セキュリティ機能の停止・変更", "A security function stopped or changed"},
	"T1070":     {"ログなど痕跡の消去", "Removal of traces such as logs"},
	"T1071":     {"外部との不審な通信", "Suspicious communication with the outside"},
	"T1071.004": {"不審なDNS問い合わせ", "Suspicious DNS queries"},
	"T1571":     {"通常と異なるポートでの外部通信", "Communication with the outside on an unusual port"},
	"T1573":     {"不審な暗号化通信", "Suspicious encrypted communication"},
	"T1105":     {"外部からのファイルの取り込み", "Fetching of a file from outside"},
	"T1003":     {"認証情報の抜き取り", "Extraction of credentials"},
	"T1110":     {"パスワードの総当たり", "Guessing of passwords"},
	"T1558":     {"Kerberosチケットの不審な要求", "Suspicious requests for Kerberos tickets"},
	"T1550":     {"盗まれた認証情報によるとみられるログオン", "A logon that looks like one with stolen credentials"},
	"T1016":     {"ネットワーク構成の調査", "Exploration of the network's configuration"},
	"T1018":     {"周囲の端末の調査", "Exploration of other hosts"},
	"T1033":     {"利用者の調査", "Exploration of who uses the host"},
	"T1046":     {"ポートスキャン", "A scan of ports"},
	"T1069":     {"権限グループの調査", "Exploration of groups and their rights"},
	"T1082":     {"端末情報の調査", "Exploration of the host itself"},
	"T1087":     {"アカウントの調査", "Exploration of accounts"},
	"T1482":     {"ドメインの信頼関係の調査", "Exploration of the domain's trusts"},
	"T1021":     {"端末間の不審な遠隔接続", "A suspicious remote connection between hosts"},
	"T1021.001": {"リモートデスクトップによる不審な接続", "A suspicious connection by remote desktop"},
	"T1021.002": {"管理共有を使った端末間の接続", "A connection between hosts through an administrative share"},
	"T1021.004": {"SSHによる不審な接続", "A suspicious connection by SSH"},
	"T1570":     {"端末間でのファイルの受け渡し", "Copying of a file between hosts"},
	"T1560":     {"データの圧縮・まとめ", "Packing of data"},
	"T1048":     {"通常と異なる経路での外部へのデータ送信", "Sending of data to the outside by an unusual way"},
	"T1567":     {"Webサービスへのデータ送信", "Sending of data to a web service"},
	"T1486":     {"ファイルの暗号化", "Encryption of files"},
	"T1490":     {"復旧手段の削除", "Removal of the means of recovery"},
}

// tacticPhrases stand in for techniques that have no phrase.
var tacticPhrases = map[string]words{
	"reconnaissance":       {"攻撃の下調べとみられる動作", "Activity that looks like reconnaissance"},
	"resource-development": {"攻撃の準備とみられる動作", "Activity that looks like preparation of an attack"},
	"initial-access":       {"侵入の試みとみられる動作", "Activity that looks like an attempt to get in"},
	"execution":            {"不審なプログラムの実行", "Running of a suspicious program"},
	"persistence":          {"居座るための設定とみられる変更", "A change that looks made to stay"},
	"privilege-escalation": {"権限の昇格とみられる動作", "Activity that looks like a gain of higher rights"},
	"defense-evasion":      {"検知を避けるための動作", "Activity that avoids being seen"},
	"command-and-control":  {"外部との不審な通信", "Suspicious communication with the outside"},
	"discovery":            {"内部の調査とみられる動作", "Activity that looks like exploration"},
	"credential-access":    {"認証情報を狙った動作", "Activity aimed at credentials"},
	"lateral-movement":     {"端末間の移動とみられる動作", "Activity that looks like movement between hosts"},
	"collection":           {"データの収集とみられる動作", "Activity that looks like collection of data"},
	"exfiltration":         {"外部へのデータ送信とみられる動作", "Activity that looks like sending of data to the outside"},
	"impact":               {"データや業務への妨害とみられる動作", "Activity that looks like damage to data or work"},
}

// whatWas names what the alerts of an item show: by the best known technique, else the tactic, else in the rule's own words.
func whatWas(item *alert.ItemView, alerts []alert.Alert) words {
	if counted(alerts) {
		// A correlation tells more than a technique: that many failures were followed by a success.
		return words{"「" + titleJA(item) + "」", "“" + item.Title + "”"}
	}
	for i := range alerts {
		if w, ok := techniquePhrase(alerts[i].Techniques); ok {
			return w
		}
	}
	for i := range alerts {
		for _, tactic := range alerts[i].Tactics {
			if w, ok := tacticPhrases[tactic]; ok {
				return w
			}
		}
	}
	return words{"「" + titleJA(item) + "」に当たる動作", "Activity that matches “" + item.Title + "”"}
}

func titleJA(item *alert.ItemView) string {
	if item.TitleJA == "" {
		return item.Title
	}
	return item.TitleJA
}

// counted reports whether the alerts are what a correlation found, so that their summary is no line of a log.
func counted(alerts []alert.Alert) bool {
	return len(alerts) > 0 && alerts[0].Detector == alert.DetectorCorrelation
}

// techniquePhrase is of the first technique that has one. Where a rule names several kinds of it, it does not know which it was: the phrase is of them all.
func techniquePhrase(techniques []string) (words, bool) {
	for _, technique := range techniques {
		parent, _, _ := strings.Cut(technique, ".")
		kinds := 0
		for _, other := range techniques {
			if strings.HasPrefix(other, parent+".") {
				kinds++
			}
		}
		if w, ok := phrases[technique]; ok && kinds <= 1 {
			return w, true
		}
		if w, ok := phrases[parent]; ok {
			return w, true
		}
	}
	return words{}, false
}

var levelWords = map[alert.Level]words{
	alert.Informational: {"情報", "informational"}, alert.Low: {"低", "low"}, alert.Medium: {"中", "medium"},
	alert.High: {"高", "high"}, alert.Critical: {"致命", "critical"},
}

var phaseWords = map[alert.Phase]words{
	alert.NoPhase: {"フェーズ不明", "phase unknown"}, alert.Before: {"侵入前", "before the intrusion"}, alert.Intrusion: {"侵入", "intrusion"},
	alert.Foothold: {"基盤構築", "foothold"}, alert.Spread: {"偵察/感染拡大", "discovery and spread"}, alert.Objective: {"目的遂行", "objective"},
}

var verdictWords = map[alert.Verdict]words{
	alert.FalsePositive: {"誤検知", "false positive"}, alert.OverDetection: {"過検知", "over-detection"}, alert.Test: {"試験・診断", "test"},
	alert.Hold: {"保留(要調査)", "on hold"}, alert.Level1: {"Level 1", "Level 1"}, alert.Level2: {"Level 2", "Level 2"},
	alert.Level3: {"Level 3", "Level 3"}, alert.Level4: {"Level 4", "Level 4"},
}
