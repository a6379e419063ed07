// Package config reads the program's configuration.
//
// What enters: defaults, one YAML file, the environment (NOROSHI_…), flags; the later one wins.
// What leaves: Config, checked.
// What it never does: reach beyond cmd/noroshi; other packages are handed plain values.
package config

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Config is all that can be configured. Every key has a default; an unknown key is an error.
type Config struct {
	Data   string `yaml:"data"`   // folder of everything that is kept
	Listen string `yaml:"listen"` // HOST:PORT of console, API and HTTP ingest
	URL    string `yaml:"url"`    // how people and shippers reach it, "https://soc.example"; from listen unless set
	TLS    TLS    `yaml:"tls"`
	Log    Log    `yaml:"log"`
	Rules  Rules  `yaml:"rules"`
	Ingest Ingest `yaml:"ingest"`
	Syslog Syslog `yaml:"syslog"`
	Store  Store  `yaml:"store"`
	Bus    Bus    `yaml:"bus"`
}

// TLS makes the server speak HTTPS when both files are given.
type TLS struct {
	Cert string `yaml:"cert"` // PEM file
	Key  string `yaml:"key"`  // PEM file
}

// Log says how the program tells what it does.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn, error
	Format string `yaml:"format"` // text or json
}

// Rules says which rules detect runs.
type Rules struct {
	Starter bool   `yaml:"starter"` // the rules that come with the program
	Path    string `yaml:"path"`    // a folder, file or zip of Sigma rules besides; "" for none
	// MaxEvaluation is how long a rule may take for an event in the mean before it is switched off, "1ms"; "0" for as long as it likes.
	MaxEvaluation string `yaml:"max_evaluation"`
}

// EvaluationBound is MaxEvaluation as a length of time; 0 for none, and for one that Check refuses.
func (r Rules) EvaluationBound() time.Duration {
	d, err := time.ParseDuration(r.MaxEvaluation)
	if err != nil {
		return 0
	}
	return d
}

// Ingest bounds what the HTTP door takes.
type Ingest struct {
	MaxBodyBytes     int64 `yaml:"max_body_bytes"`      // as sent
	MaxDecodedBytes  int64 `yaml:"max_decoded_bytes"`   // after decompression
	MaxRecordBytes   int64 `yaml:"max_record_bytes"`    // a longer record is kept in its first 64 KB
	MaxInFlightBytes int64 `yaml:"max_in_flight_bytes"` // over all requests; more is answered 429
}

// Syslog says where syslog is taken in, beside the own ports of sources.
type Syslog struct {
	Listen string `yaml:"listen"` // HOST:PORT, TCP and UDP, for sources known by their sender networks; "" for none
}

// Store bounds the event store.
type Store struct {
	MemoryLimit string `yaml:"memory_limit"` // of DuckDB, "1GB"
	Threads     int    `yaml:"threads"`
}

// Bus bounds the durable log.
type Bus struct {
	Partitions int   `yaml:"partitions"` // fixed when the data folder is made
	KeepHours  int   `yaml:"keep_hours"` // what is younger is never trimmed; idempotency keys are remembered as long
	MaxBytes   int64 `yaml:"max_bytes"`  // per partition; beyond it senders are told to wait
}

// Default is the configuration without file, environment and flags.
func Default() Config {
	return Config{
		Data: "data", Listen: "127.0.0.1:8080",
		Log:    Log{Level: "info", Format: "text"},
		Rules:  Rules{Starter: true, MaxEvaluation: "1ms"},
		Ingest: Ingest{MaxBodyBytes: 32 << 20, MaxDecodedBytes: 256 << 20, MaxRecordBytes: 1 << 20, MaxInFlightBytes: 64 << 20},
		Store:  Store{MemoryLimit: "1GB", Threads: 2},
		Bus:    Bus{Partitions: 4, KeepHours: 24, MaxBytes: 16 << 30},
	}
}

// Load reads the file (name "" means none) and the environment over the defaults. It does not check; Check does, after flags were laid over.
func Load(name string, environ []string) (Config, error) {
	c := Default()
	if name != "" {
		data, err := os.ReadFile(name)
		if err != nil {
			return c, fmt.Errorf("configuration: %w", err)
		}
		if err := yaml.UnmarshalWithOptions(data, &c, yaml.Strict()); err != nil {
			return c, fmt.Errorf("configuration %s: %w", name, err)
		}
	}
	return c, c.environment(environ)
}

// reserved are the variables of this prefix that are not configuration: the command line's and the tests'.
var reserved = []string{"NOROSHI_CONFIG", "NOROSHI_SERVER", "NOROSHI_TOKEN", "NOROSHI_SHARED_DATA", "NOROSHI_USER", "NOROSHI_PASSWORD"}

func (c *Config) environment(environ []string) error {
	keys := map[string]reflect.Value{}
	collect(reflect.ValueOf(c).Elem(), "NOROSHI", keys)
	var errs []error
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, "NOROSHI_") || slices.Contains(reserved, name) || strings.HasPrefix(name, "NOROSHI_TEST_") {
			continue
		}
		field, ok := keys[name]
		if !ok {
			errs = append(errs, fmt.Errorf("environment: %s is not a setting", name))
			continue
		}
		if err := set(field, value); err != nil {
			errs = append(errs, fmt.Errorf("environment: %s=%q: %w", name, value, err))
		}
	}
	return errors.Join(errs...)
}

func collect(v reflect.Value, prefix string, out map[string]reflect.Value) {
	for i := range v.NumField() {
		name := prefix + "_" + strings.ToUpper(v.Type().Field(i).Tag.Get("yaml"))
		if v.Field(i).Kind() == reflect.Struct {
			collect(v.Field(i), name, out)
		} else {
			out[name] = v.Field(i)
		}
	}
}

func set(field reflect.Value, value string) error {
	switch field.Interface().(type) {
	case string:
		field.SetString(value)
		return nil
	case bool:
		b, err := strconv.ParseBool(value)
		field.SetBool(b)
		return err
	default:
		n, err := strconv.ParseInt(value, 10, 64)
		field.SetInt(n)
		return err
	}
}

var memorySize = regexp.MustCompile(`^[1-9][0-9]*(\.[0-9]+)? ?(KB|MB|GB|TB|KiB|MiB|GiB|TiB)$`)

// Check says all that is wrong with the configuration, each with its key.
func (c *Config) Check() error {
	var errs []error
	wrong := func(key, format string, args ...any) { errs = append(errs, fmt.Errorf(key+": "+format, args...)) }
	if c.Data == "" {
		wrong("data", "must name a folder")
	}
	for key, addr := range map[string]string{"listen": c.Listen, "syslog.listen": c.Syslog.Listen} {
		if addr == "" && key != "listen" {
			continue
		}
		_, port, err := net.SplitHostPort(addr)
		if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n > 65535 {
			wrong(key, "%q: want HOST:PORT with a port from 0 to 65535", addr)
		}
	}
	if c.URL != "" && !strings.HasPrefix(c.URL, "http://") && !strings.HasPrefix(c.URL, "https://") {
		wrong("url", "%q: want http:// or https://", c.URL)
	}
	if !memorySize.MatchString(c.Store.MemoryLimit) {
		wrong("store.memory_limit", "%q: want a size such as 512MB or 2GB", c.Store.MemoryLimit)
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		wrong("tls", "cert and key belong together")
	} else if c.TLS.Cert != "" {
		if _, err := tls.LoadX509KeyPair(c.TLS.Cert, c.TLS.Key); err != nil && !errors.Is(err, fs.ErrNotExist) {
			wrong("tls", "%v", err)
		}
	}
	for key, name := range map[string]string{"tls.cert": c.TLS.Cert, "tls.key": c.TLS.Key, "rules.path": c.Rules.Path} {
		if _, err := os.Stat(name); name != "" && errors.Is(err, fs.ErrNotExist) {
			wrong(key, "%q does not exist", name)
		}
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level) {
		wrong("log.level", "%q: want debug, info, warn or error", c.Log.Level)
	}
	if !slices.Contains([]string{"text", "json"}, c.Log.Format) {
		wrong("log.format", "%q: want text or json", c.Log.Format)
	}
	for key, n := range map[string]int64{
		"ingest.max_body_bytes": c.Ingest.MaxBodyBytes, "ingest.max_decoded_bytes": c.Ingest.MaxDecodedBytes,
		"ingest.max_record_bytes": c.Ingest.MaxRecordBytes, "ingest.max_in_flight_bytes": c.Ingest.MaxInFlightBytes,
		"store.threads": int64(c.Store.Threads), "bus.max_bytes": c.Bus.MaxBytes,
	} {
		if n <= 0 {
			wrong(key, "%d: must be above 0", n)
		}
	}
	if d, err := time.ParseDuration(c.Rules.MaxEvaluation); err != nil || d < 0 {
		wrong("rules.max_evaluation", "%q: want a length of time such as 1ms, or 0", c.Rules.MaxEvaluation)
	}
	if c.Bus.Partitions < 1 || c.Bus.Partitions > 64 {
		wrong("bus.partitions", "%d: want 1 to 64", c.Bus.Partitions)
	}
	if c.Bus.KeepHours < 1 {
		wrong("bus.keep_hours", "%d: at least 1", c.Bus.KeepHours)
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}

// BaseURL is how people and shippers reach the server.
func (c *Config) BaseURL() string {
	if c.URL != "" {
		return strings.TrimRight(c.URL, "/")
	}
	scheme := "http"
	if c.TLS.Cert != "" {
		scheme = "https"
	}
	return scheme + "://" + c.Listen
}
