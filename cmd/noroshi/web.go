package main

import (
	"crypto/tls"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/noroshi-soc/noroshi/console"
	"github.com/noroshi-soc/noroshi/internal/api"
)

// consoleHandler serves the built console; every address that is no file is the console's own, so that a pasted link opens.
func consoleHandler() http.Handler {
	files, ok := console.FS()
	if !ok {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "this binary was built without the console: run `make build`, or use the API under /api/v1", http.StatusNotFound)
		})
	}
	static := http.FileServerFS(files)
	return api.SecurityHeaders(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		info, err := fs.Stat(files, name)
		switch {
		case err == nil && !info.IsDir() && strings.HasPrefix(name, "assets/"):
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // names hold a hash of the content
		case err == nil && !info.IsDir():
			w.Header().Set("Cache-Control", "no-cache")
		case strings.HasPrefix(name, "assets/"):
			http.NotFound(w, r)
			return
		default:
			w.Header().Set("Cache-Control", "no-cache")
			r = r.Clone(r.Context())
			r.URL.Path = "/"
		}
		static.ServeHTTP(w, r)
	}))
}

// localURL is how this process reaches its own door.
func (a *app) localURL() string {
	c := a.config
	c.URL, c.Listen = "", a.listener.Addr().String()
	return c.BaseURL()
}

// localClient trusts the own certificate, whatever name stands in it: it talks to its own process.
func (a *app) localClient() *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // own process
}
