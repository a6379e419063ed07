package event

// Column is an ECS column that the store keeps beside the log's own fields: the names by which analysts ask.
type Column uint8

// The promoted ECS columns (Elastic Common Schema 8). Lists hold their values in order, separated by nothing: only the first is kept; all stand in Fields.
const (
	SourceIP Column = iota
	SourcePort
	SourceBytes
	DestinationIP
	DestinationPort
	DestinationDomain
	DestinationBytes
	NetworkTransport
	NetworkProtocol
	NetworkDirection
	HostName
	HostIP
	UserName
	UserDomain
	TargetUserName
	EventCode
	EventAction
	EventCategory
	EventOutcome
	EventProvider
	EventDuration
	ProcessExecutable
	ProcessName
	ProcessCommandLine
	ProcessPID
	ProcessEntityID
	ParentExecutable
	ParentCommandLine
	ParentEntityID
	FilePath
	FileName
	FileHash
	RegistryPath
	RegistryData
	DNSQuestionName
	DNSQuestionType
	URLFull
	URLDomain
	UserAgent
	HTTPMethod
	HTTPStatus
	TLSServerName
	RuleName
	RuleCategory
	EventSeverity
	EmailFrom
	EmailTo
	EmailSubject
	Message
	columnCount
)

// ColumnType is how a column's text is to be read and compared.
type ColumnType uint8

// Types of columns.
const (
	Keyword ColumnType = iota // exact text, compared without case
	IP                        // IPv4 or IPv6 address
	Long                      // 64-bit integer
	Double                    // seconds, with fraction
	Text                      // long text, searched by words and parts
)

// ColumnInfo describes a column.
type ColumnInfo struct {
	Name string // ECS name, "source.ip"
	Type ColumnType
}

var columns = [columnCount]ColumnInfo{
	SourceIP: {"source.ip", IP}, SourcePort: {"source.port", Long}, SourceBytes: {"source.bytes", Long},
	DestinationIP: {"destination.ip", IP}, DestinationPort: {"destination.port", Long},
	DestinationDomain: {"destination.domain", Keyword}, DestinationBytes: {"destination.bytes", Long},
	NetworkTransport: {"network.transport", Keyword}, NetworkProtocol: {"network.protocol", Keyword},
	NetworkDirection: {"network.direction", Keyword},
	HostName:         {"host.name", Keyword}, HostIP: {"host.ip", IP},
	UserName: {"user.name", Keyword}, UserDomain: {"user.domain", Keyword}, TargetUserName: {"user.target.name", Keyword},
	EventCode: {"event.code", Keyword}, EventAction: {"event.action", Keyword}, EventCategory: {"event.category", Keyword},
	EventOutcome: {"event.outcome", Keyword}, EventProvider: {"event.provider", Keyword}, EventDuration: {"event.duration", Double},
	ProcessExecutable: {"process.executable", Keyword}, ProcessName: {"process.name", Keyword},
	ProcessCommandLine: {"process.command_line", Text}, ProcessPID: {"process.pid", Long},
	ProcessEntityID: {"process.entity_id", Keyword}, ParentExecutable: {"process.parent.executable", Keyword},
	ParentCommandLine: {"process.parent.command_line", Text}, ParentEntityID: {"process.parent.entity_id", Keyword},
	FilePath: {"file.path", Keyword}, FileName: {"file.name", Keyword}, FileHash: {"file.hash.sha256", Keyword},
	RegistryPath: {"registry.path", Keyword}, RegistryData: {"registry.data.strings", Text},
	DNSQuestionName: {"dns.question.name", Keyword}, DNSQuestionType: {"dns.question.type", Keyword},
	URLFull: {"url.full", Text}, URLDomain: {"url.domain", Keyword}, UserAgent: {"user_agent.original", Text},
	HTTPMethod: {"http.request.method", Keyword}, HTTPStatus: {"http.response.status_code", Long},
	TLSServerName: {"tls.client.server_name", Keyword},
	RuleName:      {"rule.name", Keyword}, RuleCategory: {"rule.category", Keyword}, EventSeverity: {"event.severity", Long},
	EmailFrom: {"email.from.address", Keyword}, EmailTo: {"email.to.address", Keyword}, EmailSubject: {"email.subject", Text},
	Message: {"message", Text},
}

var columnByName = func() map[string]Column {
	m := make(map[string]Column, columnCount)
	for c, info := range columns {
		m[info.Name] = Column(c)
	}
	return m
}()

// AllColumns returns the descriptions of all columns; the index is the Column.
func AllColumns() []ColumnInfo { return columns[:] }

// ColumnByName finds a column by its ECS name.
func ColumnByName(name string) (Column, bool) {
	c, ok := columnByName[name]
	return c, ok
}

// Info describes the column.
func (c Column) Info() ColumnInfo { return columns[c] }

// Columns are an event's ECS values as text; "" is absent. Long and Double hold decimal literals, IP the canonical form.
type Columns [columnCount]string
