// Package source says where telemetry comes from.
//
// What enters: sources as administrators declare them, and the records that a door has taken from one.
// What leaves: Source, Record and Batch, and a batch's durable form.
// What it never does: listen, parse a record's content, or keep anything itself.
package source

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Errors of a Store.
var (
	ErrNotFound = errors.New("no such source")
	ErrExists   = errors.New("source exists already")
	ErrTaken    = errors.New("port or sender network belongs to another source")
)

// Format names how a source's records are to be read.
type Format string

// Formats of records. FormatAuto looks at each record.
const (
	FormatAuto     Format = "auto"
	FormatWindows  Format = "windows"  // Windows and Sysmon events as JSON: flat, Winlogbeat/ECS, or nested Event.System
	FormatSuricata Format = "suricata" // EVE JSON
	FormatZeek     Format = "zeek"     // JSON, or TSV with the header in force
	FormatSyslog   Format = "syslog"   // RFC 5424 and 3164; sshd and sudo are read deeper
)

// Formats lists all formats, in the order in which they are offered.
var Formats = []Format{FormatAuto, FormatWindows, FormatSuricata, FormatZeek, FormatSyslog}

// Source is one sender of one tenant, as an administrator declared it.
type Source struct {
	ID      string // unique over all tenants; part of the ingest address
	Tenant  tenant.ID
	Site    string // "" or a site of the tenant
	Name    string // as people call it
	Format  Format
	Zone    string         // IANA zone for local times without zone; "UTC" unless set
	Port    int            // own syslog port, 0 for none
	Senders []netip.Prefix // networks whose syslog on the common port is this source's
	Created time.Time
	Off     bool // refuses everything until switched on again
}

// Store keeps sources. A token is known only by its SHA-256. Methods are safe for concurrent use.
type Store interface {
	// CreateSource keeps a source and the hash of its token; ErrExists when the ID is taken.
	CreateSource(ctx context.Context, s Source, tokenHash [32]byte) error
	// Sources returns the sources of the scope, by ID.
	Sources(ctx context.Context, scope tenant.Scope) ([]Source, error)
	// AllSources returns every source with its token's hash. It exists for the doors, which know a sender by its token or address.
	AllSources(ctx context.Context) ([]Known, error)
	// Header returns what Zeek said in its last #fields header on this stream of the source; "" when none was seen.
	Header(ctx context.Context, sourceID, stream string) (string, error)
	// PutHeader keeps the header in force, durably when it returns.
	PutHeader(ctx context.Context, sourceID, stream, header string) error
}

// Known is a source with the hash by which a door knows its sender.
type Known struct {
	Source
	TokenHash [32]byte
}

// Record is one line as sent.
type Record struct {
	Bytes   []byte // the original bytes; at most MaxRecord
	Size    int    // bytes as sent
	Problem string // why the door thinks that it is no good record; "" when it is
}

// MaxRecord is how much of an over-long record is kept.
const MaxRecord = 64 << 10

// Batch is what a door hands to the log at once: records of one source, in order, with what is needed to read them later without looking anything up.
type Batch struct {
	Tenant   tenant.ID
	Site     string
	Source   string
	Format   Format
	Zone     string
	Header   string    // Zeek's #-header in force before the first record; "" else
	Peer     string    // address that it came from
	Received time.Time // UTC
	Records  []Record
}
