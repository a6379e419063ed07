package exercise

import "time"

// Scenario is the story of one day as data. It is read by [Load], which also
// checks it, and is not changed afterwards; it may be shared by goroutines.
type Scenario struct {
	ID        string `yaml:"id"`
	TitleJA   string `yaml:"title_ja"`
	TitleEN   string `yaml:"title_en"`
	SummaryJA string `yaml:"summary_ja"`
	SummaryEN string `yaml:"summary_en"`

	// Zone is the IANA name of the zone that every clock time is in.
	Zone string `yaml:"zone"`
	// From and Until are the clock times at which the day starts and ends.
	From  Clock `yaml:"from"`
	Until Clock `yaml:"until"`

	Company  Company   `yaml:"company"`
	Sites    []Site    `yaml:"sites"`
	Sources  []Source  `yaml:"sources"`
	Hosts    []Host    `yaml:"hosts"`
	People   []Person  `yaml:"people"`
	Accounts []Account `yaml:"service_accounts"`
	Programs []Program `yaml:"programs"`
	Internet []Server  `yaml:"internet"`
	Work     Work      `yaml:"work"`

	// Routine are scripted pieces of legitimate work, false alarms included.
	Routine []Step `yaml:"routine"`
	// Story are the steps of the intrusion, in order.
	Story []Step `yaml:"story"`

	location *time.Location
}

// Duration is the time between the first and the last possible line.
func (s *Scenario) Duration() time.Duration { return time.Duration(s.Until - s.From) }

// Company is the invented organisation.
type Company struct {
	JA string `yaml:"ja"`
	EN string `yaml:"en"`
	// NetBIOS and Domain are the two names of its Windows domain, SID the
	// domain's security identifier.
	NetBIOS string `yaml:"netbios"`
	Domain  string `yaml:"domain"`
	SID     string `yaml:"sid"`
}

// Site is one office.
type Site struct {
	ID string `yaml:"id"`
	JA string `yaml:"ja"`
	EN string `yaml:"en"`
	// Resolver is the host that answers the site's DNS queries, Directory
	// the domain controller, Sensor the name that its network sensor bears.
	Resolver  string `yaml:"resolver"`
	Directory string `yaml:"directory"`
	Sensor    string `yaml:"sensor"`
	// Upstream is the address of the provider's resolver, Public the
	// address that the site's clients have on the internet.
	Upstream string `yaml:"upstream"`
	Public   string `yaml:"public"`
}

// Source is one stream of lines as one shipper would send it.
type Source struct {
	// Name is unique within the scenario.
	Name string `yaml:"name"`
	Site string `yaml:"site"`
	// Format is windows, zeek, suricata or syslog.
	Format string `yaml:"format"`
	// Shape is the format's dialect: winlogbeat or nxlog for windows, json
	// or tsv for zeek, rfc3164 or rfc5424 for syslog, none for suricata.
	Shape string `yaml:"shape"`
	// Log is the one Zeek log that a tsv source carries (conn, dns ..);
	// empty for all others.
	Log string `yaml:"log"`
	// Zone is the IANA name of the zone of times that name none.
	Zone string `yaml:"zone"`
}

// Host is one machine of the company.
type Host struct {
	Name string `yaml:"name"`
	IP   string `yaml:"ip"`
	Site string `yaml:"site"`
	// OS is windows, linux or device (which sends no log of its own).
	OS string `yaml:"os"`
	// Role is client, directory, files, mail, web, gateway, admin, backup
	// or scanner.
	Role string `yaml:"role"`
	JA   string `yaml:"ja"`
	EN   string `yaml:"en"`
	// Exposed hosts can be reached from the internet.
	Exposed bool `yaml:"exposed"`
}

// Person is somebody who works at the company, and when.
type Person struct {
	ID      string `yaml:"id"`
	JA      string `yaml:"ja"`
	EN      string `yaml:"en"`
	DeptJA  string `yaml:"dept_ja"`
	DeptEN  string `yaml:"dept_en"`
	RID     int    `yaml:"rid"`
	Host    string `yaml:"host"`
	Arrives Clock  `yaml:"arrives"`
	Leaves  Clock  `yaml:"leaves"`
	// Share is the file server that the person's documents are on.
	Share string `yaml:"share"`
}

// Account is an account of the domain that no person uses.
type Account struct {
	ID  string `yaml:"id"`
	RID int    `yaml:"rid"`
}

// Program tells what Windows knows about an executable file.
type Program struct {
	Image       string `yaml:"image"`
	Description string `yaml:"description"`
	Company     string `yaml:"company"`
	Product     string `yaml:"product"`
	Version     string `yaml:"version"`
	Original    string `yaml:"original"`
}

// Server is a machine on the internet.
type Server struct {
	Name   string `yaml:"name"`
	IP     string `yaml:"ip"`
	Issuer string `yaml:"issuer"`
	// Kind is web (people browse it), update, chat, or story (only named by
	// steps). Weight says how often people go there, 1 if absent.
	Kind   string `yaml:"kind"`
	Weight int    `yaml:"weight"`
}
