package exercise

import "time"

// Step is a piece of scripted action on one host.
type Step struct {
	ID string `yaml:"id"`
	At Clock  `yaml:"at"`
	// Every repeats the step until To; absent means once.
	Every time.Duration `yaml:"every"`
	To    Clock         `yaml:"to"`
	// Phase is intrusion, foothold, spread or objective; empty in a routine.
	Phase     string `yaml:"phase"`
	Technique string `yaml:"technique"`
	Host      string `yaml:"host"`
	User      string `yaml:"user"`
	JA        string `yaml:"ja"`
	EN        string `yaml:"en"`
	// Do are the actions, one after the other.
	Do []Action `yaml:"do"`
	// Expect names the rules that must find the step. In a routine they are
	// the false alarms that are known to come.
	Expect []string `yaml:"expect"`
}

// Action is one thing that happens; exactly one of its fields is set.
type Action struct {
	Wait     *time.Duration  `yaml:"wait"`
	Process  *ProcessAction  `yaml:"process"`
	File     *FileAction     `yaml:"file"`
	Registry *RegistryAction `yaml:"registry"`
	Load     *LoadAction     `yaml:"load"`
	Access   *AccessAction   `yaml:"access"`
	Script   *ScriptAction   `yaml:"script"`
	Connect  *ConnectAction  `yaml:"connect"`
	Beacon   *BeaconAction   `yaml:"beacon"`
	Logon    *LogonAction    `yaml:"logon"`
	Copy     *CopyAction     `yaml:"copy"`
	Service  *ServiceAction  `yaml:"service"`
	Call     *CallAction     `yaml:"call"`
	Scan     *ScanAction     `yaml:"scan"`
	Mail     *MailAction     `yaml:"mail"`
	SSH      *SSHAction      `yaml:"ssh"`
	Sudo     *SudoAction     `yaml:"sudo"`
	Audit    *AuditAction    `yaml:"audit"`
}

// ProcessAction starts a process.
type ProcessAction struct {
	// As is the name by which later actions of the host call the process.
	As string `yaml:"as"`
	// By is the parent: such a name, or one of explorer, services, svchost,
	// lsass, system, outlook, edge.
	By      string `yaml:"by"`
	Image   string `yaml:"image"`
	Command string `yaml:"command"`
	// Encoded is PowerShell text that takes the place of ${encoded} in the
	// command, as Base64 of UTF-16.
	Encoded string `yaml:"encoded"`
	// Content names what is in the file: the same content, the same hashes.
	// Without it the file name stands for the content.
	Content   string `yaml:"content"`
	Dir       string `yaml:"dir"`
	User      string `yaml:"user"`
	Integrity string `yaml:"integrity"`
	Original  string `yaml:"original"`
}

// FileAction writes a file.
type FileAction struct {
	By   string `yaml:"by"`
	Path string `yaml:"path"`
}

// RegistryAction sets a registry value. A key that starts with HKU\USER is
// put below the security identifier of the step's user.
type RegistryAction struct {
	By    string `yaml:"by"`
	Key   string `yaml:"key"`
	Value string `yaml:"value"`
}

// LoadAction loads a library into a process.
type LoadAction struct {
	By      string `yaml:"by"`
	Path    string `yaml:"path"`
	Content string `yaml:"content"`
	Signed  bool   `yaml:"signed"`
}

// AccessAction opens another process.
type AccessAction struct {
	By     string `yaml:"by"`
	Target string `yaml:"target"`
	Mask   string `yaml:"mask"`
	Trace  string `yaml:"trace"`
}

// ScriptAction is a PowerShell script block.
type ScriptAction struct {
	By   string `yaml:"by"`
	Text string `yaml:"text"`
	Path string `yaml:"path"`
}

// ConnectAction is one connection. It shows wherever it would: at the
// sensors of the sites it touches and, given By, in the host's own log.
type ConnectAction struct {
	By string `yaml:"by"`
	// From is an address on the internet for a connection that comes in.
	From string `yaml:"from"`
	// To is a name of the internet part, a host or an address.
	To       string        `yaml:"to"`
	Port     int           `yaml:"port"`
	Out      int64         `yaml:"out"`
	In       int64         `yaml:"in"`
	Lasts    time.Duration `yaml:"lasts"`
	Resolve  bool          `yaml:"resolve"`
	Parallel int           `yaml:"parallel"`
	HTTP     *HTTPDetail   `yaml:"http"`
	TLS      *TLSDetail    `yaml:"tls"`
	Alert    *AlertDetail  `yaml:"alert"`
}

// HTTPDetail is what a web request shows.
type HTTPDetail struct {
	Method string `yaml:"method"`
	URI    string `yaml:"uri"`
	Agent  string `yaml:"agent"`
	Status int    `yaml:"status"`
	MIME   string `yaml:"mime"`
	// Content names the file that came back; see ProcessAction.
	Content string `yaml:"content"`
}

// TLSDetail is what a TLS handshake shows.
type TLSDetail struct {
	SNI        string `yaml:"sni"`
	Subject    string `yaml:"subject"`
	Issuer     string `yaml:"issuer"`
	SelfSigned bool   `yaml:"self_signed"`
	Version    string `yaml:"version"`
}

// AlertDetail is the alert that a connection raises at the sensor.
type AlertDetail struct {
	ID        int    `yaml:"id"`
	Signature string `yaml:"signature"`
	Category  string `yaml:"category"`
	Severity  int    `yaml:"severity"`
}

// BeaconAction repeats a connection until a time of day.
type BeaconAction struct {
	ConnectAction `yaml:",inline"`
	Every         time.Duration `yaml:"every"`
	Jitter        time.Duration `yaml:"jitter"`
	To            Clock         `yaml:"until"`
	// AlertEvery is how long the sensor stays quiet after an alert.
	AlertEvery time.Duration `yaml:"alert_every"`
}

// LogonAction is a sign-in over the network, from the step's host.
type LogonAction struct {
	To      string `yaml:"to"`
	User    string `yaml:"user"`
	Package string `yaml:"package"`
	Fails   bool   `yaml:"fails"`
}

// CopyAction writes (or, with Read, reads) a file of a share of another host.
type CopyAction struct {
	By    string `yaml:"by"`
	To    string `yaml:"to"`
	User  string `yaml:"user"`
	Share string `yaml:"share"`
	Name  string `yaml:"name"`
	// Local is the file's path on the host that has the share.
	Local string `yaml:"local"`
	Bytes int64  `yaml:"bytes"`
	Read  bool   `yaml:"read"`
}

// ServiceAction installs and starts a service on another host.
type ServiceAction struct {
	On    string `yaml:"on"`
	User  string `yaml:"user"`
	Name  string `yaml:"name"`
	Path  string `yaml:"path"`
	Start string `yaml:"start"`
	// As names the service's process, Image is its resolved path.
	As      string `yaml:"as"`
	Image   string `yaml:"image"`
	Content string `yaml:"content"`
}

// CallAction is a remote procedure call to another host.
type CallAction struct {
	By         string   `yaml:"by"`
	To         string   `yaml:"to"`
	Pipe       string   `yaml:"pipe"`
	Endpoint   string   `yaml:"endpoint"`
	Operations []string `yaml:"operations"`
}

// ScanAction tries one port of many addresses, or many ports of one.
type ScanAction struct {
	// Network is the first three parts of the addresses ("10.20.10").
	Network string        `yaml:"network"`
	First   int           `yaml:"first"`
	Last    int           `yaml:"last"`
	Ports   []int         `yaml:"ports"`
	Gap     time.Duration `yaml:"gap"`
	Notice  string        `yaml:"notice"`
}

// MailAction is a mail that comes in from the internet.
type MailAction struct {
	From     string   `yaml:"from"`
	Address  string   `yaml:"address"`
	To       []string `yaml:"to"`
	Subject  string   `yaml:"subject"`
	Attached string   `yaml:"attached"`
	MIME     string   `yaml:"mime"`
	Content  string   `yaml:"content"`
}

// SSHAction is a sign-in over SSH to the step's host.
type SSHAction struct {
	From   string `yaml:"from"`
	User   string `yaml:"user"`
	Method string `yaml:"method"`
	Fails  bool   `yaml:"fails"`
}

// SudoAction is a command run through sudo on the step's host.
type SudoAction struct {
	User    string `yaml:"user"`
	Command string `yaml:"command"`
	// Refused is sudo's own reason for a refusal; empty when it ran.
	Refused string `yaml:"refused"`
}

// AuditAction is any other event of a Windows log.
type AuditAction struct {
	Channel  string `yaml:"channel"`
	Provider string `yaml:"provider"`
	ID       int    `yaml:"id"`
	Title    string `yaml:"title"`
	// Data are the event's own fields, in order.
	Data []Field `yaml:"data"`
}

// Field is a named value.
type Field struct {
	Name  string `yaml:"name"`
	Value string `yaml:"value"`
}
