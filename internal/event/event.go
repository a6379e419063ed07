// Package event holds the normalised event: one record of a log after it was read.
//
// What enters: values that package normalize found in a record.
// What leaves: Event with the log's own fields (Fields), the analyst's names (Columns, ECS) and the entities that it speaks of.
// What it never does: parse a log format, or know where an event is kept.
package event

import (
	"time"

	"github.com/noroshi-soc/noroshi/internal/tenant"
)

// Event is one record of a log, normalised. It is immutable once normalize has returned it; stages after it only read.
type Event struct {
	ID       ID
	Tenant   tenant.ID
	Site     string     // id of the site; "" when the source has none
	Source   string     // id of the source that sent it
	Dataset  string     // which log: "windows.sysmon", "windows.security", "suricata.alert", "zeek.conn", "linux.sshd"; "unparsed" when it could not be read
	Time     time.Time  // event time, UTC; never zero
	TimeFrom TimeOrigin // how Time was found
	Received time.Time  // when the door took it, UTC
	Raw      []byte     // the original bytes, whole or the first 64 KB
	Size     int        // bytes as sent; larger than len(Raw) when the record was over-long
	Fields   Fields     // the log's own fields, without loss
	Columns  Columns    // ECS, derived
	Entities []Entity   // what the event speaks of, derived
	Problem  string     // why the record could not be read, or what was wrong with it; "" when nothing was
}

// Parsed reports whether the record was read as its format says.
func (e *Event) Parsed() bool { return e.Dataset != DatasetUnparsed }

// DatasetUnparsed is the dataset of records that could not be read; Problem says why.
const DatasetUnparsed = "unparsed"

// TimeOrigin says how an event's time was found.
type TimeOrigin uint8

// Origins of an event's time.
const (
	TimeOfRecord    TimeOrigin = iota // the record gives an instant with zone, or a zone by its format
	TimeZoned                         // the record gives a local time; the source's zone was applied
	TimeOfReceipt                     // the record gives no time, or none that can be read
	TimeYearFilled                    // the record gives no year (RFC 3164); the year nearest to receipt was taken
	TimeOfNeighbour                   // the record is about others (a log's header line) and gives no time; that of the record beside it was taken
)

// String names the origin as stored: record, source_zone, received, year_filled, neighbour.
func (o TimeOrigin) String() string {
	return [...]string{"record", "source_zone", "received", "year_filled", "neighbour"}[min(o, TimeOfNeighbour)]
}

// Entity is a thing that an event speaks of, in its normal form (lower case but for hashes' values being lower-case hex; hosts without trailing dot).
type Entity struct {
	Kind  EntityKind `json:"kind"`
	Value string     `json:"value"`
	Role  Role       `json:"role,omitempty"`
}

// EntityKind is the kind of an entity.
type EntityKind string

// Kinds of entities.
const (
	KindHost    EntityKind = "host"
	KindIP      EntityKind = "ip"
	KindUser    EntityKind = "user"
	KindDomain  EntityKind = "domain"
	KindURL     EntityKind = "url"
	KindHash    EntityKind = "hash"
	KindProcess EntityKind = "process"
	KindFile    EntityKind = "file"
)

// Role is the part that an entity plays in an event.
type Role string

// Roles of entities.
const (
	RoleSubject     Role = "subject"     // the host that tells, the person or process that acts
	RoleTarget      Role = "target"      // the account, process or host acted on
	RoleSource      Role = "source"      // where a connection comes from
	RoleDestination Role = "destination" // where it goes to
)

// Entity returns the value of the first entity of this kind and role; "" when there is none. An empty role matches any.
func (e *Event) Entity(kind EntityKind, role Role) string {
	for _, en := range e.Entities {
		if en.Kind == kind && (role == "" || en.Role == role) {
			return en.Value
		}
	}
	return ""
}
