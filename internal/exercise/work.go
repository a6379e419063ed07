package exercise

import "time"

// Work is what goes on all day without anybody thinking about it.
type Work struct {
	// Pace is the mean time between two activities of a person.
	Pace time.Duration `yaml:"pace"`
	// Idle is the mean time between two background activities of a host.
	Idle time.Duration `yaml:"idle"`
	// Documents, Agents and Queries are what people open, how browsers call
	// themselves and what names machines ask for.
	Documents []Document `yaml:"documents"`
	Agent     string     `yaml:"agent"`
	// Background are the small processes that Windows starts by itself.
	Background []Background `yaml:"background"`
	Mail       MailTraffic  `yaml:"mail"`
	Guessing   []Guessing   `yaml:"guessing"`
	Probes     Probes       `yaml:"probes"`
	Visitors   Visitors     `yaml:"visitors"`
	Sensor     []AlertNoise `yaml:"sensor"`
	Backup     Backup       `yaml:"backup"`
}

// Document is a file on a share.
type Document struct {
	Share   string `yaml:"share"`
	Name    string `yaml:"name"`
	Program string `yaml:"program"`
}

// Background is a process that Windows or an agent starts now and then.
type Background struct {
	By      string `yaml:"by"`
	Image   string `yaml:"image"`
	Command string `yaml:"command"`
	// Server is a name of the internet part that it calls, if any.
	Server string `yaml:"server"`
	// Key is a registry value that it sets, if any.
	Key   string `yaml:"key"`
	Value string `yaml:"value"`
	// Lsass is the mask with which it opens lsass, if it does.
	Lsass string `yaml:"lsass"`
	// Existing runs as the named standing process instead of a new one.
	Existing bool `yaml:"existing"`
	// System is set if it runs without a user.
	System bool `yaml:"system"`
}

// MailTraffic is ordinary mail from outside.
type MailTraffic struct {
	Host  string        `yaml:"host"`
	Every time.Duration `yaml:"every"`
	Mails []MailAction  `yaml:"mails"`
}

// Guessing is somebody on the internet who guesses passwords of sshd.
type Guessing struct {
	Host  string        `yaml:"host"`
	From  string        `yaml:"from"`
	At    Clock         `yaml:"at"`
	Tries int           `yaml:"tries"`
	Every time.Duration `yaml:"every"`
	Users []string      `yaml:"users"`
}

// Probes are single packets from the internet to exposed hosts.
type Probes struct {
	Every time.Duration `yaml:"every"`
	From  []string      `yaml:"from"`
	Ports []int         `yaml:"ports"`
}

// Visitors are people on the internet who read the company's web site.
type Visitors struct {
	Host  string        `yaml:"host"`
	Name  string        `yaml:"name"`
	Every time.Duration `yaml:"every"`
	From  []string      `yaml:"from"`
	Pages []string      `yaml:"pages"`
}

// AlertNoise is a sensor alert of no consequence.
type AlertNoise struct {
	AlertDetail `yaml:",inline"`
	At          Clock  `yaml:"at"`
	Host        string `yaml:"host"`
	To          string `yaml:"to"`
	Port        int    `yaml:"port"`
}

// Backup copies the file servers every so often.
type Backup struct {
	Host    string        `yaml:"host"`
	User    string        `yaml:"user"`
	Targets []string      `yaml:"targets"`
	At      Clock         `yaml:"at"`
	Every   time.Duration `yaml:"every"`
	Share   string        `yaml:"share"`
}
