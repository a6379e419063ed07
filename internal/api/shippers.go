package api

import (
	"context"
	"embed"
	"net"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/auth"
	"github.com/noroshi-soc/noroshi/internal/source"
)

// Shipper is a configuration of a program that sends records, ready to copy.
type Shipper struct {
	Name     string `json:"name" example:"rsyslog"`
	Language string `json:"language" enum:"conf,yaml,sh"`
	Text     string `json:"text" doc:"With <TOKEN> where the source's token belongs"`
}

// ShipperList is the configurations that fit a source.
type ShipperList struct {
	Shippers []Shipper `json:"shippers"`
}

// shipperFiles are named <format>_<program>.<language>; the format "any" fits every source.
//
//go:embed shippers
var shipperFiles embed.FS

func (a *api) listShippers(ctx context.Context, c *auth.Caller, in *sourceInput) (*reply[ShipperList], error) {
	s, err := a.sourceByID(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	fill := a.placeholders(visitOf(ctx), s)
	entries, err := shipperFiles.ReadDir("shippers")
	if err != nil {
		return nil, err
	}
	out := []Shipper{}
	for _, e := range entries {
		format, rest, _ := strings.Cut(e.Name(), "_")
		if format != "any" && s.Format != source.FormatAuto && string(s.Format) != format {
			continue
		}
		text, err := shipperFiles.ReadFile("shippers/" + e.Name())
		if err != nil {
			return nil, err
		}
		if strings.Contains(string(text), "{{syslog}}") && a.syslogPort(s) == 0 {
			continue // nothing would listen
		}
		language := path.Ext(rest)
		name := strings.TrimSuffix(rest, language)
		if s.Format == source.FormatAuto && format != "any" {
			name += " (" + format + ")" // the same program may stand there for several formats
		}
		out = append(out, Shipper{name, language[1:], fill.Replace(string(text))})
	}
	return &reply[ShipperList]{ShipperList{out}}, nil
}

// syslogPort is where the source's syslog is taken; 0 when nowhere.
func (a *api) syslogPort(s source.Source) int {
	if s.Port != 0 || len(s.Senders) == 0 {
		return s.Port
	}
	return a.SyslogPort
}

var hostPattern = regexp.MustCompile(`^[A-Za-z0-9.:\[\]-]+$`)

// placeholders fills in the address by which the administrator reached the server, since the shippers' may not be told otherwise.
func (a *api) placeholders(v *visit, s source.Source) *strings.Replacer {
	scheme, port, tls := "http", "80", "off"
	if a.SecureCookie || v.secure {
		scheme, port, tls = "https", "443", "on"
	}
	host := v.host
	if !hostPattern.MatchString(host) { // it goes into a shell's quotes
		host = "noroshi.example"
	}
	name := strings.Trim(host, "[]")
	if h, p, err := net.SplitHostPort(host); err == nil {
		name, port = h, p
	}
	known := "its own port"
	if s.Port == 0 {
		known = "the address that it sends from"
	}
	at := Prefix + "/ingest/" + s.ID
	return strings.NewReplacer(
		"{{url}}", scheme+"://"+host+at, "{{host}}", name, "{{port}}", port, "{{tls}}", tls, "{{path}}", at,
		"{{syslog}}", strconv.Itoa(a.syslogPort(s)), "{{known}}", known,
	)
}
