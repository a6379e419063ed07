package exercise

import (
	"strconv"
	"strings"
	"time"
)

// zeekSchemas are the fields of the Zeek logs that we write, in Zeek's order.
var zeekSchemas = map[string]string{
	"conn": "ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port proto:enum service:string duration:interval " +
		"orig_bytes:count resp_bytes:count conn_state:string local_orig:bool local_resp:bool missed_bytes:count history:string " +
		"orig_pkts:count orig_ip_bytes:count resp_pkts:count resp_ip_bytes:count tunnel_parents:set[string]",
	"dns": "ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port proto:enum trans_id:count rtt:interval " +
		"query:string qclass:count qclass_name:string qtype:count qtype_name:string rcode:count rcode_name:string " +
		"AA:bool TC:bool RD:bool RA:bool Z:count answers:vector[string] TTLs:vector[interval] rejected:bool",
	"http": "ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port trans_depth:count method:string host:string " +
		"uri:string referrer:string version:string user_agent:string request_body_len:count response_body_len:count status_code:count " +
		"status_msg:string tags:set[enum] resp_fuids:vector[string] resp_mime_types:vector[string]",
	"ssl": "ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port version:string cipher:string curve:string " +
		"server_name:string resumed:bool last_alert:string next_protocol:string established:bool ssl_history:string " +
		"subject:string issuer:string validation_status:string",
	"files": "ts:time fuid:string uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port source:string depth:count " +
		"analyzers:set[string] mime_type:string filename:string duration:interval local_orig:bool is_orig:bool seen_bytes:count " +
		"total_bytes:count missing_bytes:count overflow_bytes:count timedout:bool md5:string sha1:string",
	"smtp": "ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port trans_depth:count helo:string mailfrom:string " +
		"rcptto:set[string] date:string from:string to:set[string] msg_id:string subject:string last_reply:string path:vector[addr] tls:bool fuids:vector[string]",
	"smb_mapping": "ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port path:string service:string native_file_system:string share_type:string",
	"smb_files": "ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port fuid:string action:enum path:string name:string size:count " +
		"prev_name:string times.modified:time times.accessed:time times.created:time times.changed:time",
	"dce_rpc": "ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port rtt:interval named_pipe:string endpoint:string operation:string",
	"kerberos": "ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port request_type:string client:string service:string " +
		"success:bool error_msg:string till:time cipher:string forwardable:bool renewable:bool",
	"ssh": "ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port version:count auth_success:bool auth_attempts:count " +
		"direction:enum client:string server:string cipher_alg:string mac_alg:string compression_alg:string kex_alg:string host_key_alg:string host_key:string",
	"notice": "ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port proto:enum note:enum msg:string sub:string src:addr dst:addr p:port n:count " +
		"peer_descr:string actions:set[enum] suppress_for:interval",
}

// zeekRecord holds the values of one record; what is absent is unset. A time
// or an interval is a time.Time or a time.Duration.
type zeekRecord map[string]any

// zeek writes a record to the site's sensor, to the one stream of JSON or to
// the stream that carries this log as TSV.
func (w *world) zeek(at time.Time, site, log string, r zeekRecord) {
	for i := range w.s.Sources {
		src := &w.s.Sources[i]
		switch {
		case src.Site != site || src.Format != "zeek":
		case src.Shape == "json":
			w.write(at, src, func() []byte { return zeekJSON(log, r) })
		case src.Log == log:
			w.write(at, src, func() []byte { return zeekTSV(log, r) })
		}
	}
}

func zeekJSON(log string, r zeekRecord) []byte {
	o := object{{"_path", log}}
	for field := range strings.FieldsSeq(zeekSchemas[log]) {
		name, _, _ := strings.Cut(field, ":")
		value, ok := r[name]
		if !ok {
			continue
		}
		switch v := value.(type) {
		case time.Time:
			value = seconds(v)
		case time.Duration:
			value = v.Seconds()
		}
		o = append(o, member{name, value})
	}
	return o.bytes()
}

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

func zeekTSV(log string, r zeekRecord) []byte {
	var out []string
	for field := range strings.FieldsSeq(zeekSchemas[log]) {
		name, kind, _ := strings.Cut(field, ":")
		out = append(out, zeekText(r[name], kind))
	}
	return []byte(strings.Join(out, "\t"))
}

// zeekText writes one value as Zeek's ASCII writer does.
func zeekText(value any, kind string) string {
	switch v := value.(type) {
	case nil:
		if strings.HasPrefix(kind, "set") {
			return "(empty)"
		}
		return "-"
	case string:
		return zeekEscape(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case bool:
		if v {
			return "T"
		}
		return "F"
	case time.Time:
		return strconv.FormatFloat(seconds(v), 'f', 6, 64)
	case time.Duration:
		return strconv.FormatFloat(v.Seconds(), 'f', 6, 64)
	case []string:
		parts := make([]string, len(v))
		for i, s := range v {
			parts[i] = strings.ReplaceAll(zeekEscape(s), ",", `\x2c`)
		}
		return strings.Join(parts, ",")
	case []float64:
		parts := make([]string, len(v))
		for i, n := range v {
			parts[i] = strconv.FormatFloat(n, 'f', 6, 64)
		}
		return strings.Join(parts, ",")
	}
	return "-"
}

// zeekEscape hides what would break the table apart.
func zeekEscape(text string) string {
	if text == "" {
		return "(empty)"
	}
	if text == "-" {
		return `\x2d`
	}
	return strings.NewReplacer("\t", `\x09`, "\n", `\x0a`, `\`, `\\`).Replace(text)
}

// zeekHeaders plans the headers of the TSV streams: at the start and, since
// Zeek rotates its logs, at every full hour.
func (w *world) zeekHeaders() {
	for i := range w.s.Sources {
		src := &w.s.Sources[i]
		if src.Format != "zeek" || src.Shape != "tsv" {
			continue
		}
		w.plan(w.start, func(at time.Time) { w.zeekHeader(at, src) })
		for at := w.start.Truncate(time.Hour).Add(time.Hour); at.Before(w.end); at = at.Add(time.Hour) {
			w.plan(at, func(at time.Time) {
				w.write(at, src, func() []byte { return []byte("#close\t" + at.Format("2006-01-02-15-04-05")) })
				w.zeekHeader(at, src)
			})
		}
	}
}

func (w *world) zeekHeader(at time.Time, src *Source) {
	var names, kinds strings.Builder
	for field := range strings.FieldsSeq(zeekSchemas[src.Log]) {
		name, kind, _ := strings.Cut(field, ":")
		names.WriteString("\t" + name)
		kinds.WriteString("\t" + kind)
	}
	for _, line := range []string{
		`#separator \x09`, "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", "#path\t" + src.Log,
		"#open\t" + at.Format("2006-01-02-15-04-05"), "#fields" + names.String(), "#types" + kinds.String(),
	} {
		w.write(at, src, func() []byte { return []byte(line) })
	}
}

// uid makes an identifier as Zeek does for connections (C) and files (F).
func (w *world) uid(kind string) string {
	const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	b := []byte(kind)
	for range 17 {
		b = append(b, letters[w.rng.IntN(len(letters))])
	}
	return string(b)
}
